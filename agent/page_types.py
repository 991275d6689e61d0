"""What the cashier's page asks of the lane beside disputes, and what it is told, as JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from agent.till_types import Text, TillMessage
from offers.model import OfferId

Uid = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]


class PaperAskedIn(TillMessage, frozen=True):
    """POST /v1/paper: the shopper of a sale asks for coupons, where none are printed unasked."""

    transaction: Text


class PaperAskedOut(Struct, frozen=True):
    """Noted for the tender, printing now, or nothing there to print."""

    transaction: str
    state: Literal["noted", "printing", "nothing"]


class ReprintIn(TillMessage, frozen=True):
    """POST /v1/prints: print a sale's coupons once more, under the same serials."""

    uid: Uid


class ReprintOut(Struct, frozen=True):
    """The offers whose coupons are on their way to the printer again."""

    uid: str
    printing: tuple[OfferId, ...]


class WordingIn(TillMessage, frozen=True):
    """POST /v1/wordings: how clear an offer's wording is, 1 to 5, and what is not."""

    offer_id: Text
    clarity: Annotated[int, Meta(ge=1, le=5)]
    note: Annotated[str, Meta(max_length=200)] = ""
    by: Annotated[str, Meta(max_length=64)] = ""


class WordingOut(Struct, frozen=True):
    """It is written down, and goes to headquarters."""

    offer_id: OfferId


class NextScanOut(Struct, frozen=True):
    """POST /v1/scans: within so many seconds the next coupon scanned is for looking back."""

    seconds: int


class ScannedOut(Struct, frozen=True):
    """The event "scan": the coupon that was scanned for looking back."""

    code: str
