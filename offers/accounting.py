"""Why each offer that met its conditions was not in the applied set, read from the solution."""

from __future__ import annotations

from collections.abc import Iterable

from offers.components import Bid, Part, Units, gives_on
from offers.conditions import text_of
from offers.model import Offer
from offers.points import is_points
from offers.reasons import Finding, Reason, found
from offers.rewards import dearest_gives_most, units_of_use
from offers.shelf import Lot, Shelf, is_basket_reward
from offers.solver import Solution, basket_discount


class Account:
    """The solution, asked by the offers it left out."""

    def __init__(self, bids: list[Bid], solution: Solution, shelf: Shelf, language: str) -> None:
        self._bids = bids
        self._shelf = shelf
        self._language = language
        self._total = solution.search.best_minor
        self._winners = _in_order(bids[use.bid].offer for use in solution.uses)
        self._takers: dict[int, list[Offer]] = {}
        for use in solution.uses:
            for lot, _ in use.used_up():
                self._takers.setdefault(lot, []).append(bids[use.bid].offer)

    def why_left_out(self, bid: Bid) -> Finding:
        """Give the reason that the solution holds against a bid it did not use."""
        if self._gives_nothing(bid):
            return found(Reason.BETTER_OFFER_CHOSEN, by="", instead="price")
        clash = self._clashing(bid.offer)
        if clash:
            return self._by(Reason.NOT_COMBINABLE, clash)
        takers = self._takers_from(bid)
        if takers:
            return self._by(Reason.CONSUMED_BY_OTHER_OFFER, takers)
        on_basket = [it for it in self._winners if is_basket_reward(it)]
        beaten = is_basket_reward(bid.offer) and bid.offer.combinable and on_basket
        return self._by(Reason.BETTER_OFFER_CHOSEN, beaten or self._winners)

    def _clashing(self, offer: Offer) -> list[Offer]:
        """Name the winners beside which an offer may not stand: one alone, or those of its group."""
        alone = [it for it in self._winners if not it.combinable]
        if alone or not offer.combinable:
            return alone
        return [it for it in self._winners if it.group and it.group == offer.group]

    def _takers_from(self, bid: Bid) -> list[Offer]:
        """Name the winners that hold units of a bid which could stand beside them."""
        if not bid.offer.combinable or is_basket_reward(bid.offer) or is_points(bid.offer):
            return []
        return _in_order(it for lot in bid.lots + bid.others for it in self._takers.get(lot, ()))

    def _gives_nothing(self, bid: Bid) -> bool:
        """Tell whether an offer is worth nothing on this basket even by itself: a fixed price."""
        lots, units = self._shelf.lots, units_of_use(bid.offer)
        if is_basket_reward(bid.offer):
            return basket_discount(bid, lots, 0) <= 0
        if units is None or bid.others or not dearest_gives_most(bid.offer):
            return not Part([0], [bid], lots).gives_something()
        return gives_on(bid.offer, _dearest(bid, units, lots), lots) <= 0

    def _by(self, reason: Reason, winners: list[Offer]) -> Finding:
        return found(
            reason,
            by=", ".join(offer.offer_id for offer in winners),
            by_title=", ".join(text_of(offer.title, self._language) for offer in winners),
            total_minor=self._total,
        )


def _dearest(bid: Bid, units: int, lots: list[Lot]) -> Units:
    """Take the dearest units of a bid, where nothing that one use may take gives more."""
    taken = []
    for lot in sorted(bid.lots, key=lambda n: (-lots[n].price_minor, n)):
        count = min(units, lots[lot].units)
        units -= count
        if count:
            taken.append((lot, count))
    return tuple(taken)


def _in_order(offers: Iterable[Offer]) -> list[Offer]:
    by_id = {offer.offer_id: offer for offer in offers}
    return [by_id[offer_id] for offer_id in sorted(by_id)]
