"""The basket as the offers see it: units at exact prices, found by GTIN, brand, category, attribute.

Lines that make no sense are left out, and `Shelf.left_out` says which and why: they get no discount
and count for none, not even for a basket minimum.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from offers.basket import LeftOut, Line
from offers.context import Context
from offers.law import banned, bans_in_force, by_volume
from offers.model import (
    BasketAmountOff,
    BasketPercentOff,
    Gtin,
    Offer,
    OtherReduced,
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


UNITS_MOST = 9_999  # of one line: the till's own limit (`agent.till_types`), as are the next two
AMOUNT_MOST_MINOR = 100_000_000
WEIGHT_MOST_G = 1_000_000
UNTOUCHED = frozenset(("deposit", "restricted"))  # flags of products that no discount ever touches


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
    return not (selector.gtins or selector.brands or selector.categories or selector.attributes)


def prefixes(path: str) -> Iterator[str]:
    """Give a category path and every path above it."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def names(selector: Selector, gtin: Gtin, product: Product | None) -> bool:
    """Tell whether a selector names a product, by GTIN, brand, category path or attribute."""
    if gtin in selector.gtins:
        return True
    if product is None:
        return False
    return (
        product.brand in selector.brands
        or any(path in selector.categories for path in prefixes(product.category))
        or any(attribute in selector.attributes for attribute in product.attributes)
    )


def counts(products: ProductSet, gtin: Gtin, product: Product | None) -> bool:
    """Tell whether a product is in a set: included and not excluded."""
    return names(products.include, gtin, product) and not names(products.exclude, gtin, product)


def senseless(
    line: Line, product: Product | None
) -> Literal["quantity", "amount", "unknown_product"] | None:
    """Say why a line cannot be looked at, or None where it can."""
    if not 1 <= line.quantity <= UNITS_MOST:
        return "quantity"
    if line.weight_g is not None and not 1 <= line.weight_g <= WEIGHT_MOST_G:
        return "quantity"
    if not 0 <= line.amount_minor <= AMOUNT_MOST_MINOR:
        return "amount"
    return "unknown_product" if product is None else None


def lots_of(line: Line, pieces: int = 1) -> tuple[Lot, ...]:
    """Split a line's amount over its units exactly; the first units carry the odd minor units.

    A weighed line is one unit.
    """
    units = 1 if line.weight_g is not None else line.quantity
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
    `left_out` names the lines that were not looked at; in another currency than the store's, all.
    """

    def __init__(self, context: Context) -> None:
        self.products = context.products
        store = context.store
        on = context.moment.business_date
        self._bans = bans_in_force(store.laws, store.jurisdiction, on)
        self.lots: list[Lot] = []
        self.spend_minor = 0
        self.left_out: tuple[LeftOut, ...] = ()
        self._lots_by_gtin: dict[Gtin, list[int]] = {}
        self._barred: dict[Gtin, Reason] = {}
        self._gtins: set[Gtin] = set()
        self._by_brand: dict[str, set[Gtin]] = {}
        self._by_category: dict[str, set[Gtin]] = {}
        self._by_attribute: dict[str, set[Gtin]] = {}
        self._fill(context)

    def _fill(self, context: Context) -> None:
        foreign = context.basket.currency != context.store.currency
        left_out: list[LeftOut] = []
        for line in sorted(context.basket.lines, key=lambda line: (line.gtin, line.line_id)):
            product = self.products.get(line.gtin)
            why = "currency" if foreign else senseless(line, product)
            if why is not None:
                left_out.append(LeftOut(line.line_id, why))
            if line.gtin in context.recalled:  # said of a product that nobody knows, too
                self._index(line.gtin, product)
                self._barred[line.gtin] = Reason.RECALLED
            elif why is None and product is not None:
                self._add(line, product)
        self.left_out = tuple(sorted(left_out, key=lambda left: left.line_id))

    def _add(self, line: Line, product: Product) -> None:
        self._index(line.gtin, product)
        bar = banned(product, self._bans, volume=False)
        if bar is None and line.mass_promotion is not None and line.offered:
            bar = Reason.MASS_PROMO_CLASH
        if bar is not None:
            self._barred.setdefault(line.gtin, bar)
        untouched = not (line.offered and UNTOUCHED.isdisjoint(product.flags))
        if untouched or bar not in {None, Reason.MASS_PROMO_CLASH}:
            return
        self.spend_minor += line.amount_minor
        if bar is None:
            for lot in lots_of(line, product.pieces):
                self._lots_by_gtin.setdefault(line.gtin, []).append(len(self.lots))
                self.lots.append(lot)

    def _index(self, gtin: Gtin, product: Product | None) -> None:
        if gtin in self._gtins:
            return
        self._gtins.add(gtin)
        if product is None:
            return
        self._by_brand.setdefault(product.brand, set()).add(gtin)
        for path in prefixes(product.category):
            self._by_category.setdefault(path, set()).add(gtin)
        for attribute in product.attributes:
            self._by_attribute.setdefault(attribute, set()).add(gtin)

    def _named(self, selector: Selector) -> set[Gtin]:
        found = self._gtins.intersection(selector.gtins)
        for brand in selector.brands:
            found |= self._by_brand.get(brand, NO_GTINS)
        for path in selector.categories:
            found |= self._by_category.get(path, NO_GTINS)
        for attribute in selector.attributes:
            found |= self._by_attribute.get(attribute, NO_GTINS)
        return found

    def count(self, offer: Offer) -> Counted:
        """Find what counts for an offer. A basket reward that names no product counts them all."""
        products = offer.products
        included = self._named(products.include)
        if not included:
            if not (names_nothing(products.include) and is_basket_reward(offer)):
                return NOTHING
            included = self._gtins
        return self._less(included, products.exclude, offer)

    def count_other(self, offer: Offer) -> Counted:
        """Find what counts in the second set of an offer: the units that `OtherReduced` reduces."""
        if not isinstance(offer.reward, OtherReduced):
            return NOTHING
        products = offer.reward.products
        included = self._named(products.include)
        return self._less(included, products.exclude, offer) if included else NOTHING

    def _less(self, included: set[Gtin], exclude: Selector, offer: Offer) -> Counted:
        excluded, volume = included & self._named(exclude), by_volume(offer)
        lots: list[int] = []
        barred: list[tuple[Reason, Gtin]] = []
        for gtin in sorted(included - excluded):
            law = banned(self.products.get(gtin), self._bans, volume=volume)
            bar = self._barred.get(gtin, law)
            if bar is not None:
                barred.append((bar, gtin))
            if law is None:
                lots += self._lots_by_gtin.get(gtin, ())
        barred.sort(key=lambda bar: (BARS.index(bar[0]), bar[1]))
        return Counted(tuple(lots), tuple(barred), tuple(sorted(excluded)))


NO_GTINS: frozenset[Gtin] = frozenset()
NOTHING = Counted(())
