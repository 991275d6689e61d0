"""The only module that reads the clock, and the clock that a test moves by hand."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """What tells the time and waits. Wall time may jump; monotonic seconds only go forward."""

    def utc_now(self) -> datetime:
        """Give the time now, aware, in UTC."""

    def monotonic_s(self) -> float:
        """Give seconds on a line that no one sets back."""

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds of monotonic time."""


class SystemClock:
    """The machine's own clock."""

    def utc_now(self) -> datetime:
        """Give the machine's time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Give the machine's monotonic seconds."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait on the event loop."""
        await asyncio.sleep(seconds)


class ShiftedClock(SystemClock):
    """The machine's clock, set to another moment at its start: for rehearsals and tests."""

    def __init__(self, start: datetime) -> None:
        self._shift = start - super().utc_now()

    def utc_now(self) -> datetime:
        """Give the shifted time; it runs at the usual pace."""
        return super().utc_now() + self._shift


class SteppedClock:
    """Time that moves only when told; sleepers wake in the order of their deadlines."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._monotonic_s = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def utc_now(self) -> datetime:
        """Give the time it was told."""
        return self._now

    def monotonic_s(self) -> float:
        """Give the seconds it was advanced, all in all."""
        return self._monotonic_s

    async def sleep(self, seconds: float) -> None:
        """Wait until someone advances the clock past the deadline."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        deadline = self._monotonic_s + seconds
        heapq.heappush(self._sleepers, (deadline, next(self._order), future))
        await future

    def set_time(self, now: datetime) -> None:
        """Set the wall clock, forward or back; monotonic time and sleepers do not move."""
        self._now = now

    async def advance(self, seconds: float) -> None:
        """Move both times forward, waking each sleeper at its own moment."""
        target = self._monotonic_s + seconds
        while self._sleepers and self._sleepers[0][0] <= target:
            deadline, _, future = heapq.heappop(self._sleepers)
            self._step_to(deadline)
            if not future.done():
                future.set_result(None)
                await settle()
        self._step_to(target)
        await settle()

    def _step_to(self, monotonic_s: float) -> None:
        self._now += timedelta(seconds=monotonic_s - self._monotonic_s)
        self._monotonic_s = monotonic_s


class DeviceClock(SystemClock):
    """Another clock's wall time at the pace of the real world, in which devices and brokers answer."""

    def __init__(self, wall: Clock) -> None:
        self._wall = wall

    def utc_now(self) -> datetime:
        """Give the other clock's time."""
        return self._wall.utc_now()


async def settle(passes: int = 20) -> None:
    """Let everything that is ready on the loop run; 20 passes reach through nested awaits."""
    for _ in range(passes):
        await asyncio.sleep(0)


async def within(awaitable: Awaitable[T], seconds: float, clock: Clock) -> T:
    """Await something, at most so many seconds of the given clock.

    Raises:
        TimeoutError: the time passed first; the awaitable was cancelled.
    """
    work = asyncio.ensure_future(awaitable)
    alarm = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({work, alarm}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        raise TimeoutError(f"no answer within {seconds:g} s")
    finally:
        for task in (work, alarm):
            if not task.done():
                task.cancel()
        await asyncio.gather(work, alarm, return_exceptions=True)
