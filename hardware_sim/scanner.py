"""A bar code scanner on a pty or on TCP: clean scans, line noise, and bytes that come in pieces."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

from hardware_sim.pty_port import PtyPort

BURST_BYTES = 10_000  # a stuck wedge: far more than any code holds
POLL_S = 0.02


def scan_bytes(text: str, aim_id: str = "", prefix: str = "", suffix: str = "\r") -> bytes:
    """Give a scan as it leaves the scanner: prefix, AIM identifier ("]E0"), text, suffix."""
    return f"{prefix}{aim_id}{text}{suffix}".encode("latin-1")


class Scanner:
    """Sends scans over whatever carries them; `send` takes bytes."""

    def __init__(
        self,
        send: Callable[[bytes], None],
        prefix: str = "",
        suffix: str = "\r",
        random: Random | None = None,
    ) -> None:
        self._send = send
        self._prefix, self._suffix = prefix, suffix
        self._random = random or Random(1)  # a fixed seed: tests repeat

    def scan(self, text: str, aim_id: str | None = None) -> None:
        """Scan one code."""
        self._send(scan_bytes(text, aim_id or "", self._prefix, self._suffix))

    async def scan_split(self, text: str, piece_bytes: int = 1) -> None:
        """Scan one code whose bytes come one piece at a time."""
        data = scan_bytes(text, "", self._prefix, self._suffix)
        for start in range(0, len(data), piece_bytes):
            self._send(data[start : start + piece_bytes])
            await asyncio.sleep(0)

    def garbage(self, count: int = 200) -> None:
        """Send line noise without an end of line in it, then one."""
        noise = bytes(byte for byte in self._random.randbytes(count) if byte not in b"\r\n")
        self._send(noise + self._suffix.encode("latin-1"))

    def burst(self, count: int = BURST_BYTES) -> None:
        """Send one endless scan of digits."""
        self._send(b"7" * count + self._suffix.encode("latin-1"))


class SerialScanner(Scanner):
    """A scanner on a pty."""

    def __init__(self, path: Path, prefix: str = "", suffix: str = "\r") -> None:
        self._port = PtyPort(path, lambda _: None)
        super().__init__(self._port.send, prefix, suffix)

    async def start(self) -> None:
        """Put the line up."""
        self._port.open()

    async def stop(self) -> None:
        """Take the line down."""
        self._port.close()

    @property
    def address(self) -> str:
        """Give the path that the lane opens."""
        return str(self._port.path)

    @property
    def unread_bytes(self) -> int:
        """Count the scanned bytes that the lane has not read yet."""
        return self._port.unread_bytes

    async def sent(self) -> None:
        """Wait until the lane has read everything.

        Seen twice, because the kernel carries bytes from one end to the other in its own time.
        """
        empty = 0
        while empty < 2:
            await asyncio.sleep(POLL_S)
            empty = 0 if self.unread_bytes else empty + 1

    def unplug(self) -> None:
        """Pull the cable and put it back."""
        self._port.unplug()


class NetworkScanner(Scanner):
    """A scanner behind a TCP address (pyserial's socket://): sends to everyone who is connected."""

    def __init__(
        self, host: str = "127.0.0.1", port: int = 0, prefix: str = "", suffix: str = "\r"
    ) -> None:
        super().__init__(self._to_all, prefix, suffix)
        self._where = (host, port)
        self._writers: set[asyncio.StreamWriter] = set()
        self.connected = asyncio.Event()

    async def start(self) -> None:
        """Open the port; 0 takes a free one."""
        self._server = await asyncio.start_server(self._serve, *self._where)
        self._where = (self._where[0], self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the port and every connection."""
        writers = list(self._writers)
        self.unplug()
        self._server.close()
        for writer in writers:
            with suppress(ConnectionError):
                await writer.wait_closed()

    @property
    def address(self) -> str:
        """Give the address as the lane's config takes it."""
        return f"socket://{self._where[0]}:{self._where[1]}"

    async def sent(self) -> None:
        """Wait until everything has gone out."""
        for writer in list(self._writers):
            await writer.drain()

    def unplug(self) -> None:
        """Drop every connection."""
        for writer in self._writers:
            writer.transport.abort()

    def _to_all(self, data: bytes) -> None:
        for writer in self._writers:
            writer.write(data)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.connected.set()
        try:
            while await reader.read(1024):
                pass
        except ConnectionError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
