"""What the cashier's page shows of the sale in hand, in its words and in its language. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from agent.sales import Answered
from offers.conditions import text_of
from offers.model import Language, Offer, OfferId, ShopperKey, Texts
from offers.reasons import Reason, Verdict
from offers.records import Settled
from offers.sentences import left_out_sentence, sentence
from offers.speech import speech
from staff_help import explain
from staff_help.goodwill import GoodwillRules
from staff_help.lane_state import Paper, PastDispute, PrintResult, Sale, SaleState, short_name
from staff_help.words import said, words

SHOPPER = "{shopper}"  # in a greeting of headquarters'
NO_GREETING: Texts = {}
FOR_GOOD = ("goodwill", "reissued")  # an offer of a sale that ended so is not disputed again


class Shown(Struct, frozen=True):
    """One sale as the page needs it, open or ended."""

    handle: str
    state: SaleState
    answered: Answered
    shopper: ShopperKey | None
    provisional: frozenset[str]
    late: tuple[Verdict, ...]  # verdicts of the tender: what was not given
    received: Mapping[OfferId, PrintResult]
    settled: tuple[Settled, ...]
    uid: str = ""
    slips: Mapping[OfferId, str] = {}  # the names of their pictures
    paper: Paper = ""
    reprint: bool = False
    beside: tuple[Verdict, ...] = ()  # of the next slip, of a return, of offers that others hold


def sale_view(
    shown: Shown,
    offers: Mapping[OfferId, Offer],
    rules: GoodwillRules,
    language: Language,
    greetings: Texts = NO_GREETING,
) -> Sale:
    """Put a sale in the page's words."""
    basket, decision = shown.answered.basket, shown.answered.decision
    late = {verdict.offer_id: verdict for verdict in shown.late}
    decided = [late.get(verdict.offer_id, verdict) for verdict in decision.verdicts]
    back = {it.offer_id for it in shown.beside if it.reason is Reason.RETURNED_LINE}
    verdicts = [*(it for it in decided if it.offer_id not in back), *shown.beside]
    numbers = {p.coupon_number for p in basket.presented}
    facts = explain.SaleFacts(
        presented=frozenset(o.offer_id for o in offers.values() if o.coupon_number in numbers),
        provisional=frozenset(v.offer_id for v in verdicts if v.serial in shown.provisional),
        settled=frozenset(one.offer_id for one in shown.settled if one.outcome in FOR_GOOD),
        currency=basket.currency,
    )
    say = _sayer(basket.currency)
    return Sale(
        transaction=shown.handle,
        till=basket.key.till,
        number=basket.key.number,
        revision=shown.answered.revision,
        state=shown.state,
        currency=basket.currency,
        uid=shown.uid,
        shopper=short_name(shown.shopper) if shown.shopper is not None else None,
        greeting=greeting(shown.shopper, greetings, language),
        training=basket.mode == "training",
        lines=explain.lines(verdicts, offers, facts, rules, language, say),
        total_discount_minor=decision.total_minor,
        total=speech(language, basket.currency).money(decision.total_minor),
        left_out=tuple(left_out_sentence(it, language) for it in decision.left_out),
        paper=shown.paper,
        reprint=shown.reprint,
        received=explain.received(shown.received, offers, language, shown.slips),
        received_words=_nothing_new(shown, language),
        disputes=tuple(_dispute(it, offers, language, basket.currency) for it in shown.settled),
    )


def _sayer(currency: str) -> explain.Say:
    def say(verdict: Verdict, offer: Offer | None, language: Language) -> str:
        return (
            verdict.reason.value if offer is None else sentence(verdict, offer, language, currency)
        )

    return say


def _nothing_new(shown: Shown, language: Language) -> str:
    told = shown.state == "tendered" and shown.shopper is not None and not shown.received
    return words(language)["nothing_new"] if told else ""


def greeting(shopper: ShopperKey | None, texts: Texts, language: Language) -> str:
    """Greet a shopper by the pseudonym, as headquarters words it; "" while nobody is known."""
    if shopper is None:
        return ""
    own = text_of(texts, language)
    if own:
        return own.replace(SHOPPER, short_name(shopper))  # its author's braces mean nothing else
    return said(language, "greeting", shopper=short_name(shopper))


def _dispute(
    one: Settled, offers: Mapping[OfferId, Offer], language: Language, currency: str
) -> PastDispute:
    name = explain.title(one.offer_id, offers.get(one.offer_id), language)
    amount = explain.amount(one.amount_minor, language, currency)
    return PastDispute(one.offer_id, name, one.outcome, one.amount_minor, one.by, one.note, amount)
