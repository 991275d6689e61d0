"""An arbiter's memory as three tables, the same at headquarters and in a store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from offers.model import Serial
from offers.records import ClaimId, Incarnation
from sync.arbiter import Duplicate, Grave, Holding
from sync.messages import Word

TABLES = (
    "CREATE TABLE holdings(serial TEXT PRIMARY KEY, epoch TEXT NOT NULL, attempt INTEGER NOT NULL,"
    " place TEXT NOT NULL, at TEXT NOT NULL, redeemed INTEGER NOT NULL) STRICT",
    "CREATE TABLE graves(serial TEXT NOT NULL, epoch TEXT NOT NULL, attempt INTEGER NOT NULL,"
    " how TEXT NOT NULL, PRIMARY KEY(serial, epoch, attempt)) STRICT",
    "CREATE TABLE duplicates(serial TEXT NOT NULL, epoch TEXT NOT NULL, attempt INTEGER NOT NULL,"
    " place TEXT NOT NULL, at TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 1,"
    " PRIMARY KEY(serial, epoch, attempt)) STRICT",
)


class Statements(Protocol):
    """What runs its statements: a SQLite connection, or headquarters' to PostgreSQL."""

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Any:
        """Run one statement."""


class SqliteLedger:
    """`sync.arbiter.Ledger` on tables; the caller's transaction makes a call's writes one piece."""

    def __init__(self, conn: Statements) -> None:
        self._conn = conn

    def holding(self, serial: Serial) -> Holding | None:
        """Tell who has the serial."""
        query = "SELECT epoch, attempt, place, at, redeemed FROM holdings WHERE serial = ?"
        row = self._conn.execute(query, (serial,)).fetchone()
        if row is None:
            return None
        claim = ClaimId(Incarnation(row[0]), row[1])
        return Holding(claim, row[2], datetime.fromisoformat(row[3]), bool(row[4]))

    def hold(self, serial: Serial, holding: Holding) -> None:
        """Give the serial to a claim, or replace what is known of it."""
        claim = holding.claim
        row = (serial, claim.epoch, claim.attempt, holding.where, holding.when.isoformat())
        self._conn.execute(
            "INSERT INTO holdings(serial, epoch, attempt, place, at, redeemed)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(serial) DO UPDATE SET epoch = excluded.epoch,"
            " attempt = excluded.attempt, place = excluded.place, at = excluded.at,"
            " redeemed = excluded.redeemed",
            (*row, int(holding.redeemed)),
        )

    def free(self, serial: Serial) -> None:
        """Take the serial back from whoever has it."""
        self._conn.execute("DELETE FROM holdings WHERE serial = ?", (serial,))

    def grave(self, serial: Serial, claim: ClaimId) -> Grave | None:
        """Tell whether this claim is over, and how."""
        query = "SELECT how FROM graves WHERE serial = ? AND epoch = ? AND attempt = ?"
        row = self._conn.execute(query, (serial, claim.epoch, claim.attempt)).fetchone()
        if row is None:
            return None
        return "released" if row[0] == "released" else "denied"

    def bury(self, serial: Serial, claim: ClaimId, how: Grave) -> None:
        """Remember that this claim is over; "released" outlasts "denied"."""
        self._conn.execute(
            "INSERT INTO graves VALUES (?, ?, ?, ?)"
            " ON CONFLICT(serial, epoch, attempt) DO UPDATE"
            " SET how = excluded.how WHERE excluded.how = 'released'",
            (serial, claim.epoch, claim.attempt, how),
        )

    def flag(self, duplicate: Duplicate) -> None:
        """Remember a second use, or a grant that waits; a use outlasts a grant of the same claim."""
        claim = duplicate.claim
        row = (duplicate.serial, claim.epoch, claim.attempt, duplicate.where)
        self._conn.execute(
            "INSERT INTO duplicates(serial, epoch, attempt, place, at, used) VALUES"
            " (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT(serial, epoch, attempt) DO UPDATE SET place = excluded.place,"
            " at = excluded.at, used = 1 WHERE excluded.used > duplicates.used",
            (*row, duplicate.when.isoformat(), int(duplicate.used)),
        )

    def flagged(self, serial: Serial) -> list[Duplicate]:
        """List the second uses of a serial and then the grants that wait, in the order of claims."""
        query = (
            "SELECT epoch, attempt, place, at, used FROM duplicates WHERE serial = ?"
            " ORDER BY used DESC, epoch, attempt"
        )
        return [
            Duplicate(
                serial,
                ClaimId(Incarnation(epoch), attempt),
                place,
                datetime.fromisoformat(at),
                bool(used),
            )
            for epoch, attempt, place, at, used in self._conn.execute(query, (serial,))
        ]

    def note(self, word: Word) -> None:
        """Say nothing: for an arbiter whose decisions nobody else needs."""
