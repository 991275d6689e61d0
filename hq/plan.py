"""What an apply would change, for whom: the shop's files against what is published. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct

from hq.authoring import StockEntry, StoreEntry
from hq.law_files import laws_for
from hq.shop_files import Shop
from hq.staff_files import wanted_documents
from hq.store import HqStore, text
from hq.tombstones import erased_of
from offers.context import Policy, Risk, StoreFacts
from offers.law import LawRule
from offers.model import (
    Assignment,
    Gtin,
    LaneId,
    Offer,
    OfferId,
    PastUse,
    Product,
    ShopperKey,
    StoreId,
    Wallet,
)
from offers.shopper_key import identity_key

K = TypeVar("K", bound=str)
V = TypeVar("V")
What = Literal["added", "changed", "removed"]
NOTHING = {  # a document that was never published
    "rivals": "[]",
    "promotions": "[]",
    "experiments": "[]",
    "disputes": "{}",
    "scripts": "{}",
    "staff": "null",
}


class Wanted(Struct, frozen=True):
    """A shop as it would be published: card numbers are keys, offers are numbered."""

    stores: dict[StoreId, tuple[StoreFacts, tuple[LaneId, ...]]]
    offers: dict[OfferId, Offer]
    products: dict[Gtin, Product]
    wallets: dict[ShopperKey, Wallet]
    aliases: dict[ShopperKey, ShopperKey]
    documents: dict[str, str]
    stock: dict[tuple[StoreId, Gtin], str]
    pictures: dict[str, bytes]


class Change(Struct, frozen=True):
    """One thing that would be different. `shoppers` counts who holds the offer, before or after."""

    kind: str
    name: str
    what: What
    detail: str = ""
    shoppers: int = 0


class Plan(Struct, frozen=True):
    """Everything that would be different, and what would then be published."""

    changes: tuple[Change, ...]
    wanted: Wanted


def make_plan(shop: Shop, store: HqStore, shopper_secret: bytes) -> Plan:
    """Compare a shop's files with what is published."""
    published = read_published(store)
    versions = {offer.offer_id: store.last_version(offer.offer_id) for offer in shop.offers}
    wanted = want(shop, published.offers, versions, shopper_secret)
    gone = erased_of(store, (*wanted.wallets, *wanted.aliases))
    wanted = msgspec.structs.replace(
        wanted,
        wallets={key: kept for key, kept in wanted.wallets.items() if key not in gone},
        aliases={k: main for k, main in wanted.aliases.items() if not {k, main} & gone},
    )
    return Plan(tuple(differences(published, wanted)), wanted)


def want(
    shop: Shop,
    bank: Mapping[OfferId, Offer],
    versions: Mapping[OfferId, int],
    shopper_secret: bytes,
) -> Wanted:
    """Turn the files' words into what lanes get.

    Args:
        shop: the files.
        bank: the offers as published: one whose content is the same keeps its version.
        versions: the greatest version each offer ever had.
        shopper_secret: makes keys of card numbers.
    """
    documents = {
        "policy": text(shop.policy),
        "risk": text(shop.risk),
        "rivals": text(shop.rivals),
        "promotions": text(shop.promotions),
        "experiments": text(shop.experiments),
        "disputes": text(shop.disputes),
        **wanted_documents(shop.pages, shopper_secret),
    }
    wallets, aliases = _wallets(shop, shopper_secret)
    return Wanted(
        {StoreId(e.store): (_facts(e, shop.laws), e.lanes) for e in shop.stores},
        {o.offer_id: _numbered(o, bank.get(o.offer_id), versions) for o in shop.offers},
        {p.gtin: p for p in shop.products},
        wallets,
        aliases,
        documents,
        _stock(shop),
        shop.pictures,
    )


def _facts(entry: StoreEntry, own_laws: tuple[LawRule, ...]) -> StoreFacts:
    """Take what a store's lanes must know of it, with the law of its place."""
    named = set(StoreFacts.__struct_fields__) - {"laws"}
    facts = {k: v for k, v in msgspec.structs.asdict(entry).items() if k in named}
    laws = laws_for(entry.jurisdiction, own_laws)
    if entry.laws == "shipped":
        laws = (*laws_for(entry.jurisdiction), *laws)
    return StoreFacts(**facts, laws=laws)


def _numbered(offer: Offer, published: Offer | None, versions: Mapping[OfferId, int]) -> Offer:
    if published and msgspec.structs.replace(offer, version=published.version) == published:
        return published
    return msgspec.structs.replace(offer, version=versions.get(offer.offer_id, 0) + 1)


