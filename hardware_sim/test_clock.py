"""The time of an agent under test: `tillside run --test-clock ADDRESS` connects here.

A line protocol on loopback, UTF-8, each line ends with LF. The agent says `hello`; then each command
gets one answer when everything that was due has run:

    > set 2026-01-02T12:00:00Z
    < idle 2026-01-02T12:00:00Z 0.0
    > advance 30
    < idle 2026-01-02T12:00:30Z 30.0
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

ANSWER_S = 30.0  # of real time, for the agent to do all that is due
MAX_LINE_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Idle:
    """Where the agent's time stands."""

    utc: datetime
    monotonic_s: float


class ClockLineError(Exception):
    """The agent said something else than the protocol has, or hung up."""


def iso(moment: datetime) -> str:
    """Write a time as the protocol does: UTC, ending in Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_idle(line: str) -> Idle:
    """Read an answer.

    Raises:
        ClockLineError: it is not one.
    """
    try:
        word, utc, monotonic_s = line.split(" ")
        moment = datetime.fromisoformat(utc)
        if word != "idle" or moment.tzinfo is None:
            raise ValueError(word)
        return Idle(moment, float(monotonic_s))
    except ValueError as error:
        raise ClockLineError(f"expected 'idle UTC_TIME MONOTONIC_S', got {line!r}") from error


class ClockServer:
    """Listens for one agent and moves its time."""

    def __init__(self, answer_s: float = ANSWER_S) -> None:
        self._answer_s = answer_s
        self._arrived: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = (
            asyncio.Queue()
        )
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Open the port; give the address for `--test-clock`."""
        self._server = await asyncio.start_server(
            lambda r, w: self._arrived.put_nowait((r, w)), host, port, limit=MAX_LINE_BYTES
        )
        return f"{host}:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Hang up and close the port."""
        await self._hang_up(self._writer)
        while not self._arrived.empty():
            await self._hang_up(self._arrived.get_nowait()[1])
        self._server.close()

    async def _hang_up(self, writer: asyncio.StreamWriter | None) -> None:
        if writer:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def greet(self) -> None:
        """Wait for the agent's `hello`; a restarted agent greets anew.

        Raises:
            ClockLineError: it said something else.
            TimeoutError: nobody came.
        """
        await self._hang_up(self._writer)
        async with asyncio.timeout(self._answer_s):
            self._reader, self._writer = await self._arrived.get()
            line = await self._line()
        if line != "hello":
            raise ClockLineError(f"expected 'hello', got {line!r}")

    async def set(self, moment: datetime) -> Idle:
        """Set the wall clock; the first command must be this one."""
        return await self._tell(f"set {iso(moment)}")

    async def advance(self, seconds: float) -> Idle:
        """Move both clocks on; what falls due happens in its order."""
        return await self._tell(f"advance {seconds:g}")

    async def _tell(self, command: str) -> Idle:
        if self._writer is None:
            raise ClockLineError("no agent has connected")
        self._writer.write(command.encode() + b"\n")
        async with asyncio.timeout(self._answer_s):
            return read_idle(await self._line())

    async def _line(self) -> str:
        if self._reader is None:
            raise ClockLineError("no agent has connected")
        try:
            line = await self._reader.readline()
        except (ConnectionError, ValueError) as error:
            raise ClockLineError(f"the agent hung up: {error}") from error
        if not line.endswith(b"\n"):
            raise ClockLineError("the agent hung up")
        return line.decode("utf-8", errors="replace").rstrip("\r\n")
