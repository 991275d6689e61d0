"""The products an offer is about, as far as they are known, and the category it counts under."""

from __future__ import annotations

from offers.model import Gtin, Offer, OtherReduced, Product, ProductSet, Selector
from offers.shelf import counts


def sets_of(offer: Offer) -> tuple[ProductSet, ...]:
    """Give an offer's sets: what it asks for, and what another set of it reduces."""
    reward = offer.reward
    return (
        (offer.products, reward.products) if isinstance(reward, OtherReduced) else (offer.products,)
    )


def is_wide(selector: Selector) -> bool:
    """Tell whether a selector names more than single products."""
    return bool(selector.brands or selector.categories or selector.attributes)


def named(products: ProductSet) -> tuple[Gtin, ...]:
    """Give the GTINs that a set names and does not exclude, in its own order."""
    included, excluded = products.include.gtins, products.exclude.gtins
    return tuple(gtin for gtin in included if gtin not in excluded) if excluded else included


def known(products: ProductSet, range_: dict[Gtin, Product]) -> tuple[Gtin, ...]:
    """Give the GTINs that a set counts: those it names, and the known products; in that order."""
    if not (is_wide(products.include) or is_wide(products.exclude)):
        return named(products)
    asked = dict.fromkeys((*products.include.gtins, *range_))
    return tuple(gtin for gtin in asked if counts(products, gtin, range_.get(gtin)))


def named_gtins(offer: Offer) -> tuple[Gtin, ...]:
    """Give the GTINs that an offer names in any of its sets and does not exclude there."""
    return tuple(dict.fromkeys(gtin for one in sets_of(offer) for gtin in named(one)))


def known_gtins(offer: Offer, products: dict[Gtin, Product]) -> tuple[Gtin, ...]:
    """Give the GTINs of all known products that an offer is about, in any of its sets."""
    return tuple(dict.fromkeys(gtin for one in sets_of(offer) for gtin in known(one, products)))


def brands_of(offer: Offer, products: dict[Gtin, Product]) -> frozenset[str]:
    """Give the brands that an offer is about: those it names, and those of its products."""
    of_products = (products[gtin].brand for gtin in named_gtins(offer) if gtin in products)
    by_name = (brand for one in sets_of(offer) for brand in one.include.brands)
    return frozenset((*by_name, *of_products))


def offer_category(offer: Offer, products: dict[Gtin, Product], depth: int) -> str:
    """Give the category an offer counts under: what its products' categories have in common.

    Args:
        offer: its category paths count, and those of the products that it asks for by name.
        products: what is known; others do not count. For a brand, every known product of it.
        depth: how many parts make a category; a shorter common path stays shorter.

    Returns:
        "" where nothing is known or nothing is common: such an offer has no category cap.
    """
    include = offer.products.include
    paths = list(include.categories)
    paths += [
        products[gtin].category
        for gtin in known(offer.products, products)
        if gtin in products and (gtin in include.gtins or products[gtin].brand in include.brands)
    ]
    return "/".join(_common([path.split("/") for path in paths if path])[:depth])


def _common(paths: list[list[str]]) -> list[str]:
    """Give the parts that all paths begin with."""
    common: list[str] = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return common
