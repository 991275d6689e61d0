"""Why an offer may not be used now, whatever the basket holds: a table of named rules.

A rule looks at a candidate and the facts and gives a finding, or None. The first finding counts;
the order is the order in which a cashier would say them. An untrusted clock closes no gate: what
a shopper was promised is honoured (`offers.issue` gives out nothing new then).

Each gate stands beside the offers that it concerns. Which gates an offer meets is found once, and
known as long as the offer lives: hundreds of candidates pass only the few that can close for them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import NamedTuple

from offers.context import Candidate, Context
from offers.hours import clock_time, holds_now, next_today
from offers.kept import Kept
from offers.model import Offer, OfferId
from offers.outright import dates, fault, foreign, not_here, withdrawn
from offers.reasons import Finding, Reason, found

NOT_PRESENTED = found(Reason.COUPON_NOT_PRESENTED)

STANDINGS = {
    "forged": Reason.SERIAL_FORGED,
    "unknown": Reason.SERIAL_UNKNOWN,
    "redeemed": Reason.ALREADY_REDEEMED,
    "elsewhere": Reason.CLAIMED_ELSEWHERE,
    "other_shopper": Reason.OTHER_SHOPPER,
    "offline_limit": Reason.OFFLINE_LIMIT,
    "unanswered": Reason.DECISION_LATE,
}


class Facts:
    """A context as the gates ask it: what several offers want to know is found once."""

    def __init__(self, context: Context) -> None:
        self.context = context

    @cached_property
    def redeemed(self) -> dict[OfferId, list[date]]:
        """List the days of the shopper's past redemptions, offer by offer. One sale is one."""
        days: dict[OfferId, list[date]] = {}
        for use in self.context.past:
            if use.kind == "redeemed":
                days.setdefault(use.offer_id, []).append(use.on)
        return days


Gate = Callable[[Candidate, Facts], Finding | None]


def held_out(candidate: Candidate, _: Facts) -> Finding | None:
    """Keep an offer from a shopper who by design gets nothing."""
    assignment = candidate.assignment
    return found(Reason.HOLDOUT) if assignment and assignment.arm == "holdout" else None


def coupon_refused(candidate: Candidate, _: Facts) -> Finding | None:
    """Refuse a presented coupon whose serial check or claim went against it."""
    presented = candidate.presented
    reason = STANDINGS.get(presented.standing) if presented else None
    if presented is None or reason is None:
        return None
    facts: dict[str, str | int] = {"where": presented.where} if presented.where else {}
    if presented.when is not None:
        facts["when"] = presented.when.isoformat()
    return found(reason, **facts)


def recalled(candidate: Candidate, facts: Facts) -> Finding | None:
    """Stop an offer that was killed, or whose products are all recalled."""
    context = facts.context
    return withdrawn(candidate.offer, context.killed, context.recalled)


def at_odds(candidate: Candidate, _: Facts) -> Finding | None:
    """Refuse an offer whose rule contradicts itself: the first contradiction that closes a lane."""
    return fault(candidate.offer)


def other_currency(candidate: Candidate, facts: Facts) -> Finding | None:
    """Refuse an offer whose amounts are in another currency than the store's."""
    return foreign(candidate.offer, facts.context.store)


def not_approved(_: Candidate, __: Facts) -> Finding | None:
    """Stop an offer that nobody released."""
    return found(Reason.NOT_APPROVED)


def wrong_store(candidate: Candidate, facts: Facts) -> Finding | None:
    """Refuse an offer of other stores, or of other groups of stores."""
    return not_here(candidate.offer, facts.context.store)


def wrong_lane(candidate: Candidate, facts: Facts) -> Finding | None:
    """Refuse an offer of other groups of lanes; a lane that is in no group is in none of them."""
    context = facts.context
    groups = candidate.offer.lane_groups
    if not set(groups).isdisjoint(context.store.lane_groups.get(context.lane, ())):
        return None
    return found(Reason.WRONG_STORE, groups=", ".join(sorted(groups)), lane=context.lane)


def outside_dates(candidate: Candidate, facts: Facts) -> Finding | None:
    """Refuse an offer before its first and after its last business date."""
    return dates(candidate.offer, candidate.assignment, facts.context.moment.business_date)


def wrong_daypart(candidate: Candidate, facts: Facts) -> Finding | None:
    """Refuse an offer outside its hours, and name those that come next today, else the first."""
    dayparts, moment = candidate.offer.condition.dayparts, facts.context.moment
    if any(holds_now(daypart, moment) for daypart in dayparts):
        return None
    said = next_today(dayparts, moment)
    hours = {"from": clock_time(said.from_minute), "to": clock_time(said.to_minute)}
    if len(days := sorted(set(said.weekdays))) < 7:
        hours["weekdays"] = ", ".join(str(day) for day in days)
    return found(Reason.WRONG_DAYPART, **hours)


