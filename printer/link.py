"""The line to the printer, kept up: connect, read, tell the state, connect again.

It owns the port and reads it; only the queue that owns the link writes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal

from msgspec import Struct

from ground.clock import Clock, within
from ground.dice import Dice
from printer.ports import Port
from printer.profile import Profile
from printer.spooled import Spooler
from printer.status import Answer, Event, PrinterState, Status, StatusReader

OpenPort = Callable[[], Awaitable[Port]]

OPEN_S = 5.0  # a printer on the store's network answers a connect in milliseconds, or is off
CLOSE_S = 2.0
RETRY_S = 0.5
RETRY_MAX_S = 15.0  # a printer that is switched on again is back before the next shopper
ANSWER_S = 1.0  # DLE EOT is answered at once, even by a busy printer
QUESTIONS = (1, 2, 4, 3)  # DLE EOT: printer, why offline, paper; 3 last, as its error bits decide

What = Literal["ok", "paper out", "cover open", "cutter error", "error", "offline", "unknown"]


class LinkState(Struct, frozen=True):
    """The printer as a page shows it. `since` is when `what` began."""

    what: What
    since: datetime
    paper_low: bool = False


class PrinterLink:
    """One printer's line. `on_events` and `on_lost` are called from its reading task."""

    def __init__(self, open_port: OpenPort, profile: Profile, clock: Clock, rng: Dice) -> None:
        self._open_port = open_port
        self._profile = profile
        self._clock = clock
        self._rng = rng
        self._port: Port | None = None
        self._reader = StatusReader()
        self._serving: asyncio.Task[None] | None = None
        self._waiting: list[asyncio.Future[None]] = []
        self.heard: PrinterState | None = None
        self.state = LinkState("offline", clock.utc_now())
        self._answered: set[int] = set()
        self._hearing: list[tuple[Callable[[Event], bool], asyncio.Future[Event]]] = []
        self.connections = 0
        self.on_events: Callable[[list[Event], PrinterState], None] = _nobody_listens
        self.on_lost: Callable[[], None] = _nobody_listens

    @property
    def up(self) -> bool:
        """Tell whether there is a line."""
        return self._port is not None

    @property
    def one_way(self) -> bool:
        """Tell whether nothing can come back, as from a file."""
        return self._port is not None and not self._port.answers

    @property
    def spooler(self) -> Spooler | None:
        """Give who takes whole jobs, where the port is a spooler's."""
        port: object = self._port
        return port if isinstance(port, Spooler) else None

    @property
    def nonsense_bytes(self) -> int:
        """Give how many bytes of this connection made no sense."""
        return self._reader.nonsense_bytes

    async def run(self) -> None:
        """Keep the line up until cancelled."""
        wait_s = RETRY_S
        while True:
            port = await self._open()
            if port is None:
                await self._clock.sleep(wait_s * self._rng.uniform(0.5, 1.0))
                wait_s = min(2 * wait_s, RETRY_MAX_S)
                continue
            wait_s = RETRY_S
            self._serving = asyncio.ensure_future(self._serve(port))
            try:
                await asyncio.wait({self._serving})
            finally:
                self._serving.cancel()
                await asyncio.gather(self._serving, return_exceptions=True)

    async def write(self, data: bytes) -> None:
        """Write it all.

        Raises:
            OSError: there is no line, or it broke.
        """
        if self._port is None:
            raise ConnectionError("no line to the printer")
        await self._port.write(data)

    def drop(self) -> None:
        """Close the line; `run` opens another."""
        if self._serving is not None:
            self._serving.cancel()

    def changed(self) -> asyncio.Future[None]:
        """Give what is done once the line, or what the printer says, changes from now on."""
        change: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(change)
        return change

    async def ask(self) -> PrinterState | None:
        """Ask the printer how it is, at once and past its buffer; None if it does not answer.

        Never amid a job: a printer may take the question for a part of a picture.
        """
        self._answered.clear()
        for n in QUESTIONS:
            self._reader.asked(n)
        try:
            await within(self._question(), ANSWER_S, self._clock)
        except (OSError, TimeoutError):
            self.drop()
            return None
        return self.heard

    async def _question(self) -> None:
        await self.write(b"".join(b"\x10\x04%c" % n for n in QUESTIONS))
        while not self._answered.issuperset(QUESTIONS):
            await self.changed()

    async def query(
        self, question: bytes, fits: Callable[[Event], bool], seconds: float
    ) -> Event | None:
        """Put a question in the order of the stream; give the answer that fits, None without one.

        Only between jobs, by who holds the port's lease.
        """
        came: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._hearing.append((fits, came))
        began_s = self._clock.monotonic_s()
        try:
            await within(self.write(question), seconds, self._clock)
            left_s = seconds - (self._clock.monotonic_s() - began_s)
            return await within(came, left_s, self._clock)
        except (OSError, TimeoutError):
            return None
        finally:
            self._hearing.remove((fits, came))

    async def _open(self) -> Port | None:
        try:
            return await within(self._open_port(), OPEN_S, self._clock)
        except (OSError, TimeoutError):
            return None

    async def _serve(self, port: Port) -> None:
        self._port, self._reader, self.heard = port, StatusReader(), None
        self.connections += 1
        self._tell()
        try:
            while data := await port.read():
                self._heard(self._reader.feed(data))
        finally:
            self._port = None
            self.on_lost()
            self._tell()
            with contextlib.suppress(TimeoutError):
                await within(port.close(), CLOSE_S, self._clock)

    def _heard(self, events: list[Event]) -> None:
        state = self.heard or PrinterState()
        for event in events:
            if isinstance(event, Status):
                state = self.heard = event.state
            elif isinstance(event, Answer):
                state = self.heard = event.applied(state)
                self._answered.add(event.n)
            for fits, came in self._hearing:
                if not came.done() and fits(event):
                    came.set_result(event)
        if events:
            self.on_events(events, state)
            self._tell()

    def _tell(self) -> None:
        what = self._what()
        since = self.state.since if what == self.state.what else self._clock.utc_now()
        self.state = LinkState(what, since, self.heard is not None and self.heard.paper_low)
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            if not change.done():
                change.set_result(None)

    def _what(self) -> What:
        if self._port is None:
            return "offline"
        if self.heard is None:
            asked = self._profile.realtime_status and not self.one_way
            return "offline" if asked else "unknown"
        return self.heard.trouble or "ok"


def _nobody_listens(*_: object) -> None:
    pass
