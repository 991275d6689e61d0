"""A committed record with what it must be read beside, and what it does to serials for good."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from offers.model import Serial
from offers.records import Record, Returned, Settled, Tendered, Uid, Voided


class Fact(NamedTuple):
    """A row as the memory takes it. `sale` is the live sale that a `Voided` undoes, if there is one."""

    seq: int
    at: datetime
    record: Record
    sale: Tendered | None = None


def used_up(fact: Fact) -> Iterator[tuple[Serial, Uid]]:
    """Name the serials that the fact used up, and in which sale; training uses up nothing."""
    record = fact.record
    if isinstance(record, Tendered) and record.mode == "live":
        for use in record.redemptions:
            if use.serial is not None:
                yield use.serial, record.uid
    if isinstance(record, Settled) and record.new_serial is not None and record.serial is not None:
        yield record.serial, record.uid


def revived(fact: Fact) -> Iterator[Serial]:
    """Name the serials that live again: their sale was undone, or their redemption wholly reversed."""
    record = fact.record
    if isinstance(record, Returned):
        yield from (r.serial for r in record.reversals if r.whole and r.serial is not None)
    elif isinstance(record, Voided) and fact.sale is not None:
        yield from (use.serial for use in fact.sale.redemptions if use.serial is not None)