def _wallets(
    shop: Shop, secret: bytes
) -> tuple[dict[ShopperKey, Wallet], dict[ShopperKey, ShopperKey]]:
    """Make each shopper's wallet under the key of the first identity; the others lead to it."""
    bank = {offer.offer_id: offer for offer in shop.offers}
    wallets: dict[ShopperKey, Wallet] = {}
    aliases: dict[ShopperKey, ShopperKey] = {}
    for shopper in shop.shoppers:
        key, *others = (identity_key(i.kind, i.value, secret) for i in shopper.identities)
        given = tuple(
            Assignment(
                entry.offer_id,
                entry.score,
                entry.starts or bank[entry.offer_id].starts,
                entry.ends or bank[entry.offer_id].ends,
                entry.arm,
            )
            for entry in shopper.assignment
        )
        best_first = tuple(sorted(given, key=lambda a: (-a.score, a.offer_id)))
        past = tuple(PastUse(p.kind, p.offer_id, p.on, p.category, p.channel) for p in shopper.past)
        wallets[key] = Wallet(best_first, past, shopper.language, shopper.panel)
        aliases.update(dict.fromkeys(others, key))
    return wallets, aliases


def _stock(shop: Shop) -> dict[tuple[StoreId, Gtin], str]:
    """Write each figure as the file has it, so that an unchanged file is seen as unchanged."""
    as_of = shop.stock.as_of.isoformat() if shop.stock.as_of else ""
    return {(e.store, e.gtin): _figure(e, as_of) for e in shop.stock.stock}


def _figure(entry: StockEntry, as_of: str) -> str:
    """Write ON_HAND@AS_OF, and behind it @SOLD where the file says what was sold."""
    sold = "" if entry.sold_28d is None else f"@{entry.sold_28d}"
    return f"{entry.on_hand}@{as_of}{sold}"


def read_published(store: HqStore) -> Wanted:
    """Give what is published, in the same form. Pictures are named only."""
    documents = {
        "policy": text(store.document("policy", Policy) or Policy()),
        "risk": text(store.document("risk", Risk) or Risk()),
    }
    for name, nothing in NOTHING.items():
        row = store.conn.execute("SELECT body FROM documents WHERE name = ?", (name,)).fetchone()
        documents[name] = row[0] if row else nothing
    stock = store.conn.execute("SELECT store, gtin, written FROM stock")
    return Wanted(
        {row.store: (row.facts, row.lanes) for row in store.stores()},
        store.offers(),
        store.products(),
        dict(store.wallets()),
        dict(store.aliases()),
        documents,
        {(row[0], row[1]): row[2] for row in stock},
        {row[0]: b"" for row in store.conn.execute("SELECT sha256 FROM pictures")},
    )


def differences(old: Wanted, new: Wanted) -> Iterable[Change]:
    """List every difference, offers first."""
    holders = _holders(old), _holders(new)
    for name, what in _compared(old.offers, new.offers):
        shoppers = max(side.get(name, 0) for side in holders)
        yield Change("offer", name, what, _offer_detail(old, new, name), shoppers)
    for sha256 in sorted(set(new.pictures) - set(old.pictures)):
        yield Change("picture", sha256[:12], "added")
    for gtin, what in _compared(old.products, new.products):
        product = new.products.get(gtin) or old.products[gtin]
        yield Change("product", gtin, what, product.name)
    for key, what in _compared(old.wallets, new.wallets):
        yield Change("wallet", key, what)
    for key, what in _compared(old.aliases, new.aliases):
        yield Change("identity", key, what)
    for document, what in _compared(old.documents, new.documents):
        yield Change("document", document, what)
    for store, what in _compared(old.stores, new.stores):
        lanes = new.stores[store][1] if store in new.stores else ()
        yield Change("store", store, what, f"{len(lanes)} lanes")
    for (at, gtin), figure in sorted(new.stock.items()):
        if old.stock.get((at, gtin)) != figure:
            what = "changed" if (at, gtin) in old.stock else "added"
            yield Change("stock", f"{at} {gtin}", what, figure.partition("@")[0])


def _holders(side: Wanted) -> dict[str, int]:
    counts: dict[str, int] = {}
    for wallet in side.wallets.values():
        for given in wallet.assignments:
            counts[given.offer_id] = counts.get(given.offer_id, 0) + 1
    return counts


def _compared(old: Mapping[K, V], new: Mapping[K, V]) -> Iterable[tuple[K, What]]:
    for key in sorted(old.keys() | new.keys()):
        if key not in old:
            yield key, "added"
        elif key not in new:
            yield key, "removed"
        elif old[key] != new[key]:
            yield key, "changed"


def _offer_detail(old: Wanted, new: Wanted, name: OfferId) -> str:
    """Say what of an offer is different: its versions, and the fields by name."""
    before, after = old.offers.get(name), new.offers.get(name)
    if before is None or after is None:
        found = after or before
        return f"v{found.version}" if found else ""
    fields = [
        field
        for field in Offer.__struct_fields__
        if field != "version" and getattr(before, field) != getattr(after, field)
    ]
    return f"v{before.version} -> v{after.version}: {', '.join(fields)}"
