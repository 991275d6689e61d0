from hypothesis import given, settings, strategies as st

from printer.bitmap import Bitmap
from printer.escpos import encode_job
from printer.items import Cut, Dots
from printer.profile import Profile
from printer.realtime_safe import holds_realtime, make_safe

SEQUENCES = [b"\x10\x04", b"\x10\x05", b"\x10\x14"]
risky = st.lists(st.sampled_from([0x10, 0x04, 0x05, 0x14, 0x00, 0xFF]), max_size=400).map(bytes)


def plain_search(data: bytes) -> bool:
    return any(sequence in data for sequence in SEQUENCES)


@given(risky)
@settings(max_examples=200, deadline=None)
def test_no_sequence_is_left_and_no_dot_is_lost(payload: bytes) -> None:
    """The pass leaves as many dots as there were, none of them further than one column away."""
    safe, moved = make_safe(payload)
    assert not plain_search(safe)
    assert int.from_bytes(safe, "big").bit_count() == int.from_bytes(payload, "big").bit_count()
    changed = [(a, b) for a, b in zip(payload, safe, strict=True) if a != b]
    assert changed == [(0x10, 0x08)] * moved
    assert holds_realtime(payload) == (moved > 0)


@given(
    st.binary(min_size=72 * 8, max_size=72 * 8).map(lambda noise: noise * 3),
    st.sampled_from(["GS v 0", "GS 8 L"]),
    st.sampled_from([576, 568, 24, 80, 16]),
)
@settings(max_examples=100, deadline=None)
def test_a_whole_job_holds_none(noise: bytes, raster: str, width: int) -> None:
    """Neither dots nor a command's own numbers, nor the seams between them, spell a sequence."""
    stride = width // 8
    rows = len(noise) // stride
    page = Bitmap(
        width, rows, noise[: rows * stride].replace(b"\x20", b"\x10").replace(b"\x21", b"\x04")
    )
    job = encode_job([Dots(page), Cut()], Profile(name="any", raster=raster))
    assert not plain_search(job.data)


def test_a_height_that_spells_a_command_is_split() -> None:
    """GS 8 L of 10 bytes x 103 rows has the length 1040 = 10 04 in its header: sent as two."""
    page = Bitmap(80, 103, b"\xff" * 1030)
    job = encode_job([Dots(page)], Profile(name="any", raster="GS 8 L"))
    assert not plain_search(job.data)
    assert job.data.count(b"\x1d8L") == 2


def test_the_moved_dots_are_counted() -> None:
    """Three sequences in a picture: three dots moved."""
    page = Bitmap(24, 3, b"\x10\x04\xff\x10\x05\xff\xff\x10\x14")
    assert encode_job([Dots(page)], Profile(name="any")).moved_dots == 3
