"""What a cashier can say about a verdict, and what a slip says about an offer.

Everything is generated from the rule that is evaluated and the evidence of the verdict, by the
tables in `offers.wordings`. A language without a table is spoken in English.
"""

from __future__ import annotations

from datetime import date, datetime
from string import Formatter
from typing import NamedTuple

from offers.conditions import text_of, words_of
from offers.hours import clock_time
from offers.model import (
    AmountOff,
    BasketAmountOff,
    BasketPercentOff,
    CheapestFree,
    FixedPrice,
    Gtin,
    Language,
    Offer,
    PercentOff,
    Product,
)
from offers.money import day, known_language, money
from offers.reasons import Evidence, Verdict
from offers.shelf import is_basket_reward, names_nothing
from offers.wordings import PHRASES, SENTENCES

MOST_NAMES = 6  # of single products on a slip; more are told by the set's title


class SlipWords(NamedTuple):
    """The words of a printed slip. Empty ones are left out on paper."""

    headline: str
    big: str
    counts: str
    not_counts: str
    validity: str
    terms: str


def sentence(verdict: Verdict, offer: Offer, language: Language, currency: str) -> str:
    """Say a verdict's outcome in one sentence, as concrete as its evidence allows."""
    base = known_language(language)
    evidence = verdict.evidence
    if verdict.discount_minor:
        evidence = {"amount_minor": verdict.discount_minor, **evidence}
    facts = _facts(evidence, offer, language, currency)
    if verdict.outcome == "printed":
        return _phrase(base, "printed", title=facts["title"])
    wordings = SENTENCES[base][verdict.reason]
    chosen = next((words for words in wordings if _needs(words) <= facts.keys()), wordings[-1])
    return chosen.format_map(facts)


def reward_words(offer: Offer, language: Language, currency: str) -> str:
    """Say what an offer gives: "20 % off", "1.00 € off", "cheapest free"."""
    base = known_language(language)
    match offer.reward:
        case PercentOff(n, most) | BasketPercentOff(n, most):
            name = "percent" if most is None else "percent_max"
            words = _phrase(base, name, n=n, max=money(most or 0, language, currency))
        case AmountOff(minor) | BasketAmountOff(minor):
            words = _phrase(base, "amount", amount=money(minor, language, currency))
        case FixedPrice(minor):
            words = _phrase(base, "price", price=money(minor, language, currency))
        case _:
            words = _phrase(base, "cheapest")
    return _phrase(base, "basket", reward=words) if is_basket_reward(offer) else words


def counts_words(
    offer: Offer, products: dict[Gtin, Product], language: Language, currency: str
) -> str:
    """Say what counts: how many or how much of which set, and the products where they are few."""
    base, condition = known_language(language), offer.condition
    title = text_of(offer.products.title, language) or _phrase(base, "anything")
    if condition.min_quantity > 1:
        parts = [_phrase(base, "counts_units", n=condition.min_quantity, set=title)]
    else:
        parts = [_phrase(base, "counts", set=title)]
    if condition.min_spend_minor:
        spend = money(condition.min_spend_minor, language, currency)
        parts = [_phrase(base, "counts_spend", set=parts[0], spend=spend)]
    if condition.basket_min_minor:
        spend = money(condition.basket_min_minor, language, currency)
        parts.append(_phrase(base, "counts_basket", spend=spend))
    return ", ".join(parts) + _names_of_few(offer, products)


def _names_of_few(offer: Offer, products: dict[Gtin, Product]) -> str:
    """Name the counting products in brackets, where the set is a few known GTINs."""
    include, excluded = offer.products.include, offer.products.exclude.gtins
    kept = [products.get(gtin) for gtin in include.gtins if gtin not in excluded]
    if include.brands or include.categories or not 1 < len(kept) <= MOST_NAMES:
        return ""
    variants = [product.variant for product in kept if product and product.variant]
    return f" ({', '.join(variants)})" if len(variants) == len(kept) else ""


