"""What an offer is, as headquarters wrote it. Money is in whole minor units; dates are business dates.

A GTIN is always in its 14-digit form (GS1 General Specifications, section 3.3.2: shorter ones
are padded with zeros on the left). Validity is in store-local business dates, last day inclusive.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, NewType

from msgspec import Meta, Struct

Gtin = NewType("Gtin", str)
OfferId = NewType("OfferId", str)
CampaignId = NewType("CampaignId", str)
ShopperKey = NewType("ShopperKey", str)  # 32 hex digits of a keyed hash; never a card number
ShopperRef = NewType("ShopperRef", str)  # random; the only name of a shopper inside a journal row
Serial = NewType("Serial", str)  # 12 digits: 5 lease + 3 counter + 4 MAC
CouponNumber = NewType("CouponNumber", str)  # a GS1 Global Coupon Number without serial: 13 digits
StoreId = NewType("StoreId", str)
LaneId = NewType("LaneId", str)
Language = NewType("Language", str)  # BCP 47, lower case: "en", "es", "de", "ar"
Texts = dict[Language, str]  # one wording per language

Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Minor = Annotated[int, Meta(ge=0, le=100_000_000_00)]
Percent = Annotated[int, Meta(ge=1, le=100)]
Flag = Literal["infant_formula", "alcohol", "tobacco", "hfss", "deposit", "restricted"]


class Value(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The base of everything headquarters writes: immutable, and strict about unknown fields.

    What is left at its default is not written: an older lane reads a newer headquarters' offers as
    long as they ask for nothing that it does not know.
    """


class Product(Struct, frozen=True):
    """One article of the store's range.

    `category` is a path from the top, parts separated by "/" ("dairy/yogurt").
    `variant` and `size` are what a shopper reads on the pack ("Coconut", "500 g").
    `pack_version` ties a picture to the packaging on the shelf. `pieces` is how many a multi-pack
    holds. No discount ever touches a product with the flag "deposit" or "restricted".
    """

    gtin: Gtin
    name: str
    brand: str
    category: str
    variant: str = ""
    size: str = ""
    pack_version: int = 1
    flags: tuple[Flag, ...] = ()
    pieces: Annotated[int, Meta(ge=1, le=1000)] = 1
    attributes: tuple[str, ...] = ()  # "organic", "vegan": words of the chain's own


class Selector(Value, frozen=True):
    """Products named by GTIN, brand, category path or attribute; a product matches if any names it."""

    gtins: tuple[Gtin, ...] = ()
    brands: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()


class ProductSet(Value, frozen=True):
    """What counts: the included products less the excluded ones. `title` is its name in words."""

    title: Texts
    include: Selector
    exclude: Selector = Selector()


class Daypart(Value, frozen=True):
    """Hours in which an offer holds, store-local. Weekday 0 is Monday; minutes run from 0 to 1440."""

    weekdays: tuple[Annotated[int, Meta(ge=0, le=6)], ...] = (0, 1, 2, 3, 4, 5, 6)
    from_minute: Annotated[int, Meta(ge=0, le=1440)] = 0
    to_minute: Annotated[int, Meta(ge=0, le=1440)] = 1440


class Condition(Value, frozen=True):
    """What a basket must hold for one use: units of the set, spend on them, and a basket minimum.

    `count` says what `min_quantity` counts: units as the till scans them, or the pieces that
    multi-packs hold. `min_distinct` different GTINs must be among the units, and `min_weight_g`
    grams of weighed items.
    """

    min_quantity: Annotated[int, Meta(ge=1, le=99)] = 1
    min_spend_minor: Minor = 0
    basket_min_minor: Minor = 0
    dayparts: tuple[Daypart, ...] = ()
    count: Literal["units", "pieces"] = "units"
    min_distinct: Annotated[int, Meta(ge=1, le=20)] = 1
    min_weight_g: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class PercentOff(Value, frozen=True, tag="percent_off"):
    """So many percent off the units that one use takes."""

    percent: Percent
    max_minor: Minor | None = None


class AmountOff(Value, frozen=True, tag="amount_off"):
    """An amount off the units that one use takes, never more than they cost."""

    amount_minor: Annotated[int, Meta(ge=1, le=100_000_000_00)]


class FixedPrice(Value, frozen=True, tag="fixed_price"):
    """The units that one use takes cost this much together, if that is less."""

    price_minor: Minor


class CheapestFree(Value, frozen=True, tag="cheapest_free"):
    """The cheapest of the units that one use takes is free."""


class NForM(Value, frozen=True, tag="n_for_m"):
    """Of the units that one use takes only the dearest `pay_for` are paid."""

    pay_for: Annotated[int, Meta(ge=1, le=98)]


class NthPercent(Value, frozen=True, tag="nth_percent"):
    """The cheapest of the units that one use takes is so many percent off ("the 2nd at half price")."""

    percent: Percent
    max_minor: Minor | None = None


class AmountOffPerKg(Value, frozen=True, tag="amount_off_per_kg"):
    """An amount off each kilogram of the weighed items that one use takes, never more than they cost."""

    amount_minor: Annotated[int, Meta(ge=1, le=100_000_000_00)]


