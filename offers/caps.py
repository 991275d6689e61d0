"""What the shopper's own past allows: quiet time, coupons still out, and the caps of week and month.

The past is a list of uses: printed ("issued"), redeemed, or told in another channel ("contact"). A
coupon used without its card counts as redeemed for the shopper it was printed for, once
headquarters has found out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from offers.context import Candidate, IssueContext
from offers.model import Offer, PastUse
from offers.offer_sets import offer_category
from offers.reasons import Finding, Reason, found

CONTACT_DAYS = 7
PAPER = "receipt"


def quiet_time(candidate: Candidate, context: IssueContext) -> Finding | None:
    """Leave a shopper alone with an offer that she has just redeemed."""
    today, days = context.moment.business_date, timedelta(days=context.policy.quiet_days)
    redeemed = [past.on for past in _of(candidate.offer, context) if past.kind == "redeemed"]
    again = max(redeemed) + days if redeemed else today
    return found(Reason.QUIET_TIME, until=again.isoformat()) if today < again else None


def still_out(candidate: Candidate, context: IssueContext) -> Finding | None:
    """Print no second coupon while an earlier one of the offer is unused and still valid.

    A coupon's last day follows from its day of printing. A redemption uses up the oldest of those
    that were out on its day; a coupon that may be used again and again is out until its last day.
    """
    offer, today = candidate.offer, context.moment.business_date
    out: list[date] = []
    for past in sorted(_of(offer, context), key=lambda past: (past.on, past.kind)):
        if past.kind == "issued":
            out.append(past.on)
        elif past.kind == "redeemed" and offer.single_use:
            out = [day for day in out if last_day(candidate, day) >= past.on][1:]
    valid = [last for day in out if (last := last_day(candidate, day)) >= today]
    return found(Reason.QUIET_TIME, out_until=max(valid).isoformat()) if valid else None


def last_day(candidate: Candidate, printed_on: date) -> date:
    """Give a printed coupon's last day: `coupon_days`, within the dates of offer and assignment."""
    offer = candidate.offer
    last = min(offer.ends, printed_on + timedelta(days=offer.coupon_days - 1))
    return min(last, candidate.assignment.ends) if candidate.assignment else last


def used_up(candidate: Candidate, context: IssueContext) -> Finding | None:
    """Print no coupon that its shopper could not use: she has had all her uses of the offer."""
    most = candidate.offer.max_uses_per_shopper
    if most is None:
        return None
    uses = [past.on for past in _of(candidate.offer, context) if past.kind == "redeemed"]
    if len(uses) < most:
        return None
    return found(Reason.ALREADY_REDEEMED, max_uses=most, when=max(uses).isoformat())


def person_cap(_: Candidate, context: IssueContext) -> Finding | None:
    """Print no more for a shopper than the month allows."""
    cap = context.policy.person_month_cap
    return found(Reason.CAP_PERSON, cap=cap) if issued_this_month(context) >= cap else None


def contact_cap(_: Candidate, context: IssueContext) -> Finding | None:
    """Tell a shopper no more than a week allows, over all channels."""
    cap = context.policy.contact_week_cap
    return found(Reason.CONTACT_CAP, cap=cap) if contacts_this_week(context) >= cap else None


def channel_cap(_: Candidate, context: IssueContext) -> Finding | None:
    """Print nothing in a week in which a channel has carried as much as its own cap allows."""
    for channel, cap in sorted(context.policy.channel_week_caps.items()):
        if contacts_this_week(context, channel) >= cap:
            return found(Reason.CONTACT_CAP, cap=cap, channel=channel)
    return None


def category_cap(candidate: Candidate, context: IssueContext) -> Finding | None:
    """Print no more of a category for a shopper than the month allows."""
    cap = context.policy.category_month_cap
    category = offer_category(candidate.offer, context.products, context.policy.category_depth)
    if not category or issued_in_category(category, context) < cap:
        return None
    return found(Reason.CAP_CATEGORY, cap=cap, category=category)


def issued_this_month(context: IssueContext) -> int:
    """Count what was printed for this shopper in the business date's calendar month."""
    return sum(1 for _ in _issued_this_month(context))


def issued_in_category(category: str, context: IssueContext) -> int:
    """Count what of it was printed in exactly this category this month."""
    return sum(past.category == category for past in _issued_this_month(context))


def contacts_this_week(context: IssueContext, channel: str | None = None) -> int:
    """Count what a shopper was told in the last seven days, today included; of one channel or all."""
    since = context.moment.business_date - timedelta(days=CONTACT_DAYS)
    return sum(
        past.kind != "redeemed" and past.on > since and channel in (None, past.channel)
        for past in context.past
    )


def _issued_this_month(context: IssueContext) -> Iterator[PastUse]:
    today = context.moment.business_date
    month = (today.year, today.month)
    return (p for p in context.past if p.kind == "issued" and (p.on.year, p.on.month) == month)


def _of(offer: Offer, context: IssueContext) -> Iterable[PastUse]:
    return (past for past in context.past if past.offer_id == offer.offer_id)
