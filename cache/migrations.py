"""The journal's schema, as numbered SQL files applied by sqlite-utils.

Migrations only add: version N-1 of the program opens version N's journal as long as the journal's
`min_reader` allows it. sqlite-utils is imported only when there is something to apply.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations


class Step(NamedTuple):
    """One version of the schema: its SQL, and the oldest version that can still write on it."""

    version: int
    sql: str
    min_reader: int


def steps() -> tuple[Step, ...]:
    """Give every released version, oldest first."""
    scripts = (files("cache").joinpath(f"schema/journal_{n:03}.sql") for n in range(1, SCHEMA + 1))
    return tuple(Step(n, script.read_text(), 1) for n, script in enumerate(scripts, 1))


SCHEMA = 2


def version(db: sqlite3.Connection) -> int:
    """Read which version a journal has; 0 is a new file."""
    number: int = db.execute("PRAGMA user_version").fetchone()[0]
    return number


def bring_up(path: Path, db: sqlite3.Connection, todo: Sequence[Step]) -> Path | None:
    """Apply the steps above the journal's version; an existing journal is copied first.

    Returns:
        The copy, or None where nothing was there to copy.
    """
    before = version(db)
    if before >= todo[-1].version:
        return None
    copy = None
    if before:
        copy = path.with_name(f"{path.name}.schema-{before}")
        copy.unlink(missing_ok=True)
        db.execute("VACUUM INTO ?", (str(copy),))
    from sqlite_utils import Database

    _migrations(todo).apply(Database(db))
    return copy


def _migrations(todo: Sequence[Step]) -> Migrations:
    from sqlite_utils import Migrations

    migrations = Migrations("journal")
    for step in todo:

        def apply(db: Database, step: Step = step) -> None:
            for statement in statements(step.sql):
                db.execute(statement)
            db.execute(
                "INSERT OR REPLACE INTO meta VALUES ('min_reader', ?)", [str(step.min_reader)]
            )
            db.execute(f"PRAGMA user_version = {step.version}")

        migrations(name=f"journal_{step.version:03}")(apply)
    return migrations


def statements(sql: str) -> Iterator[str]:
    """Split a script into its statements; `executescript` would commit between them."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
