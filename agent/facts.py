"""Gather the frozen facts that a decision is made from. Every look-up is in memory or mapped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from agent.quota_desk import QuotaDesk
from agent.sales import Sale
from cache.shelf import Shelf
from offers.basket import Basket, Presented
from offers.context import Candidate, Context, IssueContext, Moment
from offers.experiments import with_arms
from offers.model import Gtin, LaneId, Offer, OtherReduced, Product, ProductSet, ShopperKey
from offers.outright import dates

EXAMPLES = 8  # articles of a set that a sentence may name


class Here(Struct, frozen=True):
    """Where the facts are gathered: the lane, what it has in reach, and its share of first Ns."""

    lane: LaneId
    shelf: Shelf
    quotas: QuotaDesk


def basket_context(here: Here, sale: Sale, basket: Basket, moment: Moment) -> Context:
    """Give everything that the evaluation of one basket may look at."""
    shelf, shopper = here.shelf, sale.shopper
    generation = shelf.generation
    candidates = candidates_of(here.shelf, shopper, basket.presented)
    gtins = {line.gtin for line in basket.lines}
    for candidate in candidates:
        gtins.update(_examples(candidate, moment))
    return Context(
        moment=moment,
        store=generation.store,
        basket=basket,
        candidates=candidates,
        products=_products(shelf, gtins),
        shopper_known=shopper is not None,
        identity_strong=sale.identity_strong,
        past=shelf.past(shopper) if shopper is not None else (),
        recalled=shelf.recalled,
        killed=shelf.killed,
        lane=here.lane,
        panel=shelf.panel(shopper) if shopper is not None else False,
        redemptions_left=here.quotas.redemptions_left(sale, candidates),
    )


def issue_context(
    here: Here, shopper: ShopperKey, moment: Moment, asked: bool = False
) -> IssueContext:
    """Give everything that the choice of a slip may look at."""
    shelf = here.shelf
    generation = shelf.generation
    candidates = candidates_of(shelf, shopper)
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
        shopper=shopper,
        panel=shelf.panel(shopper),
        lane=here.lane,
        issues_left=here.quotas.issues_left(candidates),
        asked=asked,
    )


def candidates_of(
    shelf: Shelf, shopper: ShopperKey | None, presented: tuple[Presented, ...] = ()
) -> tuple[Candidate, ...]:
    """List what a shopper could use, each assignment with the shopper's arm of today's experiments."""
    found = shelf.candidates(shopper, presented)
    return found if shopper is None else with_arms(found, shopper, shelf.generation.experiments)


def _examples(candidate: Candidate, moment: Moment) -> Iterator[Gtin]:
    """Name the articles that a sentence about an offer may name: of offers that could apply today."""
    offer, given = candidate.offer, candidate.assignment
    in_hand = candidate.presented is not None or (offer.use == "card" and given is not None)
    if in_hand and dates(offer, given, moment.business_date) is None:
        for products in _sets(offer):
            yield from products.exclude.gtins[:EXAMPLES]
            yield from products.include.gtins[:EXAMPLES]


def _sets(offer: Offer) -> Iterator[ProductSet]:
    yield offer.products
    if isinstance(offer.reward, OtherReduced):
        yield offer.reward.products


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