class OtherReduced(Value, frozen=True, tag="other_reduced"):
    """The units that one use takes are paid in full; `quantity` units of another set are reduced."""

    products: ProductSet
    percent: Percent = 100
    quantity: Annotated[int, Meta(ge=1, le=20)] = 1
    max_minor: Minor | None = None


class Points(Value, frozen=True, tag="points"):
    """Loyalty points for each use. No money: they use up no unit, and stand beside any discount."""

    points: Annotated[int, Meta(ge=1, le=1_000_000)]


class BasketAmountOff(Value, frozen=True, tag="basket_amount_off"):
    """An amount off the whole basket, computed on what the other offers left."""

    amount_minor: Annotated[int, Meta(ge=1, le=100_000_000_00)]


class BasketPercentOff(Value, frozen=True, tag="basket_percent_off"):
    """So many percent off the whole basket, computed on what the other offers left."""

    percent: Percent
    max_minor: Minor | None = None


Reward = (
    PercentOff
    | AmountOff
    | FixedPrice
    | CheapestFree
    | NForM
    | NthPercent
    | AmountOffPerKg
    | OtherReduced
    | Points
    | BasketAmountOff
    | BasketPercentOff
)


class Picture(Value, frozen=True):
    """An offer's picture, named by the SHA-256 of its PNG file, and the packaging it shows."""

    sha256: str
    pack_version: int
    gtin: Gtin | None = None


class Approval(Value, frozen=True):
    """Who released the offer, and when."""

    by: str
    on: date


class Funding(Value, frozen=True):
    """A funder's share of each redemption; the shares of an offer sum to 100 or less."""

    funder: str
    percent: Percent


class Offer(Value, frozen=True, weakref=True):
    """One rule + reward + wording + picture, versioned.

    `use` tells how it is used: "card" applies by itself once its shopper is known, "coupon" needs
    the printed coupon, "mass" a printed number that anyone may present. A coupon is `single_use`
    (it carries a serial) or may be used again and again within its dates. `coupon_number` is what
    its code carries. `coupon_days` is how long a printed coupon stays valid, its day of printing
    included, never beyond `ends`.

    Of the offers of one `group` at most one is applied. `identity` "strong" asks for the card or
    the app itself; "any" takes a phone number too. `max_redemptions` and `max_issued` are the first
    N of the whole chain, kept by counters that headquarters shares out; `max_uses_per_shopper`
    counts over the offer's life. A `panel_only` offer needs no approval, and only shoppers of the
    panel get it. `currency` is that of its amounts; "" is that of the store.
    """

    offer_id: OfferId
    version: Annotated[int, Meta(ge=1)]
    campaign_id: CampaignId
    objective: Literal["value", "retention", "tier_move"]
    title: Texts
    products: ProductSet
    condition: Condition
    reward: Reward
    starts: date
    ends: date
    use: Literal["card", "coupon", "mass"]
    coupon_number: CouponNumber
    single_use: bool = True
    coupon_days: Annotated[int, Meta(ge=1, le=366)] = 28
    max_uses_per_basket: Annotated[int, Meta(ge=1, le=99)] = 1
    combinable: bool = True  # False: applies alone, no other personal offer beside it
    priority: Annotated[int, Meta(ge=0, le=1000)] = 0  # breaks ties only; higher first
    stores: tuple[StoreId, ...] = ()  # none named: all of them
    terms: Texts = {}
    picture: Picture | None = None
    approval: Approval | None = None
    funding: tuple[Funding, ...] = ()
    group: str = ""
    identity: Literal["strong", "any"] = "strong"
    store_groups: tuple[str, ...] = ()  # valid in stores of any of these; none named: all of them
    lane_groups: tuple[str, ...] = ()  # the same for lanes ("self_checkout")
    max_uses_per_shopper: Annotated[int, Meta(ge=1, le=1000)] | None = None
    max_redemptions: Annotated[int, Meta(ge=1, le=100_000_000)] | None = None
    max_issued: Annotated[int, Meta(ge=1, le=100_000_000)] | None = None
    panel_only: bool = False
    currency: str = ""


class Assignment(Struct, frozen=True, array_like=True, gc=False):
    """An offer given to a shopper by headquarters. `score` is HQ's: higher is better."""

    offer_id: OfferId
    score: float
    starts: date
    ends: date
    arm: Literal["treat", "holdout"] = "treat"


class PastUse(Struct, frozen=True, array_like=True):
    """Something that happened to a shopper before: an offer printed, redeemed or told elsewhere."""

    kind: Literal["issued", "redeemed", "contact"]
    offer_id: OfferId
    on: date
    category: str = ""
    channel: str = "receipt"


class Wallet(Struct, frozen=True, array_like=True):
    """A shopper's assignments and what counts against the caps, as headquarters last knew it."""

    assignments: tuple[Assignment, ...] = ()
    past: tuple[PastUse, ...] = ()
    language: Language | None = None
    panel: bool = False
