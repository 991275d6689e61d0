"""Three lanes, a store's arbiter and headquarters, all of them the product's own code, over a bad line.

Two lanes of s001, of which either may arbitrate, and one of s002. Every process may die before or after
each commit; what it committed is there when it comes back. Messages are lost, repeated, late and out
of order. Time, dice and the line are in the driver's hand: `test_stories.py` drives by seed, and
`test_story_machine.py` by hypothesis.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from offers.model import LaneId, Serial, StoreId
from offers.records import ClaimId, Incarnation
from sync.claims import Room
from tests.sync.story_deciders import StoryArbiter, StoryHq
from tests.sync.story_lane import AWAY, HOME, NINE, SERIALS, THEIRS, Post, PowerCut, StoryLane


@dataclass
class World:
    """Everybody, and the line between them."""

    dice: random.Random
    cap: int = 0
    crashes: bool = True
    serials: tuple[Serial, ...] = (*SERIALS, THEIRS)
    now: datetime = NINE
    seconds: float = 0.0
    line: list[Post] = field(default_factory=list)
    store_link_down: bool = False
    fuse: int | None = None  # may_die calls left until the power goes

    def __post_init__(self) -> None:
        self.hq = StoryHq(self)
        addresses = ((HOME, "1"), (HOME, "2"), (AWAY, "3"))
        self.lanes = [StoryLane(self, store, lane, self.dice) for store, lane in addresses]
        self.arbiters = [StoryArbiter(self, lane) for lane in ("1", "2")]
        self.epochs = {lane.epoch for lane in self.lanes}
        self.by_name: dict[str, Any] = {it.name: it for it in self.lanes + self.arbiters}  # type: ignore[operator]
        self.by_name["hq"] = self.hq

    # Places.

    def home(self, serial: Serial) -> StoreId:
        return AWAY if serial == THEIRS else HOME

    def address(self, name: str) -> tuple[StoreId, LaneId]:
        if name.startswith("arbiter"):
            return HOME, LaneId(name[-1])
        store, _, lane = name.partition("/")
        return StoreId(store), LaneId(lane)

    def arbiter_at(self, lane: StoryLane) -> str:
        """Name whom a lane believes to arbitrate."""
        sits = lane.allegiance.lane
        return f"arbiter {sits}" if sits else "hq"

    # The line and the power.

    def send(self, to: str, by: Any, message: Any) -> None:
        self.line.append(Post(to, by.name, message))

    def may_die(self) -> None:
        if self.fuse is None:
            return
        self.fuse -= 1
        if self.fuse <= 0:
            self.fuse = None
            raise PowerCut

    def do(self, who: Any, action: Callable[[], None]) -> None:
        """Let somebody act; where the power goes, the process comes back."""
        try:
            action()
        except PowerCut:
            self.fuse = None
            if isinstance(who, StoryLane):
                who.boot()
            else:
                who.reboot()
        self.fuse = None

    def deliver(self, index: int, again: bool = False) -> None:
        """Let one message arrive, perhaps not for the last time."""
        if not self.line:
            return
        post = self.line[index % len(self.line)]
        if not again:
            self.line.remove(post)
        who = self.by_name[post.to]
        self.do(who, lambda: who.hear(post.message, post.by))

    def lose(self, index: int) -> None:
        if self.line:
            del self.line[index % len(self.line)]

    def pass_time(self, seconds: float) -> None:
        self.seconds += seconds
        self.now += timedelta(seconds=seconds)
        for lane in self.lanes:
            self.do(lane, lane.wait)

    def everybody(self) -> list[Any]:
        return [*self.lanes, *self.arbiters, self.hq]

    # What must hold.

    def check(self) -> None:
        """S1 and S2, at any moment."""
        for serial in self.serials:
            uses = [u for lane in self.lanes for u in lane.uses().values() if u.serial == serial]
            online = [use for use in uses if use.how == "online"]
            assert len(online) <= 1, f"S1: {serial} {online}"
            assert len(uses) <= 1 + sum(use.how == "provisional" for use in uses), "S2"
        for lane in self.lanes:
            assert sum(u.how == "provisional" for u in lane.uses().values()) <= self.cap, "caps"

    def heal(self) -> None:
        """The line is good from now on, and nobody does anything new."""
        self.line.clear()
        self.fuse, self.store_link_down = None, False
        for lane in self.lanes:
            for record in lane.claims.unreachable(Room()):
                lane.append(record)
        for _ in range(400):
            self.pass_time(40.0)
            for it in self.everybody():
                it.speak()
            if self.quiet():
                return
            while self.line:
                self.deliver(0)
        raise AssertionError("the store does not come to rest ")

    def quiet(self) -> bool:
        """Tell whether everybody knows everything; what is still said is said for safety."""
        term = self.hq.inbox.relay.seats.of(HOME).term
        for lane in self.lanes:
            home = lane.store == HOME and bool(term)
            if lane.hq_acked < len(lane.rows) or (home and not lane.allegiance.sworn):
                return False
            if home and lane.allegiance.lane and lane.allegiance.acked < len(lane.rows):
                return False
        sitting = next((it for it in self.arbiters if it.arbiter is not None), None)
        if sitting is None or sitting.term != term:
            return sitting is None or not self.hq.inbox.relay.seats.of(HOME).lane
        done = sitting.told == sitting.files[sitting.term].last_decided()
        fed = self.hq.conn.execute("SELECT coalesce(max(n), 0) FROM feed").fetchone()[0]
        heard = sitting.arbiter.feed_heard() if sitting.arbiter is not None else None
        return done and heard is not None and heard.upto >= fed

    def check_healed(self) -> None:
        """L1: nothing locked unused, nothing free though used. L2: every second use is flagged."""
        self.check()
        for serial in self.serials:
            used = {c for lane in self.lanes for c, u in lane.uses().items() if u.serial == serial}
            ledger = self.ledger(serial)
            holding = ledger.holding(serial)
            holder = holding.claim if holding is not None else None
            assert holder in used if used else holder is None, f"L1: {serial} {holder} {used}"
            flagged = {it.claim for it in ledger.flagged(serial) if it.used}
            waiting = {it.claim for it in ledger.flagged(serial) if not it.used}
            paid = {
                c
                for lane in self.lanes
                for c, u in lane.uses().items()
                if u.paid or u.how == "provisional"
            }
            assert (used & paid) - {holder} <= flagged, f"L2: {serial} {used} {holder} {flagged}"
            assert used - {holder} <= flagged | waiting
            told = self.hq.conn.execute(
                "SELECT epoch, attempt FROM known_claims WHERE serial = ? AND verdict = 'second'"
                " AND what <> 'released'",
                (serial,),
            )
            seconds = {ClaimId(*row) for row in told}
            assert (used & paid) - {holder} <= seconds, f"L2 at headquarters: {serial}"
        self.check_reconciled()

    def check_reconciled(self) -> None:
        """Each use that was accepted unasked has its end, and the ends agree with the ledgers."""
        cases = self.hq.conn.execute("SELECT serial, epoch, attempt, outcome FROM provisionals")
        ends = {(Serial(s), ClaimId(Incarnation(e), n)): end for s, e, n, end in cases}
        for lane in self.lanes:
            for claim, use in lane.uses().items():
                if use.how != "provisional":
                    continue
                holding = self.ledger(use.serial).holding(use.serial)
                rightful = holding is not None and holding.claim == claim
                expected = "accepted" if rightful else "duplicate_honoured"
                assert ends[use.serial, claim] == expected, f"{use} {ends[use.serial, claim]}"
        assert "open" not in ends.values()

    def ledger(self, serial: Serial) -> Any:
        """Give the ledger of whoever arbitrates a serial now."""
        term = self.hq.inbox.relay.seats.of(HOME).term
        for it in self.arbiters:
            if self.home(serial) == HOME and it.term == term and it.arbiter is not None:
                return it.files[term]
        return self.hq.inbox.relay._ledger


def stop(world: World) -> None:
    """Close every file of a world."""
    for arbiter in world.arbiters:
        for file in arbiter.files.values():
            with suppress(sqlite3.Error):
                file.close()
    world.hq.conn.close()
