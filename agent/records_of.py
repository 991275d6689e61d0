"""From a decision and what the till really gave to the records of a sale. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct, structs

from agent.sales import Answered, Held
from agent.till_types import GivenIn
from offers.basket import Earned, Line, Share
from offers.model import CampaignId, Gtin, Offer, OfferId, Serial
from offers.records import Redemption, Sold
from offers.shelf import UNITS_MOST


class Bank(Struct, frozen=True):
    """What the records say of the offers: themselves, and the category each counts in."""

    offers: Mapping[OfferId, Offer]
    categories: Mapping[OfferId, str]


class Given(Struct, frozen=True):
    """What became of a decision: used, not given, and how much the till gave beyond it."""

    redemptions: tuple[Redemption, ...] = ()
    not_given: tuple[OfferId, ...] = ()
    beyond_minor: int = 0


def redemptions_given(
    answered: Answered | None,
    given: Iterable[GivenIn],
    held: Mapping[Serial, Held],
    bank: Bank,
) -> Given:
    """Keep of each decided share what the till gave of it; the rest is released.

    An offer of which nothing was given is not redeemed. Money given that was never decided is
    counted, not redeemed: it belongs to the till. Points are no money: headquarters credits them
    from the sale's row, so that the till need not say a word about them.
    """
    left: Counter[tuple[str, str]] = Counter()
    for gift in given:
        left[gift.line_id, gift.offer_id] += gift.amount_minor
    kept: dict[tuple[OfferId, Serial | None], list[Share]] = {}
    decision = answered.decision if answered is not None else None
    for share in decision.shares if decision is not None else ():
        amount = min(share.amount_minor, left[share.line_id, share.offer_id])
        left[share.line_id, share.offer_id] -= amount
        shares = kept.setdefault((share.offer_id, share.serial), [])
        if amount:
            shares.append(structs.replace(share, amount_minor=amount))
    earned: dict[tuple[OfferId, Serial | None], list[Earned]] = {}
    for points in decision.earned if decision is not None else ():
        earned.setdefault((points.offer_id, points.serial), []).append(points)
        kept.setdefault((points.offer_id, points.serial), [])
    redemptions = tuple(
        _redemption(of, (tuple(shares), tuple(earned.get(of, ()))), answered, held, bank)
        for of, shares in kept.items()
        if answered is not None and (shares or of in earned)
    )
    used = {r.offer_id for r in redemptions}
    decided = dict.fromkeys(offer_id for offer_id, _ in kept)
    return Given(redemptions, tuple(o for o in decided if o not in used), sum(left.values()))


def _redemption(
    of: tuple[OfferId, Serial | None],
    gave: tuple[tuple[Share, ...], tuple[Earned, ...]],
    answered: Answered,
    held: Mapping[Serial, Held],
    bank: Bank,
) -> Redemption:
    offer_id, serial = of
    shares, earned = gave
    verdict = next(
        v for v in answered.decision.verdicts if v.offer_id == offer_id and v.serial == serial
    )
    right = held.get(serial) if serial is not None else None
    offer = bank.offers.get(offer_id)
    return Redemption(
        offer_id=offer_id,
        version=verdict.version,
        campaign_id=offer.campaign_id if offer else CampaignId(""),
        amount_minor=sum(share.amount_minor for share in shares),
        shares=shares,
        category=bank.categories.get(offer_id, ""),
        serial=serial,
        claim=right.claim if right else None,
        provisional=bool(right and right.presented.standing == "provisional"),
        points=sum(it.points for it in earned),
        earned=earned,
    )


def sold_lines(lines: Iterable[Line]) -> tuple[Sold, ...]:
    """Sum the units that left the shelf, per product, in the order of their GTINs.

    A quantity that makes no sense tells nothing about the shelf.
    """
    units: Counter[Gtin] = Counter()
    for line in lines:
        if 1 <= line.quantity <= UNITS_MOST:
            units[line.gtin] += line.quantity
    return tuple(Sold(gtin, units[gtin]) for gtin in sorted(units))
