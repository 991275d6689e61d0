"""Each command does what Epson's ESC/POS Command Reference says, worked out by hand."""

import pytest

from hardware_sim.escpos_events import (
    Answer,
    Ask,
    AutoStatus,
    Cut,
    Feed,
    NvWrite,
    ProcessId,
    Pulse,
    RasterBegin,
    RasterRow,
    RealTime,
    Run,
    Style,
    TextLine,
    Trouble,
)
from hardware_sim.escpos_reader import EscposReader
from hardware_sim.printer_models import MM58, TM_T20III, TM_T88V


def words(events):
    return ["".join(p.text for p in e.pieces) for e in events if isinstance(e, TextLine)]


def test_a_line_is_printed_at_its_line_feed(read):
    """Characters wait for LF; font A takes 12 dots each and the default spacing is 30 dots."""
    assert read(b"Hi") == []
    assert read(b"Hi\n") == [TextLine((Run(0, "Hi", Style(), 12),), 30)]


def test_line_feed_on_an_empty_line_feeds_the_spacing(read):
    """LF without characters prints an empty line."""
    assert read(b"\n\x1b3\x10\n") == [TextLine((), 30), TextLine((), 16)]


def test_a_line_is_never_fed_less_than_its_height(read):
    """ESC 3 0 does not make 24-dot letters overlap."""
    assert read(b"\x1b3\x00A\n")[0].feed_dots == 24
    assert read(b"\x1b3\x00\x1d!\x01A\n")[0].feed_dots == 48


def test_a_full_line_goes_on_below(read):
    """576 dots hold 48 letters of font A and 64 of font B."""
    assert words(read(b"x" * 50 + b"\n")) == ["x" * 48, "xx"]
    assert words(read(b"\x1bM\x01" + b"x" * 65 + b"\n")) == ["x" * 64, "x"]
    assert words(read(b"x" * 33 + b"\n", model=MM58)) == ["x" * 32, "x"]


@pytest.mark.parametrize(
    ("command", "style"),
    [
        (b"\x1bM\x01", Style(font="B")),
        (b"\x1bM\x31", Style(font="B")),
        (b"\x1bE\x01", Style(emphasis=True)),
        (b"\x1bG\xff", Style(emphasis=True)),
        (b"\x1b-\x02", Style(underline_dots=2)),
        (b"\x1b-\x31", Style(underline_dots=1)),
        (b"\x1dB\x01", Style(reverse=True)),
        (b"\x1d!\x31", Style(wide=4, high=2)),
        (b"\x1b!\xb9", Style("B", wide=2, high=2, emphasis=True, underline_dots=1)),
        (b"\x1bE\x01\x1b@", Style()),
    ],
)
def test_styles(read, command, style):
    """ESC M, E, G, -, ! and GS B, ! set the style that the next characters have."""
    line = next(e for e in read(command + b"a\n") if isinstance(e, TextLine))
    assert line.pieces == (Run(0, "a", style, style.cell[0]),)


def test_alignment_moves_the_whole_line(read):
    """Two letters of 12 dots in 576: 276 left of centre, 552 for right; only at a line's start."""
    starts = [e.pieces[0].x_dots for e in read(b"\x1ba\x01AB\n\x1ba\x32AB\n\x1ba\x00AB\n")]
    assert starts == [276, 552, 0]
    assert isinstance(read(b"A\x1ba\x01")[0], Trouble)


def test_margin_and_area_shape_the_line(read):
    """GS L 100 and GS W 200 leave room for 16 letters, centred between 100 and 300."""
    head = b"\x1dL\x64\x00\x1dW\xc8\x00\x1ba\x01"
    lines = read(head + b"AB\n" + b"x" * 17 + b"\n")
    assert lines[0].pieces[0].x_dots == 100 + (200 - 24) // 2
    assert words(lines) == ["AB", "x" * 16, "x"]


def test_code_tables_decode_the_upper_half(read):
    """0x80 is C cedilla in table 0, the euro in table 16; an unknown table changes nothing."""
    assert words(read(b"\x80\n")) == ["Ç"]
    assert words(read(b"\x1bt\x10\x80\n")) == ["€"]
    events = read(b"\x1bt\xfa\x80\n")
    assert isinstance(events[0], Trouble)
    assert words(events) == ["Ç"]


