import math

import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace
from PIL import Image

from printer.errors import CodeTooWide
from printer.escpos import encode
from printer.items import Cut, Dots, NvDots, Words
from printer.plan import plan
from printer.profile import PROFILES
from printer.render import all_stored
from printer.slip import Code, Slip
from tests.printer.conftest import png
from tests.printer.paper_reader import read

EPSON, NARROW = PROFILES["TM-T20III"], PROFILES["generic-58mm"]
SERIAL = replace(EPSON, baud=9600)


def test_a_fast_line_prints_everything(slip: Slip) -> None:
    """On the network the whole picture goes: some 15 kB, most of them dots."""
    laid_out = plan([slip], EPSON, 2.0)
    assert laid_out.rung == "full"
    assert 15_000 < laid_out.size_bytes < 16_500
    assert laid_out.size_bytes == len(encode(laid_out, EPSON))


@pytest.mark.parametrize(
    ("seconds", "rung"), [(60.0, "full"), (6.0, "half"), (2.0, "words"), (0.1, "words")]
)
def test_a_slow_line_steps_down_the_ladder(slip: Slip, seconds: float, rung: str) -> None:
    """9600 baud: the richest rung that is printed in time, and the reason is kept."""
    laid_out = plan([slip], SERIAL, seconds)
    assert laid_out.rung == rung
    assert f"{rung}: {laid_out.size_bytes} bytes" in laid_out.reason
    assert laid_out.seconds <= seconds or "late on every rung" in laid_out.reason


@pytest.mark.parametrize("seconds", [60.0, 6.0, 0.1])
def test_every_rung_carries_the_code(slip: Slip, seconds: float) -> None:
    """A coupon without its code is no coupon."""
    paper = read(encode(plan([slip], SERIAL, seconds), SERIAL))
    assert paper.codes == [("qr", slip.code.data)]
    assert "1234 5678 9012" in paper.lines


def test_the_head_counts_where_the_line_is_fast(slip: Slip) -> None:
    """A slow head makes a fast line's picture late: its rows are counted too."""
    slow_head = replace(EPSON, rows_per_s=100)
    assert plan([slip], slow_head, 9.5).rung == "words"


def test_the_words_stand_in_their_order(slip: Slip) -> None:
    """Brand, what you get, of what, what counts and what not, until when, terms, number; a cut."""
    paper = read(encode(plan([slip], EPSON, 2.0), EPSON))
    text = " ".join(paper.lines)
    told = [slip.brand_line, slip.big, slip.headline, slip.counts, slip.not_counts, slip.validity]
    places = [text.index(words) for words in [*told, "One coupon per purchase.", slip.code.human]]
    assert places == sorted(places)
    assert paper.cuts == 1


def test_each_slip_of_a_sale_is_cut(slip: Slip) -> None:
    """Three offers, three slips, three cuts, one job."""
    paper = read(encode(plan([slip] * 3, EPSON, 5.0), EPSON))
    assert paper.cuts == 3
    assert len(paper.codes) == 3


def test_training_says_so_and_carries_no_code(slip: Slip) -> None:
    """TRAINING from edge to edge above, amid and below; nothing that a scanner could read."""
    paper = read(encode(plan([replace(slip, training=True)], EPSON, 2.0), EPSON))
    banners = [line for line in paper.lines if "TRAINING" in line]
    assert [len(line) for line in banners] == [24, 24, 24]
    assert "TRAINING" in paper.lines[0]
    assert "TRAINING" in paper.lines[-1]
    assert paper.codes == []
    assert slip.code.human not in paper.lines


def test_a_broken_picture_is_left_out_and_noted(slip: Slip) -> None:
    """The coupon is worth printing without it; the note says why it is not there."""
    laid_out = plan([replace(slip, picture_png=b"\x89PNG broken")], EPSON, 2.0)
    assert laid_out.notes == ("picture left out: not a PNG file",)
    assert not any(isinstance(item, Dots) for item in laid_out.items)


def test_a_script_that_no_page_holds_is_drawn(slip: Slip) -> None:
    """Arabic goes as dots and not as a code page; a letter that no font has is noted, never a box."""
    arabic = plan([replace(slip, picture_png=None, headline="حليب")], EPSON, 2.0)
    assert sum(isinstance(item, Dots) for item in arabic.items) == 1
    runes = plan([replace(slip, headline="ᚠᚢ Milk")], EPSON, 2.0)
    assert runes.notes == ("no letter for 'ᚠᚢ'",)


