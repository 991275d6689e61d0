"""What to print for the next visit: the rules, then the best set that fits on one slip.

Only offers with `use` "coupon" and "mass" are printed; a card offer is withheld as NO_PAPER_NEEDED.
A holdout takes part in a choice of its own: where it would have been printed its verdict is
HOLDOUT (the lane notes a ghost exposure) and a substitute takes the place; else it has the reason
that any other would have.
"""

from __future__ import annotations

from datetime import date

from offers.caps import PAPER, last_day
from offers.context import Candidate, IssueContext, IssueDecision
from offers.issue_rules import first_finding
from offers.model import OfferId
from offers.reasons import Finding, Reason, Verdict, found
from offers.slip_choice import SlipChoice, why_not_chosen
from offers.slip_facts import SlipFacts


def choose(context: IssueContext) -> IssueDecision:
    """Choose what to print after a sale; one verdict per candidate, in their order."""
    facts = SlipFacts(context)
    findings = [first_finding(candidate, facts) for candidate in context.candidates]
    open_ones = _first_of_each(context, findings)
    places, full = room(facts)
    choice = SlipChoice([it for it in open_ones if not _held_out(it)], facts, places)
    chosen = choice.run()
    ghosts: list[Candidate] = []
    if any(_held_out(candidate) for candidate in open_ones):
        ghosts = [it for it in SlipChoice(open_ones, facts, places).run() if _held_out(it)]
    verdicts = []
    for candidate, finding in zip(context.candidates, findings, strict=True):
        if any(candidate is it for it in chosen):
            verdicts.append(_verdict(candidate, None))
            continue
        if finding is None and any(candidate is it for it in ghosts):
            finding = found(Reason.HOLDOUT)
        if finding is None:
            finding = why_not_chosen(candidate, chosen, facts, full)
        verdicts.append(_verdict(candidate, finding))
    return IssueDecision(tuple(chosen), tuple(verdicts))


def room(facts: SlipFacts) -> tuple[int, Finding]:
    """Give how many offers the slip may hold, and what is said to those that find no place."""
    policy = facts.context.policy
    month, week = len(facts.issued_this_month), len(facts.told_this_week)
    limits = [
        (policy.slip_offers, found(Reason.BETTER_OFFER_CHOSEN, cap=policy.slip_offers)),
        (policy.person_month_cap - month, found(Reason.CAP_PERSON, cap=policy.person_month_cap)),
        (policy.contact_week_cap - week, found(Reason.CONTACT_CAP, cap=policy.contact_week_cap)),
    ]
    paper = policy.channel_week_caps.get(PAPER)
    if paper is not None:
        left = paper - facts.told_by(PAPER)
        limits.append((left, found(Reason.CONTACT_CAP, cap=paper, channel=PAPER)))
    places, finding = min(limits, key=lambda limit: limit[0])
    return max(places, 0), finding


def valid_to(candidate: Candidate, business_date: date) -> date:
    """Give the last day of a coupon that is printed on a business date."""
    return last_day(candidate, business_date)


def _first_of_each(context: IssueContext, findings: list[Finding | None]) -> list[Candidate]:
    """Give the candidates that came through, each offer once."""
    first: dict[OfferId, Candidate] = {}
    for candidate, finding in zip(context.candidates, findings, strict=True):
        if finding is None:
            first.setdefault(candidate.offer.offer_id, candidate)
    return list(first.values())


def _held_out(candidate: Candidate) -> bool:
    return candidate.assignment is not None and candidate.assignment.arm == "holdout"


def _verdict(candidate: Candidate, finding: Finding | None) -> Verdict:
    offer = candidate.offer
    if finding is None:
        return Verdict(offer.offer_id, offer.version, "printed", Reason.APPLIED)
    return Verdict(offer.offer_id, offer.version, "withheld", finding.reason, finding.evidence)
