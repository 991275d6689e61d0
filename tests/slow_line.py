"""A TCP line that carries so many bytes a second each way, and holds hardly any back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

HOST = "127.0.0.1"
PIECE_BYTES = 1024
HELD_BYTES = 4096  # a real slow line has no deep pocket: what is sent waits at the sender


class SlowLine:
    """Leads from `port` to another port."""

    def __init__(self, to: int, bytes_s: float) -> None:
        self._to, self._bytes_s = to, bytes_s
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.down_bytes = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Carry until the block ends."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, HELD_BYTES)
        listener.bind((HOST, 0))
        self.port = listener.getsockname()[1]
        server = await asyncio.start_server(self._serve, sock=listener, limit=HELD_BYTES)
        try:
            yield
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, HELD_BYTES)
        line.setblocking(False)
        await asyncio.get_running_loop().sock_connect(line, (HOST, self._to))
        far, to_far = await asyncio.open_connection(sock=line, limit=HELD_BYTES)
        try:
            with suppress(asyncio.CancelledError):  # the line is closed
                await asyncio.gather(
                    self._carry(near, to_far), self._carry(far, to_near, down=True)
                )
        finally:
            to_near.transport.abort()
            to_far.transport.abort()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, down: bool = False
    ) -> None:
        """Send a piece, then wait as long as the line needs for it; lateness is made good."""
        loop = asyncio.get_running_loop()
        free_at = loop.time()
        writer.transport.set_write_buffer_limits(high=HELD_BYTES)
        with suppress(ConnectionError):
            while data := await reader.read(PIECE_BYTES):
                free_at = max(free_at, loop.time() - 0.05) + len(data) / self._bytes_s
                await asyncio.sleep(free_at - loop.time())
                writer.write(data)
                await writer.drain()
                self.down_bytes += len(data) if down else 0
        writer.close()
