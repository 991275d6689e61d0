"""A generation: headquarters' offers and assignments for one store, one immutable SQLite file.

Read directly on the event loop: a get from a mapped file takes some microseconds, and any hop to
a thread costs more than it saves. `open` and `warm` read the whole file: call them in a thread.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from cache.errors import GenerationError
from cache.naming import Naming
from offers.context import Experiment, Policy, Risk, StoreFacts
from offers.gates import gates_of
from offers.model import CouponNumber, Gtin, Offer, OfferId, Product, ShopperKey, Wallet
from offers.serials import Lease

SCHEMA = 1
APPLICATION_ID = 0x74696C6C  # "till": tells the file's kind to `file` and to a reader
MAGIC = b"SQLite format 3\x00"  # https://www.sqlite.org/fileformat.html, section 1.3
READ_BYTES = 1024 * 1024
MMAP_BYTES = 256 * 1024 * 1024
PRODUCTS_KEPT = 2048  # decoded products in memory, 1 KB each at most: some days' baskets

T = TypeVar("T")
_wallet = msgspec.msgpack.Decoder(Wallet).decode
_product = msgspec.json.Decoder(Product).decode
_offer = msgspec.json.Decoder(Offer).decode
_lease = msgspec.json.Decoder(Lease).decode


class Generation:
    """One open generation. Offers, leases, rivals, promotions and documents' types are in memory."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self.bad_wallets = 0  # blobs that did not decode: each was answered as "no wallet"
        self.bad_products = 0  # the same of articles: each was answered as "unknown"
        self.refused: dict[OfferId, str] = {}  # offers that this version does not read, and why
        self._db = db
        get = db.execute
        meta = dict(get("SELECT name, value FROM meta"))
        self.id: str = meta["generation"]
        self.built_at = datetime.fromisoformat(meta["built_at"])
        self.delta_rev = int(meta["delta_rev"])
        self.counts = msgspec.json.decode(meta["counts"], type=dict[str, int])
        self.store = self._typed("store", StoreFacts)
        self.policy = self._typed("policy", Policy)
        self.risk = self._typed("risk", Risk)
        self.experiments = self._experiments()
        self.offers = self._read_offers()
        self._by_coupon = {offer.coupon_number: offer for offer in self.offers.values()}
        leases = [_lease(body) for (body,) in get("SELECT body FROM lease ORDER BY lease")]
        self._leases: dict[int, Lease] = {lease.lease: lease for lease in leases}
        self.rivals: tuple[tuple[str, str], ...] = tuple(
            get("SELECT brand, other FROM rival ORDER BY brand, other")
        )
        self._promotions = tuple(get("SELECT gtin, starts, ends FROM mass_promotion"))
        columns = {column for _, column, *_ in get("PRAGMA table_info(stock)")}
        self._sold = "sold_28d" if "sold_28d" in columns else "NULL"  # older files have no column
        self._promoted: tuple[date | None, frozenset[Gtin]] = (None, frozenset())
        self._sets: dict[OfferId, dict[Gtin, Product]] | None = None
        self.product: Callable[[Gtin], Product | None] = lru_cache(PRODUCTS_KEPT)(self._product)

    @staticmethod
    def open(path: Path, *, raw_sha256: str | None = None) -> Generation:
        """Open a file after checking that it is whole; it must never change while it is open.

        Args:
            path: the file.
            raw_sha256: the hash that the signed manifest names; SQLite's own checks do not see
                a flipped byte in a blob.

        Raises:
            GenerationError: the file cannot be used; nothing of it is kept open.
        """
        _check_whole(path, raw_sha256)
        db = sqlite3.connect(
            path.resolve().as_uri() + "?mode=ro&immutable=1",
            uri=True,
            isolation_level=None,
            check_same_thread=False,  # opened in a thread, read on the loop ever after
        )
        try:
            _check_schema(path, db)
            for pragma in (f"mmap_size={MMAP_BYTES}", "cache_size=-512", "query_only=1"):
                db.execute(f"PRAGMA {pragma}")
            return Generation(path, db)
        except (sqlite3.Error, msgspec.MsgspecError, LookupError, ValueError) as error:
            db.close()
            raise GenerationError(path, f"cannot be read: {error}") from error
        except GenerationError:
            db.close()
            raise

    def offer_by_coupon(self, number: CouponNumber) -> Offer | None:
        """Find the offer that a coupon's number names."""
        return self._by_coupon.get(number)

    def wallet(self, shopper: ShopperKey) -> Wallet | None:
        """Look a shopper up; one that does not decode is no wallet, and is counted."""
        try:
            row = self._db.execute(
                "SELECT body FROM wallet WHERE shopper = ?", (bytes.fromhex(shopper),)
            ).fetchone()
            return None if row is None else _wallet(row[0])
        except (sqlite3.DatabaseError, msgspec.MsgspecError, ValueError):
            self.bad_wallets += 1
            return None

    def shopper(self, identity: ShopperKey) -> ShopperKey:
        """Give the shopper that an identity belongs to: itself, where nothing else is known."""
        found = self._one("SELECT shopper FROM alias WHERE identity = ?", bytes.fromhex(identity))
        return identity if found is None else ShopperKey(found[0].hex())

    def picture(self, sha256: str) -> bytes | None:
        """Give a picture's PNG file."""
        found = self._one("SELECT png FROM picture WHERE sha256 = ?", sha256)
        return None if found is None else bytes(found[0])

    def lease(self, lease: int) -> Lease | None:
        """Tell whose block of serials this is."""
        return self._leases.get(lease)

    @property
    def leases(self) -> tuple[Lease, ...]:
        """All the blocks of serials that this store knows of, by number."""
        return tuple(self._leases.values())

    def stock(self, gtin: Gtin) -> tuple[int, datetime] | None:
        """Give a product's figure, and up to when sales are in it."""
        found = self._one("SELECT on_hand, as_of FROM stock WHERE gtin = ?", gtin)
        return None if found is None else (found[0], datetime.fromisoformat(found[1]))

    def sold_28d(self, gtin: Gtin) -> int | None:
        """Give how many units the store sold in the four weeks before the figure, if HQ knows."""
        found = self._one(f"SELECT {self._sold} FROM stock WHERE gtin = ?", gtin)  # noqa: S608
        return None if found is None else found[0]

    def mass_promotions(self, day: date) -> frozenset[Gtin]:
        """Name the products that everyone gets cheaper on this day."""
        if self._promoted[0] != day:
            text = day.isoformat()
            gtins = frozenset(Gtin(g) for g, a, b in self._promotions if a <= text <= b)
            self._promoted = (day, gtins)
        return self._promoted[1]

    def document(self, name: str) -> bytes | None:
        """Give a document by its name."""
        found = self._one("SELECT body FROM document WHERE name = ?", name)
        return None if found is None else bytes(found[0])

    def products_of(self, offer: Offer) -> dict[Gtin, Product]:
        """Give the known products that an offer's set counts, and those it excludes by GTIN."""
        if self._sets is None:
            self._sets = self._read_sets()
        return self._sets.get(offer.offer_id, {})

    def warm(self) -> None:
        """Do beforehand what no shopper should wait for: disk, products, gates. Run it in a thread."""
        with self.path.open("rb", buffering=0) as file:
            while file.read(READ_BYTES):
                pass
        self._sets = self._read_sets()
        for offer in self.offers.values():
            gates_of(offer)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _read_sets(self) -> dict[OfferId, dict[Gtin, Product]]:
        """Go through the range once, and put each product to the offers whose sets name it."""
        naming = Naming(self.offers.values())
        sets: dict[OfferId, dict[Gtin, Product]] = {}
        for (body,) in self._db.execute("SELECT body FROM product ORDER BY gtin"):
            if (product := self._decoded(body)) is not None:
                for offer_id in naming.offers_of(product):
                    sets.setdefault(offer_id, {})[product.gtin] = product
        return sets

    def _read_offers(self) -> dict[OfferId, Offer]:
        """Read the offers; one that a newer headquarters wrote is refused alone, not with the rest."""
        offers: dict[OfferId, Offer] = {}
        for key, body in self._db.execute("SELECT offer_id, body FROM offer ORDER BY offer_id"):
            try:
                offers[OfferId(key)] = _offer(body)
            except (msgspec.MsgspecError, ValueError) as error:
                self.refused[OfferId(key)] = str(error)
        return offers

    def _experiments(self) -> tuple[Experiment, ...]:
        """Read the holdouts; files written before there were any have none."""
        body = self.document("experiments")
        return () if body is None else msgspec.json.decode(body, type=tuple[Experiment, ...])

    def _product(self, gtin: Gtin) -> Product | None:
        """Look an article up in the range."""
        found = self._one("SELECT body FROM product WHERE gtin = ?", gtin)
        return None if found is None else self._decoded(found[0])

    def _decoded(self, body: bytes) -> Product | None:
        """Read an article; one that a newer headquarters wrote in other words is unknown here."""
        try:
            return _product(body)
        except (msgspec.MsgspecError, ValueError):
            self.bad_products += 1
            return None

    def _one(self, sql: str, key: str | bytes) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._db.execute(sql, (key,)).fetchone()
        return found

    def _typed(self, name: str, kind: type[T]) -> T:
        body = self.document(name)
        if body is None:
            raise GenerationError(self.path, f"has no document {name!r}")
        return msgspec.json.decode(body, type=kind)


