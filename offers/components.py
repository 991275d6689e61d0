"""Bids that compete for the same units, searched apart from the others: from lots to classes and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from offers.claims import Found, Rival, Taken
from offers.matching import best_pairs
from offers.model import AmountOffPerKg, Offer, Points
from offers.rewards import discount, most_uses, takes_one_unit
from offers.search import Component
from offers.shelf import Lot
from offers.singles import unit_weights

LEAST_BUDGET = 100  # steps that each component gets, whatever the others spent
Units = tuple[tuple[int, int], ...]  # (lot, units)


class Bid(NamedTuple):
    """An offer whose conditions this basket meets, the lots that count for it, and its uses left."""

    offer: Offer
    lots: tuple[int, ...]
    others: tuple[int, ...] = ()  # of the other set, for `OtherReduced`
    left: int = 99


class Use(NamedTuple):
    """One use of a bid: the units it takes, and what it gives. A basket use takes none.

    `reduced` are the units of the other set that it takes beside. A use that gives points gives no
    discount, and leaves its units to other offers.
    """

    bid: int
    taken: Units
    discount_minor: int
    reduced: Units = ()
    points: int = 0

    def used_up(self) -> Units:
        """Give the units that no other offer may take."""
        return () if self.points else self.taken + self.reduced


def components(chosen: Iterable[int], bids: list[Bid]) -> list[list[int]]:
    """Group bids that share lots or a group, directly or through others; by their offer ids."""
    leader: dict[int, int] = {}

    def lead(n: int) -> int:
        while leader[n] != n:
            n = leader[n]
        return n

    holder: dict[int | str, int] = {}
    for n in sorted(chosen, key=lambda n: bids[n].offer.offer_id):
        leader[n] = n
        offer, lots, others, _ = bids[n]
        for lot in (*lots, *others):
            leader[lead(n)] = lead(holder.setdefault(lot, n))
        if offer.group:
            leader[lead(n)] = lead(holder.setdefault(offer.group, n))
    groups: dict[int, list[int]] = {}
    for n in leader:
        groups.setdefault(lead(n), []).append(n)
    return list(groups.values())


class _Class(NamedTuple):
    """What tells units apart: the price, what is asked of them, and by whom."""

    minus_price: int
    gtin: str
    pieces: int
    grams: int
    wanted: tuple[int, ...]
    wanted_as_other: tuple[int, ...]


class Part:
    """One component: its bids, and the units they want, by class."""

    def __init__(self, part: list[int], bids: list[Bid], lots: list[Lot]) -> None:
        self._part, self._bids, self._lots = part, bids, lots
        members = self._classes()
        self._order = sorted(members)
        self._members = [members[key] for key in self._order]

    def search(self, scale: int, budget: int) -> tuple[list[Use], Found]:
        """Find the best uses; `scale` weighs a minor unit against priorities."""
        found = Component(*self._rivals(), scale, max(budget, LEAST_BUDGET)).run()
        return self._deal(found), found

    def gives_something(self) -> bool:
        """Tell whether any use of the bids gives anything."""
        return Component(*self._rivals(), 1, LEAST_BUDGET).gives_something()

    def _rivals(self) -> tuple[list[Rival], list[Lot], list[int]]:
        free = [sum(self._lots[lot].units for lot in group) for group in self._members]
        alike = [Lot("", it.gtin, -it.minus_price, 0, it.pieces, it.grams) for it in self._order]  # type: ignore[arg-type]
        mine: list[list[int]] = [[] for _ in self._part]
        others: list[list[int]] = [[] for _ in self._part]
        for c, it in enumerate(self._order):
            for at in it.wanted:
                mine[at].append(c)
            for at in it.wanted_as_other:
                others[at].append(c)
        rivals = [
            Rival(self._bids[n].offer, tuple(mine[at]), tuple(others[at]), self._bids[n].left)
            for at, n in enumerate(self._part)
        ]
        return rivals, alike, free

    def _classes(self) -> dict[_Class, list[int]]:
        wanted: dict[int, tuple[list[int], list[int]]] = {}
        for at, bid in enumerate(self._part):
            for one in self._bids[bid].lots:
                wanted.setdefault(one, ([], []))[0].append(at)
            for one in self._bids[bid].others:
                wanted.setdefault(one, ([], []))[1].append(at)
        offers = [self._bids[n].offer for n in self._part]
        distinct = any(offer.condition.min_distinct > 1 for offer in offers)
        pieces = any(offer.condition.count == "pieces" for offer in offers)
        grams = any(
            offer.condition.min_weight_g or isinstance(offer.reward, AmountOffPerKg)
            for offer in offers
        )
        classes: dict[_Class, list[int]] = {}
        for n in sorted(wanted):
            lot, (by, by_other) = self._lots[n], wanted[n]
            key = _Class(
                -lot.price_minor,
                lot.gtin if distinct else "",
                lot.pieces if pieces else 1,
                lot.grams if grams else 0,
                tuple(by),
                tuple(by_other),
            )
            classes.setdefault(key, []).append(n)
        return classes

    def _deal(self, found: Found) -> list[Use]:
        """Turn classes of units into units of lots: by GTIN and line id, in the order of the uses."""
        left = {lot: self._lots[lot].units for group in self._members for lot in group}
        uses = []
        for at, (taken, reduced) in found.uses:
            bid = self._part[at]
            mine = tuple(self._units_of(taken, left))
            others = tuple(self._units_of(reduced, left))
            gives = gives_on(self._bids[bid].offer, others or mine, self._lots)
            points = gives if isinstance(self._bids[bid].offer.reward, Points) else 0
            uses.append(Use(bid, mine, gives - points, others, points))
        return uses

    def _units_of(self, taken: Taken, left: dict[int, int]) -> Iterator[tuple[int, int]]:
        for unit_class, minus in taken:
            need = -minus
            for lot in self._members[unit_class]:
                count = min(need, left[lot])
                if count:
                    left[lot] -= count
                    need -= count
                    yield lot, count


def is_single(offer: Offer) -> bool:
    """Tell whether an offer can be paired with units, without a search."""
    return takes_one_unit(offer) and not offer.group


def paired(part: list[int], bids: list[Bid], lots: list[Lot], scale: int) -> list[Use]:
    """Find the best uses of offers that can be paired with units; the lower id first among equals."""
    if len(part) == 1:
        return list(_alone(part[0], bids[part[0]], lots))
    mine = sorted(
        {lot for n in part for lot in bids[n].lots}, key=lambda n: (-lots[n].price_minor, n)
    )
    place = {lot: at for at, lot in enumerate(mine)}
    alike = [lots[lot] for lot in mine]
    weights = {
        n: unit_weights(bids[n].offer, tuple(place[lot] for lot in bids[n].lots), alike, scale)
        for n in part
    }
    order = sorted(
        part, key=lambda n: (-max(weights[n].values(), default=0), bids[n].offer.offer_id)
    )
    left = [most_uses(bids[n].offer, bids[n].left) for n in order]
    free = {at: lot.units for at, lot in enumerate(alike)}
    pairs = best_pairs([weights[n] for n in order], left, free)[1]
    return [
        Use(order[which], ((mine[at], 1),), weights[order[which]][at] // scale)
        for (which, at), units in sorted(pairs.items())
        for _ in range(units)
    ]


def _alone(n: int, bid: Bid, lots: list[Lot]) -> Iterator[Use]:
    """Use an offer that nobody competes with on the units that it gives most for."""
    left, reward = most_uses(bid.offer, bid.left), bid.offer.reward
    given = [(discount(reward, ((lots[lot], 1),)), lots[lot].price_minor, -lot) for lot in bid.lots]
    given.sort(reverse=True)
    for minor, _, minus_lot in given:
        for _ in range(min(left, lots[-minus_lot].units) if minor > 0 else 0):
            left -= 1
            yield Use(n, ((-minus_lot, 1),), minor)


def gives_on(offer: Offer, units: Units, lots: list[Lot]) -> int:
    """Compute what an offer gives on units, whatever their order."""
    pile = sorted(((lots[lot], count) for lot, count in units), key=lambda it: -it[0].price_minor)
    return discount(offer.reward, pile)
