"""Offers of which each use is one unit, whichever: they are paired with units, not searched."""

from __future__ import annotations

from collections.abc import Iterator

from offers.claims import Hand
from offers.matching import best_pairs
from offers.model import Offer
from offers.rewards import discount
from offers.shelf import Lot

Weights = dict[
    int, int
]  # by class: what a use on one of its units weighs, where it weighs anything


def unit_weights(offer: Offer, classes: tuple[int, ...], lots: list[Lot], scale: int) -> Weights:
    """Weigh a use on a unit of each class."""
    given = ((c, discount(offer.reward, ((lots[c], 1),))) for c in classes)
    return {c: minor * scale + offer.priority for c, minor in given if minor > 0}


def pair(
    weights: list[Weights], uses: list[int], free: list[int]
) -> tuple[int, Iterator[tuple[int, Hand]]]:
    """Pair offers with units for the greatest weight; give it, and the hands offer by offer."""
    wanted = {c: free[c] for mine in weights for c in mine}
    total, pairs = best_pairs(weights, uses, wanted)
    hands = (
        (which, Hand(((c, -1),)))
        for (which, c), units in sorted(pairs.items())
        for _ in range(units)
    )
    return total, hands
