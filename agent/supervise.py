"""Keep the lane's parts alive: a part that fails is started again, later each time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Literal

from msgspec import Struct

from ground.clock import Clock
from ground.complaints import say
from ground.dice import Dice

log = logging.getLogger("tillside.supervise")

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0  # a printer switched on again is back within half a minute
HEALTHY_AFTER_S = 60.0


class PartState(Struct):
    """How one part is doing, for the page and `healthz`."""

    state: Literal["starting", "running", "failed", "stopped"] = "starting"
    what: str = ""
    restarts: int = 0


class Supervisor:
    """Runs parts as tasks; none of them can take the lane down."""

    def __init__(self, clock: Clock, dice: Dice) -> None:
        self._clock = clock
        self._dice = dice
        self._tasks: list[asyncio.Task[None]] = []
        self.parts: dict[str, PartState] = {}

    def start(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run a part from now on; `run` is called again after each failure."""
        self.parts[name] = PartState()
        self._tasks.append(asyncio.create_task(self._keep(name, run), name=name))

    async def stop(self) -> None:
        """End every part, last started first."""
        for task in reversed(self._tasks):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._tasks.clear()

    async def _keep(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        part = self.parts[name]
        wait_s = FIRST_WAIT_S
        while True:
            begun_s = self._clock.monotonic_s()
            part.state = "running"
            try:
                await run()
                part.state, part.what = "stopped", ""
                return
            except Exception as error:
                part.state, part.what = "failed", say(error)[0]
                part.restarts += 1
                log.warning("! %s failed: %s", name, part.what, exc_info=_is_ours(error))
            if self._clock.monotonic_s() - begun_s > HEALTHY_AFTER_S:
                wait_s = FIRST_WAIT_S
            await self._clock.sleep(wait_s * self._dice.uniform(0.5, 1.0))
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)


def _is_ours(error: Exception) -> bool:
    return not isinstance(error, OSError)
