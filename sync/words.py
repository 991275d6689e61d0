"""What a journal row says of serials: the words that an arbiter hears. Pure."""

from __future__ import annotations

from datetime import datetime

from offers.basket import TransactionKey
from offers.model import Serial
from offers.records import (
    ClaimProvisional,
    ClaimReleased,
    Record,
    Returned,
    Settled,
    Tendered,
)
from sync.messages import Word

# kinds of rows
SALE = "sale "  # before the names of rights that are no serials; those are digits
TOLD = frozenset({"claim_released", "claim_provisional", "tendered", "returned", "settled"})


def sale_right(key: TransactionKey) -> Serial:
    """Name the right to take goods of a sale back; headquarters alone decides on it."""
    return Serial(f"{SALE}{key.store}/{key.till}/{key.business_date}/{key.number}")


def words_of(record: Record, where: str, at: datetime) -> list[Word]:
    """Give what a row says of serials; training says nothing.

    Args:
        record: what the row holds.
        where: "store/lane", as a cashier reads it.
        at: when it happened.
    """
    match record:
        case ClaimReleased():
            return [Word("released", record.serial, record.claim, where, at)]
        case ClaimProvisional():
            return [Word("used", record.serial, record.claim, where, at)]
        case Tendered(mode="live"):
            return [
                Word("redeemed", use.serial, use.claim, where, at)
                for use in record.redemptions
                if use.serial and use.claim
            ]
        case Settled() if record.serial and record.claim:  # printed again: the old one is used up
            return [Word("redeemed", record.serial, record.claim, where, at)]
        case Returned():
            return [
                Word("released", undone.serial, undone.claim, where, at)
                for undone in record.reversals
                if undone.whole and undone.serial and undone.claim
            ]
        case _:
            return []
