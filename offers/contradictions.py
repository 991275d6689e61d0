"""What of an offer's rule contradicts the rest of it: named rules, read from the offer alone.

Headquarters' lint refuses every contradiction, with the offer's file and line. A lane that meets one
anyway refuses the offer only where the rule can never hold, or where nobody can say what it means
(`closes`); what is merely pointless, as a basket reward with three uses, has one clear reading, and
a promise on paper is kept.

What needs more than the offer is not asked here: unknown products, stores and currencies, and a
serial on an offer that no coupon is printed for, which a lane never looks at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from offers.model import (
    AmountOff,
    AmountOffPerKg,
    BasketAmountOff,
    BasketPercentOff,
    CheapestFree,
    Daypart,
    FixedPrice,
    NForM,
    NthPercent,
    Offer,
    OtherReduced,
    PercentOff,
    Points,
    ProductSet,
    Selector,
)

CURRENCY = re.compile(r"[A-Z]{3}")  # ISO 4217
ON_BASKET = (BasketAmountOff, BasketPercentOff)
OF_SEVERAL = (CheapestFree, NForM, NthPercent)
PLAIN = (AmountOff, BasketAmountOff, CheapestFree, NForM, Points)
NOTHING = Selector()
MIDNIGHT = 1440  # the minute at which a day ends


class Contradiction(NamedTuple):
    """A field (its path in the offer's TOML), what is wrong with it, and what to do.

    `closes`: the lane refuses the offer, too.
    """

    field: str
    what: str
    do: str
    closes: bool = True


Found = Iterator[Contradiction]
Rule = Callable[[Offer], Found]


def contradictions(offer: Offer) -> tuple[Contradiction, ...]:
    """List what contradicts itself, in the order of the rules below; empty where nothing does."""
    return tuple([found for rule, asked in RULES if asked(offer) for found in rule(offer)])


def reversed_dates(offer: Offer) -> Found:
    """An offer ends on or after the day it starts."""
    if offer.ends < offer.starts:
        what = f"it ends on {offer.ends}, before it starts on {offer.starts}"
        yield Contradiction("ends", what, "swap the dates")


def empty_dayparts(offer: Offer) -> Found:
    """A daypart has a weekday and a minute in it."""
    for n, daypart in enumerate(offer.condition.dayparts):
        path = f"condition.dayparts[{n}]"
        if not daypart.weekdays:
            do = "name the days, 0 is Monday, or leave weekdays out for all of them"
            yield Contradiction(f"{path}.weekdays", "no weekday is named", do)
        if not _minutes(daypart):
            what = f"no minute lies from {daypart.from_minute} to {daypart.to_minute}"
            do = "the end minute is not in it: for a whole day write 0 and 1440"
            yield Contradiction(f"{path}.to_minute", what, do)


def _minutes(daypart: Daypart) -> int:
    since, until = daypart.from_minute, daypart.to_minute
    return until - since if since <= until else MIDNIGHT - since + until


def empty_sets(offer: Offer) -> Found:
    """A set has products; only a basket reward may name none and count them all."""
    if not isinstance(offer.reward, ON_BASKET) or offer.products.include != NOTHING:
        yield from _empty(offer.products, "products")
    if isinstance(offer.reward, OtherReduced):
        yield from _empty(offer.reward.products, "reward.products")


def _sets_in_doubt(offer: Offer) -> bool:
    products = offer.products
    other = isinstance(offer.reward, OtherReduced)
    return other or products.exclude != NOTHING or products.include == NOTHING


def _empty(products: ProductSet, path: str) -> Found:
    if products.include == NOTHING:
        do = "name gtins, brands, categories or attributes"
        yield Contradiction(f"{path}.include", "it includes no product", do)
    elif _covers(products.exclude, products.include):
        what = "it excludes everything that the set includes"
        yield Contradiction(f"{path}.exclude", what, "exclude less, or include more")


def _covers(exclude: Selector, include: Selector) -> bool:
    """Tell whether each part of `include` is excluded by name, or a category by one above it."""
    return (
        all(gtin in exclude.gtins for gtin in include.gtins)
        and all(brand in exclude.brands for brand in include.brands)
        and all(attribute in exclude.attributes for attribute in include.attributes)
        and all(
            any(f"{path}/".startswith(f"{above}/") for above in exclude.categories)
            for path in include.categories
        )
    )


def too_many_kinds(offer: Offer) -> Found:
    """So many different products are at least so many units, and the set holds so many."""
    condition, include = offer.condition, offer.products.include
    kinds = condition.min_distinct
    if kinds > condition.min_quantity:
        what = f"{kinds} different products are more than min_quantity = {condition.min_quantity}"
        do = f"raise condition.min_quantity to {kinds}, or lower min_distinct"
        yield Contradiction("condition.min_distinct", what, do)
    named = len(set(include.gtins).difference(offer.products.exclude.gtins))
    if include.gtins and include == Selector(include.gtins) and kinds > max(named, 1):
        what = f"{kinds} different products are asked for, and the set names {named}"
        yield Contradiction("condition.min_distinct", what, f"lower it to {named}, or name more")


def limits_crossed(offer: Offer) -> Found:
    """A limit is not above the wider one that holds it."""
    basket, shopper, chain = (
        offer.max_uses_per_basket,
        offer.max_uses_per_shopper,
        offer.max_redemptions,
    )
    if shopper is not None and basket > shopper:
        what = f"{basket} uses in a basket are more than {shopper} of a shopper"
        yield Contradiction("max_uses_per_basket", what, f"lower it to {shopper}")
    if shopper is not None and chain is not None and shopper > chain:
        what = f"{shopper} uses of a shopper are more than {chain} of all shoppers"
        yield Contradiction("max_uses_per_shopper", what, f"lower it to {chain}")


def pointless_uses(offer: Offer) -> Found:
    """A basket has one rest: its reward is computed once."""
    if isinstance(offer.reward, ON_BASKET) and offer.max_uses_per_basket > 1:
        what = f"a reward on the whole basket is used once, not {offer.max_uses_per_basket} times"
        yield Contradiction("max_uses_per_basket", what, "write 1", closes=False)


def reward_of_one(offer: Offer) -> Found:
    """A reward on the cheapest unit, or on those beyond the paid ones, speaks of several."""
    condition, reward = offer.condition, offer.reward
    if isinstance(reward, NForM):
        if reward.pay_for >= condition.min_quantity:
            what = f"{reward.pay_for} of {condition.min_quantity} are paid: nothing is free"
            do = "raise condition.min_quantity above it"
            yield Contradiction("reward.pay_for", what, do)
        elif condition.count == "pieces":
            what = "it counts units as they are scanned, and min_quantity counts pieces"
            yield Contradiction("reward.pay_for", what, 'write count = "units"', closes=False)
    one = condition.min_quantity == 1 and not (
        condition.min_spend_minor or condition.basket_min_minor or condition.min_weight_g
    )
    if one and isinstance(reward, CheapestFree | NthPercent):
        what = "the cheapest of one unit is that unit"
        do = 'raise condition.min_quantity, or write type = "percent_off"'
        yield Contradiction("reward.type", what, do, closes=False)


def reward_of_nothing(offer: Offer) -> Found:
    """A reward can be worth something."""
    condition, reward = offer.condition, offer.reward
    if isinstance(reward, PercentOff | NthPercent | OtherReduced | BasketPercentOff):
        if reward.max_minor == 0:
            do = "raise it, or leave it out"
            yield Contradiction("reward.max_minor", "at most nothing is off", do, closes=False)
    elif isinstance(reward, FixedPrice):
        spend = condition.min_spend_minor
        if 0 < spend <= reward.price_minor:
            what = f"a price of {reward.price_minor} is not below the {spend} to be spent"
            do = "raise condition.min_spend_minor above it"
            yield Contradiction("reward.price_minor", what, do, closes=False)
    elif isinstance(reward, AmountOffPerKg) and condition.count == "pieces":
        what = "an amount off a kilogram goes with weighed items, which have no pieces"
        yield Contradiction("condition.count", what, 'write count = "units", or min_weight_g')


def funded_too_much(offer: Offer) -> Found:
    """The shares of a redemption sum to at most the whole."""
    total = sum(share.percent for share in offer.funding)
    if total > 100:
        what, do = f"the shares sum to {total} %", "bring them to 100 or less"
        yield Contradiction("funding", what, do, closes=False)


def no_currency(offer: Offer) -> Found:
    """A currency is three capital letters; none is that of the store."""
    if offer.currency and not CURRENCY.fullmatch(offer.currency):
        what = f"{offer.currency!r} is no currency"
        do = 'write its ISO 4217 code, as "EUR", or leave it out'
        yield Contradiction("currency", what, do)


# A rule, and which offers it has anything to say about: five hundred are asked at a beep.
RULES: tuple[tuple[Rule, Callable[[Offer], object]], ...] = (
    (reversed_dates, lambda offer: offer.ends < offer.starts),
    (empty_dayparts, lambda offer: offer.condition.dayparts),
    (empty_sets, _sets_in_doubt),
    (too_many_kinds, lambda offer: offer.condition.min_distinct > 1),
    (limits_crossed, lambda offer: offer.max_uses_per_shopper),
    (pointless_uses, lambda offer: offer.max_uses_per_basket > 1),
    (reward_of_one, lambda offer: isinstance(offer.reward, OF_SEVERAL)),
    (reward_of_nothing, lambda offer: not isinstance(offer.reward, PLAIN)),
    (funded_too_much, lambda offer: offer.funding),
    (no_currency, lambda offer: offer.currency),
)
