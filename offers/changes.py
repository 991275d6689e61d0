"""What headquarters changes between two generations, one value per change; deltas carry them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from offers.model import Assignment, Gtin, LaneId, OfferId, PastUse, Serial, ShopperKey
from offers.records import Incarnation, Seq
from offers.serials import Lease


class StockOp(Struct, frozen=True, tag="stock"):
    """A new on-hand figure of a product; what was sold before `as_of` is in it."""

    gtin: Gtin
    on_hand: int
    as_of: datetime


class SoldOp(Struct, frozen=True, tag="sold"):
    """What another lane of the store sold, row by row; a lane skips its own."""

    lane: LaneId
    epoch: Incarnation
    seq: Seq
    gtin: Gtin
    quantity: int
    at: datetime


class PastOp(Struct, frozen=True, tag="past"):
    """What happened to a shopper at another lane or in another channel; a lane skips its own."""

    lane: LaneId
    epoch: Incarnation
    seq: Seq
    shopper: ShopperKey
    past: PastUse


class AssignOp(Struct, frozen=True, tag="assign"):
    """A shopper's assignments, whole."""

    shopper: ShopperKey
    assignments: tuple[Assignment, ...]


class RevivedOp(Struct, frozen=True, tag="revived"):
    """A used coupon lives again: the goods came back, perhaps at another lane. `at`: when."""

    serial: Serial
    at: datetime


class LeaseOp(Struct, frozen=True, tag="lease"):
    """A new block of serials."""

    lease: Lease


class QuotaOp(Struct, frozen=True, tag="quota"):
    """How much of an offer's first N one incarnation of one lane may give, in all: a bounded counter.

    `granted` only grows within an epoch. What an epoch never used is lost with it until headquarters
    has its last row, and knows what was used.
    """

    lane: LaneId
    epoch: Incarnation
    offer_id: OfferId
    kind: Literal["redemptions", "issues"]
    granted: int


class QuotaBackOp(Struct, frozen=True, tag="quota_back"):
    """Give back of a quota what is not used, until `upto` have come back in all: another lane needs it.

    The lane answers with a `GaveBack` row of what it could spare; only that row moves anything.
    """

    lane: LaneId
    epoch: Incarnation
    offer_id: OfferId
    kind: Literal["redemptions", "issues"]
    upto: int


Op = StockOp | SoldOp | PastOp | AssignOp | RevivedOp | LeaseOp | QuotaOp | QuotaBackOp
