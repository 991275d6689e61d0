"""A reward as a sum over units: what bounds it in the search, and where its percentages round.

All amounts are hundredths of a minor unit, so that percentages are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from math import gcd
from typing import Any, NamedTuple

from offers.model import (
    AmountOff,
    AmountOffPerKg,
    CheapestFree,
    FixedPrice,
    NForM,
    NthPercent,
    Offer,
    OtherReduced,
    PercentOff,
    Points,
)
from offers.rewards import Pile
from offers.shelf import Lot

NEVER = 1_000_000  # a rank that no unit of a use has


class Terms(NamedTuple):
    """A bound of what a use gives: `const` and the gains of its units together.

    Of the units that count, dearest first, those from rank `first` on gain `percent` of their price
    and `per_kg` of their weight. Units of another set gain `other` percent.
    """

    const: int
    first: int = NEVER
    percent: int = 0
    per_kg: int = 0
    other: int = 0

    def gain(self, lot: Lot) -> int:
        """Give what a unit that counts may gain."""
        return lot.price_minor * self.percent - (-lot.grams * self.per_kg // 10)


def rounding(percent: int) -> int:
    """Give the most that rounding half up may add to such a percentage."""
    step = gcd(percent, 100)
    return 100 - -(-50 // step) * step


class Case(NamedTuple):
    """An offer as its terms depend on it: how many units a use takes, if that is fixed, of which."""

    offer: Offer
    units: int | None
    pile: Pile  # all units that count, the dearest first


def terms_of(case: Case) -> tuple[Terms, ...]:
    """Bound an offer's reward: each of the terms is a bound of its own."""
    reward = case.offer.reward
    return TERMS[type(reward)](reward, case)


def _percent_off(reward: PercentOff, _: Case) -> tuple[Terms, ...]:
    return _capped(Terms(rounding(reward.percent), 0, reward.percent), reward.max_minor)


def _fixed_price(reward: FixedPrice, case: Case) -> tuple[Terms, ...]:
    return Terms(-100 * reward.price_minor, 0, 100), *_by_spend(case, reward.price_minor)


def _cheapest_free(_: CheapestFree, case: Case) -> tuple[Terms, ...]:
    return (Terms(0, case.units - 1, 100) if case.units else Terms(100 * _cheapest(case)),)


def _n_for_m(reward: NForM, case: Case) -> tuple[Terms, ...]:
    return Terms(0, reward.pay_for if case.units else 0, 100), *_by_spend(case, 0)


def _nth_percent(reward: NthPercent, case: Case) -> tuple[Terms, ...]:
    percent, odd = reward.percent, rounding(reward.percent)
    if case.units:
        return _capped(Terms(odd, case.units - 1, percent), reward.max_minor)
    return _capped(Terms(odd + percent * _cheapest(case)), reward.max_minor)


def _other_reduced(reward: OtherReduced, _: Case) -> tuple[Terms, ...]:
    return _capped(Terms(rounding(reward.percent), other=reward.percent), reward.max_minor)


TERMS: dict[type, Callable[[Any, Case], tuple[Terms, ...]]] = {
    PercentOff: _percent_off,
    AmountOff: lambda reward, _: (Terms(100 * reward.amount_minor), Terms(0, 0, 100)),
    FixedPrice: _fixed_price,
    CheapestFree: _cheapest_free,
    NForM: _n_for_m,
    NthPercent: _nth_percent,
    AmountOffPerKg: lambda reward, _: (
        Terms(50, 0, per_kg=reward.amount_minor),
        Terms(0, 0, 100),
    ),
    OtherReduced: _other_reduced,
    Points: lambda reward, _: (Terms(100 * reward.points),),
}


def _capped(terms: Terms, max_minor: int | None) -> tuple[Terms, ...]:
    return (terms,) if max_minor is None else (terms, Terms(100 * max_minor))


def _least_units(offer: Offer) -> int:
    """Give how many units a use takes at least."""
    condition = offer.condition
    quantity = 1 if condition.count == "pieces" else condition.min_quantity
    return max(quantity, condition.min_distinct)


def _cheapest(case: Case) -> int:
    """Bound the price of a use's cheapest unit: of so many units, it costs no more than the last."""
    left = _least_units(case.offer)
    for lot, units in case.pile:
        left -= units
        if left <= 0:
            return lot.price_minor
    return 0


def _by_spend(case: Case, price_minor: int) -> tuple[Terms, ...]:
    """Bound what units cost together of which none can be spared: without one they cost too little."""
    condition = case.offer.condition
    others = (condition.min_quantity, condition.min_distinct, condition.min_weight_g)
    if not condition.min_spend_minor or others != (1, 1, 0) or not case.pile:
        return ()
    most = condition.min_spend_minor - 1 + case.pile[0][0].price_minor
    return (Terms(100 * (most - price_minor)),)
