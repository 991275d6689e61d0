"""Why each offer that met its conditions was not in the applied set, read from the solution."""

from __future__ import annotations

from collections.abc import Iterable

from offers.conditions import measure, text_of
from offers.model import Offer
from offers.reasons import Finding, Reason, found
from offers.rewards import discount
from offers.shelf import Shelf, is_basket_reward
from offers.solver import Bid, Solution


class Account:
    """The solution, asked by the offers it left out."""

    def __init__(self, bids: list[Bid], solution: Solution, shelf: Shelf, language: str) -> None:
        self._bids = bids
        self._shelf = shelf
        self._language = language
        self._total = solution.search.best_minor
        self._winners = _in_order(bids[use.bid].offer for use in solution.uses)
        self._takers: dict[int, list[Offer]] = {}
        self._free = {n: lot.units for n, lot in enumerate(shelf.lots)}
        for use in solution.uses:
            for lot, count in use.taken:
                self._takers.setdefault(lot, []).append(bids[use.bid].offer)
                self._free[lot] -= count

    def why_left_out(self, bid: Bid) -> Finding:
        """Give the reason that the solution holds against a bid it did not use."""
        alone = next((offer for offer in self._winners if not offer.combinable), None)
        if self._gives_nothing(bid):
            return found(Reason.BETTER_OFFER_CHOSEN, by="", instead="price")
        if alone is not None:
            return self._by(Reason.NOT_COMBINABLE, [alone])
        if not bid.offer.combinable:
            return self._by(Reason.BETTER_OFFER_CHOSEN, self._winners)
        if is_basket_reward(bid.offer):
            on_basket = [offer for offer in self._winners if is_basket_reward(offer)]
            return self._by(Reason.BETTER_OFFER_CHOSEN, on_basket or self._winners)
        takers = _in_order(offer for lot in bid.lots for offer in self._takers.get(lot, ()))
        if takers:
            return self._by(Reason.CONSUMED_BY_OTHER_OFFER, takers)
        return self._by(Reason.BETTER_OFFER_CHOSEN, self._winners)

    def _gives_nothing(self, bid: Bid) -> bool:
        """Tell whether an offer is worth nothing on this basket even by itself: a fixed price."""
        lots = [self._shelf.lots[lot] for lot in bid.lots]
        _, spend = measure(bid.lots, self._shelf)
        if is_basket_reward(bid.offer):
            return False
        dearest = max(lot.price_minor for lot in lots)
        most = _dearest(bid, self._shelf) if not bid.offer.condition.min_spend_minor else spend
        return discount(bid.offer.reward, most, dearest) == 0

    def _by(self, reason: Reason, winners: list[Offer]) -> Finding:
        return found(
            reason,
            by=", ".join(offer.offer_id for offer in winners),
            by_title=", ".join(text_of(offer.title, self._language) for offer in winners),
            total_minor=self._total,
        )


def _dearest(bid: Bid, shelf: Shelf) -> int:
    """Sum the dearest units that one use may take."""
    left, total = bid.offer.condition.min_quantity, 0
    for lot in sorted((shelf.lots[n] for n in bid.lots), key=lambda lot: -lot.price_minor):
        units = min(left, lot.units)
        left, total = left - units, total + units * lot.price_minor
    return total


def _in_order(offers: Iterable[Offer]) -> list[Offer]:
    by_id = {offer.offer_id: offer for offer in offers}
    return [by_id[offer_id] for offer_id in sorted(by_id)]
