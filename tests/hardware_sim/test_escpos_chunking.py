"""However a stream is cut, it means the same."""

from itertools import pairwise

from hypothesis import given, settings, strategies as st

from hardware_sim.escpos_grammar import MAX_STORED_BYTES
from hardware_sim.escpos_reader import EscposReader

BODY = b"0p0\x01\x011\x08\x00\x02\x00\x10\x04"
COMMANDS = st.sampled_from(
    [
        b"Hello 20 % off\n",
        b"\x1b@",
        b"\x1ba\x01",
        b"\x1b!\x38wide\n",
        b"\x1d!\x11",
        b"\x1dL\x10\x00\x1dW\x00\x02",
        b"\x1dv0\x00\x02\x00\x03\x00\x10\x04\x01\xff\x00\x10",
        b"\x04\x02",
        b"\x1b*\x21\x02\x00\x01\x02\x03\x04\x05\x06\n",
        b"\x1dk\x024006381333931\x00",
        b"\x1dk\x49\x06{B12ab",
        b"\x1d(k\x08\x001P0https",
        b"\x1d(k\x03\x001Q0",
        b"\x1d(L" + len(BODY).to_bytes(2, "little") + BODY,
        b"\x1d8L" + len(BODY).to_bytes(4, "little") + BODY,
        b"\x1d(L\x02\x0002",
        b"\x1dVB\x00",
        b"\x10\x04\x01",
        b"\x10\x14\x01\x00\x01",
        b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
        b"\x1dr\x01",
        b"\x1d(H\x06\x0000abcd",
        b"\x1bD\x08\x10\x00\tx\n",
        b"\x1bp\x00\x10\x10",
    ]
)
STREAMS = st.lists(st.one_of(COMMANDS, st.binary(max_size=12)), max_size=20).map(b"".join)


def read(pieces: list[bytes]) -> list[object]:
    reader = EscposReader()
    return [event for piece in pieces for event in reader.feed(piece)]


@settings(max_examples=150, deadline=None)
@given(data=STREAMS, cuts=st.lists(st.integers(0, 400), max_size=8))
def test_any_cutting_gives_the_same_events(data: bytes, cuts: list[int]):
    """Whole, byte by byte, and cut anywhere: one list of events."""
    whole = read([data])
    assert read([data[i : i + 1] for i in range(len(data))]) == whole
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    assert read([data[a:b] for a, b in pairwise(edges)]) == whole


@settings(max_examples=100, deadline=None)
@given(data=STREAMS, rubbish=st.binary(max_size=40))
def test_rubbish_behind_changes_nothing_before_it(data: bytes, rubbish: bytes):
    """Events that came before the rubbish stay as they were."""
    before = read([data])
    assert read([data, rubbish])[: len(before)] == before
    assert read([data + rubbish])[: len(before)] == before


@settings(max_examples=100, deadline=None)
@given(noise=st.binary(max_size=300))
def test_noise_never_raises_and_never_fills_the_memory(noise: bytes):
    """Whatever comes, the reader holds no more than the longest stored block."""
    reader = EscposReader()
    reader.feed(noise + b"\x00" * 4096)
    assert reader.held_bytes <= MAX_STORED_BYTES
