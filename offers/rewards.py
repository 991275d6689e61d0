"""What one use of an offer takes, and what it gives.

One use takes units that count for the offer. They are *enough* when all of this holds:

- they are at least `min_quantity`: units, or the pieces that they hold (`count`);
- they cost at least `min_spend_minor` together;
- there are at least `min_distinct` different GTINs among them;
- they weigh at least `min_weight_g` together.

What may be taken:

- any set that is enough and of which no unit can be spared: the rest is not enough, whichever unit
  is left out. Where only units are counted, that is exactly `min_quantity` of them, or
  `min_distinct` if that is more;
- a percentage, or an amount a kilogram, with a minimum spend or weight: any set that is enough,
  spare units or not, once a basket. The shopper expects it on all that she bought;
- "another product reduced": beside the units above, which are paid in full, just `quantity` units of
  the other set. No unit is on both sides.

The reward is computed on the units taken: `n_for_m` pays the dearest `pay_for` units, `nth_percent`
and `cheapest_free` lower the cheapest one, `amount_off_per_kg` only the weighed ones. A weighed item
is one unit, and so is a multi-pack: a reward never cuts one up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from offers.model import (
    AmountOff,
    AmountOffPerKg,
    BasketAmountOff,
    BasketPercentOff,
    CheapestFree,
    Condition,
    FixedPrice,
    NForM,
    NthPercent,
    Offer,
    OtherReduced,
    PercentOff,
    Points,
    Reward,
)
from offers.shelf import Lot

Pile = Sequence[tuple[Lot, int]]  # units of lots, the dearest first


def cost(pile: Pile) -> int:
    """Sum what units cost."""
    return sum(lot.price_minor * units for lot, units in pile)


def percent_of(percent: int, amount_minor: int, max_minor: int | None = None) -> int:
    """Take a percentage, rounded half up to the minor unit once for the whole amount."""
    off = (amount_minor * percent + 50) // 100
    return off if max_minor is None else min(off, max_minor)


def discount(reward: Reward, pile: Pile) -> int:
    """Compute a reward on the units that it lowers; points give their number.

    Args:
        reward: not one on the basket.
        pile: what one use takes; for another product reduced, the units of the other set alone.

    Raises:
        ValueError: the reward is on the basket.
    """
    gives = GIVES.get(type(reward))
    if gives is None:
        raise ValueError(f"{type(reward).__name__} lowers no units")
    return gives(reward, pile)


def _percent_off(reward: PercentOff | OtherReduced, pile: Pile) -> int:
    return percent_of(reward.percent, cost(pile), reward.max_minor)


def _nth_percent(reward: NthPercent, pile: Pile) -> int:
    return percent_of(reward.percent, pile[-1][0].price_minor, reward.max_minor)


def _amount_off_per_kg(reward: AmountOffPerKg, pile: Pile) -> int:
    weighed = [(lot, units) for lot, units in pile if lot.grams]
    grams = sum(lot.grams * units for lot, units in weighed)
    return min((reward.amount_minor * grams + 500) // 1000, cost(weighed))


GIVES: dict[type, Callable[[Any, Pile], int]] = {
    PercentOff: _percent_off,
    AmountOff: lambda reward, pile: min(reward.amount_minor, cost(pile)),
    FixedPrice: lambda reward, pile: max(0, cost(pile) - reward.price_minor),
    CheapestFree: lambda _, pile: pile[-1][0].price_minor,
    NForM: lambda reward, pile: cost(pile) - _dearest(pile, reward.pay_for),
    NthPercent: _nth_percent,
    AmountOffPerKg: _amount_off_per_kg,
    OtherReduced: _percent_off,
    Points: lambda reward, _: reward.points,
}


def _dearest(pile: Pile, units: int) -> int:
    """Sum the dearest so many units of a pile."""
    total = 0
    for lot, count in pile:
        total += lot.price_minor * min(count, units)
        units -= min(count, units)
    return total


def basket_off(reward: Reward, rest_minor: int) -> int:
    """Compute a basket reward on what the other offers left of the basket; 0 for the others."""
    match reward:
        case BasketPercentOff(percent, max_minor):
            return percent_of(percent, rest_minor, max_minor)
        case BasketAmountOff(amount):
            return min(amount, rest_minor)
        case _:
            return 0


def takes_spare_units(offer: Offer) -> bool:
    """Tell whether one use may take more than enough."""
    condition = offer.condition
    bounded = condition.min_spend_minor > 0 or condition.min_weight_g > 0
    return bounded and isinstance(offer.reward, PercentOff | AmountOffPerKg)


def units_of_use(offer: Offer) -> int | None:
    """Give how many units each use takes that counts; None where that depends on the units."""
    condition = offer.condition
    if condition.min_spend_minor or condition.min_weight_g or condition.count == "pieces":
        return None
    return max(condition.min_quantity, condition.min_distinct)


def dearest_gives_most(offer: Offer) -> bool:
    """Tell whether the dearest so many units always give most: not where kinds or weight decide."""
    return offer.condition.min_distinct == 1 and not isinstance(offer.reward, AmountOffPerKg)


def takes_one_unit(offer: Offer) -> bool:
    """Tell whether a use is one unit, whichever."""
    return units_of_use(offer) == 1 and not isinstance(offer.reward, OtherReduced)


def most_uses(offer: Offer, left: int) -> int:
    """Give how often an offer may be used in one basket, where so many uses are left to it."""
    return min(1 if takes_spare_units(offer) else offer.max_uses_per_basket, left)


def is_enough(condition: Condition, pile: Pile) -> bool:
    """Tell whether units are enough for one use."""
    pieces = condition.count == "pieces"
    return (
        sum(units * (lot.pieces if pieces else 1) for lot, units in pile) >= condition.min_quantity
        and cost(pile) >= condition.min_spend_minor
        and len({lot.gtin for lot, _ in pile}) >= condition.min_distinct
        and sum(lot.grams * units for lot, units in pile) >= condition.min_weight_g
    )


def most_sets(condition: Condition, pile: Pile) -> int:
    """Bound how many sets that are enough there can be, no unit in two of them."""
    units = sum(count for _, count in pile)
    pieces = condition.count == "pieces"
    counted = sum(lot.pieces * count for lot, count in pile) if pieces else units
    most = min(counted // condition.min_quantity, units // condition.min_distinct)
    if condition.min_spend_minor:
        most = min(most, cost(pile) // condition.min_spend_minor)
    if condition.min_weight_g:
        grams = sum(lot.grams * count for lot, count in pile)
        most = min(most, grams // condition.min_weight_g)
    return most


def can_spare(condition: Condition, pile: Pile) -> bool:
    """Tell whether units are still enough without one of them."""
    return any(is_enough(condition, _less(pile, at)) for at in range(len(pile)))


def _less(pile: Pile, at: int) -> Pile:
    lot, units = pile[at]
    return [*pile[:at], *([(lot, units - 1)] if units > 1 else []), *pile[at + 1 :]]
