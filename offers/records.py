"""What a lane writes down: one value per thing that happened, in the journal and on the wire.

A record names a shopper by a random reference only; the key behind it travels beside the record,
never inside, so that an erasure leaves the records and their hashes whole.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, NewType

from msgspec import Meta, Raw, Struct

from offers.basket import Earned, Share, TransactionKey
from offers.model import (
    CampaignId,
    CouponNumber,
    Gtin,
    Language,
    OfferId,
    Serial,
    ShopperKey,
    ShopperRef,
)

Incarnation = NewType("Incarnation", str)  # 16 hex digits, new with every new journal
Uid = NewType("Uid", str)  # the lane's own name of a transaction: 32 hex digits
Seq = Annotated[int, Meta(ge=0, le=2**63 - 1)]
JobId = NewType("JobId", str)  # the name of a print job: 32 hex digits


class ClaimId(Struct, frozen=True, order=True):
    """One attempt to use one serial: the sequence number of its CLAIMING row, per incarnation."""

    epoch: Incarnation
    attempt: int


class Claiming(Struct, frozen=True, tag="claiming"):
    """About to ask the arbiter for a serial. The row's own sequence number is the attempt."""

    uid: Uid
    serial: Serial
    coupon_number: CouponNumber
    offer_id: OfferId
    value_minor: int  # the most that this coupon can be worth on this basket
    shopper: ShopperRef | None = None


class ClaimGranted(Struct, frozen=True, tag="claim_granted"):
    """The arbiter gave the serial to this attempt."""

    claim: ClaimId
    serial: Serial


class ClaimDenied(Struct, frozen=True, tag="claim_denied"):
    """The arbiter refused, once and for ever for this attempt."""

    claim: ClaimId
    serial: Serial
    where: str
    when: datetime | None


class ClaimReleased(Struct, frozen=True, tag="claim_released"):
    """The right is given back, or was never used: HQ tombstones the claim."""

    claim: ClaimId
    serial: Serial
    why: Literal["timeout", "crash", "void", "removed", "not_given", "suspended", "returned"]


class ClaimProvisional(Struct, frozen=True, tag="claim_provisional"):
    """Accepted without an answer, within the risk caps: HQ flags it if another holds the serial."""

    claim: ClaimId
    serial: Serial
    value_minor: int


class Redemption(Struct, frozen=True):
    """The final use of one offer in one sale. `shares` sum to `amount_minor`, `earned` to `points`."""

    offer_id: OfferId
    version: int
    campaign_id: CampaignId
    amount_minor: int
    shares: tuple[Share, ...]
    category: str = ""
    serial: Serial | None = None
    claim: ClaimId | None = None
    provisional: bool = False
    points: int = 0
    earned: tuple[Earned, ...] = ()


class Sold(Struct, frozen=True):
    """Units of a product that left the shelf; negative where they came back."""

    gtin: Gtin
    quantity: int


class SoldLine(Struct, frozen=True):
    """One line of a sale as the till charged it, before discounts: another lane may take it back."""

    line_id: str
    gtin: Gtin
    quantity: int
    amount_minor: int


class Tendered(Struct, frozen=True, tag="tendered"):
    """A sale is final. `decision_sha256` names the kept evidence of its decision."""

    uid: Uid
    key: TransactionKey
    revision: int
    mode: Literal["live", "training"]
    shopper: ShopperRef | None
    basket_minor: int
    discount_minor: int
    redemptions: tuple[Redemption, ...]
    not_given: tuple[OfferId, ...]  # decided, but the till did not give them (DECISION_LATE)
    sold: tuple[Sold, ...]
    decision_sha256: str
    lines: tuple[SoldLine, ...] = ()


class Voided(Struct, frozen=True, tag="voided"):
    """A transaction was given up before its tender, or undone right after it."""

    uid: Uid
    key: TransactionKey


class Reversal(Struct, frozen=True):
    """A redemption undone, whole or in part: the coupon lives again only when `whole`."""

    offer_id: OfferId
    amount_minor: int
    whole: bool
    serial: Serial | None = None
    claim: ClaimId | None = None
    points: int = 0


