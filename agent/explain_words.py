"""An explained sale in lines for a person. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agent.explain import FOUND_BY, Explained, LineOut, WhatIfOut
from agent.till_types import VerdictOut
from offers.context import Search

SHOWN_OTHERS = 5


def lines_of(told: Explained) -> Iterator[str]:
    """Say a sale: which, whether it holds, its lines, each verdict with its evidence, what if."""
    yield f"sale {told.number} at {told.till}, {told.business_date}: {told.state}, uid {told.uid}"
    if told.found_by in FOUND_BY:
        yield f"  {FOUND_BY[told.found_by]}"
    if told.others:
        more = ", ".join(told.others[:SHOWN_OTHERS])
        yield f"  {len(told.others)} more by this number: {more}"
    yield from _decided(told)
    if told.what_if:  # only what would change
        for what_if in told.what_if:
            yield from _what_if(what_if)
        return
    yield "lines:"
    yield from (_line(line) for line in told.lines)
    yield from (f"  left out: {it.sentence or it.why}" for it in told.left_out)
    yield f"discount {told.total_discount_minor}, points {told.points}"
    yield "verdicts:"
    for verdict in told.verdicts:
        yield from _verdict(verdict)
    if told.search is not None:
        yield _search(told.search)
    if told.state == "tendered":
        yield f"redeemed: {_list(told.redeemed)}; not given by the till: {_list(told.released)}"
    if told.next_visit:
        yield "for the next visit:"
        for verdict in told.next_visit:
            yield from _verdict(verdict)


def _decided(told: Explained) -> Iterator[str]:
    by = f" by {told.decided_by}" if told.decided_by else ""
    at = f" at {told.at}" if told.at else ""
    yield f"revision {told.revision}, decided{at}{by} with generation {told.generation}"
    if told.same:
        vouched = (
            "an open sale is in no row yet" if told.state == "open" else "as the journal vouches"
        )
        vouched = "but see below" if told.faults else vouched
        yield f"decided again: the same, byte for byte; {vouched}"
    yield from (f"! {fault}" for fault in told.faults)


def _line(line: LineOut) -> str:
    off = "".join(f"  {-minor} {offer}" for offer, minor in line.discounts.items())
    return f"  {line.line_id}  {line.gtin}  {line.quantity} x {line.name} {line.amount_minor}{off}"


def _verdict(verdict: VerdictOut) -> Iterator[str]:
    off = f" -{verdict.discount_minor}" if verdict.discount_minor else ""
    coupon = f" coupon {verdict.serial}" if verdict.serial else ""
    yield f"  {verdict.outcome:11} {verdict.offer_id}{off}{coupon}: {verdict.sentence}"
    facts = ", ".join(f"{name}={value}" for name, value in verdict.evidence.items())
    yield f"              {verdict.reason.value}{': ' if facts else ''}{facts}"


def _search(search: Search) -> str:
    if search.finished:
        return f"search: {search.nodes} steps, nothing gives more than {search.best_minor}"
    return (
        f"search: stopped after {search.nodes} steps; found {search.best_minor}, "
        f"and nothing gives more than {search.bound_minor}"
    )


def _what_if(what_if: WhatIfOut) -> Iterator[str]:
    before, after = what_if.total_before_minor, what_if.total_after_minor
    yield f"what if {what_if.wish}: discount {before} -> {after}"
    if not (what_if.changed or what_if.lines):
        yield "  nothing would change"
    for line, was, would_be in what_if.lines:
        yield f"  {line}: {-was} -> {-would_be}"
    for it in what_if.changed:
        off = f"{it.discount_before_minor} -> {it.discount_after_minor}"
        yield f"  {it.offer_id}: {it.before or '-'} -> {it.after or '-'}, {off}: {it.sentence}"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
