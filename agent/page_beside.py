"""What the page tells of a sale beside its decision: the next slip, what came back, what others hold.

A shopper asks about these as about any refused coupon: "why did I get none", "my discount is gone",
"I was promised it". Each is a verdict, so that it has its sentence and its dispute script.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agent.sales import Answered
from agent.till_types import VerdictOut
from cache.generation import Generation
from offers.basket import Basket
from offers.catalogue import may_see
from offers.context import StoreFacts
from offers.model import Offer, ShopperKey
from offers.offer_sets import sets_of
from offers.outright import dates, not_here
from offers.reasons import Reason, Verdict
from offers.shelf import counts
from staff_help.ask import in_bank

MOST_OF_OTHERS = 3  # beyond that the search box is quicker than the list


def next_slip(told: Iterable[VerdictOut]) -> tuple[Verdict, ...]:
    """Give what was not printed for the next visit, as it was told at the tender."""
    return tuple(
        Verdict(it.offer_id, 0, it.outcome, it.reason, it.evidence)
        for it in told
        if it.outcome == "withheld"
    )


def of_others(
    generation: Generation,
    answered: Answered,
    shopper: ShopperKey | None,
    known: Iterable[Verdict],
) -> tuple[Verdict, ...]:
    """Give released offers on what is in the basket that this shopper was not given.

    Who is held out of an experiment sees the offer here as anybody does who was not given it. Where
    no shopper is known, nobody can tell what the card would hold.
    """
    if shopper is None:
        return ()
    basket = answered.basket
    bought = frozenset(line.gtin for line in basket.lines)
    seen = {it.offer_id for it in known if may_see(it.reason, "cashier")}
    found = sorted(
        (-units, offer.offer_id, offer.version)
        for offer in in_bank(generation.offers.values())
        if not generation.products_of(offer).keys().isdisjoint(bought)  # few pass: first of all
        if offer.offer_id not in seen and _holds(offer, basket, generation.store)
        if (units := sum(_counted(offer, basket, generation)))
    )
    return tuple(
        Verdict(offer_id, version, "not_applied", Reason.NOT_ASSIGNED)
        for _, offer_id, version in found[:MOST_OF_OTHERS]
    )


def _holds(offer: Offer, basket: Basket, store: StoreFacts) -> bool:
    return not_here(offer, store) is None and dates(offer, None, basket.key.business_date) is None


def _counted(offer: Offer, basket: Basket, generation: Generation) -> Iterator[int]:
    """Give the units of each line that one of an offer's sets counts."""
    known = generation.products_of(offer)
    for line in basket.lines:
        product = known.get(line.gtin)
        if product and any(counts(one, product.gtin, product) for one in sets_of(offer)):
            yield line.quantity
