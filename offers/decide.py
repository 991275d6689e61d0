"""What a basket gets now. Pure: the same facts always give the same decision, to the byte.

Three steps: the gates close offers that may not be used at all (`offers.gates`); the solver picks
the best set of the rest (`offers.solver`); the accounting gives each offer left out its reason
(`offers.accounting`). Lines that the shelf leaves out are named, and count for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from offers.accounting import Account
from offers.allocation import merged, merged_points, portions, spread
from offers.basket import Earned, Share
from offers.components import Bid, Units, Use
from offers.conditions import not_in_basket, unmet
from offers.context import Candidate, Context, Decision
from offers.gates import findings
from offers.kept import Kept
from offers.model import AmountOffPerKg, Offer, OfferId, Serial
from offers.reasons import Evidence, Finding, Outcome, Reason, Verdict, found
from offers.shelf import NOTHING, Lot, Shelf
from offers.solver import Solution, solve

LANGUAGES_KEPT = 8  # a store speaks two or three
NEAR = (Reason.NEAR_MISS_QTY, Reason.NEAR_MISS_VALUE)


class _Field(NamedTuple):
    """The candidates that came through: one bid per offer, and whose it is."""

    bids: list[Bid]
    findings: list[Finding | None]  # per candidate; None: it bids, or see `nowhere`
    nowhere: dict[int, Verdict]  # of candidates of which nothing is in the basket
    bid_of: dict[OfferId, int]
    bidder: dict[int, int]  # bid -> candidate


class _Winner(NamedTuple):
    use: Use
    candidate: Candidate


def decide(context: Context) -> Decision:
    """Decide which offers apply to a basket; one verdict per candidate, in their order."""
    language = context.store.languages[0] if context.store.languages else "en"
    shelf = Shelf(context)
    field = _gather(context, shelf, language)
    solution = solve(field.bids, shelf.lots)
    verdicts = _verdicts(context, field, solution, Account(field.bids, solution, shelf, language))
    winners = [_Winner(use, context.candidates[field.bidder[use.bid]]) for use in solution.uses]
    shares = merged(_shares(winners, shelf.lots))
    return Decision(
        revision=context.basket.revision,
        verdicts=verdicts,
        shares=shares,
        total_minor=sum(share.amount_minor for share in shares),
        search=solution.search,
        left_out=shelf.left_out,
        points=sum(use.points for use in solution.uses),
        earned=merged_points(_earned(winners, shelf.lots)),
    )


def uses_left(offer: Offer, context: Context) -> int:
    """Give how many uses the shopper's own limit and the chain's first N leave in this basket."""
    left = offer.max_uses_per_basket
    if offer.max_uses_per_shopper is not None:
        mine = (it for it in context.past if it.kind == "redeemed")
        redeemed = sum(it.offer_id == offer.offer_id for it in mine)
        left = min(left, offer.max_uses_per_shopper - redeemed)
    if offer.max_redemptions is not None:
        left = min(left, context.redemptions_left.get(offer.offer_id, 0))
    return max(left, 0)


def _gather(context: Context, shelf: Shelf, language: str) -> _Field:
    """Send every candidate through the gates and its own conditions; the rest bid."""
    field = _Field([], findings(context), {}, {}, {})
    count, not_there, nowhere = shelf.count, nothing_there(language).of, field.nowhere
    for n, candidate in enumerate(context.candidates):
        offer = candidate.offer
        if field.findings[n] is not None or offer.offer_id in field.bid_of:
            continue
        counted = count(offer)
        if counted is NOTHING and candidate.presented is None:
            nowhere[n] = not_there(offer)
            continue
        field.findings[n] = unmet(offer, counted, shelf, language)
        if field.findings[n] is None:
            field.bid_of[offer.offer_id] = len(field.bids)
            field.bidder[len(field.bids)] = n
            others, left = shelf.count_other(offer).lots, uses_left(offer, context)
            field.bids.append(Bid(offer, counted.lots, others, left))
    return field


@lru_cache(LANGUAGES_KEPT)
def nothing_there(language: str) -> Kept[Verdict]:
    """Keep the verdict that most offers get, which no basket changes: nothing of it was bought."""

    def found_once(offer: Offer) -> Verdict:
        return _verdict(Candidate(offer), not_in_basket(offer, language))

    return Kept(found_once)


def _verdicts(
    context: Context, field: _Field, solution: Solution, account: Account
) -> tuple[Verdict, ...]:
    uses: dict[int, list[Use]] = {}
    for use in solution.uses:
        uses.setdefault(use.bid, []).append(use)

    def of(n: int) -> Verdict:
        candidate, finding = context.candidates[n], field.findings[n]
        if finding is not None:
            return _verdict(candidate, finding)
        bid = field.bid_of[candidate.offer.offer_id]
        mine = uses.get(bid)
        if mine and field.bidder[bid] == n:
            return _applied(candidate, mine)
        return _verdict(candidate, _left_out(field.bids[bid], mine, account))

    nowhere = field.nowhere
    return tuple([nowhere.get(n) or of(n) for n in range(len(context.candidates))])


def _left_out(bid: Bid, used_by_another: list[Use] | None, account: Account) -> Finding:
    """Say why a candidate's offer is not used, or only by an earlier candidate of the same offer."""
    if not used_by_another:
        return account.why_left_out(bid)
    offer = bid.offer
    return found(Reason.NOT_COMBINABLE, by=offer.offer_id, max_uses=offer.max_uses_per_basket)


