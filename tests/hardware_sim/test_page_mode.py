"""Page mode, drawn as the reference describes it: areas, directions, positions; dots worked out by hand."""

import pytest
from PIL import Image, ImageChops

from hardware_sim.coupon_reader import coupons_on
from hardware_sim.escpos_events import Sheet, TextLine, Trouble
from hardware_sim.printer_models import TM_T20III, TM_T88V

UNIT = b"\x1dP\xcb\xcb"  # a motion unit is a dot of a 203 dpi head


def area(x, y, width, height):
    numbers = (x, y, width, height)
    return b"\x1bW" + b"".join(n.to_bytes(2, "little") for n in numbers)


def turned(picture, direction):
    """Turn a letter's picture as ESC T does, by hand with Pillow."""
    ways = {
        1: Image.Transpose.ROTATE_90,
        2: Image.Transpose.ROTATE_180,
        3: Image.Transpose.ROTATE_270,
    }
    return picture.transpose(ways[direction]) if direction else picture


@pytest.mark.parametrize(
    ("direction", "corner"),
    # the letter is 12 x 24; the area 100 x 60 at (40, 20); where its upper left dot comes to stand
    [(0, (40, 20)), (1, (40, 20 + 60 - 12)), (2, (40 + 100 - 12, 20 + 60 - 24)), (3, (40 + 100 - 24, 20))],
)  # fmt: skip
def test_a_letter_stands_in_the_starting_corner(paper_of, black, direction, corner):
    """ESC T 0 upper left, 1 lower left reading upwards, 2 lower right, 3 upper right downwards."""
    letter = paper_of(b"R\n").image().crop((0, 0, 12, 24))
    page = b"\x1bL" + area(40, 20, 100, 60) + b"\x1bT" + bytes([direction]) + b"R\x0c"
    expected = {(x + corner[0], y + corner[1]) for x, y in black(turned(letter, direction))}
    assert black(paper_of(UNIT + page).image()) == expected


def test_nothing_is_printed_before_ff_and_the_page_is_as_long_as_its_lowest_area(read):
    """Two areas down to row 150: one sheet of 150 rows, then standard mode again."""
    data = UNIT + b"\x1bL" + area(0, 0, 200, 50) + b"up\n" + area(0, 100, 200, 50) + b"down"
    assert read(data) == []
    events = read(data + b"\x0cafter\n")
    assert [type(e) for e in events] == [Sheet, TextLine]
    assert events[0].height_dots == 150


def test_esc_ff_prints_and_keeps_the_page(paper_of):
    """ESC FF twice and FF: the words are there three times."""
    data = UNIT + b"\x1bL" + area(0, 0, 200, 40) + b"again\x1b\x0c\x1b\x0c\x0cdone\n"
    assert paper_of(data).lines == ["again", "again", "again", "done"]


def test_can_wipes_the_area_in_hand_and_only_that(paper_of, black):
    """Letters in two areas; CAN in the second leaves the first, and starts the second anew."""
    both = UNIT + b"\x1bL" + area(0, 0, 100, 30) + b"AB" + area(0, 40, 100, 30) + b"CD\x18"
    alone = UNIT + b"\x1bL" + area(0, 0, 100, 30) + b"AB" + area(0, 40, 100, 30)
    assert black(paper_of(both + b"E\x0c").image()) == black(paper_of(alone + b"E\x0c").image())


def test_an_area_that_overlaps_is_wiped_where_it_overlaps(paper_of, black):
    """CAN in rows 12 to 42 cuts the lower half of a letter off."""
    data = UNIT + b"\x1bL" + area(0, 0, 100, 30) + b"R" + area(0, 12, 100, 30) + b"\x18\x0c"
    letter = black(paper_of(b"R\n").image())
    assert black(paper_of(data).image()) == {(x, y) for x, y in letter if y < 12}


def test_esc_s_leaves_without_printing(read):
    """ESC S throws the page away."""
    events = read(b"\x1bLgone\x1bSkept\n")
    assert [e.pieces[0].text for e in events] == ["kept"]


def test_absolute_and_relative_positions(paper_of, black):
    """GS $ 80 and ESC $ 30 put a letter's lower left corner at (30, 80); GS backslash -20 moves up."""
    letter = black(paper_of(b"R\n").image())
    start = UNIT + b"\x1bL" + area(0, 0, 300, 200)
    at = start + b"\x1d$\x50\x00\x1b$\x1e\x00R\x0c"
    assert black(paper_of(at).image()) == {(x + 30, y + 80 - 24) for x, y in letter}
    moved = start + b"\x1d$\x50\x00\x1d\\\xec\xff\x1b$\x1e\x00R\x0c"
    assert black(paper_of(moved).image()) == {(x + 30, y + 60 - 24) for x, y in letter}


def test_lines_move_by_the_spacing_and_may_overlap(paper_of, black):
    """ESC 3 10: the second letter's foot is 10 rows below the first's."""
    letter = black(paper_of(b"R\n").image())
    page = UNIT + b"\x1b3\x0a\x1bL" + area(0, 0, 300, 100) + b"R\nR\x0c"
    assert black(paper_of(page).image()) == letter | {(x, y + 10) for x, y in letter}


