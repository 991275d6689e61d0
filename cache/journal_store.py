"""The journal's SQL, on the writer's side: called in the journal's thread, inside its transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec
import zstandard
from msgspec import Raw, Struct

from cache.chain import link
from cache.facts import Fact
from cache.parts import Part
from offers.basket import TransactionKey
from offers.model import ShopperKey, ShopperRef
from offers.records import Record, Row, Tendered, Uid, Voided

EVIDENCE_MAX_BYTES = 16 * 1024 * 1024  # of one decision, unpacked; 500 lines x 500 offers fit
ZSTD_LEVEL = 3
PACK_BYTES = 512  # a shorter part is not worth it
PACK_LEVEL = -1  # open baskets live for minutes: an eighth of the bytes, in 0.15 ms for 200 KB

encode = msgspec.json.Encoder(order="deterministic").encode
record_of = msgspec.json.Decoder(Record).decode
key_of = msgspec.json.Decoder(TransactionKey).decode
_tendered = msgspec.json.Decoder(Tendered).decode

_ROWS = (
    "SELECT seq, kind, at, body, prev, hash, shopper.shopper "
    "FROM row LEFT JOIN shopper ON shopper.ref = row.ref "
)
_INSERT = "INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_NOTE_PART = (
    "INSERT INTO part VALUES (?, ?, ?) "
    "ON CONFLICT (name) DO UPDATE SET day = max(day, excluded.day)"
)
OF_UID = (
    "(seq IN (SELECT seq FROM place WHERE uid = ?) OR (uid = ? AND "
    "seq > coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'settled'), 0)))"
)


class OpenBasket(Struct, frozen=True):
    """A transaction that is not over: what the lane needs to go on with it after a restart."""

    uid: Uid
    key: TransactionKey
    revision: int
    body: bytes


class Draft(NamedTuple):
    """A row before it has its place in the chain; `at` is in UTC, `stamp` the same as text."""

    record: Record
    at: datetime
    kind: str
    stamp: str
    body: bytes
    uid: Uid | None
    ref: ShopperRef | None
    shopper: ShopperKey | None


class Kept(NamedTuple):
    """Evidence to keep, or to replace, under a transaction's uid."""

    uid: Uid
    key: str | None
    stamp: str
    body: bytes


class Addition(NamedTuple):
    """What one call of `append` writes, all of it or nothing."""

    drafts: tuple[Draft, ...]
    baskets: tuple[tuple[Uid, OpenBasket | None], ...]
    evidence: tuple[Kept, ...]
    parts: tuple[Part, ...] = ()
    named: tuple[tuple[ShopperRef, ShopperKey], ...] = ()  # whom baskets and evidence name


class Added(NamedTuple):
    """What it became."""

    rows: tuple[Row, ...]
    facts: tuple[Fact, ...]


class Head(NamedTuple):
    """The chain's last row."""

    seq: int
    hash: bytes


