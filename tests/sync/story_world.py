"""Three lanes, a store's arbiter and headquarters, all of them the product's own code, over a bad line.

Two lanes of s001, of which either may arbitrate, and one of s002. Every process may die before or after
each commit; what it committed is there when it comes back. Messages are lost, repeated, late and out
of order. Time, dice and the line are in the driver's hand: `test_stories.py` drives by seed, and
`test_story_machine.py` by hypothesis.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw

from hq.inbox import Inbox
from hq.schema import migrations
from hq.store import HqStore
from offers.basket import Share, TransactionKey
from offers.model import CouponNumber, LaneId, OfferId, Serial, StoreId
from offers.records import (
    ClaimGranted,
    ClaimId,
    Claiming,
    ClaimProvisional,
    ClaimReleased,
    Incarnation,
    Record,
    Redemption,
    Returned,
    Reversal,
    Row,
    Tendered,
    Uid,
)
from sync.allegiance import Allegiance
from sync.claims import LaneClaims, Room, Way
from sync.messages import (
    Ack,
    Claim,
    ClaimAnswer,
    Copy,
    Heard,
    Oath,
    Relayed,
    Rows,
    Seat,
    Word,
    Words,
)
from sync.payload import Packet, read
from sync.store_arbiter import StoreArbiter
from sync.term_file import TermFile
from sync.words import words_of

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOME, AWAY = StoreId("s001"), StoreId("s002")
SERIALS = tuple(Serial(f"00000{n:03d}1111") for n in range(3))  # block 0: of s001
THEIRS = Serial("000010001111")  # block 1: of s002, which headquarters arbitrates
GCN = CouponNumber("9501101530003")
VALUE = 150
CAP = 2  # provisional uses in hand at one lane


class PowerCut(Exception):  # noqa: N818
    """The process dies here."""


class Post(NamedTuple):
    """A message under way: to whom, from whom, what."""

    to: str
    by: str
    message: Any


@dataclass
class Use:
    """A serial in use at a lane."""

    serial: Serial
    how: str  # "online" or "provisional"
    paid: bool = False


class StoryLane:
    """One lane: a journal that lasts, and what the process holds in memory."""

    def __init__(self, world: World, store: StoreId, lane: str, dice: random.Random) -> None:
        self.world, self.store, self.lane = world, store, lane
        self.name = f"{store}/{lane}"
        self.epoch = Incarnation((store[-1] + lane) * 8)
        self.rows: list[tuple[Record, datetime]] = []
        self.saved_seat: Seat | None = None
        self.hq_acked = 0
        self.dice = dice
        self.boot()

    # The journal.

    def append(self, record: Record) -> int:
        """Write one row; the power may go before it, or right behind it."""
        self.world.may_die()
        self.rows.append((record, self.world.now))
        self.world.may_die()
        return len(self.rows)

    def uses(self) -> dict[ClaimId, Use]:
        """Fold the rows: what is in use here."""
        open_: dict[ClaimId, Use] = {}
        for record, _ in self.rows:
            match record:
                case ClaimGranted(claim, serial):
                    open_[claim] = Use(serial, "online")
                case ClaimProvisional(claim, serial):
                    open_[claim] = Use(serial, "provisional")
                case ClaimReleased(claim):
                    open_.pop(claim, None)
                case Tendered():
                    for redemption in record.redemptions:
                        open_[redemption.claim].paid = True  # type: ignore[index]
                case Returned():
                    for back in record.reversals:
                        open_.pop(back.claim, None)  # type: ignore[arg-type]
                case _:
                    pass
        return open_

    def unsettled(self) -> dict[ClaimId, Serial]:
        """List the CLAIMING rows without an outcome."""
        found: dict[ClaimId, Serial] = {}
        for seq, (record, _) in enumerate(self.rows, 1):
            if isinstance(record, Claiming):
                found[ClaimId(self.epoch, seq)] = record.serial
            elif not isinstance(record, Tendered | Returned):
                found.pop(record.claim, None)  # type: ignore[union-attr]
        return found

    def boot(self) -> None:
        """Start the process: resume what is held, release what was half done."""
        self.claims = LaneClaims(self.epoch)
        self.allegiance = Allegiance(self.epoch, self.saved_seat, len(self.rows), self.dice)
        for link in ("hq", "store"):
            self.allegiance.connected(link)  # type: ignore[arg-type]
        for claim, serial in self.unsettled().items():
            self.append(ClaimReleased(claim, serial, "crash"))
        for claim, use in self.uses().items():
            if not use.paid:
                self.claims.resume(claim, use.serial, VALUE)

    # What people do.

    def present(self, serial: Serial) -> None:
        """A coupon is shown: the row first, then the question."""
        busy = {use.serial for use in self.uses().values()} | set(self.unsettled().values())
        if serial in busy:
            return
        row = Claiming(Uid("0" * 32), serial, GCN, OfferId("jam"), VALUE)
        seq = self.append(row)
        link, term = self.way(serial)
        way = Way(link, term, 0.5)
        claim = self.claims.start(row, seq, self.world.now, self.world.seconds, way)
        self.world.send(self.world.arbiter_at(self) if link == "store" else "hq", self, claim)

    def way(self, serial: Serial) -> tuple[Any, int]:
        if self.world.home(serial) != self.store:
            return "hq", 0
        by_store = self.allegiance.lane and not self.world.store_link_down
        return ("store" if by_store else "hq"), self.allegiance.term

    def room(self) -> Room:
        used = sum(use.how == "provisional" for use in self.uses().values())
        return Room(max(0, self.world.cap - used), 10_000)

    def wait(self) -> None:
        """Answers that are late are settled without."""
        for record in self.claims.on_deadline(self.world.seconds, self.room()):
            self.append(record)

    def pay(self, claim: ClaimId) -> None:
        use = self.uses().get(claim)
        if use is None or use.paid:
            return
        share = Share("L1", OfferId("jam"), VALUE)
        used = Redemption(
            OfferId("jam"), 1, "c", VALUE, (share,), "", use.serial, claim, use.how == "provisional"
        )
        self.append(Tendered(Uid("0" * 32), KEY, 1, "live", None, 500, VALUE, (used,), (), (), ""))
        self.claims.used(claim)

    def undo(self, claim: ClaimId) -> None:
        """Void an open sale, or take the goods of a paid one back."""
        use = self.uses().get(claim)
        if use is None:
            return
        if use.paid:
            back = Reversal(OfferId("jam"), VALUE, True, use.serial, claim)
            self.append(Returned(Uid("0" * 32), KEY, ("L1",), 350, (back,), ()))
        else:
            self.append(ClaimReleased(claim, use.serial, "void"))
            self.claims.cancel(claim, "void")

    # What comes in.

    def hear(self, message: Any, by: str) -> None:
        match message:
            case ClaimAnswer():
                outcome = self.claims.answered(message)
                if outcome is not None:
                    self.append(outcome)
            case Seat():
                self.obey(message)
            case Heard():
                self.allegiance.heard(message)
            case Ack():
                self.hq_acked = max(self.hq_acked, message.upto)

    def obey(self, seat: Seat) -> None:
        """As the store link's shell does: durable, then all at once, then the rows of what was lost."""
        if seat.store != self.store or not self.allegiance.is_news(seat):
            return
        self.world.may_die()
        self.saved_seat = seat
        self.world.may_die()
        self.allegiance.take(seat)
        lost = self.claims.unreachable(self.room())
        for link in ("hq", "store"):
            self.allegiance.connected(link)  # type: ignore[arg-type]
        for record in lost:
            self.append(record)

    # What it says by itself.

    def speak(self) -> None:
        """Swear, tell the arbiter, send rows: whatever is due, each perhaps not for the first time."""
        allegiance, now = self.allegiance, self.world.seconds
        allegiance.written(len(self.rows))
        allegiance.on_deadline(now)
        if allegiance.oath_due:
            allegiance.oath_said(now)
            oath = Oath(allegiance.term, self.epoch, len(self.rows), tuple(self.held()))
            self.world.send(self.world.arbiter_at(self), self, oath)
        after = allegiance.words_due
        if after is not None and allegiance.lane:
            allegiance.words_said(now)
            batch = list(enumerate(self.rows, 1))[after : after + 4]
            words = tuple(
                word
                for _, (record, at) in batch
                for word in words_of(record, self.name, at)
                if self.world.home(word.serial) == self.store
            )
            upto = batch[-1][0]
            told = Words(allegiance.term, self.epoch, after, upto, allegiance.acked, words)
            self.world.send(self.world.arbiter_at(self), self, told)
        if self.hq_acked < len(self.rows):
            rows = tuple(
                self.as_row(seq)
                for seq in range(self.hq_acked + 1, min(len(self.rows), self.hq_acked + 5) + 1)
            )
            self.world.send("hq", self, Rows(self.epoch, rows))

    def held(self) -> Iterator[Word]:
        for claim, use in self.uses().items():
            if not use.paid and self.world.home(use.serial) == self.store:
                what = "used" if use.how == "provisional" else "held"
                yield Word(what, use.serial, claim, self.name, self.world.now)  # type: ignore[arg-type]
        for claim, serial in self.unsettled().items():
            if self.world.home(serial) == self.store:
                yield Word("held", serial, claim, self.name, self.world.now)

    def as_row(self, seq: int) -> Row:
        record, at = self.rows[seq - 1]
        body = Raw(msgspec.json.encode(record))
        kind = record.__struct_config__.tag
        return Row(seq, kind, at, body, f"{seq - 1:064x}", f"{seq:064x}")  # type: ignore[arg-type]


