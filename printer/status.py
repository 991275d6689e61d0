"""What a printer says, told apart by its fixed bits (Epson's command reference, Appendix G).

    DLE EOT n       0xx1xx10   one byte; which n it answers, only the order of asking tells
    automatic       0xx1xx00   and three bytes 0xx0xxxx behind it
    GS r 1          0000xxxx   one byte; both bits of a pair (near end, end of paper) are on or off
    blocks          37 .. 00   GS ( H: 37 22, four characters, 00; GS ( L: 37 30, 33 or 72, .., 00
                    5F .. 00   GS I 65-69: a text
                    3D .. 00   GS I, printer information A
    flow            11, 13     XON, XOFF; may stand between any of the others

Nothing that comes in raises; what makes no sense is counted and dropped. One noise byte in sixty-four
looks like an answer to GS r: who counts fences must know that a count alone proves nothing.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

XON, XOFF = 0x11, 0x13
BLOCKS = frozenset((0x37, 0x3D, 0x5F))
FENCES = frozenset((0x00, 0x03, 0x0C, 0x0F))
MAX_BLOCK_BYTES = 96  # Epson's longest block has 80 characters between header and NUL
MAX_ASKED = 16
PROCESS_ID_HEAD = b"\x37\x22"
PROCESS_ID_BYTES = 7


Trouble = Literal["", "paper out", "cover open", "cutter error", "error", "offline"]


class PrinterState(Struct, frozen=True):
    """What a printer last said of itself. `hot` is an error that ends by itself: the head cools."""

    online: bool = True
    paper_out: bool = False
    paper_low: bool = False
    cover_open: bool = False
    cutter_error: bool = False
    error: bool = False
    hot: bool = False

    @property
    def trouble(self) -> Trouble:
        """Name what keeps it from printing, the most telling first; empty if nothing does."""
        causes: tuple[tuple[bool, Trouble], ...] = (
            (self.paper_out, "paper out"),
            (self.cover_open, "cover open"),
            (self.cutter_error, "cutter error"),
            (self.error or self.hot, "error"),
            (not self.online, "offline"),
        )
        return next((name for holds, name in causes if holds), "")

    @property
    def spoils(self) -> Trouble:
        """Name what may have left a slip in two pieces; a head that rests and goes on does not."""
        rested = replace(self, hot=False, online=self.online or self.hot)
        return rested.trouble


class Status(Struct, frozen=True):
    """Four bytes of automatic status: the whole state."""

    state: PrinterState


class Answer(Struct, frozen=True):
    """A DLE EOT answer to the question `n` (1 printer, 2 why offline, 3 error, 4 paper)."""

    n: int
    value: int

    def applied(self, state: PrinterState) -> PrinterState:
        """Give the state with what this answer says."""
        bits = self.value
        if self.n == 1:
            return replace(state, online=not bits & 0x08)
        if self.n == 2:
            return replace(state, cover_open=bool(bits & 0x04), error=bool(bits & 0x40))
        if self.n == 3:
            error, hot = bool(bits & 0x20), bool(bits & 0x40)
            return replace(state, cutter_error=bool(bits & 0x08), error=error, hot=hot)
        return replace(state, paper_low=bool(bits & 0x0C), paper_out=bool(bits & 0x60))


class Fence(Struct, frozen=True):
    """One byte in the order of the stream: GS r's answer."""

    value: int


class ProcessId(Struct, frozen=True):
    """GS ( H's answer: the four characters that the job asked back."""

    four: bytes


class Info(Struct, frozen=True):
    """A text that GS I asked for: maker, model, firmware."""

    text: str


class Block(Struct, frozen=True):
    """Another answer of GS ( L or DLE DC4, from 37 to NUL: what the printer keeps, what it forgot."""

    data: bytes


CLEARED = Block(b"\x37\x25\x00")  # DLE DC4 8: it was told to forget its buffers

Event = Status | Answer | Fence | ProcessId | Info | Block


class StatusReader:
    """Feed bytes in, take events out, however the line cuts them."""

    def __init__(self) -> None:
        self.nonsense_bytes = 0
        self._asked: deque[int] = deque(maxlen=MAX_ASKED)
        self._held = bytearray()  # the begun block or status

    def asked(self, n: int) -> None:
        """Note that DLE EOT `n` was sent: answers come in this order."""
        self._asked.append(n)

    def feed(self, data: bytes) -> list[Event]:
        """Take the next bytes; return what they complete, usually none or one."""
        events: list[Event] = []
        for byte in data:
            event = self._take(byte)
            if event is not None:
                events.append(event)
        return events

    def _take(self, byte: int) -> Event | None:
        if byte in (XON, XOFF):
            return None
        if self._held and self._held[0] in BLOCKS:
            return self._in_block(byte)
        if self._held:
            return self._in_status(byte)
        return self._first(byte)

    def _first(self, byte: int) -> Event | None:
        if byte in BLOCKS or byte & 0x93 == 0x10:
            self._held.append(byte)
            return None
        if byte & 0x93 == 0x12 and self._asked:
            return Answer(self._asked.popleft(), byte)
        if byte in FENCES:
            return Fence(byte)
        self.nonsense_bytes += 1
        return None

    def _in_status(self, byte: int) -> Event | None:
        if byte & 0x90:
            self._drop()
            return self._first(byte)
        self._held.append(byte)
        if len(self._held) < 4:
            return None
        status = Status(_automatic(bytes(self._held)))
        self._held.clear()
        return status

    def _in_block(self, byte: int) -> Event | None:
        """Collect up to the NUL; a character beyond ASCII or too many of them: it was noise."""
        if byte == 0:
            block = bytes([*self._held, 0])
            self._held.clear()
            return self._block(block)
        if not 0x20 <= byte <= 0x7E or len(self._held) >= MAX_BLOCK_BYTES:
            self._drop()
            return self._first(byte)
        self._held.append(byte)
        return None

    def _block(self, block: bytes) -> Event | None:
        """Read a block; a process id is found behind noise that looked like a block's beginning too."""
        if block[-PROCESS_ID_BYTES:].startswith(PROCESS_ID_HEAD):
            self.nonsense_bytes += len(block) - PROCESS_ID_BYTES
            return ProcessId(block[-5:-1])
        if block[0] == 0x5F:
            return Info(block[1:-1].decode("ascii"))
        if block[0] == 0x37:
            return Block(block)
        self.nonsense_bytes += len(block)
        return None

    def _drop(self) -> None:
        self.nonsense_bytes += len(self._held)
        self._held.clear()


def _automatic(four: bytes) -> PrinterState:
    """Read the four bytes of GS a: printer, error, paper; the fourth says nothing that we use."""
    printer, error, paper, _ = four
    return PrinterState(
        online=not printer & 0x08,
        cover_open=bool(printer & 0x20),
        cutter_error=bool(error & 0x08),
        error=bool(error & 0x20),
        hot=bool(error & 0x40),
        paper_low=bool(paper & 0x03),
        paper_out=bool(paper & 0x0C),
    )
