"""Parts that fail are started again, later each time."""

import asyncio
import random
from datetime import UTC, datetime
from itertools import pairwise

from agent.supervise import Supervisor
from ground.clock import SteppedClock


async def test_a_failing_part_restarts_with_longer_waits_and_harms_no_other():
    """Four failures take four starts; the healthy part never notices."""
    clock = SteppedClock(datetime(2026, 11, 2, tzinfo=UTC))
    starts: list[float] = []
    healthy = asyncio.Event()

    async def broken() -> None:
        starts.append(clock.monotonic_s())
        raise ConnectionResetError("unplugged")

    async def fine() -> None:
        await healthy.wait()

    supervisor = Supervisor(clock, random.Random(1))
    supervisor.start("printer", broken)
    supervisor.start("scanner", fine)
    await clock.advance(0)
    assert supervisor.parts["printer"].state == "failed"
    assert "unplugged" in supervisor.parts["printer"].what
    await clock.advance(8)
    gaps = [b - a for a, b in pairwise(starts)]
    assert len(starts) >= 4
    assert all(wait / 2 <= gap <= wait for gap, wait in zip(gaps, (0.5, 1, 2, 4), strict=False))
    assert supervisor.parts["scanner"].state == "running"
    await supervisor.stop()


async def test_a_part_that_ends_is_not_started_again():
    """To return is to be done."""
    clock = SteppedClock(datetime(2026, 11, 2, tzinfo=UTC))
    runs = []

    async def once() -> None:
        runs.append(1)

    supervisor = Supervisor(clock, random.Random(1))
    supervisor.start("warm-up", once)
    await clock.advance(100)
    assert (runs, supervisor.parts["warm-up"].state) == ([1], "stopped")
    await supervisor.stop()