def not_counts_words(offer: Offer, products: dict[Gtin, Product], language: Language) -> str:
    """Say what is excluded: "Not: Coconut"; empty where nothing is."""
    exclude = offer.products.exclude
    if names_nothing(exclude):
        return ""
    names = words_of(exclude, products) or list(exclude.gtins)
    return _phrase(known_language(language), "not", names=", ".join(names))


def slip_words(
    offer: Offer,
    products: dict[Gtin, Product],
    language: Language,
    currency: str,
    valid_to: date,
) -> SlipWords:
    """Give all words of an offer's slip, from the rule that will be evaluated."""
    return SlipWords(
        headline=text_of(offer.title, language),
        big=reward_words(offer, language, currency),
        counts=counts_words(offer, products, language, currency),
        not_counts=not_counts_words(offer, products, language),
        validity=_validity(offer, language, valid_to),
        terms=_terms(offer, language),
    )


def _validity(offer: Offer, language: Language, valid_to: date) -> str:
    base = known_language(language)
    hours = (
        _phrase(
            base,
            "hours",
            **{"from": clock_time(part.from_minute), "to": clock_time(part.to_minute)},
        )
        for part in offer.condition.dayparts
    )
    return ", ".join([_phrase(base, "valid", day=day(valid_to, language)), *dict.fromkeys(hours)])


def _terms(offer: Offer, language: Language) -> str:
    base = known_language(language)
    rules = []
    if offer.single_use and offer.use == "coupon":
        rules.append(_phrase(base, "once"))
    if offer.max_uses_per_basket > 1:
        rules.append(_phrase(base, "per_basket", n=offer.max_uses_per_basket))
    if not offer.combinable:
        rules.append(_phrase(base, "alone"))
    own = text_of(offer.terms, language)
    return " ".join(f"{rule}." for rule in rules) + (f" {own}" if rules and own else own)


def _needs(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def _phrase(base: str, name: str, **facts: str | int) -> str:
    return PHRASES[base][name].format_map(facts)


def _plural(base: str, name: str, n: int) -> str:
    return _phrase(base, f"{name}_{'one' if n == 1 else 'other'}", n=n)


def _facts(evidence: Evidence, offer: Offer, language: Language, currency: str) -> dict[str, str]:
    """Turn evidence into words: amounts with their currency, dates as they are read, counts."""
    base = known_language(language)
    facts = {key: _fact(key, value, language) for key, value in evidence.items() if value != ""}
    facts["title"] = text_of(offer.title, language)
    facts["reward"] = _promise(offer, language, currency)
    if "instead" in facts:
        facts["instead"] = _phrase(base, "instead")
    if "set" in facts:
        facts["set"] = text_of(offer.products.title, language)
    missing = "missing_basket" if evidence.get("what") == "basket" else "missing_money"
    for key, name in (("amount_minor", "amount"), ("missing_minor", missing)):
        if isinstance(minor := evidence.get(key), int):
            facts[name] = money(minor, language, currency)
    for key, name in (("missing", "more"), ("max_uses", "times")):
        if isinstance(count := evidence.get(key), int):
            facts[name] = _plural(base, name, count)
    return facts


def _fact(key: str, value: str | int, language: Language) -> str:
    if key in ("starts", "ended", "until", "when"):
        try:
            return day(datetime.fromisoformat(str(value)).date(), language)
        except ValueError:
            return str(value)
    return str(value)


def _promise(offer: Offer, language: Language, currency: str) -> str:
    """Say the reward at the end of a sentence: "1.00 € is off", "the cheapest is free"."""
    base = known_language(language)
    match offer.reward:
        case CheapestFree():
            return _phrase(base, "is_free")
        case FixedPrice(minor):
            one = offer.condition.min_quantity == 1 and not offer.condition.min_spend_minor
            price = money(minor, language, currency)
            return _phrase(base, "is_price_one" if one else "is_price", price=price)
        case AmountOff(minor) | BasketAmountOff(minor) if base == "en":
            return _phrase(base, "is_off", reward=money(minor, language, currency))
        case PercentOff(n) | BasketPercentOff(n) if base == "en":
            return _phrase(base, "is_off", reward=f"{n} %")
        case _:
            return reward_words(offer, language, currency)
