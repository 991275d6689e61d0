"""From a decision to the lines of the page, in the order in which a shopper asks about them.

A coupon that was shown and refused comes first, then what is almost there, then what applied,
then the rest, then what was not printed for the next visit, and what this card does not hold; within
each the most important reason first (`offers.catalogue`). What is not for a cashier's eyes, such as
who is in a holdout, is left out. Every line can be disputed: what applied may not be enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct

from offers.catalogue import CATALOGUE, may_see, rank
from offers.model import Language, Offer, OfferId
from offers.reasons import Reason, Verdict
from offers.speech import speech
from staff_help import evidence
from staff_help.goodwill import GoodwillRules, is_disputable, proposal_minor
from staff_help.lane_state import Kind, OfferLine, PrintResult, Received
from staff_help.words import ENGLISH, words

ORDER: tuple[Kind, ...] = ("refused", "near_miss", "applied", "other", "withheld", "not_given")
NO_SLIPS: Mapping[OfferId, str] = MappingProxyType({})


class Say(Protocol):
    """Turns a verdict into the sentence that a cashier can say."""

    def __call__(self, verdict: Verdict, offer: Offer | None, language: Language) -> str:
        """Give the sentence; `offer` is None for a coupon that the bank does not know."""


class SaleFacts(Struct, frozen=True):
    """What the lines tell of a sale beside its verdicts, as offer ids."""

    presented: frozenset[OfferId] = frozenset()  # its coupon was shown
    provisional: frozenset[OfferId] = frozenset()  # accepted while no arbiter could be reached
    settled: frozenset[OfferId] = frozenset()  # goodwill was given, or the coupon printed again
    currency: str = "EUR"


def lines(
    verdicts: Iterable[Verdict],
    offers: Mapping[OfferId, Offer],
    facts: SaleFacts,
    rules: GoodwillRules,
    language: Language,
    say: Say,
) -> tuple[OfferLine, ...]:
    """Give the page's lines for the verdicts of one sale, what matters most first."""
    shown = [
        line(verdict, offers.get(verdict.offer_id), facts, rules, language, say)
        for verdict in verdicts
        if may_see(verdict.reason, "cashier")
    ]
    return tuple(sorted(shown, key=lambda one: (ORDER.index(one.kind), rank(one.reason))))


def line(
    verdict: Verdict,
    offer: Offer | None,
    facts: SaleFacts,
    rules: GoodwillRules,
    language: Language,
    say: Say,
) -> OfferLine:
    """Give the page's line for one verdict."""
    presented = verdict.serial is not None or verdict.offer_id in facts.presented
    open_still = verdict.offer_id not in facts.settled
    may_give = open_still and is_disputable(verdict)
    return OfferLine(
        offer_id=verdict.offer_id,
        title=title(verdict.offer_id, offer, language),
        kind=kind(verdict, presented),
        outcome=verdict.outcome,
        reason=verdict.reason,
        sentence=say(verdict, offer, language),
        discount_minor=verdict.discount_minor,
        discount=off(verdict.discount_minor, language, facts.currency),
        evidence=evidence.told(verdict.evidence, offer, language, facts.currency),
        presented=presented,
        provisional=verdict.outcome == "applied" and verdict.offer_id in facts.provisional,
        disputable=open_still,
        script=CATALOGUE[verdict.reason].script,
        goodwill_minor=proposal_minor(offer, rules) if may_give else 0,
    )


def kind(verdict: Verdict, presented: bool) -> Kind:
    """Tell where a verdict stands on the page."""
    if verdict.outcome == "applied":
        return "applied"
    if verdict.outcome == "near_miss":
        return "near_miss"
    if verdict.outcome == "withheld":
        return "withheld"
    if verdict.reason is Reason.NOT_ASSIGNED and not presented:
        return "not_given"
    return "refused" if presented else "other"


def title(offer_id: OfferId, offer: Offer | None, language: Language) -> str:
    """Name an offer in the language, else in English, else in any; else by its id."""
    if offer is None or not offer.title:
        return offer_id
    texts = offer.title
    return texts.get(language) or texts.get(ENGLISH) or next(iter(texts.values()))


def off(minor: int, language: Language, currency: str) -> str:
    """Write what is taken off, as an amount below zero; "" for nothing."""
    return speech(language, currency).money(-minor) if minor else ""


def amount(minor: int, language: Language, currency: str) -> str:
    """Write an amount; "" for none."""
    return speech(language, currency).money(minor) if minor else ""


def received(
    results: Mapping[OfferId, PrintResult],
    offers: Mapping[OfferId, Offer],
    language: Language,
    slips: Mapping[OfferId, str] = NO_SLIPS,
) -> tuple[Received, ...]:
    """Give the "you have just received" list, in the order of printing."""
    table = words(language)
    return tuple(
        Received(
            offer_id=offer_id,
            title=title(offer_id, offers.get(offer_id), language),
            result=result,
            words=table[f"print_{result}"],
            slip=slips.get(offer_id, ""),
        )
        for offer_id, result in results.items()
    )


def near_misses(shown: Iterable[OfferLine]) -> tuple[OfferLine, ...]:
    """Give the lines that are almost there: what a cashier may say while scanning goes on."""
    return tuple(one for one in shown if one.kind == "near_miss")
