"""What the mirror is made of: a pure fold over the journal's rows and headquarters' changes.

It is fed the same facts at start and after each commit, so that one rebuilt from disk equals the one
kept live. Bounded by time: past uses and issued coupons 62 days, sales 14 days, serials redeemed here
400 days, provisional acceptances 25 hours, settled disputes 29 days; claims by the open transactions,
headquarters' changes by the next generation, which folds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from sys import intern
from typing import Literal, TypeVar

from msgspec import Struct

from cache.changes import Changes
from cache.claims import Claims, OpenClaim
from cache.endings import Endings
from cache.facts import Fact, revived, used_up
from cache.refs import Refs
from cache.slots import Slots
from cache.tallies import PastUses, Sold
from offers.changes import Op, RevivedOp
from offers.model import CouponNumber, Gtin, OfferId, PastUse, Serial, ShopperKey, ShopperRef
from offers.records import (
    ClaimDenied,
    ClaimGranted,
    ClaimId,
    Claiming,
    ClaimProvisional,
    ClaimReleased,
    Incarnation,
    Issued,
    JobId,
    Printed,
    Returned,
    Settled,
    Tendered,
    Uid,
    Voided,
)

PAST = timedelta(days=62)  # the issue policy's caps count months; two of them, whole
SALES = timedelta(days=14)  # an older stock figure is not worth correcting
REDEEMED = timedelta(days=400)  # a coupon lives 366 days at most
ACCEPTED = timedelta(hours=25)  # the risk caps count a rolling hour; a day, for the page
SETTLED = timedelta(days=29)  # goodwill to one shopper counts for 28 days

LONG_AGO = datetime.min.replace(tzinfo=UTC)
JOBS_KEPT = 256  # print jobs whose end is still to come; the queue holds a handful

T = TypeVar("T")


class IssuedHere(Struct, frozen=True):
    """What is kept in memory of a coupon that this lane printed."""

    offer_id: OfferId
    coupon_number: CouponNumber
    valid_from: date
    valid_to: date
    shopper: ShopperRef | None


class Happened:
    """Takes rows and changes, in their order; `cache.mirror:Mirror` is asked."""

    def __init__(self, epoch: Incarnation, refs: Refs) -> None:
        self.epoch = epoch
        self.refs = refs
        self.recalled: frozenset[Gtin] = frozenset()
        self.killed: frozenset[OfferId] = frozenset()
        self.folded_seq = 0  # own rows up to here are in the generation's wallets
        self._claims = Claims()
        self._slots = Slots()
        self._sold = Sold()
        self._past = PastUses()
        self._endings = Endings()
        self._issued: dict[Serial, IssuedHere] = {}
        self._redeemed: dict[Serial, tuple[Uid, datetime]] = {}
        self._revived: dict[Serial, datetime] = {}  # by headquarters' word; at start it comes first
        self._changes = Changes(epoch, self._sold)
        self._jobs: dict[JobId, Uid] = {}
        self._unprinted: dict[JobId, None] = {}
        self._forgot_on = date.min

    # What it is fed: rows.

    def fold(self, fact: Fact) -> None:
        """Take one committed row, in order."""
        self.refs.used(getattr(fact.record, "shopper", None), fact.seq)
        self._endings.fold(fact.record, fact.at)
        self._fold_claim(fact)
        self._fold_sale(fact)
        self._changes.quotas.fold(fact)
        for serial, uid in used_up(fact):
            if fact.at > self._revived.get(serial, LONG_AGO):
                self._redeemed[serial] = (uid, fact.at)
        for serial in revived(fact):
            self._redeemed.pop(serial, None)

    def take_redeemed(self, serial: Serial, uid: Uid, at: datetime) -> None:
        """Take a serial that was used up in a row pruned since; oldest first."""
        self._redeemed[serial] = (uid, at)

    def take_lease_use(self, lease: int, next_counter: int) -> None:
        """Take how far a lease was used."""
        self._slots.used[lease] = next_counter

    def _fold_claim(self, fact: Fact) -> None:
        match fact.record:
            case Claiming() as record:
                self._claiming(fact, record)
            case ClaimGranted(claim):
                self._claims.granted(claim)
            case ClaimDenied(claim) | ClaimReleased(claim):
                self._claims.freed(claim)
            case Settled(claim=claim) if claim is not None:
                self._claims.used(claim)
            case ClaimProvisional(claim, _, value_minor):
                self._claims.accepted(claim, value_minor, fact.at)
            case _:
                pass

    def _fold_sale(self, fact: Fact) -> None:
        match fact.record:
            case Tendered() as record:
                self._tendered(fact, record)
            case Voided() if fact.sale is not None:
                self._voided(fact, fact.sale)
            case Returned() as record:
                self._returned(fact, record)
            case Issued() as record:
                self._coupon(fact, record)
            case Printed(job):
                self._unprinted.pop(job, None)
            case _:
                pass

    def _claiming(self, fact: Fact, record: Claiming) -> None:
        claim = ClaimId(self.epoch, fact.seq)
        self._claims.began(
            OpenClaim(
                claim=claim,
                state="claiming",
                uid=record.uid,
                serial=record.serial,
                coupon_number=record.coupon_number,
                offer_id=record.offer_id,
                value_minor=record.value_minor,
                shopper=self.refs.key(record.shopper),
                at=fact.at,
            )
        )

    def _tendered(self, fact: Fact, record: Tendered) -> None:
        if record.mode == "training":
            return
        for sold in record.sold:
            self._sold.add(sold.gtin, fact.at, sold.quantity)
        for use in record.redemptions:
            if use.claim is not None:
                self._claims.used(use.claim)
            past = _use("redeemed", use.offer_id, record.key.business_date, use.category)
            for ref in self._users(record.shopper, use.serial):
                self._count(fact.seq, ref, past)

    def _voided(self, fact: Fact, sale: Tendered) -> None:
        for sold in sale.sold:
            self._sold.add(sold.gtin, fact.at, -sold.quantity)
        for use in sale.redemptions:
            past = _use("redeemed", use.offer_id, sale.key.business_date, use.category)
            for ref in self._users(sale.shopper, use.serial):
                self._undo(ref, past)

    def _returned(self, fact: Fact, record: Returned) -> None:
        for sold in record.sold:
            self._sold.add(sold.gtin, fact.at, sold.quantity)
        whole = (reversal for reversal in record.reversals if reversal.whole)
        for reversal in whole:
            for ref in self._users(record.shopper, reversal.serial):
                shopper, on = self.refs.key(ref), record.of.business_date
                uses = self._past.of(shopper) if shopper is not None else []
                mine = (u for u in uses if u.kind == "redeemed" and u.on == on)
                use = next((u for u in mine if u.offer_id == reversal.offer_id), None)
                if use is not None:
                    self._undo(ref, use)

    def _users(self, ref: ShopperRef | None, serial: Serial | None) -> tuple[ShopperRef, ...]:
        """Name who used an offer: who stood here, and for whom this lane printed the coupon."""
        printed = self._issued.get(serial) if serial is not None else None
        owner = printed.shopper if printed is not None else None
        return tuple(dict.fromkeys(it for it in (ref, owner) if it is not None))

    def _undo(self, ref: ShopperRef, use: PastUse) -> None:
        shopper = self.refs.key(ref)
        if shopper is not None:
            self._past.undo(shopper, use)

    def _coupon(self, fact: Fact, record: Issued) -> None:
        past = _use("issued", record.offer_id, record.valid_from, record.category)
        if record.instead_of is None:  # printed again: the shopper has no more than before
            self._count(fact.seq, record.shopper, past)
        self._jobs[record.job] = record.uid
        self._unprinted[record.job] = None
        for kept in (self._jobs, self._unprinted):
            if len(kept) > JOBS_KEPT:
                del kept[next(iter(kept))]
        if record.serial is not None:
            self._slots.issued(record.serial)
            self._issued[record.serial] = IssuedHere(
                past.offer_id,
                CouponNumber(intern(record.coupon_number)),
                record.valid_from,
                record.valid_to,
                record.shopper,
            )

    def _count(self, seq: int, ref: ShopperRef | None, use: PastUse) -> None:
        shopper = self.refs.key(ref)
        if shopper is not None:
            self._past.add(seq, shopper, use)

    # What it is fed: HQ's changes, and the passing of time.

    def apply(self, rev: int, ops: Iterable[Op]) -> None:
        """Take changes that are new: stored, not this lane's own, never seen before."""
        ops = tuple(ops)
        self._changes.apply(rev, ops)
        for op in ops:
            if isinstance(op, RevivedOp):
                self._revive(op)

    def _revive(self, op: RevivedOp) -> None:
        self._revived[op.serial] = op.at
        used = self._redeemed.get(op.serial)
        if used is not None and used[1] <= op.at:
            del self._redeemed[op.serial]

    def folded(self, delta_rev: int, own_seq: int) -> None:
        """Forget what a new generation holds: changes up to a revision, own rows up to a number."""
        self._changes.folded(delta_rev)
        self.folded_seq = own_seq  # passed over, not dropped: an older generation may come back

    def is_erased(self, shopper: ShopperKey) -> bool:
        """Tell whether this shopper has a tombstone."""
        return self.refs.is_erased(shopper)

    def erase(self, shopper: ShopperKey) -> None:
        """Forget a person."""
        self.refs.forget(self.refs.erased(shopper))
        self._past.drop_shopper(shopper)
        self._changes.erase(shopper)

    def forget(self, now: datetime) -> None:
        """Drop what is too old to count; does nothing more than once a day."""
        today = now.astimezone(UTC).date()
        if today <= self._forgot_on:
            return
        self._forgot_on = today
        midnight = datetime(today.year, today.month, today.day, tzinfo=UTC)
        self._past.drop_before(today - PAST)
        self._changes.past.drop_before(today - PAST)
        self._sold.drop_before(midnight - SALES)
        self._endings.drop_before(midnight - SALES, midnight - SETTLED)
        self._claims.drop_before(midnight - ACCEPTED)
        _drop_front(self._issued, lambda coupon: coupon.valid_from < today - PAST)
        _drop_front(self._redeemed, lambda used: used[1] < midnight - REDEEMED)


def _use(
    kind: Literal["issued", "redeemed"], offer_id: OfferId, on: date, category: str
) -> PastUse:
    # Interned: a busy lane keeps some ten thousand of them, of a few hundred offers.
    return PastUse(
        kind,
        OfferId(intern(offer_id)),
        on,
        intern(category),
    )


def _drop_front(kept: dict[Serial, T], old: Callable[[T], bool]) -> None:
    while kept and old(kept[first := next(iter(kept))]):
        del kept[first]
