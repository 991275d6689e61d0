"""Where a printer is plugged in, by one address, and whose turn it is to write there.

    serial:///dev/ttyS0?baud=38400&flow=rtscts   /dev/pts/3   serial://COM3
    tcp://10.0.0.7:9100
    usb://04b8:0202      usb://04b8:0202?in=82&out=01   (vendor:product and endpoints, hexadecimal)
    cups:///QUEUE        cups://host:631/QUEUE
    windows:///NAME      (of the printer, as Windows shows it)
    file:///tmp/slips.bin

A port's calls wait as long as they must; whoever calls puts a deadline around them. A call that
was given up leaves the port in an unknown state: close it and open another.
"""

from __future__ import annotations

import asyncio
from typing import Literal, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from printer.profile import Profile

DEFAULT_BAUD = 38_400  # Epson's serial interfaces leave the factory so
DEFAULT_TCP_PORT = 9100
FLOWS = ("none", "rtscts", "dsrdtr", "xonxoff")


class Port(Protocol):
    """A line to one printer. `answers` is False where nothing can come back."""

    answers: bool

    async def write(self, data: bytes) -> None:
        """Hand all the bytes to the line, however long it takes.

        Raises:
            OSError: the line is gone.
        """

    async def read(self) -> bytes:
        """Give the next bytes; none at all (b"") means that the line is gone."""

    async def close(self) -> None:
        """Let go of the line, without waiting for what it has not taken."""


class Address(Struct, frozen=True):
    """A port's address, taken apart."""

    kind: Literal["serial", "tcp", "usb", "cups", "windows", "file"]
    place: str  # device, host, vendor:product, [host/]queue, name, or file path
    number: int = 0  # baud, TCP port, or USB endpoints: in * 256 + out; 0 is the kind's own
    flow: str = "none"


def parse_address(url: str) -> Address:
    """Take a port's address apart.

    Raises:
        ValueError: with what is wrong, and what it may be.
    """
    parts = urlsplit(url)
    if parts.scheme == "tcp" and parts.hostname:
        return Address("tcp", parts.hostname, parts.port or DEFAULT_TCP_PORT)
    if parts.scheme == "file" and parts.path:
        return Address("file", parts.path)
    if parts.scheme == "usb":
        return _usb(parts)
    if parts.scheme in ("cups", "windows") and len(parts.path) > 1:
        return _spooler(parts)
    if parts.scheme == "serial" or (not parts.scheme and url.startswith("/")):
        return _serial(parts)
    raise ValueError(
        f"{url!r} is not a printer port: serial:///dev/ttyS0, tcp://host, usb://04b8:0202, "
        "cups:///queue, windows:///name, file:///path"
    )


def _usb(parts: SplitResult) -> Address:
    said = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    numbers = parts.netloc.split(":")
    ends = [said.pop("in", "0"), said.pop("out", "0")]
    if len(numbers) != 2 or said or not all(_is_hex(text) for text in (*numbers, *ends)):
        raise ValueError(f"USB port {parts.geturl()!r}: usb://VENDOR:PRODUCT?in=82&out=01, all hex")
    return Address("usb", parts.netloc, int(ends[0], 16) << 8 | int(ends[1], 16))


def _is_hex(text: str) -> bool:
    return 0 < len(text) <= 4 and all(digit in "0123456789abcdefABCDEF" for digit in text)


def _spooler(parts: SplitResult) -> Address:
    name = unquote(parts.path[1:])
    if parts.scheme == "windows":
        return Address("windows", name)
    host = parts.hostname or ""
    return Address("cups", f"{host}/{name}" if host else name, parts.port or 0)


def _serial(parts: SplitResult) -> Address:
    said = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    unknown = said.keys() - {"baud", "flow"}
    flow = said.get("flow", "none")
    baud = said.get("baud", str(DEFAULT_BAUD))
    device = parts.path if parts.path not in ("", "/") else parts.netloc
    if unknown or flow not in FLOWS or not baud.isdecimal() or not device:
        raise ValueError(f"serial port {parts.geturl()!r}: ?baud=NUMBER&flow={'|'.join(FLOWS)}")
    return Address("serial", device, int(baud), flow)


def tuned(profile: Profile, url: str) -> Profile:
    """Give the profile with the line's own speed, which chooses the rung of the ladder."""
    address = parse_address(url)
    return replace(profile, baud=address.number if address.kind == "serial" else 0)


async def open_port(url: str) -> Port:
    """Open a port; each kind is imported only where it is used.

    Raises:
        OSError: nobody there, or somebody else has it.
        ValueError: as `parse_address`.
    """
    address = parse_address(url)
    if address.kind == "tcp":
        from printer.tcp_port import open_tcp

        return await open_tcp(address.place, address.number)
    if address.kind == "file":
        from printer.file_port import open_file

        return await open_file(address.place)
    if address.kind in ("usb", "cups", "windows"):
        return await _open_escpos(address)
    from printer.serial_port import open_serial

    return await open_serial(address)


async def _open_escpos(address: Address) -> Port:
    from printer.escpos_ports import open_cups, open_usb, open_windows

    if address.kind == "usb":
        return await open_usb(address)
    return await (open_cups(address) if address.kind == "cups" else open_windows(address))


class PortLease:
    """Whose turn it is to write on a port. A job begins only between two turns of others."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self.holder = ""

    async def take(self, who: str) -> None:
        """Wait for the turn, in the order of asking."""
        await self._turn.acquire()
        self.holder = who

    def give_back(self) -> None:
        """End the turn."""
        self.holder = ""
        self._turn.release()
