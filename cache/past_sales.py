"""For people: find a sale in a journal, also one in use, with all that its decision was made from.

Reads only, in one snapshot, and checkpoints never.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import zstandard
from msgspec import Struct

from cache import inspect
from cache.chain import link
from cache.journal_store import key_of, unpack
from cache.parts import PartName, part_name
from offers.basket import TransactionKey
from offers.model import Gtin, Product
from offers.records import Uid

T = TypeVar("T")
UID_DIGITS, SERIAL_DIGITS = 32, 12
LOOKED_INTO = 5000  # sales, the newest ones: some ten busy days
KINDS = ("tendered", "claiming", "issued")  # where a serial is looked for, the best proof first


class FoundSale(Struct, frozen=True):
    """A sale as the journal keeps it. `row_hash_fits` is None where its row is pruned."""

    uid: Uid
    key: TransactionKey | None
    body: bytes  # the evidence of an ended sale, the saved basket of an open one
    is_open: bool
    row: bytes | None
    row_hash_fits: bool | None
    found_by: str  # "number", "uid", "presented", or the kind of row that names the serial


class PartDamagedError(Exception):
    """A part that is gone, or is not what its name says."""

    def __init__(self, name: PartName, what: str) -> None:
        super().__init__(f"the part {name.hex()} {what}")
        self.name = name
        self.what = what


class PastSales:
    """One journal's sales."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def find(self, wanted: str, till: str | None = None, day: str | None = None) -> list[FoundSale]:
        """List the sales that a number names, the newest first.

        Args:
            wanted: the till's number of a transaction, the lane's uid, or a coupon's serial.
            till: only this till's, where numbers repeat.
            day: only of this business date, as ISO text.
        """
        uids = self._uids(wanted)
        sales = [sale for uid, by in uids if (sale := self._sale(uid, by)) is not None]
        return [
            sale
            for sale in sales
            if sale.key is None
            or (till in (None, sale.key.till) and day in (None, sale.key.business_date.isoformat()))
        ]

    def part(self, name: PartName, kind: type[T]) -> T:
        """Give a part of a decision's facts.

        Raises:
            PartDamagedError: it is gone, or was changed.
        """
        found = self._one("SELECT body FROM part WHERE name = ?", name)
        if found is None:
            raise PartDamagedError(name, "is not in the journal any more")
        try:
            body = unpack(found[0])
        except zstandard.ZstdError:
            body = b""
        if part_name(body) != name:
            raise PartDamagedError(name, "was changed: its hash is another")
        return msgspec.json.decode(body, type=kind)

    def product(self, gtin: Gtin) -> Product | None:
        """Find what the lane knew of an article in any of its sales."""
        for (body,) in self._db.execute("SELECT body FROM part ORDER BY day DESC"):
            plain = unpack(body)
            if plain.startswith(b'{"gtin":"' + gtin.encode()):
                return msgspec.json.decode(plain, type=Product)
        return None

    def _uids(self, wanted: str) -> list[tuple[Uid, str]]:
        if len(wanted) == UID_DIGITS and self._one(_KNOWN, wanted, wanted):
            return [(Uid(wanted), "uid")]
        numbered = self._db.execute(_BY_NUMBER, (wanted, wanted)).fetchall()
        if numbered or len(wanted) != SERIAL_DIGITS or not wanted.isdigit():
            return [(uid, "number") for (uid,) in reversed(numbered)]
        for kind in KINDS:
            rows = self._db.execute(_BY_SERIAL, (kind, f'"{wanted}"')).fetchall()
            if rows:
                return [(uid, kind) for uid, _ in rows]
        return [(uid, "presented") for uid in self._presented(wanted)]

    def _presented(self, serial: str) -> Iterator[Uid]:
        """Look into the sales themselves: a coupon that was refused at once has no row."""
        for uid, body in self._db.execute(_LATELY, (LOOKED_INTO,)):
            if f'"{serial}"'.encode() in unpack(body):
                yield Uid(uid)

    def _sale(self, uid: Uid, by: str) -> FoundSale | None:
        ended = self._one("SELECT key, body FROM evidence WHERE uid = ?", uid)
        found = ended or self._one("SELECT key, body FROM open_basket WHERE uid = ?", uid)
        if found is None:
            return None
        key = None if found[0] is None else key_of(found[0])
        row = self._one(_ROW, uid) if ended else None
        body, fits = (None, None) if row is None else (row[4], link(*row[:5]) == row[5])
        try:
            kept = unpack(found[1])
        except zstandard.ZstdError as error:
            raise ValueError(
                f"what is kept of the sale {uid} cannot be unpacked: {error}"
            ) from None
        return FoundSale(uid, key, kept, not ended, body, fits, by)

    def _one(self, sql: str, *values: str | bytes) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._db.execute(sql, values).fetchone()
        return found


_KNOWN = "SELECT 1 FROM evidence WHERE uid = ? UNION ALL SELECT 1 FROM open_basket WHERE uid = ?"
_BY_NUMBER = (
    "SELECT uid FROM (SELECT uid, rowid AS age FROM evidence "
    "WHERE json_extract(key, '$.number') = ? UNION ALL SELECT uid, 9e18 FROM open_basket "
    "WHERE json_extract(key, '$.number') = ?) ORDER BY age"
)
_BY_SERIAL = (
    "SELECT uid, max(seq) FROM row WHERE kind = ? AND instr(CAST(body AS TEXT), ?) "
    "GROUP BY uid ORDER BY 2 DESC"
)
_ROW = (
    "SELECT prev, seq, kind, at, body, hash FROM row "
    "WHERE uid = ? AND kind = 'tendered' ORDER BY seq DESC LIMIT 1"
)
_LATELY = (
    "SELECT uid, body FROM (SELECT uid, body, 9e18 AS age FROM open_basket "
    "UNION ALL SELECT uid, body, rowid FROM evidence) ORDER BY age DESC LIMIT ?"
)


@contextmanager
def past_sales(path: Path) -> Iterator[PastSales]:
    """Open a journal for reading, beside whoever writes it.

    Raises:
        sqlite3.DatabaseError: the file cannot be read, or has no evidence.
    """
    with inspect.reading(path) as db:
        db.execute("BEGIN")  # one snapshot: a sale does not end between two looks
        yield PastSales(db)
