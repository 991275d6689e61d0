"""`tillside explain`: a sale of this lane, why each offer ended as it did, and what if."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from agent.answers import left_out
from agent.past_decision import PastDecision, look_back
from agent.till_types import LeftOutOut, VerdictOut
from agent.what_if import Changed, WhatIf, changed_basket, compare
from cache.past_sales import FoundSale, PastSales, past_sales
from ground.complaints import Complaint
from offers.catalogue import may_see
from offers.context import Search
from offers.decide import decide
from offers.model import Language, Offer, OfferId
from offers.reasons import Verdict
from offers.sentences import sentence

FOUND_BY = {
    "claiming": "the coupon was claimed for this sale",
    "issued": "the coupon was printed after this sale",
    "presented": "the coupon was shown at this sale",
    "tendered": "the coupon was used in this sale",
}


class Wanted(Struct, frozen=True):
    """What a person asks for."""

    number: str
    till: str | None = None
    day: str | None = None
    what_if: tuple[str, ...] = ()
    language: Language | None = None
    everything: bool = False  # holdouts too, whom nobody at the till is told of


class LineOut(Struct, frozen=True):
    """A line of the basket, and the discount on it by offer."""

    line_id: str
    gtin: str
    name: str
    quantity: int
    amount_minor: int
    discounts: dict[OfferId, int]


class ChangedOut(Struct, frozen=True):
    """An offer that would end otherwise, in words."""

    offer_id: OfferId
    before: str
    after: str
    discount_before_minor: int
    discount_after_minor: int
    sentence: str


class WhatIfOut(Struct, frozen=True):
    """What a changed basket would change."""

    wish: str
    total_before_minor: int
    total_after_minor: int
    changed: tuple[ChangedOut, ...]
    lines: tuple[tuple[str, int, int], ...]


class Explained(Struct, frozen=True):
    """One sale, as `--json` gives it."""

    uid: str
    number: str
    till: str
    business_date: str
    state: str
    found_by: str
    others: tuple[str, ...]  # uids of other sales under the same number, newest first
    decided_by: str
    generation: str
    revision: int
    at: str
    same: bool | None
    faults: tuple[str, ...]
    lines: tuple[LineOut, ...]
    verdicts: tuple[VerdictOut, ...]
    total_discount_minor: int
    points: int
    search: Search | None
    left_out: tuple[LeftOutOut, ...]
    redeemed: tuple[OfferId, ...]
    released: tuple[OfferId, ...]
    next_visit: tuple[VerdictOut, ...]
    what_if: tuple[WhatIfOut, ...] = ()


def explain(journal: Path, wanted: Wanted) -> Explained:
    """Find a sale in a journal that may be in use, decide it again, and put it in words.

    Raises:
        Complaint: there is no such sale, or a what-if cannot be read.
        sqlite3.DatabaseError: the journal cannot be read.
    """
    with past_sales(journal) as sales:
        found = sales.find(wanted.number, wanted.till, wanted.day)
        if not found:
            raise Complaint(
                f"{journal} has no sale {wanted.number!r}",
                "give the till's number, the lane's uid or a coupon's serial; sales are kept a quarter",
            )
        try:
            past = look_back(found[0], sales)
        except msgspec.MsgspecError as error:
            raise Complaint(
                f"what is kept of the sale {found[0].uid} was changed: {error}",
                "check the whole journal: tillside db verify",
            ) from None
        return _explained(past, found[1:], sales, wanted)


def _explained(
    past: PastDecision, others: Sequence[FoundSale], sales: PastSales, wanted: Wanted
) -> Explained:
    sale, answered = past.sale, past.answered
    decision = answered.decision if answered is not None else None
    key, context = sale.key, past.context
    return Explained(
        uid=sale.uid,
        number=key.number if key else "",
        till=key.till if key else "",
        business_date=key.business_date.isoformat() if key else "",
        state="open" if sale.is_open else "tendered",
        found_by=sale.found_by,
        others=tuple(other.uid for other in others),
        decided_by=past.app,
        generation=past.generation,
        revision=answered.revision if answered else 0,
        at=context.moment.utc.isoformat() if context else "",
        same=past.same,
        faults=past.faults,
        lines=tuple(_lines(past)),
        verdicts=tuple(_verdicts(past, wanted)),
        total_discount_minor=decision.total_minor if decision else 0,
        points=decision.points if decision else 0,
        search=decision.search if decision else None,
        left_out=_left_out(past, wanted),
        redeemed=past.out.redeemed if past.out else (),
        released=past.out.released if past.out else (),
        next_visit=past.out.verdicts if past.out else (),
        what_if=tuple(_what_if(past, wish, sales, wanted) for wish in wanted.what_if),
    )


def _lines(past: PastDecision) -> Iterator[LineOut]:
    if past.answered is None:
        return
    products = past.context.products if past.context is not None else {}
    for line in past.answered.basket.lines:
        mine = [s for s in past.answered.decision.shares if s.line_id == line.line_id]
        discounts: dict[OfferId, int] = {}
        for share in mine:
            discounts[share.offer_id] = discounts.get(share.offer_id, 0) + share.amount_minor
        known = products.get(line.gtin)
        name = known.name if known is not None else ""
        yield LineOut(line.line_id, line.gtin, name, line.quantity, line.amount_minor, discounts)


def _verdicts(past: PastDecision, wanted: Wanted) -> Iterator[VerdictOut]:
    """Give the verdicts as they were told; in another language, or with holdouts, said anew."""
    if past.answered is None:
        return
    if past.context is None or not (wanted.language or wanted.everything):
        yield from past.answered.out.verdicts
        return
    offers = _offers(past)
    for verdict in past.answered.decision.verdicts:
        if not (wanted.everything or may_see(verdict.reason, "cashier")):
            continue
        title, words = _say(verdict, offers, past, wanted)
        yield VerdictOut(
            verdict.offer_id,
            title,
            verdict.outcome,
            verdict.reason,
            words,
            verdict.evidence,
            verdict.discount_minor,
            verdict.serial,
            points=verdict.points,
        )


def _left_out(past: PastDecision, wanted: Wanted) -> tuple[LeftOutOut, ...]:
    """Give the lines that were not looked at as they were told; in another language, said anew."""
    if past.answered is None:
        return ()
    if past.context is None or not wanted.language:
        return past.answered.out.left_out
    return left_out(past.answered.decision.left_out, wanted.language)


def _what_if(past: PastDecision, wish: str, sales: PastSales, wanted: Wanted) -> WhatIfOut:
    if past.context is None or past.answered is None:
        raise Complaint(
            "without its facts this sale cannot be decided again, nor on another basket",
            "ask for a sale since the lane keeps them",
        )
    after = decide(changed_basket(past.context, wish, sales.product))
    differs: WhatIf = compare(wish, past.answered.decision, after)
    told = (it for it in differs.changed if wanted.everything or not _is_secret(it))
    changed = tuple(_changed(it, past, wanted) for it in told)
    totals = (differs.total_before_minor, differs.total_after_minor)
    return WhatIfOut(wish, *totals, changed, differs.lines_changed)


def _is_secret(changed: Changed) -> bool:
    both = (changed.before, changed.after)
    return any(verdict is not None and not may_see(verdict.reason, "cashier") for verdict in both)


def _changed(changed: Changed, past: PastDecision, wanted: Wanted) -> ChangedOut:
    before, after = changed.before, changed.after
    words = _say(after, _offers(past), past, wanted)[1] if after is not None else ""
    return ChangedOut(
        changed.offer_id,
        before.reason.value if before else "",
        after.reason.value if after else "",
        before.discount_minor if before else 0,
        after.discount_minor if after else 0,
        words,
    )


def _say(
    verdict: Verdict, offers: dict[OfferId, Offer], past: PastDecision, wanted: Wanted
) -> tuple[str, str]:
    """Give an offer's title and its verdict's sentence."""
    assert past.context is not None
    offer, store = offers[verdict.offer_id], past.context.store
    language = wanted.language or (store.languages[0] if store.languages else Language("en"))
    title = offer.title.get(language) or next(iter(offer.title.values()), offer.offer_id)
    return title, sentence(verdict, offer, language, past.context.basket.currency)


def _offers(past: PastDecision) -> dict[OfferId, Offer]:
    assert past.context is not None
    return {it.offer.offer_id: it.offer for it in past.context.candidates}
