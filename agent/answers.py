"""From a decision to the till's answer: shares, verdicts with sentences, cues. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agent.till_types import DecisionOut, LeftOutOut, ShareOut, VerdictOut
from offers.basket import LeftOut
from offers.catalogue import may_see
from offers.context import Context, Decision
from offers.model import Language, Offer, OfferId, Serial
from offers.reasons import Outcome, Verdict
from offers.sentences import left_out_sentence, sentence

CUE_OUTCOMES: tuple[Outcome, ...] = ("near_miss",)
SAID_KEPT = 8192  # sentences of 400 bytes at most: what a lane's offers are told day by day
Offers = Mapping[OfferId, Offer]


class _Sayings:
    """What was said lately, for most of a basket's verdicts are yesterday's.

    The offer itself is kept beside its sentence: its place in memory, which names it here, is not
    given to another one meanwhile.
    """

    def __init__(self) -> None:
        self._said: dict[tuple[object, ...], tuple[Offer, str, str]] = {}

    def say(
        self, verdict: Verdict, offer: Offer, language: Language, currency: str
    ) -> tuple[Offer, str, str]:
        key = (
            id(offer),
            verdict.outcome,
            verdict.reason,
            verdict.discount_minor,
            language,
            currency,
            *verdict.evidence.items(),
        )
        found = self._said.get(key)
        if found is None:
            if len(self._said) >= SAID_KEPT:
                self._said.clear()
            words = sentence(verdict, offer, language, currency)
            found = self._said[key] = offer, title(offer, language), words
        return found


_say = _Sayings().say


def verdicts_out(
    verdicts: Iterable[Verdict],
    offers: Offers,
    language: Language,
    currency: str,
    provisional: frozenset[Serial] = frozenset(),
) -> tuple[VerdictOut, ...]:
    """Put in words what a cashier may see; a holdout, say, is never told and stays in the journal."""
    told = []
    for verdict in verdicts:
        offer = offers.get(verdict.offer_id)
        if offer is None or not may_see(verdict.reason, "cashier"):
            continue
        _, headline, words = _say(verdict, offer, language, currency)
        told.append(
            VerdictOut(
                verdict.offer_id,
                headline,
                verdict.outcome,
                verdict.reason,
                words,
                verdict.evidence,
                verdict.discount_minor,
                verdict.serial,
                verdict.serial in provisional,
                verdict.points,
            )
        )
    return tuple(told)


def left_out(lines: Iterable[LeftOut], language: Language) -> tuple[LeftOutOut, ...]:
    """Put in words which lines the decision did not look at, and why."""
    return tuple(LeftOutOut(it.line_id, it.why, left_out_sentence(it, language)) for it in lines)


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
    language: Language,
) -> DecisionOut:
    """Make the answer to a basket. A cue is what the cashier says unasked: a near miss, a refusal."""
    shown = {(c.offer.offer_id, c.presented.serial) for c in context.candidates if c.presented}
    cues = tuple(
        verdict.sentence
        for verdict in verdicts
        if verdict.outcome in CUE_OUTCOMES
        or (verdict.outcome == "not_applied" and (verdict.offer_id, verdict.serial) in shown)
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
        left_out=left_out(decision.left_out, language),
        points=decision.points,
    )
