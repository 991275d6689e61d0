"""What a basket gets now. Pure: the same facts always give the same decision, to the byte.

Three steps: the gates close offers that may not be used at all (`offers.gates`); the solver picks
the best set of the rest (`offers.solver`); the accounting gives each offer left out its reason
(`offers.accounting`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from offers.accounting import Account
from offers.allocation import merged, spread
from offers.basket import Share
from offers.conditions import unmet
from offers.context import Candidate, Context, Decision
from offers.gates import findings
from offers.model import OfferId
from offers.reasons import Evidence, Finding, Outcome, Reason, Verdict, found
from offers.shelf import Shelf
from offers.solver import Bid, Solution, Use, solve

NEAR = (Reason.NEAR_MISS_QTY, Reason.NEAR_MISS_VALUE)


class _Field(NamedTuple):
    """The candidates that came through: one bid per offer, and whose it is."""

    bids: list[Bid]
    findings: list[Finding | None]  # per candidate; None: it bids, or its offer does already
    bid_of: dict[OfferId, int]
    bidder: dict[int, int]  # bid -> candidate


def decide(context: Context) -> Decision:
    """Decide which offers apply to a basket; one verdict per candidate, in their order."""
    language = context.store.languages[0] if context.store.languages else "en"
    shelf = Shelf(context)
    field = _gather(context, shelf, language)
    solution = solve(field.bids, shelf.lots)
    account = Account(field.bids, solution, shelf, language)
    verdicts = tuple(
        _verdict(n, candidate, field, solution, account)
        for n, candidate in enumerate(context.candidates)
    )
    shares = merged(
        share
        for use in solution.uses
        for share in _shares(use, context.candidates[field.bidder[use.bid]], shelf, solution)
    )
    total = sum(share.amount_minor for share in shares)
    return Decision(
        context.basket.revision, verdicts, shares, total, solution.search, shelf.left_out
    )


def _gather(context: Context, shelf: Shelf, language: str) -> _Field:
    """Send every candidate through the gates and its own conditions; the rest bid."""
    field = _Field([], [], {}, {})
    for n, finding in enumerate(findings(context)):
        offer = context.candidates[n].offer
        if finding is None and offer.offer_id not in field.bid_of:
            counted = shelf.count(offer)
            finding = unmet(offer, counted, shelf, language)
            if finding is None:
                field.bid_of[offer.offer_id] = len(field.bids)
                field.bidder[len(field.bids)] = n
                field.bids.append(Bid(offer, counted.lots))
        field.findings.append(finding)
    return field


def _verdict(
    n: int, candidate: Candidate, field: _Field, solution: Solution, account: Account
) -> Verdict:
    offer, finding = candidate.offer, field.findings[n]
    if finding is None:
        bid = field.bid_of[offer.offer_id]
        uses = [use for use in solution.uses if use.bid == bid]
        if uses and field.bidder[bid] == n:
            return _applied(candidate, uses)
        if uses:  # a second coupon of an offer that the first one uses already
            finding = found(
                Reason.NOT_COMBINABLE, by=offer.offer_id, max_uses=offer.max_uses_per_basket
            )
        else:
            finding = account.why_left_out(field.bids[bid])
    outcome: Outcome = "near_miss" if finding.reason in NEAR else "not_applied"
    serial = candidate.presented.serial if candidate.presented else None
    return Verdict(offer.offer_id, offer.version, outcome, finding.reason, finding.evidence, serial)


def _applied(candidate: Candidate, uses: list[Use]) -> Verdict:
    offer, off = candidate.offer, sum(use.discount_minor for use in uses)
    evidence: Evidence = {
        "amount_minor": off,
        "units": sum(count for use in uses for _, count in use.taken),
        "uses": len(uses),
    }
    serial = candidate.presented.serial if candidate.presented else None
    return Verdict(offer.offer_id, offer.version, "applied", Reason.APPLIED, evidence, serial, off)


def _shares(use: Use, candidate: Candidate, shelf: Shelf, solution: Solution) -> Iterator[Share]:
    """Share one use's discount over the lines whose units it took; a basket's over what is left."""
    weights: dict[str, int] = {}
    for lot, count in use.taken or _whole(shelf):
        line = shelf.lots[lot].line_id
        weights[line] = weights.get(line, 0) + count * shelf.lots[lot].price_minor
    if not use.taken:
        for line, off in _taken_off(solution, shelf).items():
            weights[line] -= off
    serial = candidate.presented.serial if candidate.presented else None
    for line, amount in spread(use.discount_minor, weights).items():
        yield Share(line, candidate.offer.offer_id, amount, serial)


def _whole(shelf: Shelf) -> list[tuple[int, int]]:
    return [(n, lot.units) for n, lot in enumerate(shelf.lots)]


def _taken_off(solution: Solution, shelf: Shelf) -> dict[str, int]:
    """Add up, line by line, what the uses on units take off."""
    off: dict[str, int] = {}
    for use in solution.uses:
        weights: dict[str, int] = {}
        for lot, count in use.taken:
            line = shelf.lots[lot].line_id
            weights[line] = weights.get(line, 0) + count * shelf.lots[lot].price_minor
        for line, amount in spread(use.discount_minor if use.taken else 0, weights).items():
            off[line] = off.get(line, 0) + amount
    return off
