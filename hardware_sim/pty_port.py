"""The device's end of a serial line: a pseudo-terminal in raw mode behind a name that stays.

The other side opens `path`, a symbolic link; after `unplug` the same link leads to a new line, as
a USB adapter that went and came back.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct
import termios
import tty
from collections.abc import Callable
from pathlib import Path

READ_BYTES = 4096
HELD_BYTES = 1 << 16  # a device's own memory for what nobody has read yet
BITS_A_BYTE = 10  # 8 data bits between a start and a stop bit
SLICE_S = 0.02  # a paced line hands over what 20 ms bring
HELD_SLICE_S = 0.01  # one with flow control: at 115,200 baud less than is left when BUSY begins
PIECE_WAIT_S = 0.002  # between two pieces of a line that is told to be short


class PtyPort:
    """Carries bytes between an event loop and whoever opens `path`.

    Args:
        path: where the symbolic link is to stand.
        on_data: called with the bytes that arrive.
        baud: pace of the arriving bytes; 0 does not pace.
        slice_s: what so many seconds bring is handed over at once.
    """

    def __init__(
        self,
        path: Path,
        on_data: Callable[[bytes], None],
        baud: int = 0,
        slice_s: float = SLICE_S,
    ) -> None:
        self.path = path
        self.lost_bytes = 0  # what nobody read and nothing could hold
        self.piece_bytes = 0  # 0: as they come; else so many are read at a time, and one is sent
        self._on_data = on_data
        self._baud, self._slice_s = baud, slice_s
        self._controller = self._line = -1
        self._waiting = bytearray()
        self._deaf = False
        self._timer: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Put the line up; needs a running event loop."""
        self._controller, self._line = os.openpty()
        tty.setraw(self._line)
        os.set_blocking(self._controller, False)
        fresh = self.path.with_name(self.path.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._line))
        fresh.replace(self.path)
        self._listen()

    def close(self) -> None:
        """Take the line down; whoever holds the other end reads its end of file."""
        if self._controller < 0:
            return
        self._stop_listening()
        asyncio.get_running_loop().remove_writer(self._controller)
        self._waiting.clear()
        os.close(self._line)
        os.close(self._controller)
        self._controller = self._line = -1
        self.path.unlink(missing_ok=True)

    def unplug(self) -> None:
        """Break the line, and put up a new one behind the same path."""
        self.close()
        self.open()

    def send(self, data: bytes) -> None:
        """Send bytes, as fast as the other end reads; more than the line can hold is lost."""
        if self._controller < 0:
            return
        fits = data[: HELD_BYTES - len(self._waiting)]
        self.lost_bytes += len(data) - len(fits)
        self._waiting += fits
        self._write()

    def _write(self) -> None:
        loop = asyncio.get_running_loop()
        if self._controller < 0:
            return
        try:
            while self._waiting:
                piece = self._waiting[:1] if self.piece_bytes else self._waiting
                del self._waiting[: os.write(self._controller, piece)]
                if self.piece_bytes and self._waiting:
                    loop.call_later(PIECE_WAIT_S, self._write)
                    return
        except BlockingIOError:
            loop.add_writer(self._controller, self._write)
        else:
            loop.remove_writer(self._controller)

    @property
    def unread_bytes(self) -> int:
        """Count what was sent and not yet read at the other end; the kernel shows 4,095 at most."""
        if self._line < 0:
            return 0
        answer = fcntl.ioctl(self._line, termios.FIONREAD, struct.pack("i", 0))
        return len(self._waiting) + int(struct.unpack("i", answer)[0])

    @property
    def is_open(self) -> bool:
        """Tell whether the line is up."""
        return self._controller >= 0

    @property
    def heeds_xoff(self) -> bool:
        """Tell whether the other end's kernel stops at XOFF."""
        return self._line >= 0 and bool(termios.tcgetattr(self._line)[0] & termios.IXON)

    def hear(self, listening: bool) -> None:
        """Read what arrives, or leave it in the line."""
        if self._controller < 0 or self._deaf is not listening:
            self._deaf = not listening
            return
        self._deaf = not listening
        self._stop_listening()
        if listening:
            self._listen()

    def _listen(self) -> None:
        if not self._deaf and self._controller >= 0:
            asyncio.get_running_loop().add_reader(self._controller, self._readable)

    def _stop_listening(self) -> None:
        asyncio.get_running_loop().remove_reader(self._controller)
        if self._timer:
            self._timer.cancel()

    def _readable(self) -> None:
        try:
            data = os.read(self._controller, self._bytes_a_slice)
        except (BlockingIOError, OSError):
            return
        delay = len(data) * BITS_A_BYTE / self._baud if self._baud else 0.0
        if self.piece_bytes:
            delay = max(delay, PIECE_WAIT_S)
        if delay:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._controller)
            self._timer = loop.call_later(delay, self._listen)
        self._on_data(data)

    @property
    def _bytes_a_slice(self) -> int:
        if self.piece_bytes:
            return self.piece_bytes
        return max(1, int(self._baud / BITS_A_BYTE * self._slice_s)) if self._baud else READ_BYTES
