"""What happened in the store, in order: all that an auditor may look at."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Issued(NamedTuple):
    """A coupon was printed. Offers of one visit have the same `slip`."""

    day: date
    lane: str
    shopper: int
    offer: str
    slip: int


class Ghost(NamedTuple):
    """A holdout would have been given it."""

    day: date
    lane: str
    shopper: int
    offer: str


class Redeemed(NamedTuple):
    """A coupon was used."""

    day: date
    lane: str
    shopper: int
    offer: str


class Told(NamedTuple):
    """Headquarters sent a message in another channel."""

    day: date
    shopper: int
    channel: str


class Sold(NamedTuple):
    """A unit left the shelf."""

    day: date
    lane: str
    gtin: str


class Delivered(NamedTuple):
    """Units came in, before the store opened."""

    day: date
    gtin: str
    units: int


class Recalled(NamedTuple):
    """A product was recalled, before the store opened."""

    day: date
    gtin: str


Event = Issued | Ghost | Redeemed | Told | Sold | Delivered | Recalled


class Card(NamedTuple):
    """An offer as the auditor knows it: from the leaflet, not from the program."""

    gtins: frozenset[str]
    brands: frozenset[str]
    category: str
    starts: date
    ends: date
    coupon_days: int
    campaign: str
    most: int | None
    panel: bool
    lawful: bool
    approved: bool


class Rules(NamedTuple):
    """The policy's numbers, written down once for the auditor."""

    slip: int
    person_month: int
    category_month: int
    contact_week: int
    receipt_week: int
    quiet_days: int
    least_on_hand: int
    cover_days: int
    slow_below: int
    figure_days: int  # a count is believed for less than so many days
    rivals: tuple[tuple[str, str], ...]
    cards: dict[str, Card]
    pace: dict[str, int]  # units in four weeks
    promoted: frozenset[str]
    held_out: frozenset[int]
    held_campaign: str
    panel: frozenset[int]