class Returned(Struct, frozen=True, tag="returned"):
    """Lines of a past sale came back, and what of its discounts came back with them.

    `asked` is what the till named, none for the whole sale: the same call again gets this answer.
    """

    uid: Uid
    of: TransactionKey
    lines: tuple[str, ...]
    refund_minor: int
    reversals: tuple[Reversal, ...]
    sold: tuple[Sold, ...]
    shopper: ShopperRef | None = None
    asked: tuple[str, ...] | None = None


class Issued(Struct, frozen=True, tag="issued"):
    """A coupon exists: created for a shopper, about to be printed. The row stands before any byte."""

    uid: Uid
    job: JobId
    offer_id: OfferId
    version: int
    campaign_id: CampaignId
    category: str
    coupon_number: CouponNumber
    serial: Serial | None
    valid_from: date
    valid_to: date
    shopper: ShopperRef | None
    instead_of: Serial | None = None  # printed again: the same right under a new serial


class Ghost(Struct, frozen=True, tag="ghost"):
    """What a holdout shopper would have been given."""

    uid: Uid
    offer_id: OfferId
    shopper: ShopperRef | None


class Printed(Struct, frozen=True, tag="printed"):
    """How a print job ended.

    `plan` is the rung it was printed on, why, and what was left out. A job that was printed again
    names the first: the same coupons under the same serials.
    """

    job: JobId
    result: Literal["printed", "accepted", "unconfirmed", "not_printed", "unknown"]
    detail: str = ""
    plan: str = ""
    again_of: JobId | None = None


class Settled(Struct, frozen=True, tag="settled"):
    """A dispute ended. Goodwill names its amount, and who pays for it.

    `path` is the choices that were taken in a version of a script, named by the SHA-256 of its
    content. `approver` is who allowed what `by` alone could not give. An escalated one has a `ticket`.
    A reissued one used `serial` up by `claim`, for good, and put `new_serial` in its place.
    """

    uid: Uid
    offer_id: OfferId
    reason: str  # the verdict's reason that was disputed
    outcome: Literal["explained", "goodwill", "reissued", "escalated"]
    amount_minor: int
    by: str  # the cashier's badge, as the till knows it
    note: str
    funder: str
    shopper: ShopperRef | None = None
    offer_version: int = 0
    script: str = ""
    script_version: int = 0
    script_sha256: str = ""
    path: tuple[str, ...] = ()
    role: str = ""
    approver: str = ""
    ticket: str = ""
    serial: Serial | None = None
    new_serial: Serial | None = None
    claim: ClaimId | None = None


class GaveBack(Struct, frozen=True, tag="gave_back"):
    """This incarnation gives so many of an offer's first N back, unused: another lane may have them."""

    offer_id: OfferId
    kind: Literal["redemptions", "issues"]
    count: Annotated[int, Meta(ge=1)]


class Rated(Struct, frozen=True, tag="rated"):
    """How clear an offer's wording is, as a cashier hears it from shoppers; 1 is not clear at all."""

    offer_id: OfferId
    version: int
    language: Language
    clarity: Annotated[int, Meta(ge=1, le=5)]
    note: str = ""
    by: str = ""


class Noted(Struct, frozen=True, tag="noted"):
    """Something that store IT or headquarters should know: a clock jump, a new incarnation."""

    code: str
    detail: str


Record = (
    Claiming
    | ClaimGranted
    | ClaimDenied
    | ClaimReleased
    | ClaimProvisional
    | Tendered
    | Voided
    | Returned
    | Issued
    | Ghost
    | Printed
    | Settled
    | GaveBack
    | Rated
    | Noted
)


class Row(Struct, frozen=True):
    """A journal row as it travels. `shopper_key` stands outside what `hash` covers.

    `hash` = SHA-256 over `prev`, `seq`, `kind`, `at` and `body`, each preceded by its length, as `docs/wire.md` says.
    """

    seq: Seq
    kind: str
    at: datetime
    body: Raw
    prev: str
    hash: str
    shopper_key: ShopperKey | None = None