class JournalStore:
    """One connection and the chain's head. Whoever rolls back puts the head back."""

    def __init__(self, db: sqlite3.Connection, head: Head) -> None:
        self.db = db
        self.head = head
        self._compress = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress
        self._pack = zstandard.ZstdCompressor(level=PACK_LEVEL).compress

    def append(self, addition: Addition) -> Added:
        """Write one call's rows, baskets and evidence."""
        facts = []
        rows = []
        for draft in addition.drafts:
            rows.append(self._row(draft))
            record = draft.record
            sale = undone(self.db, record.uid, rows[-1].seq) if type(record) is Voided else None
            facts.append(Fact(rows[-1].seq, rows[-1].at, record, sale))
        if addition.named:
            self.db.executemany("INSERT OR IGNORE INTO shopper VALUES (?, ?)", addition.named)
        for uid, basket in addition.baskets:
            self._put_basket(uid, basket)
        for kept in addition.evidence:
            self._put_evidence(kept)
        for part in addition.parts:
            self._note_part(part)
        return Added(tuple(rows), tuple(facts))

    def rows_after(self, seq: int, limit: int) -> tuple[Row, ...]:
        """Read rows in order, with the shoppers' keys beside them."""
        return self._rows("WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))

    def rows_of(self, uid: Uid) -> tuple[Row, ...]:
        """Read the rows of one transaction, in order."""
        return self._rows(f"WHERE {OF_UID} ORDER BY seq", (uid, uid))

    def evidence(self, uid: Uid) -> bytes | None:
        """Read a decision's evidence."""
        found = self.db.execute("SELECT body FROM evidence WHERE uid = ?", (uid,)).fetchone()
        return None if found is None else unpack(found[0])

    def sale(self, key: TransactionKey) -> bytes | None:
        """Read the evidence of the latest transaction under a till's key; numbers restart."""
        found = self.db.execute(
            "SELECT body FROM evidence WHERE key = ? ORDER BY rowid DESC LIMIT 1",
            (encode(key).decode(),),
        ).fetchone()
        return None if found is None else unpack(found[0])

    def set_meta(self, name: str, value: str) -> None:
        """Set one named value."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def meta(self, name: str, default: str = "0") -> str:
        """Read one named value."""
        found = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return default if found is None else str(found[0])

    def _row(self, draft: Draft) -> Row:
        seq, prev = self.head.seq + 1, self.head.hash
        _, at, kind, stamp, body, uid, ref, shopper = draft
        hashed = link(prev, seq, kind, stamp, body)
        self.db.execute(_INSERT, (seq, kind, stamp, body, prev, hashed, uid, ref))
        if shopper is not None:
            self.db.execute("INSERT OR IGNORE INTO shopper VALUES (?, ?)", (ref, shopper))
        self.head = Head(seq, hashed)
        return Row(seq, kind, at, Raw(body), prev.hex(), hashed.hex(), shopper)

    def _put_basket(self, uid: Uid, basket: OpenBasket | None) -> None:
        if basket is None:
            self.db.execute("DELETE FROM open_basket WHERE uid = ?", (uid,))
        else:
            key = encode(basket.key).decode()
            row = (uid, key, basket.revision, self._pack(basket.body))
            self.db.execute("INSERT OR REPLACE INTO open_basket VALUES (?, ?, ?, ?)", row)

    def _note_part(self, part: Part) -> None:
        body = part.body if len(part.body) < PACK_BYTES else self._pack(part.body)
        self.db.execute(_NOTE_PART, (part.name, part.day, body))

    def _put_evidence(self, kept: Kept) -> None:
        # The row keeps its place and its first time: the latest transaction of a key stays the latest.
        self.db.execute(
            "INSERT INTO evidence VALUES (?, ?, ?, ?) ON CONFLICT (uid) DO UPDATE "
            "SET key = coalesce(excluded.key, key), body = excluded.body",
            (kept.uid, kept.key, kept.stamp, self._compress(kept.body)),
        )

    def _rows(self, where: str, values: Iterable[str | int]) -> tuple[Row, ...]:
        return tuple(
            Row(
                seq,
                kind,
                datetime.fromisoformat(at),
                Raw(body),
                prev.hex(),
                hashed.hex(),
                shopper,
            )
            for seq, kind, at, body, prev, hashed, shopper in self.db.execute(
                _ROWS + where, tuple(values)
            )
        )


def undone(db: sqlite3.Connection, uid: Uid, seq: int) -> Tendered | None:
    """Find the live sale that a `Voided` row undoes; an earlier one has undone it for good."""
    earlier = db.execute(
        f"SELECT kind, body FROM row WHERE {OF_UID} AND seq < ? "  # noqa: S608 - a constant
        "AND kind IN ('tendered', 'voided') ORDER BY seq DESC LIMIT 1",
        (uid, uid, seq),
    ).fetchone()
    if earlier is None or earlier[0] == "voided":
        return None
    sale = _tendered(earlier[1])
    return sale if sale.mode == "live" else None


def unpack(packed: bytes) -> bytes:
    """Decompress evidence or an open basket, within a stated size; plain bytes stay as they are."""
    if not packed.startswith(zstandard.FRAME_HEADER):
        return packed
    reader = zstandard.ZstdDecompressor().stream_reader(packed)
    body: bytes = reader.read(EVIDENCE_MAX_BYTES)
    return body
