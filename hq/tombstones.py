"""Who is erased, as headquarters remembers it: told to lanes, taken off rows, left out of plans."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import structs

from hq.store import HqStore
from offers.model import ShopperKey, StoreId
from offers.records import Row
from offers.shopper_key import tombstone
from sync.messages import Tombstones


def tombstones(store: HqStore, name: StoreId) -> Tombstones:
    """Give the list as a store's lanes are told it."""
    found = store.conn.execute("SELECT tombstone FROM tombstones ORDER BY 1").fetchall()
    said = store.conn.execute("SELECT rev, at FROM tombstone_rev").fetchone()
    rev, at = (said[0], datetime.fromisoformat(said[1])) if said else (0, None)
    return Tombstones(name, rev, tuple(one for (one,) in found), at)


def untold(store: HqStore) -> tuple[StoreId, ...]:
    """Name the stores that have not been told the newest list."""
    query = (
        "SELECT s.store FROM stores s CROSS JOIN tombstone_rev t LEFT JOIN announced a "
        "ON a.store = s.store WHERE coalesce(a.erased_rev, 0) < t.rev ORDER BY 1"
    )
    return tuple(StoreId(name) for (name,) in store.conn.execute(query))


def forgotten(store: HqStore, rows: Iterable[Row]) -> list[Row]:
    """Take the shopper off each row, where it was erased before the row came."""
    came = list(rows)
    erased = erased_of(store, {row.shopper_key for row in came if row.shopper_key})
    return [
        structs.replace(row, shopper_key=None) if row.shopper_key in erased else row for row in came
    ]


def erased_of(store: HqStore, keys: Iterable[ShopperKey]) -> frozenset[ShopperKey]:
    """Give those of some keys that are erased."""
    query = "SELECT 1 FROM tombstones WHERE tombstone = ?"
    if store.conn.execute("SELECT 1 FROM tombstones LIMIT 1").fetchone() is None:
        return frozenset()
    return frozenset(k for k in keys if store.conn.execute(query, (tombstone(k),)).fetchone())
