"""A serial line: pyserial opens and sets it up, the event loop moves the bytes.

On Windows, where a loop cannot wait for a serial line, a thread does the waiting. pyserial's
`dsrdtr` does nothing on Linux and no kernel holds a line back by DSR, so that with `flow=dsrdtr` the
port looks at the wire itself: it hands out a few bytes at a time, each only while the printer's DTR
(our DSR) is up. The window of `printer.session` keeps a printer from being overrun without a wire.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from printer.ports import Address, Port

if TYPE_CHECKING:
    from serial import Serial

try:
    import termios

    # termios.error is no kind of OSError, and a hung-up line raises it
    LINE_ERRORS: tuple[type[Exception], ...] = (OSError, termios.error)
except ImportError:  # Windows
    LINE_ERRORS = (OSError,)

# ValueError: a baud rate that the device does not have
OPEN_ERRORS: tuple[type[Exception], ...] = (ValueError, *LINE_ERRORS)
READ_BYTES = 4096
DTR_BYTES = 32  # handed out between two looks: an Epson says BUSY with 128 bytes left, or 16 of 45
DTR_WAIT_S = 0.005
BITS_A_BYTE = 10
THREAD_WAIT_S = 0.2  # how long a thread sits in a read before it looks whether to stop


async def open_serial(address: Address) -> Port:
    """Open a device such as /dev/ttyS0, a pty, or COM3, for this process alone.

    Raises:
        OSError: not there, or taken; pyserial's SerialException is one.
    """
    line = await asyncio.to_thread(_open, address)
    if os.name == "nt":
        return ThreadPort(line)
    if address.flow == "dsrdtr":
        return DtrPort(line, lambda: line.dsr, lambda: line.out_waiting)
    return LoopPort(line)


def _open(address: Address) -> Serial:
    from serial import Serial

    try:
        line = Serial(
            address.place,
            address.number,
            timeout=THREAD_WAIT_S,
            xonxoff=address.flow == "xonxoff",
            rtscts=address.flow == "rtscts",
            dsrdtr=address.flow == "dsrdtr",
            exclusive=True if os.name == "posix" else None,
        )
        if address.flow == "xonxoff" and os.name == "posix":
            _stop_nobody(line.fileno())
    except OPEN_ERRORS as error:
        raise OSError(f"{address.place}: {error}") from error
    return line


def _stop_nobody(line: int) -> None:
    """Heed the printer's XOFF and send none of our own: amid a picture it would be a byte of it."""
    settings = termios.tcgetattr(line)
    settings[0] &= ~termios.IXOFF
    termios.tcsetattr(line, termios.TCSANOW, settings)


class LoopPort:
    """The line's file descriptor on the event loop. pyserial opened it non-blocking."""

    answers = True

    def __init__(self, line: Serial) -> None:
        self._line = line
        self._fd: int = line.fileno()
        self._loop = asyncio.get_running_loop()

    async def write(self, data: bytes) -> None:
        """Write it all; waits while the line takes nothing."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._fd, rest) :]
            except BlockingIOError:
                await self._ready(self._loop.add_writer, self._loop.remove_writer)

    async def read(self) -> bytes:
        """Give what came; b"" once the other end of a pty or a USB adapter is gone."""
        while True:
            await self._ready(self._loop.add_reader, self._loop.remove_reader)
            try:
                return os.read(self._fd, READ_BYTES)
            except BlockingIOError:
                continue
            except OSError:  # EIO: a pty's other end was closed
                return b""

    async def close(self) -> None:
        """Close; what the line has not taken is thrown away, else a stalled printer blocks here."""
        self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)
        with contextlib.suppress(*LINE_ERRORS):
            self._line.reset_output_buffer()
        self._line.close()

    async def _ready(self, add: Callable[..., None], remove: Callable[[int], bool]) -> None:
        ready = self._loop.create_future()
        add(self._fd, _settle, ready)
        try:
            await ready
        finally:
            remove(self._fd)


class DtrPort(LoopPort):
    """A line whose printer says by its DTR wire whether it takes more.

    Args:
        line: opened by pyserial.
        may_send: whether the wire is up now; OSError where the device has no such wire.
        waiting: how many bytes the kernel has not put on the wire yet.
    """

    def __init__(
        self, line: Serial, may_send: Callable[[], bool], waiting: Callable[[], int]
    ) -> None:
        super().__init__(line)
        self._may_send = may_send
        self._waiting = waiting
        self._byte_s = BITS_A_BYTE / line.baudrate

    async def write(self, data: bytes) -> None:
        """Write it all, a few bytes at a time, none while the wire is down."""
        for start in range(0, len(data), DTR_BYTES):
            while not self._may_send():  # noqa: ASYNC110 - a wire sends no event
                await asyncio.sleep(DTR_WAIT_S)
            await super().write(data[start : start + DTR_BYTES])
            while waiting := self._waiting():  # noqa: ASYNC110 - nor does the kernel's buffer
                await asyncio.sleep(waiting * self._byte_s)


class ThreadPort:
    """The same line through threads; for Windows, and wherever a loop cannot wait for it."""

    answers = True

    def __init__(self, line: Serial) -> None:
        self._line = line
        self._open = True

    async def write(self, data: bytes) -> None:
        """Write it all in a thread."""
        await asyncio.to_thread(self._line.write, data)

    async def read(self) -> bytes:
        """Give what came, asking the line every so often whether there is something."""
        while self._open:
            try:
                data: bytes = await asyncio.to_thread(self._read)
            except (OSError, TypeError):  # pyserial reads from None once it is closed
                return b""
            if data:
                return data
        return b""

    async def close(self) -> None:
        """Close; a write that stands still in a thread ends with an error."""
        self._open = False
        with contextlib.suppress(OSError, AttributeError):
            self._line.cancel_write()
        await asyncio.to_thread(self._line.close)

    def _read(self) -> bytes:
        return bytes(self._line.read(max(1, self._line.in_waiting)))


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
