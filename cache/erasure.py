"""Who was erased, searched for in all the files of a lane: only then may it say that it is done.

The journal forgets by itself (`Journal.set_tombstones`). Here is the rest: the generation before is
deleted where it knows an erased shopper, so are half-pulled generations and the journal's copy from
before a migration. A damaged journal that was set aside is never deleted: until a person has taken
it away, the lane does not say that it is done. Every function blocks; call them in a thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from offers.model import ShopperKey
from offers.shopper_key import tombstone

_KEYS = "SELECT shopper FROM wallet UNION ALL SELECT identity FROM alias UNION ALL SELECT shopper FROM alias"
LEFTOVERS = ("offers-*.part", "offers-*.new", "journal.db.schema-*")


def clean_up(directory: Path, in_force: str, tombstones: frozenset[str]) -> tuple[str, ...]:
    """Delete what may go; name the files that still may know an erased shopper.

    Args:
        directory: the lane's data directory, with no pull under way.
        in_force: the name of the generation that serves.
        tombstones: who is erased.
    """
    if not tombstones:
        return ()
    for pattern in LEFTOVERS:
        for path in directory.glob(pattern):
            path.unlink(missing_ok=True)
    left = [path.name for path in directory.glob("journal.db.damaged-*")]
    for path in directory.glob("offers-*.db"):
        if knows(path, tombstones):
            if path.name == in_force:
                left.append(path.name)  # until headquarters' next one is in force
            else:
                path.unlink(missing_ok=True)
    return tuple(sorted(left))


def knows(path: Path, tombstones: frozenset[str]) -> bool:
    """Tell whether a generation holds one of them; one that cannot be read is taken to."""
    try:
        with closing(_reading(path)) as db:
            return any(tombstone(key) in tombstones for key in _keys(db))
    except sqlite3.DatabaseError:
        return True


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path.resolve().as_uri() + "?mode=ro&immutable=1", uri=True)


def _keys(db: sqlite3.Connection) -> Iterator[ShopperKey]:
    for (raw,) in db.execute(_KEYS):
        yield ShopperKey(raw.hex())
