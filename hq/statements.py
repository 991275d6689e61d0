"""The SQL that SQLite and PostgreSQL both understand, and what runs it.

Every statement of this package is written once, with SQLite's placeholders, `?` and `:name`. What the
two say differently stands in `hq.postgres_schema`, as functions of the names that SQLite has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from ground.complaints import Complaint

Values = Sequence[Any] | Mapping[str, Any]


class Found(Protocol):
    """What a statement gave; a row is a tuple in the order of its columns."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""

    @property
    def description(self) -> Any:
        """One sequence for each column, its name first."""

    def fetchone(self) -> Any:
        """Give the next row, or None."""

    def fetchall(self) -> list[Any]:
        """Give the rows that are left."""

    def __iter__(self) -> Iterator[Any]:
        """Go through the rows that are left."""


class Statements(Protocol):
    """A connection, as far as most of this package sees it; `sqlite3.Connection` is one."""

    def execute(self, sql: str, values: Values = ..., /) -> Found:
        """Run one statement."""

    def executemany(self, sql: str, rows: Iterable[Any], /) -> Any:
        """Run one statement for each row of values."""


class StoreAway(Complaint):
    """The store cannot be had now: what was under way is undone, and may be tried again later."""


def put(table: str, columns: str, keys: str) -> str:
    """Write the statement that inserts a row, or replaces these columns of the one with its key.

    Args:
        table: its name.
        columns: the names of the columns that are written, by spaces.
        keys: the names of those that make the primary key.
    """
    names = columns.split()
    rest = [name for name in names if name not in keys.split()]
    marks = ", ".join("?" * len(names))
    change = ", ".join(f"{name} = excluded.{name}" for name in rest)
    what = f"UPDATE SET {change}" if rest else "NOTHING"
    return (
        f"INSERT INTO {table}({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own words
        f" ON CONFLICT({', '.join(keys.split())}) DO {what}"
    )
