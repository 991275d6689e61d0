"""One search box over the offers: the answer first, then what proves it. Pure.

A question names a product ("joghurt erdbeer") or an offer. For a product each offer that counts it,
or that a shopper would take for its own, says so in one sentence; the shopper's offers come first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Literal, NamedTuple

from msgspec import Struct

from offers.catalogue import may_see
from offers.conditions import text_of
from offers.model import Assignment, Gtin, Language, Offer, OfferId, Product
from offers.offer_sets import sets_of
from offers.outright import dates, withdrawn
from offers.promises import reward_words
from offers.reasons import Verdict
from offers.sentences import counts_words, not_counts_words, sentence
from offers.shelf import counts, names
from offers.speech import Speech, speech
from staff_help.explain import title
from staff_help.word_index import Hit, WordIndex
from staff_help.words import said

MOST_ASKED = 64  # characters of a question
MOST_HITS = 60
MOST_ANSWERS = 8
SAME = 0.02  # so near to the best hit that nobody could say which was meant
FEW = 3  # packs of one variety that are answered one by one; of more the offers are told
MOST_NAMES = 6  # of counting products in a sentence; more are told by the set's title
OFFER, PRODUCT = "o", "p"

Relation = Literal["counts", "not_included", "offer", "no_offer"]
ORDER: tuple[Relation, ...] = ("counts", "not_included", "offer", "no_offer")


class Answer(Struct, frozen=True):
    """One offer's answer, or that no offer counts a product. `facts` prove it, most telling first."""

    relation: Relation
    sentence: str
    offer_id: OfferId = OfferId("")
    title: str = ""
    product: str = ""
    mine: bool = False  # the shopper in hand has it
    facts: tuple[str, ...] = ()


class Answers(Struct, frozen=True):
    """What a question found; `sentence` is said where it found nothing."""

    query: str
    sentence: str
    found: tuple[Answer, ...] = ()


class Bank(Struct, frozen=True):
    """Where answers come from: the offers and products in force, and what stops them."""

    offers: Mapping[OfferId, Offer]
    product: Callable[[Gtin], Product | None]
    products_of: Callable[[Offer], dict[Gtin, Product]]
    killed: frozenset[OfferId]
    recalled: frozenset[Gtin]
    today: date
    currency: str


class Standing(Struct, frozen=True):
    """What is known of the shopper in hand; holdouts are left out by whoever makes it."""

    given: Mapping[OfferId, Assignment] = {}
    verdicts: Mapping[OfferId, Verdict] = {}


class _Found(NamedTuple):
    """An offer, the product it was asked about if any, and how well the question named it."""

    relation: Relation
    matched: int
    score: float
    offer: Offer
    product: Product | None


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
    answers = tuple(_answer(it, bank, standing, tongue) for it in ranked)
    if meant and not any(it.product is not None for it in ranked) and not _better(named, meant):
        answers = (_no_offer(meant[0][1], tongue), *answers)[:MOST_ANSWERS]
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
) -> Iterator[_Found]:
    """Give each offer that the question is about, once for each product that it may be about."""
    direct = {offer.offer_id for _, offer in named}
    told = [offer for offer in bank.offers.values() if _is_told(offer, standing)]
    for hit, product in meant:
        for offer in told:
            relation = relation_of(offer, product, offer.offer_id in direct, bank)
            if relation is not None:
                yield _Found(relation, hit.matched, hit.score, offer, product)
    for hit, offer in named:
        yield _Found("offer", hit.matched, hit.score, offer, None)


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


def _best(found: Iterable[_Found], standing: Standing) -> list[_Found]:
    """Give the best that was found of each offer, the best first."""
    first: dict[OfferId, _Found] = {}
    for one in sorted(found, key=lambda it: _rank(it, standing)):
        first.setdefault(one.offer.offer_id, one)
    return list(first.values())


def _rank(found: _Found, standing: Standing) -> tuple[object, ...]:
    return (
        -found.matched,
        found.offer.offer_id not in standing.given,
        ORDER.index(found.relation),
        -found.score,
        found.offer.offer_id,
    )


