"""A TCP line that breaks on command, between a lane and its broker or printer.

"cut" resets every connection and refuses new ones' bytes, "refuse" closes the port, "blackhole"
swallows all bytes without a word, "delay" holds each piece back.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

READ_BYTES = 65536
FAULTS = ("cut", "refuse", "blackhole", "delay")


class TcpProxy:
    """Carries connections from `address` to a target. `heal` puts it right."""

    def __init__(self, target_host: str, target_port: int) -> None:
        self.carried_bytes = self.swallowed_bytes = 0
        self._target = (target_host, target_port)
        self._port = 0
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._cut = self._blackhole = False
        self._delay_s = 0.0

    async def start(self) -> None:
        """Open the port; the same one again after "refuse"."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close everything."""
        self._close_port()
        self._reset_all()
        await asyncio.gather(*self._serving, return_exceptions=True)

    @property
    def address(self) -> str:
        """Give host and port to connect to."""
        return f"127.0.0.1:{self._port}"

    def fault(self, name: str, delay_s: float = 0.0) -> None:
        """Break the line, one of `FAULTS`; `delay_s` goes with "delay"."""
        if name == "cut":
            self._cut = True
            self._reset_all()
        elif name == "refuse":
            self._close_port()
            self._reset_all()
        elif name == "blackhole":
            self._blackhole = True
        elif name == "delay":
            self._delay_s = delay_s
        else:
            raise ValueError(f"no such fault: {name}")

    async def heal(self) -> None:
        """Carry again; a connection that swallowed bytes is reset, its stream has a hole."""
        if self._blackhole:
            self._reset_all()
        self._cut = self._blackhole = False
        self._delay_s = 0.0
        if self._server is None:
            await self.start()

    def _close_port(self) -> None:
        if self._server:
            self._server.close()
            self._server = None

    def _reset_all(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        if task := asyncio.current_task():
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        try:
            if not self._cut:
                await self._carry_both(reader, writer)
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _carry_both(
        self, near: asyncio.StreamReader, near_writer: asyncio.StreamWriter
    ) -> None:
        try:
            far, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            return
        self._writers.add(far_writer)
        ways = [self._carry(near, far_writer), self._carry(far, near_writer)]
        tasks = [asyncio.create_task(way) for way in ways]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        far_writer.close()
        near_writer.close()
        for task in tasks:
            task.cancel()
        self._writers.discard(far_writer)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(READ_BYTES):
                if self._delay_s:
                    await asyncio.sleep(self._delay_s)
                if self._blackhole:
                    self.swallowed_bytes += len(data)
                    continue
                self.carried_bytes += len(data)
                writer.write(data)
                await writer.drain()