def card_not_scanned(candidate: Candidate, facts: Facts) -> Finding | None:
    """Ask for the card where the offer applies to its shopper alone; for the card itself if it must."""
    if not facts.context.shopper_known:
        return found(Reason.CARD_NOT_SCANNED)
    if candidate.offer.identity == "any" or facts.context.identity_strong:
        return None
    return found(Reason.ID_TOO_WEAK)


def not_assigned(candidate: Candidate, _: Facts) -> Finding | None:
    """Refuse a card offer that headquarters did not give to this shopper."""
    return found(Reason.NOT_ASSIGNED) if candidate.assignment is None else None


def not_in_panel(_: Candidate, facts: Facts) -> Finding | None:
    """Keep what is tried on the panel from everybody else."""
    return None if facts.context.panel else found(Reason.NOT_ASSIGNED)


def coupon_not_presented(candidate: Candidate, _: Facts) -> Finding | None:
    """Ask for the printed coupon where the offer needs one."""
    return NOT_PRESENTED if candidate.presented is None else None


def used_up_by_shopper(candidate: Candidate, facts: Facts) -> Finding | None:
    """Stop at the shopper's own number of redemptions; of a shopper who is unknown, none is known."""
    limit, days = candidate.offer.max_uses_per_shopper, facts.redeemed.get(candidate.offer.offer_id)
    if limit is None or days is None or len(days) < limit:
        return None
    return found(Reason.ALREADY_REDEEMED, limit=limit, times=len(days), when=max(days).isoformat())


def used_up(candidate: Candidate, facts: Facts) -> Finding | None:
    """Stop after the first N of the chain, as far as this lane may still give.

    A lane gives only what headquarters leased to it. No figure means that it was leased nothing:
    were it let through, every lane that has not heard yet would give the whole N once more.
    """
    left = facts.context.redemptions_left.get(candidate.offer.offer_id, 0)
    return found(Reason.BUDGET_EXHAUSTED) if left <= 0 else None


def _coupon_there(facts: Facts) -> bool:
    return any(candidate.presented for candidate in facts.context.candidates)


class Rule(NamedTuple):
    """A gate, which offers it can close for, and whether it can close for any as things stand."""

    gate: Gate
    concerns: Callable[[Offer], object]
    matters: Callable[[Facts], object] = lambda _: True


GATES: tuple[Rule, ...] = (
    Rule(held_out, lambda _: True),
    Rule(coupon_refused, lambda _: True, _coupon_there),
    Rule(recalled, lambda _: True, lambda it: it.context.killed or it.context.recalled),
    Rule(at_odds, fault),
    Rule(other_currency, lambda offer: offer.currency),
    Rule(not_approved, lambda offer: offer.approval is None and not offer.panel_only),
    Rule(wrong_store, lambda offer: offer.stores or offer.store_groups),
    Rule(wrong_lane, lambda offer: offer.lane_groups),
    Rule(outside_dates, lambda _: True),
    Rule(wrong_daypart, lambda offer: offer.condition.dayparts),
    Rule(
        card_not_scanned,
        lambda offer: offer.use == "card",
        lambda it: not (it.context.shopper_known and it.context.identity_strong),
    ),
    Rule(not_assigned, lambda offer: offer.use == "card"),
    Rule(not_in_panel, lambda offer: offer.panel_only),
    Rule(coupon_not_presented, lambda offer: offer.use != "card"),
    Rule(used_up_by_shopper, lambda offer: offer.max_uses_per_shopper),
    Rule(used_up, lambda offer: offer.max_redemptions),
)


def _concerned(offer: Offer) -> tuple[Gate, ...]:
    gates = tuple(rule.gate for rule in GATES if rule.concerns(offer))
    return _SAME_GATES.setdefault(gates, gates)


_SAME_GATES: dict[tuple[Gate, ...], tuple[Gate, ...]] = {}  # the offers of a bank are of few sorts
_GATES_OF = Kept(_concerned)


def gates_of(offer: Offer) -> tuple[Gate, ...]:
    """Give the gates that can close for an offer; at the first call for an offer they are found.

    Whoever loads offers may call this for each of them, off the path: it takes some microseconds.
    """
    return _GATES_OF.of(offer)


def findings(context: Context) -> list[Finding | None]:
    """Give, candidate by candidate, what the first closed gate says, or None where all are open."""
    facts, gates_kept = Facts(context), _GATES_OF.of
    moot = {rule.gate for rule in GATES if not rule.matters(facts)}
    left: dict[int, tuple[Gate, ...]] = {}  # by the sort of offer
    said: list[Finding | None] = []
    for candidate in context.candidates:
        gates = gates_kept(candidate.offer)
        if id(gates) not in left:
            left[id(gates)] = tuple(gate for gate in gates if gate not in moot)
        finding = None
        for gate in left[id(gates)]:
            finding = gate(candidate, facts)
            if finding is not None:
                break
        said.append(finding)
    return said
