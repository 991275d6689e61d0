"""An offer among others that want the same units: what a use of it may add, at most.

Weights are integers: a minor unit weighs `scale`, so that priorities, which weigh 1, only break ties.
Bounds are in hundredths of a weight, and so is the worth that the search gives to the units of each
class (`offers.worth`): what a use adds is what it gives less what its units are worth.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from offers.model import Offer, OtherReduced
from offers.rewards import (
    Pile,
    discount,
    is_enough,
    most_sets,
    most_uses,
    takes_spare_units,
    units_of_use,
)
from offers.shelf import Lot
from offers.singles import unit_weights
from offers.terms import Case, Terms, terms_of

Taken = tuple[tuple[int, int], ...]  # (class, minus the number of units), dearest class first
Worths = list[int]  # by class
IMPOSSIBLE = -(10**24)


class Rival(NamedTuple):
    """An offer of a component, the classes that count for it, dearest first, and its uses left."""

    offer: Offer
    classes: tuple[int, ...]
    others: tuple[int, ...] = ()  # the classes that `OtherReduced` may reduce
    left: int = 99


class Hand(NamedTuple):
    """What one use takes: the units that count, and those of the other set, which are reduced."""

    taken: Taken
    reduced: Taken = ()


class Found(NamedTuple):
    """The best set: which rival takes what, one entry a use; weights as the search scales them."""

    uses: tuple[tuple[int, Hand], ...]
    weight: int
    bound: int
    nodes: int
    finished: bool


class View:
    """A claim under one of its terms, with gains as weights by place in the claim's classes."""

    def __init__(self, claim: Claim, terms: Terms) -> None:
        self.claim = claim
        self.const = terms.const * claim.scale + 100 * claim.offer.priority
        self.first = terms.first
        lots, scale = claim.lots, claim.scale
        gains = terms.first < (claim.units or NO_LIMIT)
        self.gains = [terms.gain(lots[c]) * scale if gains else 0 for c in claim.classes]
        self.other_gains = [lots[c].price_minor * terms.other * scale for c in claim.others]

    def best(self, worths: Worths, free: list[int]) -> tuple[int, Taken, Taken]:
        """Bound what a use may add; tell the units that say so, which may not be enough."""
        units = self.claim.units
        if units is None:
            value, taken = self._loose(worths, free)
        elif 0 < self.first < units:
            value, taken = self._ranked(units, worths, free)
        else:
            value, taken = self._alike(units, worths, free)
        more, reduced = self.best_others(worths, free)
        return self.const + value + more, taken, reduced

    def best_others(self, worths: Worths, free: list[int]) -> tuple[int, Taken]:
        """Choose the units of the other set that add most: just the quantity."""
        left, value, taken = self.claim.quantity, 0, []
        over = zip(self.claim.others, self.other_gains, strict=True)
        for loss, c in sorted((worths[c] - gain, c) for c, gain in over) if left else ():
            units = min(left, free[c])
            if units:
                value -= loss * units
                left -= units
                taken.append((c, -units))
            if not left:
                break
        return (IMPOSSIBLE, ()) if left else (value, tuple(sorted(taken)))

    def _alike(self, units: int, worths: Worths, free: list[int]) -> tuple[int, Taken]:
        """Choose a number of units which each gain for themselves, or none does."""
        left, value, taken = units, 0, []
        classes = self.claim.classes
        over = [(worths[c] - gain, c) for gain, c in zip(self.gains, classes, strict=True)]
        over.sort(key=_cheapest_first if self.claim.quantity else None)
        for loss, c in over:
            count = free[c] if free[c] < left else left
            if count:
                value -= loss * count
                left -= count
                taken.append((c, -count))
                if not left:
                    taken.sort()
                    return value, tuple(taken)
        return IMPOSSIBLE, ()

    def _ranked(self, units: int, worths: Worths, free: list[int]) -> tuple[int, Taken]:
        """Choose a number of units of which the cheapest gain."""
        rests = self.rests(worths, free)
        if rests[0][0] < IMPOSSIBLE // 2:
            return IMPOSSIBLE, ()
        taken, rank = [], 0
        for at, c in enumerate(self.claim.classes):
            value, rest = 0, rests[at + 1]
            for count in range(1, min(free[c], units - rank) + 1):
                value += (self.gains[at] if rank + count > self.first else 0) - worths[c]
                if value + rest[rank + count] == rests[at][rank]:
                    taken.append((c, -count))
                    rank += count
                    break
            if rank == units:
                break
        return rests[0][0], tuple(taken)

    def rests(self, worths: Worths, free: list[int]) -> list[list[int]]:
        """Tell by place and rank what the units from there on can add at most, to a whole use.

        Where the number of units is not fixed there is one rank, and units may be left out at will.
        """
        units = self.claim.units
        if units is None:
            return self._tail(worths, free)
        rest = [IMPOSSIBLE] * units + [0]
        rests = [rest]
        for at in range(len(self.gains) - 1, -1, -1):
            c = self.claim.classes[at]
            rest = _with_more(rest, self.gains[at], worths[c], free[c], self.first)
            rests.append(rest)
        rests.reverse()
        return rests

    def _tail(self, worths: Worths, free: list[int]) -> list[list[int]]:
        tail = [[0]]
        for gain, c in zip(reversed(self.gains), reversed(self.claim.classes), strict=True):
            tail.append([tail[-1][0] + max(0, gain - worths[c]) * free[c]])
        tail.reverse()
        return tail

    def _loose(self, worths: Worths, free: list[int]) -> tuple[int, Taken]:
        """Choose as if units could be left out at will; where none gains, cover the need."""
        classes = self.claim.classes
        if self.first:
            return self.claim.cover(worths, free)
        over = [(gain - worths[c], c) for gain, c in zip(self.gains, classes, strict=True)]
        taken = tuple((c, -free[c]) for more, c in over if more > 0 and free[c])
        return sum(more * free[c] for more, c in over if more > 0), taken


