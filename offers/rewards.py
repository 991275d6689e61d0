"""What one use of an offer takes, and what it gives.

One use takes units that count for the offer. Enough means at least `min_quantity` units that cost
at least `min_spend_minor` together. What may be taken:

- without a minimum spend: exactly `min_quantity` units;
- with a minimum spend: any set that is enough and of which no unit can be spared;
- a percentage with a minimum spend: any set that is enough, spare units or not, once a basket: the
  shopper expects the percentage on all that she bought.

The reward is computed on the units taken. A weighed item is one unit.
"""

from __future__ import annotations

from offers.model import (
    AmountOff,
    BasketAmountOff,
    BasketPercentOff,
    CheapestFree,
    FixedPrice,
    Offer,
    PercentOff,
    Reward,
)


def discount(reward: Reward, total_minor: int, cheapest_minor: int) -> int:
    """Compute a reward on units (or a basket's rest) that cost so much together.

    A percentage is rounded half up to the minor unit, once for the whole set.
    """
    match reward:
        case PercentOff(percent, max_minor) | BasketPercentOff(percent, max_minor):
            off = (total_minor * percent + 50) // 100
            return off if max_minor is None else min(off, max_minor)
        case AmountOff(amount) | BasketAmountOff(amount):
            return min(amount, total_minor)
        case FixedPrice(price):
            return max(0, total_minor - price)
        case _:
            return cheapest_minor


def takes_spare_units(offer: Offer) -> bool:
    """Tell whether one use may take more than enough: a percentage with a minimum spend."""
    return offer.condition.min_spend_minor > 0 and isinstance(offer.reward, PercentOff)


def takes_one_unit(offer: Offer) -> bool:
    """Tell whether a use is one unit, whichever: such offers are matched, not searched."""
    return offer.condition.min_quantity == 1 and not offer.condition.min_spend_minor


def most_uses(offer: Offer) -> int:
    """Give how often an offer may be used in one basket."""
    return 1 if takes_spare_units(offer) else offer.max_uses_per_basket


def unit_bound(offer: Offer, price_minor: int) -> int:
    """Bound what a unit can add, in hundredths of a minor unit.

    One use never gives more than the sum of its units' bounds. Hundredths keep percentages exact;
    50 of them are the rounding of one use, shared by its units.
    """
    quantity, spend = offer.condition.min_quantity, offer.condition.min_spend_minor
    match offer.reward:
        case PercentOff(percent, max_minor):
            bound = price_minor * percent + -(-50 // quantity)
            return bound if max_minor is None else min(bound, 100 * max_minor)
        case AmountOff(amount) if takes_one_unit(offer):
            return 100 * min(amount, price_minor)
        case AmountOff(amount):
            return (
                -(-100 * amount * price_minor // spend) if spend else -(-100 * amount // quantity)
            )
        case FixedPrice(price):
            return (
                100 * price_minor if spend else max(0, 100 * price_minor - 100 * price // quantity)
            )
        case CheapestFree():
            return -(-100 * price_minor // quantity)
        case _:
            raise ValueError("a basket reward has no bound per unit")
