from itertools import pairwise

import pytest
from escpos.printer import Dummy
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace
from PIL import Image

from printer.bitmap import Bitmap, from_image
from printer.dither import decode
from printer.escpos import encode_job, process_id, resting
from printer.items import Cut, Dots, Feed, Item, NativeBars, NativeQr, Words
from printer.profile import PROFILES, Profile
from tests.printer.paper_reader import Paper, commands, read

PLAIN = Profile(name="plain")
TILL = Profile(name="till", code_pages={16: "cp1252"}, resting_code_page=0)


def body(item: Item, profile: Profile = PLAIN) -> bytes:
    """Give what a job sends behind its last opening command, GS W."""
    data = encode_job([item], profile).data
    return data[data.index(b"\x1dW") + 4 :]


def test_an_empty_job_sets_the_modes_and_sets_them_back() -> None:
    """Byte by byte, from Epson's reference: units of a dot, then power-on values; never ESC @."""
    assert encode_job([], PLAIN).data == (
        b"\x1dP\xcb\xcb"  # GS P 203 203
        b"\x1b{\x00\x1bV\x00\x1dB\x00\x1b \x00\x1bR\x00\x1bG\x00\x1b!\x00"
        b"\x1dL\x00\x00\x1dW\x40\x02"  # GS W 576
        b"\x1ba\x00\x1b2\x1dP\x00\x00"
    )


def test_a_printer_of_its_own_needs_no_undoing() -> None:
    """Nobody else changes its modes: units of a dot, and back."""
    own = replace(PLAIN, shared=False)
    assert encode_job([], own).data == b"\x1dP\xcb\xcb\x1b2\x1dP\x00\x00"


def test_words_are_sent_in_their_code_page() -> None:
    """ESC a 1, ESC ! double and bold, page 16, line spacing 30, the letters, a line feed."""
    words = Words(("Käse",), 16, "cp1252", "A", 2, 2, bold=True, centred=True)
    assert body(words).startswith(b"\x1ba\x01\x1b!\x38\x1bt\x10\x1b3\x1eK\xe4se\n")


def test_letters_that_every_page_holds_need_no_page() -> None:
    """ASCII stands in every code page: no ESC t, and none to set back."""
    assert b"\x1bt" not in encode_job([Words(("Milk",), 16, "cp1252")], PLAIN).data


def test_more_than_double_size_takes_gs_and_is_set_back_at_once() -> None:
    """GS ! 33 and ESC E for four times; ESC ! 0 puts both back."""
    big = Words(("9",), 16, "cp1252", "A", 4, 4, bold=True)
    sent = encode_job([big, Words(("x",), 16, "cp1252")], PLAIN).data
    assert b"\x1bE\x01\x1d!\x33\x1b3\x1e9\n\x1b!\x00x\n" in sent


def test_nobody_knows_what_a_broken_job_left() -> None:
    """Setting right says everything, whatever the modes were: size, page, alignment, margins."""
    sent = resting(PLAIN)
    modes = read(b"\x1d!\x77\x1bE\x01\x1bt\x10\x1ba\x02\x1dL\x40\x00" + sent).modes
    off = [b"\x1bM", b"\x1bE", b"\x1d!", b"\x1ba", b"\x1bt"]
    assert {modes[mode] for mode in off} == {b"\0"}
    assert modes[b"\x1dL"] == b"\0\0"


def test_the_next_print_of_an_offer_is_the_same_but_for_its_code() -> None:
    """What was kept of the first print is what a printer that never printed it is sent."""
    top = [Words(("Käse",), 16, "cp1252", "A", 2, 2), Dots(Bitmap(16, 2, b"\0\xff\xff\0"), 8)]
    jobs = [[*top, NativeQr(data, 4, 84), Cut()] * 2 for data in ("111", "222")]
    first, second = (encode_job(items, PLAIN).data for items in jobs)
    assert second == first.replace(b"111", b"222")