def _with_more(rest: list[int], gain: int, worth: int, free: int, first: int) -> list[int]:
    """Add the choice of some units of a class, before the others, to what these can add by rank."""
    if free == 1:
        return _with_one_more(rest, gain, worth, first)
    more = list(rest)
    for rank in range(len(rest) - 1):
        value = 0
        for count in range(rank + 1, min(rank + free, len(rest) - 1) + 1):
            value += gain - worth if count > first else -worth
            if value + rest[count] > more[rank]:
                more[rank] = value + rest[count]
    return more


def _with_one_more(rest: list[int], gain: int, worth: int, first: int) -> list[int]:
    """Do the same for one unit: most baskets' units are all at prices of their own."""
    paid, gaining = -worth, gain - worth
    more = [after + (paid if rank < first else gaining) for rank, after in enumerate(rest[1:])]
    return [*map(max, more, rest), 0]


def _value(best: tuple[int, Taken, Taken]) -> int:
    return best[0]


def _cheapest_first(over: tuple[int, int]) -> tuple[int, int]:
    """Order units that are paid in full beside another one: of equal loss the cheapest."""
    return over[0], -over[1]


NO_LIMIT = 10**9


class Claim:
    """One rival of a component. `most` bounds one use of it if it had all units for itself."""

    def __init__(self, rival: Rival, lots: list[Lot], free: list[int], scale: int) -> None:
        self.offer, self.classes, self.others, left = rival
        self.lots, self.scale = lots, scale
        self.spare = takes_spare_units(self.offer)
        self.units = units_of_use(self.offer)
        reward = self.offer.reward
        self.quantity = reward.quantity if isinstance(reward, OtherReduced) else 0
        self.single = self.units == 1 and not self.quantity
        self.singles = unit_weights(self.offer, self.classes, lots, scale) if self.single else {}
        self._whole = [(lots[c], free[c]) for c in self.classes if free[c]]
        self.uses = self._uses(left, self._whole)
        self.effort = len(
            self.classes
        )  # of finding its best hand, in some 3 us on a small store PC
        if self.units and self.units > 1:
            self.effort += sum(min(n, self.units) for _, n in self._whole) * self.units // 20
        self.most = max(0, self.best([0] * len(free), free)[0]) if self.uses else 0

    @cached_property
    def views(self) -> list[View]:
        """Give the claim under each of its terms."""
        terms = terms_of(Case(self.offer, self.units, self._whole))
        return [View(self, it) for it in terms]

    def _uses(self, left: int, pile: Pile) -> int:
        """Bound how often there are units enough, each time others."""
        if not is_enough(self.offer.condition, pile) or (self.quantity and not self.others):
            return 0
        return min(most_uses(self.offer, left), most_sets(self.offer.condition, pile))

    def best(self, worths: Worths, free: list[int]) -> tuple[int, Taken, Taken]:
        """Bound what a use may add, by the view that bounds it closest."""
        if self.single:
            over = [(100 * it - worths[c], -c) for c, it in self.singles.items() if free[c]]
            value, minus_c = max(over, default=(IMPOSSIBLE, 0))
            return value, ((-minus_c, -1),) if over else (), ()
        return min((view.best(worths, free) for view in self.views), key=_value)

    def closest(self, worths: Worths, free: list[int]) -> View:
        """Give the view that bounds a use closest."""
        return min(self.views, key=lambda view: view.best(worths, free)[0])

    def weight(self, hand: Hand) -> int:
        """Weigh what one use gives; one that gives nothing has no weight, whatever its priority."""
        minor = discount(self.offer.reward, self.pile(hand.reduced or hand.taken))
        return minor * self.scale + self.offer.priority if minor > 0 else 0

    def pile(self, taken: Taken) -> Pile:
        """Give classes of units as a pile."""
        return [(self.lots[c], -minus) for c, minus in taken]

    def cover(self, worths: Worths, free: list[int]) -> tuple[int, Taken]:
        """Take the units that cover what the offer asks for at the least worth, the last in part."""
        need, measures = self._need()
        cheapest = sorted(
            (worths[c] / measure, c, measure)
            for c, measure in zip(self.classes, measures, strict=True)
            if measure and free[c]
        )
        value, taken = 0, []
        for _, c, measure in cheapest:
            if need <= 0:
                break
            units = min(free[c], -(-need // measure))
            value -= min(worths[c] * units, worths[c] * need // measure)
            taken.append((c, -units))
            need -= units * measure
        return value, tuple(sorted(taken))

    def _need(self) -> tuple[int, list[int]]:
        """Give the one of the needs that is covered: spend, weight, or pieces."""
        condition, lots = self.offer.condition, [self.lots[c] for c in self.classes]
        if condition.min_spend_minor:
            return condition.min_spend_minor, [lot.price_minor for lot in lots]
        if condition.min_weight_g:
            return condition.min_weight_g, [lot.grams for lot in lots]
        return condition.min_quantity, [lot.pieces for lot in lots]
