"""What the law of a store's place forbids, read by the decision and by the issue policy.

The rules are data: headquarters ships those of the store (`hq/laws/*.toml`, each with its source)
in `StoreFacts.laws`. Where a generation has none, `BUILT_IN` holds, which is the same in short.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from offers.model import (
    CheapestFree,
    NForM,
    NthPercent,
    Offer,
    OtherReduced,
    PercentOff,
    Product,
    Value,
)
from offers.reasons import Reason

LawFlag = Literal["infant_formula", "alcohol", "tobacco", "hfss"]
What = Literal["offers", "volume_offers", "unasked_paper"]


class LawRule(Value, frozen=True):
    """One thing that is forbidden in some places from a day on.

    `forbids` is "offers" on products with the flag, "volume_offers" (several units, or one free) on
    them, or "unasked_paper": coupons that the shopper did not ask for, of whatever product.
    `places` are ISO 3166 codes; one stands for all its subdivisions, "*" for everywhere, "" for a
    store that does not say where it is. No `since`: at all times, because the chain wants it so.
    """

    places: tuple[str, ...]
    forbids: What
    reason: Reason
    flag: LawFlag | None = None
    since: date | None = None
    until: date | None = None
    source: str = ""
    url: str = ""


class Ban(NamedTuple):
    """Products with this flag never count; `volume_only`: in multi-unit offers."""

    flag: LawFlag
    reason: Reason
    volume_only: bool = False


_FORMULA, _TOBACCO = Reason.LEGAL_INFANT_FORMULA, Reason.LEGAL_TOBACCO
_ALCOHOL, _HFSS, _PAPER = (
    Reason.LEGAL_ALCOHOL,
    Reason.LEGAL_HFSS_VOLUME,
    Reason.LEGAL_PRINT_ON_REQUEST,
)

BUILT_IN: tuple[LawRule, ...] = (
    LawRule(("*",), "offers", _FORMULA, "infant_formula"),
    LawRule(("*",), "offers", _TOBACCO, "tobacco"),
    LawRule(("",), "offers", _ALCOHOL, "alcohol"),
    LawRule(("IE",), "offers", _ALCOHOL, "alcohol", date(2021, 1, 11)),
    LawRule(("GB-SCT",), "offers", _ALCOHOL, "alcohol", date(2018, 5, 1)),
    LawRule(("GB-SCT",), "volume_offers", _ALCOHOL, "alcohol", date(2011, 10, 1)),
    LawRule(("GB-ENG",), "volume_offers", _HFSS, "hfss", date(2025, 10, 1)),
    LawRule(("GB-WLS",), "volume_offers", _HFSS, "hfss", date(2026, 3, 26)),
    LawRule(("GB-SCT",), "volume_offers", _HFSS, "hfss", date(2026, 10, 1)),
    LawRule(("FR",), "unasked_paper", _PAPER, None, date(2023, 8, 1)),
)


def in_place(jurisdiction: str, places: tuple[str, ...]) -> bool:
    """Tell whether a jurisdiction is one of the places, or lies in one."""
    if not jurisdiction:
        return "" in places or "*" in places
    return any(
        place == "*" or jurisdiction == place or jurisdiction.startswith(f"{place}-")
        for place in places
        if place
    )


def rules_of(jurisdiction: str, rules: tuple[LawRule, ...]) -> tuple[LawRule, ...]:
    """Give the rules of a jurisdiction, in their order."""
    return tuple(rule for rule in rules if in_place(jurisdiction, rule.places))


@lru_cache(64)
def laws_at(laws: tuple[LawRule, ...], jurisdiction: str, on: date) -> tuple[LawRule, ...]:
    """Give what is in force in a store on a business date.

    Args:
        laws: what headquarters shipped for the store; none of it, and the built-in rules hold.
        jurisdiction: where the store is.
        on: the business date; first and last day of a rule are in it.
    """
    return tuple(
        rule
        for rule in rules_of(jurisdiction, laws or BUILT_IN)
        if (rule.since is None or rule.since <= on) and (rule.until is None or on <= rule.until)
    )


@lru_cache(64)
def bans_in_force(laws: tuple[LawRule, ...], jurisdiction: str, on: date) -> tuple[Ban, ...]:
    """Give the bans on products that hold in a store on a business date."""
    bans = (
        Ban(rule.flag, rule.reason, rule.forbids == "volume_offers")
        for rule in laws_at(laws, jurisdiction, on)
        if rule.flag is not None and rule.forbids != "unasked_paper"
    )
    return tuple(dict.fromkeys(bans))


def paper_on_request(laws: tuple[LawRule, ...], jurisdiction: str, on: date) -> LawRule | None:
    """Give the rule that keeps a store from printing what nobody asked for, if there is one."""
    rules = laws_at(laws, jurisdiction, on)
    return next((rule for rule in rules if rule.forbids == "unasked_paper"), None)


def banned(product: Product | None, bans: tuple[Ban, ...], *, volume: bool) -> Reason | None:
    """Say why a product may not be in an offer; `volume` is whether the offer asks for several."""
    if product is None or not product.flags:
        return None
    for ban in bans:
        if ban.flag in product.flags and (volume or not ban.volume_only):
            return ban.reason
    return None


def by_volume(offer: Offer) -> bool:
    """Tell whether an offer is a volume promotion.

    It is where several units are asked for, or where it says that one, or part of one, is free:
    the two kinds that regulation 5 of the Food (Promotion and Placement) (England) Regulations
    2021 names.
    """
    condition, reward = offer.condition, offer.reward
    if condition.min_quantity > 1 or condition.min_distinct > 1:
        return True
    if isinstance(reward, PercentOff):
        return reward.percent == 100
    return isinstance(reward, CheapestFree | NForM | NthPercent | OtherReduced)
