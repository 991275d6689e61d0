"""Numbers that an eye reads off three rows of patches, and the table that they make."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from printer.dither import tone_table
from printer.dot_gain import cover_of, curve_of_gain, whole
from printer.patches import (
    GAINS,
    TONES,
    gain_from_patch,
    patch,
    share_as_dark_as_bars,
    table_from_patches,
)

numbers = st.integers(1, len(GAINS))


@pytest.mark.parametrize("tone", TONES.values(), ids=TONES)
@pytest.mark.parametrize("number", range(1, len(GAINS) + 1))
def test_the_patch_that_melts_in_names_the_gain(number: int, tone: float) -> None:
    """On a printer of that gain the patch's dots cover what the bars around it do, and no other's."""
    gain = gain_from_patch(number)
    bars = tone + (gain - 0.5) / 8
    seen = [
        abs(cover_of(share_as_dark_as_bars(other, tone), curve_of_gain(gain)) - bars)
        for other in GAINS
    ]
    assert seen.index(min(seen)) == number - 1
    assert min(seen) < 0.01


@pytest.mark.parametrize(("tone", "black"), [(0.25, 16), (0.5, 32), (0.75, 48)])
def test_the_frame_s_bars_are_as_black_as_their_tone(tone: float, black: int) -> None:
    """Down the outermost column: so many of 64 dots, in bars of 16 from top to top."""
    drawn = patch(0.7, tone)
    column = [drawn.black(0, y) for y in range(drawn.height)]
    assert sum(column) == black
    assert column[:16] == column[16:32] == column[32:48] == column[48:]


def test_there_are_only_so_many_patches() -> None:
    """A number that is not on the slip is a slip of the pen."""
    for number in (0, len(GAINS) + 1):
        with pytest.raises(ValueError, match="patches"):
            gain_from_patch(number)


@pytest.mark.parametrize("some", [(), (5,), (5, 5), (5, 5, 5, 5)])
def test_a_table_needs_each_row(some: tuple[int, ...]) -> None:
    """Two tones do not say how the third prints."""
    with pytest.raises(ValueError, match="light, middle, dark"):
        table_from_patches(some)


@pytest.mark.parametrize("number", range(1, len(GAINS) + 1))
def test_like_numbers_are_the_model_s_own_curve(number: int) -> None:
    """Whoever sees the same patch in each row has a printer as the model has it."""
    ours = tone_table(table_from_patches([number] * 3))
    known = tone_table(gain_from_patch(number))
    assert max(abs(a - b) for a, b in zip(ours, known, strict=True)) <= 1


@given(light=numbers, middle=numbers, dark=numbers)
def test_the_table_says_at_each_tone_what_was_seen(light: int, middle: int, dark: int) -> None:
    """Where the rows agree within reason; and it rises whatever was typed."""
    table = table_from_patches((light, middle, dark))
    assert list(table) == sorted(table)
    assert [cover for _, cover in table] == sorted(cover for _, cover in table)
    assert list(tone_table(table)) == sorted(tone_table(table))
    if abs(light - middle) <= 2 and abs(middle - dark) <= 2:
        for number, tone in zip((light, middle, dark), TONES.values(), strict=True):
            gain = gain_from_patch(number)
            share = share_as_dark_as_bars(gain, tone)
            assert cover_of(share, whole(table)) == pytest.approx(tone + (gain - 0.5) / 8, abs=0.01)
