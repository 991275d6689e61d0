"""A printer on a serial line or on the network: the event loop around a `PrinterDevice`."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hardware_sim.printer_device import PrinterDevice
from hardware_sim.pty_port import PtyPort

READ_BYTES = 4096
LINGER_RESET = struct.pack("ii", 1, 0)  # SO_LINGER 0: closing sends RST, as a power cut looks


class PrinterHost:
    """Hands bytes to the device, its replies back, and wakes it when its head is due."""

    def __init__(self, device: PrinterDevice, send: Callable[[bytes], None]) -> None:
        self.device = device
        self.progressed = asyncio.Event()
        self._send = send
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()

    def arrived(self, data: bytes) -> None:
        """Take bytes off the wire."""
        self.device.receive(data, self._loop.time())
        self.tick()

    def tick(self) -> None:
        """Let the device do what is due, send what it says, and set the next alarm."""
        self.device.advance(self._loop.time())
        self._send(self.device.take_replies())
        self.progressed.set()
        if self._timer:
            self._timer.cancel()
        deadline = self.device.next_deadline()
        self._timer = self._loop.call_at(deadline, self.tick) if deadline is not None else None

    def fault(self, name: str) -> None:
        """Let the device misbehave."""
        self.device.fault(name, self._loop.time())
        self.tick()

    def heal(self) -> None:
        """Put the device right."""
        self.device.heal(self._loop.time())
        self.tick()

    def stop(self) -> None:
        """Set no more alarms."""
        if self._timer:
            self._timer.cancel()


class SerialPrinter:
    """A printer on a pty. There is no flow control: a full buffer loses bytes.

    Faults beside the device's own: "drop" pulls the cable and puts it back, "deaf" reads nothing.
    """

    def __init__(self, device: PrinterDevice, path: Path, baud: int = 0) -> None:
        self.device = device
        self._port = PtyPort(path, self._arrived, baud)

    async def start(self) -> None:
        """Put the line up."""
        self.host = PrinterHost(self.device, self._port.send)
        self._port.open()

    async def stop(self) -> None:
        """Take the line down."""
        self.host.stop()
        self._port.close()

    @property
    def address(self) -> str:
        """Give the path that the lane opens."""
        return str(self._port.path)

    def fault(self, name: str) -> None:
        """Let something go wrong."""
        if name == "drop":
            self._port.unplug()
        elif name == "deaf":
            self._port.hear(False)
        else:
            self.host.fault(name)

    async def heal(self) -> None:
        """Put everything right."""
        self._port.hear(True)
        self.host.heal()

    def _arrived(self, data: bytes) -> None:
        self.host.arrived(data)


class NetworkPrinter:
    """A printer on TCP, port 9100 in a shop.

    It serves one host at a time, the next one waits; a full buffer stops the reading.
    Faults beside the device's own: "drop" resets the connection, "deaf" reads nothing,
    "refuse" closes the port; a power cycle resets the connection too.
    """

    def __init__(self, device: PrinterDevice, host: str = "127.0.0.1", port: int = 0) -> None:
        self.device = device
        self.connections = 0
        self._where = (host, port)
        self._server: asyncio.Server | None = None
        self._served: asyncio.StreamWriter | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._turn = asyncio.Lock()
        self._hearing = asyncio.Event()
        self._hearing.set()

    async def start(self) -> None:
        """Open the port; 0 takes a free one."""
        self.host = PrinterHost(self.device, self._send)
        await self._listen()

    async def _listen(self) -> None:
        host, port = self._where
        self._server = await asyncio.start_server(self._serve, host, port, limit=READ_BYTES)
        self._where = (host, self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the port and the connection."""
        self.host.stop()
        writers = list(self._writers)
        self._hang_up()
        self._close_port()
        for writer in writers:
            with suppress(ConnectionError):
                await writer.wait_closed()

    @property
    def address(self) -> str:
        """Give host and port, as the lane's config takes them."""
        return f"{self._where[0]}:{self._where[1]}"

    def fault(self, name: str) -> None:
        """Let something go wrong."""
        if name == "deaf":
            self._hearing.clear()
        elif name == "refuse":
            self._close_port()
            self._hang_up()
        elif name == "drop":
            self._hang_up()
        else:
            self.host.fault(name)
            if name == "power-cycle":
                self._hang_up()

    async def heal(self) -> None:
        """Put everything right."""
        self._hearing.set()
        if self._server is None:
            await self._listen()
        self.host.heal()

    def _close_port(self) -> None:
        if self._server:
            self._server.close()
            self._server = None

    def _hang_up(self) -> None:
        for writer in self._writers:
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
            writer.transport.abort()
        self._writers.clear()
        self._served = None

    def _send(self, data: bytes) -> None:
        if data and self._served:
            self._served.write(data)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            async with self._turn:
                await self._serve_one(reader, writer)
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._served = writer
        self.connections += 1
        try:
            while data := await self._read(reader):
                self.host.arrived(data)
        except ConnectionError:
            pass
        finally:
            if self._served is writer:
                self._served = None

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        while True:
            await self._hearing.wait()
            room = self.device.room_bytes
            if room:
                return await reader.read(min(room, READ_BYTES))
            self.host.progressed.clear()
            await self.host.progressed.wait()
