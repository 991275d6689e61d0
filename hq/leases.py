"""Blocks of serials: which incarnation of which lane has which, and when it gets another."""

from __future__ import annotations

from datetime import datetime

from ground.complaints import Complaint
from hq.store import HqStore
from offers.changes import LeaseOp
from offers.model import LaneId, StoreId
from offers.records import Incarnation
from offers.serials import Lease

LEASES_AHEAD = 2  # blocks in hand besides those nearly used
NEARLY_USED = 900  # of a block's 1,000 serials
LEASES = 100_000  # five digits
_LEASES_GONE = "begin a new file of headquarters, with new keys of serials"


class Leases:
    """The blocks that were given out; every call is a piece of the caller's transaction."""

    def __init__(self, store: HqStore) -> None:
        self._store = store
        self._conn = store.conn

    def leases(
        self, store: StoreId, lane: LaneId, epoch: Incarnation, key_id: str, now: datetime
    ) -> list[Lease]:
        """Give an incarnation its unused blocks of serials, topped up to two; repeats are harmless.

        The store's other lanes hear of new blocks by a delta, so that they can check these serials.
        A lane that stores.toml does not name gets none.
        """
        known = next((row for row in self._store.stores() if row.store == store), None)
        if known is None or lane not in known.lanes:
            return []
        mine = self._store.leases(store, lane, epoch)
        unused = [lease for lease in mine if self._highest_counter(lease) < NEARLY_USED]
        new = [
            self._new_lease(store, lane, epoch, key_id, now)
            for _ in range(LEASES_AHEAD - len(unused))
        ]
        if new:
            self._store.add_ops(store, [LeaseOp(lease) for lease in new], now)
        return unused + new

    def _highest_counter(self, lease: Lease) -> int:
        query = (
            "SELECT max(substr(json_extract(body, '$.serial'), 6, 3)) FROM rows"
            " WHERE store = ? AND lane = ? AND epoch = ? AND kind = 'issued'"
            " AND json_extract(body, '$.serial') LIKE ?"
        )
        key = (lease.store, lease.lane, lease.epoch, f"{lease.lease:05d}%")
        found = self._conn.execute(query, key).fetchone()[0]
        return int(found) if found and str(found).isdigit() else -1

    def _new_lease(
        self, store: StoreId, lane: LaneId, epoch: Incarnation, key_id: str, now: datetime
    ) -> Lease:
        query = "SELECT coalesce(max(lease) + 1, 0) FROM leases"
        number = int(self._conn.execute(query).fetchone()[0])
        if number >= LEASES:
            raise Complaint(f"all {LEASES} blocks of serials are given out", _LEASES_GONE)
        row = (number, store, lane, epoch, key_id, now.isoformat())
        self._conn.execute("INSERT INTO leases VALUES (?, ?, ?, ?, ?, ?)", row)
        return Lease(number, store, lane, epoch, key_id)
