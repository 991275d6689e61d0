"""Whether a store can keep the promise of a coupon: what is on the shelf, and how fast it sells.

A product without a figure counts as available: a store that does not know its stock still prints.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Literal

from offers.context import Availability, IssueContext
from offers.model import Gtin
from offers.reasons import Finding, Reason, found

SOLD_DAYS = 28  # what `sold_28d` counts
State = Literal["there", "old", "gone", "short"]


def missing(gtins: Collection[Gtin], context: IssueContext) -> Finding | None:
    """Say that none of some products is there for the coupon's days; None if one is, or may be.

    A figure that is too old speaks for nothing: alone, it gives STALE_DATA.
    """
    states: dict[State, Gtin] = {}  # with the first product that is so
    for gtin in gtins:
        its = state(context.availability.get(gtin), context)
        if its == "there":
            return None
        states.setdefault(its, gtin)
    if not states:
        return None
    if "old" in states:
        return found(Reason.STALE_DATA, gtin=states["old"], what="stock")
    on_hand = sum(context.availability[gtin].on_hand for gtin in gtins)
    if "short" not in states:
        return found(Reason.OUT_OF_STOCK, gtin=states["gone"], on_hand=on_hand)
    days = cover_days(context.availability[states["short"]])
    return found(
        Reason.OUT_OF_STOCK, gtin=states["short"], on_hand=on_hand, cover_days=int(days or 0)
    )


def slow(gtins: Collection[Gtin], context: IssueContext) -> Finding | None:
    """Say that every one of some products is known to sell too slowly here; 0 units: not asked."""
    least = context.policy.low_mover_units
    if not gtins or not least:
        return None
    total = 0
    for gtin in gtins:
        known = context.availability.get(gtin)
        sold = known.sold_28d if known else None
        if sold is None or sold >= least:
            return None
        total += sold
    return found(Reason.LOW_MOVER, gtin=next(iter(gtins)), least=least, sold=total)


def state(known: Availability | None, context: IssueContext) -> State:
    """Tell how a product stands: there, gone, too short for its sales, or unknowable."""
    if known is None:
        return "there"
    policy = context.policy
    if context.moment.utc - known.as_of > timedelta(hours=policy.stock_max_age_h):
        return "old"
    if known.on_hand < policy.min_on_hand:
        return "gone"
    days = cover_days(known)
    return "short" if days is not None and days < policy.min_cover_days else "there"


def cover_days(known: Availability) -> float | None:
    """Give how many days the units on hand last at the pace of the last four weeks.

    None where the pace is unknown, or nothing was sold: it lasts for ever.
    """
    return SOLD_DAYS * known.on_hand / known.sold_28d if known.sold_28d else None
