"""One search box over the offers: the answer first, then what proves it. Pure.

A question names a product ("joghurt erdbeer") or an offer. For a product each offer that counts it,
or that a shopper would take for its own, says so in one sentence; the shopper's offers come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from offers.model import Gtin, Language, Offer, OfferId, Product
from offers.offer_sets import sets_of
from offers.shelf import counts, names
from staff_help.ask_words import (
    Answers,
    Bank,
    Found,
    Relation,
    Standing,
    answer,
    no_offer,
    short_name,
)
from staff_help.word_index import Hit, WordIndex
from staff_help.words import said

MOST_ASKED = 64  # characters of a question
MOST_HITS = 60
MOST_ANSWERS = 8
SAME = 0.02  # so near to the best hit that nobody could say which was meant
FEW = 3  # packs of one variety that are answered one by one; of more the offers are told
OFFER, PRODUCT = "o", "p"

ORDER: tuple[Relation, ...] = ("counts", "not_included", "offer", "no_offer")


def in_bank(offers: Iterable[Offer]) -> list[Offer]:
    """List the offers that the bank holds for anyone: released ones, in their order."""
    return [it for it in offers if it.approval is not None and not it.panel_only]


def documents(
    offers: Iterable[Offer], products: Iterable[Product]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give what the index is made of: offers by their titles and sets, products by their names."""
    for offer in offers:
        sets = [text for one in sets_of(offer) for text in one.title.values()]
        yield OFFER + offer.offer_id, (*offer.title.values(), *sets)
    for product in products:
        yield PRODUCT + product.gtin, words_of(product)


def words_of(product: Product) -> tuple[str, ...]:
    """Give what a product is called: name, brand, variant, size, and the last part of its path."""
    kind = product.category.rpartition("/")[2]
    return product.name, product.brand, product.variant, product.size, kind


def ask(query: str, index: WordIndex, bank: Bank, standing: Standing, tongue: Language) -> Answers:
    """Answer a question."""
    query = query.strip()[:MOST_ASKED]
    hits = index.find(query, MOST_HITS)
    asked = [pair for hit in hits if (pair := _product(hit, bank)) is not None]
    named = [(hit, it) for hit in hits if (it := _offer(hit, bank, standing)) is not None]
    meant = _meant(asked)
    found = _about(meant, named, bank, standing)
    ranked = _best(found, standing)[:MOST_ANSWERS]
    answers = tuple(answer(it, bank, standing, tongue) for it in ranked)
    if meant and not any(it.product is not None for it in ranked) and not _better(named, meant):
        answers = (no_offer(meant[0][1], tongue), *answers)[:MOST_ANSWERS]
    nothing = "" if answers else said(tongue, "ask_nothing", query=query)
    return Answers(query, nothing, answers)


def _product(hit: Hit, bank: Bank) -> tuple[Hit, Product] | None:
    if not hit.key.startswith(PRODUCT):
        return None
    product = bank.product(Gtin(hit.key[1:]))
    return None if product is None else (hit, product)


def _offer(hit: Hit, bank: Bank, standing: Standing) -> Offer | None:
    if not hit.key.startswith(OFFER):
        return None
    offer = bank.offers.get(OfferId(hit.key[1:]))
    return offer if offer is not None and _is_told(offer, standing) else None


def _is_told(offer: Offer, standing: Standing) -> bool:
    return offer.offer_id in standing.given or bool(in_bank([offer]))


def _better(named: list[tuple[Hit, Offer]], asked: list[tuple[Hit, Product]]) -> bool:
    """Tell whether an offer itself fits the question better than any product."""
    return bool(named) and named[0][0][1:] > asked[0][0][1:]


def _about(
    meant: list[tuple[Hit, Product]],
    named: list[tuple[Hit, Offer]],
    bank: Bank,
    standing: Standing,
) -> Iterator[Found]:
    """Give each offer that the question is about, once for each product that it may be about."""
    direct = {offer.offer_id for _, offer in named}
    told = [offer for offer in bank.offers.values() if _is_told(offer, standing)]
    for hit, product in meant:
        for offer in told:
            relation = relation_of(offer, product, offer.offer_id in direct, bank)
            if relation is not None:
                yield Found(relation, hit.matched, hit.score, offer, product)
    for hit, offer in named:
        yield Found("offer", hit.matched, hit.score, offer, None)


def _meant(asked: list[tuple[Hit, Product]]) -> list[tuple[Hit, Product]]:
    """Give the packs of the one variety that the question means; none where it means a shelf."""
    if not asked:
        return []
    best = asked[0][0]
    near = [
        (hit, product)
        for hit, product in asked
        if hit.matched == best.matched and hit.score >= best.score * (1 - SAME)
    ]
    one_variety = len({short_name(product) for _, product in near}) == 1
    return near[:FEW] if one_variety else []


def relation_of(
    offer: Offer, product: Product, named: bool, bank: Bank
) -> Literal["counts", "not_included"] | None:
    """Tell how an offer stands to a product: counts it, leaves a neighbour out, or has to do with others.

    A neighbour is what the offer excludes by name, or what is of the brand and kind of what counts.
    """
    for one in sets_of(offer):
        if counts(one, product.gtin, product):
            return "counts"
    if any(names(one.include, product.gtin, product) for one in sets_of(offer)):
        return "not_included"
    kin = (product.brand, product.category)
    near = any((it.brand, it.category) == kin for it in bank.products_of(offer).values())
    return "not_included" if near or (named and _same_kind(offer, product, bank)) else None


def _same_kind(offer: Offer, product: Product, bank: Bank) -> bool:
    return any(it.category == product.category for it in bank.products_of(offer).values())


def _best(found: Iterable[Found], standing: Standing) -> list[Found]:
    """Give the best that was found of each offer, the best first."""
    first: dict[OfferId, Found] = {}
    for one in sorted(found, key=lambda it: _rank(it, standing)):
        first.setdefault(one.offer.offer_id, one)
    return list(first.values())


def _rank(found: Found, standing: Standing) -> tuple[object, ...]:
    return (
        -found.matched,
        found.offer.offer_id not in standing.given,
        ORDER.index(found.relation),
        -found.score,
        found.offer.offer_id,
    )
