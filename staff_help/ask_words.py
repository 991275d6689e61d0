"""An answer of the search box in words: the sentence first, then what proves it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Literal, NamedTuple

from msgspec import Struct

from offers.catalogue import may_see
from offers.conditions import text_of
from offers.model import Assignment, Gtin, Language, Offer, OfferId, Product
from offers.outright import dates, withdrawn
from offers.promises import reward_words
from offers.reasons import Verdict
from offers.sentences import counts_words, not_counts_words, sentence
from offers.shelf import counts
from offers.speech import Speech, speech
from staff_help.explain import title
from staff_help.words import said

MOST_NAMES = 6  # of counting products in a sentence; more are told by the set's title

Relation = Literal["counts", "not_included", "offer", "no_offer"]


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


class Found(NamedTuple):
    """An offer, the product it was asked about if any, and how well the question named it."""

    relation: Relation
    matched: int
    score: float
    offer: Offer
    product: Product | None


def answer(found: Found, bank: Bank, standing: Standing, tongue: Language) -> Answer:
    """Put what was found of an offer in words."""
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


def _sentence(found: Found, bank: Bank, voice: Speech) -> str:
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


def no_offer(product: Product, tongue: Language) -> Answer:
    """Say that no offer counts a product."""
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
