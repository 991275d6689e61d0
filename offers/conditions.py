"""Whether a basket meets an offer's conditions by itself, and what is missing where it does not."""

from __future__ import annotations

from collections.abc import Iterable

from offers.model import (
    AmountOffPerKg,
    Gtin,
    Language,
    Offer,
    OtherReduced,
    Product,
    Selector,
    Texts,
)
from offers.near_miss import NOTHING_MISSING, Missing, missing_of
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
    if not counted.lots or _nothing_to_weigh(offer, counted, shelf):
        return nothing_counts(offer, counted, shelf, language)
    missing = missing_of(offer, counted, shelf)
    return None if missing == NOTHING_MISSING else near_miss(offer, missing, shelf, language)


def _nothing_to_weigh(offer: Offer, counted: Counted, shelf: Shelf) -> bool:
    """Tell whether an amount off each kilogram has no kilogram to go by, and asks for none either."""
    per_kg = isinstance(offer.reward, AmountOffPerKg) and not offer.condition.min_weight_g
    return per_kg and not any(shelf.lots[lot].grams for lot in counted.lots)


def near_miss(offer: Offer, missing: Missing, shelf: Shelf, language: str) -> Finding:
    """Say what to add. `docs/reasons.md` tells how the facts go together."""
    facts: dict[str, str | int] = {"set": text_of(offer.products.title, language)}
    exclude = offer.products.exclude
    if missing.quantity > missing.distinct:  # new kinds are units themselves
        counted = "missing_pieces" if offer.condition.count == "pieces" else "missing"
        facts[counted] = missing.quantity
    if missing.distinct:
        facts["missing_distinct"] = missing.distinct
    if missing.grams:
        facts["missing_g"] = missing.grams
    if missing.minor or missing.basket_minor:
        facts["missing_minor"] = max(missing.minor, missing.basket_minor)
        facts["what"] = "set" if missing.minor else "basket"
    if missing.other and isinstance(offer.reward, OtherReduced):
        facts["other"] = text_of(offer.reward.products.title, language)
        if len(facts) > 2:
            facts["missing_other"] = missing.other
        else:  # the set is complete: only the reduced product itself is not there
            facts |= {"missing": missing.other, "what": "other"}
            exclude = offer.reward.products.exclude
    except_for = ", ".join(words_of(exclude, shelf.products))
    if except_for and missing._replace(basket_minor=0) != NOTHING_MISSING:
        facts["except"] = except_for
    reason = Reason.NEAR_MISS_QTY if _counts(missing) else Reason.NEAR_MISS_VALUE
    return found(reason, **facts)


def _counts(missing: Missing) -> bool:
    return bool(missing.quantity or missing.distinct or missing.grams or missing.other)


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
    return not_in_basket(offer, language)


def not_in_basket(offer: Offer, language: str) -> Finding:
    """Say that nothing of an offer's set was bought."""
    return Finding(Reason.NO_QUALIFYING_ITEM, {"set": text_of(offer.products.title, language)})


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
    """Name what a selector names: known products by variant, brands, ends of categories, attributes."""
    known = [variant(gtin, products) for gtin in selector.gtins if gtin in products]
    paths = [path.rpartition("/")[2] for path in selector.categories]
    return list(dict.fromkeys([*known, *selector.brands, *paths, *selector.attributes]))
