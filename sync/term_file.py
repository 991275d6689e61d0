"""The arbiter's own SQLite file, one for each term: who has what, who swore, what it decided.

A grant leaves the process only after its commit, and a commit is on the disk (synchronous = FULL).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from offers.model import LaneId, Serial
from offers.records import ClaimId, Incarnation, Seq
from sync.ledger_file import TABLES, SqliteLedger
from sync.messages import Word
from sync.store_arbiter import Sworn

OWN_TABLES = (
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    "CREATE TABLE oaths(lane TEXT PRIMARY KEY, epoch TEXT NOT NULL, head INTEGER NOT NULL) STRICT",
    "CREATE TABLE heard(source TEXT PRIMARY KEY, upto INTEGER NOT NULL) STRICT",
    "CREATE TABLE log(seq INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT NOT NULL, serial TEXT NOT NULL,"
    " epoch TEXT NOT NULL, attempt INTEGER NOT NULL, place TEXT NOT NULL, at TEXT NOT NULL) STRICT",
)
BUSY_MS = 5_000


class TermFile(SqliteLedger):
    """`sync.store_arbiter.TermLedger` on one connection. `name` is this file's own, for ever."""

    _conn: sqlite3.Connection

    def __init__(self, conn: sqlite3.Connection) -> None:
        super().__init__(conn)
        self.name = Incarnation(self._meta("name"))
        self.term = int(self._meta("term"))

    @staticmethod
    def make(path: Path | str, term: int, name: Incarnation) -> TermFile:
        """Begin the file of a new term."""
        conn = _connect(path)
        with _change(conn):
            for statement in (*TABLES, *OWN_TABLES):
                conn.execute(statement)
            told = (("term", str(term)), ("name", name), ("copied", ""), ("feed", ""))
            conn.executemany("INSERT INTO meta VALUES (?, ?)", told)
        return TermFile(conn)

    @staticmethod
    def open(path: Path) -> TermFile:
        """Open a file that is there.

        Raises:
            sqlite3.DatabaseError: it is not there, or it is no such file.
        """
        if not path.is_file():
            raise sqlite3.DatabaseError(f"{path} is not there")
        conn = _connect(path)
        try:
            return TermFile(conn)
        except (sqlite3.Error, TypeError, ValueError) as error:
            conn.close()
            raise sqlite3.DatabaseError(f"{path}: {error}") from error

    @contextmanager
    def change(self) -> Iterator[None]:
        """Do everything inside in one transaction, or nothing of it."""
        with _change(self._conn):
            yield

    def close(self) -> None:
        """Close the file."""
        self._conn.close()

    def sworn(self, lane: LaneId) -> Sworn | None:
        """Give a lane's latest oath."""
        query = "SELECT epoch, head FROM oaths WHERE lane = ?"
        row = self._conn.execute(query, (lane,)).fetchone()
        return Sworn(Incarnation(row[0]), row[1]) if row else None

    def swear(self, lane: LaneId, sworn: Sworn) -> None:
        """Remember an oath."""
        self._conn.execute("INSERT OR REPLACE INTO oaths VALUES (?, ?, ?)", (lane, *sworn))

    def cursor(self, source: Incarnation) -> Seq | None:
        """Tell up to where everything of a source is here; None: nothing was agreed yet."""
        query = "SELECT upto FROM heard WHERE source = ?"
        row = self._conn.execute(query, (source,)).fetchone()
        return row[0] if row else None

    def move(self, source: Incarnation, upto: Seq) -> None:
        """Remember that everything of a source is here up to a number."""
        self._conn.execute("INSERT OR REPLACE INTO heard VALUES (?, ?)", (source, upto))

    def copied(self) -> str | None:
        """Tell up to which serial headquarters' copy is here; None where all of it is."""
        at = self._meta("copied")
        return None if at == "all" else at

    def copied_to(self, serial: str | None) -> None:
        """Remember how far the copy has come."""
        self._set("copied", "all" if serial is None else serial)

    def feed(self) -> Incarnation:
        """Name the numbering of headquarters' words."""
        return Incarnation(self._meta("feed"))

    def fed_by(self, source: Incarnation) -> None:
        """Remember the numbering of headquarters' words."""
        self._set("feed", source)

    def note(self, word: Word) -> None:
        """Write down what was decided, for headquarters."""
        claim = word.claim
        row = (word.what, word.serial, claim.epoch, claim.attempt, word.where, word.at.isoformat())
        self._conn.execute(
            "INSERT INTO log(what, serial, epoch, attempt, place, at) VALUES (?, ?, ?, ?, ?, ?)",
            row,
        )

    def decided(self, after: Seq, limit: int) -> list[tuple[Seq, Word]]:
        """List what was decided after a number, in order."""
        query = (
            "SELECT seq, what, serial, epoch, attempt, place, at FROM log"
            " WHERE seq > ? ORDER BY seq LIMIT ?"
        )
        return [
            (seq, Word(what, Serial(serial), ClaimId(Incarnation(epoch), n), place, _time(at)))
            for seq, what, serial, epoch, n, place, at in self._conn.execute(query, (after, limit))
        ]

    def last_decided(self) -> Seq:
        """Give the number of the latest decision."""
        row = self._conn.execute("SELECT coalesce(max(seq), 0) FROM log").fetchone()
        return int(row[0])

    def _meta(self, name: str) -> str:
        row = self._conn.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0])

    def _set(self, name: str, value: str) -> None:
        self._conn.execute("UPDATE meta SET value = ? WHERE name = ?", (value, name))


def _connect(path: Path | str) -> sqlite3.Connection:
    conn = sqlite3.connect(
        path,
        isolation_level=None,
        timeout=BUSY_MS / 1000,
        check_same_thread=False,  # one thread at a time: the arbiter's own
    )
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        conn.execute(f"PRAGMA {pragma}")
    return conn


@contextmanager
def _change(conn: sqlite3.Connection) -> Iterator[None]:
    conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
