"""The till's contract: what it sends and what it gets, as JSON. `docs/units.md` says the units.

Every call may be repeated, come late or out of order: the revision decides. Amounts are whole minor
units. A GTIN may be sent with 8 to 14 digits. Unknown fields are refused, so that a typing error in
an adapter is seen on its first day.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from offers.model import OfferId
from offers.reasons import Evidence, Outcome, Reason

Text = Annotated[str, Meta(min_length=1, max_length=64)]
Scan = Annotated[str, Meta(min_length=1, max_length=256)]
# What was scanned, whether it is a GTIN or not. "(?!\n)": a "$" alone lets a line break pass behind
# the last character (Python's re).
GtinIn = Annotated[str, Meta(pattern=r"^[!-~]{1,64}$(?!\n)")]
Amount = Annotated[int, Meta(ge=0, le=100_000_000)]
# A line may hold nonsense: it is then left out of the decision by `offers.shelf`, and the rest of the
# basket gets its offers. 53 bits are what every JSON reader holds exactly.
AsCharged = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Revision = Annotated[int, Meta(ge=1, le=2**31)]


class TillMessage(Struct, frozen=True, forbid_unknown_fields=True):
    """The base of what a till sends."""


class IdentityIn(TillMessage, frozen=True):
    """Who the shopper is, as typed or scanned at the till. A phone number is a weak identity."""

    kind: Literal["card", "phone", "app"]
    value: Scan


class LineIn(TillMessage, frozen=True):
    """One line of the basket; `amount_minor` is what the till charges for it before our discounts.

    A line whose article nobody knows, or whose quantity or amount makes no sense (a deposit taken
    back, say), gets no discount and counts for none; the answer names it in `left_out`.
    """

    line_id: Text
    gtin: GtinIn
    quantity: AsCharged
    amount_minor: AsCharged
    weight_g: AsCharged | None = None
    offered: bool = True
    mass_promotion: Text | None = None


class BasketIn(TillMessage, frozen=True):
    """PUT /v1/transactions/{id}: the whole basket, each time."""

    till: Text
    number: Text
    business_date: date
    revision: Revision
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
    lines: Annotated[tuple[LineIn, ...], Meta(max_length=500)]
    identities: Annotated[tuple[IdentityIn, ...], Meta(max_length=8)] = ()
    coupons: Annotated[tuple[Scan, ...], Meta(max_length=32)] = ()  # codes as scanned at the till
    mode: Literal["live", "training"] = "live"
    suspended: bool = False


class ShareOut(Struct, frozen=True):
    """A discount on one line, from one offer."""

    line_id: str
    offer_id: OfferId
    amount_minor: int
    serial: str | None = None


class VerdictOut(Struct, frozen=True, gc=False):
    """The outcome for one offer, with the sentence that a cashier can say."""

    offer_id: OfferId
    title: str
    outcome: Outcome
    reason: Reason
    sentence: str
    evidence: Evidence
    discount_minor: int = 0
    serial: str | None = None
    provisional: bool = False
    points: int = 0


class LeftOutOut(Struct, frozen=True):
    """A line that the decision did not look at, and why: as a word, and as a cashier can say it."""

    line_id: str
    why: Literal["unknown_product", "quantity", "amount", "currency"]
    sentence: str = ""


class GiftOut(Struct, frozen=True):
    """Goodwill that settled a dispute of this sale: take it off as a line of its own."""

    offer_id: OfferId
    title: str
    amount_minor: int
    funder: str


class DecisionOut(Struct, frozen=True):
    """The answer to a basket: honour `discounts` at the tender, show `cues` to the cashier.

    `gifts` are all of the sale's so far, also where the answer to a revision is repeated.
    """

    transaction: str
    revision: int
    discounts: tuple[ShareOut, ...]
    total_discount_minor: int
    verdicts: tuple[VerdictOut, ...]
    cues: tuple[str, ...]
    shopper: bool  # a known shopper is in hand
    generation: str
    trusted_clock: bool
    left_out: tuple[LeftOutOut, ...] = ()
    points: int = 0  # loyalty points that the tender brings, credited by headquarters
    gifts: tuple[GiftOut, ...] = ()


class GivenIn(TillMessage, frozen=True):
    """A discount that the till gave, by line and offer."""

    line_id: Text
    offer_id: Text
    amount_minor: Amount


class TenderIn(TillMessage, frozen=True):
    """POST /v1/transactions/{id}/tender: the sale is paid; `given` is what the till really gave.

    `paper_asked`: the shopper asked for coupons, where the law lets none be printed unasked.
    """

    revision: Revision
    given: Annotated[tuple[GivenIn, ...], Meta(max_length=2000)]
    paper_asked: bool = False


class TenderOut(Struct, frozen=True):
    """What became final, and what is being printed for the next visit."""

    transaction: str
    redeemed: tuple[OfferId, ...]
    released: tuple[OfferId, ...]
    printing: tuple[OfferId, ...]
    verdicts: tuple[VerdictOut, ...]
    points: int = 0


class ReturnIn(TillMessage, frozen=True):
    """POST /v1/returns: lines of a past sale come back. No lines named: all of it.

    `store` is where it was sold; none named: this store.
    """

    till: Text
    number: Text
    business_date: date
    lines: Annotated[tuple[Text, ...], Meta(max_length=500)] = ()
    store: Annotated[str, Meta(max_length=64)] = ""


class ReversalOut(Struct, frozen=True):
    """A discount taken back with the goods; the coupon lives again where `whole`."""

    offer_id: OfferId
    amount_minor: int
    whole: bool
    points: int = 0


class ReturnOut(Struct, frozen=True):
    """What to refund: the lines' amounts less the discounts that they carried."""

    refund_minor: int
    reversals: tuple[ReversalOut, ...]


class DoneOut(Struct, frozen=True):
    """A void or a suspend took effect."""

    transaction: str
    state: Literal["voided", "suspended"]


class GoodwillIn(TillMessage, frozen=True):
    """POST /v1/disputes: settle a refused offer of a transaction as goodwill."""

    transaction: Text
    offer_id: Text
    amount_minor: Annotated[int, Meta(ge=1, le=100_000)]
    by: Text
    note: Annotated[str, Meta(min_length=1, max_length=200)]


class GoodwillOut(Struct, frozen=True):
    """The gift, as a line that the till takes off."""

    transaction: str
    offer_id: OfferId
    amount_minor: int
    funder: str


class Problem(Struct, frozen=True):
    """Every refusal: what happened, and what to do."""

    code: str
    what: str
    do: str
