"""The lane's open claims: serials asked for or held, until a tender uses them or a release frees them."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from offers.model import CouponNumber, OfferId, Serial, ShopperKey
from offers.records import ClaimId, Uid


class OpenClaim(Struct, frozen=True):
    """One claim, and how far it got."""

    claim: ClaimId
    state: Literal["claiming", "granted", "provisional"]
    uid: Uid
    serial: Serial
    coupon_number: CouponNumber
    offer_id: OfferId
    value_minor: int
    shopper: ShopperKey | None
    at: datetime


class Provisional(Struct, frozen=True):
    """What one acceptance without an answer puts at risk."""

    claim: ClaimId
    at: datetime
    value_minor: int
    shopper: ShopperKey | None


class Claims:
    """Open claims by id. Bounded: a transaction's end closes its claims, and so does the next start."""

    def __init__(self) -> None:
        self.open: dict[ClaimId, OpenClaim] = {}
        self._accepted: deque[Provisional] = deque()

    def began(self, claim: OpenClaim) -> None:
        """Take a new attempt."""
        self.open[claim.claim] = claim

    def granted(self, claim: ClaimId) -> None:
        """Note the arbiter's yes."""
        if claim in self.open:
            self.open[claim] = replace(self.open[claim], state="granted")

    def accepted(self, claim: ClaimId, value_minor: int, at: datetime) -> None:
        """Note an acceptance without an answer; it counts against the risk caps."""
        known = self.open.get(claim)
        if known is not None:
            self.open[claim] = replace(known, state="provisional", value_minor=value_minor)
        shopper = None if known is None else known.shopper
        self._accepted.append(Provisional(claim, at, value_minor, shopper))

    def used(self, claim: ClaimId) -> None:
        """Note that a tender made it final. What was provisional stays counted."""
        self.open.pop(claim, None)

    def freed(self, claim: ClaimId) -> None:
        """Note that the right was given back or never given; nothing is at risk any more."""
        self.open.pop(claim, None)
        if any(entry.claim == claim for entry in self._accepted):
            self._accepted = deque(entry for entry in self._accepted if entry.claim != claim)

    def provisional_since(self, at: datetime, shopper: ShopperKey | None) -> tuple[int, int]:
        """Count the acceptances from this moment on, and their money; of one shopper, if named."""
        counted = [
            entry.value_minor
            for entry in self._accepted
            if entry.at >= at and shopper in (None, entry.shopper)
        ]
        return len(counted), sum(counted)

    def drop_before(self, at: datetime) -> None:
        """Forget acceptances that no rolling hour reaches."""
        while self._accepted and self._accepted[0].at < at:
            self._accepted.popleft()
