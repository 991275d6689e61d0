"""The lane's open sales: which transaction a call or a scan belongs to, and what was answered.

A revision once answered is honoured at its tender, whatever arrives between. Till numbers restart
at day end and after a reinstall, so the same key with another basket after its tender is a new sale.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from msgspec import Raw, Struct, structs

from agent.kept_facts import NO_FACTS
from agent.refusals import Refused
from agent.scan_reading import CouponScan
from agent.till_reading import ReadBasket, Shopper
from agent.till_types import DecisionOut, TenderOut
from cache.journal_store import OpenBasket
from offers.basket import Basket, Presented, TransactionKey
from offers.context import Decision
from offers.model import OfferId, Serial, ShopperKey
from offers.reasons import Verdict
from offers.records import ClaimId, JobId, Uid

BIND_SCAN_WITHIN = timedelta(seconds=60)  # a card may be scanned just before the first article
KEEP_ANSWERS = 4  # revisions of one sale that a tender may still name
KEEP_FINISHED = 500  # sales whose tender may be repeated by a till that lost the answer


class Answered(Struct, frozen=True):
    """One revision as it was answered, and what it was decided from (`agent.kept_facts`)."""

    revision: int
    digest: str
    basket: Basket
    decision: Decision
    out: DecisionOut
    facts: Raw = NO_FACTS

    def uses(self) -> Counter[OfferId]:
        """Count the redemptions that its tender can become."""
        return Counter(v.offer_id for v in self.decision.verdicts if v.outcome == "applied")


class Held(Struct, frozen=True):
    """A serial that this sale has a right to, or was refused."""

    presented: Presented
    claim: ClaimId | None


class Sale(Struct):
    """One transaction from its first basket to its tender."""

    uid: Uid
    handle: str
    key: TransactionKey
    mode: Literal["live", "training"]
    shopper: ShopperKey | None = None
    identity_strong: bool = True
    lane_scans: dict[str, CouponScan] = {}  # by serial, or by number where there is none
    till_scans: dict[str, CouponScan] = {}
    held: dict[Serial, Held] = {}
    answers: list[Answered] = []
    suspended: bool = False
    paper_asked: bool = False  # the shopper asked for coupons, where none are printed unasked

    @property
    def scanned(self) -> dict[str, CouponScan]:
        """Every coupon presented, at the till or at the lane's own scanner."""
        return self.lane_scans | self.till_scans

    @property
    def provisional(self) -> frozenset[Serial]:
        """The serials accepted without an arbiter's answer."""
        return frozenset(s for s, h in self.held.items() if h.presented.standing == "provisional")

    def saved(self) -> OpenBasket:
        """Give the form that outlives a crash."""
        latest = self.latest
        return OpenBasket(self.uid, self.key, latest.revision if latest else 0, encode(self))

    @staticmethod
    def restored(body: bytes) -> Sale:
        """Read what `saved` wrote."""
        return decode(body)

    @property
    def latest(self) -> Answered | None:
        """The newest revision answered."""
        return max(self.answers, key=lambda answered: answered.revision, default=None)

    def answer_for(self, revision: int) -> Answered | None:
        """Give what was answered to a revision, if it is still known."""
        return next((a for a in self.answers if a.revision == revision), None)

    def told(self, revision: int, digest: str) -> DecisionOut | None:
        """Give the recorded answer where a call is repeated or late; None where it is new.

        Raises:
            Refused: the revision was answered before, for another basket.
        """
        latest = self.latest
        same = self.answer_for(revision)
        if same is not None and same.digest != digest:
            raise Refused(
                "revision_reused",
                f"Revision {revision} was sent before with another basket.",
                "Raise the revision with every change of the basket.",
                409,
            )
        if same is not None:
            return same.out
        return latest.out if latest is not None and revision < latest.revision else None

    @contextmanager
    def as_it_was_on_failure(self) -> Iterator[None]:
        """Take nothing back and promise nothing whose rows could not be written.

        Rights that were granted meanwhile stay: their rows are durable.
        """
        held, answers, suspended = dict(self.held), self.answers, self.suspended
        try:
            yield
        except Exception:
            self.held = held | self.held
            self.answers, self.suspended = answers, suspended
            raise

    def take(self, answered: Answered) -> None:
        """Remember an answer; the oldest ones are forgotten."""
        self.answers = [*self.answers, answered][-KEEP_ANSWERS:]

    def holds(self, serial: Serial) -> bool:
        """Tell whether this sale has the right to a serial."""
        held = self.held.get(serial)
        return held is not None and held.claim is not None

    def dropped(self) -> list[Serial]:
        """List the serials held that no coupon in hand carries, and that no answer still promises."""
        promised = {share.serial for answered in self.answers for share in answered.decision.shares}
        return [s for s in self.held if s not in self.scanned and s not in promised]

    def promised(self) -> Counter[OfferId]:
        """Count what the sale may still use of each offer: the most that one of its answers holds."""
        most: Counter[OfferId] = Counter()
        for answered in self.answers:
            most |= answered.uses()
        return most

    def bind(self, read: ReadBasket) -> None:
        """Take the shopper and the coupons that the till named; an identity in the basket wins."""
        if read.shopper is not None:
            self.meet(read.shopper)
        self.till_scans = {coupon.serial or coupon.number: coupon for coupon in read.coupons}

    def scan(self, what: Shopper | CouponScan) -> None:
        """Take what the lane's own scanner read."""
        if isinstance(what, CouponScan):
            self.present(what)
        else:
            self.meet(what)

    def meet(self, shopper: Shopper) -> None:
        """Take the shopper in hand."""
        self.shopper, self.identity_strong = shopper.key, shopper.strong

    def present(self, coupon: CouponScan) -> None:
        """Take a coupon from the lane's scanner; the same one twice is one."""
        self.lane_scans = {**self.lane_scans, coupon.serial or coupon.number: coupon}


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Sale).decode


