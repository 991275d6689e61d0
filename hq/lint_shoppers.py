"""What a shop may not publish about its shoppers. No more of a card number is shown than its end."""

from __future__ import annotations

from collections.abc import Iterator

from ground.toml_lines import KeyPath
from hq.authoring import AssignmentEntry, ShopperEntry
from hq.lint_facts import Facts, Found, again, perhaps
from offers.model import Offer

FILE = "assignments.toml"


def assignments(facts: Facts) -> Iterator[tuple[str, Found]]:
    """Shoppers have identities of their own, and offers that there are, on days that they have."""
    for at, shopper in enumerate(facts.shop.shoppers):
        for found in (*_given(shopper, ("shopper", at), facts), *_past(shopper, ("shopper", at))):
            yield FILE, found
    cards = [
        (at, place, identity.kind, identity.value)
        for at, shopper in enumerate(facts.shop.shoppers)
        for place, identity in enumerate(shopper.identities)
    ]
    for number, (kind, value) in again((kind, value) for _, _, kind, value in cards):
        at, place, *_ = cards[number]
        what = f"the {kind} ending in {value[-3:]} stands here twice, or belongs to two shoppers"
        path: KeyPath = ("shopper", at, "identities", place)
        yield FILE, Found(path, what, "keep it with one of them")


def _given(shopper: ShopperEntry, path: KeyPath, facts: Facts) -> Iterator[Found]:
    for at, entry in enumerate(shopper.assignment):
        place = (*path, "assignment", at)
        offer = facts.offers.get(entry.offer_id)
        if offer is None:
            do = perhaps(entry.offer_id, facts.offers, "name one of offers/")
            yield Found((*place, "offer_id"), f"there is no offer {entry.offer_id!r}", do)
        else:
            yield from _with_offer(shopper, entry, offer, place)
    for at, offer_id in again(entry.offer_id for entry in shopper.assignment):
        what = f"{offer_id!r} is assigned twice"
        yield Found((*path, "assignment", at, "offer_id"), what, "keep one of them")


def _with_offer(
    shopper: ShopperEntry, entry: AssignmentEntry, offer: Offer, place: KeyPath
) -> Iterator[Found]:
    if offer.use == "mass":
        do = "assign card and coupon offers only"
        yield Found((*place, "offer_id"), f"{entry.offer_id!r} is for everyone", do)
    if offer.panel_only and not shopper.panel:
        what = f"{entry.offer_id!r} is for the panel, and this shopper is not of it"
        yield Found(
            (*place, "offer_id"), what, "write panel = true here, or take it out", "warning"
        )
    starts, ends = entry.starts or offer.starts, entry.ends or offer.ends
    if not entry.starts and not entry.ends:
        return
    if ends < starts:
        what = f"it ends on {ends}, before it starts on {starts}"
        yield Found((*place, "ends" if entry.ends else "starts"), what, "swap the dates")
    elif starts > offer.ends or ends < offer.starts:
        what = f"{entry.offer_id!r} holds from {offer.starts} to {offer.ends}: not on these days"
        key = "starts" if starts > offer.ends else "ends"
        yield Found((*place, key), what, "correct the dates, or leave them out", "warning")


def _past(shopper: ShopperEntry, path: KeyPath) -> Iterator[Found]:
    for at, entry in enumerate(shopper.past):
        if entry.kind != "contact" and not entry.offer_id:
            what = f"which offer was {entry.kind} is not said"
            yield Found((*path, "past", at, "offer_id"), what, "add offer_id")
