"""Pictures that a printer keeps: NV and download graphics, downloaded and NV bit images; what loses them."""

import pytest

from hardware_sim.escpos_events import Answer, AutoStatus, NvWrite, RasterBegin, RasterRow, Trouble
from hardware_sim.printer_models import MM58, VETERAN


def graphics(function, data=b""):
    body = b"0" + bytes([function]) + data
    return b"\x1d(L" + len(body).to_bytes(2, "little") + body


def define(function, key, width, height, dots):
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return graphics(function, b"0" + key + b"\x01" + size + b"1" + dots)


def rows(events):
    return [event.data for event in events if isinstance(event, RasterRow)]


def said(events):
    return [event.data for event in events if isinstance(event, Answer)]


@pytest.mark.parametrize(("base", "identifier"), [(64, 0x72), (80, 0x73)])
def test_both_memories_list_print_and_delete(read, base, identifier):
    """NV is functions 64 to 69, download 80 to 85: the same six, told apart by the list's identifier."""
    put = define(base + 3, b"G1", 8, 2, b"\xf0\x0f") + define(base + 3, b"A2", 8, 1, b"\xaa")
    listing = graphics(base, b"KC")
    head = bytes([0x37, identifier, 0x40])
    assert said(read(put + listing)) == [head + b"A2G1\0"]
    assert rows(read(put + graphics(base + 5, b"G1\x01\x01"))) == [b"\xf0", b"\x0f"]
    assert said(read(put + graphics(base + 2, b"G1") + listing)) == [head + b"A2\0"]
    assert said(read(put + graphics(base + 1, b"CLR") + listing)) == [head + b"\0"]


def test_esc_at_loses_the_downloaded_and_keeps_nv(read):
    """A till's ESC @ throws download graphics away."""
    data = define(67, b"NV", 8, 1, b"\xf0") + define(83, b"DL", 8, 1, b"\x0f") + b"\x1b@"
    assert said(read(data + graphics(64, b"KC") + graphics(80, b"KC"))) == [
        b"\x37\x72\x40NV\0",
        b"\x37\x73\x40\0",
    ]


def test_only_nv_is_written_to_flash(read):
    """A definition, a replacement and a deletion wear it; a deletion of nothing does not, nor a download."""
    data = define(67, b"G1", 8, 2, b"\xf0\x0f") * 2 + graphics(66, b"G1") * 2
    data += define(83, b"DL", 8, 1, b"\x0f")
    assert [e for e in read(data) if isinstance(e, NvWrite)] == [NvWrite(2)] * 3


def test_columns_are_turned_into_rows(read):
    """Function 68: two columns of 8 dots, 10000000 and 11000000, are rows 11, 01 and six of 00."""
    events = read(define(68, b"G1", 2, 8, b"\x80\xc0") + graphics(69, b"G1\x01\x01"))
    assert rows(events) == [b"\xc0", b"\x40"] + [b"\x00"] * 6
    size = b"\x01\x011\x02\x00\x08\x00"
    assert rows(read(graphics(113, b"0" + size + b"\x80\xc0") + graphics(50)))[:2] == [
        b"\xc0",
        b"\x40",
    ]


def test_sizes_are_told(read):
    """Functions 48, 51 and 52: 256 KB, less the two bytes that are used; the 12 KB of the download memory."""
    data = (
        define(67, b"G1", 8, 2, b"\xf0\x0f")
        + graphics(48)
        + graphics(51)
        + graphics(3)
        + graphics(52)
    )
    assert said(read(data)) == [b"\x37\x30262144\0", b"\x37\x33262142\0", b"\x37\x33262142\0", b"\x37\x3412288\0"]  # fmt: skip


def test_a_picture_that_finds_no_room_is_refused(read):
    """64 KB of the 58 mm printer hold one picture of 40,000 bytes, its replacement, and no second one."""
    big = define(67, b"G1", 400, 800, b"\xff" * 40_000)[5:]
    command = b"\x1d8L" + len(big).to_bytes(4, "little") + big
    other = command.replace(b"G1", b"G2", 1)
    assert [type(e) for e in read(command + command + other, model=MM58)] == [
        NvWrite,
        NvWrite,
        Trouble,
    ]


