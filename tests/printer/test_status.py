import pytest
from hypothesis import given, settings, strategies as st

from printer.status import (
    MAX_BLOCK_BYTES,
    Answer,
    Event,
    Fence,
    Info,
    PrinterState,
    ProcessId,
    Status,
    StatusReader,
)


def heard(*pieces: bytes, asked: tuple[int, ...] = ()) -> list[Event]:
    reader = StatusReader()
    for n in asked:
        reader.asked(n)
    return [event for piece in pieces for event in reader.feed(piece)]


# From Epson's tables of GS a: byte 1 bit 3 offline, 5 cover; byte 2 bit 3 cutter, 5 and 6 errors;
# byte 3 bits 0-1 near end, 2-3 end.
AUTOMATIC = [
    ("10 00 00 00", PrinterState()),
    ("14 00 00 0f", PrinterState()),  # drawer pin high, reserved bits
    ("18 00 0c 00", PrinterState(online=False, paper_out=True)),
    ("38 00 00 00", PrinterState(online=False, cover_open=True)),
    ("18 08 00 00", PrinterState(online=False, cutter_error=True)),
    ("18 20 00 00", PrinterState(online=False, error=True)),
    ("18 40 00 00", PrinterState(online=False, hot=True)),
    ("10 00 03 00", PrinterState(paper_low=True)),
]


@pytest.mark.parametrize(("sent", "state"), AUTOMATIC)
def test_automatic_status_is_read(sent: str, state: PrinterState) -> None:
    """Four bytes are the whole state."""
    assert heard(bytes.fromhex(sent)) == [Status(state)]


@pytest.mark.parametrize(
    ("n", "sent", "state"),
    [
        (1, 0x12, PrinterState()),
        (1, 0x1A, PrinterState(online=False)),
        (2, 0x16, PrinterState(cover_open=True)),
        (2, 0x52, PrinterState(error=True)),
        (3, 0x1A, PrinterState(cutter_error=True)),
        (3, 0x32, PrinterState(error=True)),
        (4, 0x1E, PrinterState(paper_low=True)),
        (4, 0x7E, PrinterState(paper_out=True, paper_low=True)),
    ],
)
def test_an_answer_means_what_was_asked(n: int, sent: int, state: PrinterState) -> None:
    """The same bits mean different things behind DLE EOT 1, 2, 3 and 4."""
    (answer,) = heard(bytes([sent]), asked=(n,))
    assert answer == Answer(n, sent)
    assert isinstance(answer, Answer)
    assert answer.applied(PrinterState()) == state


def test_answers_come_in_the_order_of_asking() -> None:
    """Three questions, three bytes, each to its own."""
    events = heard(b"\x12\x12\x12", asked=(1, 2, 4))
    assert [event.n for event in events if isinstance(event, Answer)] == [1, 2, 4]


def test_an_answer_to_nothing_asked_is_nonsense() -> None:
    """Nobody asked: it is counted, not believed."""
    reader = StatusReader()
    assert reader.feed(b"\x12\x12") == []
    assert reader.nonsense_bytes == 2


MIXED = [
    (b"\x37\x22ab12\x00", ProcessId(b"ab12")),
    (b"\x00", Fence(0)),
    (b"\x0f", Fence(15)),
    (b"\x5fTM-T88V\x00", Info("TM-T88V")),
    (b"\x18\x00\x0c\x00", Status(PrinterState(online=False, paper_out=True))),
]


@given(st.lists(st.sampled_from(MIXED), max_size=12), st.data())
@settings(max_examples=150, deadline=None)
def test_any_mixture_in_any_pieces_with_flow_control_between(
    wanted: list[tuple[bytes, Event]], data: st.DataObject
) -> None:
    """Whole or byte by byte, with XON and XOFF anywhere, the same events come out, in order."""
    stream = bytearray()
    for byte in b"".join(piece for piece, _ in wanted):
        stream += data.draw(st.sampled_from([b"", b"", b"\x11", b"\x13"])) + bytes([byte])
    cut = data.draw(st.integers(0, len(stream)))
    events = [event for _, event in wanted]
    assert heard(bytes(stream)) == events
    assert heard(bytes(stream[:cut]), bytes(stream[cut:])) == events
    assert heard(*(bytes([byte]) for byte in stream)) == events


@given(st.binary(max_size=600))
@settings(max_examples=200, deadline=None)
def test_rubbish_never_raises_and_never_piles_up(noise: bytes) -> None:
    """Whatever the line says, the reader holds a bounded rest and goes on."""
    reader = StatusReader()
    reader.feed(noise)
    assert len(reader._held) <= MAX_BLOCK_BYTES
    assert reader.nonsense_bytes <= len(noise)


@given(st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_after_rubbish_and_a_pause_of_status_the_next_answer_is_heard(noise: bytes) -> None:
    """A process id behind noise is understood once two statuses have passed."""
    reader = StatusReader()
    reader.feed(noise + b"\x10\x00\x00\x00" * 2)
    assert reader.feed(b"\x37\x22ab12\x00")[-1:] == [ProcessId(b"ab12")]


def test_the_most_telling_trouble_is_named() -> None:
    """An open cover makes a printer offline: the cashier is told the cover."""
    assert PrinterState(online=False, cover_open=True).trouble == "cover open"
    assert PrinterState(online=False, paper_out=True, cover_open=True).trouble == "paper out"
    assert PrinterState(online=False).trouble == "offline"
    assert PrinterState(paper_low=True).trouble == ""
