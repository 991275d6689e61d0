"""Who arbitrates the serials of each store: a lane of it, or headquarters. Each change is a new term."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from ground.complaints import Complaint
from hq.ledger import HqTerm
from hq.statements import Statements, put
from hq.store import HqStore, text
from offers.model import LaneId, Serial, StoreId
from offers.serials import read_serial
from sync.messages import Seat
from sync.store_arbiter import StoreArbiter

_APPOINT = put("seats", "store term lane lanes at told fed", "store")
_SEAT = "SELECT store, term, lane, lanes FROM seats"


class Seats:
    """The appointments, in headquarters' file."""

    def __init__(self, conn: Statements) -> None:
        self._conn = conn

    def of(self, store: StoreId) -> Seat:
        """Give a store's seat; term 0 and headquarters, where nobody was ever appointed."""
        row = self._conn.execute(f"{_SEAT} WHERE store = ?", (store,)).fetchone()
        return _seat(row) if row else Seat(store, 0)

    def home(self, serial: Serial) -> StoreId | None:
        """Name the store whose arbiter decides on a serial: that of the lane that got its block."""
        parts = read_serial(serial)
        query = "SELECT store FROM leases WHERE lease = ?"
        row = self._conn.execute(query, (parts.lease,)).fetchone() if parts else None
        return StoreId(row[0]) if row else None

    def untold(self) -> list[Seat]:
        """List the seats that their stores have not been told of."""
        return [_seat(row) for row in self._conn.execute(f"{_SEAT} WHERE told = 0 ORDER BY store")]

    def told(self, seat: Seat) -> None:
        """Note that a store was told."""
        update = "UPDATE seats SET told = 1 WHERE store = ? AND term = ?"
        self._conn.execute(update, (seat.store, seat.term))

    def tell_again(self) -> None:
        """Count every seat as untold: a broker may have lost its retained words."""
        self._conn.execute("UPDATE seats SET told = 0")

    def appoint(self, store: StoreId, lane: LaneId, lanes: Iterable[LaneId], now: datetime) -> Seat:
        """Begin a store's next term. Nothing is granted until the new arbiter knows what was."""
        term = self.of(store).term + 1
        seat = Seat(store, term, lane, tuple(lanes))
        row = (store, term, lane, text(seat.lanes), now.isoformat(), 0, -1)
        self._conn.execute(_APPOINT, row)
        if not lane:
            HqTerm(self._conn, store, term).begin_anew(store)
        return seat

    def missing(self, store: StoreId) -> tuple[str, ...]:
        """Name the lanes that headquarters still waits for, where it arbitrates."""
        seat = self.of(store)
        if seat.lane or not seat.term:
            return ()
        return StoreArbiter(seat, HqTerm(self._conn, store, seat.term)).missing()


def appoint(store: HqStore, name: StoreId, lane: str, now: datetime) -> Seat:
    """Let a lane, or headquarters, arbitrate for a store from now on.

    Args:
        store: headquarters' file.
        name: the store.
        lane: one of its lanes; empty for headquarters.
        now: when.

    Raises:
        Complaint: there is no such store, or no such lane in it.
    """
    with store.change():
        row = store.store(name)
        if lane and lane not in row.lanes:
            known = ", ".join(row.lanes)
            raise Complaint(f"{name} has no lane {lane!r}", f"name one of {known}, or hq")
        return Seats(store.conn).appoint(name, LaneId(lane), row.lanes, now)


def _seat(row: tuple[str, int, str, str]) -> Seat:
    lanes = msgspec.json.decode(row[3], type=tuple[LaneId, ...])
    return Seat(StoreId(row[0]), row[1], LaneId(row[2]), lanes)
