"""From what happened to what is written: records become drafts of rows. Pure, on the loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from cache.chain import stamp
from cache.journal_store import Addition, Draft, Kept, OpenBasket, encode
from cache.mirror import Mirror
from offers.model import ShopperRef
from offers.records import Record, Tendered, Uid, Voided


class Entry(Struct, frozen=True):
    """Something that happened, and when; aware."""

    record: Record
    at: datetime


def draft(
    entries: tuple[Entry, ...],
    open_baskets: Mapping[Uid, OpenBasket | None],
    evidence: Mapping[Uid, bytes],
    mirror: Mirror,
    known: Mapping[Uid, OpenBasket],
    now: Callable[[], datetime],
) -> Addition:
    """Make ready what one call writes.

    A record that names no transaction belongs to the first one that the call names. Evidence is
    found again by the till's key: its sale's or its open basket's.
    """
    drafts = [_draft(entry, mirror) for entry in entries]
    first = next((each.uid for each in drafts if each.uid is not None), None)
    keys = {uid: basket.key for uid, basket in known.items() if uid in evidence}
    keys |= {uid: basket.key for uid, basket in open_baskets.items() if basket is not None}
    keys |= {e.record.uid: e.record.key for e in entries if isinstance(e.record, Tendered | Voided)}
    at = drafts[0].stamp if drafts else stamp(now())
    return Addition(
        tuple(each if each.uid is not None else each._replace(uid=first) for each in drafts),
        tuple(open_baskets.items()),
        tuple(
            Kept(uid, encode(keys[uid]).decode() if uid in keys else None, at, body)
            for uid, body in evidence.items()
        ),
    )


def _draft(entry: Entry, mirror: Mirror) -> Draft:
    record = entry.record
    ref: ShopperRef | None = getattr(record, "shopper", None)
    return Draft(
        record,
        entry.at,
        str(record.__struct_config__.tag),
        stamp(entry.at),
        encode(record),
        mirror.uid_of(record),
        ref,
        mirror.refs.key(ref),
    )
