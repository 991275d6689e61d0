"""Loyalty points: no money, no unit used up, beside any discount.

An offer of points is used as often as there are disjoint sets of units that are enough for it, up to
its most uses; `offers.search` finds how many, as if it were alone in the basket. Of offers of one
group the one that gives most points counts; ties by priority, then the lower id. A group of which a
discount is applied gives no points.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from offers.components import Bid, Part, Use
from offers.model import Offer, Points
from offers.shelf import Lot


class Earned(NamedTuple):
    """What points were found, and how far the search for them got."""

    uses: list[Use]
    nodes: int
    finished: bool


def is_points(offer: Offer) -> bool:
    """Tell whether an offer gives points instead of a discount."""
    return isinstance(offer.reward, Points)


def earn(
    chosen: list[int], taken: Collection[str], bids: list[Bid], lots: list[Lot], budget: int
) -> Earned:
    """Give the uses of offers of points.

    Args:
        chosen: bids whose offers give points.
        taken: groups of which a discount is applied.
        bids: all of them.
        lots: the units of the basket.
        budget: search steps, shared.
    """
    best: dict[tuple[str, int], tuple[tuple[int, int], list[Use]]] = {}
    nodes, finished = 0, True
    for n in sorted(chosen, key=lambda n: bids[n].offer.offer_id):
        offer = bids[n].offer
        if offer.group and offer.group in taken:
            continue
        uses, found = Part([n], bids, lots).search(1, budget - nodes)
        nodes += found.nodes
        finished &= found.finished
        rank = (sum(use.points for use in uses), offer.priority)
        key = (offer.group, -1) if offer.group else ("", n)
        if uses and (key not in best or rank > best[key][0]):
            best[key] = (rank, uses)
    return Earned([use for _, uses in best.values() for use in uses], nodes, finished)
