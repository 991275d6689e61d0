"""The contract of disputes and of who is signed in, as JSON: the cashier's page makes these calls.

The rules of `agent.till_types` hold here too: whole minor units, unknown fields refused.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from agent.till_types import Text, TillMessage
from offers.catalogue import Script as Complaint
from offers.model import OfferId
from offers.reasons import Evidence, Reason
from staff_help.roles import Proof, Role
from staff_help.script import Ending, StepName

Path = Annotated[tuple[StepName, ...], Meta(max_length=32)]
SerialIn = Annotated[str, Meta(pattern=r"^([0-9]{12})?$(?!\n)")]
Pin = Annotated[str, Meta(min_length=1, max_length=64)]
Note = Annotated[str, Meta(max_length=200)]


class DisputeIn(TillMessage, frozen=True):
    """POST /v1/disputes/step: open a dispute about an offer of a sale, or go on with it.

    Without a `script` it begins where the verdict's reason says. `path` are the choices so far.
    """

    transaction: Text
    offer_id: Text
    script: Complaint | None = None
    path: Path = ()


class ChoiceOut(Struct, frozen=True):
    """One button. `ends` is None where it leads on; `needs_pin`: beyond what who is here may give."""

    id: str
    label: str
    ends: Ending | None
    amount_minor: int = 0
    needs_pin: bool = False


class ComplaintOut(Struct, frozen=True):
    """A complaint that the cashier may choose instead: its script, and how a shopper says it."""

    script: Complaint
    title: str


class DisputeOut(Struct, frozen=True):
    """A step: the verdict's own sentence and evidence, what the cashier says next, and the choices.

    `others` are the complaints that a shopper of this offer may mean instead.
    """

    transaction: str
    offer_id: OfferId
    title: str
    reason: Reason
    sentence: str
    evidence: Evidence
    counts: str
    not_counts: str
    script: Complaint
    script_version: int
    complaint: str
    say: str
    choices: tuple[ChoiceOut, ...]
    path: tuple[str, ...] = ()
    others: tuple[ComplaintOut, ...] = ()


class ApprovalIn(TillMessage, frozen=True):
    """Who allows what is beyond the cashier's limits. A PIN is used and forgotten, never kept."""

    by: Text
    pin: Pin


class SettleIn(TillMessage, frozen=True):
    """POST /v1/disputes/settle: end a dispute by the last choice of `path`.

    `by` counts only where headquarters publishes no staff. `amount_minor` 0 is what was proposed.
    `serial` names the coupon that is printed again, where the lane does not know it.
    """

    transaction: Text
    offer_id: Text
    path: Annotated[tuple[StepName, ...], Meta(min_length=1, max_length=32)]
    script: Complaint | None = None
    by: Annotated[str, Meta(max_length=64)] = ""
    note: Note = ""
    amount_minor: Annotated[int, Meta(ge=0, le=100_000)] = 0
    serial: SerialIn = ""
    approval: ApprovalIn | None = None


class SettledOut(Struct, frozen=True):
    """How it ended. Goodwill: the till takes `amount_minor` off, `funder` pays. `say` is for the cashier."""

    transaction: str
    offer_id: OfferId
    outcome: Ending
    say: str
    amount_minor: int = 0
    funder: str = ""
    ticket: str = ""
    approver: str = ""
    printing: tuple[OfferId, ...] = ()


class PaperIn(TillMessage, frozen=True):
    """POST /v1/disputes/paper: print what counts for an offer and what does not; no coupon."""

    transaction: Text
    offer_id: Text


class PaperOut(Struct, frozen=True):
    """The paper is on its way to the printer."""

    transaction: str
    offer_id: OfferId
    printing: bool


class SignInIn(TillMessage, frozen=True):
    """POST /v1/staff/sign_in: by the badge's code as scanned, or by number and PIN."""

    badge: Annotated[str, Meta(max_length=256)] = ""
    id: Annotated[str, Meta(max_length=64)] = ""
    pin: Annotated[str, Meta(max_length=64)] = ""


class StaffOut(Struct, frozen=True):
    """Who is signed in. Nobody need be where headquarters publishes no staff (`published` false).

    `approvers` may allow more by their PIN; `idle_lock_s` without a word and nobody is signed in.
    """

    published: bool
    id: str = ""
    role: Role | None = None
    proof: Proof | None = None
    idle_lock_s: int = 0
    approvers: tuple[str, ...] = ()