def keys(count):
    return [bytes([65 + n // 26, 65 + n % 26]) for n in range(count)]


@pytest.fixture
def long_list():
    return b"".join(define(67, key, 8, 1, b"\xff") for key in keys(90)) + graphics(64, b"KC")


def test_a_long_key_list_comes_block_by_block(read, long_list):
    """90 keys: 40, 40 and 10; 41 says that another follows; each after the host's ACK, NAK repeats."""
    first, second, third = (b"".join(keys(90)[at : at + 40]) for at in (0, 40, 80))
    blocks = [b"\x37\x72\x41" + first + b"\0", b"\x37\x72\x41" + second + b"\0", b"\x37\x72\x40" + third + b"\0"]  # fmt: skip
    assert said(read(long_list)) == blocks[:1]
    assert said(read(long_list + b"\x06\x15\x06\x06")) == [
        blocks[0],
        blocks[1],
        blocks[1],
        blocks[2],
    ]


def test_can_or_data_ends_a_key_list(read, long_list):
    """After CAN an ACK means nothing; data is read as data."""
    for end in (b"\x18\x06", b"text\n\x06"):
        assert len(said(read(long_list + end))) == 1
    assert read(long_list + b"text\n")[-1].pieces[0].text == "text"


def test_a_downloaded_bit_image(read):
    """GS * 1 1: 8 columns of 8 dots; GS / 3 prints it twice as wide and high; ESC @ loses it."""
    put = b"\x1d*\x01\x01" + b"\x80" * 8
    events = read(put + b"\x1d/\x03")
    assert events[0] == RasterBegin(16, 16)
    assert rows(events) == [b"\xff"] + [b"\x00"] * 7
    assert rows(read(put + b"\x1b@\x1d/\x00")) == []


def test_bit_image_and_user_characters_share_one_memory(read):
    """ESC & loses the downloaded bit image, GS * the characters."""
    image, letter = b"\x1d*\x01\x01" + b"\x80" * 8, b"\x1b&\x03AA\x01\xff\xff\xff"
    assert rows(read(image + letter + b"\x1d/\x00")) == []
    line = read(letter + image + b"\x1b%\x01A\n")[-1]
    assert line.pieces[0].text == "A"


def test_nv_bit_images_of_old(read):
    """FS q defines all anew and restarts the printer, FS p prints; they survive ESC @."""
    put = b"\x1ba\x01\x1cq\x02\x01\x00\x01\x00" + b"\x80" * 8 + b"\x01\x00\x02\x00" + b"\xff" * 16
    events = read(put + b"\x1b@\x1cp\x01\x00\x1cp\x02\x01")
    assert events[:2] == [NvWrite(3 + 12 + 20, restarts=True), AutoStatus(0)]
    begun = [e for e in events if isinstance(e, RasterBegin)]
    assert begun == [RasterBegin(8, 8), RasterBegin(16, 16)]
    assert next(e for e in events if isinstance(e, RasterRow)).x_dots == 0  # the alignment is gone
    assert [type(e) for e in read(put + b"\x1cp\x03\x00")][-1] is Trouble


def test_an_old_printer_has_no_graphics_commands(read):
    """The veteran passes GS ( L and GS 8 L over, and knows FS q."""
    assert [type(e) for e in read(define(67, b"G1", 8, 1, b"\xff"), model=VETERAN)] == [Trouble]
    assert isinstance(read(b"\x1cq\x01\x01\x00\x01\x00" + b"\x80" * 8, model=VETERAN)[0], NvWrite)


@pytest.mark.parametrize(
    "command",
    [
        graphics(69, b"ZZ\x01\x01"),
        graphics(60),
        graphics(70),
        graphics(67, b"0G1\x01\x08\x00\x01\x001"),
        b"\x1d*\x00\x01",
        b"\x1d/\x04",
        b"\x1cq\x01\x00\x00\x01\x00",
        b"x\x1cp\x01\x00",
        b"x\x1d/\x00",
    ],
)
def test_what_cannot_be_done_is_said(read, command):
    """Keys, functions, sizes and places that do not exist."""
    assert Trouble in [type(e) for e in read(command)]
