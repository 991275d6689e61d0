"""The lane's end of `--test-clock`: a simulator says when time moves, the lane answers when idle.

Lines of UTF-8 ended by LF. To the lane: `set 2026-01-02T12:00:00Z`, `advance 2.5`. From the lane:
`hello`, then `idle 2026-01-02T12:00:00+00:00 0.0` after each command.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from ground.clock import SteppedClock, settle


class SteppedTime:
    """A connection to whoever moves the clock."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, address: str) -> tuple[SteppedTime, SteppedClock]:
        """Say hello at HOST:PORT and wait for the first `set`.

        Raises:
            ValueError: the first command was not `set` with an aware time.
        """
        host, _, port = address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        time = cls(reader, writer)
        await time._send("hello")
        word, _, argument = (await reader.readline()).decode().strip().partition(" ")
        if word != "set":
            raise ValueError(f"the first command must be `set TIME`, not {word!r}")
        clock = SteppedClock(datetime.fromisoformat(argument))
        await time._say_idle(clock)
        return time, clock

    async def follow(self, clock: SteppedClock, idle: Callable[[], Awaitable[None]]) -> None:
        """Obey until the line closes; `idle` returns when nothing is left to do at this moment."""
        while line := await self._reader.readline():
            word, _, argument = line.decode().strip().partition(" ")
            if word == "set":
                clock.set_time(datetime.fromisoformat(argument))
            elif word == "advance":
                await clock.advance(float(argument))
            await settle()
            await idle()
            await self._say_idle(clock)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    async def _say_idle(self, clock: SteppedClock) -> None:
        await self._send(f"idle {clock.utc_now().isoformat()} {clock.monotonic_s()}")

    async def _send(self, line: str) -> None:
        self._writer.write(line.encode() + b"\n")
        await self._writer.drain()
