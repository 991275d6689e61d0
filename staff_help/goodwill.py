"""A small gift that settles a dispute at the lane, within limits, written down.

Pure rules: facts in, a record to write or a refusal out. A repeat of a settled case gives the
record that stands, so that a call which is sent twice gives once.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from offers.model import (
    AmountOff,
    BasketAmountOff,
    Language,
    Offer,
    OfferId,
    ShopperRef,
    Value,
)
from offers.reasons import Reason, Verdict
from offers.records import Settled, Uid
from offers.speech import speech
from staff_help.words import ENGLISH, REFUSALS, spoken

# a gift would break the law, sell what must not be sold, or pay a forger; or it is settled
NEVER = frozenset(
    {
        Reason.HOLDOUT,
        Reason.RECALLED,
        Reason.SERIAL_FORGED,
        Reason.LEGAL_INFANT_FORMULA,
        Reason.LEGAL_ALCOHOL,
        Reason.LEGAL_TOBACCO,
        Reason.LEGAL_HFSS_VOLUME,
        Reason.LEGAL_PRINT_ON_REQUEST,
        Reason.RETURNED_LINE,
        Reason.OVERRIDDEN,
        Reason.GOODWILL,
    }
)

Limit = Annotated[int, Meta(ge=0, le=100_000)]
Outcome = Literal["explained", "goodwill", "reissued", "escalated"]


class GoodwillRules(Value, frozen=True):
    """How much may be given: in one case, at this lane in one shift, to one shopper in 28 days."""

    case_max_minor: Limit = 5_00
    shift_max_minor: Limit = 50_00
    shopper_max_minor: Limit = 20_00
    usual_minor: Limit = 1_00  # proposed where the offer itself names no amount
    funder: str = "store"


class Told(Struct, frozen=True):
    """By which script a dispute was led, and where it went. Nothing of it: by hand."""

    script: str = ""
    version: int = 0
    sha256: str = ""
    path: tuple[str, ...] = ()
    role: str = ""


NOT_TOLD = Told()


class Wish(Struct, frozen=True):
    """What the cashier asks for."""

    uid: Uid
    offer_id: OfferId
    amount_minor: int
    by: str
    note: str
    told: Told = NOT_TOLD
    approver: str = ""


class Case(Struct, frozen=True):
    """The facts of a dispute: the sale's verdict, what was settled before, and what was given.

    `left_minor` is what the sale still costs after all discounts and gifts; None: nobody knows.
    """

    verdict: Verdict | None
    currency: str
    settled: tuple[Settled, ...] = ()  # of this transaction
    given_in_shift_minor: int = 0
    given_to_shopper_minor: int = 0
    left_minor: int | None = None
    training: bool = False
    shopper: ShopperRef | None = None


class Refusal(Struct, frozen=True):
    """Why a gift is not given; `code` names its sentence in `REFUSALS`."""

    code: str
    what: str
    do: str


def is_disputable(verdict: Verdict) -> bool:
    """Tell whether a verdict may be settled as goodwill."""
    refused = verdict.outcome in ("not_applied", "near_miss")
    return refused and verdict.reason not in NEVER


def proposal_minor(offer: Offer | None, rules: GoodwillRules) -> int:
    """Propose an amount: what the offer promised where it names one, never above the limit."""
    usual = rules.usual_minor
    if offer is not None and isinstance(offer.reward, AmountOff | BasketAmountOff):
        usual = offer.reward.amount_minor
    return min(usual, rules.case_max_minor)


def settle(
    wish: Wish, case: Case, rules: GoodwillRules, language: Language = ENGLISH
) -> Settled | Refusal:
    """Decide a wish for goodwill.

    Returns:
        The record to write; or the one of `case.settled` that stands, where this is a repeat
        (do not write it again); or the refusal.
    """
    standing = gift_standing(wish, case)
    if standing is not None:
        same = (standing.amount_minor, standing.by) == (wish.amount_minor, wish.by)
        return standing if same else refuse("already_settled", language)
    code = objection(wish, case, rules)
    if code is not None:
        return refuse(code, language, most=speech(language, case.currency).money(most(case, rules)))
    return record(wish, case, "goodwill", rules.funder)


def record(wish: Wish, case: Case, outcome: Outcome, funder: str = "") -> Settled:
    """Make the record of a dispute that ends so; only goodwill has an amount."""
    verdict, told = case.verdict, wish.told
    return Settled(
        uid=wish.uid,
        offer_id=wish.offer_id,
        reason=verdict.reason.value if verdict is not None else "",
        outcome=outcome,
        amount_minor=wish.amount_minor if outcome == "goodwill" else 0,
        by=wish.by,
        note=wish.note,
        funder=funder,
        shopper=case.shopper,
        offer_version=verdict.version if verdict is not None else 0,
        script=told.script,
        script_version=told.version,
        script_sha256=told.sha256,
        path=told.path,
        role=told.role,
        approver=wish.approver,
    )


def most(case: Case, rules: GoodwillRules) -> int:
    """Give the most that may be given now, in minor units."""
    left = [
        rules.case_max_minor,
        rules.shift_max_minor - case.given_in_shift_minor,
        rules.shopper_max_minor - case.given_to_shopper_minor,
    ]
    if case.left_minor is not None:
        left.append(case.left_minor)
    return max(0, min(left))


def gift_standing(wish: Wish, case: Case) -> Settled | None:
    """Give the goodwill that this offer of this transaction already got, or None."""
    gifts = (one for one in case.settled if one.outcome == "goodwill")
    return next((one for one in gifts if one.offer_id == wish.offer_id), None)


def objection(wish: Wish, case: Case, rules: GoodwillRules) -> str | None:
    """Name what stands against a new gift, or None."""
    shift = case.given_in_shift_minor + wish.amount_minor
    shopper = case.given_to_shopper_minor + wish.amount_minor
    checks = (  # in the order in which a cashier can do something about it
        ("training", case.training),
        ("no_such_offer", case.verdict is None),
        ("not_disputable", case.verdict is not None and not is_disputable(case.verdict)),
        ("over_case_limit", wish.amount_minor > rules.case_max_minor),
        ("over_shift_limit", shift > rules.shift_max_minor),
        ("over_shopper_limit", shopper > rules.shopper_max_minor),
        ("over_basket", case.left_minor is not None and wish.amount_minor > case.left_minor),
    )
    return next((code for code, stands in checks if stands), None)


def refuse(code: str, language: Language, **facts: str) -> Refusal:
    """Say a refusal in the language, English where it has no words."""
    what, do = REFUSALS[spoken(language)][code]
    return Refusal(code, what.format(**facts), do.format(**facts))
