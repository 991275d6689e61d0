"""HQ's changes since the generation, in memory. The next generation folds them and they go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cache.quotas import Quotas
from cache.tallies import PastUses, Sold
from offers.changes import (
    AssignOp,
    LeaseOp,
    Op,
    PastOp,
    QuotaBackOp,
    QuotaOp,
    RevivedOp,
    SoldOp,
    StockOp,
)
from offers.model import Assignment, Gtin, ShopperKey
from offers.records import Incarnation
from offers.serials import Lease


class Changes:
    """Newest figure, assignments and leases by key, each with the revision that brought it."""

    def __init__(self, epoch: Incarnation, sold: Sold) -> None:
        self._epoch = epoch
        self._sold = sold
        self._stock: dict[Gtin, tuple[int, tuple[int, datetime]]] = {}
        self._assigned: dict[ShopperKey, tuple[int, tuple[Assignment, ...]]] = {}
        self._lease_rev: dict[int, int] = {}
        self.leases: dict[int, Lease] = {}
        self.past = PastUses()
        self.quotas = Quotas(epoch)

    def stock(self, gtin: Gtin) -> tuple[int, datetime] | None:
        """Give the newest figure and its time."""
        found = self._stock.get(gtin)
        return None if found is None else found[1]

    def assignments(self, shopper: ShopperKey) -> tuple[Assignment, ...] | None:
        """Give a shopper's new assignments."""
        found = self._assigned.get(shopper)
        return None if found is None else found[1]

    def apply(self, rev: int, ops: Iterable[Op]) -> None:
        """Take changes, each of which is new."""
        for op in ops:
            match op:
                case StockOp():
                    self._stock[op.gtin] = (rev, (op.on_hand, op.as_of))
                case SoldOp():
                    self._sold.add(op.gtin, op.at, op.quantity)
                case PastOp():
                    self.past.add(rev, op.shopper, op.past)
                case AssignOp():
                    self._assigned[op.shopper] = (rev, op.assignments)
                case LeaseOp():
                    self._lease_rev[op.lease.lease] = rev
                    self.leases[op.lease.lease] = op.lease
                case QuotaOp() | QuotaBackOp():
                    self.quotas.hear(op)
                case RevivedOp():
                    pass  # the mirror's own: which serials were used up here

    def folded(self, delta_rev: int) -> None:
        """Forget what a generation holds.

        Sales stay: they count by the time of a figure, not by the generation that brought it. This
        lane's own leases stay too: they are used up here.
        """
        self._stock = {key: kept for key, kept in self._stock.items() if kept[0] > delta_rev}
        self._assigned = {key: kept for key, kept in self._assigned.items() if kept[0] > delta_rev}
        self.leases = {
            number: lease
            for number, lease in self.leases.items()
            if self._lease_rev[number] > delta_rev or lease.epoch == self._epoch
        }
        self.past.drop_upto(delta_rev)

    def erase(self, shopper: ShopperKey) -> None:
        """Forget a person."""
        self.past.drop_shopper(shopper)
        self._assigned.pop(shopper, None)
