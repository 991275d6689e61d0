"""Whether a basket meets an offer's conditions by itself, and what is missing where it does not."""

from __future__ import annotations

from collections.abc import Iterable

from offers.model import Gtin, Language, Offer, Product, Selector, Texts
from offers.reasons import Finding, Reason, found
from offers.shelf import Counted, Shelf


def text_of(texts: Texts, language: str) -> str:
    """Pick a wording: the language, without its region, English, else the first by its tag."""
    if language in texts:
        return texts[Language(language)]
    for tag in (language.partition("-")[0], "en"):
        if tag in texts:
            return texts[Language(tag)]
    return texts[min(texts)] if texts else ""


def unmet(offer: Offer, counted: Counted, shelf: Shelf, language: str) -> Finding | None:
    """Say why a basket does not meet an offer's conditions, or None where it does."""
    if not counted.lots:
        return nothing_counts(offer, counted, shelf, language)
    units, spend = measure(counted.lots, shelf)
    condition, title = offer.condition, text_of(offer.products.title, language)
    if units < condition.min_quantity:
        return _near_miss(
            offer, shelf, Reason.NEAR_MISS_QTY, missing=condition.min_quantity - units, set=title
        )
    if spend < condition.min_spend_minor:
        missing = condition.min_spend_minor - spend
        return _near_miss(
            offer, shelf, Reason.NEAR_MISS_VALUE, missing_minor=missing, set=title, what="set"
        )
    if shelf.spend_minor < condition.basket_min_minor:
        missing = condition.basket_min_minor - shelf.spend_minor
        return found(Reason.NEAR_MISS_VALUE, missing_minor=missing, set=title, what="basket")
    return None


def measure(lots: Iterable[int], shelf: Shelf) -> tuple[int, int]:
    """Count the units of some lots, and what they cost together."""
    chosen = [shelf.lots[lot] for lot in lots]
    return (
        sum(lot.units for lot in chosen),
        sum(lot.units * lot.price_minor for lot in chosen),
    )


def nothing_counts(offer: Offer, counted: Counted, shelf: Shelf, language: str) -> Finding:
    """Say why nothing in the basket counts: barred, excluded, or simply not there."""
    title = text_of(offer.products.title, language)
    if counted.barred:
        reason, gtin = counted.barred[0]
        return found(reason, gtin=gtin, product=called(gtin, shelf.products), set=title)
    if counted.excluded:
        gtin = counted.excluded[0]
        variants = ", ".join(variant(it, shelf.products) for it in counted.excluded)
        return found(
            Reason.EXCLUDED_VARIANT,
            gtin=gtin,
            product=called(gtin, shelf.products),
            set=title,
            variant=variants,
        )
    return Finding(Reason.NO_QUALIFYING_ITEM, {"set": title})


def _near_miss(offer: Offer, shelf: Shelf, reason: Reason, **facts: str | int) -> Finding:
    except_for = ", ".join(words_of(offer.products.exclude, shelf.products))
    if except_for:
        facts["except"] = except_for
    return found(reason, **facts)


def called(gtin: Gtin, products: dict[Gtin, Product]) -> str:
    """Name a product as a shopper reads it on the pack; its GTIN where nothing is known of it."""
    product = products.get(gtin)
    if product is None:
        return gtin
    return " ".join(part for part in (product.name, product.variant, product.size) if part)


def variant(gtin: Gtin, products: dict[Gtin, Product]) -> str:
    """Name a product by its variant alone where it has one."""
    product = products.get(gtin)
    return product.variant if product and product.variant else called(gtin, products)


def words_of(selector: Selector, products: dict[Gtin, Product]) -> list[str]:
    """Name what a selector names: known products by variant, brands, last parts of categories."""
    known = [variant(gtin, products) for gtin in selector.gtins if gtin in products]
    paths = [path.rpartition("/")[2] for path in selector.categories]
    return list(dict.fromkeys([*known, *selector.brands, *paths]))
