"""What a row uses up of an offer's first N, or gives back. Lane and headquarters count by this alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from offers.model import OfferId
from offers.records import GaveBack, Issued, Record, Returned, Tendered

Kind = Literal["redemptions", "issues"]


class Spending(NamedTuple):
    """A change of what one incarnation used of an offer; `used` is negative where a use is undone."""

    kind: Kind
    offer_id: OfferId
    used: int = 0
    gave_back: int = 0


def spending(record: Record, undone: Tendered | None = None) -> Iterator[Spending]:
    """Give what a row spends. One redemption is one use of an offer in one sale; training is none.

    Args:
        record: what the row says.
        undone: for a `Voided`, the live sale that it undoes, where there was one.
    """
    match record:
        case Tendered(mode="live"):
            for use in record.redemptions:
                yield Spending("redemptions", use.offer_id, 1)
        case Returned():
            for back in record.reversals:
                if back.whole:
                    yield Spending("redemptions", back.offer_id, -1)
        case Issued(instead_of=None):
            yield Spending("issues", record.offer_id, 1)
        case GaveBack():
            yield Spending(record.kind, record.offer_id, 0, record.count)
        case _:
            for use in undone.redemptions if undone is not None else ():
                yield Spending("redemptions", use.offer_id, -1)
