"""Headquarters' store: changing it in one piece, and the authoring side's tables.

It is a SQLite file, or the same tables in PostgreSQL (`hq.postgres`). Of the file the rollback journal is used, not the write-ahead log: the commands and `serve` are two processes on
one file, and SQLite before 3.51.3 can corrupt a log that two connections reset at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct
from sqlite_utils import Database

from ground.complaints import Complaint
from hq.schema import migrations
from hq.statements import Statements, put
from offers.changes import Op
from offers.context import StoreFacts
from offers.model import Gtin, LaneId, Offer, OfferId, Product, ShopperKey, StoreId, Wallet
from offers.serials import Lease
from sync.messages import Manifest, Recalls

T = TypeVar("T")
URL_HEADS = ("postgresql://", "postgres://")
BUSY_MS = 60_000  # a command waits for serve, and serve for an apply that builds a large generation
OPS = tuple[Op, ...]
_RECALL = put("recalls", "store rev gtins offers at", "store")
encode = msgspec.json.Encoder(order="deterministic").encode


def text(value: object) -> str:
    """Write a value as JSON text; equal values give equal text."""
    return encode(value).decode()


class StoreRow(Struct, frozen=True):
    """A store as it is published: its revisions and its current generation."""

    store: StoreId
    facts: StoreFacts
    lanes: tuple[LaneId, ...]
    manifest_rev: int
    generation: str
    delta_rev: int


class HqStore:
    """One connection to the file. `blobs` is the directory of the generations beside it."""

    def __init__(self, conn: Statements, blobs: Path) -> None:
        self.conn = conn
        self.blobs = blobs

    @contextmanager
    def change(self) -> Iterator[None]:
        """Do everything inside in one transaction, or nothing of it."""
        self.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.conn.execute("ROLLBACK")
            raise
        self.conn.execute("COMMIT")

    def beside(self, stores: Iterable[StoreId], work: Callable[[], T]) -> T:
        """Do a piece of work as one transaction, beside those of other processes where that can be.

        Args:
            stores: whose lanes it is about.
            work: what to do; it may be done anew, where it met another's.
        """
        del stores  # one file has one writer at a time
        with self.change():
            return work()

    def data_version(self) -> object:
        """Give a value that is another one when another process committed something."""
        return self.conn.execute("PRAGMA data_version").fetchone()[0]

    def shrink(self) -> None:
        """Leave no trace on the disk of what was deleted."""
        self.conn.execute("PRAGMA secure_delete = on")
        self.conn.execute("VACUUM")

    def close(self) -> None:
        """Close the connection."""
        assert isinstance(self.conn, sqlite3.Connection)
        self.conn.close()

    # --- what a shop is made of -------------------------------------------------------------

    def stores(self) -> list[StoreRow]:
        """List the published stores, by id."""
        query = (
            "SELECT store, facts, lanes, manifest_rev, generation, delta_rev FROM stores ORDER BY 1"
        )
        return [
            StoreRow(
                StoreId(row[0]),
                msgspec.json.decode(row[1], type=StoreFacts),
                tuple(msgspec.json.decode(row[2], type=list[LaneId])),
                *row[3:],
            )
            for row in self.conn.execute(query)
        ]

    def store(self, store: StoreId) -> StoreRow:
        """Give one store.

        Raises:
            Complaint: there is no such store.
        """
        found = next((row for row in self.stores() if row.store == store), None)
        if found is None:
            raise Complaint(
                f"there is no store {store!r}", "publish it first: tillside-hq apply DIR"
            )
        return found

    def offers(self) -> dict[OfferId, Offer]:
        """Give the offer bank as published."""
        return {
            o.offer_id: o for o in self._values("SELECT body FROM offers ORDER BY offer_id", Offer)
        }

    def last_version(self, offer_id: OfferId) -> int:
        """Give the greatest version an offer ever had, 0 for a new one."""
        query = "SELECT coalesce(max(version), 0) FROM offer_history WHERE offer_id = ?"
        return int(self.conn.execute(query, (offer_id,)).fetchone()[0])

    def products(self) -> dict[Gtin, Product]:
        """Give the range as published."""
        return {p.gtin: p for p in self._values("SELECT body FROM products ORDER BY gtin", Product)}

    def wallets(self) -> Iterator[tuple[ShopperKey, Wallet]]:
        """Go through the wallets as published, by key."""
        decoder = msgspec.json.Decoder(Wallet)
        for key, body in self.conn.execute("SELECT shopper, body FROM wallets ORDER BY 1"):
            yield key, decoder.decode(body)

    def aliases(self) -> list[tuple[ShopperKey, ShopperKey]]:
        """List (another identity's key, the wallet's key)."""
        return list(self.conn.execute("SELECT alias, shopper FROM aliases ORDER BY 1"))

    def document(self, name: str, kind: type[T]) -> T | None:
        """Give one published document (`hq.plan.want` names them)."""
        row = self.conn.execute("SELECT body FROM documents WHERE name = ?", (name,)).fetchone()
        return msgspec.json.decode(row[0], type=kind) if row else None

    def pictures(self) -> list[tuple[str, bytes]]:
        """List the pictures as (sha256, PNG)."""
        return list(self.conn.execute("SELECT sha256, png FROM pictures ORDER BY 1"))

    def stock(self, store: StoreId) -> dict[Gtin, tuple[int, datetime]]:
        """Give the last counted figure of each product: (on hand, as of)."""
        query = "SELECT gtin, on_hand, as_of FROM stock WHERE store = ? ORDER BY 1"
        rows = self.conn.execute(query, (store,))
        return {gtin: (on_hand, datetime.fromisoformat(as_of)) for gtin, on_hand, as_of in rows}

    def sold_28d(self, store: StoreId) -> dict[Gtin, int]:
        """Give what was sold of each product in the four weeks before its count, where known."""
        query = "SELECT gtin, sold_28d FROM stock WHERE store = ? AND sold_28d IS NOT NULL"
        return dict(self.conn.execute(query, (store,)))

    # --- what goes down to the lanes --------------------------------------------------------

    def manifest(self, store: StoreId, generation: str) -> Manifest | None:
        """Give the manifest of one generation."""
        query = "SELECT manifest FROM generations WHERE store = ? AND generation = ?"
        row = self.conn.execute(query, (store, generation)).fetchone()
        return msgspec.json.decode(row[0], type=Manifest) if row else None

    def blob(self, sha256: str) -> Path | None:
        """Give the file of a published blob; only names that a manifest gave are looked up."""
        query = "SELECT 1 FROM generations WHERE json_extract(manifest, '$.sha256') = ? LIMIT 1"
        known = self.conn.execute(query, (sha256,)).fetchone()
        return self.blobs / f"{sha256}.zst" if known else None

    def recalls(self, store: StoreId) -> Recalls:
        """Give everything recalled in a store now; revision 0 where nothing ever was."""
        query = "SELECT rev, gtins, offers, at FROM recalls WHERE store = ?"
        row = self.conn.execute(query, (store,)).fetchone()
        if row is None:
            return Recalls(store, 0)
        gtins = msgspec.json.decode(row[1], type=tuple[Gtin, ...])
        offers = msgspec.json.decode(row[2], type=tuple[OfferId, ...])
        return Recalls(store, row[0], gtins, offers, datetime.fromisoformat(row[3]))

    def put_recalls(self, recalls: Recalls, now: datetime) -> None:
        """Replace a store's list of recalls by a newer one."""
        row = (
            recalls.store,
            recalls.rev,
            text(recalls.gtins),
            text(recalls.offers),
            now.isoformat(),
        )
        self.conn.execute(_RECALL, row)

    def add_ops(self, store: StoreId, ops: Iterable[Op], now: datetime) -> int:
        """Queue changes for a store as its next delta; gives the delta's revision."""
        query = "UPDATE stores SET delta_rev = delta_rev + 1 WHERE store = ? RETURNING delta_rev"
        row = self.conn.execute(query, (store,)).fetchone()
        if row is None:
            return 0
        rev = int(row[0])
        delta = (store, rev, text(tuple(ops)), now.isoformat())
        self.conn.execute("INSERT INTO deltas VALUES (?, ?, ?, ?)", delta)
        return rev

    def deltas_after(self, store: StoreId, rev: int) -> list[tuple[int, OPS]]:
        """List a store's kept deltas after a revision, oldest first."""
        query = "SELECT rev, ops FROM deltas WHERE store = ? AND rev > ? ORDER BY rev"
        decoder = msgspec.json.Decoder(OPS)
        return [(r, decoder.decode(ops)) for r, ops in self.conn.execute(query, (store, rev))]

    def leases(self, store: StoreId | None = None, lane: str = "", epoch: str = "") -> list[Lease]:
        """List every lease, or those of one incarnation of one lane, oldest first."""
        query = "SELECT lease, store, lane, epoch, key_id FROM leases"
        if store is None:
            return [Lease(*row) for row in self.conn.execute(f"{query} ORDER BY 1")]
        where = f"{query} WHERE store = ? AND lane = ? AND epoch = ? ORDER BY 1"
        return [Lease(*row) for row in self.conn.execute(where, (store, lane, epoch))]

    def _values(self, query: str, kind: type[T]) -> Iterator[T]:
        decoder = msgspec.json.Decoder(kind)
        return (decoder.decode(row[0]) for row in self.conn.execute(query))


