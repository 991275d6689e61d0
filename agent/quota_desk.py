"""An offer's first N at this lane: what is left beside what open sales were promised.

The last one of an offer goes to the sale that was answered first, and stays with it until its
tender, its void, its suspension, or four newer answers: a revision once answered is honoured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from agent.sales import Sale, SaleBook
from cache.entries import Entry
from cache.journal import Journal
from offers.context import Candidate
from offers.model import OfferId
from offers.records import GaveBack
from offers.spending import Kind


class QuotaDesk:
    """Counts what is promised and what is being written; what is written, the mirror counts."""

    def __init__(self, journal: Journal, book: SaleBook, utc_now: Callable[[], datetime]) -> None:
        self._journal = journal
        self._book = book
        self._utc_now = utc_now
        self._in_hand: Counter[tuple[Kind, OfferId]] = Counter()

    def redemptions_left(
        self, sale: Sale | None, candidates: Iterable[Candidate]
    ) -> dict[OfferId, int]:
        """Give what a sale may use of the offers that have a first N; other sales' promises are off."""
        limited = _limited(it for it in candidates if it.offer.max_redemptions is not None)
        if not limited:
            return {}
        promised = self._promised(sale)
        return {it: self._left("redemptions", it, promised[it]) for it in limited}

    def issues_left(self, candidates: Iterable[Candidate]) -> dict[OfferId, int]:
        """Give how many coupons may still be printed of the offers that have a first N."""
        limited = _limited(it for it in candidates if it.offer.max_issued is not None)
        return {it: self._left("issues", it) for it in limited}

    @contextmanager
    def making(self, offers: Iterable[OfferId]) -> Iterator[None]:
        """Hold these coupons' places while their rows are being written."""
        with self._holding([("issues", it) for it in offers]):
            yield

    async def give_back(self) -> None:
        """Give headquarters what it wants back and nobody here was promised: by a row, for good."""
        for (kind, offer_id), wanted in self._journal.mirror.quotas.wanted_back():
            promised = self._promised(None)[offer_id] if kind == "redemptions" else 0
            spare = min(wanted, self._left(kind, offer_id, promised))
            if spare > 0:
                with self._holding([(kind, offer_id)] * spare):
                    row = GaveBack(offer_id, kind, spare)
                    await self._journal.append(Entry(row, self._utc_now()))

    def _left(self, kind: Kind, offer_id: OfferId, promised: int = 0) -> int:
        reserved = promised + self._in_hand[kind, offer_id]
        return self._journal.mirror.quotas.left(kind, offer_id, reserved)

    def _promised(self, sale: Sale | None) -> Counter[OfferId]:
        """Add up what the other open sales may still use: of each, the most that an answer holds."""
        total: Counter[OfferId] = Counter()
        for other in self._book:
            if other is not sale and other.mode == "live":
                total.update(other.promised())
        return total

    @contextmanager
    def _holding(self, of: list[tuple[Kind, OfferId]]) -> Iterator[None]:
        self._in_hand.update(of)
        try:
            yield
        finally:
            self._in_hand.subtract(of)


def _limited(candidates: Iterable[Candidate]) -> list[OfferId]:
    return sorted({it.offer.offer_id for it in candidates})