class Finished(Struct, frozen=True):
    """A tendered sale, kept so that a repeated call gets its answer again."""

    uid: Uid
    key: TransactionKey
    answered: Answered | None
    out: TenderOut
    shopper: ShopperKey | None = None
    late: tuple[Verdict, ...] = ()  # decided, and not given
    job: JobId | None = None
    voided: bool = False


class Waiting(Struct, frozen=True):
    """A scan before its transaction began."""

    what: Shopper | CouponScan
    at: datetime


class SaleBook:
    """Every sale of the lane that is open, and those that have just ended."""

    def __init__(self) -> None:
        self._open: dict[str, Sale] = {}
        self._finished: OrderedDict[str, Finished] = OrderedDict()
        self._waiting: list[Waiting] = []
        self._turns: dict[str, asyncio.Lock] = {}

    def turn(self, handle: str) -> asyncio.Lock:
        """Give the lock under which the calls for one transaction take turns."""
        self._turns = {
            name: lock
            for name, lock in self._turns.items()
            if lock.locked() or name in self._open or name == handle
        }
        return self._turns.setdefault(handle, asyncio.Lock())

    def __iter__(self) -> Iterator[Sale]:
        return iter(self._open.values())

    def get(self, handle: str) -> Sale | None:
        """Give the open sale of that handle."""
        return self._open.get(handle)

    def finished(self, handle: str) -> Finished | None:
        """Give the ended sale of that handle."""
        return self._finished.get(handle)

    def handle_of(self, name: TransactionKey | Uid) -> str | None:
        """Find the newest sale that the till numbered so, or that the lane named so."""
        known: list[tuple[str, Sale | Finished]] = [*self._open.items(), *self._finished.items()]
        return next((it for it, one in reversed(known) if name in (one.key, one.uid)), None)

    def add(self, sale: Sale) -> None:
        """Open a sale, or put one back that a crash left open."""
        self._open[sale.handle] = sale

    def in_hand(self) -> Sale | None:
        """Give the sale that a scan belongs to: the newest one that is not suspended."""
        return next((s for s in reversed(self._open.values()) if not s.suspended), None)

    def wait(self, what: Shopper | CouponScan, at: datetime) -> None:
        """Keep a scan for the next transaction."""
        self._waiting = [*self._fresh(at), Waiting(what, at)]

    def give_waiting(self, sale: Sale, at: datetime) -> None:
        """Bind the scans of the last minute to a sale that begins now."""
        for waiting in self._fresh(at):
            sale.scan(waiting.what)
        self._waiting = []

    def close(self, sale: Sale) -> None:
        """Forget a sale that was voided."""
        if self._open.get(sale.handle) is sale:
            del self._open[sale.handle]

    def finish(self, sale: Sale, finished: Finished) -> None:
        """Keep a tendered sale's answer for a while."""
        self.close(sale)
        self.recall(sale.handle, finished)

    def recall(self, handle: str, finished: Finished) -> None:
        """Know an ended sale again, as after a restart. Its facts stay in the journal alone."""
        if finished.answered is not None:
            answered = structs.replace(finished.answered, facts=NO_FACTS)
            finished = structs.replace(finished, answered=answered)
        self._finished[handle] = finished
        self._finished.move_to_end(handle)
        while len(self._finished) > KEEP_FINISHED:
            self._finished.popitem(last=False)

    def _fresh(self, at: datetime) -> list[Waiting]:
        return [w for w in self._waiting if abs(at - w.at) <= BIND_SCAN_WITHIN]
