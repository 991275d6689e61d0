"""One lane and headquarters, both real, over a line that does as it is told; time is moved by hand.

The lane has its databases, its claims and its session, headquarters its file and its desk. The line
may be down, forget, lose, repeat and mix; either end may die. What headquarters keeps in the end is
compared with the same days on a good line.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from agent.hq_link import HqLink
from agent.hq_news import Home
from agent.trust import TimeTrust
from cache.entries import Entry
from ground.clock import SteppedClock, settle
from ground.key_files import KeyRing
from hq.desk import HqDesk, open_desk
from hq.keys import make_keys
from hq.store import HqStore, open_store
from offers.records import Noted
from sync.payload import Packet
from sync.session import Facts, Known, Me, Session
from tests.lane_shop import LEASE_OF_LANE_2, NOON, TestLane, running_lane

ME = ("s001", "1")
T = TypeVar("T")


@dataclass
class Line:
    """What may happen to messages, in either direction."""

    up: bool = True
    copies: int = 1
    mixed: bool = False
    loses: float = 0.0
    dice: random.Random = field(default_factory=lambda: random.Random(1))

    def carry(self, packets: list[Packet]) -> list[Packet]:
        """Give what arrives of what was sent, in the order in which it does."""
        arrived = [
            p for p in packets for _ in range(self.copies) if self.dice.random() >= self.loses
        ]
        if self.mixed:
            self.dice.shuffle(arrived)
        return arrived


class Wire:
    """The client's place at the lane."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.sent: list[Packet] = []

    @property
    def up(self) -> bool:
        return self._line.up

    def under_way(self, _: str) -> int:
        return 0

    def publish(self, packet: Packet) -> bool:
        if self.up:
            self.sent.append(packet)
        return self.up


class LedgerWorld:
    """Both ends and the line between them."""

    shop: TestLane
    link: HqLink
    desk: HqDesk

    def __init__(self, folder: Path, line: Line) -> None:
        self.folder, self.line = folder, line
        self.clock = SteppedClock(NOON)
        self.elapsed_s = 0.0
        self.keys = folder / "hq-keys"
        (folder / "lane").mkdir()
        self.mail: list[Packet] = []  # what the broker keeps for the lane
        self._lane = AsyncExitStack()
        self._timer: asyncio.Task[None] | None = None
        make_keys(self.keys, NOON)
        self.store: HqStore = open_store(folder / "hq.db", make=True)
        with self.store.change():
            self.store.conn.execute(
                "INSERT INTO stores(store, facts, lanes) VALUES ('s001', '{\"store\":\"s001\"}', '[\"1\"]')"
            )
            lease = LEASE_OF_LANE_2
            row = (lease.lease, lease.store, lease.lane, lease.epoch, lease.key_id, "")
            self.store.conn.execute("INSERT INTO leases VALUES (?, ?, ?, ?, ?, ?)", row)
        self.boot_hq()

    # Both ends come and go.

    def boot_hq(self) -> None:
        """Start headquarters' process; what it knew in memory is gone."""
        self.desk = open_desk(self.store, self.keys)

    async def boot_lane(self) -> None:
        """Start the lane's process on its files."""
        self.shop = await self._lane.enter_async_context(running_lane(self.folder / "lane"))
        shop, journal = self.shop, self.shop.journal
        shop.clock.set_time(self.clock.utc_now())
        self.clock = shop.clock
        public = KeyRing.load(self.keys).every("hq-public")
        data, trust = self.folder / "lane" / "data", TimeTrust(NOON)
        home = Home(*ME, shop.stock, data, public, trust, self.clock, lambda: None)
        known = Known(
            journal.last_seq, journal.acked, "g1", 0, journal.delta_rev, journal.recall_rev
        )
        session = Session(Me(*ME, journal.epoch, "test"), known, random.Random(1), Facts)
        self.link = HqLink(home, session, lambda: None)
        self.wire = Wire(self.line)
        self.link.attach(self.wire, shop.wired.line)  # type: ignore[arg-type]
        shop.wired.line._send = self.link.send_claim
        journal.on_rows = self.link.row_written
        self._timer = asyncio.create_task(self.link._keep_time())
        if self.line.up:
            self.link.ears.on_up(True)

    async def half_said(self) -> None:
        """Let the lane write a row and say it, and nobody hear it yet."""
        await self.shop.journal.append(Entry(Noted("meanwhile", ""), self.clock.utc_now()))
        await self.quiet()

    async def end_lane(self) -> None:
        """End the lane's process; what was on its way is gone."""
        if self._timer is not None:
            self._timer.cancel()
            await asyncio.gather(self._timer, return_exceptions=True)
        for task in list(self.link._tasks):
            task.cancel()
        await asyncio.gather(*self.link._tasks, return_exceptions=True)
        await self._lane.aclose()
        self._lane = AsyncExitStack()

    async def cut(self) -> None:
        """Break the line, in the middle of a word."""
        await self.half_said()
        self.line.up = False
        self.wire.sent.clear()
        self.link.ears.on_down("cut")

    async def mend(self, known: bool = True) -> None:
        """Connect again; a broker that was restarted empty does not know the lane any more."""
        self.line.up = True
        if not known:
            self.mail.clear()
            self.desk.tell_again()
        self.link.ears.on_up(known)
        await self.pump()

    # Messages.

    async def quiet(self) -> None:
        """Let the loop and the journal's thread finish what they have."""
        for _ in range(3):
            await settle(30)
            await self.shop.journal.rows_after(0, 1)
        await settle(30)

    async def pump(self) -> None:
        """Carry messages until nobody says anything."""
        for _ in range(200):
            await self.quiet()
            sent, self.wire.sent = self.wire.sent, []
            for packet in self.line.carry(sent):
                self.mail += self.desk.answer(packet, self.clock.utc_now())
            for due in self.desk.due():
                self.mail.append(due.packet)
                due.done()
            if not self.line.up:
                return
            mail, self.mail = self.mail, []
            for packet in self.line.carry(mail):
                await self.link.ears.on_message(packet)
            if not sent and not mail:
                return
        raise AssertionError("they never come to rest")

    async def during(self, work: Awaitable[T]) -> T:
        """Carry messages while somebody works, who may wait for an answer."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await self.pump()
            if not task.done():
                await self.pass_time(0.3)
        return task.result()

    async def heal(self) -> None:
        """The line is good from now on: everything that is owed arrives."""
        self.line.copies, self.line.mixed, self.line.loses = 1, False, 0.0
        if not self.line.up:
            await self.mend()
        for _ in range(40):
            await self.pump()
            if self.shop.journal.acked == self.shop.journal.last_seq:
                return
            await self.pass_time(10.0)
        raise AssertionError("headquarters does not get everything")

    async def move_to(self, hours: float) -> None:
        """Let time pass until so many hours after the beginning, and messages with it."""
        while self.elapsed_s < hours * 3600:
            await self.pass_time(min(hours * 3600 - self.elapsed_s, 1800.0))
            await self.pump()

    async def pass_time(self, seconds: float) -> None:
        """Let seconds pass, whatever the lane's clock says."""
        self.elapsed_s += seconds
        await self.clock.advance(seconds)

    # What there is in the end.

    def rows(self) -> list[tuple[Any, ...]]:
        """Give every row that headquarters has, as it stands."""
        query = "SELECT epoch, seq, kind, at, body, hash, hash_fits FROM rows ORDER BY epoch, seq"
        return [tuple(row) for row in self.store.conn.execute(query)]