def test_a_qr_code_is_five_commands() -> None:
    """GS ( k: model 2, module 5, level M, the data, print."""
    assert (
        b"\x1d(k\x04\x001A2\x00" b"\x1d(k\x03\x001C\x05" b"\x1d(k\x03\x001E1"
        b"\x1d(k\x06\x001P0ABC" b"\x1d(k\x03\x001Q0"
    ) in body(NativeQr("ABC", 5, 105))  # fmt: skip


def test_bars_carry_no_digits_of_their_own() -> None:
    """GS H 0, GS h 96, GS w 3, then GS k 67 13 for an EAN and GS k 73 with "{C" for Code 128."""
    ean = body(NativeBars("ean13", "4006381333931", 3, 96, 285))
    assert b"\x1dH\x00\x1dh\x60\x1dw\x03\x1dk\x43\x0d4006381333931" in ean
    assert b"\x1dk\x49\x05{C\x01\x17\x63" in body(NativeBars("code128", "012399", 3, 96, 200))


def test_a_long_feed_is_several_commands() -> None:
    """ESC J takes one byte: 600 dots are 255 + 255 + 90."""
    assert body(Feed(600)).startswith(b"\x1bJ\xff\x1bJ\xff\x1bJ\x5a")


def test_without_a_cutter_there_is_paper_to_tear() -> None:
    """GS V 66 0 where there is a blade, 160 dots of feed where there is none."""
    assert body(Cut()).startswith(b"\x1dV\x42\x00")
    assert body(Cut(), PROFILES["generic-58mm"]).startswith(b"\x1bJ\xa0")


def test_a_raster_is_trimmed_and_white_rows_are_feed() -> None:
    """One black byte amid 72 x 9: feed 4, margin 80 dots, 1 x 1 byte, feed 4."""
    rows = bytearray(72 * 9)
    rows[4 * 72 + 10] = 0xFF
    assert (
        b"\x1bJ\x04\x1ba\x00\x1dL\x50\x00\x1dv0\x00\x01\x00\x01\x00\xff\x1bJ\x04"
    ) in body(Dots(Bitmap(576, 9, bytes(rows))))  # fmt: skip


def test_graphics_are_stored_and_then_printed() -> None:
    """GS 8 L function 112 with its own length, then GS ( L function 50."""
    graphics = Profile(name="graphics", raster="GS 8 L")
    sent = body(Dots(Bitmap(8, 2, b"\xff\xff"), times_x=2, times_y=2), graphics)
    assert b"\x1d8L\x0c\0\0\x000p0\x02\x021\x08\x00\x02\x00\xff\xff\x1d(L\x02\x0002" in sent


def test_a_process_id_asks_its_four_characters_back() -> None:
    """GS ( H, function 48: 1D 28 48 06 00 30 30 d1 d2 d3 d4."""
    assert process_id(b"ab12") == bytes.fromhex("1d28480600 3030") + b"ab12"


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_every_mode_ends_as_the_printer_wakes_up(profile: Profile) -> None:
    """After a job with everything in it the modes are the power-on ones; no ESC @ is ever sent."""
    items: list[Item] = [
        Words(("ä",), 16, "cp1252", "B", 3, 3, bold=True, centred=True),
        Dots(Bitmap(16, 2, b"\0\xff\xff\0"), 8),
        NativeQr("A", 4, 84),
        NativeBars("ean13", "4006381333931", 3, 96, 285),
        Cut(),
    ]
    data = encode_job(items, profile).data
    assert b"\x1b@" not in list(commands(data))
    modes = read(data).modes
    zeros = [b"\x1bM", b"\x1bE", b"\x1d!", b"\x1ba", b"\x1bt", b"\x1bR"]
    assert {modes[mode] for mode in zeros} == {b"\0"}
    assert modes[b"\x1dL"] == modes[b"\x1dP"] == b"\0\0"
    assert (modes[b"\x1dh"], modes[b"\x1dw"]) == (b"\xa2", b"\x03")
    assert b"\x1b2" in modes
    assert (b"\x1c&" in modes) == profile.multibyte
    assert b"\x1b@" not in resting(profile)


