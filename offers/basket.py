"""The till's transaction as the decision sees it: lines, who the shopper is, what was presented."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from offers.model import CouponNumber, Gtin, OfferId, Product, Serial, StoreId


class TransactionKey(Struct, frozen=True):
    """What the till calls a transaction. Numbers restart, so the lane adds an uid of its own."""

    store: StoreId
    till: str
    business_date: date
    number: str


class Line(Struct, frozen=True):
    """One line of the basket.

    `amount_minor` is what the till charges for the whole line before our discounts. A weighed
    item has `weight_g` and counts as one unit. `offered` is False where the till says that no
    discount may touch the line (a deposit, a gift card).
    """

    line_id: str
    gtin: Gtin
    quantity: int
    amount_minor: int
    weight_g: int | None = None
    offered: bool = True
    mass_promotion: str | None = None  # the till's own promotion that already lowered this line


Standing = Literal[
    "mass",
    "granted",
    "provisional",
    "redeemed",
    "elsewhere",
    "other_shopper",
    "unknown",
    "forged",
    "offline_limit",
    "unanswered",
]


class Presented(Struct, frozen=True):
    """A coupon that was scanned, and what the lane learned of it before the decision.

    `standing` is the outcome of serial check and claim: "mass" for a number without serial,
    "granted" and "provisional" may be used, the others carry why not.
    """

    coupon_number: CouponNumber
    serial: Serial | None
    standing: Standing
    where: str = ""  # for "redeemed" and "elsewhere": store/lane
    when: datetime | None = None


class Basket(Struct, frozen=True):
    """One revision of a transaction. `mode` "training" decides but never uses up anything."""

    key: TransactionKey
    revision: int
    mode: Literal["live", "training"]
    currency: str
    lines: tuple[Line, ...]
    presented: tuple[Presented, ...] = ()


class Share(Struct, frozen=True):
    """A part of a discount, on one line, from one offer; with a coupon's serial where it had one."""

    line_id: str
    offer_id: OfferId
    amount_minor: int
    serial: Serial | None = None


class Earned(Struct, frozen=True):
    """A part of the points that an offer gives, on one line: it goes back when the line does."""

    line_id: str
    offer_id: OfferId
    points: int
    serial: Serial | None = None


class LeftOut(Struct, frozen=True):
    """A line that the decision did not look at, and why: it gets no discount and counts for none."""

    line_id: str
    why: Literal["unknown_product", "quantity", "amount", "currency"]


Products = dict[Gtin, Product]