def _verdict(candidate: Candidate, finding: Finding) -> Verdict:
    outcome: Outcome = "near_miss" if finding.reason in NEAR else "not_applied"
    offer = candidate.offer
    return Verdict(
        offer.offer_id,
        offer.version,
        outcome,
        finding.reason,
        finding.evidence,
        _serial(candidate),
    )


def _applied(candidate: Candidate, uses: list[Use]) -> Verdict:
    off, points = sum(use.discount_minor for use in uses), sum(use.points for use in uses)
    evidence: Evidence = {"points": points} if points else {"amount_minor": off}
    evidence["units"] = sum(count for use in uses for _, count in use.taken + use.reduced)
    evidence["uses"] = len(uses)
    offer = candidate.offer
    return Verdict(
        offer.offer_id,
        offer.version,
        "applied",
        Reason.APPLIED,
        evidence,
        _serial(candidate),
        off,
        points,
    )


def _serial(candidate: Candidate) -> Serial | None:
    return candidate.presented.serial if candidate.presented else None


def _shares(winners: Iterable[_Winner], lots: list[Lot]) -> Iterator[Share]:
    """Share each discount over the lines whose units it lowers; a basket's, over what is left."""
    rest = _weights(((n, lot.units) for n, lot in enumerate(lots)), lots)
    for use, candidate in winners:
        if use.points:
            continue
        weights = _weights(_lowered(use, candidate.offer, lots), lots) if use.taken else rest
        for line, amount in spread(use.discount_minor, weights).items():
            rest[line] -= amount
            yield Share(line, candidate.offer.offer_id, amount, _serial(candidate))


def _earned(winners: Iterable[_Winner], lots: list[Lot]) -> Iterator[Earned]:
    """Share points over the lines of the units that earned them: by price, by count if all are free."""
    for use, candidate in winners:
        weights = _weights(use.taken, lots)
        if not any(weights.values()):
            weights = dict.fromkeys(weights, 1)
        for line, points in portions(use.points, weights).items():
            yield Earned(line, candidate.offer.offer_id, points, _serial(candidate))


def _lowered(use: Use, offer: Offer, lots: list[Lot]) -> Units:
    """Give the units that a use makes cheaper."""
    if isinstance(offer.reward, AmountOffPerKg):
        return tuple((lot, count) for lot, count in use.taken if lots[lot].grams)
    return use.reduced or use.taken


def _weights(units: Iterable[tuple[int, int]], lots: list[Lot]) -> dict[str, int]:
    """Sum by line what units cost."""
    weights: dict[str, int] = {}
    for n, count in units:
        line = lots[n].line_id
        weights[line] = weights.get(line, 0) + count * lots[n].price_minor
    return weights
