"""A context as the rules of the next slip ask it: what several offers want to know is found once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property

from offers.context import IssueContext
from offers.law import Ban, LawRule, bans_in_force, paper_on_request
from offers.model import Gtin, Offer, OfferId, PastUse, Product, ProductSet, Selector
from offers.offer_sets import brands_of, is_wide, named, offer_category, sets_of
from offers.shelf import prefixes

CONTACT_DAYS = 7


class Range:
    """The known products, found by brand, category path and attribute."""

    def __init__(self, products: dict[Gtin, Product]) -> None:
        self._by: defaultdict[tuple[str, str], dict[Gtin, None]] = defaultdict(dict)
        for gtin, product in products.items():
            for key in _keys(product):
                self._by[key][gtin] = None

    def named(self, selector: Selector) -> dict[Gtin, None]:
        """Give what a selector names: GTINs in its order, then known products as they came."""
        found = dict.fromkeys(selector.gtins)
        for kind, names in (
            ("brand", selector.brands),
            ("category", selector.categories),
            ("attribute", selector.attributes),
        ):
            for name in names:
                found |= self._by.get((kind, name), {})
        return found


def _keys(product: Product) -> Iterator[tuple[str, str]]:
    yield "brand", product.brand
    for path in prefixes(product.category):
        yield "category", path
    for attribute in product.attributes:
        yield "attribute", attribute


class SlipFacts:
    """The facts of one choice. Sets and offers are known by their place in memory: the context keeps them."""

    def __init__(self, context: IssueContext) -> None:
        self.context = context
        self._known: dict[int, dict[Gtin, None]] = {}
        self._categories: dict[int, str] = {}
        self._brands: dict[int, frozenset[str]] = {}

    # Products.

    @cached_property
    def _range(self) -> Range:
        return Range(self.context.products)

    def known(self, products: ProductSet) -> dict[Gtin, None]:
        """Give the GTINs that a set counts: those it names, and the known products; in that order."""
        found = self._known.get(id(products))
        if found is None:
            found = self._known[id(products)] = self._counted(products)
        return found

    def _counted(self, products: ProductSet) -> dict[Gtin, None]:
        if not (is_wide(products.include) or is_wide(products.exclude)):
            return dict.fromkeys(named(products))
        excluded = self._range.named(products.exclude)
        included = self._range.named(products.include)
        return {gtin: None for gtin in included if gtin not in excluded}

    def known_gtins(self, offer: Offer) -> tuple[Gtin, ...]:
        """Give the GTINs of all known products that an offer is about, in any of its sets."""
        one, *more = sets_of(offer)
        found = self.known(one)
        for other in more:
            found = found | self.known(other)
        return tuple(found)

    def category(self, offer: Offer) -> str:
        """Give the category that an offer counts under."""
        found = self._categories.get(id(offer))
        if found is None:
            products = self.context.products
            mine = {gtin: products[gtin] for gtin in self.known(offer.products) if gtin in products}
            found = offer_category(offer, mine, self.context.policy.category_depth)
            self._categories[id(offer)] = found
        return found

    def brands(self, offer: Offer) -> frozenset[str]:
        """Give the brands that an offer is about."""
        found = self._brands.get(id(offer))
        if found is None:
            found = self._brands[id(offer)] = brands_of(offer, self.context.products)
        return found

    # The shopper's past.

    @cached_property
    def _uses(self) -> defaultdict[OfferId, list[PastUse]]:
        uses: defaultdict[OfferId, list[PastUse]] = defaultdict(list)
        for past in self.context.past:
            uses[past.offer_id].append(past)
        return uses

    def past_of(self, offer: Offer) -> list[PastUse]:
        """List what happened to the shopper with an offer."""
        return self._uses.get(offer.offer_id, [])

    @cached_property
    def issued_this_month(self) -> list[PastUse]:
        """List what was printed for the shopper in the business date's calendar month."""
        today = self.context.moment.business_date
        month = (today.year, today.month)
        issued = (past for past in self.context.past if past.kind == "issued")
        return [past for past in issued if (past.on.year, past.on.month) == month]

    def issued_in(self, category: str) -> int:
        """Count what was printed in exactly this category this month."""
        return sum(past.category == category for past in self.issued_this_month)

    @cached_property
    def told_this_week(self) -> list[PastUse]:
        """List what the shopper was told in seven days, today included, on paper or otherwise."""
        since = self.context.moment.business_date - timedelta(days=CONTACT_DAYS)
        return [past for past in self.context.past if past.kind != "redeemed" and past.on > since]

    def told_by(self, channel: str) -> int:
        """Count what of it one channel carried."""
        return sum(past.channel == channel for past in self.told_this_week)

    # Law.

    @cached_property
    def bans(self) -> tuple[Ban, ...]:
        """Give the bans that hold in the store today."""
        store = self.context.store
        return bans_in_force(store.laws, store.jurisdiction, self.context.moment.business_date)

    @cached_property
    def paper_law(self) -> LawRule | None:
        """Give the rule against paper that nobody asked for, where there is one."""
        store = self.context.store
        return paper_on_request(store.laws, store.jurisdiction, self.context.moment.business_date)
