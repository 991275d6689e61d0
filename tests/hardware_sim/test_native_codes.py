"""Every code that the printer draws itself: read back by zxing-cpp, or compared with its modules."""

import pytest
import zxingcpp
from hypothesis import given, settings, strategies as st
from PIL import Image

from hardware_sim import barcode_gs1, barcode_industry
from hardware_sim.barcode_bars import NotEncodableError
from hardware_sim.coupon_reader import coupons_on
from hardware_sim.escpos_events import Barcode, Feed, Symbol, Trouble
from hardware_sim.printer_models import MM58, VETERAN


def bar_code(kind, data, module=2):
    head = b"\x1dw" + bytes([module]) + b"\x1dh\x40"
    return head + b"\x1dk" + bytes([kind, len(data)]) + data


def symbol(cn, function, data):
    body = bytes([cn, function]) + data
    return b"\x1d(k" + len(body).to_bytes(2, "little") + body


def drawn_by_zxing(text, kind):
    code = zxingcpp.create_barcode(text, kind)
    drawn = Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
    row = drawn.crop((0, 0, drawn.width, 1)).tobytes()
    return "".join("1" if level < 128 else "0" for level in row).strip("0")


@pytest.mark.parametrize(
    ("kind", "data", "read_as"),
    [
        (66, b"123456", ("UPC-E", "0012345000065")),
        (66, b"01234565", ("UPC-E", "0012345000065")),
        (66, b"01234500006", ("UPC-E", "0012345000065")),
        (71, b"A40156$-:/.+B", ("Codabar", "A40156$-:/.+B")),
        (72, b"Code 93, ~all!", ("Code 93", "Code 93, ~all!")),
        (74, b"(01)0950110153000*{1(10)AB", ("Code 128", "(01)09501101530003(10)AB")),
        (75, b"0950110153001", ("DataBar Omni", "(01)09501101530010")),
        (77, b"0950110153001", ("DataBar Limited", "(01)09501101530010")),
        (78, b"(01)0950110153000*(3103)000123", ("DataBar Expanded", "(01)09501101530003(3103)000123")),
        (79, b"auto 12345678 abc", ("Code 128", "auto 12345678 abc")),
    ],
)  # fmt: skip
def test_a_bar_code_reads_as_what_was_sent(paper_of, kind, data, read_as):
    """GS k in form B, two dots a module."""
    assert [(c.symbology, c.text) for c in coupons_on(paper_of(bar_code(kind, data)))] == [read_as]


@pytest.mark.parametrize("kind", [75, 76])
def test_databar_is_96_modules_wide(read, kind):
    """ISO/IEC 24724: Omnidirectional and Truncated are 96 modules, whatever they carry."""
    assert len(read(bar_code(kind, b"0950110153001"))[0].bars) == 96


@pytest.mark.parametrize(
    "number", [f"{n:06}" for n in (12, 100, 1234, 98765, 123453, 543214, 999999)]
)
def test_upc_e_in_every_form(number):
    """The six digits that end in 0 to 2, 3, 4 and 5 to 9 stand for different longer numbers."""
    six, check = barcode_industry.upce_digits(number)
    theirs = drawn_by_zxing(f"0{six}{check}", zxingcpp.BarcodeFormat.UPCE)
    assert barcode_industry.upce(number) == theirs


@pytest.mark.parametrize("number", ["01234500006", "01200000345", "01230000045", "01234000005"])
def test_a_long_number_is_shortened_and_back(number):
    """The four rules of UPC-E: what is shortened is lengthened to the same."""
    six, _ = barcode_industry.upce_digits(number)
    assert barcode_industry._lengthened(six) == number


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(max_codepoint=127), min_size=1, max_size=12))
def test_code_93_of_any_ascii_is_read(text):
    """Every character, by itself or by a shift, comes back."""
    bars = barcode_industry.code93(text.encode())
    row = Image.frombytes("L", (len(bars), 1), bytes(0 if bar == "1" else 255 for bar in bars))
    sheet = Image.new("L", (len(bars) * 3 + 80, 100), 255)
    sheet.paste(row.resize((len(bars) * 3, 60), Image.Resampling.NEAREST), (40, 20))
    found = zxingcpp.read_barcodes(sheet, formats=zxingcpp.BarcodeFormat.Code93)
    assert [code.bytes for code in found] == [text.encode()]


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(max_codepoint=127), min_size=1, max_size=20))
def test_code_128_chooses_sets_that_read_the_same(text):
    """GS k 79 takes plain data; the chosen sets say what was sent."""
    from hardware_sim.barcode_bars import words128

    assert words128(barcode_gs1.auto128(text)) == text


def test_element_strings():
    """Parentheses are shown only, * is a check digit, {1 is FNC1, {( is the character."""
    assert barcode_gs1.elements(b"(01)0950110153000*{1(10)A{(") == (
        "0109501101530003\x1d10A(",
        "(01)09501101530003(10)A(",
    )
    assert barcode_gs1.in_parentheses("010950110153000310AB\x1d21XY") == (
        "(01)0950110153000310AB(21)XY".replace("310AB", "3(10)AB")
    )
    for wrong in (b"", b"{1", b"A*", b"{x"):
        with pytest.raises(NotEncodableError):
            barcode_gs1.elements(wrong)


