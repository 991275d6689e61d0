"""Why an offer may not be printed now, whatever else is on the slip: a table of named rules.

A rule looks at a candidate and the facts and gives a finding, or None; the first finding counts.
What depends on the other offers of the slip stands in `offers.slip_choice`. A holdout passes here:
`offers.issue` finds out first whether it would have been printed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from offers.availability import missing, slow
from offers.caps import (
    category_cap,
    channel_cap,
    contact_cap,
    person_cap,
    quiet_time,
    still_out,
    used_up,
)
from offers.context import Candidate
from offers.law import banned, by_volume
from offers.model import Gtin, Offer, OfferId, Product
from offers.offer_sets import known_gtins, named_gtins, sets_of
from offers.outright import dates, fault, foreign, not_here, withdrawn
from offers.reasons import Finding, Reason, found
from offers.slip_facts import SlipFacts

Rule = Callable[[Candidate, SlipFacts], Finding | None]


def untrusted_clock(_: Candidate, facts: SlipFacts) -> Finding | None:
    """Give out nothing new while nobody knows what day it is."""
    return None if facts.context.moment.trusted else found(Reason.STALE_DATA, what="clock")


def no_paper_needed(candidate: Candidate, _: SlipFacts) -> Finding | None:
    """Keep card offers off the slip: they apply by themselves, paper would promise a coupon."""
    return found(Reason.NO_PAPER_NEEDED) if candidate.offer.use == "card" else None


def print_mode(_: Candidate, facts: SlipFacts) -> Finding | None:
    """Print nothing unasked where the law or the chain says so, and nothing at all on "never"."""
    mode = facts.context.policy.print_mode
    if mode == "never":
        return found(Reason.LEGAL_PRINT_ON_REQUEST, mode=mode)
    if facts.context.asked:
        return None
    law = facts.paper_law
    if law is not None:
        return found(law.reason, mode="on_request", place=", ".join(law.places))
    return found(Reason.LEGAL_PRINT_ON_REQUEST, mode=mode) if mode == "on_request" else None


def recalled(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print nothing of what is recalled or switched off."""
    offer, context = candidate.offer, facts.context
    finding = withdrawn(offer, context.killed, context.recalled)
    if finding is not None or not context.recalled:
        return finding
    return _recalled(offer, facts.known_gtins(offer), context.recalled)


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
    return _recalled(offer, known_gtins(offer, products), recalls)


def _recalled(offer: Offer, known: Sequence[Gtin], recalls: frozenset[Gtin]) -> Finding | None:
    pictured = {offer.picture.gtin} if offer.picture and offer.picture.gtin else set()
    hit = sorted(recalls & {*named_gtins(offer), *pictured})
    if not hit and known and recalls.issuperset(known):
        hit = list(known)
    return found(Reason.RECALLED, gtin=hit[0], what="product") if hit else None


def faulty(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print nothing whose rule contradicts itself, or whose amounts are in another currency."""
    return foreign(candidate.offer, facts.context.store) or fault(candidate.offer)


def not_assigned(candidate: Candidate, _: SlipFacts) -> Finding | None:
    """Print only what headquarters gave to this shopper."""
    return found(Reason.NOT_ASSIGNED) if candidate.assignment is None else None


def not_approved(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print only what somebody released; a draft for the panel goes to the panel alone."""
    offer = candidate.offer
    if offer.panel_only:
        return None if facts.context.panel else found(Reason.NOT_ASSIGNED)
    return found(Reason.NOT_APPROVED) if offer.approval is None else None


def wrong_store(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print no offer of other stores."""
    return not_here(candidate.offer, facts.context.store)


def no_such_lane(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print no offer that no lane of this store takes; where it is printed does not matter."""
    wanted, store = candidate.offer.lane_groups, facts.context.store
    if not wanted or any(set(wanted).intersection(it) for it in store.lane_groups.values()):
        return None
    return found(Reason.WRONG_STORE, lanes=", ".join(sorted(wanted)), store=store.store)


def outside_dates(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print only within the dates of offer and assignment, last business date inclusive."""
    return dates(candidate.offer, candidate.assignment, facts.context.moment.business_date)


def against_the_law(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print no offer that names a product which may not be promoted here."""
    products, volume = facts.context.products, by_volume(candidate.offer)
    for gtin in facts.known_gtins(candidate.offer):
        reason = banned(products.get(gtin), facts.bans, volume=volume)
        if reason is not None:
            return found(reason, gtin=gtin)
    return None


def stale_picture(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print no picture of a packaging that is not on the shelf any more."""
    picture = candidate.offer.picture
    product = facts.context.products.get(picture.gtin) if picture and picture.gtin else None
    if picture is None or product is None or picture.pack_version == product.pack_version:
        return None
    return found(Reason.PICTURE_STALE, pictured=picture.pack_version, on_shelf=product.pack_version)


def out_of_stock(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print no offer whose every product is known to be missing, or short for its sales."""
    for products in sets_of(candidate.offer):
        finding = missing(facts.known(products), facts.context)
        if finding is not None:
            return finding
    return None


def low_mover(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print no offer whose every product sells too slowly here."""
    return slow(facts.known(candidate.offer.products), facts.context)


def mass_promotion(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print no offer whose every product is in a promotion for everyone."""
    promoted = facts.context.mass_promotions
    gtins = facts.known_gtins(candidate.offer) if promoted else ()
    if gtins and promoted.issuperset(gtins):
        return found(Reason.MASS_PROMO_CLASH, gtin=gtins[0])
    return None


def budget(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Print of a first N only what this lane was given; a figure that is not here means none."""
    most = candidate.offer.max_issued
    if most is None or facts.context.issues_left.get(candidate.offer.offer_id, 0) > 0:
        return None
    return found(Reason.BUDGET_EXHAUSTED, most=most, what="issues")


RULES: tuple[Rule, ...] = (
    untrusted_clock,
    recalled,
    faulty,
    not_assigned,
    not_approved,
    wrong_store,
    no_such_lane,
    outside_dates,
    no_paper_needed,
    print_mode,
    against_the_law,
    stale_picture,
    out_of_stock,
    low_mover,
    mass_promotion,
    used_up,
    quiet_time,
    still_out,
    budget,
    person_cap,
    contact_cap,
    channel_cap,
    category_cap,
)


def first_finding(candidate: Candidate, facts: SlipFacts) -> Finding | None:
    """Give what the first rule against a candidate says, or None."""
    for rule in RULES:
        finding = rule(candidate, facts)
        if finding is not None:
            return finding
    return None