def test_without_letters_the_store_s_other_language_is_printed(slip: Slip) -> None:
    """A slip in a script that this machine cannot draw: the same coupon, in words it can, noted."""
    runes = replace(slip, terms="ᚠᚢᚦ", otherwise=slip)
    laid_out = plan([runes], EPSON, 2.0)
    assert laid_out.items == plan([slip], EPSON, 2.0).items
    assert laid_out.notes == ("no letters for 'ᚠᚢᚦ': printed in the store's other language",)


def test_a_stored_picture_is_the_richest_rung(slip: Slip) -> None:
    """Stored in this printer it costs eleven bytes; not stored, or changed, it is sent in full."""
    stored = all_stored([slip], SERIAL)
    laid_out = plan([slip], SERIAL, 2.0, stored=stored)
    assert laid_out.rung == "nv"
    assert laid_out.size_bytes < 800
    assert [item.key for item in laid_out.items if isinstance(item, NvDots)] == [*stored.values()]
    two = [slip, replace(slip, picture_png=png(Image.new("L", (300, 90), 90)))]
    assert plan(two, EPSON, 60.0, stored=stored).rung == "full"
    assert plan(two, EPSON, 60.0, stored=all_stored(two, EPSON)).rung == "nv"
    other = {"0" * 64: b"AA"}
    assert plan([slip], EPSON, 60.0, stored=other).rung == "full"


def test_the_reason_names_what_was_passed_over(slip: Slip) -> None:
    """Bytes and seconds of each rung that was too slow, then of the one that was taken."""
    reason = plan([slip], SERIAL, 6.0).reason
    assert [part.split(":")[0] for part in reason.split("; ")] == ["full", "half"]
    assert all(part.endswith("of 6.0 s") for part in reason.split("; "))


def test_one_native_coupon_is_cut_within_two_seconds_at_every_speed(slip: Slip) -> None:
    """From 9600 baud up, code included, on every built-in printer with a quick enough head."""
    for profile in PROFILES.values():
        for baud in (9600, 19200, 38400, 115200):
            slow = replace(profile, baud=baud, rows_per_s=max(1200, profile.rows_per_s))
            assert plan([slip], slow, 2.0).seconds <= 2.0


def test_slips_without_a_cutter_are_torn_along_a_dashed_line(slip: Slip) -> None:
    """One tear feed at the end; between two slips a line of dashes."""
    items = plan([slip] * 3, NARROW, 99.0).items
    assert [isinstance(item, Cut) for item in items].count(True) == 1
    assert isinstance(items[-1], Cut)
    dashed = [item for item in items if isinstance(item, Words) and set(item.lines[0]) == {"-"}]
    assert len(dashed) == 2


def test_a_code_too_wide_is_told_before_a_byte(slip: Slip) -> None:
    """Fourteen digits do not fit 384 dots: an error, not a coupon without a code."""
    wide = replace(slip, code=Code("code128", "12345678901234"))
    with pytest.raises(CodeTooWide):
        plan([wide], NARROW, 9.0)


def test_a_job_has_one_to_ten_slips(slip: Slip) -> None:
    """None is nothing to print, eleven is a fault upstream."""
    for count in (0, 11):
        with pytest.raises(ValueError, match="slips"):
            plan([slip] * count, EPSON, 9.0)


@given(
    st.builds(
        Slip,
        job=st.just("j"),
        headline=st.text(max_size=60),
        big=st.text("0123456789 OFF€%", max_size=40),
        counts=st.text("abcdefghij ", max_size=200),
        terms=st.text(max_size=300),
    ),
    st.sampled_from(sorted(PROFILES)),
)
@settings(max_examples=100, deadline=None)
def test_nothing_hangs_over_the_edge(slip: Slip, name: str) -> None:
    """Whatever the words, each line and each picture fits the paper, and the bytes can be read."""
    profile = PROFILES[name]
    laid_out = plan([slip], profile, math.inf)
    for item in laid_out.items:
        if isinstance(item, Words):
            assert all(len(line) * item.cell[0] <= profile.dots_wide for line in item.lines)
        elif isinstance(item, Dots):
            assert item.x + item.bitmap.width * item.times_x <= profile.dots_wide
    assert isinstance(laid_out.items[-1], Cut)
    assert read(encode(laid_out, profile), "latin-1").cuts == profile.cutter
