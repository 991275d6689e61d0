"""What lanes say of themselves: births and wills, clocks, and two machines that go by one name.

A running agent draws a word of its own, `boot`. The newest boot is the lane. One that comes back after
another spoke is a second machine: a copied disk, or two PCs enrolled as one lane.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from hq.statements import Statements, put
from offers.model import LaneId, StoreId
from sync.messages import Status

BOOTS_KEPT = 20  # of a lane; a restart makes one
_SAY = put("lanes", "store lane status received_at skew_s", "store lane")


class Births:
    """The last word of each lane on itself. Every call is one piece of the caller's transaction."""

    def __init__(self, conn: Statements) -> None:
        self._conn = conn

    def heard(
        self, store: StoreId, lane: LaneId, status: Status, now: datetime, stored: bool = False
    ) -> bool:
        """Keep a word; tell whether the lane has just come: anew, back, or with other offers.

        `stored`: the broker kept it for us, so that it tells nothing of the lane's clock now.
        """
        before = self._said(store, lane)
        if stored and before == status:
            return False
        skew = None
        if status.online and status.clock is not None and not stored:
            skew = round((status.clock - now).total_seconds())
        row = (store, lane, msgspec.json.encode(status).decode(), now.isoformat(), skew)
        self._conn.execute(_SAY, row)
        if status.online and status.boot:
            self._booted(store, lane, status.boot, now)
        return status.online and _is_birth(before, status)

    def _said(self, store: StoreId, lane: LaneId) -> Status | None:
        query = "SELECT status FROM lanes WHERE store = ? AND lane = ?"
        found = self._conn.execute(query, (store, lane)).fetchone()
        return msgspec.json.decode(found[0], type=Status) if found else None

    def _booted(self, store: StoreId, lane: LaneId, boot: str, now: datetime) -> None:
        newest = "SELECT boot FROM boots WHERE store = ? AND lane = ? ORDER BY id DESC LIMIT 1"
        last = self._conn.execute(newest, (store, lane)).fetchone()
        if last == (boot,):
            return
        known = "SELECT 1 FROM boots WHERE store = ? AND lane = ? AND boot = ?"
        back = self._conn.execute(known, (store, lane, boot)).fetchone() is not None
        insert = "INSERT INTO boots(store, lane, boot, at, back) VALUES (?, ?, ?, ?, ?)"
        self._conn.execute(insert, (store, lane, boot, now.isoformat(), int(back)))
        prune = (
            "DELETE FROM boots WHERE store = ? AND lane = ? AND id NOT IN"
            " (SELECT id FROM boots WHERE store = ? AND lane = ? ORDER BY id DESC LIMIT ?)"
        )
        self._conn.execute(prune, (store, lane, store, lane, BOOTS_KEPT))


def twin_at(conn: Statements, store: str, lane: str) -> datetime | None:
    """Say when a second machine last spoke in a lane's name; None where it never did."""
    query = "SELECT max(at) FROM boots WHERE store = ? AND lane = ? AND back = 1"
    found = conn.execute(query, (store, lane)).fetchone()[0]
    return datetime.fromisoformat(found) if found else None


def _is_birth(before: Status | None, now: Status) -> bool:
    if before is None or not before.online:
        return True
    return (before.epoch, before.generation) != (now.epoch, now.generation)
