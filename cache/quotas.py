"""What this incarnation may still give of each offer's first N: what it was granted less what it used.

Grants and wishes come from headquarters, uses from the journal's rows. Both sums only grow or are
undone by rows of this same journal, so nothing that is lost or repeated on the way gives an offer
once more than headquarters set aside for it.
"""

from __future__ import annotations

from typing import NamedTuple

from cache.facts import Fact
from offers.budget import left, newest
from offers.changes import QuotaBackOp, QuotaOp
from offers.model import OfferId
from offers.records import Incarnation
from offers.spending import Kind, spending

Of = tuple[Kind, OfferId]


class Spent(NamedTuple):
    """What was used of an offer, uses undone taken off, and what was given back unused."""

    used: int = 0
    gave_back: int = 0


class Quotas:
    """Bounded by the number of offers. `upto` is the row up to which `take` told what was spent."""

    def __init__(self, epoch: Incarnation) -> None:
        self._epoch = epoch
        self._granted: dict[Of, int] = {}
        self._wanted: dict[Of, int] = {}
        self._spent: dict[Of, Spent] = {}
        self._upto = 0

    def left(self, kind: Kind, offer_id: OfferId, reserved: int = 0) -> int:
        """Give how many may still be given beside those reserved; none where nothing was granted."""
        of = kind, offer_id
        used, gave_back = self._spent.get(of, Spent())
        return left(self._granted.get(of, 0) - gave_back, used, reserved)

    def wanted_back(self) -> list[tuple[Of, int]]:
        """List what headquarters wants back and has not got yet, in the order of the offers."""
        owed = ((of, upto - self.spent(of).gave_back) for of, upto in sorted(self._wanted.items()))
        return [(of, count) for of, count in owed if count > 0]

    def spent(self, of: Of) -> Spent:
        """Tell what was spent of an offer."""
        return self._spent.get(of, Spent())

    def hear(self, op: QuotaOp | QuotaBackOp) -> None:
        """Take headquarters' word to this incarnation; a late or repeated one changes nothing."""
        if op.epoch != self._epoch:
            return
        of = op.kind, op.offer_id
        if isinstance(op, QuotaOp):
            self._granted[of] = newest(self._granted.get(of, 0), op.granted)
        else:
            self._wanted[of] = newest(self._wanted.get(of, 0), op.upto)

    def is_news(self, op: QuotaOp | QuotaBackOp) -> bool:
        """Tell whether a word is for this incarnation, and says more than those before it."""
        known = (self._granted, op.granted) if isinstance(op, QuotaOp) else (self._wanted, op.upto)
        return op.epoch == self._epoch and known[1] > known[0].get((op.kind, op.offer_id), 0)

    def take(self, of: Of, spent: Spent) -> None:
        """Take what rows up to `begin_after` spent, which may be pruned."""
        self._spent[of] = spent

    def begin_after(self, seq: int) -> None:
        """Count rows after this one only."""
        self._upto = seq

    def fold(self, fact: Fact) -> None:
        """Take one committed row, in order."""
        if fact.seq <= self._upto:
            return
        for change in spending(fact.record, fact.sale):
            of = change.kind, change.offer_id
            used, gave_back = self.spent(of)
            self._spent[of] = Spent(used + change.used, gave_back + change.gave_back)
