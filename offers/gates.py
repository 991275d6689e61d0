"""Why an offer may not be used now, whatever the basket holds: a table of named rules.

A rule looks at a candidate and the facts and gives a finding, or None. The first finding counts;
the order is the order in which a cashier would say them. An untrusted clock closes no gate: what
a shopper was promised is honoured (`offers.issue` gives out nothing new then).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from offers.context import Candidate, Context, Moment
from offers.model import Assignment, Daypart, Gtin, Offer
from offers.reasons import Finding, Reason, found

Gate = Callable[[Candidate, Context], Finding | None]
DATES_KEPT = 1024  # first and last days of offers: a year has 365
NOT_PRESENTED = found(Reason.COUPON_NOT_PRESENTED)

STANDINGS = {
    "forged": Reason.SERIAL_FORGED,
    "unknown": Reason.SERIAL_UNKNOWN,
    "redeemed": Reason.ALREADY_REDEEMED,
    "elsewhere": Reason.CLAIMED_ELSEWHERE,
    "offline_limit": Reason.OFFLINE_LIMIT,
    "unanswered": Reason.DECISION_LATE,
}


def coupon_refused(candidate: Candidate, _: Context) -> Finding | None:
    """Refuse a presented coupon whose serial check or claim went against it."""
    presented = candidate.presented
    reason = STANDINGS.get(presented.standing) if presented else None
    if presented is None or reason is None:
        return None
    facts: dict[str, str | int] = {"where": presented.where} if presented.where else {}
    if presented.when is not None:
        facts["when"] = presented.when.isoformat()
    return found(reason, **facts)


def held_out(candidate: Candidate, _: Context) -> Finding | None:
    """Keep an offer from a shopper who by design gets nothing."""
    assignment = candidate.assignment
    return found(Reason.HOLDOUT) if assignment and assignment.arm == "holdout" else None


def recalled(candidate: Candidate, context: Context) -> Finding | None:
    """Stop an offer that was killed, or whose products are all recalled."""
    return withdrawn(candidate.offer, context.killed, context.recalled)


def withdrawn(offer: Offer, killed: frozenset[str], recalled: frozenset[Gtin]) -> Finding | None:
    """Give RECALLED for a killed offer, and for one that names recalled GTINs only."""
    if offer.offer_id in killed:
        return found(Reason.RECALLED, what="offer")
    include = offer.products.include
    if not recalled or include.brands or include.categories:
        return None
    named = set(include.gtins).difference(offer.products.exclude.gtins)
    if named and named <= recalled:
        return found(Reason.RECALLED, gtin=min(named), what="product")
    return None


def not_approved(candidate: Candidate, _: Context) -> Finding | None:
    """Stop an offer that nobody released."""
    return found(Reason.NOT_APPROVED) if candidate.offer.approval is None else None


def wrong_store(candidate: Candidate, context: Context) -> Finding | None:
    """Refuse an offer of other stores."""
    stores = candidate.offer.stores
    if not stores or context.store.store in stores:
        return None
    return found(Reason.WRONG_STORE, store=context.store.store, stores=", ".join(sorted(stores)))


def outside_dates(candidate: Candidate, context: Context) -> Finding | None:
    """Refuse an offer before its first and after its last business date."""
    return dates(candidate.offer, candidate.assignment, context.moment.business_date)


def dates(offer: Offer, assignment: Assignment | None, today: date) -> Finding | None:
    """Give NOT_STARTED or EXPIRED by the dates of the offer and of its assignment, both inclusive."""
    starts, ends = offer.starts, offer.ends
    if assignment is not None:
        starts = assignment.starts if assignment.starts > starts else starts
        ends = assignment.ends if assignment.ends < ends else ends
    if today < starts:
        return _not_started(starts)
    if today > ends:
        return _expired(ends)
    return None


@lru_cache(DATES_KEPT)
def _not_started(starts: date) -> Finding:
    return found(Reason.NOT_STARTED, starts=starts.isoformat())


@lru_cache(DATES_KEPT)
def _expired(ended: date) -> Finding:
    return found(Reason.EXPIRED, ended=ended.isoformat())


def wrong_daypart(candidate: Candidate, context: Context) -> Finding | None:
    """Refuse an offer outside its hours, store-local."""
    dayparts = candidate.offer.condition.dayparts
    if not dayparts or any(holds_now(daypart, context.moment) for daypart in dayparts):
        return None
    first = dayparts[0]
    return found(
        Reason.WRONG_DAYPART,
        **{"from": clock_time(first.from_minute), "to": clock_time(first.to_minute)},
    )


def holds_now(daypart: Daypart, moment: Moment) -> bool:
    """Tell whether a moment lies in a daypart; one that ends before it starts runs past midnight.

    The weekday is that of the business date. The end minute is not in it.
    """
    if moment.weekday not in daypart.weekdays:
        return False
    since, until, minute = daypart.from_minute, daypart.to_minute, moment.minute
    return since <= minute < until if since <= until else minute >= since or minute < until


def clock_time(minute: int) -> str:
    """Write a minute of the day as a clock shows it: "17:30"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def card_not_scanned(candidate: Candidate, context: Context) -> Finding | None:
    """Ask for the card where the offer applies to its shopper alone."""
    if candidate.offer.use != "card":
        return None
    if not context.shopper_known:
        return found(Reason.CARD_NOT_SCANNED)
    return None if context.identity_strong else found(Reason.ID_TOO_WEAK)


def not_assigned(candidate: Candidate, _: Context) -> Finding | None:
    """Refuse a card offer that headquarters did not give to this shopper."""
    missing = candidate.offer.use == "card" and candidate.assignment is None
    return found(Reason.NOT_ASSIGNED) if missing else None


def coupon_not_presented(candidate: Candidate, _: Context) -> Finding | None:
    """Ask for the printed coupon where the offer needs one."""
    missing = candidate.offer.use != "card" and candidate.presented is None
    return NOT_PRESENTED if missing else None


GATES: tuple[Gate, ...] = (
    held_out,
    coupon_refused,
    recalled,
    not_approved,
    wrong_store,
    outside_dates,
    wrong_daypart,
    card_not_scanned,
    not_assigned,
    coupon_not_presented,
)


def first_finding(candidate: Candidate, context: Context) -> Finding | None:
    """Give what the first closed gate says, or None where all are open."""
    for gate in GATES:
        finding = gate(candidate, context)
        if finding is not None:
            return finding
    return None
