"""What python-escpos, an encoder of other hands, prints is on the virtual paper dot by dot."""

import pytest
import zxingcpp
from escpos.printer import Dummy
from PIL import Image

from hardware_sim.coupon_reader import coupons_on, read_codes
from hardware_sim.escpos_events import Cut, Feed, RasterBegin, Run, Style, TextLine, Trouble
from hardware_sim.paper import Roll
from hardware_sim.printer_models import MM58


@pytest.fixture
def picture():
    """A dithered picture whose sides are no multiple of 8."""
    return Image.radial_gradient("L").resize((203, 117)).convert("1")


@pytest.mark.parametrize("impl", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_pictures_by_python_escpos_match_dot_by_dot(paper_of, black, picture, impl):
    """All three of its ways to send a picture give the source bitmap at the paper's top left."""
    host = Dummy()
    host.image(picture, impl=impl)
    slip = paper_of(host.output)
    assert black(slip.image()) == black(picture)


def test_text_by_python_escpos_is_in_the_transcript(paper_of):
    """Words come out in order, in their code page."""
    host = Dummy(profile="TM-T88V")
    host.set(align="center", bold=True, double_height=True, double_width=True)
    host.text("20 % off\n")
    host.set(normal_textsize=True, bold=False, align="left")
    host.text("Käse für 1,99 €\n")
    assert paper_of(host.output).lines == ["20 % off", "Käse für 1,99 €"]


def test_qr_by_python_escpos_is_read_back(paper_of):
    """A native QR code on the picture reads as what was sent."""
    host = Dummy()
    host.qr("(255)9501101530003123456789012", native=True, size=5)
    codes = coupons_on(paper_of(host.output))
    assert [(c.symbology, c.text) for c in codes] == [("QR Code", "(255)9501101530003123456789012")]
    assert codes[0].aim_id == "]Q1"


@pytest.mark.parametrize(
    ("system", "data", "read_as"),
    [
        ("EAN13", "4006381333931", ("EAN-13", "4006381333931")),
        ("EAN13", "400638133393", ("EAN-13", "4006381333931")),
        ("EAN8", "96385074", ("EAN-8", "96385074")),
        ("UPC-A", "036000291452", ("UPC-A", "036000291452")),
        ("CODE39", "TILL-42 $", ("Code 39", "TILL-42 $")),
        ("ITF", "30712345000010", ("ITF", "30712345000010")),
        ("CODE128", "{BTill side 42", ("Code 128", "Till side 42")),
        ("CODE128", "{AABC{Babc{Cabc", ("Code 128", "ABCabc979899")),
        ("CODE128", "{Cno~", None),
    ],
)
def test_barcodes_by_python_escpos_are_read_back(paper_of, system, data, read_as):
    """Each drawn symbology reads as what was sent; bytes that a set lacks print nothing."""
    host = Dummy()
    kind = "B" if system == "CODE128" else "A"
    host.barcode(data, system, height=80, width=3, function_type=kind, check=False)
    found = [(c.symbology, c.text) for c in coupons_on(paper_of(host.output))]
    if read_as and read_as[0] == "UPC-A":
        assert found in ([read_as], [("EAN-13", "0" + read_as[1])])
    else:
        assert found == ([read_as] if read_as else [])


def test_code_128_set_c_packs_two_digits_a_byte(paper_of, black):
    """Six pairs of digits, a start and a check are 11 modules each, the stop is 13; 3 dots each."""
    data = b"{C\x0c\x22\x38\x4e\x5a\x01"
    slip = paper_of(b"\x1dw\x03\x1dh\x50\x1dk\x49" + bytes([len(data)]) + data)
    assert [c.text for c in coupons_on(slip)] == ["123456789001"]
    columns = [x for x, _ in black(slip.image())]
    assert max(columns) - min(columns) + 1 == (11 * 8 + 13) * 3


def test_ean13_bars_stand_where_the_standard_puts_them(paper_of):
    """EAN-13 is 95 modules: guard 101, then for a leading 4 the digits 0 0 6 3 8 1 as L G L L G G."""
    slip = paper_of(b"\x1dw\x02\x1dh\x0a\x1dk\x024006381333931\x00")
    row = slip.image().crop((0, 0, 190, 1)).convert("L").tobytes()
    modules = "".join("0" if row[2 * i] else "1" for i in range(95))
    left = "0001101" + "0100111" + "0101111" + "0111101" + "0001001" + "0110011"
    right = "".join(["1000010"] * 3 + ["1110100", "1000010", "1100110"])
    assert modules == f"101{left}01010{right}101"


def test_hri_letters_stand_above_and_below(paper_of):
    """GS H 3 adds a line of 24 dots on either side of 40-dot bars."""
    slip = paper_of(b"\x1dh\x28\x1dH\x03\x1dk\x024006381333931\x00")
    assert slip.height_dots == 40 + 2 * 24


@pytest.mark.parametrize(
    "code",
    [
        b"\x1dw\x06\x1dk\x0412345678901234567890\x00",
        b"\x1d(k\x03\x001C\x10\x1d(k\xcb\x001P0" + b"x" * 200 + b"\x1d(k\x03\x001Q0",
    ],
)
def test_a_code_wider_than_the_paper_prints_nothing(paper_of, read, code):
    """Too wide for 384 dots: no ink, no word, and the reader says why."""
    assert paper_of(code, MM58).is_blank
    assert any("wider" in e.what for e in read(code, model=MM58) if isinstance(e, Trouble))


def test_size_and_style_reach_the_dots(paper_of, black):
    """Double size is each dot of the plain letter four times; reverse is its complement."""
    plain = black(paper_of(b"R\n").image())
    double = black(paper_of(b"\x1d!\x11R\n").image())
    assert plain
    assert double == {(2 * x + i, 2 * y + j) for x, y in plain for i in (0, 1) for j in (0, 1)}
    reverse = black(paper_of(b"\x1dB\x01R\n").image())
    assert reverse == {(x, y) for x in range(12) for y in range(24)} - plain


def test_bold_letters_stay_in_their_cells(paper_of, black):
    """ESC E prints each dot twice, but none into the next letter: alone or in a word, the same dots."""
    plain = black(paper_of(b"MW\n").image())
    bold = black(paper_of(b"\x1bE\x01MW\n").image())
    assert bold == plain | {(x + 1, y) for x, y in plain if x % 12 != 11}


def test_letters_stay_in_their_cells(paper_of, black):
    """Every printable ASCII letter of either font keeps inside 12 x 24 or 9 x 17 dots."""
    for font, (width, height) in {b"\x00": (12, 24), b"\x01": (9, 17)}.items():
        for code in range(33, 127):
            dots = black(paper_of(b"\x1bM" + font + bytes([code]) + b"\n").image())
            assert dots, chr(code)
            assert max(x for x, _ in dots) < width
            assert max(y for _, y in dots) < height


def test_underline_is_at_the_foot_of_the_cell(paper_of, black):
    """ESC - 2 blackens the last two rows of each cell."""
    dots = black(paper_of(b"\x1b-\x02  \n").image())
    assert dots == {(x, y) for x in range(24) for y in (22, 23)}


def test_trimmed_bands_print_the_same_dots_as_one_picture(paper_of, black, picture):
    """A picture sent as narrow bands at left margins, with blank rows as feed, is the picture."""
    left, right = picture.crop((0, 0, 96, 40)), picture.crop((0, 60, 96, 117))
    sheet = Image.new("1", (200, 117), 1)
    sheet.paste(left, (80, 0))
    sheet.paste(right, (80, 60))
    bands = b""
    for part, gap in ((left, 20), (right, 0)):
        inked = part.point(lambda dot: 255 - dot).tobytes()
        bands += b"\x1dL\x50\x00\x1dv0\x00\x0c\x00" + part.height.to_bytes(2, "little") + inked
        bands += b"\x1bJ" + bytes([gap]) if gap else b""
    assert black(paper_of(b"\x1dP\xcb\xcb" + bands).image()) == black(sheet)


def test_the_blade_cuts_behind_the_head():
    """Paper is cut 100 dots behind the head: what was printed last stays on the next slip."""
    roll = Roll(576, blade_dots=100)
    roll.take(TextLine((Run(0, "first", Style(), 12),), 30))
    roll.take(Feed(100))
    roll.take(Cut("full"))
    roll.take(TextLine((Run(0, "second", Style(), 12),), 30))
    roll.take(Cut("partial"))
    roll.take(Cut("full", 100))
    assert [slip.lines for slip in roll.slips] == [["first"], [], ["second"]]
    assert [slip.cut for slip in roll.slips] == ["full", "partial", "full"]
    assert [slip.height_dots for slip in roll.slips] == [30, 30, 100]


def test_a_cut_before_the_blade_leaves_all_on_the_next_slip(black):
    """Less paper was fed than lies between head and blade: an empty slip, and nothing twice."""
    roll = Roll(12, blade_dots=100)
    roll.take(TextLine((Run(0, "R", Style(), 12),), 30))
    roll.take(RasterBegin(8, 0))
    roll.take(Cut("full"))
    assert (roll.slips[0].lines, roll.slips[0].height_dots) == ([], 0)
    assert roll.hanging.lines == ["R", "[picture 8 x 0]"]
    assert black(roll.hanging.image())


def test_a_cut_through_a_picture_parts_it(black):
    """A letter under the blade is on both slips, half and half."""
    roll = Roll(12, blade_dots=12)
    roll.take(TextLine((Run(0, "R", Style(reverse=True), 12),), 24))
    whole = black(roll.hanging.image())
    roll.take(Cut("full"))
    upper, lower = black(roll.slips[0].image()), black(roll.hanging.image())
    assert upper | {(x, y + 12) for x, y in lower} == whole
    assert max(y for _, y in upper) == 11


def test_a_slip_is_saved_as_picture_and_text(paper_of, tmp_path, black):
    """The PNG holds the very dots, the text file the words."""
    slip = paper_of(b"Hello\n")
    path = slip.save(tmp_path / "paper", "one")
    assert black(Image.open(path)) == black(slip.image())
    assert path.with_suffix(".txt").read_text() == "Hello\n"


def test_codes_are_read_from_top_to_bottom():
    """Two codes on one picture come in the order of the paper."""
    sheet = Image.new("L", (400, 500), 255)
    for top, text in ((20, "upper"), (260, "lower")):
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
        sheet.paste(Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=6)), (20, top))
    assert [code.text for code in read_codes(sheet)] == ["upper", "lower"]
