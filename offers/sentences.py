"""What a cashier can say about a verdict, and what a slip says about an offer.

Everything is generated from the rule that is evaluated and the evidence of the verdict, by the
tables in `offers.wordings`, when it is asked for and not while the decision is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from offers.basket import LeftOut
from offers.conditions import text_of, words_of
from offers.model import Gtin, Language, Offer, Product
from offers.money import known_language
from offers.promises import reward_words
from offers.reasons import Evidence, Verdict
from offers.shelf import names_nothing
from offers.speech import Speech, speech
from offers.telling import Telling
from offers.wordings import SENTENCES, fields

MOST_NAMES = 6  # of single products on a slip; more are told by the set's title


class SlipWords(NamedTuple):
    """The words of a printed slip. Empty ones are left out on paper.

    In a right-to-left language names and figures stand in isolates (`offers.bidi`): the layout of
    the slip goes by them, and `bare` takes them out for a printer that has none.
    """

    headline: str
    big: str
    counts: str
    not_counts: str
    validity: str
    terms: str


def sentence(verdict: Verdict, offer: Offer, language: Language, currency: str) -> str:
    """Say a verdict's outcome in one sentence, as concrete as its evidence allows."""
    telling = Telling(_evidence(verdict), offer, speech(language, currency))
    if verdict.outcome == "printed":
        return telling.voice.say("printed", title=telling.fact("title") or "")
    wordings = SENTENCES[known_language(language)][verdict.reason]
    said = (_filled(words, telling) for words in wordings)
    return next(words for words in said if words is not None)


def _filled(words: str, telling: Telling) -> str | None:
    """Put the facts in a wording; None where one of them is not there."""
    facts = {name: telling.fact(name) for name in fields(words)}
    return None if None in facts.values() else words.format_map(facts)


def left_out_sentence(left_out: LeftOut, language: Language) -> str:
    """Say why the decision did not look at a line of the basket."""
    voice = speech(language, "")
    return voice.say(f"left_out_{left_out.why}", line=voice.value(left_out.line_id))


def _evidence(verdict: Verdict) -> Evidence:
    """Add to the evidence what the verdict itself holds."""
    given = {"amount_minor": verdict.discount_minor, "points": verdict.points}
    return {**{key: n for key, n in given.items() if n}, **verdict.evidence}


def counts_words(
    offer: Offer, products: dict[Gtin, Product], language: Language, currency: str
) -> str:
    """Say what counts: how many or how much of which set, and the products where they are few."""
    voice = speech(language, currency)
    return voice.join(_counts(offer, voice)) + _names_of_few(offer, products, voice)


def _counts(offer: Offer, voice: Speech) -> Iterator[str]:
    condition = offer.condition
    title = text_of(offer.products.title, voice.language)
    named = voice.value(title) if title else voice.say("anything")
    if condition.min_quantity > 1:
        yield voice.counted(f"counts_{condition.count}", condition.min_quantity, set=named)
    else:
        yield voice.say("counts", set=named)
    if condition.min_distinct > 1:
        yield voice.counted("counts_distinct", condition.min_distinct)
    if condition.min_weight_g:
        yield voice.say("counts_weight", weight=voice.weight(condition.min_weight_g))
    if condition.min_spend_minor:
        yield voice.say("counts_spend", spend=voice.money(condition.min_spend_minor))
    if condition.basket_min_minor:
        yield voice.say("counts_basket", spend=voice.money(condition.basket_min_minor))


def _names_of_few(offer: Offer, products: dict[Gtin, Product], voice: Speech) -> str:
    """Name the counting products in brackets, where the set is a few known GTINs."""
    include, excluded = offer.products.include, offer.products.exclude.gtins
    kept = [products.get(gtin) for gtin in include.gtins if gtin not in excluded]
    wide = include.brands or include.categories or include.attributes
    if wide or not 1 < len(kept) <= MOST_NAMES:
        return ""
    variants = [product.variant for product in kept if product and product.variant]
    named = voice.join(voice.value(variant) for variant in variants)
    return f" ({named})" if len(variants) == len(kept) else ""


def not_counts_words(offer: Offer, products: dict[Gtin, Product], language: Language) -> str:
    """Say what is excluded: "Not: Coconut"; empty where nothing is."""
    exclude = offer.products.exclude
    if names_nothing(exclude):
        return ""
    voice = speech(language, "")
    names = words_of(exclude, products) or list(exclude.gtins)
    return voice.say("not", names=voice.join(voice.value(name) for name in names))


def slip_words(
    offer: Offer,
    products: dict[Gtin, Product],
    language: Language,
    currency: str,
    valid_to: date,
    valid_from: date | None = None,
) -> SlipWords:
    """Give all words of an offer's slip, from the rule that will be evaluated; both days inclusive."""
    voice = speech(language, currency)
    return SlipWords(
        headline=text_of(offer.title, language),
        big=reward_words(offer, language, currency),
        counts=counts_words(offer, products, language, currency),
        not_counts=not_counts_words(offer, products, language),
        validity=_validity(offer, voice, valid_from, valid_to),
        terms=_terms(offer, voice),
    )


def _validity(offer: Offer, voice: Speech, first: date | None, last: date) -> str:
    hours = dict.fromkeys(voice.daypart(part) for part in offer.condition.dayparts)
    if first is None or first == last:
        days = voice.say("valid", day=voice.day(last))
    else:
        days = voice.say("valid_from", **{"from": voice.day(first), "day": voice.day(last)})
    return voice.join([days, *hours])


def _terms(offer: Offer, voice: Speech) -> str:
    own = text_of(offer.terms, voice.language)
    rules = [f"{rule}." for rule in _rules(offer, voice)]
    return " ".join([*rules, own] if own else rules)


def _rules(offer: Offer, voice: Speech) -> Iterator[str]:
    """Say what limits an offer's use, beside what counts for it and when."""
    if offer.single_use and offer.use == "coupon":
        yield voice.say("once")
    if offer.max_uses_per_basket > 1:
        yield voice.counted("per_basket", offer.max_uses_per_basket)
    if offer.max_uses_per_shopper is not None:
        yield voice.counted("per_shopper", offer.max_uses_per_shopper)
    if offer.max_redemptions is not None:
        yield voice.counted("first_n", offer.max_redemptions)
    if not offer.combinable:
        yield voice.say("alone")
