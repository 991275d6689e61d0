"""A lane of the stories: a journal that lasts, and around it the product's own claims and allegiance."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from msgspec import Raw

from offers.basket import Share, TransactionKey
from offers.model import CouponNumber, OfferId, Serial, StoreId
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
from sync.messages import Ack, ClaimAnswer, Heard, Oath, Rows, Seat, Word, Words
from sync.words import words_of

if TYPE_CHECKING:
    from tests.sync.story_world import World


NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOME, AWAY = StoreId("s001"), StoreId("s002")
SERIALS = tuple(Serial(f"00000{n:03d}1111") for n in range(3))  # block 0: of s001
THEIRS = Serial("000010001111")  # block 1: of s002, which headquarters arbitrates
GCN = CouponNumber("9501101530003")
VALUE = 150
CAP = 2  # provisional uses in hand at one lane


KEY = TransactionKey(HOME, "t1", date(2026, 3, 2), "1")


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
