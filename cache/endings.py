"""Which sales were tendered here, by the till's own key, and what was given as goodwill of late."""

from __future__ import annotations

from collections import deque
from datetime import datetime

from offers.basket import TransactionKey
from offers.records import Record, Settled, Tendered, Uid


class Endings:
    """Known by the same rows at start and after each commit; bounded by the time they are kept."""

    def __init__(self) -> None:
        self._tendered: dict[TransactionKey, tuple[Uid, datetime]] = {}
        self._goodwill: deque[tuple[datetime, int]] = deque()

    def fold(self, record: Record, at: datetime) -> None:
        """Take a row, in order."""
        match record:
            case Tendered():
                self._tendered.pop(record.key, None)  # a number used again goes to the end
                self._tendered[record.key] = (record.uid, at)
            case Settled(outcome="goodwill"):
                self._goodwill.append((at, record.amount_minor))
            case _:
                pass

    def tendered(self, key: TransactionKey) -> Uid | None:
        """Name the latest sale under a till's key."""
        found = self._tendered.get(key)
        return None if found is None else found[0]

    def goodwill_since(self, at: datetime) -> int:
        """Sum what was given from a moment on, in minor units."""
        return sum(minor for given, minor in self._goodwill if given >= at)

    def drop_before(self, sales: datetime, goodwill: datetime) -> None:
        """Forget sales and gifts that are older."""
        while self._tendered:
            key = next(iter(self._tendered))
            if self._tendered[key][1] >= sales:
                break
            del self._tendered[key]
        while self._goodwill and self._goodwill[0][0] < goodwill:
            self._goodwill.popleft()