class StoryArbiter:
    """What the arbiter's agent does around `StoreArbiter`: one transaction a message, then the answer."""

    def __init__(self, world: World, lane: str) -> None:
        self.world, self.lane = world, lane
        self.name = f"arbiter {lane}"
        self.files: dict[int, TermFile] = {}
        self.seat: Seat | None = None
        self.term = 0
        self.told = 0  # in memory: what headquarters acknowledged

    def hear(self, message: Any, by: str) -> None:
        if isinstance(message, Seat):
            self.sit(message)
            return
        arbiter = self.arbiter
        if arbiter is None:
            return
        file = self.files[self.term]
        answer: Any = None
        with file.change():
            match message:
                case Claim():
                    answer = arbiter.on_claim(message, by, self.world.now)
                case Relayed() if message.term == arbiter.term:
                    answer = arbiter.on_relayed(message.claim, message.where, self.world.now)
                case Oath():
                    answer = arbiter.on_oath(LaneId(by.partition("/")[2]), message)
                case Words():
                    answer = arbiter.on_words(message)
                case Copy():
                    arbiter.on_copy(message)
                case Heard() if message.source == file.name:
                    assert message.upto <= file.last_decided()
                    self.told = max(self.told, message.upto)
            self.world.may_die()
        self.world.may_die()
        if answer is not None:
            self.world.send(by, self, answer)

    @property
    def arbiter(self) -> StoreArbiter | None:
        seat = self.seat
        file = self.files.get(self.term)
        return StoreArbiter(seat, file) if seat is not None and file is not None else None

    def sit(self, seat: Seat) -> None:
        if seat.term <= self.term:
            return
        self.seat, self.term, self.told = seat, seat.term, 0
        if seat.lane == self.lane:
            name = Incarnation(f"{seat.term:016x}")
            self.files[seat.term] = TermFile.make(":memory:", seat.term, name)

    def reboot(self) -> None:
        self.told = 0

    def speak(self) -> None:
        arbiter = self.arbiter
        if arbiter is None:
            return
        file = self.files[self.term]
        for message in (arbiter.copy_ask(), arbiter.feed_heard()):
            if message is not None:
                self.world.send("hq", self, message)
        found = file.decided(self.told, 5)
        if found:
            words = tuple(word for _, word in found)
            told = Words(self.term, file.name, self.told, found[-1][0], self.told, words)
            self.world.send("hq", self, told)


