"""From what happened to what is written: records become drafts of rows. Pure, on the loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from msgspec import Struct, structs

from cache.chain import stamp
from cache.journal_store import Addition, Draft, Kept, OpenBasket, encode
from cache.mirror import Mirror
from cache.veil import veiled
from offers.basket import TransactionKey
from offers.model import ShopperKey, ShopperRef
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
    if any(each.uid is None for each in drafts):
        first = next((each.uid for each in drafts if each.uid is not None), None)
        drafts = [each if each.uid is not None else each._replace(uid=first) for each in drafts]
    kept: list[Kept] = []
    named: dict[ShopperRef, ShopperKey] = {}

    def veil(body: bytes) -> bytes:
        text, pairs = veiled(body, mirror.refs.ref)
        named.update(pairs)
        return text

    if evidence:
        at = drafts[0].stamp if drafts else stamp(now())
        keys = _keys(entries, open_baskets, known)
        for uid, body in evidence.items():
            key = encode(keys[uid]).decode() if uid in keys else None
            kept.append(Kept(uid, key, at, body))  # it names shoppers by reference already
    baskets = tuple((uid, _veiled(basket, veil)) for uid, basket in open_baskets.items())
    known_here = tuple((ref, key) for ref, key in named.items() if mirror.refs.key(ref) == key)
    return Addition(tuple(drafts), baskets, tuple(kept), named=known_here)


def _veiled(basket: OpenBasket | None, veil: Callable[[bytes], bytes]) -> OpenBasket | None:
    return None if basket is None else structs.replace(basket, body=veil(basket.body))


def _keys(
    entries: tuple[Entry, ...],
    open_baskets: Mapping[Uid, OpenBasket | None],
    known: Mapping[Uid, OpenBasket],
) -> dict[Uid, TransactionKey]:
    keys = {uid: basket.key for uid, basket in known.items()}
    keys |= {uid: basket.key for uid, basket in open_baskets.items() if basket is not None}
    keys |= {e.record.uid: e.record.key for e in entries if isinstance(e.record, Tendered | Voided)}
    return keys


def _draft(entry: Entry, mirror: Mirror) -> Draft:
    record = entry.record
    at = entry.at if entry.at.tzinfo is UTC else entry.at.astimezone(UTC)
    ref: ShopperRef | None = getattr(record, "shopper", None)
    return Draft(
        record,
        at,
        record.__struct_config__.tag,  # type: ignore[arg-type] # every record has a text for a tag
        at.isoformat(timespec="microseconds"),
        encode(record),
        mirror.uid_of(record),
        ref,
        mirror.refs.key(ref),
    )
