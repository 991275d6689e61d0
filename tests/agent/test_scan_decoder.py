"""Scanner bytes to scans, however the line cuts them up."""

from hypothesis import given, strategies as st

from agent.scan_decoder import MAX_SCAN_BYTES, Scan, ScanDecoder

CARD = b"2900000000018"


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


def test_a_scan_ends_with_cr_lf_or_both():
    """Each ending gives the scan once."""
    for ending in (b"\r", b"\n", b"\r\n"):
        assert ScanDecoder().feed(CARD + ending) == [Scan("2900000000018")]


@given(st.lists(st.integers(0, 9), max_size=12))
def test_where_the_line_is_cut_does_not_matter(sizes):
    """Two scans with noise between them read the same in any pieces."""
    stream = b"]E0" + CARD + b"\r\n" + b"\x00\xff\r" + b"]Q12559\r"
    decoder = ScanDecoder()
    scans = [scan for piece in cut(stream, sizes) for scan in decoder.feed(piece)]
    assert scans == [Scan("2900000000018", "]E0"), Scan("2559", "]Q1")]
    assert decoder.dropped == 1


def test_prefix_and_suffix_are_taken_off():
    """The prefix stands before the AIM identifier, the suffix behind the data."""
    decoder = ScanDecoder(prefix="~", suffix="#")
    assert decoder.feed(b"~]C1255123#\r") == [Scan("255123", "]C1")]


def test_ten_kilobytes_are_dropped_and_counted_and_the_next_scan_is_read():
    """An endless line costs no memory and loses nothing behind it."""
    decoder = ScanDecoder()
    for _ in range(10):
        assert decoder.feed(b"9" * 1024) == []
        assert len(decoder._buffer) <= MAX_SCAN_BYTES
    assert decoder.feed(b"\r" + CARD + b"\r") == [Scan("2900000000018")]
    assert decoder.dropped == 1


@given(st.binary(max_size=600))
def test_no_bytes_ever_raise(data):
    """Whatever the line carries, a card behind it is read."""
    decoder = ScanDecoder()
    decoder.feed(data)
    assert decoder.feed(b"\r" + CARD + b"\r")[-1] == Scan("2900000000018")