def test_motion_units_turn_into_dots(read):
    """TM-T88V: 1/360 inch at 180 dpi halves ESC J; after GS P 180 180 a unit is a dot."""
    assert read(b"\x1bJ\x64", model=TM_T88V) == [Feed(50)]
    assert read(b"\x1dP\xb4\xb4\x1bJ\x64", model=TM_T88V) == [Feed(100)]
    assert read(b"\x1dP\x00\x00\x1bJ\x64", model=TM_T88V) == [Feed(50)]
    assert read(b"\x1bJ\x64", model=TM_T20III) == [Feed(100)]


def test_feeds_print_the_line_in_hand(read):
    """ESC d 3 prints the line and feeds three spacings; ESC J feeds units."""
    assert read(b"a\x1bd\x03") == [TextLine((Run(0, "a", Style(), 12),), 90)]
    assert read(b"a\x1bJ\x28")[0].feed_dots == 40
    assert read(b"\x1bd\x02") == [Feed(60)]


def test_positions_and_tabs(read):
    """HT goes to column 8, ESC $ to a dot, ESC \\ back from it."""
    line = read(b"a\tb\x1b$\x00\x01c\x1b\\\xe8\xffd\n")[0]
    places = [(p.x_dots, p.text) for p in line.pieces]
    assert places == [(0, "a"), (96, "b"), (256, "c"), (244, "d")]
    stops = read(b"\x1bD\x02\x05\x00a\tb\n")[0]
    assert [p.x_dots for p in stops.pieces] == [0, 24]


def test_raster_rows_come_one_by_one(read):
    """GS v 0: two rows of two bytes, centred; m = 3 doubles both ways."""
    events = read(b"\x1ba\x01\x1dv0\x03\x02\x00\x02\x00\x01\x02\x03\x04")
    x = (576 - 32) // 2
    assert events == [
        RasterBegin(32, 4),
        RasterRow(x, 16, b"\x01\x02", 2, 2),
        RasterRow(x, 16, b"\x03\x04", 2, 2),
    ]


@pytest.mark.parametrize(("m", "wide", "high"), [(0, 1, 1), (1, 2, 1), (50, 1, 2), (51, 2, 2)])
def test_raster_modes_double_width_or_height(read, m, wide, high):
    """GS v 0: m = 1 doubles the width, 2 the height, 3 both; 48 to 51 are the same."""
    row = read(b"\x1dv0" + bytes([m]) + b"\x01\x00\x01\x00\xff")[1]
    assert (row.wide, row.high) == (wide, high)


def test_raster_beyond_the_paper_is_cut_off(read):
    """80 bytes are 640 dots; 576 of them are on the paper."""
    assert read(b"\x1dv0\x00\x50\x00\x01\x00" + b"\xff" * 80)[1].width_dots == 576


def test_stored_graphics_print_when_told(read):
    """GS ( L 112 stores, 50 prints once; GS 8 L is the same with a 32-bit length."""
    body = b"0p0\x01\x011\x08\x00\x02\x00\xf0\x0f"
    store16 = b"\x1d(L" + len(body).to_bytes(2, "little") + body
    store32 = b"\x1d8L" + len(body).to_bytes(4, "little") + body
    printing = b"\x1d(L\x02\x00\x30\x32"
    for store in (store16, store32):
        assert read(store) == []
        assert read(store + printing + printing) == [
            RasterBegin(8, 2),
            RasterRow(0, 8, b"\xf0"),
            RasterRow(0, 8, b"\x0f"),
        ]


