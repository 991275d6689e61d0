"""Everything the cashier's page shows, as one value: the page draws it whole, each time."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from offers.model import LaneId, Language, OfferId, ShopperKey
from offers.reasons import Outcome, Reason

Level = Literal["good", "watch", "bad", "off"]
Kind = Literal["refused", "near_miss", "applied", "other", "withheld", "not_given"]
PrintResult = Literal["printing", "printed", "accepted", "unconfirmed", "not_printed", "unknown"]
SaleState = Literal["open", "tendered", "voided", "suspended"]
Paper = Literal["", "ask", "asked"]  # where coupons are printed on request: may be asked, was asked


class Light(Struct, frozen=True):
    """One light: a level for its colour, and the words that say the same."""

    level: Level
    words: str


class OfferLine(Struct, frozen=True):
    """One offer of the transaction in hand. `goodwill_minor` is what the page proposes to give.

    `discount` is what it takes off, in words; "" where that is nothing. `evidence` has what each fact is
    called, and the fact. `script` is the complaint that its reason leads to.
    """

    offer_id: OfferId
    title: str
    kind: Kind
    outcome: Outcome
    reason: Reason
    sentence: str
    discount_minor: int = 0
    discount: str = ""
    evidence: tuple[tuple[str, str], ...] = ()
    presented: bool = False
    provisional: bool = False  # accepted while no arbiter could be reached
    disputable: bool = False
    script: str = ""
    goodwill_minor: int = 0


class Received(Struct, frozen=True):
    """An offer that the shopper has just got on paper, and what is known of the paper.

    `slip` names its picture (`GET /v1/slips/{slip}`); "" where the lane has it no more.
    """

    offer_id: OfferId
    title: str
    result: PrintResult
    words: str
    slip: str = ""


class PastDispute(Struct, frozen=True):
    """A dispute of this transaction that has ended."""

    offer_id: OfferId
    title: str
    outcome: Literal["explained", "goodwill", "reissued", "escalated"]
    amount_minor: int
    by: str
    note: str
    amount: str = ""


class Sale(Struct, frozen=True):
    """The transaction in hand. `transaction` is the id that the till uses in its calls.

    `uid` is the lane's own name of it. `left_out` says of each line that was not looked at why.
    """

    transaction: str
    till: str
    number: str
    revision: int
    state: SaleState
    currency: str
    uid: str = ""
    shopper: str | None = None  # from `short_name`; None while no shopper is known
    greeting: str = ""
    training: bool = False
    lines: tuple[OfferLine, ...] = ()
    total_discount_minor: int = 0
    total: str = ""
    left_out: tuple[str, ...] = ()
    paper: Paper = ""
    reprint: bool = False
    received: tuple[Received, ...] = ()
    received_words: str = ""  # said where a shopper got nothing on paper
    disputes: tuple[PastDispute, ...] = ()


class LaneState(Struct, frozen=True):
    """The whole page. `case_max_minor` is the most that one goodwill gift may be."""

    lane: LaneId
    language: Language
    printer: Light
    hq: Light
    cache: Light
    training: bool = False
    case_max_minor: int = 0
    notices: tuple[str, ...] = ()
    sale: Sale | None = None


def short_name(key: ShopperKey) -> str:
    """Name a shopper by six digits of the pseudonym: enough to tell two in a queue apart."""
    return key[:6]
