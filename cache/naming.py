"""Which offers' sets name a product: by GTIN, by brand or by category path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from offers.model import Gtin, Offer, OfferId, Product


class Naming:
    """An index over the offers' selectors, so that the range is read through only once."""

    def __init__(self, offers: Iterable[Offer]) -> None:
        self._gtins: defaultdict[Gtin, set[OfferId]] = defaultdict(set)
        self._brands: defaultdict[str, set[OfferId]] = defaultdict(set)
        self._categories: defaultdict[str, set[OfferId]] = defaultdict(set)
        for offer in offers:
            include, exclude = offer.products.include, offer.products.exclude
            for gtin in (*include.gtins, *exclude.gtins):
                self._gtins[gtin].add(offer.offer_id)
            for brand in include.brands:
                self._brands[brand].add(offer.offer_id)
            for path in include.categories:
                self._categories[path].add(offer.offer_id)

    def offers_of(self, product: Product) -> set[OfferId]:
        """Name the offers whose sets name the product, in or out."""
        found = set(self._gtins.get(product.gtin, ()))
        found |= self._brands.get(product.brand, set())
        parts = product.category.split("/")
        for depth in range(1, len(parts) + 1):
            found |= self._categories.get("/".join(parts[:depth]), set())
        return found