def _check_whole(path: Path, raw_sha256: str | None) -> None:
    try:
        with path.open("rb", buffering=0) as file:
            head = file.read(100)
            digest = hashlib.sha256(head)
            while raw_sha256 is not None and (data := file.read(READ_BYTES)):
                digest.update(data)
        size = path.stat().st_size
    except OSError as error:
        raise GenerationError(path, f"cannot be read: {error.strerror}") from error
    if len(head) < 100 or not head.startswith(MAGIC):
        raise GenerationError(path, "is not an SQLite file")
    if raw_sha256 is not None and digest.hexdigest() != raw_sha256:
        raise GenerationError(path, f"is not the file that the manifest names ({raw_sha256})")
    declared = _declared_bytes(head)
    if size != declared:
        raise GenerationError(path, f"is truncated: {size} of {declared} bytes")


def _declared_bytes(head: bytes) -> int:
    """Read page size times page count from SQLite's header (file format, section 1.3)."""
    page_bytes = int.from_bytes(head[16:18], "big")
    return (65536 if page_bytes == 1 else page_bytes) * int.from_bytes(head[28:32], "big")


def _check_schema(path: Path, db: sqlite3.Connection) -> None:
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (schema,) = db.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise GenerationError(path, "is an SQLite file, but not a generation")
    if schema != SCHEMA:
        raise GenerationError(path, f"has schema {schema}; this version reads schema {SCHEMA}")