def _answer(found: _Found, bank: Bank, standing: Standing, tongue: Language) -> Answer:
    offer, product = found.offer, found.product
    voice = speech(tongue, bank.currency)
    return Answer(
        relation=found.relation,
        sentence=_sentence(found, bank, voice),
        offer_id=offer.offer_id,
        title=title(offer.offer_id, offer, tongue),
        product=full_name(product) if product is not None else "",
        mine=offer.offer_id in standing.given,
        facts=tuple(_facts(offer, bank, standing, voice)),
    )


def _sentence(found: _Found, bank: Bank, voice: Speech) -> str:
    offer, product = found.offer, found.product
    tongue = Language(voice.language)
    if product is None:
        name = voice.value(title(offer.offer_id, offer, tongue))
        return said(tongue, "ask_offer", offer=name, counts=_counting(offer, bank, voice))
    name = voice.value(short_name(product))
    if found.relation == "not_included":
        return said(tongue, "ask_not_included", product=name, counts=_counting(offer, bank, voice))
    reward = reward_words(offer, voice.language, bank.currency)
    return said(tongue, "ask_counts", product=name, reward=reward)


def _counting(offer: Offer, bank: Bank, voice: Speech) -> str:
    """Name what counts: the products where they are few, with a size that all share said once."""
    tongue = Language(voice.language)
    known = bank.products_of(offer)
    kept = [it for it in known.values() if counts(offer.products, it.gtin, it)]
    variants = list(dict.fromkeys(it.variant for it in kept))
    if not 1 <= len(variants) <= MOST_NAMES or "" in variants:
        set_title = text_of(offer.products.title, tongue)
        return voice.value(set_title) if set_title else voice.say("anything")
    sizes = {it.size for it in kept}
    named = [voice.value(it) for it in variants]
    listed = named[0]
    if len(named) > 1:
        listed = said(tongue, "ask_and", first=voice.join(named[:-1]), last=named[-1])
    return f"{listed} {voice.value(sizes.pop())}" if len(sizes) == 1 and sizes != {""} else listed


def _facts(offer: Offer, bank: Bank, standing: Standing, voice: Speech) -> Iterator[str]:
    """Say what holds of the offer now, what it asks for, and until when."""
    tongue = Language(voice.language)
    assignment = standing.given.get(offer.offer_id)
    verdict = standing.verdicts.get(offer.offer_id)
    if verdict is not None and may_see(verdict.reason, "cashier"):
        yield sentence(verdict, offer, tongue, bank.currency)
    elif (stopped := _stopped(offer, assignment, bank)) is not None:
        yield sentence(stopped, offer, tongue, bank.currency)
    elif assignment is None and offer.use != "mass":
        yield said(tongue, "ask_not_given")
    asks = counts_words(offer, bank.products_of(offer), tongue, bank.currency)
    reward = reward_words(offer, tongue, bank.currency)
    left_out = not_counts_words(offer, bank.products_of(offer), tongue)
    yield voice.join(part for part in (reward, asks, left_out) if part)
    ends = offer.ends if assignment is None else min(offer.ends, assignment.ends)
    yield voice.say("valid", day=voice.day(ends))


def _stopped(offer: Offer, assignment: Assignment | None, bank: Bank) -> Verdict | None:
    finding = withdrawn(offer, bank.killed, bank.recalled) or dates(offer, assignment, bank.today)
    if finding is None:
        return None
    return Verdict(offer.offer_id, offer.version, "not_applied", finding.reason, finding.evidence)


def _no_offer(product: Product, tongue: Language) -> Answer:
    name = speech(tongue, "").value(full_name(product))
    return Answer(
        "no_offer", said(tongue, "ask_no_offer", product=name), product=full_name(product)
    )


def short_name(product: Product) -> str:
    """Name a product as one says it beside its shelf: the variant, else the name."""
    return product.variant or product.name


def full_name(product: Product) -> str:
    """Name a product so that there is no other: brand, name, size."""
    return " ".join(part for part in (product.brand, product.name, product.size) if part)
