"""What the commands change: a new generation for each store, back to the last one, recall, stock.

Nothing is sent here: `serve` sees the change in the file and tells the lanes.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import zstandard

from cache.generation import SCHEMA
from cache.generation_writer import GenerationWriter
from ground.complaints import Complaint
from hq.authoring import PromotionEntry
from hq.plan import Plan, Wanted
from hq.reconcile import lane_risk
from hq.staff_files import documents_of
from hq.statements import put
from hq.store import HqStore, StoreRow, text
from offers.changes import StockOp
from offers.context import Experiment, Policy, Risk
from offers.model import Gtin, OfferId, PastUse, ShopperKey, StoreId, Wallet
from sync.messages import Manifest, Recalls

PAST_DAYS = 400  # quiet time may last 366 days
PAST_USES = 500  # of one shopper, the newest: more than any cap counts
READ_BYTES = 1024 * 1024
_STOCK = put("stock", "store gtin on_hand as_of written sold_28d", "store gtin")


def apply(store: HqStore, plan: Plan, now: datetime) -> list[Manifest]:
    """Publish a plan: everything or nothing, one new generation for each store."""
    with store.change():
        _write(store, plan.wanted, now)
        return [build(store, row, now) for row in store.stores()]


def _write(store: HqStore, wanted: Wanted, now: datetime) -> None:
    """Replace the authoring side by what is wanted."""
    offers = [
        {"offer_id": offer.offer_id, "version": offer.version, "body": text(offer)}
        for offer in wanted.offers.values()
    ]
    _replace_all(store, "offers", offers)
    history = [{**row, "at": now.isoformat()} for row in offers]
    _insert_all(store, "offer_history", history, " ON CONFLICT DO NOTHING")
    products = [{"gtin": p.gtin, "body": text(p)} for p in wanted.products.values()]
    _replace_all(store, "products", products)
    wallets = [{"shopper": key, "body": text(w)} for key, w in wanted.wallets.items()]
    _replace_all(store, "wallets", wallets)
    aliases = [{"alias": key, "shopper": main} for key, main in wanted.aliases.items()]
    _replace_all(store, "aliases", aliases)
    documents = [{"name": name, "body": body} for name, body in wanted.documents.items()]
    _replace_all(store, "documents", documents)
    pictures = [{"sha256": sha256, "png": png} for sha256, png in wanted.pictures.items()]
    _replace_all(store, "pictures", pictures)
    _write_stores(store, wanted)
    _write_stock(store, wanted, now)


def _replace_all(store: HqStore, table: str, rows: Iterable[Mapping[str, object]]) -> None:
    store.conn.execute(f"DELETE FROM {table}")  # noqa: S608 - our own words
    _insert_all(store, table, list(rows))


def _insert_all(
    store: HqStore, table: str, rows: Sequence[Mapping[str, object]], how: str = ""
) -> None:
    if rows:
        names, marks = ", ".join(rows[0]), ", ".join("?" * len(rows[0]))
        insert = f"INSERT INTO {table}({names}) VALUES ({marks}){how}"  # noqa: S608 - our own words
        store.conn.executemany(insert, [tuple(row.values()) for row in rows])


def _write_stores(store: HqStore, wanted: Wanted) -> None:
    rows = [(name, text(facts), text(lanes)) for name, (facts, lanes) in wanted.stores.items()]
    for row in store.stores():
        if row.store not in wanted.stores:
            store.conn.execute("DELETE FROM stores WHERE store = ?", (row.store,))
    store.conn.executemany(put("stores", "store facts lanes", "store"), rows)


def _write_stock(store: HqStore, wanted: Wanted, now: datetime) -> None:
    """Take a figure only where the file's own changed: `tillside-hq stock` may have been newer."""
    query = "SELECT written FROM stock WHERE store = ? AND gtin = ?"
    for (name, gtin), written in wanted.stock.items():
        known = store.conn.execute(query, (name, gtin)).fetchone()
        if known is None or known[0] != written:
            on_hand, as_of, sold = (*written.split("@"), "")[:3]
            sold_28d = int(sold) if sold else None
            row = (name, gtin, int(on_hand), as_of or now.isoformat(), written, sold_28d)
            store.conn.execute(_STOCK, row)


def build(store: HqStore, row: StoreRow, now: datetime) -> Manifest:
    """Make a store's next generation from what is published, and make it the current one."""
    rev = row.manifest_rev + 1
    generation = f"{now:%Y%m%dT%H%M%S}-{rev}"
    file = store.blobs / f"offers-{row.store}-{generation}.db"
    try:
        with GenerationWriter(file) as writer:
            _fill(writer, store, row, now)
            counts = writer.finish(generation, now, row.delta_rev)
        sizes = compress(file, store.blobs)
    finally:
        file.unlink(missing_ok=True)
    manifest = Manifest(row.store, generation, rev, now, *sizes, SCHEMA, counts, row.delta_rev)
    _make_current(store, manifest, row.generation)
    _prune(store, row)
    return manifest


