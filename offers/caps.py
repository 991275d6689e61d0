"""What the shopper's own past allows: quiet time, coupons still out, and the caps of week and month.

The past is a list of uses: printed ("issued"), redeemed, or told in another channel ("contact"). A
coupon used without its card counts as redeemed for the shopper it was printed for, once
headquarters has found out.
"""

from __future__ import annotations

from datetime import date, timedelta

from offers.context import Candidate
from offers.reasons import Finding, Reason, found
from offers.slip_facts import SlipFacts

PAPER = "receipt"


def quiet_time(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Leave a shopper alone with an offer that she has just redeemed."""
    today = facts.context.moment.business_date
    redeemed = [past.on for past in facts.past_of(candidate.offer) if past.kind == "redeemed"]
    if not redeemed:
        return None
    again = max(redeemed) + timedelta(days=facts.context.policy.quiet_days)
    return found(Reason.QUIET_TIME, until=again.isoformat()) if today < again else None


def still_out(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print no further coupon while as many of the offer as the policy allows are unused and valid.

    A coupon's last day follows from its day of printing. A redemption uses up the oldest of those
    that were out on its day; a coupon that may be used again and again is out until its last day.
    """
    offer, today = candidate.offer, facts.context.moment.business_date
    out: list[date] = []
    for past in sorted(facts.past_of(offer), key=lambda past: (past.on, past.kind)):
        if past.kind == "issued":
            out.append(past.on)
        elif past.kind == "redeemed" and offer.single_use:
            out = [day for day in out if last_day(candidate, day) >= past.on][1:]
    valid = sorted(last for day in out if (last := last_day(candidate, day)) >= today)
    most = facts.context.policy.coupons_out
    if len(valid) < most:
        return None
    return found(Reason.QUIET_TIME, out_until=valid[-most].isoformat())


def last_day(candidate: Candidate, printed_on: date) -> date:
    """Give a printed coupon's last day: `coupon_days`, within the dates of offer and assignment."""
    offer = candidate.offer
    last = min(offer.ends, printed_on + timedelta(days=offer.coupon_days - 1))
    return min(last, candidate.assignment.ends) if candidate.assignment else last


def used_up(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print no coupon that its shopper could not use: she has had all her uses of the offer."""
    most = candidate.offer.max_uses_per_shopper
    if most is None:
        return None
    uses = [past.on for past in facts.past_of(candidate.offer) if past.kind == "redeemed"]
    if len(uses) < most:
        return None
    return found(Reason.ALREADY_REDEEMED, max_uses=most, when=max(uses).isoformat())


def person_cap(_: Candidate, facts: SlipFacts) -> Finding | None:
    """Print no more for a shopper than the month allows."""
    cap = facts.context.policy.person_month_cap
    return found(Reason.CAP_PERSON, cap=cap) if len(facts.issued_this_month) >= cap else None


def contact_cap(_: Candidate, facts: SlipFacts) -> Finding | None:
    """Tell a shopper no more than a week allows, over all channels."""
    cap = facts.context.policy.contact_week_cap
    return found(Reason.CONTACT_CAP, cap=cap) if len(facts.told_this_week) >= cap else None


def channel_cap(_: Candidate, facts: SlipFacts) -> Finding | None:
    """Print nothing in a week in which a channel has carried as much as its own cap allows."""
    for channel, cap in sorted(facts.context.policy.channel_week_caps.items()):
        if facts.told_by(channel) >= cap:
            return found(Reason.CONTACT_CAP, cap=cap, channel=channel)
    return None


def category_cap(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print no more of a category for a shopper than the month allows."""
    cap = facts.context.policy.category_month_cap
    category = facts.category(candidate.offer)
    if not category or facts.issued_in(category) < cap:
        return None
    return found(Reason.CAP_CATEGORY, cap=cap, category=category)
