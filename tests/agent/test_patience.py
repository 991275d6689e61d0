"""A word of headquarters' on a disk that fails: it is not given up, and nothing overtakes it."""

import asyncio
from pathlib import Path

import pytest

from agent.patience import AGAIN_S, until_kept
from cache.errors import JournalFull, JournalUnwritable
from ground.clock import SteppedClock, settle
from sync.messages import Recalls
from sync.topics import store_down
from tests.agent.test_hq_link import Desk
from tests.lane_shop import COFFEE, NOON, running_lane

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


async def test_a_recall_that_the_disk_refuses_is_in_force_once_it_is_well(tmp_path):
    """It is not said to be known before: headquarters sends it once."""
    async with running_lane(tmp_path) as shop:
        desk, keep = Desk(shop, tmp_path / "data"), shop.journal.set_recalls

        async def refuse(*_: object) -> bool:
            raise JournalUnwritable(PLACE, "disk I/O error")

        shop.journal.set_recalls = refuse
        recall = Recalls("s001", 1, (COFFEE,))
        said = asyncio.ensure_future(desk.hq.say(store_down("s001", "recall"), recall))
        await settle(50)
        assert (said.done(), shop.wired.shelf.recalled) == (False, frozenset())
        shop.journal.set_recalls = keep
        await shop.clock.advance(AGAIN_S)
        await said
        assert shop.wired.shelf.recalled == {COFFEE}