def _fill(writer: GenerationWriter, store: HqStore, row: StoreRow, now: datetime) -> None:
    policy = store.document("policy", Policy) or Policy()
    risk = lane_risk(store.document("risk", Risk) or Risk(), len(row.lanes))
    writer.put_store(row.facts, policy, risk)
    for offer in store.offers().values():
        writer.put_offer(offer)
    writer.put_products(store.products().values())
    writer.put_wallets(_wallets(store, now))
    for alias, shopper in store.aliases():
        writer.put_alias(alias, shopper)
    for sha256, png in store.pictures():
        writer.put_picture(sha256, png)
    for lease in store.leases():
        writer.put_lease(lease)
    sold = store.sold_28d(row.store)
    for gtin, (on_hand, as_of) in store.stock(row.store).items():
        writer.put_stock(gtin, on_hand, as_of, sold.get(gtin))
    writer.put_experiments(store.document("experiments", tuple[Experiment, ...]) or ())
    for name, body in documents_of(store, row.store).items():
        writer.put_document(name, body)
    writer.put_rivals(store.document("rivals", tuple[tuple[str, str], ...]) or ())
    for entry in store.document("promotions", tuple[PromotionEntry, ...]) or ():
        for gtin in entry.gtins:
            writer.put_mass_promotion(gtin, entry.starts, entry.ends)


def _wallets(store: HqStore, now: datetime) -> Iterator[tuple[ShopperKey, Wallet]]:
    """Fold what lanes reported of each shopper into the wallet, over the whole chain."""
    past = collected_past(store, now)
    for shopper, wallet in store.wallets():
        uses = (*wallet.past, *past.get(shopper, ()))
        newest = tuple(sorted(uses, key=lambda use: use.on)[-PAST_USES:])
        yield shopper, msgspec.structs.replace(wallet, past=newest)


# Only rows of an unbroken prefix: those are the ones that deltas told of, and that a lane takes for
# folded once it has a generation with their revision.
_PAST = """
SELECT coalesce(a.shopper, r.shopper), r.kind,
  CASE r.kind WHEN 'issued' THEN json_extract(r.body, '$.offer_id')
    ELSE json_extract(d.value, '$.offer_id') END,
  CASE r.kind WHEN 'issued' THEN json_extract(r.body, '$.valid_from')
    ELSE json_extract(r.body, '$.key.business_date') END,
  coalesce(CASE r.kind WHEN 'issued' THEN json_extract(r.body, '$.category')
    ELSE json_extract(d.value, '$.category') END, '')
FROM rows r
JOIN cursors c ON c.store = r.store AND c.lane = r.lane AND c.epoch = r.epoch AND r.seq <= c.upto
LEFT JOIN aliases a ON a.alias = r.shopper
LEFT JOIN json_each(r.body, '$.redemptions') d ON true
WHERE r.kind IN ('issued', 'tendered') AND r.shopper IS NOT NULL AND r.at >= ?
  AND json_extract(r.body, '$.instead_of') IS NULL
  AND (r.kind = 'issued' OR d.value IS NOT NULL)
  AND (r.kind = 'issued' OR json_extract(r.body, '$.mode') = 'live')
  AND NOT EXISTS (SELECT 1 FROM rows v WHERE r.kind = 'tendered' AND v.kind = 'voided'
    AND v.store = r.store AND v.lane = r.lane AND v.epoch = r.epoch
    AND json_extract(v.body, '$.uid') = json_extract(r.body, '$.uid'))
ORDER BY r.at
"""


# A coupon used without its shopper's card: who it was printed for has used it all the same.
_BY_COUPON = """
SELECT coalesce(a.shopper, i.shopper), 'tendered', json_extract(d.value, '$.offer_id'),
  json_extract(r.body, '$.key.business_date'), coalesce(json_extract(d.value, '$.category'), '')
FROM rows r
JOIN cursors c ON c.store = r.store AND c.lane = r.lane AND c.epoch = r.epoch AND r.seq <= c.upto
CROSS JOIN json_each(r.body, '$.redemptions') d
JOIN rows i ON i.kind = 'issued'
  AND json_extract(i.body, '$.serial') = json_extract(d.value, '$.serial')
LEFT JOIN aliases a ON a.alias = i.shopper
LEFT JOIN aliases b ON b.alias = r.shopper
WHERE r.kind = 'tendered' AND r.at >= ? AND json_extract(r.body, '$.mode') = 'live'
  AND i.shopper IS NOT NULL
  AND coalesce(a.shopper, i.shopper) <> coalesce(b.shopper, r.shopper, '')
  AND NOT EXISTS (SELECT 1 FROM rows v WHERE v.kind = 'voided'
    AND v.store = r.store AND v.lane = r.lane AND v.epoch = r.epoch
    AND json_extract(v.body, '$.uid') = json_extract(r.body, '$.uid'))
ORDER BY r.at
"""


