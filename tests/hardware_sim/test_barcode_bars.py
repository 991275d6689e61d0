"""The tables of modules agree with zxing-cpp's own, symbol by symbol."""

import string

import pytest
import zxingcpp
from PIL import Image

from hardware_sim import barcode_bars
from hardware_sim.barcode_bars import NotEncodableError


def drawn_by_zxing(text, kind):
    """Give zxing-cpp's modules for a text, "1" for ink."""
    code = zxingcpp.create_barcode(text, kind)
    drawn = zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False)
    image = Image.fromarray(drawn)
    row = image.crop((0, 0, image.width, 1)).tobytes()
    return "".join("1" if level < 128 else "0" for level in row).strip("0")


@pytest.mark.parametrize("first", range(10))
def test_ean13_in_every_parity(first):
    """Each first digit picks its own pattern of L and G codes."""
    digits = f"{first}01234567890"
    digits += barcode_bars.check_digit(digits)
    assert barcode_bars.ean13(digits) == drawn_by_zxing(digits, zxingcpp.BarcodeFormat.EAN13)


def test_ean8_and_upca():
    """The short form, and the American one, which is an EAN-13 that starts with 0."""
    assert barcode_bars.ean8("96385074") == drawn_by_zxing("96385074", zxingcpp.BarcodeFormat.EAN8)
    upc = drawn_by_zxing("036000291452", zxingcpp.BarcodeFormat.UPCA)
    assert barcode_bars.upca("03600029145") == upc


@pytest.mark.parametrize("character", string.printable[:95])
def test_code_128_set_b_has_every_character(character):
    """Between lower-case letters, which keep the encoder in set B."""
    text = f"ab{character}ba"
    data = b"{B" + text.replace("{", "{{").encode()
    assert barcode_bars.code128(data) == drawn_by_zxing(text, zxingcpp.BarcodeFormat.Code128)
    assert barcode_bars.words128(data) == text


def test_code_128_set_c_has_every_pair():
    """All hundred pairs of digits, fifty at a time."""
    for half in (range(50), range(50, 100)):
        text = "".join(f"{pair:02}" for pair in half)
        bars = barcode_bars.code128(b"{C" + bytes(half))
        assert bars == drawn_by_zxing(text, zxingcpp.BarcodeFormat.Code128)


@pytest.mark.parametrize(
    "text", [barcode_bars.CHARACTERS_39[:22], barcode_bars.CHARACTERS_39[22:43]]
)
def test_code_39_has_every_character(text):
    """The whole alphabet in two halves, start and stop added; modules 3 : 1 against 2 : 1."""
    bars = barcode_bars.code39(text)
    assert bars.replace("111", "11").replace("000", "00") == drawn_by_zxing(
        text, zxingcpp.BarcodeFormat.Code39
    )
    assert barcode_bars.code39(f"*{text}*") == bars


def test_itf_has_every_digit():
    """Each digit once as bars and once as spaces; modules 3 : 1 against zxing-cpp's own ratio."""
    text = "01234567899876543210"
    theirs = drawn_by_zxing(text, zxingcpp.BarcodeFormat.ITF)
    assert barcode_bars.itf(text) == theirs


@pytest.mark.parametrize(
    ("draw", "data"),
    [
        (barcode_bars.ean13, "40063813339"),
        (barcode_bars.ean13, "400638133393x"),
        (barcode_bars.ean8, "963850745"),
        (barcode_bars.code39, "lower"),
        (barcode_bars.code39, "a*b"),
        (barcode_bars.itf, "123"),
        (barcode_bars.code128, b"no set"),
        (barcode_bars.code128, b""),
        (barcode_bars.code128, b"{Bx{9"),
        (barcode_bars.code128, b"{B\x01"),
        (barcode_bars.code128, b"{C\x64"),
        (barcode_bars.code128, b"{Aa"),
    ],
)
def test_what_does_not_fit_is_refused(draw, data):
    """Wrong lengths, wrong characters, no code set."""
    with pytest.raises(NotEncodableError):
        draw(data)
