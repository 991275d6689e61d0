"""Which sales were tendered here, by the till's own key, and which disputes were settled of late."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from sys import intern

from offers.basket import TransactionKey
from offers.model import ShopperRef, StoreId
from offers.records import Record, Settled, Tendered, Uid


def _shared(key: TransactionKey) -> TransactionKey:
    """Keep one copy of what many keys have in common; numbers begin anew each day."""
    store, till, number = StoreId(intern(key.store)), intern(key.till), intern(key.number)
    return TransactionKey(store, till, key.business_date, number)


class Endings:
    """Known by the same rows at start and after each commit; bounded by the time they are kept."""

    def __init__(self) -> None:
        self._tendered: dict[TransactionKey, tuple[Uid, datetime]] = {}
        self._settled: deque[tuple[datetime, Settled]] = deque()
        self._of: dict[Uid, tuple[Settled, ...]] = {}

    def fold(self, record: Record, at: datetime) -> None:
        """Take a row, in order."""
        match record:
            case Tendered():
                key = _shared(record.key)
                self._tendered.pop(key, None)  # a number used again goes to the end
                self._tendered[key] = (record.uid, at)
            case Settled():
                self._settled.append((at, record))
                self._of[record.uid] = (*self.settled(record.uid), record)
            case _:
                pass

    def tendered(self, key: TransactionKey) -> Uid | None:
        """Name the latest sale under a till's key."""
        found = self._tendered.get(key)
        return None if found is None else found[0]

    def settled(self, uid: Uid) -> tuple[Settled, ...]:
        """List the settled disputes of a transaction, oldest first."""
        return self._of.get(uid, ())

    def goodwill_since(self, at: datetime, shopper: ShopperRef | None = None) -> int:
        """Sum what was given from a moment on, in minor units; to one shopper, if named."""
        return sum(
            one.amount_minor
            for given, one in self._settled
            if given >= at and one.outcome == "goodwill" and shopper in (None, one.shopper)
        )

    def drop_before(self, sales: datetime, disputes: datetime) -> None:
        """Forget sales and disputes that are older."""
        while self._tendered:
            key = next(iter(self._tendered))
            if self._tendered[key][1] >= sales:
                break
            del self._tendered[key]
        while self._settled and self._settled[0][0] < disputes:
            self._of.pop(self._settled.popleft()[1].uid, None)