def test_nv_graphics_are_kept_by_key_and_survive_initialisation(read):
    """67 defines, 69 prints enlarged, 64 asks for the list, 66 deletes; ESC @ keeps them."""
    body = b"0C0G1\x01\x08\x00\x01\x001\xaa"
    define = b"\x1d(L" + len(body).to_bytes(2, "little") + body
    printing = b"\x1d(L\x06\x000EG1\x02\x03"
    listing = b"\x1d(L\x04\x000@KC"
    events = read(define + b"\x1b@" + printing + listing)
    assert events == [
        NvWrite(1),
        AutoStatus(0),
        RasterBegin(16, 3),
        RasterRow(0, 8, b"\xaa", 2, 3),
        Answer("GS ( L", b"\x37\x72\x40G1\x00"),
    ]
    gone = read(define + b"\x1d(L\x04\x000BG1" + printing)
    assert [type(e) for e in gone] == [NvWrite, NvWrite, Trouble]


def test_graphics_that_lie_about_their_size_are_refused(read):
    """GS ( L 112 with 8 x 2 dots and one byte prints nothing."""
    body = b"0p0\x01\x011\x08\x00\x02\x00\xf0"
    store = b"\x1d(L" + len(body).to_bytes(2, "little") + body
    events = read(store + b"\x1d(L\x02\x0002")
    assert [type(e) for e in events] == [Trouble]


@pytest.mark.parametrize("factors", [b"\x00\x01", b"\x01\x00", b"\x09\x01"])
def test_graphics_enlarged_out_of_range_are_refused(read, factors):
    """A factor of 0 is no picture, stored or from NV memory."""
    body = b"0p0" + factors + b"1\x08\x00\x01\x00\xf0"
    store = b"\x1d(L" + len(body).to_bytes(2, "little") + body
    assert [type(e) for e in read(store + b"\x1d(L\x02\x0002")] == [Trouble]
    body = b"0C0G1\x01\x08\x00\x01\x001\xaa"
    define = b"\x1d(L" + len(body).to_bytes(2, "little") + body
    events = read(define + b"\x1d(L\x06\x000EG1" + factors)
    assert [type(e) for e in events] == [NvWrite, Trouble]


def test_columns_without_room_print_nothing(read, paper_of):
    """ESC * with no column, or at the end of the print area, leaves an empty line."""
    assert read(b"\x1b*\x00\x00\x00\n") == [TextLine((), 30)]
    full = b"\x1b$\x40\x02\x1b*\x00\x01\x00\xff\n"
    assert paper_of(full).is_blank


def test_a_block_beyond_the_memory_is_skipped_not_kept(read):
    """GS 8 L that states 16 MB is passed over byte by byte; what follows is read."""
    reader = EscposReader()
    events = reader.feed(b"\x1d8L\x00\x00\x00\x01")
    assert [type(e) for e in events] == [Trouble]
    for _ in range(256):
        assert reader.feed(b"\xff" * 65536) == []
    assert words(reader.feed(b"ok\n")) == ["ok"]


@pytest.mark.parametrize(
    ("command", "cut"),
    [
        (b"\x1dV\x00", Cut("full")),
        (b"\x1dV0", Cut("full")),
        (b"\x1dV\x01", Cut("partial")),
        (b"\x1dV1", Cut("partial")),
        (b"\x1bi", Cut("partial")),
        (b"\x1bm", Cut("partial")),
        (b"\x1dVA\x00", Cut("full", 119)),  # 15 mm at 203 dpi: 119.9 dots
        (b"\x1dVB\x0a", Cut("partial", 129)),
    ],
)
def test_cuts(read, command, cut):
    """GS V in all its forms, ESC i and ESC m; function B feeds to the blade and n further."""
    assert read(command) == [cut]


def test_cut_inside_a_line_is_refused(read):
    """GS V works at the beginning of a line only."""
    assert [type(e) for e in read(b"a\x1dV\x00")] == [Trouble]


def test_drawer_pulse(read):
    """ESC p 1 25 250: pin 5, 50 ms on, 500 ms off."""
    assert read(b"\x1bp\x01\x19\xfa") == [Pulse(1, 50, 500)]


def test_questions_come_out_in_order(read):
    """GS r, GS I, GS ( H and GS a are answered in their turn, after the text before them."""
    events = read(b"a\n\x1dr\x01\x1dI\x43\x1d(H\x06\x0000abcd\x1da\xff")
    assert events[1:] == [Ask("GS r", 1), Ask("GS I", 67), ProcessId(b"abcd"), AutoStatus(255)]


