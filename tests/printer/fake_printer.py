"""A printer in memory: takes bytes as a port does, answers as it is told to, and keeps its paper."""

from __future__ import annotations

import asyncio

from tests.printer.paper_reader import length_at

READY = bytes([0x10, 0x00, 0x00, 0x00])
PAPER_OUT = bytes([0x18, 0x00, 0x0C, 0x00])
COVER_OPEN = bytes([0x38, 0x00, 0x00, 0x00])


class FakePrinter:
    """One device; each `open` is a new connection to it.

    `status` is what it says of itself (four bytes, as automatic status). `takes` bounds the bytes
    that it ever reads; `fails_after` breaks the line instead. `mute` never answers.
    """

    def __init__(self, *, asb: bool = True, ids: bool = True) -> None:
        self.asb = asb
        self.ids = ids
        self.mute = False
        self.dead = False
        self.status = READY
        self.takes: int | None = None
        self.fails_after: int | None = None
        self.paper_out_after: int | None = None
        self.paper = bytearray()  # every byte but real-time questions, as the buffer took them
        self.most_on_the_way = 0
        self.opened = 0
        self.changed = asyncio.Event()
        self._parsed = 0
        self._port: FakePort | None = None

    async def open(self) -> FakePort:
        """Connect."""
        if self.dead:
            raise ConnectionRefusedError("switched off")
        self.opened += 1
        self._port = FakePort(self)
        return self._port

    def say(self, data: bytes) -> None:
        """Send something of its own accord."""
        if self._port is not None and not self.mute:
            self._port.inbox.put_nowait(data)

    def cut_line(self) -> None:
        """Break the connection."""
        if self._port is not None:
            self._port.gone = True
            self._port.inbox.put_nowait(b"")

    def set_status(self, status: bytes) -> None:
        """Change, and push it if automatic status is on."""
        self.status = status
        if self.asb:
            self.say(status)

    def take(self, data: bytes) -> None:
        """Read bytes from the line: real-time questions at once, the rest in order."""
        while (at := data.find(b"\x10\x04")) >= 0:
            self.say(bytes([self._realtime(data[at + 2])]))
            data = data[:at] + data[at + 3 :]
        self.paper += data
        self._check_limits()
        while self._parsed < len(self.paper) and self.status[0] & 0x08 == 0:
            length = length_at(bytes(self.paper), self._parsed)
            if length is None:
                break
            self._carry_out(bytes(self.paper[self._parsed : self._parsed + length]))
            self._parsed += length
        self.changed.set()

    def wake(self) -> None:
        """Go on after paper was put in."""
        self.paper_out_after = None
        self.set_status(READY)
        self.take(b"")

    def _check_limits(self) -> None:
        if self.paper_out_after is not None and len(self.paper) >= self.paper_out_after:
            self.paper_out_after = None
            self.set_status(PAPER_OUT)

    def _realtime(self, n: int) -> int:
        printer, _, paper, _ = self.status
        offline, cover, out = printer & 0x08, bool(printer & 0x20), bool(paper & 0x0C)
        return {1: 0x12 | offline, 2: 0x12 | 4 * cover | 0x20 * out, 3: 0x12, 4: 0x12 | 0x60 * out}[
            n
        ]

    def _carry_out(self, command: bytes) -> None:
        if command[:2] == b"\x1dr":
            self.say(b"\x00")
        elif command[:3] == b"\x1d(H" and self.ids:
            self.say(b"\x37\x22" + command[7:11] + b"\x00")
        elif command[:2] == b"\x1da" and self.asb and command[2]:
            self.say(self.status)
        elif command == b"\x1dIC":
            self.say(b"_TM-FAKE\x00")


class FakePort:
    """One connection."""

    answers = True

    def __init__(self, printer: FakePrinter) -> None:
        self.inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self.gone = False
        self._printer = printer

    async def write(self, data: bytes) -> None:
        """Hand bytes over, as far as the device takes them."""
        await asyncio.sleep(0)
        printer = self._printer
        if self.gone:
            raise ConnectionResetError("gone")
        if printer.fails_after is not None and len(printer.paper) + len(data) > printer.fails_after:
            printer.take(data[: printer.fails_after - len(printer.paper)])
            printer.fails_after = None
            printer.cut_line()
            raise ConnectionResetError("pulled out")
        if printer.takes is not None and len(printer.paper) + len(data) > printer.takes:
            printer.take(data[: max(0, printer.takes - len(printer.paper))])
            await asyncio.Event().wait()
        printer.take(data)

    async def read(self) -> bytes:
        """Give what the device said."""
        return await self.inbox.get()

    async def close(self) -> None:
        """Let go."""
        self.gone = True
