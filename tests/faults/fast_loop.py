"""An event loop that waits for bytes and threads, never for time: hours of printing in seconds.

Its clock stands while anything is at work, and goes on when all is quiet: so real ptys, sockets and
threads can be driven by it, as long as both ends live in it. A quiet moment is one in which the
kernel had nothing for a millisecond; the clock then goes on by no more than 50 ms, so that a byte
that is late by a few real milliseconds is late by a fraction of a second of the clock's at most.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

STEP_S = 0.05
GRID_S = 0.01  # timers that are due close together are due at once
QUIET_S = 0.001
WORK_S = 0.05
PATIENCE = 10_000  # of those moments, for a thread that has something to hand over
READERS = "printer-usb-reads"  # threads that sit in a read do no work
START = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


class _Quick(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    loop: FastLoop

    def select(self, timeout: float | None = None) -> Any:
        """Give what is ready; with nothing ready and nobody at work let the clock go on."""
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        loop = self.loop
        busy = loop.working or timeout is None
        ready = super().select(WORK_S if busy else QUIET_S)
        for _ in range(PATIENCE):
            if ready or busy or loop.at_rest:
                break
            ready = super().select(QUIET_S)
        if not ready and not busy and timeout is not None:
            loop.go_on(timeout)
        return ready


class FastLoop(asyncio.SelectorEventLoop):
    """Its `time` is its own."""

    def __init__(self) -> None:
        self.working = self.reading = 0
        self.resting: list[Callable[[], int]] = []  # how many reading threads have nothing to read
        self._now_s = 0.0
        selector = _Quick()
        selector.loop = self
        super().__init__(selector)

    @property
    def at_rest(self) -> bool:
        """Tell whether every thread that reads has found nothing, and none has still to hand over."""
        return not self.reading or sum(count() for count in self.resting) >= self.reading

    def time(self) -> float:
        """Give the seconds that have passed here."""
        return self._now_s

    def go_on(self, timeout: float) -> None:
        """Move to the next timer, or a step towards it."""
        ahead = self._now_s + min(timeout, STEP_S)
        self._now_s = max(ahead, -(-ahead // GRID_S) * GRID_S)

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> Any:
        """Let the clock stand while a thread works."""
        reads = getattr(executor, "_thread_name_prefix", "") == READERS
        future = super().run_in_executor(executor, func, *args)
        if reads:
            self.reading += 1
        else:
            self.working += 1

        def done(_: object) -> None:
            if reads:
                self.reading -= 1
            else:
                self.working -= 1

        future.add_done_callback(done)
        return future


class LoopClock:
    """The loop's time as the product's rooms ask for it; `ahead` moves the wall clock alone."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def utc_now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic_s()) + self.ahead

    def monotonic_s(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run_fast(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a story in a loop of its own."""
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        return runner.run(work())
