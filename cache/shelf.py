"""What the lane asks at a scan, answered from both sides: the generation and the journal's mirror."""

from __future__ import annotations

from operator import attrgetter
from typing import NamedTuple

from cache.generation import Generation
from cache.mirror import Mirror
from offers.basket import Presented
from offers.context import Availability, Candidate
from offers.model import Assignment, Gtin, OfferId, PastUse, Product, ShopperKey, Wallet
from offers.records import Incarnation
from offers.serials import Lease


class _InHand(NamedTuple):
    """The last shopper looked up, and what it was read from."""

    shopper: ShopperKey
    generation: Generation
    changed: tuple[Assignment, ...] | None
    wallet: Wallet
    given: tuple[Assignment, ...]
    best: dict[OfferId, Assignment]  # score descending


class Shelf:
    """The offers within reach. Never waits: a mapped file and a few dictionaries."""

    def __init__(self, generation: Generation, mirror: Mirror) -> None:
        self.generation = generation
        self.mirror = mirror
        self._in_hand: _InHand | None = None

    def swap(self, generation: Generation) -> Generation:
        """Put a new generation in force; return the old one, to be closed when nobody reads it."""
        old, self.generation = self.generation, generation
        return old

    def wallet(self, shopper: ShopperKey) -> Wallet:
        """Give a shopper's wallet: newest assignments, and all that is known of the past."""
        in_hand = self._take(shopper)
        known = in_hand.wallet
        return Wallet(in_hand.given, self.past(shopper), known.language, known.panel)

    def panel(self, shopper: ShopperKey) -> bool:
        """Tell whether a shopper is of the panel that tries drafts."""
        return self._take(shopper).wallet.panel

    def past(self, shopper: ShopperKey) -> tuple[PastUse, ...]:
        """List all that is known of a shopper's past."""
        return self._take(shopper).wallet.past + self.mirror.past(shopper)

    def candidates(
        self, shopper: ShopperKey | None, presented: tuple[Presented, ...]
    ) -> tuple[Candidate, ...]:
        """List the offers that could apply: by assignment, score descending, then by coupon alone.

        A coupon of an assigned offer joins its assignment; a second coupon of the same offer is a
        candidate of its own. Offers that the generation does not hold are passed over.
        """
        assigned = self._assigned(shopper)
        coupons: dict[OfferId, list[Presented]] = {}
        for coupon in dict.fromkeys(presented):
            offer = self.generation.offer_by_coupon(coupon.coupon_number)
            if offer is not None:
                coupons.setdefault(offer.offer_id, []).append(coupon)
        found = []
        for offer_id in dict.fromkeys((*assigned, *coupons)):
            offer = self.generation.offers[offer_id]
            given = assigned.get(offer_id)
            if offer_id in coupons:
                found += [Candidate(offer, given, each) for each in coupons[offer_id]]
            else:
                found.append(Candidate(offer, given))
        return tuple(found)

    def availability(self, gtin: Gtin) -> Availability | None:
        """Estimate a product's stock: the newest figure less what was sold since; None if unknown."""
        figures = (self.generation.stock(gtin), self.mirror.stock(gtin))
        known = [figure for figure in figures if figure is not None]
        if not known:
            return None
        on_hand, as_of = max(known, key=lambda figure: figure[1])
        left = max(0, on_hand - self.mirror.sold_since(gtin, as_of))
        return Availability(left, as_of, self.generation.sold_28d(gtin))

    def product(self, gtin: Gtin) -> Product | None:
        """Look an article up."""
        return self.generation.product(gtin)

    def lease(self, lease: int) -> Lease | None:
        """Tell whose block of serials this is."""
        return self.mirror.lease(lease) or self.generation.lease(lease)

    def next_serial_slot(self, epoch: Incarnation) -> tuple[Lease, int] | None:
        """Hand out lease and counter for one new serial, never twice; None when all are used."""
        return self.mirror.next_serial_slot(epoch, self.generation.leases)

    @property
    def leases_left(self) -> int:
        """Count this lane's leases that still have a serial to give."""
        return self.mirror.leases_left(self.generation.leases)

    @property
    def recalled(self) -> frozenset[Gtin]:
        """Name the products that are recalled now."""
        return self.mirror.recalled

    @property
    def killed(self) -> frozenset[OfferId]:
        """Name the offers that are switched off now."""
        return self.mirror.killed

    def _assigned(self, shopper: ShopperKey | None) -> dict[OfferId, Assignment]:
        return {} if shopper is None else self._take(shopper).best

    def _take(self, shopper: ShopperKey) -> _InHand:
        """Look a shopper up, once for all the questions of a scan; an erased one is a stranger."""
        if self.mirror.is_erased(shopper):
            self._in_hand = None
            return _InHand(shopper, self.generation, None, Wallet(), (), {})
        changed = self.mirror.assignments(shopper)
        known = self._in_hand
        if (
            known is None
            or known.shopper != shopper
            or known.generation is not self.generation
            or known.changed is not changed
        ):
            known = self._in_hand = _looked_up(shopper, self.generation, changed)
        return known


def _looked_up(
    shopper: ShopperKey, generation: Generation, changed: tuple[Assignment, ...] | None
) -> _InHand:
    wallet = generation.wallet(shopper) or Wallet()
    given = wallet.assignments if changed is None else changed
    ranked = [a for a in given if a.offer_id in generation.offers]
    ranked.sort(key=attrgetter("offer_id"))
    ranked.sort(key=attrgetter("score"), reverse=True)  # stable: equals stay by their ids
    best: dict[OfferId, Assignment] = {}
    for assignment in ranked:
        if assignment.offer_id not in best:
            best[assignment.offer_id] = assignment
    return _InHand(shopper, generation, changed, wallet, given, best)
