"""What closes an offer by itself: asked before a basket gets it, and before a slip carries it.

Its rule, its currency, its store, its dates, and what was withdrawn; the shopper and the basket are
looked at elsewhere (`offers.gates`, `offers.issue_rules`).
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from offers.context import StoreFacts
from offers.contradictions import contradictions
from offers.kept import Kept
from offers.model import Assignment, Gtin, Offer
from offers.reasons import Finding, Reason, found

DATES_KEPT = 1024  # first and last days of offers: a year has 365


def withdrawn(offer: Offer, killed: frozenset[str], recalled: frozenset[Gtin]) -> Finding | None:
    """Give RECALLED for a killed offer, and for one that names recalled GTINs only."""
    if offer.offer_id in killed:
        return found(Reason.RECALLED, what="offer")
    include = offer.products.include
    if not recalled or include.brands or include.categories or include.attributes:
        return None
    named = set(include.gtins).difference(offer.products.exclude.gtins)
    if named and named <= recalled:
        return found(Reason.RECALLED, gtin=min(named), what="product")
    return None


def _fault(offer: Offer) -> Finding | None:
    fault = next((it for it in contradictions(offer) if it.closes), None)
    return fault and found(Reason.OFFER_INVALID, field=fault.field, what=fault.what)


_FAULTS = Kept(_fault)


def fault(offer: Offer) -> Finding | None:
    """Give OFFER_INVALID for the first contradiction in an offer's rule that closes a lane."""
    return _FAULTS.of(offer)


def foreign(offer: Offer, store: StoreFacts) -> Finding | None:
    """Give OFFER_INVALID for an offer whose amounts are in another currency than the store's."""
    if offer.currency in {"", store.currency}:
        return None
    what = f"its amounts are in {offer.currency}, the store's in {store.currency}"
    return found(Reason.OFFER_INVALID, field="currency", what=what)


def not_here(offer: Offer, store: StoreFacts) -> Finding | None:
    """Give WRONG_STORE for an offer of other stores, or of other groups of stores."""
    if offer.stores and store.store not in offer.stores:
        return found(Reason.WRONG_STORE, store=store.store, stores=", ".join(sorted(offer.stores)))
    if offer.store_groups and set(offer.store_groups).isdisjoint(store.groups):
        groups = ", ".join(sorted(offer.store_groups))
        return found(Reason.WRONG_STORE, groups=groups, store=store.store)
    return None


def dates(offer: Offer, assignment: Assignment | None, today: date) -> Finding | None:
    """Give NOT_STARTED or EXPIRED by the dates of the offer and of its assignment, both inclusive."""
    starts, ends = offer.starts, offer.ends
    if assignment is not None:
        starts = assignment.starts if assignment.starts > starts else starts
        ends = assignment.ends if assignment.ends < ends else ends
    if today < starts:
        return _not_started(starts)
    if today > ends:
        return _expired(ends)
    return None


@lru_cache(DATES_KEPT)
def _not_started(starts: date) -> Finding:
    return found(Reason.NOT_STARTED, starts=starts.isoformat())


@lru_cache(DATES_KEPT)
def _expired(ended: date) -> Finding:
    return found(Reason.EXPIRED, ended=ended.isoformat())
