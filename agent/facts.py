"""Gather the frozen facts that a decision is made from. Every look-up is in memory or mapped."""

from __future__ import annotations

from collections.abc import Iterable

from agent.sales import Sale
from cache.shelf import Shelf
from offers.basket import Basket
from offers.context import Candidate, Context, IssueContext, Moment
from offers.model import Gtin, Product, ShopperKey


def basket_context(shelf: Shelf, sale: Sale, basket: Basket, moment: Moment) -> Context:
    """Give everything that the evaluation of one basket may look at."""
    generation = shelf.generation
    candidates = shelf.candidates(sale.shopper, basket.presented)
    known = sale.shopper is not None
    return Context(
        moment=moment,
        store=generation.store,
        basket=basket,
        candidates=candidates,
        products=_products(shelf, {line.gtin for line in basket.lines}),
        shopper_known=known,
        identity_strong=sale.identity_strong,
        past=shelf.past(sale.shopper) if sale.shopper is not None else (),
        recalled=shelf.recalled,
        killed=shelf.killed,
    )


def issue_context(shelf: Shelf, shopper: ShopperKey, moment: Moment) -> IssueContext:
    """Give everything that the choice of a slip may look at."""
    generation = shelf.generation
    candidates = shelf.candidates(shopper, ())
    products = _counted(shelf, candidates)
    stock = {gtin: found for gtin in products if (found := shelf.availability(gtin)) is not None}
    return IssueContext(
        moment=moment,
        store=generation.store,
        policy=generation.policy,
        candidates=candidates,
        products=products,
        availability=stock,
        past=shelf.past(shopper),
        rivals=generation.rivals,
        mass_promotions=generation.mass_promotions(moment.business_date),
        recalled=shelf.recalled,
        killed=shelf.killed,
    )


def _counted(shelf: Shelf, candidates: Iterable[Candidate]) -> dict[Gtin, Product]:
    """Give what is known of the products that the candidates' sets count, and their pictures show."""
    products: dict[Gtin, Product] = {}
    for candidate in candidates:
        products |= shelf.generation.products_of(candidate.offer)
        picture = candidate.offer.picture
        if picture is not None and picture.gtin is not None:
            products |= _products(shelf, {picture.gtin})
    return dict(sorted(products.items()))


def _products(shelf: Shelf, gtins: Iterable[Gtin]) -> dict[Gtin, Product]:
    """Look the products up, in the order of their GTINs so that a context has one form."""
    found = ((gtin, shelf.product(gtin)) for gtin in sorted(gtins))
    return {gtin: product for gtin, product in found if product is not None}
