"""A word of headquarters' on a disk that fails: it is not given up, and nothing overtakes it."""

import asyncio
from pathlib import Path

import pytest

from agent.patience import AGAIN_S, until_kept
from cache.errors import JournalFull, JournalUnwritable
from ground.clock import SteppedClock, settle
from tests.lane_shop import NOON

PLACE = Path("journal.db")


class Disk:
    """Refuses so many times, then takes."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.taken = 0

    async def take(self) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.taken += 1


async def test_a_word_is_tried_until_the_disk_takes_it():
    """Full, then sick, then well: taken once, two pauses later."""
    clock = SteppedClock(NOON)
    disk = Disk(JournalFull(PLACE), JournalUnwritable(PLACE, "disk I/O error"))
    waiting = asyncio.ensure_future(until_kept(disk.take, clock))
    await settle()
    assert not waiting.done()
    await clock.advance(AGAIN_S)
    assert not waiting.done()
    await clock.advance(AGAIN_S)
    await waiting
    assert (disk.taken, disk.refusals) == (1, [])


async def test_another_fault_is_not_waited_for():
    """What no better disk would take ends the try at once: the link knows what to do with it."""
    with pytest.raises(ValueError, match="nonsense"):
        await until_kept(Disk(ValueError("nonsense")).take, SteppedClock(NOON))
