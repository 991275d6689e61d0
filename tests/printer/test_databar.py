import pytest
import zxingcpp
from hypothesis import given, settings, strategies as st
from PIL import Image

from printer.bitmap import compose, enlarge, to_image
from printer.codes import code_items
from printer.databar import (
    FINDERS,
    SEQUENCES,
    databar_bitmap,
    databar_columns,
    databar_rows,
    databar_width,
)
from printer.errors import CodeError, CodeTooWide
from printer.items import Dots
from printer.profile import PROFILES, Profile
from printer.slip import Code

COUPON = "2559520000900014" + "000000000017"


def scanned(digits: str, columns: int, module: int = 3) -> list[tuple[str, str]]:
    drawn = enlarge(databar_bitmap(digits, columns, module), 1, 2)
    page = compose(drawn.width + 80, drawn.height + 60, [(40, 30, drawn)])
    found = zxingcpp.read_barcodes(to_image(page).convert("L"))
    return [(code.format.name, code.text.replace("(", "").replace(")", "")) for code in found]


@given(st.text("0123456789", min_size=25, max_size=25), st.integers(1, 4))
@settings(max_examples=150, deadline=None)
def test_any_coupon_is_read_back(number: str, columns: int) -> None:
    """Number and serial, in every shape that the paper may ask for."""
    assert scanned("255" + number, columns) == [("DataBarExpStk", "255" + number)]


@given(st.text("0123456789", min_size=13, max_size=24), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_a_shorter_serial_is_read_back_too(number: str, columns: int) -> None:
    """Odd and even counts of digits end differently in the last character."""
    assert [text for _, text in scanned("255" + number, columns)] == ["255" + number]


@given(st.text("0123456789", min_size=12, max_size=12))
@settings(max_examples=60, deadline=None)
def test_another_maker_draws_the_very_same_modules(serial: str) -> None:
    """zint, inside zxing-cpp, two blocks a row: every bar, space and separator is where ours is."""
    barcode = zxingcpp.create_barcode(
        f"(255)9520000900014{serial}", zxingcpp.BarcodeFormat.DataBarExpStk
    )
    theirs = Image.fromarray(
        zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=False)
    ).convert("L")
    drawn = [
        "".join("01"[theirs.getpixel((x, y)) < 128] for x in range(theirs.width))
        for y in range(theirs.height)
    ]
    ours = databar_rows(f"2559520000900014{serial}", 2)
    tall = [row for at, row in enumerate(ours) for _ in range(34 if at % 4 == 0 else 1)]
    assert tall == drawn


def test_the_tables_are_whole() -> None:
    """Twelve finders of fifteen modules; a sequence for each number of blocks from two to eleven."""
    assert len(set(FINDERS)) == 12
    assert {sum(map(int, finder)) for finder in FINDERS} == {15}
    assert [len(sequence) for sequence in SEQUENCES] == list(range(2, 12))


def test_it_fits_the_paper_in_as_few_rows_as_it_can() -> None:
    """Three blocks a row on 576 dots, two on 384; below one block it is refused."""
    assert databar_columns(COUPON, 3, 576) == 3
    assert databar_columns(COUPON, 3, 384) == 2
    for name, width in (("TM-T20III", 453), ("generic-58mm", 306)):
        profile = PROFILES[name]
        (item, _) = code_items(Code("databar", COUPON), profile)
        assert isinstance(item, Dots)
        assert (
            item.bitmap.width
            == width
            == 3 * databar_width(databar_columns(COUPON, 3, profile.dots_wide))
        )
    with pytest.raises(CodeTooWide):
        code_items(Code("databar", COUPON), Profile(name="narrow", dots_wide=160))


@pytest.mark.parametrize("data", ["", "25a", "٣" * 16, "9" * 80])
def test_what_it_cannot_hold_is_refused(data: str) -> None:
    """Nothing, letters, another script's digits, or more than eleven blocks."""
    with pytest.raises(CodeError):
        databar_rows(data, 3)