def collected_past(store: HqStore, now: datetime) -> dict[ShopperKey, list[PastUse]]:
    """Give what the collected rows say of each shopper: printed and redeemed offers, no voids."""
    since = (now - timedelta(days=PAST_DAYS)).isoformat()
    past: defaultdict[ShopperKey, list[PastUse]] = defaultdict(list)
    rows = [row for query in (_PAST, _BY_COUPON) for row in store.conn.execute(query, (since,))]
    for shopper, kind, offer_id, on, category in rows:
        use = ("issued" if kind == "issued" else "redeemed", offer_id, on, category)
        past[shopper].append(msgspec.convert(use, PastUse))
    return past


def compress(file: Path, blobs: Path) -> tuple[str, int, str, int]:
    """Compress a generation into the blobs, streamed: (sha256, size, raw sha256, raw size)."""
    raw, packed = hashlib.sha256(), hashlib.sha256()
    part = blobs / f"{file.name}.part"
    compressor = zstandard.ZstdCompressor(level=3).compressobj(size=file.stat().st_size)
    with file.open("rb") as source, part.open("wb") as target:
        pieces = iter(lambda: source.read(READ_BYTES), b"")
        for piece in itertools.chain(pieces, [b""]):
            raw.update(piece)
            out = compressor.compress(piece) if piece else compressor.flush()
            packed.update(out)
            target.write(out)
        target.flush()
        os.fsync(target.fileno())
        size = target.tell()
    part.replace(blobs / f"{packed.hexdigest()}.zst")
    return packed.hexdigest(), size, raw.hexdigest(), file.stat().st_size


def _make_current(store: HqStore, manifest: Manifest, previous: str) -> None:
    row = (manifest.store, manifest.generation, text(manifest), previous)
    store.conn.execute("INSERT INTO generations VALUES (?, ?, ?, ?)", row)
    store.conn.execute(
        "UPDATE stores SET manifest_rev = ?, generation = ? WHERE store = ?",
        (manifest.rev, manifest.generation, manifest.store),
    )


def _prune(store: HqStore, before: StoreRow) -> None:
    """Forget the deltas that the generation before this one already held."""
    last = store.manifest(before.store, before.generation)
    if last is not None:
        keep = (before.store, last.delta_rev)
        store.conn.execute("DELETE FROM deltas WHERE store = ? AND rev <= ?", keep)


def rollback(store: HqStore, name: StoreId) -> Manifest:
    """Make a store's generation before the current one the current one, under a new revision.

    Raises:
        Complaint: there is no store of that name, or nothing to go back to.
    """
    with store.change():
        row = store.store(name)
        query = "SELECT previous FROM generations WHERE store = ? AND generation = ?"
        found = store.conn.execute(query, (name, row.generation)).fetchone()
        manifest = store.manifest(name, found[0]) if found else None
        if manifest is None:
            raise Complaint(f"{name} has no generation before this one", "apply the shop you want")
        again = msgspec.structs.replace(manifest, rev=row.manifest_rev + 1)
        store.conn.execute(
            "UPDATE stores SET manifest_rev = ?, generation = ? WHERE store = ?",
            (again.rev, again.generation, name),
        )
        return again


def recall(
    store: HqStore,
    names: Iterable[StoreId],
    gtins: Iterable[Gtin],
    offers: Iterable[OfferId],
    lift: bool,
    now: datetime,
) -> list[Recalls]:
    """Recall products and stop offers in stores, or lift that again; gives each store's new list."""
    named, stopped = set(gtins), set(offers)
    done: list[Recalls] = []
    with store.change():
        for name in names:
            old = store.recalls(name)
            products = set(old.gtins) - named if lift else set(old.gtins) | named
            killed = set(old.offers) - stopped if lift else set(old.offers) | stopped
            new = Recalls(name, old.rev + 1, tuple(sorted(products)), tuple(sorted(killed)), now)
            store.put_recalls(new, now)
            done.append(new)
    return done


_COUNTED = """
INSERT INTO stock(store, gtin, on_hand, as_of, written) VALUES (?, ?, ?, ?, '')
ON CONFLICT(store, gtin) DO UPDATE SET on_hand = excluded.on_hand, as_of = excluded.as_of
"""


def set_stock(store: HqStore, name: StoreId, gtin: Gtin, on_hand: int, now: datetime) -> int:
    """Take a new figure for a product, counted now; gives the delta's revision.

    Raises:
        Complaint: there is no such store, or no such product.
    """
    with store.change():
        store.store(name)
        if gtin not in store.products():
            raise Complaint(
                f"no product has GTIN {gtin}", "name one of products.toml, as published"
            )
        store.conn.execute(_COUNTED, (name, gtin, on_hand, now.isoformat()))
        return store.add_ops(name, [StockOp(gtin, on_hand, now)], now)
