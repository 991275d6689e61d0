"""For people: look into a journal or a generation, also one in use. Reads only, checkpoints never."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from cache.journal_open import walk
from cache.journal_store import record_of

CELL_CHARS = 80  # of a value in a listing for people; CSV has all of it


class Report(Struct, frozen=True):
    """What a walk along the chain found, and what to do about it."""

    rows: int
    first_bad_seq: int | None
    what: str
    do: str


def tables(path: Path) -> list[tuple[str, int]]:
    """List the tables with their numbers of rows.

    Raises:
        sqlite3.DatabaseError: the file cannot be read.
    """
    with reading(path) as db:
        return [(name, _count(db, name)) for name in _names(db)]


def rows(path: Path, table: str, limit: int, *, as_csv: bool = False) -> Iterator[str]:
    """Give a table's first rows as lines, a heading first.

    Raises:
        LookupError: there is no such table.
        sqlite3.DatabaseError: the file cannot be read.
    """
    from sqlite_utils import Database

    with reading(path) as db:
        if table not in _names(db):
            raise LookupError(f"{path} has no table {table!r}; it has {', '.join(_names(db))}")
        found = Database(db, execute_plugins=False).table(table)
        yield _line([column.name for column in found.columns], as_csv)
        for row in found.rows_where(limit=limit):
            yield _line([_cell(value) for value in row.values()], as_csv)


def verify(path: Path) -> Report:
    """Go along a journal's chain from its anchor, and name the first row that does not hold."""
    count = 0
    try:
        with reading(path) as db:
            db.text_factory = _legible
            meta = dict(db.execute("SELECT name, value FROM meta"))
            beside = db.execute("SELECT uid, ref FROM row ORDER BY seq")
            for (seq, _, body, bad), (uid, ref) in zip(walk(db, meta), beside, strict=True):
                if bad:
                    return _broken(count, seq)
                if _strangers(body, uid, ref):
                    return _mislaid(count, seq)
                count += 1
    except (sqlite3.DatabaseError, msgspec.MsgspecError, *_UNREADABLE) as error:
        return Report(count, None, f"cannot be read: {error}", _SET_ASIDE)
    last, acked = int(meta["anchor_seq"]) + count, int(meta.get("hq_acked", 0))
    if acked > last:
        what = f"lost its tail: headquarters has rows up to {acked}, it ends at {last}"
        return Report(count, last + 1, what, _SET_ASIDE)
    return Report(count, None, f"whole: {count} rows, the last is {last}", "nothing")


_UNREADABLE = (LookupError, ValueError, TypeError)
_SET_ASIDE = (
    "keep a copy of the file, its -wal and its -shm; then restart the agent: it sets the journal "
    "aside under a new name and begins a new one"
)


def _broken(count: int, seq: int) -> Report:
    what = f"row {seq} does not follow from the row before it; the {count} rows before are whole"
    return Report(count, seq, what, _SET_ASIDE)


def _legible(text: bytes) -> str:
    """Read text that may be harmed: what cannot be read hashes to something else."""
    return text.decode(errors="replace")


def _strangers(body: bytes, uid: str | None, ref: str | None) -> bool:
    """Tell whether what stands beside a row says other things than the row; no hash covers that."""
    record = record_of(body)
    own = getattr(record, "uid", uid)
    return own != uid or getattr(record, "shopper", None) != ref


def _mislaid(count: int, seq: int) -> Report:
    what = f"row {seq} stands under another sale or shopper; the {count} rows before are whole"
    return Report(count, seq, what, _SET_ASIDE)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file that others may write meanwhile; nothing is written, not even its WAL is moved.

    Raises:
        sqlite3.DatabaseError: the file cannot be opened.
    """
    db = sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True, isolation_level=None)
    try:
        db.execute("PRAGMA query_only = 1")
        yield db
    finally:
        db.close()


def _names(db: sqlite3.Connection) -> list[str]:
    found = db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "AND name NOT LIKE '\\_sqlite%' ESCAPE '\\' ORDER BY name"
    )
    return [name for (name,) in found]


def _count(db: sqlite3.Connection, table: str) -> int:
    count: int = db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
    return count


def _cell(value: object) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.hex()
    return "" if value is None else str(value)


def _line(cells: list[str], as_csv: bool) -> str:
    if not as_csv:
        return "  ".join(cell[:CELL_CHARS] for cell in cells)
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()
