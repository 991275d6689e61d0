"""What a journal row says of serials: the words that an arbiter hears. Pure."""

from __future__ import annotations

from datetime import datetime

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
TOLD = frozenset({"claim_released", "claim_provisional", "tendered", "returned", "settled"})


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
