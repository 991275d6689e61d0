import math

import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from printer.errors import CodeTooWide
from printer.escpos import encode
from printer.items import Cut, Dots, Words
from printer.plan import plan
from printer.profile import PROFILES
from printer.slip import Code, Slip
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
    """Brand, headline, what you get, what counts and what not, validity, number, terms; then a cut."""
    paper = read(encode(plan([slip], EPSON, 2.0), EPSON))
    text = " ".join(paper.lines)
    told = [slip.brand_line, slip.headline, slip.big, slip.counts, slip.not_counts, slip.validity]
    places = [text.index(words) for words in [*told, slip.code.human, "One coupon per purchase."]]
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
    """Hebrew goes as dots; Chinese, which the font lacks too, is noted letter by letter."""
    hebrew = plan([replace(slip, picture_png=None, headline="שלום Ω")], EPSON, 2.0)
    assert sum(isinstance(item, Dots) for item in hebrew.items) == 1
    chinese = plan([replace(slip, headline="牛奶")], EPSON, 2.0)
    assert chinese.notes == ("no letter for '奶牛'",)


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
