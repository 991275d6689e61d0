"""What the lane must know at a scan, in memory: every look-up on the path that concerns its own history.

`cache.happened` says what it is made of, and how long each thing is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cache.claims import OpenClaim
from cache.happened import Happened, IssuedHere
from cache.quotas import Quotas
from offers.basket import TransactionKey
from offers.model import Assignment, Gtin, OfferId, PastUse, Serial, ShopperKey
from offers.records import (
    ClaimDenied,
    ClaimGranted,
    ClaimId,
    ClaimProvisional,
    ClaimReleased,
    Incarnation,
    JobId,
    Printed,
    Record,
    Settled,
    Uid,
)
from offers.serials import Lease


class Mirror(Happened):
    """Answers without waiting; changed only after a commit."""

    def past(self, shopper: ShopperKey) -> tuple[PastUse, ...]:
        """List what happened to a shopper since the generation, here and elsewhere, by date."""
        uses = self._past.of(shopper, self.folded_seq) + self._changes.past.of(shopper)
        return tuple(sorted(uses, key=lambda use: (use.on, use.kind, use.offer_id)))

    def sold_since(self, gtin: Gtin, as_of: datetime) -> int:
        """Count the units that all lanes sold after a moment, returns taken off."""
        return self._sold.since(gtin, as_of)

    def stock(self, gtin: Gtin) -> tuple[int, datetime] | None:
        """Give HQ's newest figure, if it came since the generation."""
        return self._changes.stock(gtin)

    def assignments(self, shopper: ShopperKey) -> tuple[Assignment, ...] | None:
        """Give a shopper's assignments, if they changed since the generation."""
        return self._changes.assignments(shopper)

    def lease(self, lease: int) -> Lease | None:
        """Tell whose block of serials this is, if it came since the generation."""
        return self._changes.leases.get(lease)

    @property
    def quotas(self) -> Quotas:
        """Give what may still be given of each offer's first N."""
        return self._changes.quotas

    @property
    def claims(self) -> dict[ClaimId, OpenClaim]:
        """Give the open claims; not to be changed."""
        return self._claims.open

    def provisional_since(self, at: datetime, shopper: ShopperKey | None = None) -> tuple[int, int]:
        """Count the acceptances without an answer from a moment on, and their money in minor units."""
        return self._claims.provisional_since(at, shopper)

    def redeemed_serial(self, serial: Serial) -> tuple[Uid, datetime] | None:
        """Tell in which sale of this lane a serial was used up, and when."""
        return self._redeemed.get(serial)

    def tendered(self, key: TransactionKey) -> Uid | None:
        """Name the latest sale of this lane under a till's key, training included."""
        return self._endings.tendered(key)

    def goodwill_since(self, at: datetime, shopper: ShopperKey | None = None) -> int:
        """Sum the goodwill given at this lane from a moment on, in minor units; to one, if named."""
        ref = None if shopper is None else self.refs.known_ref(shopper)
        return 0 if shopper is not None and ref is None else self._endings.goodwill_since(at, ref)

    def settled(self, uid: Uid) -> tuple[Settled, ...]:
        """List the disputes of a transaction that ended here in the last four weeks."""
        return self._endings.settled(uid)

    def issued_to(self, shopper: ShopperKey, offer_id: OfferId) -> Serial | None:
        """Name the last unused coupon of an offer that this lane printed for a shopper."""
        ref = self.refs.known_ref(shopper)
        mine = (
            serial
            for serial, coupon in reversed(self._issued.items())
            if coupon.offer_id == offer_id and coupon.shopper == ref
        )
        return next((s for s in mine if ref is not None and s not in self._redeemed), None)

    @property
    def unfinished_jobs(self) -> tuple[JobId, ...]:
        """Name the print jobs whose end is not written down, oldest first."""
        return tuple(self._unprinted)

    def issued(self, serial: Serial) -> IssuedHere | None:
        """Tell what this lane printed under a serial."""
        return self._issued.get(serial)

    def next_serial_slot(
        self, epoch: Incarnation | None = None, also: Iterable[Lease] = ()
    ) -> tuple[Lease, int] | None:
        """Hand out lease and counter for one new serial, never twice; None when all are used.

        Args:
            epoch: whose leases; this journal's, if not named.
            also: leases that are known from elsewhere (the generation).
        """
        return self._slots.next(epoch or self.epoch, self._own_leases(also))

    def leases_left(self, also: Iterable[Lease] = ()) -> int:
        """Count this incarnation's leases that still have a serial to give."""
        return self._slots.left(self.epoch, self._own_leases(also))

    def uid_of(self, record: Record) -> Uid | None:
        """Name the transaction that a record belongs to, by itself, its claim or its print job."""
        uid: Uid | None = getattr(record, "uid", None)
        if uid is not None:
            return uid
        match record:
            case ClaimGranted(claim) | ClaimDenied(claim) | ClaimReleased(claim):
                return self._uid_of_claim(claim)
            case ClaimProvisional(claim):
                return self._uid_of_claim(claim)
            case Printed() as printed:
                return self._jobs.get(printed.again_of or printed.job)
            case _:
                return None

    def _uid_of_claim(self, claim: ClaimId) -> Uid | None:
        known = self._claims.open.get(claim)
        return None if known is None else known.uid

    def _own_leases(self, also: Iterable[Lease]) -> list[Lease]:
        leases = {lease.lease: lease for lease in also}
        return list((leases | self._changes.leases).values())
