"""One end of a link for tests: it keeps what it hears. And a line that can be cut or go deaf."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from ground.clock import SystemClock
from sync.link_options import Ears, LinkOptions, Poison
from sync.mqtt_link import MqttLink
from sync.payload import Packet

PATIENCE_S = 15.0  # for a broker or a thread; never how long a thing should take


class Quick:
    """Dice that always show the same short wait."""

    def uniform(self, a: float, b: float) -> float:
        return min(b, 0.05)


class Peer:
    """A running link, and what happened on it in order."""

    def __init__(
        self, port: int, client_id: str, *filters: str, host: str = "127.0.0.1", **options: Any
    ) -> None:
        self.heard: list[Packet] = []
        self.poison: list[Poison] = []
        self.ups: list[bool] = []
        self.downs: list[str] = []
        self.rivals: list[str] = []
        self.changed = asyncio.Event()
        self.react: Callable[[Packet], None] = lambda packet: None
        told = LinkOptions(
            host=host, port=port, client_id=client_id, subscriptions=filters, **options
        )
        ears = Ears(
            on_message=self.on_message,
            on_up=lambda present: self.note(self.ups, present),
            on_down=lambda why: self.note(self.downs, why),
            on_poison=lambda poison: self.note(self.poison, poison),
            on_rival=lambda why: self.note(self.rivals, why),
        )
        self.link = MqttLink(told, ears, SystemClock(), Quick())

    async def on_message(self, packet: Packet) -> None:
        self.note(self.heard, packet)
        self.react(packet)

    def note(self, list_: list[Any], what: Any) -> None:
        list_.append(what)
        self.changed.set()

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until something that happened made the condition true."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def peer(port: int, client_id: str, *filters: str, **options: Any) -> AsyncIterator[Peer]:
    """Run a link until the block ends, waiting first until it is up."""
    one = Peer(port, client_id, *filters, **options)
    running = asyncio.ensure_future(one.link.run())
    try:
        await one.until(lambda: one.ups)
        yield one
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


class Line:
    """A TCP line to a port: `cut` breaks what is open, `deaf` swallows everything."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.deaf = False
        self.port = 0

    async def __aenter__(self) -> Line:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
            self._writers |= {writer, far_writer}
            await asyncio.gather(self._pipe(reader, far_writer), self._pipe(far_reader, writer))

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if not self.deaf:
                    writer.write(data)
                    await writer.drain()
        writer.transport.abort()
