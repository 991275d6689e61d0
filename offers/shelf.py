"""The basket as the offers see it: units at exact prices, found by GTIN, brand and category."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from offers.basket import Line
from offers.context import Context
from offers.law import banned, bans_of, by_volume
from offers.model import (
    BasketAmountOff,
    BasketPercentOff,
    Gtin,
    Offer,
    Product,
    ProductSet,
    Selector,
)
from offers.reasons import Reason

BARS = (  # what is said first when several lines match and none of them counts
    Reason.RECALLED,
    Reason.LEGAL_INFANT_FORMULA,
    Reason.LEGAL_TOBACCO,
    Reason.LEGAL_ALCOHOL,
    Reason.LEGAL_HFSS_VOLUME,
    Reason.MASS_PROMO_CLASH,
)


class Lot(NamedTuple):
    """Units of one line that cost the same. `pieces` and `grams` are what each unit holds."""

    line_id: str
    gtin: Gtin
    price_minor: int
    units: int
    pieces: int = 1
    grams: int = 0


class Counted(NamedTuple):
    """What of a basket counts for an offer: lots, and the matching GTINs that do not count."""

    lots: tuple[int, ...]
    barred: tuple[tuple[Reason, Gtin], ...] = ()
    excluded: tuple[Gtin, ...] = ()


def is_basket_reward(offer: Offer) -> bool:
    """Tell whether the reward is on the whole basket and so outside the one-a-unit rule."""
    return isinstance(offer.reward, BasketAmountOff | BasketPercentOff)


def names_nothing(selector: Selector) -> bool:
    """Tell whether a selector is empty."""
    return not (selector.gtins or selector.brands or selector.categories)


def prefixes(path: str) -> Iterator[str]:
    """Give a category path and every path above it."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def names(selector: Selector, gtin: Gtin, product: Product | None) -> bool:
    """Tell whether a selector names a product, by GTIN, brand or category path."""
    if gtin in selector.gtins:
        return True
    if product is None:
        return False
    return product.brand in selector.brands or any(
        path in selector.categories for path in prefixes(product.category)
    )


def counts(products: ProductSet, gtin: Gtin, product: Product | None) -> bool:
    """Tell whether a product is in a set: included and not excluded."""
    return names(products.include, gtin, product) and not names(products.exclude, gtin, product)


def lots_of(line: Line, pieces: int = 1) -> tuple[Lot, ...]:
    """Split a line's amount over its units exactly; the first units carry the odd minor units.

    A weighed line is one unit. A line with a negative amount or quantity has none.
    """
    units = 1 if line.weight_g is not None else line.quantity
    if units < 1 or line.amount_minor < 0:
        return ()
    price, dearer = divmod(line.amount_minor, units)
    parts = ((price + 1, dearer), (price, units - dearer))
    grams = line.weight_g or 0
    return tuple(
        Lot(line.line_id, line.gtin, price, count, pieces, grams) for price, count in parts if count
    )


class Shelf:
    """An index over a basket, built once per decision, that does not depend on the order of lines.

    `lots` are all units that a discount may touch. `spend_minor` is what the basket minimum is
    compared with: every line that till, law and recalls allow, mass promotions included.
    """

    def __init__(self, context: Context) -> None:
        self.products = context.products
        self._bans = bans_of(context.store.jurisdiction)
        self.lots: list[Lot] = []
        self.spend_minor = 0
        self._lots_by_gtin: dict[Gtin, list[int]] = {}
        self._barred: dict[Gtin, Reason] = {}
        self._gtins: set[Gtin] = set()
        self._by_brand: dict[str, set[Gtin]] = {}
        self._by_category: dict[str, set[Gtin]] = {}
        for line in sorted(context.basket.lines, key=lambda line: (line.gtin, line.line_id)):
            self._add(line, context)

    def _add(self, line: Line, context: Context) -> None:
        product = self.products.get(line.gtin)
        if line.gtin not in self._gtins:
            self._index(line.gtin, product)
        bar = self._bar(line, product, context)
        if bar is not None:
            self._barred.setdefault(line.gtin, bar)
        if bar is Reason.MASS_PROMO_CLASH:
            self.spend_minor += max(line.amount_minor, 0)
        if bar is None and line.offered and not (product and "deposit" in product.flags):
            self.spend_minor += max(line.amount_minor, 0)
            for lot in lots_of(line, product.pieces if product else 1):
                self._lots_by_gtin.setdefault(line.gtin, []).append(len(self.lots))
                self.lots.append(lot)

    def _index(self, gtin: Gtin, product: Product | None) -> None:
        self._gtins.add(gtin)
        if product is not None:
            self._by_brand.setdefault(product.brand, set()).add(gtin)
            for path in prefixes(product.category):
                self._by_category.setdefault(path, set()).add(gtin)

    def _bar(self, line: Line, product: Product | None, context: Context) -> Reason | None:
        if line.gtin in context.recalled:
            return Reason.RECALLED
        law = banned(product, self._bans, volume=False)
        if law is None and line.mass_promotion is not None and line.offered:
            return Reason.MASS_PROMO_CLASH
        return law

    def _named(self, selector: Selector) -> set[Gtin]:
        found = self._gtins.intersection(selector.gtins)
        for brand in selector.brands:
            found |= self._by_brand.get(brand, set())
        for path in selector.categories:
            found |= self._by_category.get(path, set())
        return found

    def count(self, offer: Offer) -> Counted:
        """Find what counts for an offer. A basket reward that names no product counts them all."""
        include, exclude = offer.products.include, offer.products.exclude
        if names_nothing(include) and is_basket_reward(offer):
            included = self._gtins
        else:
            included = self._named(include)
        if not included:
            return NOTHING
        excluded = included & self._named(exclude)
        return self._sorted(offer, included - excluded, excluded)

    def _sorted(self, offer: Offer, kept: set[Gtin], excluded: set[Gtin]) -> Counted:
        lots: list[int] = []
        barred: list[tuple[Reason, Gtin]] = []
        volume = by_volume(offer)
        for gtin in sorted(kept):
            law = banned(self.products.get(gtin), self._bans, volume=volume)
            bar = self._barred.get(gtin, law)
            if bar is not None:
                barred.append((bar, gtin))
            if law is None:
                lots += self._lots_by_gtin.get(gtin, ())
        barred.sort(key=lambda bar: (BARS.index(bar[0]), bar[1]))
        return Counted(tuple(lots), tuple(barred), tuple(sorted(excluded)))


NOTHING = Counted(())
