"""Which offers' sets name a product: by GTIN, brand, category path or attribute."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from offers.model import Gtin, Offer, OfferId, OtherReduced, Product, ProductSet


class Naming:
    """An index over the offers' selectors, so that the range is read through only once."""

    def __init__(self, offers: Iterable[Offer]) -> None:
        self._gtins: defaultdict[Gtin, set[OfferId]] = defaultdict(set)
        self._brands: defaultdict[str, set[OfferId]] = defaultdict(set)
        self._categories: defaultdict[str, set[OfferId]] = defaultdict(set)
        self._attributes: defaultdict[str, set[OfferId]] = defaultdict(set)
        for offer in offers:
            self._add(offer.offer_id, offer.products)
            if isinstance(offer.reward, OtherReduced):
                self._add(offer.offer_id, offer.reward.products)

    def _add(self, offer_id: OfferId, products: ProductSet) -> None:
        include = products.include
        for gtin in (*include.gtins, *products.exclude.gtins):
            self._gtins[gtin].add(offer_id)
        for brand in include.brands:
            self._brands[brand].add(offer_id)
        for path in include.categories:
            self._categories[path].add(offer_id)
        for attribute in include.attributes:
            self._attributes[attribute].add(offer_id)

    def offers_of(self, product: Product) -> set[OfferId]:
        """Name the offers whose sets name the product, in or out."""
        found = set(self._gtins.get(product.gtin, ()))
        found |= self._brands.get(product.brand, set())
        for attribute in product.attributes:
            found |= self._attributes.get(attribute, set())
        parts = product.category.split("/")
        for depth in range(1, len(parts) + 1):
            found |= self._categories.get("/".join(parts[:depth]), set())
        return found
