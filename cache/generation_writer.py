"""Write a generation file: headquarters' end of `cache.generation`. The same input, the same bytes."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from cache.generation import APPLICATION_ID, SCHEMA
from offers.context import Experiment, Policy, Risk, StoreFacts
from offers.model import Gtin, Offer, Product, ShopperKey, Wallet
from offers.serials import Lease

CACHE_KIB = 8 * 1024  # what the writer may hold in memory, however many wallets pass through
COUNTED = ("offer", "product", "wallet", "alias", "picture", "lease", "stock", "mass_promotion")

_json = msgspec.json.Encoder(order="deterministic").encode
_msgpack = msgspec.msgpack.Encoder(order="deterministic").encode


class GenerationWriter:
    """Takes the parts in any order and writes them sorted; what is put twice, counts as put last.

    The parts gather in a scratch file beside the target. Only `finish` makes the target, whole and
    durable; leaving the context without it leaves no file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._scratch = path.with_name(path.name + ".part")
        self._scratch.unlink(missing_ok=True)
        self._db = sqlite3.connect(self._scratch, isolation_level=None)
        for pragma in (
            "page_size=4096",
            "auto_vacuum=none",
            "journal_mode=off",  # a scratch file: a failed build is thrown away whole
            "synchronous=off",
            f"cache_size=-{CACHE_KIB}",
            "secure_delete=off",
            f"application_id={APPLICATION_ID}",
            f"user_version={SCHEMA}",
        ):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(files("cache").joinpath("schema/generation.sql").read_text())
        self._db.execute("BEGIN")

    def __enter__(self) -> GenerationWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()
        self._scratch.unlink(missing_ok=True)

    def put_store(self, store: StoreFacts, policy: Policy, risk: Risk) -> None:
        """Set what holds for the whole store."""
        for name, value in (("store", store), ("policy", policy), ("risk", risk)):
            self.put_document(name, _json(value))

    def put_offer(self, offer: Offer) -> None:
        """Add an offer of the bank."""
        row = (offer.offer_id, offer.coupon_number, _json(offer))
        self._put("INSERT OR REPLACE INTO offer VALUES (?, ?, ?)", row)

    def put_product(self, product: Product) -> None:
        """Add an article of the range."""
        self.put_products((product,))

    def put_products(self, products: Iterable[Product]) -> None:
        """Add articles as they come."""
        rows = ((product.gtin, _json(product)) for product in products)
        self._db.executemany("INSERT OR REPLACE INTO product VALUES (?, ?)", rows)

    def put_wallet(self, shopper: ShopperKey, wallet: Wallet) -> None:
        """Add one shopper's wallet."""
        self.put_wallets(((shopper, wallet),))

    def put_wallets(self, wallets: Iterable[tuple[ShopperKey, Wallet]]) -> None:
        """Add wallets as they come; a million assignments pass through in bounded memory."""
        rows = ((bytes.fromhex(shopper), _msgpack(wallet)) for shopper, wallet in wallets)
        self._db.executemany("INSERT OR REPLACE INTO wallet VALUES (?, ?)", rows)

    def put_alias(self, identity: ShopperKey, shopper: ShopperKey) -> None:
        """Say that another identity (a phone, an app code) belongs to this shopper."""
        row = (bytes.fromhex(identity), bytes.fromhex(shopper))
        self._put("INSERT OR REPLACE INTO alias VALUES (?, ?)", row)

    def put_picture(self, sha256: str, png: bytes) -> None:
        """Add a picture under the SHA-256 of its file."""
        self._put("INSERT OR REPLACE INTO picture VALUES (?, ?)", (sha256, png))

    def put_lease(self, lease: Lease) -> None:
        """Add a block of serials, of any lane."""
        self._put("INSERT OR REPLACE INTO lease VALUES (?, ?)", (lease.lease, _json(lease)))

    def put_stock(
        self, gtin: Gtin, on_hand: int, as_of: datetime, sold_28d: int | None = None
    ) -> None:
        """Set a product's figure; `as_of` is aware, and sales before it are in the figure.

        `sold_28d` is what the store sold of it in the four weeks before, None if nobody knows.
        """
        row = (gtin, on_hand, as_of.astimezone(UTC).isoformat(), sold_28d)
        self._put("INSERT OR REPLACE INTO stock VALUES (?, ?, ?, ?)", row)

    def put_experiments(self, experiments: Iterable[Experiment]) -> None:
        """Set the holdouts; each lane finds a shopper's arm by itself."""
        self.put_document("experiments", _json(tuple(experiments)))

    def put_rivals(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Add pairs of brands that never stand on one slip."""
        self._db.executemany("INSERT OR REPLACE INTO rival VALUES (?, ?)", map(sorted, pairs))

    def put_mass_promotion(self, gtin: Gtin, starts: date, ends: date) -> None:
        """Say that everyone gets this product cheaper on these days, the last one included."""
        row = (gtin, starts.isoformat(), ends.isoformat())
        self._put("INSERT OR REPLACE INTO mass_promotion VALUES (?, ?, ?)", row)

    def put_document(self, name: str, body: bytes) -> None:
        """Add a document under a name."""
        self._put("INSERT OR REPLACE INTO document VALUES (?, ?)", (name, body))

    def finish(self, generation: str, built_at: datetime, delta_rev: int) -> dict[str, int]:
        """Write the file, sorted, and make it durable; return the number of rows by table.

        Args:
            generation: its name.
            built_at: aware; a floor for the clock of every lane that reads it.
            delta_rev: the last delta that is folded into it.
        """
        counts = {table: self._count(table) for table in COUNTED}
        meta = {
            "built_at": built_at.astimezone(UTC).isoformat(),
            "counts": _json(counts).decode(),
            "delta_rev": str(delta_rev),
            "generation": generation,
        }
        self._db.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        self._db.execute("COMMIT")
        self._write_out()
        return counts

    def _write_out(self) -> None:
        # VACUUM copies table by table in key order, so the order of the puts leaves no trace.
        whole = self._path.with_name(self._path.name + ".new")
        whole.unlink(missing_ok=True)
        self._db.execute("VACUUM INTO ?", (str(whole),))
        _sync(whole)
        whole.replace(self._path)
        if os.name == "posix":  # elsewhere a directory cannot be opened, and need not be
            _sync(self._path.parent)

    def _put(self, sql: str, row: tuple[Any, ...]) -> None:
        self._db.execute(sql, row)

    def _count(self, table: str) -> int:
        count: int = self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
        return count


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
