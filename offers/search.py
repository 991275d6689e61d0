"""Branch and bound over offers that compete for the same units: one component of a basket.

The search goes through the offers in a stated order; for each it tries the sets of units that one
use may take, the dearest first, and then goes on without it. Offers whose use is a single unit
stand last and are paired with the remaining units exactly, without search. Units that cost the
same and count for the same offers are one class: they need not be told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from offers.matching import best_pairs
from offers.model import Offer
from offers.rewards import discount, most_uses, takes_one_unit, takes_spare_units, unit_bound

NODE_BUDGET = 4_000  # steps of all searches of one decision: some 40 ms on a small store PC
DEPTH_BUDGET = 300  # nested steps; Python's own stack ends at 1,000 frames

Taken = tuple[tuple[int, int], ...]  # (class, minus the number of units), dearest class first


class Rival(NamedTuple):
    """An offer of the component and the classes that count for it, the dearest first."""

    offer: Offer
    classes: tuple[int, ...]


class Found(NamedTuple):
    """The best set: which rival takes what, one entry a use; weights as the search scales them."""

    uses: tuple[tuple[int, Taken], ...]
    weight: int
    bound: int
    nodes: int
    finished: bool


def in_search_order(rivals: list[Rival], prices: list[int]) -> list[Rival]:
    """Sort: several units a use, then one unit, then spend percentages; see `solver` for the rest.

    A percentage on a spend takes all that is left, so it stands last; beside one, one-unit offers
    are searched like the others. Among equals: the offer whose dearest unit may give more, the
    higher priority, the lower id.
    """
    return sorted(
        rivals,
        key=lambda rival: (
            takes_spare_units(rival.offer),
            takes_one_unit(rival.offer),
            -unit_bound(rival.offer, prices[rival.classes[0]]),
            -rival.offer.priority,
            rival.offer.offer_id,
        ),
    )


class Component:
    """One search. `scale` weighs a minor unit against priorities, which only break ties."""

    def __init__(
        self, rivals: list[Rival], prices: list[int], free: list[int], scale: int, budget: int
    ) -> None:
        self._rivals = in_search_order(rivals, prices)
        self._origin = [rivals.index(rival) for rival in self._rivals]
        self._prices = prices
        self._free = list(free)
        self._scale = scale
        self._budget = budget
        self._nodes = 0
        self._cut = False
        self._width: int | None = None  # how many sets of a use are tried; None: all
        self._dived = (
            False  # one way down was gone to its end: there is a whole set to fall back on
        )
        self._weight = 0
        self._path: list[tuple[int, Taken]] = []
        self._best: tuple[tuple[int, Taken], ...] = ()
        self._best_weight = 0
        self._paired_from = self._first_paired()
        self._offers_bound: list[int] = []
        self._use_bound: list[int] = []
        self._unit_bound: list[dict[int, int]] = []
        self._each: list[dict[int, int]] = []

    def run(self) -> Found:
        """Search, and give the best set found and what no set can beat."""
        bound = 0
        if self._paired_from == 0:  # nothing to search
            self._pair_the_rest(0)
        else:
            self._prepare_bounds()
            bound = min(self._bound(0, self._uses(0)), self._paired_bound(0))
            self._search(self._budget)
        if not self._cut:
            bound = self._best_weight
        uses = tuple((self._origin[at], taken) for at, taken in self._best)
        return Found(uses, self._best_weight, bound, self._nodes, not self._cut)

    def _search(self, budget: int) -> None:
        """Go through everything; where half the budget cuts that, look wide instead of deep.

        The wide passes try only the first sets of each use, so that they come to change early
        choices, which a cut search never does.
        """
        self._budget = budget // 2
        self._visit(0, self._uses(0), ())
        for width, budget_so_far in ((2, 3 * budget // 4), (4, budget)):
            if self._cut:
                self._width, self._budget = width, budget_so_far
                self._visit(0, self._uses(0), ())

    def _first_paired(self) -> int:
        if takes_spare_units(self._rivals[-1].offer):
            return len(self._rivals)
        return sum(not takes_one_unit(rival.offer) for rival in self._rivals)

    def _uses(self, at: int) -> int:
        return most_uses(self._rivals[at].offer) if at < len(self._rivals) else 0

    def _prepare_bounds(self) -> None:
        """Precompute from each offer on: the most its uses can give, and the most a unit can."""
        self._offers_bound, self._use_bound, self._unit_bound = [0], [0], [{}]
        for offer, classes in reversed(self._rivals):
            each = {c: self._unit_weight(offer, self._prices[c]) for c in classes}
            use = self._weigh(offer, self._most_of_one_use(offer, classes))
            units = sum(each[c] * self._free[c] for c in classes) // 100
            self._use_bound.append(use)
            self._offers_bound.append(self._offers_bound[-1] + min(units, use * most_uses(offer)))
            after = self._unit_bound[-1]
            self._unit_bound.append(
                {**after, **{c: max(weight, after.get(c, 0)) for c, weight in each.items()}}
            )
            self._each.append({c: weight for c, weight in each.items() if weight})
        for bounds in (self._offers_bound, self._use_bound, self._unit_bound, self._each):
            bounds.reverse()

    def _unit_weight(self, offer: Offer, price_minor: int) -> int:
        """Bound a unit's part of the weight of one use, in hundredths."""
        priority = -(-100 * offer.priority // offer.condition.min_quantity)
        bound = unit_bound(offer, price_minor)
        return bound * self._scale + priority if bound else 0

    def _most_of_one_use(self, offer: Offer, classes: tuple[int, ...]) -> int:
        """Bound one use by the dearest units there are; with a spend, by what it may take at most.

        A set of which no unit can be spared is short of the spend, or of the quantity, without its
        last one.
        """
        left, total, cheapest = offer.condition.min_quantity, 0, 0
        if offer.condition.min_spend_minor:
            total, dearest = self._spend(classes), self._prices[classes[0]]
            if not takes_spare_units(offer):
                short = offer.condition.min_spend_minor - 1 + dearest
                total = min(total, max(short, left * dearest))
            return discount(offer.reward, total, dearest)
        for c in classes:
            units = min(left, self._free[c])
            total, left, cheapest = total + units * self._prices[c], left - units, self._prices[c]
            if not left:
                break
        return 0 if left else discount(offer.reward, total, cheapest)

    def _spend(self, classes: Iterable[int]) -> int:
        return sum(self._free[c] * self._prices[c] for c in classes)

    def _weigh(self, offer: Offer, minor: int) -> int:
        return minor * self._scale + offer.priority if minor > 0 else 0

    def _bound(self, at: int, left: int) -> int:
        """Bound what offers from `at` on can add, `left` uses of the first of them."""
        by_offers = self._offers_bound[at]
        if left < self._uses(at):
            by_offers = self._offers_bound[at + 1] + left * self._use_bound[at]
        by_units = 0
        for c, weight in self._unit_bound[at].items():
            by_units += weight * self._free[c]
        return min(by_offers, by_units // 100)

    def _paired_bound(self, at: int) -> int:
        """Bound what offers from `at` on can add as if each gave its units one by one.

        No unit is given twice then, and no offer has more units than its uses may take: much
        tighter than `_bound`, and much dearer.
        """
        rest = self._rivals[at:]
        self._nodes += 4 * len(rest)  # about what as many steps of the search cost
        free = {c: self._free[c] for c in self._unit_bound[at]}
        most = [
            sum(self._free[c] for c in classes)
            if offer.condition.min_spend_minor
            else offer.condition.min_quantity * most_uses(offer)
            for offer, classes in rest
        ]
        return best_pairs(self._each[at:], most, free)[0] // 100

    def _visit(self, at: int, left: int, last: Taken) -> None:
        """Try everything from offer `at` on; sets before `last` of this offer were tried already."""
        self._nodes += 1
        if self._weight > self._best_weight:
            self._best_weight, self._best = self._weight, tuple(self._path)
        self._dived = self._dived or at >= self._paired_from
        if at == len(self._rivals) or self._hopeless(at, left):
            return
        if at == self._paired_from:
            self._pair_the_rest(at)
            return
        if self._spent() or len(self._path) + at >= DEPTH_BUDGET:
            self._cut = True
            return
        if not last and self._weight + self._paired_bound(at) <= self._best_weight:
            return
        if left and self._use_bound[at]:
            self._try_sets(at, left, last)
        self._visit(at + 1, self._uses(at + 1), ())

    def _hopeless(self, at: int, left: int) -> bool:
        return self._weight + self._bound(at, left) <= self._best_weight

    def _spent(self) -> bool:
        return self._nodes >= self._budget * (1 if self._dived else 2)

    def _try_sets(self, at: int, left: int, last: Taken) -> None:
        offer, _ = self._rivals[at]
        for taken in islice(self._sets(at), self._width):
            self._nodes += 1
            if self._spent():
                self._cut = True
                return
            weight = self._weigh(offer, self._discount(offer, taken))
            if taken < last or not weight:
                continue
            self._take(taken, 1)
            self._path.append((at, taken))
            self._weight += weight
            self._visit(at, left - 1, taken)
            self._weight -= weight
            self._path.pop()
            self._take(taken, -1)
            if self._hopeless(at, left):
                return

    def _discount(self, offer: Offer, taken: Taken) -> int:
        total = sum(-minus * self._prices[c] for c, minus in taken)
        return discount(offer.reward, total, self._prices[taken[-1][0]])

    def _take(self, taken: Taken, sign: int) -> None:
        for c, minus in taken:
            self._free[c] += sign * minus

    def _sets(self, at: int) -> Iterator[Taken]:
        """Give the sets one use may take now, in ascending order of `Taken`."""
        offer, classes = self._rivals[at]
        pool = [c for c in classes if self._free[c]]
        units = sum(self._free[c] for c in pool)
        spend = self._spend(pool)
        need = (offer.condition.min_quantity, offer.condition.min_spend_minor)
        if units < need[0] or spend < need[1]:
            return iter(())
        if not takes_spare_units(offer):
            return self._just_enough(pool, need, (units, spend))
        if at == len(self._rivals) - 1:  # nobody after it wants what it would leave
            return iter((tuple((c, -self._free[c]) for c in pool),))
        return self._enough(pool, need)

    def _just_enough(
        self, pool: list[int], need: tuple[int, int], rest: tuple[int, int]
    ) -> Iterator[Taken]:
        """Give the sets that are enough and of which no unit can be spared.

        Units are added dearest first, so a set that becomes enough with its last unit has none to
        spare: the last one is its cheapest.
        """
        for at, c in enumerate(pool):
            if rest[0] < need[0] or rest[1] < need[1]:
                return
            price, free = self._prices[c], self._free[c]
            rest = (rest[0] - free, rest[1] - free * price)
            units = max(need[0], -(-need[1] // price) if need[1] > 0 and price else 0)
            if units <= free and (price or need[1] <= 0):
                yield ((c, -units),)
                free = units - 1
            for some in range(free, 0, -1):
                short = (need[0] - some, need[1] - some * price)
                if rest[0] >= short[0] and rest[1] >= short[1]:
                    for more in self._just_enough(pool[at + 1 :], short, rest):
                        yield ((c, -some), *more)

    def _enough(self, pool: list[int], need: tuple[int, int]) -> Iterator[Taken]:
        """Give every set that is enough, with or without units to spare."""
        if not pool:
            if need[0] <= 0 and need[1] <= 0:
                yield ()
            return
        c = pool[0]
        for some in range(self._free[c], -1, -1):
            head = ((c, -some),) if some else ()
            for more in self._enough(pool[1:], (need[0] - some, need[1] - some * self._prices[c])):
                yield head + more

    def _pair_the_rest(self, at: int) -> None:
        rest = self._rivals[at:]
        weights = [
            {
                c: weight
                for c in classes
                if self._free[c]
                and (weight := self._weigh(offer, discount(offer.reward, p := self._prices[c], p)))
            }
            for offer, classes in rest
        ]
        free = {c: self._free[c] for _, classes in rest for c in classes}
        total, pairs = best_pairs(weights, [most_uses(offer) for offer, _ in rest], free)
        self._nodes += 2 * len(rest)  # about what as many steps of the search cost
        if self._weight + total > self._best_weight:
            self._best_weight = self._weight + total
            single = [
                (at + which, ((c, -1),))
                for (which, c), units in sorted(pairs.items())
                for _ in range(units)
            ]
            self._best = (*self._path, *single)
