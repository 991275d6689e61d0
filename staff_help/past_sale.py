"""A sale of the past as the page shows it: what was decided then, and whether that still holds."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from offers.model import OfferId
from offers.records import Uid
from staff_help.lane_state import Kind, SaleState

Replay = Literal["same", "differs", "unknown"]


class PastLine(Struct, frozen=True):
    """A line of the basket; `discount` is "" where there was none."""

    name: str
    quantity: str
    amount: str
    discount: str


class PastVerdict(Struct, frozen=True):
    """One offer of that sale: the sentence, each fact that proves it, and the script it leads to."""

    offer_id: OfferId
    title: str
    kind: Kind
    sentence: str
    discount: str = ""
    evidence: tuple[tuple[str, str], ...] = ()
    script: str = ""


class PastSale(Struct, frozen=True):
    """The answer to a look back. `notes` are sentences; `faults` are for store IT, in English.

    `transaction` is the till's name of it while it can be disputed at this lane, else "".
    """

    uid: Uid
    till: str
    number: str
    day: str
    state: SaleState
    replay: Replay
    notes: tuple[str, ...]
    faults: tuple[str, ...]
    shopper: str
    total: str
    lines: tuple[PastLine, ...]
    verdicts: tuple[PastVerdict, ...]
    next_visit: tuple[PastVerdict, ...]
    transaction: str = ""
