"""The smallest change to a basket that would make an offer apply.

All that is missing is said at once: a shopper who adds just that gets the offer. What counts for
the set is added to the set; a unit that is added may bring pieces, grams and money with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from offers.model import Condition, Gtin, Offer, OtherReduced
from offers.shelf import Counted, Lot, Shelf

WAYS = 200  # of splitting units between two sets that overlap; some 2 ms at the worst


class Missing(NamedTuple):
    """What a basket lacks for one use of an offer; nothing is missing where all are 0.

    `quantity` is in units or pieces, as the condition counts, `distinct` in GTINs that are not in
    the basket yet, `other` in units of the second set. `minor` is money to be spent on the set,
    `basket_minor` on anything. Added units of new kinds are in `quantity`, too, and money spent on
    the set is spent in the basket.
    """

    quantity: int = 0
    distinct: int = 0
    grams: int = 0
    minor: int = 0
    other: int = 0
    basket_minor: int = 0

    @property
    def items(self) -> int:
        """Give the least number of things to add: pieces count as if each came alone."""
        grown = self.grams or self.minor
        return max(self.quantity, self.distinct, 1 if grown else 0) + self.other


def missing_of(offer: Offer, counted: Counted, shelf: Shelf) -> Missing:
    """Find the smallest change to a basket in which something counts for an offer."""
    if isinstance(offer.reward, OtherReduced):
        missing = _beside_the_other(offer, offer.reward.quantity, counted, shelf)
    else:
        missing = gap(offer.condition, [(shelf.lots[n], shelf.lots[n].units) for n in counted.lots])
    basket = offer.condition.basket_min_minor - shelf.spend_minor
    return missing._replace(basket_minor=basket) if basket > 0 else missing


def gap(condition: Condition, chosen: Iterable[tuple[Lot, int]]) -> Missing:
    """Compare so many units of some lots with what one use asks for."""
    quantity = grams = spend = 0
    kinds = set()
    pieces = condition.count == "pieces"
    for lot, units in chosen:
        quantity += units * lot.pieces if pieces else units
        grams += units * lot.grams
        spend += units * lot.price_minor
        kinds.add(lot.gtin)
    return Missing(
        max(0, condition.min_quantity - quantity),
        max(0, condition.min_distinct - len(kinds)),
        max(0, condition.min_weight_g - grams),
        max(0, condition.min_spend_minor - spend),
    )


def _beside_the_other(offer: Offer, wanted: int, counted: Counted, shelf: Shelf) -> Missing:
    """Leave the units that are to be reduced out of those that qualify, where a unit could be both.

    The units of the second set alone are reduced first. Then units of both sets: the way that
    leaves least to add, found by trying them, those first that the condition misses least.
    """
    lots, other = shelf.lots, set(shelf.count_other(offer).lots)
    both = _by_use(offer.condition, sorted(other.intersection(counted.lots)), lots)
    short = max(0, wanted - sum(lots[n].units for n in other.difference(both)))
    alone = [(lots[n], lots[n].units) for n in counted.lots if n not in other]
    found = []
    for spared in islice(_ways([lots[n].units for n in both], short), WAYS):
        rest = [(lots[n], lots[n].units - less) for n, less in zip(both, spared, strict=True)]
        left = [(lot, units) for lot, units in rest if units]
        found.append(gap(offer.condition, alone + left)._replace(other=short - sum(spared)))
        if found[-1] == NOTHING_MISSING:
            break
    return min(found, key=lambda it: (it.items, it.minor, it.grams, it.quantity, it.distinct))


def _by_use(condition: Condition, some: list[int], lots: list[Lot]) -> list[int]:
    """Sort lots: the only unit of its kind, many pieces, much weight and a high price go last."""
    units = Counter[Gtin]()
    for n in some:
        units[lots[n].gtin] += lots[n].units

    def use(n: int) -> tuple[bool, int, int, int]:
        lot = lots[n]
        return (
            condition.min_distinct > 1 and units[lot.gtin] == 1,
            lot.pieces if condition.count == "pieces" else 0,
            lot.grams if condition.min_weight_g else 0,
            lot.price_minor,
        )

    return sorted(some, key=use)


def _ways(units: list[int], most: int) -> Iterator[tuple[int, ...]]:
    """Give every way to take up to so many from some heaps, the most from the first heap first."""
    if not units:
        yield ()
        return
    for taken in range(min(units[0], most), -1, -1):
        for rest in _ways(units[1:], most - taken):
            yield (taken, *rest)


NOTHING_MISSING = Missing()
