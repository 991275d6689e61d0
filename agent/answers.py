"""From a decision to the till's answer: shares, verdicts with sentences, cues. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agent.till_types import DecisionOut, ShareOut, VerdictOut
from offers.context import Context, Decision
from offers.model import Language, Offer, OfferId, Serial
from offers.reasons import Outcome, Reason, Verdict
from offers.sentences import sentence

CUE_OUTCOMES: tuple[Outcome, ...] = ("near_miss",)
Offers = Mapping[OfferId, Offer]


def verdicts_out(
    verdicts: Iterable[Verdict],
    offers: Offers,
    language: Language,
    currency: str,
    provisional: frozenset[Serial] = frozenset(),
) -> tuple[VerdictOut, ...]:
    """Put each verdict in words. A holdout is never told: its verdict stays in the journal."""
    return tuple(
        VerdictOut(
            offer_id=verdict.offer_id,
            title=title(offers[verdict.offer_id], language),
            outcome=verdict.outcome,
            reason=verdict.reason,
            sentence=sentence(verdict, offers[verdict.offer_id], language, currency),
            evidence=verdict.evidence,
            discount_minor=verdict.discount_minor,
            serial=verdict.serial,
            provisional=verdict.serial in provisional,
        )
        for verdict in verdicts
        if verdict.offer_id in offers and verdict.reason is not Reason.HOLDOUT
    )


def title(offer: Offer, language: Language) -> str:
    """Give the offer's title in the language, else in English, else in whichever there is."""
    english = offer.title.get(Language("en"), next(iter(offer.title.values()), offer.offer_id))
    return offer.title.get(language, english)


def decision_out(
    handle: str,
    context: Context,
    decision: Decision,
    verdicts: tuple[VerdictOut, ...],
    generation: str,
) -> DecisionOut:
    """Make the answer to a basket. A cue is what the cashier says unasked: a near miss, a refusal."""
    refused = {p.serial for p in context.basket.presented} - {None}
    cues = tuple(
        verdict.sentence
        for verdict in verdicts
        if verdict.outcome in CUE_OUTCOMES
        or (verdict.outcome == "not_applied" and verdict.serial in refused)
    )
    shares = tuple(
        ShareOut(share.line_id, share.offer_id, share.amount_minor, share.serial)
        for share in decision.shares
    )
    return DecisionOut(
        transaction=handle,
        revision=context.basket.revision,
        discounts=shares,
        total_discount_minor=decision.total_minor,
        verdicts=verdicts,
        cues=cues,
        shopper=context.shopper_known,
        generation=generation,
        trusted_clock=context.moment.trusted,
    )
