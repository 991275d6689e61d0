"""What the law of a store's place forbids: a thin table, read by the decision and the issue policy."""

from __future__ import annotations

from typing import Literal, NamedTuple

from offers.model import CheapestFree, Offer, Product
from offers.reasons import Reason

Flag = Literal["infant_formula", "alcohol", "tobacco", "hfss"]


class Ban(NamedTuple):
    """Products with this flag never count in these places; `volume_only`: in multi-unit offers."""

    flag: Flag
    reason: Reason
    places: tuple[str, ...]  # ISO 3166 prefixes; "*" is everywhere, "" a store that does not say
    volume_only: bool = False


BANS: tuple[Ban, ...] = (
    Ban("infant_formula", Reason.LEGAL_INFANT_FORMULA, ("*",)),  # EU 2016/127 art. 10(2)
    Ban("tobacco", Reason.LEGAL_TOBACCO, ("*",)),  # banned in many places: everywhere by default
    Ban("alcohol", Reason.LEGAL_ALCOHOL, ("IE", "GB-SCT", "")),  # Ireland: S.I. 4/2020
    Ban("hfss", Reason.LEGAL_HFSS_VOLUME, ("GB-ENG",), volume_only=True),  # since 2025-10-01
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


def bans_of(jurisdiction: str) -> tuple[Ban, ...]:
    """Give the bans that hold in a jurisdiction."""
    return tuple(ban for ban in BANS if in_place(jurisdiction, ban.places))


def banned(product: Product | None, bans: tuple[Ban, ...], *, volume: bool) -> Reason | None:
    """Say why a product may not be in an offer; `volume` is whether the offer asks for several."""
    if product is None or not product.flags:
        return None
    for ban in bans:
        if ban.flag in product.flags and (volume or not ban.volume_only):
            return ban.reason
    return None


def by_volume(offer: Offer) -> bool:
    """Tell whether an offer is a volume promotion: it asks for several units, or gives one free."""
    return offer.condition.min_quantity > 1 or isinstance(offer.reward, CheapestFree)