class StoryHq:
    """Headquarters' real inbox and relay, on a file in memory."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.name = "hq"
        self.conn = sqlite3.connect(":memory:", isolation_level=None)
        template().backup(self.conn)
        self.store = HqStore(self.conn, Path())
        self.reboot()

    def reboot(self) -> None:
        self.inbox = Inbox(self.store)

    def hear(self, message: Any, by: str) -> None:
        store, lane = self.world.address(by)
        packets: list[Packet] = []
        with self.store.change():
            if isinstance(message, Rows):
                ack = self.inbox.rows(store, lane, message, self.world.now)
                packets = self.inbox.relay.feeds_due()
                self.world.may_die()
            else:
                ack = None
                packets = self.inbox.relay.take(store, lane, message, self.world.now)
                self.world.may_die()
        self.world.may_die()
        if ack is not None:
            self.world.send(by, self, ack)
        for packet in packets:
            self.post(packet)

    def post(self, packet: Packet) -> None:
        _, _, store, lane, _, what = packet.topic.split("/")
        message = read(packet.schema, packet.content_type, packet.payload)
        mirror = isinstance(message, Heard) and message.source not in self.world.epochs
        to_arbiter = what in ("words", "copy", "relay") or mirror
        self.world.send(f"arbiter {lane}" if to_arbiter else f"{store}/{lane}", self, message)

    def appoint(self, lane: str) -> None:
        with self.store.change():
            lanes = (LaneId("1"), LaneId("2"))
            self.inbox.relay.seats.appoint(HOME, LaneId(lane), lanes, self.world.now)
            self.world.may_die()
        self.speak()

    def speak(self) -> None:
        """Say again who arbitrates: the word is retained."""
        seat = self.inbox.relay.seats.of(HOME)
        if seat.term:
            for name in ("s001/1", "s001/2", "arbiter 1", "arbiter 2"):
                self.world.send(name, self, seat)


KEY = TransactionKey(HOME, "t1", date(2026, 3, 2), "1")
_TEMPLATE: list[sqlite3.Connection] = []


def template() -> sqlite3.Connection:
    """Make headquarters' tables once; each story begins with a copy."""
    if not _TEMPLATE:
        conn = sqlite3.connect(":memory:", isolation_level=None)
        store = HqStore(conn, Path())
        migrations.apply(store.db)
        for number, name in ((0, HOME), (1, AWAY)):
            conn.execute("INSERT INTO leases VALUES (?, ?, '1', 'e', 'k', '')", (number, name))
        _TEMPLATE.append(conn)
    return _TEMPLATE[0]


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
