import pytest
import zxingcpp

from printer.bitmap import to_image
from printer.calibration import (
    EAN,
    LINES,
    STEPS,
    TEXT,
    calibration_job,
    read_wedge,
    ruler,
    table_from_wedge,
)
from printer.dither import tone_table
from printer.dot_gain import cover_of, curve_of_gain, dots_for
from printer.escpos import encode_job
from printer.items import Cut, Dots
from printer.plan_types import Plan
from printer.profile import PROFILES, Profile
from printer.render import render
from tests.printer.paper_reader import read


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_the_slip_prints_on_every_printer(profile: Profile) -> None:
    """Nothing hangs over the edge, the bytes are read by another hand, one cut ends it."""
    items = calibration_job(profile)
    assert isinstance(items[-1], Cut)
    for item in items:
        if isinstance(item, Dots):
            assert item.x + item.bitmap.width <= profile.dots_wide
    assert read(encode_job(items, profile).data).cuts == profile.cutter


def test_its_codes_are_read_at_every_width() -> None:
    """EAN at three widths, Code 128 at two, QR at four: what a scanner still reads is seen at once."""
    profile = PROFILES["TM-T20III"]
    paper = to_image(render(Plan("full", calibration_job(profile), "", 0, 0.0), profile))
    found = [code.text for code in zxingcpp.read_barcodes(paper.convert("L"))]
    assert {text: found.count(text) for text in set(found)} == {EAN: 3, LINES: 2, TEXT: 4}


def test_the_ruler_has_a_mark_a_millimetre() -> None:
    """203 dots an inch: the mark of 50 mm stands at dot 400, longer than its neighbours."""
    drawn = ruler(PROFILES["TM-T20III"])
    tall = [sum(drawn.black(x, y) for y in range(drawn.height)) for x in range(drawn.width)]
    assert sum(height > 0 for height in tall) == 73  # 0 to 72 mm
    assert tall[400] == max(tall)
    assert 0 < tall[392] < tall[400]


def test_a_measured_wedge_makes_the_table_of_the_printer_that_printed_it() -> None:
    """Read off a printer of a known gain, in any unit of light, it gives that gain's table."""
    curve = curve_of_gain(0.75)
    readings = {share: 90 - 80 * cover_of(share, curve) for share in STEPS}
    wedge = table_from_wedge(readings)
    ours, known = tone_table(wedge), tone_table(0.75)
    assert max(abs(a - b) for a, b in zip(ours, known, strict=True)) <= 6


def test_a_noisy_wedge_still_rises() -> None:
    """A step that reads lighter than the one before it is noise; nothing goes back."""
    wedge = table_from_wedge({0: 1.0, 0.25: 0.5, 0.5: 0.6, 0.75: 0.2, 1: 0.0})
    assert wedge == ((0.25, 0.5), (0.5, 0.5), (0.75, 0.8))
    table = tone_table(wedge)
    assert list(table) == sorted(table)


@pytest.mark.parametrize("readings", [{}, {0: 1.0}, {1: 0.0}, {0: 0.2, 1: 0.9}])
def test_a_wedge_needs_white_and_black(readings: dict[float, float]) -> None:
    """Without both ends nobody knows what half is."""
    with pytest.raises(ValueError, match="wedge"):
        table_from_wedge(readings)


def test_a_curve_can_be_walked_both_ways() -> None:
    """Dots to cover and back, at every gain and between its rows."""
    for gain in (0.5, 0.62, 0.69, 0.8, 0.93):
        curve = curve_of_gain(gain)
        for share in (0.1, 0.35, 0.6):
            assert dots_for(cover_of(share, curve), curve) == pytest.approx(share, abs=0.01)


def test_readings_are_written_as_one_likes() -> None:
    """A tile and its light on each line: with a per cent sign, an equals sign, a remark."""
    text = "# unit 7, phone in daylight\n0 = 231\n25% 178.5\n\n100\t20  # black\n"
    assert read_wedge(text) == {0.0: 231.0, 0.25: 178.5, 1.0: 20.0}


@pytest.mark.parametrize(
    "line", ["25", "25 x", "25 1 2", "101 3", "-1 3", "25 -3", "25 nan", "25 inf"]
)
def test_a_line_that_is_no_reading_is_told(line: str) -> None:
    """With its number, before anything is written."""
    with pytest.raises(ValueError, match="line 2"):
        read_wedge(f"0 231\n{line}\n")
