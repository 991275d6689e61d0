"""USB, CUPS and Windows printers: python-escpos' ports, each in a thread of its own.

The only module that opens a port through python-escpos, which costs 0.3 s and 15 MB to import: a
lane on a serial line or on the network never loads it. Its CUPS port needs `pycups`, its Windows
port `pywin32`, its USB port `pyusb`: the extras `cups`, `windows` and `usb`.

CUPS and Windows were made for documents: a job is handed over whole, and nothing ever comes back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from printer.ports import Address
from printer.spooled import Standing

T = TypeVar("T")

IN_ENDPOINT, OUT_ENDPOINT = 0x82, 0x01  # of Epson's printers, and python-escpos' own default
USB_READ_BYTES = 64  # a full-speed bulk packet: the longest that an endpoint gives at once
USB_WAIT_MS = 200  # how long the thread sits in a read before it looks whether to stop
USB_WRITE_MS = 60_000  # a printer out of paper takes nothing; the job's own deadline is sooner
CUPS_PORT = 631
HELD, PRINTING, COMPLETED = (3, 4), (5, 6), 9  # IPP job-state, RFC 8011, section 5.3.7


async def open_usb(address: Address, backend: Any = None) -> UsbPort:
    """Open a printer by vendor and product number; `backend` is pyusb's, none for its own choice.

    Raises:
        OSError: not plugged in, somebody else has it, or `pyusb` is not installed.
    """
    thread = ThreadPoolExecutor(1, "printer-usb")
    return UsbPort(await _opened(thread, partial(_usb, address, backend)), thread)


async def open_cups(address: Address) -> CupsPort:
    """Open a queue of CUPS.

    Raises:
        OSError: no such queue, no CUPS, or `pycups` is not installed.
    """
    thread = ThreadPoolExecutor(1, "printer-cups")
    return CupsPort(await _opened(thread, partial(_cups, address)), thread)


async def open_windows(address: Address) -> WindowsPort:
    """Open a printer of Windows by its name.

    Raises:
        OSError: no such printer, or `pywin32` is not installed.
    """
    thread = ThreadPoolExecutor(1, "printer-windows")
    return WindowsPort(await _opened(thread, partial(_windows, address)), thread)


async def _opened(thread: ThreadPoolExecutor, make: Callable[[], Any]) -> Any:
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, partial(_told, make))
    except BaseException:
        thread.shutdown(wait=False)
        raise


def _told(call: Callable[[], T]) -> T:
    """Make one kind of error of what python-escpos and the libraries below it raise."""
    try:
        return call()
    except OSError:
        raise
    except Exception as error:  # each library has its own, none of them ours to name
        raise OSError(f"{type(error).__name__}: {error}") from error


def _usb(address: Address, backend: Any) -> Any:
    from escpos.printer import Usb

    vendor, _, product = address.place.partition(":")
    arguments = {"backend": backend} if backend is not None else {}
    printer = Usb(
        int(vendor, 16),
        int(product, 16),
        arguments,
        USB_WRITE_MS,
        address.number >> 8 or IN_ENDPOINT,
        address.number & 0xFF or OUT_ENDPOINT,
    )
    printer.open()
    return printer


def _cups(address: Address) -> Any:
    from escpos.printer import CupsPrinter

    host, _, queue = address.place.rpartition("/")
    printer = CupsPrinter(queue, host=host or "localhost", port=address.number or CUPS_PORT)
    try:
        printer.open()
    except BaseException:
        printer.tmpfile.close()
        raise
    return printer


def _windows(address: Address) -> Any:
    from escpos.printer import Win32Raw

    return Win32Raw(address.place)


class _Threaded:
    """One printer of python-escpos, touched by one thread only."""

    def __init__(self, printer: Any, thread: ThreadPoolExecutor) -> None:
        self._printer = printer
        self._thread = thread
        self._closed = asyncio.Event()

    async def _call(self, call: Callable[[], T]) -> T:
        if self._closed.is_set():
            raise ConnectionError("the port is closed")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(_told, call))

    async def close(self) -> None:
        """Let go; who opens the device again before that finds it taken."""
        self._closed.set()
        shut = asyncio.get_running_loop().run_in_executor(self._thread, self._shut)
        self._thread.shutdown(wait=False)
        await asyncio.shield(shut)

    def _shut(self) -> None:
        with contextlib.suppress(Exception):
            self._printer.close()


class UsbPort(_Threaded):
    """A USB printer: bytes both ways, as on a line; reading has a thread of its own."""

    answers = True

    def __init__(self, printer: Any, thread: ThreadPoolExecutor) -> None:
        super().__init__(printer, thread)
        self._reading = ThreadPoolExecutor(1, "printer-usb-reads")

    async def write(self, data: bytes) -> None:
        """Write it all in the thread."""
        await self._call(partial(self._printer._raw, data))

    async def read(self) -> bytes:
        """Give what came; b"" once the printer is unplugged."""
        loop = asyncio.get_running_loop()
        while not self._closed.is_set():
            try:
                data = await loop.run_in_executor(self._reading, partial(_told, self._read))
            except OSError:
                return b""
            if data:
                return data
        return b""

    async def close(self) -> None:
        """Let go of both threads."""
        self._reading.shutdown(wait=False)
        await super().close()

    def _read(self) -> bytes:
        from usb.core import USBTimeoutError

        try:
            read = self._printer.device.read(self._printer.in_ep, USB_READ_BYTES, USB_WAIT_MS)
        except USBTimeoutError:
            return b""
        return bytes(read)


class _Spool(_Threaded):
    """What a spooler's port has in common: no bytes, whole jobs."""

    answers = False

    async def write(self, data: bytes) -> None:
        """Refuse: a spooler takes whole jobs, by `hand_over`."""
        raise OSError(f"{len(data)} bytes for a spooler, which takes whole jobs only")

    async def read(self) -> bytes:
        """Wait until the port is closed: a spooler says nothing."""
        await self._closed.wait()
        return b""


