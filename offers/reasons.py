"""Why an offer ended as it did: the codes, and what a verdict is. Sentences: `offers.sentences`."""

from __future__ import annotations

from enum import Enum
from typing import Literal

from msgspec import Struct

from offers.model import OfferId, Serial


class Reason(Enum):
    """One code for each outcome an offer can have; `docs/reasons.md` says each in words."""

    APPLIED = "APPLIED"
    NEAR_MISS_QTY = "NEAR_MISS_QTY"
    NEAR_MISS_VALUE = "NEAR_MISS_VALUE"
    NO_QUALIFYING_ITEM = "NO_QUALIFYING_ITEM"
    EXCLUDED_VARIANT = "EXCLUDED_VARIANT"
    CONSUMED_BY_OTHER_OFFER = "CONSUMED_BY_OTHER_OFFER"
    NOT_COMBINABLE = "NOT_COMBINABLE"
    BETTER_OFFER_CHOSEN = "BETTER_OFFER_CHOSEN"
    MASS_PROMO_CLASH = "MASS_PROMO_CLASH"
    NOT_STARTED = "NOT_STARTED"
    EXPIRED = "EXPIRED"
    WRONG_STORE = "WRONG_STORE"
    WRONG_DAYPART = "WRONG_DAYPART"
    NOT_ASSIGNED = "NOT_ASSIGNED"
    OTHER_SHOPPER = "OTHER_SHOPPER"
    CARD_NOT_SCANNED = "CARD_NOT_SCANNED"
    COUPON_NOT_PRESENTED = "COUPON_NOT_PRESENTED"
    ID_TOO_WEAK = "ID_TOO_WEAK"
    ALREADY_REDEEMED = "ALREADY_REDEEMED"
    CLAIMED_ELSEWHERE = "CLAIMED_ELSEWHERE"
    SERIAL_UNKNOWN = "SERIAL_UNKNOWN"
    SERIAL_FORGED = "SERIAL_FORGED"
    CAP_PERSON = "CAP_PERSON"
    CAP_CATEGORY = "CAP_CATEGORY"
    QUIET_TIME = "QUIET_TIME"
    RIVAL_BRAND = "RIVAL_BRAND"
    CONTACT_CAP = "CONTACT_CAP"
    BUDGET_EXHAUSTED = "BUDGET_EXHAUSTED"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    RECALLED = "RECALLED"
    LOW_MOVER = "LOW_MOVER"
    NO_PAPER_NEEDED = "NO_PAPER_NEEDED"
    PICTURE_STALE = "PICTURE_STALE"
    NOT_APPROVED = "NOT_APPROVED"
    HOLDOUT = "HOLDOUT"
    LEGAL_INFANT_FORMULA = "LEGAL_INFANT_FORMULA"
    LEGAL_ALCOHOL = "LEGAL_ALCOHOL"
    LEGAL_TOBACCO = "LEGAL_TOBACCO"
    LEGAL_HFSS_VOLUME = "LEGAL_HFSS_VOLUME"
    LEGAL_PRINT_ON_REQUEST = "LEGAL_PRINT_ON_REQUEST"
    OFFLINE_LIMIT = "OFFLINE_LIMIT"
    STALE_DATA = "STALE_DATA"
    OFFER_INVALID = "OFFER_INVALID"
    DECISION_LATE = "DECISION_LATE"
    PRINTER_DOWN = "PRINTER_DOWN"
    PRINT_UNKNOWN = "PRINT_UNKNOWN"
    RETURNED_LINE = "RETURNED_LINE"
    OVERRIDDEN = "OVERRIDDEN"
    GOODWILL = "GOODWILL"


Outcome = Literal["applied", "near_miss", "not_applied", "printed", "withheld"]
Evidence = dict[str, str | int]  # keys sorted; money in minor units under names that end in _minor


class Finding(Struct, frozen=True, gc=False):
    """A reason with the facts that prove it. Dates are ISO text; lists are joined with ", "."""

    reason: Reason
    evidence: Evidence = {}


class Verdict(Struct, frozen=True, gc=False):
    """The outcome for one offer on one basket, or on one slip.

    It holds no other containers than flat evidence, so the garbage collector need not visit it:
    five hundred of them per decision would otherwise set it off in the middle of a beep.
    """

    offer_id: OfferId
    version: int
    outcome: Outcome
    reason: Reason
    evidence: Evidence = {}
    serial: Serial | None = None
    discount_minor: int = 0
    points: int = 0


def found(reason: Reason, **facts: str | int) -> Finding:
    """Make a finding whose evidence has its keys sorted, so that its bytes are always the same."""
    return Finding(reason, facts if len(facts) < 2 else dict(sorted(facts.items())))