def test_a_full_line_goes_on_below_within_the_area(read):
    """An area of 60 dots holds five letters."""
    sheet = read(UNIT + b"\x1bL" + area(0, 0, 60, 200) + b"abcdefg\x0c")[0]
    assert [(p.piece.text, p.y_dots) for p in sheet.placed] == [("abcde", 0), ("fg", 30)]


def test_what_stands_out_of_its_area_is_cut_off(paper_of, black):
    """An area 30 rows high shows one line and six rows of nothing."""
    data = UNIT + b"\x1bL" + area(0, 0, 100, 30) + b"R\n\n\nR\x0c"
    assert black(paper_of(data).image()) == black(paper_of(b"R\n").image())


def test_sideways_the_motion_units_change_places(read):
    """TM-T88V: ESC $ counts 1/180 inch along the text, but 1/360 when the text runs upwards."""
    for direction, x in ((0, 100), (1, 50)):
        data = b"\x1bL\x1bT" + bytes([direction]) + b"\x1b$\x64\x00R\x0c"
        sheet = read(data, model=TM_T88V)[0]
        assert sheet.placed[0].piece.x_dots == x


def test_settings_made_before_wait_for_page_mode(read):
    """ESC W and ESC T in standard mode change nothing there, and hold when ESC L comes."""
    events = read(UNIT + area(10, 20, 100, 50) + b"\x1bT\x02line\n\x1bLpage\x0c")
    assert events[0].pieces[0].x_dots == 0
    placed = events[1].placed[0].area
    assert (placed.x_dots, placed.y_dots, placed.direction) == (10, 20, 2)


@pytest.mark.parametrize("wrong", [area(600, 0, 10, 10), area(0, 0, 0, 10), area(0, 0, 10, 0)])
def test_an_area_beyond_the_page_is_refused(read, wrong):
    """ESC W that starts outside, or has no size, is passed over."""
    assert isinstance(read(UNIT + wrong)[0], Trouble)


def test_a_wide_area_is_cut_off_at_the_paper(read):
    """From dot 500, 300 wide: 76 dots are left of 576."""
    sheet = read(UNIT + b"\x1bL" + area(500, 0, 300, 40) + b"x\x0c")[0]
    assert sheet.placed[0].area.width_dots == 76


def test_pictures_and_codes_are_placed_too(paper_of):
    """A raster picture, a bar code and a QR code, sideways: the codes are read back."""
    qr = b"\x1d(k\x03\x001C\x05\x1d(k\x05\x001P0hi\x1d(k\x03\x001Q0"
    page = (
        UNIT + b"\x1bL" + area(0, 0, 400, 400) + b"\x1bT\x01"
        + b"\x1d$\x96\x00\x1dh\x50\x1dk\x024006381333931\x00"
        + b"\x1d$\x90\x01\x1b$\x00\x00" + qr
        + b"\x1b$\xc8\x00\x1dv0\x00\x02\x00\x08\x00" + b"\xff" * 16 + b"\x0c"
    )  # fmt: skip
    slip = paper_of(page)
    assert sorted(c.text for c in coupons_on(slip)) == ["4006381333931", "hi"]
    assert "[picture]" in slip.lines


def test_a_raster_block_stands_on_the_position(paper_of, black):
    """16 x 8 black dots at ESC $ 50, GS $ 30: rows 22 to 29, columns 50 to 65."""
    block = b"\x1dv0\x00\x02\x00\x08\x00" + b"\xff" * 16
    page = UNIT + b"\x1bL" + area(0, 0, 300, 60) + b"\x1d$\x1e\x00\x1b$\x32\x00" + block + b"\x0c"
    expected = {(x, y) for x in range(50, 66) for y in range(22, 30)}
    assert black(paper_of(page).image()) == expected


def test_a_code_without_room_to_the_right_is_not_printed(read):
    """EAN-13 of 285 dots at column 400 of 576: no ink, and the paper is not fed."""
    sheet = read(UNIT + b"\x1bL\x1b$\x90\x01\x1dk\x024006381333931\x00\x0c")[-1]
    assert sheet == Sheet(0, ())


def test_a_cut_waits_for_standard_mode(read):
    """GS V in page mode is refused."""
    assert [type(e) for e in read(b"\x1bL\x1dV\x00")] == [Trouble]


def test_initialising_leaves_page_mode(read):
    """ESC @ throws the page away."""
    assert [type(e).__name__ for e in read(b"\x1bLgone\x1b@kept\n")] == ["AutoStatus", "TextLine"]


def test_an_endless_page_is_bounded(read):
    """More pieces than any paper shows are dropped and said."""
    events = read(b"\x1bL" + b"\x1b$\x00\x00x" * 20_050)
    assert {e.what for e in events} == {"the page buffer is full"}


def test_both_halves_of_a_page_are_one_picture(paper_of):
    """A page drawn in two areas is the same as the same dots in one."""
    one = UNIT + b"\x1bL" + area(0, 0, 200, 60) + b"up\ndown\x0c"
    two = UNIT + b"\x1bL" + area(0, 0, 200, 30) + b"up\n" + area(0, 30, 200, 30) + b"down\x0c"
    left, right = (paper_of(data, TM_T20III).image() for data in (one, two))
    assert ImageChops.logical_xor(left, right).getbbox() is None
