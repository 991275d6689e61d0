"""What a shop may not publish, besides its offers: stores, products, stock, rivals, assignments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from hq.lint_facts import Facts, Fault, number_fault
from offers.model import Product

T = TypeVar("T")


def _stores(facts: Facts) -> Iterator[Fault]:
    if not facts.shop.stores:
        yield Fault("stores.toml", "[[store]]", "there is no store", "add one, with its lanes")
    for store in _twice(entry.store for entry in facts.shop.stores):
        yield Fault("stores.toml", "store", f"{store!r} stands twice", "keep one of them")


def _products(facts: Facts) -> Iterator[Fault]:
    for product in facts.shop.products:
        if fault := number_fault(product.gtin, (14,)):
            yield Fault("products.toml", _article(product), fault, "correct the GTIN")
    for gtin in _twice(product.gtin for product in facts.shop.products):
        yield Fault("products.toml", "gtin", f"{gtin} stands twice", "keep one of them")


def _article(product: Product) -> str:
    return f"[[product]] {product.name!r}"


def _stock(facts: Facts) -> Iterator[Fault]:
    for entry in facts.shop.stock.stock:
        if entry.gtin not in facts.products:
            what = f"no product has GTIN {entry.gtin}"
            yield Fault("stock.toml", "gtin", what, "correct it, or add the product")
        if entry.store not in facts.stores:
            yield Fault("stock.toml", "store", f"there is no store {entry.store!r}", "correct it")


def _rivals(facts: Facts) -> Iterator[Fault]:
    for brand in sorted({brand for pair in facts.shop.rivals for brand in pair}):
        if brand not in facts.brands:
            yield Fault("rivals.toml", "brands", f"no product has brand {brand!r}", "correct it")


def _promotions(facts: Facts) -> Iterator[Fault]:
    for entry in facts.shop.promotions:
        for gtin in entry.gtins:
            if gtin not in facts.products:
                what = f"no product has GTIN {gtin}"
                yield Fault("mass_promotions.toml", "gtins", what, "correct it")
        if entry.ends < entry.starts:
            what = f"it ends on {entry.ends}, before it starts on {entry.starts}"
            yield Fault("mass_promotions.toml", "ends", what, "swap the dates")


def _assignments(facts: Facts) -> Iterator[Fault]:
    file = "assignments.toml"
    for at, shopper in enumerate(facts.shop.shoppers):
        place = f"[[shopper]] number {at + 1}"
        for entry in shopper.assignment:
            offer = facts.offers.get(entry.offer_id)
            if offer is None:
                yield Fault(file, place, f"there is no offer {entry.offer_id!r}", "correct it")
            elif offer.use == "mass":
                what = f"{entry.offer_id!r} is for everyone"
                yield Fault(file, place, what, "assign card and coupon offers only")
        for offer_id in _twice(entry.offer_id for entry in shopper.assignment):
            yield Fault(file, place, f"{offer_id!r} is assigned twice", "keep one of them")
    identities = (i for shopper in facts.shop.shoppers for i in shopper.identities)
    for kind, value in _twice((identity.kind, identity.value) for identity in identities):
        what = f"the {kind} ending in {value[-3:]} belongs to two shoppers"
        yield Fault(file, "identities", what, "keep it with one of them")


def _twice(items: Iterable[T]) -> list[T]:
    return [item for item, count in Counter(items).items() if count > 1]


SHOP_CHECKS: tuple[Callable[[Facts], Iterator[Fault]], ...] = (
    _stores,
    _products,
    _stock,
    _rivals,
    _promotions,
    _assignments,
)