pages = st.tuples(st.integers(1, 20), st.integers(1, 90)).flatmap(
    lambda size: st.lists(
        st.sampled_from([0, 0, 0, 0, 3, 0x81, 0xFF]),
        min_size=size[0] * size[1],
        max_size=size[0] * size[1],
    ).map(lambda data: Bitmap(size[0] * 8, size[1], bytes(data)))
)


def black(bitmap: Bitmap, x: int = 0, times_x: int = 1, times_y: int = 1) -> set[tuple[int, int]]:
    return {
        (x + column * times_x + wide, row * times_y + tall)
        for row in range(bitmap.height)
        for column in range(bitmap.width)
        if bitmap.black(column, row)
        for wide in range(times_x)
        for tall in range(times_y)
    }


@given(
    pages,
    st.sampled_from(["GS v 0", "GS 8 L"]),
    st.sampled_from([(1, 1), (2, 2), (1, 2), (2, 1)]),
    st.sampled_from([512, 700, 4096]),
)
@settings(max_examples=120, deadline=None)
def test_the_paper_has_the_very_dots(
    page: Bitmap, raster: str, times: tuple[int, int], buffer_bytes: int
) -> None:
    """A reader written from Epson's description sees each dot in its place, however it was cut up."""
    profile = Profile(name="any", raster=raster, buffer_bytes=buffer_bytes)
    job = encode_job([Dots(page, 16, *times)], profile)
    paper = read(job.data)
    assert paper.dots() == black(page, 16, *times)
    assert len(paper.rows) == page.height * times[1]


@given(pages, st.integers(512, 3000))
@settings(max_examples=60, deadline=None)
def test_each_part_is_whole_commands_and_fits_the_window_twice(
    page: Bitmap, buffer_bytes: int
) -> None:
    """A fence can stand between any two parts, and two of them are never more than the buffer."""
    profile = Profile(name="any", buffer_bytes=buffer_bytes)
    parts = encode_job([Dots(page), NativeQr("A" * 100, 4, 160), Cut()], profile).parts
    assert all(list(commands(part)) for part in parts)
    assert all(len(part) + 3 <= profile.window_bytes for part in parts)
    assert all(len(a) + len(b) <= profile.window_bytes for a, b in pairwise(parts))


@pytest.mark.parametrize("raster", ["GS v 0", "GS 8 L"])
def test_python_escpos_and_we_print_the_same_dots(photo: bytes, raster: str) -> None:
    """One dithered picture, two encoders: the same paper, except dots moved off a command."""
    image = decode(photo).convert("1")
    theirs = Dummy(profile="TM-T20II")
    theirs.image(image, impl="bitImageRaster")
    ours = encode_job([Dots(from_image(image))], Profile(name="any", raster=raster))
    expected, got = read(theirs.output).dots(), read(ours.data).dots()
    assert len(expected) > 10_000
    assert len(expected - got) == len(got - expected) == ours.moved_dots
    assert all((x + 1, y) in got for x, y in expected - got)


def test_the_reference_layout_costs_about_half(photo: bytes) -> None:
    """A 576 x 700 page with a 400 x 300 picture takes under 0.55 of python-escpos's bytes."""
    page = Image.new("1", (576, 700), 1)
    page.paste(decode(photo).convert("1"), (88, 150))
    theirs = Dummy(profile="TM-T20II")
    theirs.image(page, impl="bitImageRaster")
    ours = encode_job([Dots(from_image(page)), Cut()], PLAIN)
    assert len(ours.data) <= 0.55 * len(theirs.output)


def test_a_till_s_leftovers_do_not_show() -> None:
    """Margins, sizes, alignment or a national set that a till left behind are set before a letter."""
    left_behind = b"\x1ba\x02\x1dL\x40\x00\x1d!\x77\x1bE\x01\x1bR\x02\x1dB\x01\x1b{\x01\x1bM\x01"
    clean = read(encode_job([Words(("x",), 16, "cp1252")], TILL).data)
    dirty = read(left_behind + encode_job([Words(("x",), 16, "cp1252")], TILL).data)
    assert modes_of_first_line(dirty) == modes_of_first_line(clean)


def modes_of_first_line(paper: Paper) -> dict[bytes, bytes]:
    assert paper.lines == ["x"]
    return paper.line_modes[0]
