"""What a collected row means for the rest of the store: changes for its lanes.

Pure of the row's order: every effect is a fact of its own, so rows may come in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from offers.changes import Op, PastOp, SoldOp
from offers.model import LaneId, PastUse, Serial, ShopperKey, StoreId
from offers.records import (
    Incarnation,
    Issued,
    Record,
    Returned,
    Row,
    Sold,
    Tendered,
    Voided,
)

HEADQUARTERS = Incarnation("")  # who speaks where no lane knows by itself


class Origin(Struct, frozen=True):
    """Where a row comes from."""

    store: StoreId
    lane: LaneId
    epoch: Incarnation

    @property
    def place(self) -> str:
        """Name the lane as a cashier reads it: "store/lane"."""
        return f"{self.store}/{self.lane}"


class PrintedFor(Struct, frozen=True):
    """For whom a coupon was printed, and which incarnation of a lane knows that by itself."""

    shopper: ShopperKey
    epoch: Incarnation


NOBODY: Mapping[Serial, PrintedFor] = MappingProxyType({})


def ops_of(
    origin: Origin,
    row: Row,
    record: Record,
    sale: Tendered | None = None,
    printed: Mapping[Serial, PrintedFor] = NOBODY,
) -> list[Op]:
    """Give what the other lanes of the store must hear; training counts for nothing.

    Args:
        origin: where the row comes from.
        row: the row.
        record: what its body says.
        sale: for a `Voided`, the live sale that it undoes, where there was one.
        printed: for a `Tendered`, whose coupons it used, as far as that is known.
    """
    match record:
        case Tendered(mode="live"):
            day = record.key.business_date
            uses = [PastUse("redeemed", r.offer_id, day, r.category) for r in record.redemptions]
            cardless = _by_coupon(origin, row, record, printed)
            return _sold(origin, row, record.sold) + _past(origin, row, uses) + cardless
        case Returned():
            return _sold(origin, row, record.sold)
        case Voided() if sale is not None:
            back = tuple(Sold(item.gtin, -item.quantity) for item in sale.sold)
            return _sold(origin, row, back)
        case Issued(instead_of=None):  # one printed again is no further one
            use = PastUse("issued", record.offer_id, record.valid_from, record.category)
            return _past(origin, row, [use])
        case _:
            return []


def _sold(origin: Origin, row: Row, sold: tuple[Sold, ...]) -> list[Op]:
    return [
        SoldOp(origin.lane, origin.epoch, row.seq, item.gtin, item.quantity, row.at)
        for item in sold
    ]


def _past(origin: Origin, row: Row, uses: list[PastUse]) -> list[Op]:
    shopper = row.shopper_key
    if shopper is None:
        return []
    return [PastOp(origin.lane, origin.epoch, row.seq, shopper, use) for use in uses]


def _by_coupon(
    origin: Origin, row: Row, sale: Tendered, printed: Mapping[Serial, PrintedFor]
) -> list[Op]:
    """A coupon used without its shopper's card counts for its shopper all the same.

    A lane that printed the coupon itself has counted it; to any other this is headquarters' own
    word, which no lane takes for its own.
    """
    ops: list[Op] = []
    for use in sale.redemptions:
        owner = printed.get(use.serial) if use.serial is not None else None
        if owner is not None and owner.shopper != row.shopper_key:
            epoch = origin.epoch if owner.epoch == origin.epoch else HEADQUARTERS
            past = PastUse("redeemed", use.offer_id, sale.key.business_date, use.category)
            ops.append(PastOp(origin.lane, epoch, row.seq, owner.shopper, past))
    return ops