def open_store(where: Path | str, make: bool = False) -> HqStore:
    """Open headquarters' store: a file, whose tables are brought up to date, or a PostgreSQL URL.

    Raises:
        Complaint: it is not there and was not to be made, or it is nothing of ours.
    """
    if is_url(str(where)):
        from hq.postgres import open_postgres  # the extra `hq`

        return open_postgres(str(where), make)
    return _open_file(Path(where), make)


def is_url(where: str) -> bool:
    """Tell a PostgreSQL URL from a file's name."""
    return where.startswith(URL_HEADS)


def shown(where: Path | str) -> str:
    """Name a store for a person: a URL without its password."""
    scheme, dashes, rest = str(where).partition("://")
    login, at, place = rest.rpartition("@")
    return f"{scheme}{dashes}{login.partition(':')[0]}{at}{place}"


def _open_file(path: Path, make: bool) -> HqStore:
    if not make and not path.is_file():
        raise Complaint(f"{path} is not there", f"make it: tillside-hq init --db {path}")
    path.parent.mkdir(parents=True, exist_ok=True)
    conn = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MS / 1000)
    try:
        conn.execute("PRAGMA synchronous = FULL")
        conn.execute("PRAGMA foreign_keys = ON")
        store = HqStore(conn, path.with_name(path.name + ".blobs"))
        if migrations.pending(db := Database(conn)):
            migrations.apply(db)
    except sqlite3.DatabaseError as error:
        conn.close()
        raise Complaint(f"{path}: {error}", "name a file made by tillside-hq init") from None
    store.blobs.mkdir(exist_ok=True)
    return store