class CupsPort(_Spool):
    """A queue of CUPS, used raw: no filter of it touches the bytes."""

    async def hand_over(self, data: bytes, name: str) -> int:
        """Give the queue a job, and get its number."""
        return await self._call(partial(self._hand_over, data, name))

    async def standing(self, number: int) -> Standing:
        """Ask CUPS how a job stands."""
        return await self._call(partial(self._standing, number))

    async def take_back(self, number: int) -> None:
        """Cancel a job."""
        await self._call(lambda: self._printer.device.cancelJob(number))

    def _hand_over(self, data: bytes, name: str) -> int:
        import cups

        if self._printer.tmpfile.closed:
            self._printer.open()
        self._printer._raw(data)
        self._printer.tmpfile.flush()  # else CUPS reads an empty file
        # python-escpos' own `send` would do this, and forget the number
        number: int = self._printer.device.printFile(
            self._printer.printer_name,
            self._printer.tmpfile.name,
            name,
            {"document-format": cups.CUPS_FORMAT_RAW},
        )
        self._printer._clear()
        return number

    def _shut(self) -> None:
        self._printer._clear()  # else closing would print what is left
        super()._shut()

    def _standing(self, number: int) -> Standing:
        state = self._printer.device.getJobAttributes(number)["job-state"]
        if state in HELD:
            return "waiting"
        if state in PRINTING:
            return "printing"
        return "done" if state == COMPLETED else "failed"


class WindowsPort(_Spool):
    """A printer of Windows, used raw. Untested: there is no Windows where this was built."""

    async def hand_over(self, data: bytes, name: str) -> int:
        """Write one raw document."""
        return await self._call(partial(self._hand_over, data, name))

    async def standing(self, _number: int) -> Standing:
        """Windows has taken the document; what becomes of it is the spooler's own."""
        return "done"

    async def take_back(self, number: int) -> None:
        """Refuse: a document that Windows took is not waited for."""
        raise OSError(f"job {number} is the spooler's")

    def _hand_over(self, data: bytes, name: str) -> int:
        self._printer.open(name)
        try:
            self._printer._raw(data)
            return int(self._printer.current_job)
        finally:
            self._printer.close()
