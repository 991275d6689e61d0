"""What the cashier's page shows: the sale in hand, and three lights with words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from agent.sales import Answered
from offers.model import Language, Offer, OfferId, ShopperKey
from offers.reasons import Verdict
from offers.records import Settled
from offers.sentences import sentence
from staff_help import explain
from staff_help.goodwill import GoodwillRules
from staff_help.lane_state import Light, PastDispute, PrintResult, Sale, SaleState, short_name
from staff_help.words import words

STALE_AFTER = timedelta(days=2)  # headquarters builds a generation every night


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


def sale_view(
    shown: Shown, offers: Mapping[OfferId, Offer], rules: GoodwillRules, language: Language
) -> Sale:
    """Put a sale in the page's words."""
    basket, decision = shown.answered.basket, shown.answered.decision
    late = {verdict.offer_id: verdict for verdict in shown.late}
    verdicts = [late.get(verdict.offer_id, verdict) for verdict in decision.verdicts]
    numbers = {p.coupon_number for p in basket.presented}
    facts = explain.SaleFacts(
        presented=frozenset(o.offer_id for o in offers.values() if o.coupon_number in numbers),
        provisional=frozenset(v.offer_id for v in verdicts if v.serial in shown.provisional),
        settled=frozenset(one.offer_id for one in shown.settled if one.outcome == "goodwill"),
    )
    say = _sayer(basket.currency)
    return Sale(
        transaction=shown.handle,
        till=basket.key.till,
        number=basket.key.number,
        revision=shown.answered.revision,
        state=shown.state,
        currency=basket.currency,
        shopper=short_name(shown.shopper) if shown.shopper is not None else None,
        training=basket.mode == "training",
        lines=explain.lines(verdicts, offers, facts, rules, language, say),
        total_discount_minor=decision.total_minor,
        received=explain.received(shown.received, offers, language),
        received_words=_nothing_new(shown, language),
        disputes=tuple(_dispute(one, offers, language) for one in shown.settled),
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


def _dispute(one: Settled, offers: Mapping[OfferId, Offer], language: Language) -> PastDispute:
    name = explain.title(one.offer_id, offers.get(one.offer_id), language)
    return PastDispute(one.offer_id, name, one.outcome, one.amount_minor, one.by, one.note)


def printer_light(what: str, since: datetime | None, now: datetime) -> Light:
    """Say how the printer is."""
    if since is None:
        return Light("off", "none: nothing is printed at this lane")
    if what in ("ok", "unknown"):
        return Light("good", "ready" if what == "ok" else "ready; it does not say how it is")
    return Light("bad", f"{what} for {age(now - since)}")


def hq_light(up: bool, since: datetime, outbox: int, now: datetime) -> Light:
    """Say how the link to headquarters is."""
    if up:
        waiting = f"; {outbox} to report" if outbox else ""
        return Light("good", f"connected{waiting}")
    return Light("watch", f"not reached for {age(now - since)}; {outbox} to report later")


def cache_light(generation: str, built_at: datetime, now: datetime, trusted: bool) -> Light:
    """Say how old the offers are, and whether the clock can be believed."""
    if not trusted:
        return Light("bad", "the clock of this PC is wrong: nothing new is printed")
    if not generation:
        return Light("bad", "none yet: headquarters has not been reached")
    old = now - built_at > STALE_AFTER
    return Light("watch" if old else "good", f"{generation}, {age(now - built_at)} old")


def age(span: timedelta) -> str:
    """Say a time span in its largest whole unit."""
    seconds = max(0, int(span.total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{seconds} s"


def verdict_of(answered: Answered, offer_id: str, late: Iterable[Verdict]) -> Verdict | None:
    """Find the verdict that a dispute is about: a coupon's, before a card's."""
    found = [v for v in (*late, *answered.decision.verdicts) if v.offer_id == offer_id]
    refused = [v for v in found if v.outcome in ("not_applied", "near_miss")]
    ranked = sorted(refused or found, key=lambda v: v.serial is None)
    return ranked[0] if ranked else None
