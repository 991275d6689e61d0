import barcode
import pytest
import zxingcpp
from hypothesis import given, settings, strategies as st

from printer.barcodes import CODE128, check_digit, code128c_modules, ean13_modules
from printer.bitmap import Bitmap, compose, enlarge, to_image
from printer.codes import (
    QR_BYTES,
    bars_bitmap,
    code128_is_safe,
    code_bitmap,
    code_items,
    qr_bitmap,
    qr_modules,
)
from printer.errors import CodeError, CodeTooWide
from printer.items import Dots, Feed, NativeBars, NativeQr
from printer.profile import PROFILES, Profile
from printer.slip import Code

WIDE, NARROW = PROFILES["TM-T20III"], PROFILES["generic-58mm"]
RASTER = Profile(name="raster", native_qr=False, native_ean13=False, native_code128=False)
digits = st.text("0123456789", min_size=12, max_size=12)


def scanned(bitmap: Bitmap) -> list[tuple[str, str]]:
    page = compose(bitmap.width + 120, bitmap.height + 80, [(60, 40, bitmap)])
    return [
        (code.format.name, code.text)
        for code in zxingcpp.read_barcodes(to_image(page).convert("L"))
    ]


@given(digits)
@settings(max_examples=40, deadline=None)
def test_an_ean_is_read_back_and_agrees_with_another_maker(body: str) -> None:
    """Every EAN-13 has the modules that python-barcode gives it."""
    number = body + check_digit(body)
    assert ean13_modules(number) == barcode.get("ean13", number).build()[0].replace("G", "1")


@given(st.text("0123456789", min_size=1, max_size=12))
@settings(max_examples=20, deadline=None)
def test_a_code128_is_read_back(half: str) -> None:
    """A scanner reads the digits, whatever they are."""
    bars = bars_bitmap(code128c_modules(half * 2), 3, 60)
    assert scanned(bars) == [("Code128", half * 2)]


def test_the_table_of_code128_is_whole() -> None:
    """106 symbols, all different, each 11 modules of three bars and three spaces."""
    assert len(CODE128) == len(set(CODE128)) == 106
    assert {(len(widths), sum(map(int, widths))) for widths in CODE128} == {(6, 11)}


def test_an_ean_is_read_by_a_scanner() -> None:
    """The EAN that GS1 prints in its own examples."""
    assert scanned(bars_bitmap(ean13_modules("4006381333931"), 3, 60)) == [
        ("EAN13", "4006381333931")
    ]


@pytest.mark.parametrize("data", ["8255950110153001123456789012", "https://example.org/c?x=1"])
def test_a_drawn_qr_code_is_read_back_and_fits_its_measure(data: str) -> None:
    """The dots are a QR code with that text, never wider than the width that was reckoned with."""
    drawn = qr_bitmap(data, 4)
    assert drawn.width <= qr_modules(data) * 4
    assert scanned(drawn) == [("QRCode", data)]


@pytest.mark.parametrize("length", [1, *QR_BYTES])
def test_the_width_of_a_qr_code_is_known_before(length: int) -> None:
    """At every edge of the table a full code of letters is exactly as wide as computed."""
    assert qr_bitmap("a" * length, 1).width == qr_modules("a" * length)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (Code("ean13", "4006381333931"), NativeBars),
        (Code("code128", "123456789012"), NativeBars),
        (Code("qr", "8255950110153001123456789012"), NativeQr),
    ],
)
def test_a_code_is_native_where_the_printer_can(code: Code, kind: type) -> None:
    """Native: a few bytes. Else the same code as dots, read by a scanner."""
    assert any(isinstance(item, kind) for item in code_items(code, WIDE))
    drawn = next(item for item in code_items(code, RASTER) if isinstance(item, Dots))
    shown = enlarge(drawn.bitmap, drawn.times_x, drawn.times_y)
    assert scanned(shown)[0][1] == code.data
    assert drawn.x * 2 + shown.width in (RASTER.dots_wide, RASTER.dots_wide - 1)


def test_modules_are_never_smaller_than_a_scanner_needs() -> None:
    """EAN 3 dots, Code 128 3, QR at least 4, and quiet zones stay free on the narrowest paper."""
    for profile in PROFILES.values():
        ean = next(
            i
            for i in code_items(Code("ean13", "4006381333931"), profile)
            if isinstance(i, NativeBars)
        )
        assert (ean.module, ean.width) == (3, 285)
        assert ean.width + 18 * 3 <= profile.dots_wide
    above, qr, below = code_items(Code("qr", "a" * 40), WIDE)
    assert isinstance(qr, NativeQr)
    assert qr.module >= 4
    assert above == below == Feed(4 * qr.module)


def test_twelve_digits_fit_the_narrow_paper_and_fourteen_do_not() -> None:
    """101 modules + 20 quiet at 3 dots are 363 of 384; fourteen digits need 396."""
    assert code_items(Code("code128", "123456789012"), NARROW)
    with pytest.raises(CodeTooWide) as caught:
        code_items(Code("code128", "12345678901234"), NARROW)
    assert (caught.value.needed_dots, caught.value.have_dots) == (396, 384)


def test_a_qr_code_takes_smaller_modules_before_it_is_refused() -> None:
    """On 384 dots 412 characters need 85 modules of 4 dots: 340; one module more each would not fit."""
    items = code_items(Code("qr", "a" * 331), WIDE)
    assert items
    with pytest.raises(CodeTooWide):
        code_items(Code("qr", "a" * 412), Profile(name="tiny", dots_wide=300))


@pytest.mark.parametrize(
    "code",
    [
        Code("ean13", "4006381333930"),
        Code("ean13", "400638133393"),
        Code("ean13", "40063813339٣1"),
        Code("code128", "123"),
        Code("code128", ""),
        Code("code128", "12a4"),
        Code("qr", ""),
        Code("qr", "a" * 413),
        Code("qr", "tab\t"),
    ],
)
def test_a_code_that_cannot_be_is_refused(code: Code) -> None:
    """Wrong check digit, odd or foreign digits, nothing or too much: refused before the paper."""
    with pytest.raises(CodeError):
        code_items(code, WIDE)


def test_digits_that_would_command_the_printer_are_drawn_instead() -> None:
    """Native Code 128 sends "16 04" as the bytes 10 04: DLE EOT. Such a code goes as dots."""
    assert not code128_is_safe("121604019999")
    assert not code128_is_safe("160500000000")
    assert not code128_is_safe("162001000000")
    assert code128_is_safe("116040000000")
    (item,) = code_items(Code("code128", "121604019999"), WIDE)
    assert isinstance(item, Dots)
    assert scanned(item.bitmap) == [("Code128", "121604019999")]


def test_a_preview_draws_what_the_printer_will() -> None:
    """The stand-in of a native code is that code."""
    for code in (Code("ean13", "4006381333931"), Code("qr", "8255123456")):
        native = next(i for i in code_items(code, WIDE) if isinstance(i, NativeBars | NativeQr))
        assert scanned(code_bitmap(native))[0][1] == code.data


def test_no_code_takes_no_paper() -> None:
    """An offer that needs nothing presented has no code."""
    assert code_items(Code(), WIDE) == []
