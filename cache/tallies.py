"""Counts kept in memory for the scan path, each bounded by time: units sold, and past uses."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from datetime import UTC, date, datetime, timedelta
from sys import intern

from offers.model import Gtin, PastUse, ShopperKey

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Sold:
    """Units sold, by product and time. 12 bytes a sale; a busy lane's fortnight is some megabytes."""

    def __init__(self) -> None:
        self._sales: dict[Gtin, tuple[array[int], array[int]]] = {}

    def add(self, gtin: Gtin, at: datetime, quantity: int) -> None:
        """Count units that left the shelf; negative where they came back."""
        if gtin not in self._sales:
            self._sales[Gtin(intern(gtin))] = (array("q"), array("i"))
        times, quantities = self._sales[gtin]
        moment = (at - EPOCH) // MICROSECOND
        place = bisect_right(times, moment)
        times.insert(place, moment)
        quantities.insert(place, quantity)

    def since(self, gtin: Gtin, as_of: datetime) -> int:
        """Sum the units sold after a moment."""
        found = self._sales.get(gtin)
        if found is None:
            return 0
        times, quantities = found
        return sum(quantities[bisect_right(times, (as_of - EPOCH) // MICROSECOND) :])

    def drop_before(self, at: datetime) -> None:
        """Forget older sales."""
        moment = (at - EPOCH) // MICROSECOND
        for gtin, (times, quantities) in list(self._sales.items()):
            old = bisect_left(times, moment)
            del times[:old], quantities[:old]
            if not times:
                del self._sales[gtin]


class PastUses:
    """What happened to shoppers, in order of arrival, each with a mark that only grows.

    The mark is a journal sequence number or a delta's revision: a generation holds what is below
    a certain mark, and that is then passed over or dropped.
    """

    def __init__(self) -> None:
        self._in_order: deque[tuple[int, ShopperKey, PastUse]] = deque()
        self._of: dict[ShopperKey, list[tuple[int, PastUse]]] = {}

    def add(self, mark: int, shopper: ShopperKey, use: PastUse) -> None:
        """Take one more use."""
        self._of.setdefault(shopper, []).append((mark, use))
        self._in_order.append((mark, shopper, use))

    def of(self, shopper: ShopperKey, after: int = -1) -> list[PastUse]:
        """List a shopper's uses with a higher mark."""
        return [use for mark, use in self._of.get(shopper, ()) if mark > after]

    def undo(self, shopper: ShopperKey, use: PastUse) -> None:
        """Take a use back, the latest one that is equal; one that is not there is fine."""
        marks = [mark for mark, known in self._of.get(shopper, ()) if known == use]
        if marks:
            self._in_order.remove((marks[-1], shopper, use))
            self._drop(marks[-1], shopper, use)

    def drop_upto(self, mark: int) -> None:
        """Forget what is folded into a generation."""
        while self._in_order and self._in_order[0][0] <= mark:
            self._drop(*self._in_order.popleft())

    def drop_before(self, day: date) -> None:
        """Forget older uses, as far as they stand at the front."""
        while self._in_order and self._in_order[0][2].on < day:
            self._drop(*self._in_order.popleft())

    def drop_shopper(self, shopper: ShopperKey) -> None:
        """Forget everything of one shopper."""
        if self._of.pop(shopper, None) is not None:
            self._in_order = deque(entry for entry in self._in_order if entry[1] != shopper)

    def _drop(self, mark: int, shopper: ShopperKey, use: PastUse) -> None:
        uses = self._of[shopper]
        uses.remove((mark, use))
        if not uses:
            del self._of[shopper]