def test_initialising_ends_automatic_status(read):
    """GS a holds until ESC @."""
    assert read(b"\x1b@") == [AutoStatus(0)]


def test_real_time_inside_picture_data_is_executed_and_stays_data(read):
    """10 04 01 in a raster row is a status request, and three bytes of the picture."""
    events = read(b"\x1dv0\x00\x04\x00\x01\x00\xff\x10\x04\x01")
    assert events == [
        RasterBegin(32, 1),
        RealTime("DLE EOT", b"\x01"),
        RasterRow(0, 32, b"\xff\x10\x04\x01"),
    ]


def test_real_time_as_a_parameter_is_eaten(read):
    """ESC 3 followed by DLE EOT 3: the 10 becomes the line spacing, 04 and 03 are noise."""
    events = read(b"\x1b3\x10\x04\x03\n")
    assert RealTime("DLE EOT", b"\x03") in events
    assert TextLine((), 16) in events


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x10\x04\x04", "DLE EOT"),
        (b"\x10\x05\x02", "DLE ENQ"),
        (b"\x10\x14\x01\x00\x08", "DLE DC4"),
        (b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", "DLE DC4"),
    ],
)
def test_real_time_between_commands_prints_nothing(read, data, name):
    """A real-time command in its turn is executed once and passed over."""
    assert [getattr(e, "name", e) for e in read(b"a\n" + data + b"b\n")[1:]][:1] == [name]
    assert words(read(b"a\n" + data + b"b\n")) == ["a", "b"]


@pytest.mark.parametrize(
    "data", [b"\x10\x04\x00", b"\x10\x04\x09", b"\x10\x05\x07", b"\x10\x14\x01\x02\x01"]
)
def test_real_time_out_of_range_is_none(read, data):
    """Parameters out of range make no real-time command."""
    assert not [e for e in read(data) if isinstance(e, RealTime)]


def test_barcode_inside_a_line_is_printed_as_text(read):
    """GS k with characters waiting: its data comes out as letters (TM-T88III, GS k [Notes])."""
    events = read(b"A\x1dk\x024006381333931\x00\n")
    assert isinstance(events[0], Trouble)
    assert words(events) == ["A4006381333931"]


def test_raster_inside_a_line_is_printed_as_text(read):
    """GS v 0 with characters waiting: its header and rows are read as characters."""
    events = read(b"A\x1dv0\x00BCDE\n")
    assert isinstance(events[0], Trouble)
    assert words(events) == ["ABCDE"]


def test_unknown_commands_are_said_and_passed_over(read):
    """Two bytes of an unknown command are lost; what follows is read."""
    events = read(b"\x1b\x07ab\n\x1d\x01cd\n\x01")
    assert [e.data for e in events if isinstance(e, Trouble)] == [b"\x1b\x07", b"\x1d\x01", b"\x01"]
    assert words(events) == ["ab", "cd"]


@pytest.mark.parametrize(
    "command",
    [
        b"\x1b&\x03AB\x02\x01\x01\x01\x02\x02\x02\x01\n\n\n",
        b"\x1d*\x01\x01\n\n\n\n\n\n\n\n",
        b"\x1cq\x01\x01\x00\x01\x00\n\n\n\n\n\n\n\n",
        b"\x1b(A\x03\x00\n\n\n",
        b"\x1c(A\x02\x00\n\n",
        b"\x1d(K\x02\x000\n",
        b"\x1bc5\n",
        b"\x1c2\x77\x21" + b"\n" * 72,
        b"\x1cg1\x00\x00\x00\x00\x00\x02\x00\n\n",
        b"\x1bW" + b"\n" * 8,
        b"\x1dg2\x00\n\n",
    ],
)
def test_lengths_of_commands_that_draw_nothing(read, command):
    """Parameters that look like line feeds are not; the text behind comes out alone."""
    assert words(read(command + b"end\n")) == ["end"]


def test_nul_padding_is_silent(read):
    """A host may fill up with NUL to free a printer that waits for data."""
    assert read(b"\x00" * 500) == []
