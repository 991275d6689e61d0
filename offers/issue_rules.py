"""Why an offer may not be printed now, whatever else is on the slip: a table of named rules.

A rule looks at a candidate and the facts and gives a finding, or None; the first finding counts.
What depends on the other offers of the slip stands in `offers.slip_choice`. A holdout passes here:
`offers.issue` finds out first whether it would have been printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from offers.context import Candidate, IssueContext
from offers.gates import dates, withdrawn
from offers.law import banned, bans_of, by_volume
from offers.model import Gtin, Offer, OfferId, PastUse, Product
from offers.reasons import Finding, Reason, found
from offers.shelf import counts

Rule = Callable[[Candidate, IssueContext], Finding | None]
CONTACT_DAYS = 7


def untrusted_clock(_: Candidate, context: IssueContext) -> Finding | None:
    """Give out nothing new while nobody knows what day it is."""
    return None if context.moment.trusted else found(Reason.STALE_DATA, what="clock")


def no_paper_needed(candidate: Candidate, _: IssueContext) -> Finding | None:
    """Keep card offers off the slip: they apply by themselves, paper would promise a coupon."""
    return found(Reason.NO_PAPER_NEEDED) if candidate.offer.use == "card" else None


def print_mode(_: Candidate, context: IssueContext) -> Finding | None:
    """Print nothing unasked where the store may not (France: AGEC art. 49), or does not want to."""
    mode = context.policy.print_mode
    return None if mode == "always" else found(Reason.LEGAL_PRINT_ON_REQUEST, mode=mode)


def recalled(candidate: Candidate, context: IssueContext) -> Finding | None:
    """Print nothing of what is recalled or switched off."""
    offer = candidate.offer
    return withdrawn_from_print(offer, context.products, context.killed, context.recalled)


def withdrawn_from_print(
    offer: Offer,
    products: dict[Gtin, Product],
    killed: frozenset[OfferId],
    recalls: frozenset[Gtin],
) -> Finding | None:
    """Stop an offer that was killed, that names or pictures a recalled product, or has no other."""
    finding = withdrawn(offer, killed, recalls)
    if finding is not None or not recalls:
        return finding
    pictured = {offer.picture.gtin} if offer.picture and offer.picture.gtin else set()
    hit = sorted(recalls & {*named_gtins(offer), *pictured})
    known = known_gtins(offer, products)
    if not hit and known and recalls.issuperset(known):
        hit = list(known)
    return found(Reason.RECALLED, gtin=hit[0], what="product") if hit else None


def not_assigned(candidate: Candidate, _: IssueContext) -> Finding | None:
    """Print only what headquarters gave to this shopper."""
    return found(Reason.NOT_ASSIGNED) if candidate.assignment is None else None


def not_approved(candidate: Candidate, _: IssueContext) -> Finding | None:
    """Print only what somebody released."""
    return found(Reason.NOT_APPROVED) if candidate.offer.approval is None else None


def wrong_store(candidate: Candidate, context: IssueContext) -> Finding | None:
    """Print no offer of other stores."""
    stores = candidate.offer.stores
    if not stores or context.store.store in stores:
        return None
    return found(Reason.WRONG_STORE, store=context.store.store, stores=", ".join(sorted(stores)))


def outside_dates(candidate: Candidate, context: IssueContext) -> Finding | None:
    """Print only within the dates of offer and assignment, last business date inclusive."""
    return dates(candidate.offer, candidate.assignment, context.moment.business_date)


def against_the_law(candidate: Candidate, context: IssueContext) -> Finding | None:
    """Print no offer that names a product which may not be promoted here."""
    bans = bans_of(context.store.jurisdiction)
    volume = by_volume(candidate.offer)
    for gtin in known_gtins(candidate.offer, context.products):
        reason = banned(context.products.get(gtin), bans, volume=volume)
        if reason is not None:
            return found(reason, gtin=gtin)
    return None


def stale_picture(candidate: Candidate, context: IssueContext) -> Finding | None:
    """Print no picture of a packaging that is not on the shelf any more."""
    picture = candidate.offer.picture
    product = context.products.get(picture.gtin) if picture and picture.gtin else None
    if picture is None or product is None or picture.pack_version == product.pack_version:
        return None
    return found(Reason.PICTURE_STALE, pictured=picture.pack_version, on_shelf=product.pack_version)


def out_of_stock(candidate: Candidate, context: IssueContext) -> Finding | None:
    """Print no offer whose every product is known to be missing.

    A product without a figure counts as available: a store that does not know its stock still
    prints. One whose figure is too old speaks for nothing: alone, it gives STALE_DATA.
    """
    gtins = known_gtins(candidate.offer, context.products)
    states = [_stock(gtin, context) for gtin in gtins]
    if not states or "there" in states:
        return None
    if "old" in states:
        return found(Reason.STALE_DATA, gtin=gtins[states.index("old")], what="stock")
    on_hand = sum(context.availability[gtin].on_hand for gtin in gtins)
    return found(Reason.OUT_OF_STOCK, gtin=gtins[0], on_hand=on_hand)


def _stock(gtin: Gtin, context: IssueContext) -> str:
    known = context.availability.get(gtin)
    if known is None:
        return "there"
    if context.moment.utc - known.as_of > timedelta(hours=context.policy.stock_max_age_h):
        return "old"
    return "there" if known.on_hand >= context.policy.min_on_hand else "gone"


def mass_promotion(candidate: Candidate, context: IssueContext) -> Finding | None:
    """Print no offer whose every product is in a promotion for everyone."""
    gtins = known_gtins(candidate.offer, context.products)
    if gtins and context.mass_promotions.issuperset(gtins):
        return found(Reason.MASS_PROMO_CLASH, gtin=gtins[0])
    return None


def quiet_time(candidate: Candidate, context: IssueContext) -> Finding | None:
    """Leave a shopper alone with an offer that she has just redeemed."""
    today, days = context.moment.business_date, timedelta(days=context.policy.quiet_days)
    redeemed = [
        past.on
        for past in context.past
        if past.kind == "redeemed" and past.offer_id == candidate.offer.offer_id
    ]
    again = max(redeemed) + days if redeemed else today
    return found(Reason.QUIET_TIME, until=again.isoformat()) if today < again else None


def person_cap(_: Candidate, context: IssueContext) -> Finding | None:
    """Print no more for a shopper than the month allows."""
    cap = context.policy.person_month_cap
    return found(Reason.CAP_PERSON, cap=cap) if issued_this_month(context) >= cap else None


def contact_cap(_: Candidate, context: IssueContext) -> Finding | None:
    """Tell a shopper no more than a week allows, over all channels."""
    cap = context.policy.contact_week_cap
    return found(Reason.CONTACT_CAP, cap=cap) if contacts_this_week(context) >= cap else None


def category_cap(candidate: Candidate, context: IssueContext) -> Finding | None:
    """Print no more of a category for a shopper than the month allows."""
    cap = context.policy.category_month_cap
    category = offer_category(candidate.offer, context.products, context.policy.category_depth)
    if not category or issued_in_category(category, context) < cap:
        return None
    return found(Reason.CAP_CATEGORY, cap=cap, category=category)


RULES: tuple[Rule, ...] = (
    untrusted_clock,
    recalled,
    not_assigned,
    not_approved,
    wrong_store,
    outside_dates,
    no_paper_needed,
    print_mode,
    against_the_law,
    stale_picture,
    out_of_stock,
    mass_promotion,
    quiet_time,
    person_cap,
    contact_cap,
    category_cap,
)


def first_finding(candidate: Candidate, context: IssueContext) -> Finding | None:
    """Give what the first rule against a candidate says, or None."""
    for rule in RULES:
        finding = rule(candidate, context)
        if finding is not None:
            return finding
    return None


def named_gtins(offer: Offer) -> tuple[Gtin, ...]:
    """Give the GTINs that an offer names and does not exclude, in its own order."""
    excluded = frozenset(offer.products.exclude.gtins)
    return tuple(gtin for gtin in offer.products.include.gtins if gtin not in excluded)


def known_gtins(offer: Offer, products: dict[Gtin, Product]) -> tuple[Gtin, ...]:
    """Give the GTINs that an offer names, and those of the known products that its set counts."""
    include = offer.products.include
    if not (include.brands or include.categories):
        return named_gtins(offer)
    counted = (gtin for gtin, known in products.items() if counts(offer.products, gtin, known))
    return tuple(dict.fromkeys((*named_gtins(offer), *counted)))


def offer_category(offer: Offer, products: dict[Gtin, Product], depth: int) -> str:
    """Give the category an offer counts under: what its products' categories have in common.

    Args:
        offer: its category paths count, and those of the products that it names.
        products: what is known; others do not count. For a brand, every known product of it.
        depth: how many parts make a category; a shorter common path stays shorter.

    Returns:
        "" where nothing is known or nothing is common: such an offer has no category cap.
    """
    include = offer.products.include
    paths = list(include.categories)
    paths += [products[gtin].category for gtin in named_gtins(offer) if gtin in products]
    if include.brands:
        paths += [
            product.category
            for gtin, product in products.items()
            if product.brand in include.brands and counts(offer.products, gtin, product)
        ]
    return "/".join(_common([path.split("/") for path in paths if path])[:depth])


def _common(paths: list[list[str]]) -> list[str]:
    """Give the parts that all paths begin with."""
    common: list[str] = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return common


def issued_this_month(context: IssueContext) -> int:
    """Count what was printed for this shopper in the business date's calendar month."""
    return sum(1 for _ in _issued_this_month(context))


def issued_in_category(category: str, context: IssueContext) -> int:
    """Count what of it was printed in exactly this category this month."""
    return sum(past.category == category for past in _issued_this_month(context))


def contacts_this_week(context: IssueContext) -> int:
    """Count what a shopper was told in the last seven days, today included, on paper or otherwise."""
    since = context.moment.business_date - timedelta(days=CONTACT_DAYS)
    return sum(past.kind in ("contact", "issued") and past.on > since for past in context.past)


def _issued_this_month(context: IssueContext) -> Iterable[PastUse]:
    today = context.moment.business_date
    return (
        past
        for past in context.past
        if past.kind == "issued" and (past.on.year, past.on.month) == (today.year, today.month)
    )
