"""The best set of offers for a basket.

Of all sets that the rules allow, the one that gives the shopper most is applied:

- a unit carries at most one personal discount, and a unit that one use takes is used up;
- an offer is used at most `max_uses_per_basket` times;
- at most one basket reward, computed on what the other offers leave; it uses up no unit;
- an offer that is not combinable applies alone, without a basket reward too.

Between sets that give the same, the greater sum of priorities wins; then offers together win over
one that stands alone, and of several such the lower id; then the set that the search meets first:
offers in the order of `search.in_search_order`, units the dearest first, equal ones by GTIN and line
id. Offers that compete for no common unit are searched apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from offers.context import Search
from offers.model import Offer
from offers.rewards import discount, most_uses, takes_one_unit
from offers.search import NODE_BUDGET, Component, Found, Rival, Taken
from offers.shelf import Lot, is_basket_reward

LEAST_BUDGET = 100  # steps that each component gets, whatever the others spent


class Bid(NamedTuple):
    """An offer whose conditions this basket meets, and the lots that count for it."""

    offer: Offer
    lots: tuple[int, ...]


class Use(NamedTuple):
    """One use of a bid: the units it takes, by lot, and what it gives. A basket use takes none."""

    bid: int
    taken: tuple[tuple[int, int], ...]  # (lot, units)
    discount_minor: int


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


def solve(bids: list[Bid], lots: list[Lot], budget: int = NODE_BUDGET) -> Solution:
    """Give the set of uses with the greatest discount; about `budget` search steps, shared.

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
    best = max(plans, key=lambda plan: (plan.total_minor, plan.priority))
    search = Search(
        nodes=sum(plan.nodes for plan in plans),
        finished=all(plan.finished for plan in plans),
        best_minor=best.total_minor,
        bound_minor=max(plan.bound_minor for plan in plans),
    )
    return Solution(best.uses, search)


def _plan(chosen: list[int], bids: list[Bid], lots: list[Lot], budget: int) -> _Plan:
    """Find the best uses of some bids, then the best basket reward on what they leave."""
    on_units = [n for n in chosen if not is_basket_reward(bids[n].offer)]
    on_basket = [n for n in chosen if is_basket_reward(bids[n].offer)]
    scale = 1 + sum(bids[n].offer.priority * most_uses(bids[n].offer) for n in on_units)
    uses: list[Use] = []
    bound, nodes, finished = 0, 0, True
    for part in components(on_units, bids):
        if len(part) == 1 and takes_one_unit(bids[part[0]].offer):
            mine = list(_uncontested(part[0], bids[part[0]], lots))
            uses += mine
            nodes += 1
            bound += sum(use.discount_minor * scale for use in mine)
            continue
        found, classes = _search(part, bids, lots, scale, budget - nodes)
        uses += deal(found, part, classes, bids, lots)
        bound += found.bound
        nodes += found.nodes
        finished &= found.finished
    off = sum(use.discount_minor for use in uses)
    uses += _best_basket_reward(on_basket, bids, lots, off)
    total = sum(use.discount_minor for use in uses)
    priority = sum(bids[use.bid].offer.priority for use in uses)
    limit = bound // scale
    limit += max((basket_discount(bids[n], lots, limit) for n in on_basket), default=0)
    return _Plan(tuple(uses), total, priority, limit, nodes, finished)


def _uncontested(n: int, bid: Bid, lots: list[Lot]) -> Iterator[Use]:
    """Use a one-unit offer that nobody competes with on the units that it gives most for."""
    left, reward = bid.offer.max_uses_per_basket, bid.offer.reward
    worth = [(discount(reward, p := lots[lot].price_minor, p), p, -lot) for lot in bid.lots]
    for minor, _, minus_lot in sorted(worth, reverse=True):
        for _ in range(min(left, lots[-minus_lot].units) if minor else 0):
            left -= 1
            yield Use(n, ((-minus_lot, 1),), minor)
        if not left:
            return


def basket_discount(bid: Bid, lots: list[Lot], off_minor: int) -> int:
    """Compute a basket reward on what other discounts left of the basket."""
    rest = sum(lot.price_minor * lot.units for lot in lots) - off_minor
    return discount(bid.offer.reward, rest, 0)


def _best_basket_reward(
    on_basket: list[int], bids: list[Bid], lots: list[Lot], off_minor: int
) -> Iterator[Use]:
    """Give the basket reward that gives most; ties by priority, then offer id."""
    ranked = [(basket_discount(bids[n], lots, off_minor), n) for n in on_basket]
    ranked.sort(key=lambda it: (-it[0], -bids[it[1]].offer.priority, bids[it[1]].offer.offer_id))
    for minor, n in ranked[:1]:
        if minor > 0:
            yield Use(n, (), minor)


def components(chosen: Iterable[int], bids: list[Bid]) -> list[list[int]]:
    """Group bids that share lots, directly or through others; in the order of their offer ids."""
    leader: dict[int, int] = {}

    def lead(n: int) -> int:
        while leader[n] != n:
            n = leader[n]
        return n

    holder: dict[int, int] = {}
    for n in sorted(chosen, key=lambda n: bids[n].offer.offer_id):
        leader[n] = n
        for lot in bids[n].lots:
            leader[lead(n)] = lead(holder.setdefault(lot, n))
    groups: dict[int, list[int]] = {}
    for n in leader:
        groups.setdefault(lead(n), []).append(n)
    return list(groups.values())


def _search(
    part: list[int], bids: list[Bid], lots: list[Lot], scale: int, budget: int
) -> tuple[Found, list[list[int]]]:
    """Search one component; give what was found, and the lots behind each class of units."""
    wanted: dict[int, list[int]] = {}
    for at, n in enumerate(part):
        for lot in bids[n].lots:
            wanted.setdefault(lot, []).append(at)
    classes: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    for lot in sorted(wanted):
        key = (-lots[lot].price_minor, tuple(wanted[lot]))
        classes.setdefault(key, []).append(lot)
    ordered = sorted(classes)
    rivals = [
        Rival(bids[n].offer, tuple(c for c, (_, who) in enumerate(ordered) if at in who))
        for at, n in enumerate(part)
    ]
    members = [classes[key] for key in ordered]
    free = [sum(lots[lot].units for lot in group) for group in members]
    prices = [-price for price, _ in ordered]
    return Component(rivals, prices, free, scale, max(budget, LEAST_BUDGET)).run(), members


def deal(
    found: Found, part: list[int], members: list[list[int]], bids: list[Bid], lots: list[Lot]
) -> list[Use]:
    """Turn classes of units into units of lots: by GTIN and line id, in the order of the uses."""
    left = {lot: lots[lot].units for group in members for lot in group}
    uses = []
    for at, taken in found.uses:
        units = tuple(_units_of(taken, members, left))
        total = sum(lots[lot].price_minor * count for lot, count in units)
        cheapest = min(lots[lot].price_minor for lot, _ in units)
        minor = discount(bids[part[at]].offer.reward, total, cheapest)
        uses.append(Use(part[at], units, minor))
    return uses


def _units_of(
    taken: Taken, members: list[list[int]], left: dict[int, int]
) -> Iterator[tuple[int, int]]:
    for unit_class, minus in taken:
        need = -minus
        for lot in members[unit_class]:
            count = min(need, left[lot])
            if count:
                left[lot] -= count
                need -= count
                yield lot, count
