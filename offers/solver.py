"""The best set of offers for a basket.

Of all sets that the rules allow, the one that gives the shopper most is applied:

- a unit carries at most one personal discount, and a unit that one use takes is used up;
- an offer is used at most `max_uses_per_basket` times, and never more often than its shopper and
  its first N have left;
- of the offers of one group at most one is applied;
- at most one basket reward, computed on what the other offers leave; it uses up no unit;
- points are added to the discounts chosen (`offers.points`);
- an offer that is not combinable applies alone, without a basket reward or points beside it.

Most is the most money, then the greater sum of priorities of the discounts' uses, then the most
points. Between sets that give the same, offers together win over one that stands alone, and of
several such the lower id; of basket rewards the higher priority, then the lower id; then the set
that the search meets first: greedy sets, then offers in the order of `search.slots_of`, units the
dearest first, equal ones by GTIN and line id. Offers that compete for no common unit, and are of no
common group, are searched apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from offers.components import Bid, Part, Use, components, is_single, paired
from offers.context import Search
from offers.points import earn, is_points
from offers.rewards import basket_off, most_uses
from offers.search import NODE_BUDGET
from offers.shelf import Lot, is_basket_reward


class Solution(NamedTuple):
    """The applied set."""

    uses: tuple[Use, ...]
    search: Search


class _Plan(NamedTuple):
    """One of the sets to choose from: what it gives, what bounds it, and whether it is proven."""

    uses: tuple[Use, ...]
    total_minor: int
    priority: int
    bound_minor: int
    nodes: int
    finished: bool
    points: int = 0


def solve(bids: list[Bid], lots: list[Lot], budget: int = NODE_BUDGET) -> Solution:
    """Give the set of uses that gives most; about `budget` search steps, shared.

    Args:
        bids: each offer at most once.
        lots: every unit of the basket that a discount may touch.
        budget: where it cuts, `search.finished` is False and `bound_minor` what no set can beat.
    """
    together = [n for n, bid in enumerate(bids) if bid.offer.combinable]
    alone = [n for n, bid in enumerate(bids) if not bid.offer.combinable]
    plans = [_plan(together, bids, lots, budget)]
    for n in sorted(alone, key=lambda n: bids[n].offer.offer_id):
        budget -= plans[-1].nodes
        plans.append(_plan([n], bids, lots, budget))
    best = max(plans, key=lambda plan: (plan.total_minor, plan.priority, plan.points))
    search = Search(
        nodes=sum(plan.nodes for plan in plans),
        finished=all(plan.finished for plan in plans),
        best_minor=best.total_minor,
        bound_minor=max(plan.bound_minor for plan in plans),
    )
    return Solution(best.uses, search)


def _plan(chosen: list[int], bids: list[Bid], lots: list[Lot], budget: int) -> _Plan:
    """Find the best discounts of some bids, and the points that stand beside them."""
    on_points = [n for n in chosen if is_points(bids[n].offer)]
    on_basket = [n for n in chosen if is_basket_reward(bids[n].offer)]
    on_units = [n for n in chosen if n not in on_basket and n not in on_points]
    plans = []
    for units, baskets in _without_clash(on_units, on_basket, bids):
        plans.append(_discounts(units, baskets, bids, lots, budget))
        budget -= plans[-1].nodes
    best = max(plans, key=lambda plan: (plan.total_minor, plan.priority))
    taken = {bids[use.bid].offer.group for use in best.uses}
    earned = earn(on_points, taken, bids, lots, budget)
    return best._replace(
        uses=(*best.uses, *earned.uses),
        bound_minor=max(plan.bound_minor for plan in plans),
        nodes=sum(plan.nodes for plan in plans) + earned.nodes,
        finished=all(plan.finished for plan in plans) and earned.finished,
        points=sum(use.points for use in earned.uses),
    )


def _without_clash(
    on_units: list[int], on_basket: list[int], bids: list[Bid]
) -> Iterator[tuple[list[int], list[int]]]:
    """Part offers on units from basket rewards of their groups: all the ways to keep one side."""
    groups = {bids[n].offer.group for n in on_units} - {""}
    yield on_units, [n for n in on_basket if bids[n].offer.group not in groups]
    for group in sorted(groups & {bids[n].offer.group for n in on_basket}):
        yield (
            [n for n in on_units if bids[n].offer.group != group],
            [n for n in on_basket if bids[n].offer.group == group],
        )


def _discounts(
    on_units: list[int], on_basket: list[int], bids: list[Bid], lots: list[Lot], budget: int
) -> _Plan:
    """Find the best uses on units, then the best basket reward on what they leave."""
    most = {n: most_uses(bids[n].offer, bids[n].left) for n in on_units}
    scale = 1 + sum(bids[n].offer.priority * most[n] for n in on_units)
    singles = {n for n in on_units if is_single(bids[n].offer)}
    uses: list[Use] = []
    bound, nodes, finished = 0, 0, True
    for part in components(on_units, bids):
        if all(n in singles for n in part):
            mine = paired(part, bids, lots, scale)
            bound += sum(use.discount_minor for use in mine) * scale
            nodes += len(part)
        else:
            mine, found = Part(part, bids, lots).search(scale, budget - nodes)
            bound += found.bound
            nodes += found.nodes
            finished &= found.finished
        uses += mine
    off = sum(use.discount_minor for use in uses)
    uses += _best_basket_reward(on_basket, bids, lots, off)
    total = sum(use.discount_minor for use in uses)
    priority = sum(bids[use.bid].offer.priority for use in uses)
    limit = bound // scale
    limit += max((basket_discount(bids[n], lots, limit) for n in on_basket), default=0)
    return _Plan(tuple(uses), total, priority, limit, nodes, finished)


def basket_discount(bid: Bid, lots: list[Lot], off_minor: int) -> int:
    """Compute a basket reward on what other discounts left of the basket."""
    rest = sum(lot.price_minor * lot.units for lot in lots) - off_minor
    return basket_off(bid.offer.reward, rest)


def _best_basket_reward(
    on_basket: list[int], bids: list[Bid], lots: list[Lot], off_minor: int
) -> Iterator[Use]:
    """Give the basket reward that gives most; ties by priority, then offer id."""
    able = [n for n in on_basket if bids[n].left > 0]
    ranked = [(basket_discount(bids[n], lots, off_minor), n) for n in able]
    ranked.sort(key=lambda it: (-it[0], -bids[it[1]].offer.priority, bids[it[1]].offer.offer_id))
    for minor, n in ranked[:1]:
        if minor > 0:
            yield Use(n, (), minor)
