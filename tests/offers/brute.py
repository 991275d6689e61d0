"""The rules in words, tried out: every way to hand the units of a small basket to offers.

Written from `docs` and the words of `offers.rewards`, and sharing no code with what it checks. A
unit is a tuple of GTIN, price, pieces and grams; a set of units is a bit mask.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from functools import cache
from math import floor


def units_of(lines, products):
    """Cut lines into units by counting pennies round."""
    units = []
    for line in lines:
        prices = [0] * (1 if line.weight_g is not None else line.quantity)
        for penny in range(line.amount_minor):
            prices[penny % len(prices)] += 1
        pieces = products[line.gtin].pieces
        units += [(line.gtin, price, pieces, line.weight_g or 0) for price in prices]
    return units


def kind(offer):
    """Name an offer's reward."""
    return type(offer.reward).__name__


def half_up(value):
    """Round to the nearest whole number, halves up."""
    return floor(Fraction(value) + Fraction(1, 2))


def enough(condition, some):
    """Tell whether units are enough for one use."""
    quantity = sum(pieces for _, _, pieces, _ in some) if condition.count == "pieces" else len(some)
    return (
        quantity >= condition.min_quantity
        and sum(price for _, price, _, _ in some) >= condition.min_spend_minor
        and len({gtin for gtin, _, _, _ in some}) >= condition.min_distinct
        and sum(grams for _, _, _, grams in some) >= condition.min_weight_g
    )


def may_take(offer, some):
    """Tell whether one use may take just these units."""
    condition = offer.condition
    bounded = condition.min_spend_minor or condition.min_weight_g
    if not some or not enough(condition, some):
        return False
    if bounded and kind(offer) in ("PercentOff", "AmountOffPerKg"):
        return True
    return not any(enough(condition, some[:n] + some[n + 1 :]) for n in range(len(some)))


def gives(reward, some):
    """Compute what a reward takes off units."""
    prices = sorted((price for _, price, _, _ in some), reverse=True)
    name, total = type(reward).__name__, sum(prices)
    if name in ("PercentOff", "OtherReduced", "BasketPercentOff"):
        off = half_up(Fraction(total * reward.percent, 100))
    elif name == "NthPercent":
        off = half_up(Fraction(prices[-1] * reward.percent, 100))
    elif name == "AmountOffPerKg":
        weighed = [unit for unit in some if unit[3]]
        off = half_up(Fraction(reward.amount_minor * sum(unit[3] for unit in weighed), 1000))
        off = min(off, sum(unit[1] for unit in weighed))
    else:
        off = {
            "AmountOff": lambda: min(reward.amount_minor, total),
            "BasketAmountOff": lambda: min(reward.amount_minor, total),
            "FixedPrice": lambda: max(0, total - reward.price_minor),
            "CheapestFree": lambda: prices[-1],
            "NForM": lambda: sum(prices[reward.pay_for :]),
        }[name]()
    most = getattr(reward, "max_minor", None)
    return off if most is None else min(off, most)


def chosen(units, mask):
    """Give the units of a mask."""
    return [unit for n, unit in enumerate(units) if mask >> n & 1]


def uses_of(offer, units):
    """List what one use may take and what it gives then: mask -> the most."""
    mine = sum(1 << n for n, unit in enumerate(units) if unit[0] in offer.products.include.gtins)
    found = {}
    for mask in range(1 << len(units)):
        if mask & ~mine or not may_take(offer, chosen(units, mask)):
            continue
        if kind(offer) == "Points":
            found[mask] = 1
        elif kind(offer) != "OtherReduced":
            found[mask] = gives(offer.reward, chosen(units, mask))
        else:
            others = [
                n
                for n, unit in enumerate(units)
                if unit[0] in offer.reward.products.include.gtins and not mask >> n & 1
            ]
            for reduced in itertools.combinations(others, offer.reward.quantity):
                whole = mask | sum(1 << n for n in reduced)
                off = gives(offer.reward, [units[n] for n in reduced])
                found[whole] = max(off, found.get(whole, 0))
    return found


def most_uses(offer):
    """Give how often an offer may be used."""
    bounded = offer.condition.min_spend_minor or offer.condition.min_weight_g
    once = bounded and kind(offer) in ("PercentOff", "AmountOffPerKg")
    return 1 if once else offer.max_uses_per_basket


def on_units(offers, units):
    """Give the greatest sum of all ways to give the uses of offers disjoint units."""
    tables = [uses_of(offer, units) for offer in offers]

    @cache
    def best(at, uses, free):
        if at == len(offers):
            return 0
        top = best(at + 1, 0, free)
        if uses < most_uses(offers[at]):
            for mask, off in tables[at].items():
                if off and not mask & ~free:
                    top = max(top, off + best(at, uses + 1, free & ~mask))
        return top

    return best(0, 0, (1 << len(units)) - 1)


def money(offers, units):
    """Give the greatest discount that offers, all combinable, give together: one of each group."""
    whole = sum(unit[1] for unit in units)
    groups = {}
    for offer in offers:
        groups.setdefault(offer.group or object(), []).append(offer)
    top = 0
    for some in itertools.product(*groups.values()):
        basket = [offer for offer in some if "Basket" in kind(offer)]
        off = on_units([offer for offer in some if offer not in basket], units)
        rest = [("", whole - off, 1, 0)]
        more = max((gives(offer.reward, rest) for offer in basket), default=0)
        top = max(top, off + (more if units else 0))
    return top


def brute_force(offers, lines, products):
    """Give the greatest discount that there is; offers of points give none."""
    units = units_of(lines, products)
    offers = [offer for offer in offers if kind(offer) != "Points"]
    together = [offer for offer in offers if offer.combinable]
    alone = [[offer] for offer in offers if not offer.combinable]
    return max(money(some, units) for some in [together, *alone])


def points_alone(offer, lines, products):
    """Give the points of an offer: as often as there are disjoint sets that are enough."""
    return offer.reward.points * on_units([offer], units_of(lines, products))