@pytest.mark.parametrize(
    ("kind", "data"),
    [(66, b"12345"), (66, b"11234565"), (71, b"1234"), (72, b"\xe4"), (75, b"123"), (78, b"(")],
)
def test_data_that_a_system_lacks_feeds_and_prints_nothing(read, kind, data):
    """GS k [Notes]: only the paper is fed, 64 rows here."""
    trouble, fed = read(bar_code(kind, data))
    assert isinstance(trouble, Trouble)
    assert fed == Feed(64)


def test_a_bar_code_that_is_too_wide_feeds_as_much_paper(read):
    """400 modules would fit 576 dots at one dot, not at two; a symbol feeds nothing."""
    wide = read(bar_code(73, b"{B" + b"x" * 40))
    assert [type(e) for e in wide] == [Trouble, Feed]
    qr = symbol(49, 67, b"\x10") + symbol(49, 80, b"0" + b"x" * 200) + symbol(49, 81, b"0")
    assert [type(e) for e in read(qr)] == [Trouble]


def test_pdf417_is_read_back(paper_of):
    """Three dots a module, rows of three modules, five columns, level 4."""
    data = (
        symbol(48, 65, b"\x05") + symbol(48, 67, b"\x03") + symbol(48, 68, b"\x03")
        + symbol(48, 69, b"04") + symbol(48, 80, b"0Tillside 12345") + symbol(48, 81, b"0")
    )  # fmt: skip
    slip = paper_of(data)
    assert [(c.symbology, c.text) for c in coupons_on(slip)] == [("PDF417", "Tillside 12345")]


def test_pdf417_has_the_columns_that_were_asked_for(read):
    """69 modules beside the data and 17 a column; each row as high as function 068 says."""
    for columns in (3, 8):
        data = (
            symbol(48, 65, bytes([columns])) + symbol(48, 80, b"0Tillside") + symbol(48, 81, b"0")
        )
        code = read(symbol(48, 67, b"\x02") + symbol(48, 68, b"\x04") + data)[0]
        assert len(code.rows[0]) == 69 + 17 * columns
        assert code.row_dots == 8
    narrow = symbol(48, 66, b"\x03") + symbol(48, 65, b"\x01") + symbol(48, 80, b"0" + b"x" * 90)
    assert isinstance(read(narrow + symbol(48, 81, b"0"))[0], Trouble)


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        (b"\x48", b"0950110153001", "(01)09501101530010"),
        (b"\x49", b"0950110153001", "(01)09501101530010"),
        (b"\x4c", b"(01)0950110153000*(10)ABC123", "(01)09501101530003(10)ABC123"),
    ],
)
def test_stacked_databar_is_read_back(paper_of, kind, data, text):
    """GS ( k with cn 51: stacked, stacked omnidirectional, expanded stacked; three dots a module."""
    data = symbol(51, 67, b"\x03") + symbol(51, 80, kind + data) + symbol(51, 81, b"0")
    assert [code.text for code in coupons_on(paper_of(data))] == [text]


@pytest.mark.parametrize(
    "command",
    [symbol(48, 81, b"0"), symbol(51, 80, b"\x01x"), symbol(48, 65, b"\x1f"), symbol(52, 65, b"\x01"), symbol(49, 99, b"0")],
)  # fmt: skip
def test_functions_out_of_range_are_said(read, command):
    """Nothing stored, kinds and values that do not exist."""
    assert [type(e) for e in read(command)] == [Trouble]


def test_the_readable_text_may_be_wider_than_the_bars(paper_of, black):
    """UPC-E of 51 modules at two dots: eight letters of 12 dots are 96, the bars 102; at font A all show."""
    slip = paper_of(b"\x1dH\x02\x1da\x00\x1ba\x01" + bar_code(66, b"123456"))
    assert slip.lines == ["[UPC-E 01234565]"]
    letters = {x for x, y in black(slip.image()) if y >= 64}
    assert min(letters) >= 576 // 2 - 51
    long_text = paper_of(b"\x1ba\x01\x1dH\x02" + bar_code(75, b"0950110153001"))
    wide = {x for x, y in black(long_text.image()) if y >= 64}
    assert max(wide) - min(wide) > 96 * 2


def test_an_old_printer_knows_fewer(read):
    """The veteran passes GS ( k and DataBar over, and draws EAN-13."""
    assert [type(e) for e in read(symbol(49, 81, b"0"), model=VETERAN)] == [Trouble]
    assert [type(e) for e in read(bar_code(75, b"0950110153001"), model=VETERAN)] == [Trouble]
    assert isinstance(read(bar_code(67, b"4006381333931"), model=VETERAN)[0], Barcode)


def test_any_byte_in_the_readable_text_can_be_drawn(paper_of):
    """Control characters and all others of Code 128's sets leave no trace of a crash."""
    for code in range(128):
        letter = b"{{" if code == 0x7B else bytes([code])
        code_set = b"{A" if code < 32 else b"{B"
        assert not paper_of(b"\x1dH\x02" + bar_code(73, code_set + letter)).is_blank


def test_a_symbol_is_centred(read):
    """ESC a 1: a QR code of 21 modules at 4 dots stands at (384 - 84) / 2."""
    qr = symbol(49, 67, b"\x04") + symbol(49, 80, b"0hi") + symbol(49, 81, b"0")
    found = read(b"\x1ba\x01" + qr, model=MM58)[0]
    assert isinstance(found, Symbol)
    assert found.x_dots == 150
