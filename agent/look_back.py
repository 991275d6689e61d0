"""A past sale for the page: found, decided again, and put in the page's language.

`look` reads the journal beside its writer and may take a second: it is called in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from agent.answers import title
from agent.past_decision import PastDecision, look_back
from cache.past_sales import past_sales
from offers.catalogue import CATALOGUE, may_see, rank
from offers.model import Language, Offer, OfferId, ShopperKey, ShopperRef
from offers.reasons import Verdict
from offers.sentences import sentence
from offers.speech import Speech, speech
from staff_help import evidence
from staff_help.explain import ORDER, kind, off
from staff_help.lane_state import SaleState, short_name
from staff_help.past_sale import PastLine, PastSale, PastVerdict
from staff_help.words import SAID, said, said_counted, spoken


class View(Struct, frozen=True):
    """In which words a sale is told, and what the lane knows of it beside the journal.

    `offers` are those in force: a sale that cannot be decided again is told with their words.
    """

    language: Language
    offers: Mapping[OfferId, Offer]
    shopper: Callable[[ShopperRef], ShopperKey | None]


def look(journal: Path, wanted: str, view: View) -> PastSale | None:
    """Find a sale by its number, its uid or a coupon's serial; None where there is none.

    Raises:
        sqlite3.DatabaseError: the journal cannot be read.
        msgspec.MsgspecError: what is kept of the sale cannot be read.
    """
    with past_sales(journal) as sales:
        found = sales.find(wanted)
        if not found:
            return None
        past = look_back(found[0], sales)
    return past_sale(past, len(found) - 1, view)


def past_sale(past: PastDecision, others: int, view: View) -> PastSale:
    """Put a sale in words."""
    sale, answered, tongue = past.sale, past.answered, view.language
    currency = answered.basket.currency if answered is not None else ""
    voice = speech(tongue, currency)
    offers = dict(view.offers)
    if past.context is not None:
        offers |= {it.offer.offer_id: it.offer for it in past.context.candidates}
    return PastSale(
        uid=sale.uid,
        till=sale.key.till if sale.key else "",
        number=sale.key.number if sale.key else "",
        day=voice.day(sale.key.business_date) if sale.key else "",
        state=_state(past),
        replay="unknown" if past.same is None else "same" if past.same else "differs",
        notes=tuple(_notes(past, others, tongue)),
        faults=past.faults,
        shopper=_shopper(past, view),
        total=voice.money(answered.decision.total_minor) if answered is not None else "",
        lines=tuple(_lines(past, voice)),
        verdicts=_verdicts(answered.decision.verdicts if answered else (), offers, voice, past),
        next_visit=_issue_verdicts(past),
    )


def _state(past: PastDecision) -> SaleState:
    return "open" if past.sale.is_open else "tendered"


def _shopper(past: PastDecision, view: View) -> str:
    ref = past.tendered.shopper if past.tendered is not None else None
    key = view.shopper(ref) if ref is not None else None
    return short_name(key) if key is not None else ""


def _notes(past: PastDecision, others: int, tongue: Language) -> Iterator[str]:
    if past.same is None:
        yield said(tongue, "look_unknown")
    else:
        yield said(tongue, "look_same" if past.same else "look_differs")
    if past.faults and past.same:
        yield said(tongue, "look_faulty")
    if f"found_{past.sale.found_by}" in SAID[spoken(tongue)]:
        yield said(tongue, f"found_{past.sale.found_by}")
    if others:
        yield said_counted(tongue, "look_others", others)


def _lines(past: PastDecision, voice: Speech) -> Iterator[PastLine]:
    if past.answered is None:
        return
    products = past.context.products if past.context is not None else {}
    shares = past.answered.decision.shares
    for line in past.answered.basket.lines:
        known = products.get(line.gtin)
        less = sum(share.amount_minor for share in shares if share.line_id == line.line_id)
        many = voice.weight(line.weight_g) if line.weight_g else voice.number(line.quantity)
        yield PastLine(
            name=f"{known.brand} {known.name}".strip() if known is not None else line.gtin,
            quantity=many,
            amount=voice.money(line.amount_minor),
            discount=off(less, Language(voice.language), voice.currency),
        )


def _verdicts(
    verdicts: Iterable[Verdict],
    offers: Mapping[OfferId, Offer],
    voice: Speech,
    past: PastDecision,
) -> tuple[PastVerdict, ...]:
    """Say each verdict that a cashier may see, what matters most first."""
    told = {it.offer_id: it.sentence for it in past.answered.out.verdicts} if past.answered else {}
    shown = sorted(
        (it for it in verdicts if may_see(it.reason, "cashier")),
        key=lambda it: (ORDER.index(kind(it, it.serial is not None)), rank(it.reason)),
    )
    tongue = Language(voice.language)
    return tuple(
        PastVerdict(
            offer_id=it.offer_id,
            title=title(offer, tongue) if (offer := offers.get(it.offer_id)) else it.offer_id,
            kind=kind(it, it.serial is not None),
            sentence=sentence(it, offer, tongue, voice.currency)
            if offer
            else told.get(it.offer_id, it.reason.value),
            discount=off(it.discount_minor, tongue, voice.currency),
            evidence=evidence.told(it.evidence, offer, tongue, voice.currency),
            script=CATALOGUE[it.reason].script,
        )
        for it in shown
    )


def _issue_verdicts(past: PastDecision) -> tuple[PastVerdict, ...]:
    """Say what was printed for the next visit and what was not, in the words of that day."""
    if past.out is None:
        return ()
    return tuple(
        PastVerdict(
            offer_id=it.offer_id,
            title=it.title,
            kind="applied" if it.outcome == "printed" else "withheld",
            sentence=it.sentence,
            script=CATALOGUE[it.reason].script,
        )
        for it in past.out.verdicts
        if it.outcome in ("printed", "withheld")
    )
