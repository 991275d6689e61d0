"""A printer on TCP, port 9100 in a shop: a small window, one host at a time."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass, field

from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_faults import FaultCall, read_fault
from hardware_sim.printer_host import PrinterHost

READ_BYTES = 4096
WINDOW_BYTES = 4096  # of the kernel's receive buffer; printers have little memory
HELD_BYTES = 1 << 16  # of replies that nobody reads
BACKLOG = 8
PIECE_WAIT_S = 0.002  # between two pieces of a connection that is told to be short
LINGER_RESET = struct.pack("ii", 1, 0)  # SO_LINGER 0: closing sends RST, as a power cut looks


@dataclass(eq=False)
class _Connection:
    """One host: its socket, what is to be sent, and whether it is half-open."""

    sock: socket.socket
    out: bytearray = field(default_factory=bytearray)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    dead: bool = False
    resets: bool = False

    def close(self) -> None:
        if self.resets:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
        self.sock.close()


class NetworkPrinter:
    """Serves one host at a time, the next one waits; a full buffer stops the reading.

    A power cycle resets the connection.
    """

    kind = "tcp"

    def __init__(self, device: PrinterDevice, host: str = "127.0.0.1", port: int = 0) -> None:
        self.device = device
        device.loses_line_with_power = True
        self.connections = 0
        self.swallowed_bytes = 0
        self._where = (host, port)
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._tasks: dict[asyncio.Task[None], _Connection] = {}
        self._served: _Connection | None = None
        self._turn = asyncio.Lock()
        self._hearing = asyncio.Event()
        self._hearing.set()
        self._piece_bytes = 0
        self._one_client = False

    async def start(self) -> None:
        """Open the port; 0 takes a free one."""
        self.host = PrinterHost(self.device, self._send, lambda: self._hang_up(reset=True))
        self._listen()

    def _listen(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW_BYTES)
        try:
            listener.bind(self._where)
        except OSError:
            listener.close()
            raise
        listener.listen(BACKLOG)
        listener.setblocking(False)
        self._where = (self._where[0], listener.getsockname()[1])
        self._listener = listener
        self._accepting = asyncio.get_running_loop().create_task(self._accept(listener))

    async def stop(self) -> None:
        """Close the port and the connections."""
        self.host.stop()
        self._close_port()
        tasks = list(self._tasks)
        self._hang_up(reset=True)
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def address(self) -> str:
        """Give host and port."""
        return f"{self._where[0]}:{self._where[1]}"

    @property
    def url(self) -> str:
        """Give the address as a lane's config takes it."""
        return f"tcp://{self.address}"

    def fault(self, text: str | FaultCall) -> None:
        """Let something go wrong.

        Raises:
            FaultError: there is no such fault on a network.
        """
        call = read_fault(str(text), self.kind)
        if not call.fault.by_port:
            self.host.fault(call)
            return
        match call.fault.name:
            case "deaf":
                self._hearing.clear()
            case "short-writes":
                self._piece_bytes = call.amount or 1
            case "refuse":
                self._close_port()
                self._hang_up(reset=True)
            case "drop" | "reset":
                self._hang_up(reset=call.fault.name == "reset")
            case "half-open":
                self._forget_connections()
            case _:
                self._one_client = True
        if call.fault.name not in ("drop", "reset", "half-open"):
            self.device.mishaps.begin(call, 0, 0)
            self.host.tick()

    async def heal(self) -> None:
        """Put everything right."""
        self._hearing.set()
        self._piece_bytes, self._one_client = 0, False
        if self._listener is None:
            self._listen()
        self.host.heal()

    def _close_port(self) -> None:
        if self._accepting:
            self._accepting.cancel()
            self._accepting = None
        if self._listener:
            asyncio.get_running_loop().remove_reader(self._listener)  # before its number is reused
            self._listener.close()
            self._listener = None

    def _hang_up(self, *, reset: bool) -> None:
        for task, connection in self._tasks.items():
            connection.resets = reset
            task.cancel()
        self._served = None

    def _forget_connections(self) -> None:
        """Let every host that is connected talk to nobody."""
        for connection in self._tasks.values():
            connection.dead = True
            connection.out.clear()
        self._served, self._turn = None, asyncio.Lock()

    def _send(self, data: bytes) -> None:
        if data and self._served:
            self._served.out += data[: max(0, HELD_BYTES - len(self._served.out))]
            self._served.wake.set()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, _ = await loop.sock_accept(listener)
            except OSError:
                return
            connection = _Connection(sock)
            if self._one_client and any(not c.dead for c in self._tasks.values()):
                connection.resets = True
                connection.close()
                continue
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            task = loop.create_task(self._serve(connection))
            self._tasks[task] = connection
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task).close()

    async def _serve(self, connection: _Connection) -> None:
        writing = asyncio.create_task(self._write(connection))
        try:
            async with self._turn:
                self._served = connection
                self.connections += 1
                await self._read(connection)
        except OSError:
            pass
        finally:
            writing.cancel()
            if self._served is connection:
                self._served = None

    async def _read(self, connection: _Connection) -> None:
        loop = asyncio.get_running_loop()
        while data := await loop.sock_recv(connection.sock, await self._room(connection)):
            if connection.dead:
                self.swallowed_bytes += len(data)
                continue
            self.host.arrived(data)
            if self._piece_bytes:
                await asyncio.sleep(PIECE_WAIT_S)

    async def _room(self, connection: _Connection) -> int:
        """Wait until bytes may be read; say how many."""
        while not connection.dead:
            await self._hearing.wait()
            if room := self.device.room_bytes:
                return min(room, self._piece_bytes or READ_BYTES)
            self.host.progressed.clear()
            await self.host.progressed.wait()
        return READ_BYTES

    async def _write(self, connection: _Connection) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await connection.wake.wait()
            connection.wake.clear()
            while connection.out:
                piece = bytes(connection.out[:1] if self._piece_bytes else connection.out)
                del connection.out[: len(piece)]
                try:
                    await loop.sock_sendall(connection.sock, piece)
                except OSError:
                    return
                if self._piece_bytes:
                    await asyncio.sleep(PIECE_WAIT_S)
