from itertools import pairwise

from hypothesis import given, settings, strategies as st

from printer.bitmap import Bitmap
from printer.escpos import encode_job
from printer.items import Cut, NvDots
from printer.nv import (
    ask_capacity,
    ask_keys,
    ask_room,
    define,
    delete,
    delete_all,
    key_of,
    picture_name,
    print_stored,
    read_keys,
    read_room,
    wanted,
)
from printer.profile import PROFILES
from printer.realtime_safe import holds_realtime
from tests.printer.paper_reader import Paper, commands

EPSON = PROFILES["TM-T20III"]
SMALL = Bitmap(12, 2, b"\xff\xf0\x0f\x00")


def test_the_commands_are_epson_s() -> None:
    """GS ( L, functions 48, 51, 64, 65, 66, 67 and 69, byte by byte from the reference."""
    assert ask_capacity() == bytes.fromhex("1d284c 0200 3030")
    assert ask_room() == bytes.fromhex("1d284c 0200 3033")
    assert ask_keys() == bytes.fromhex("1d284c 0400 3040 4b43")
    assert delete_all() == bytes.fromhex("1d284c 0500 3041 434c52")
    assert delete(b"AB") == bytes.fromhex("1d284c 0400 3042 4142")
    assert define(b"AB", SMALL) == bytes.fromhex(
        "1d284c 0f00 3043 30 4142 01 0c00 0200 31 fff00f00"
    )
    assert print_stored(b"AB") == bytes.fromhex("1d284c 0600 3045 4142 0101")


def test_a_long_picture_takes_the_long_form() -> None:
    """More than 65,535 bytes: GS 8 L with a length of four bytes."""
    big = Bitmap(576, 1000, bytes(72_000))
    assert define(b"AB", big).startswith(b"\x1d8L" + (72_011).to_bytes(4, "little") + b"0C0AB\x01")


def test_a_stored_picture_prints_as_the_sent_one_does() -> None:
    """Stored by function 67 and printed by 69, centred: the very dots, read by another hand."""
    paper = Paper()
    job = encode_job([NvDots(b"k1", SMALL), Cut()], EPSON)
    for command in [*commands(define(b"k1", SMALL)), *commands(job.data)]:
        paper.obey(command)
    left = (576 - 16) // 2
    assert paper.dots() == {(left + x, 0) for x in range(12)} | {(left + x, 1) for x in range(4, 8)}


@given(st.integers(1, 300), st.integers(1, 500), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_storing_a_picture_commands_nothing(wide: int, high: int, rng) -> None:
    """No picture and no length of one spells a real-time command while it is stored."""
    rows = bytes(rng.choices((0x10, 0x04, 0x05, 0x14, 0xFF), k=(wide + 7) // 8 * high))
    assert not holds_realtime(define(b"AB", Bitmap(wide, high, rows)))


def test_a_length_that_would_be_a_command_is_another_length() -> None:
    """24 x 343 dots make 1,040 bytes: 10 04 in the length. One white row more makes 13 04."""
    command = define(b"AB", Bitmap(24, 343, b"\xff" * 1029))
    assert command[3:5] == (1043).to_bytes(2, "little")
    assert command[11:15] == bytes.fromhex("1800 5801")
    assert command.endswith(b"\xff\0\0\0")
    assert not holds_realtime(command)


def test_a_name_is_the_picture_s_dots() -> None:
    """Another dot or another size is another name; the same picture has one for ever."""
    other = Bitmap(12, 2, b"\xff\xf0\x0f\x10")
    turned = Bitmap(6, 4, b"\xff\xf0\x0f\x00")
    assert picture_name(SMALL) == picture_name(Bitmap(12, 2, b"\xff\xf0\x0f\x00"))
    assert len({picture_name(SMALL), picture_name(other), picture_name(turned)}) == 3


def test_a_key_that_is_taken_is_passed_over() -> None:
    """Two printable characters, the same for the same picture, never one of another."""
    name = picture_name(SMALL)
    first = key_of(name)
    assert key_of(name) == first
    assert all(32 <= byte <= 126 for byte in first)
    assert key_of(name, [first]) != first


pictures = st.lists(st.integers(0, 30), max_size=12).map(
    lambda sizes: [Bitmap(8, size + 1, bytes([size]) * (size + 1)) for size in sizes]
)


@given(pictures, pictures, st.integers(0, 400))
@settings(max_examples=150, deadline=None)
def test_a_memory_is_brought_to_the_best_that_fits(
    before: list[Bitmap], ranked: list[Bitmap], room: int
) -> None:
    """After deleting and writing, what is stored fits, is wanted, and no better one was left out."""
    had = wanted(before, {}, [], 10_000)
    stored = {picture_name(bitmap): key for key, bitmap in had.write}
    todo = wanted(ranked, stored, stored.values(), room)
    memory = {key: name for name, key in stored.items() if key not in todo.delete}
    memory |= {key: picture_name(bitmap) for key, bitmap in todo.write}
    sizes = {picture_name(bitmap): len(bitmap.rows) + 16 for bitmap in ranked}
    assert sum(sizes[name] for name in memory.values()) <= room
    assert len(set(memory.values())) == len(memory)
    left = room - sum(sizes[name] for name in memory.values())
    out = [bitmap for bitmap in ranked if picture_name(bitmap) not in memory.values()]
    assert all(len(bitmap.rows) + 16 > left for bitmap in out)


def test_what_the_printer_lost_is_written_again() -> None:
    """A key that it does not list is not believed, whatever was written before."""
    name = picture_name(SMALL)
    todo = wanted([SMALL], {name: b"AB"}, [], 1000)
    assert [bitmap for _, bitmap in todo.write] == [SMALL]
    assert wanted([SMALL], {name: b"AB"}, [b"AB", b"ZZ"], 1000).delete == (b"ZZ",)


def test_the_printer_s_lists_are_read() -> None:
    """37 72 40 or 41, pairs, 00; and 37 30 or 31, digits, 00. Anything else is none of them."""
    assert read_keys(b"7r@ABCD\0") == ((b"AB", b"CD"), False)
    assert read_keys(b"7rAAB\0") == ((b"AB",), True)
    assert read_keys(b"7r@\0") == ((), False)
    assert read_room(b"70262144\0") == 262_144
    assert read_room(b"731024\0") == 1024
    for noise in (b"", b"7", b"7r@A\0", b"7s@AB\0", b"70\0", b"7012", b"70x\0"):
        assert read_keys(noise) is None
        assert read_room(noise) is None


def test_keys_spread() -> None:
    """A hundred pictures, a hundred keys: none is overwritten by the next."""
    some = [Bitmap(8, 1, bytes([n])) for n in range(100)]
    keys = [key for key, _ in wanted(some, {}, [], 10_000).write]
    assert len(set(keys)) == 100
    assert all(a != b for a, b in pairwise(keys))
