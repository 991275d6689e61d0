"""The one way to settle a dispute at the lane: a small gift, within limits, written down.

Pure rules: facts in, a record to write or a refusal out. A repeat of a settled case gives the
record that stands, so that a call which is sent twice gives once.
"""

from __future__ import annotations

from typing import Annotated

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


class GoodwillRules(Value, frozen=True):
    """How much a cashier may give: in one case, and at this lane in one shift."""

    case_max_minor: Limit = 5_00
    shift_max_minor: Limit = 50_00
    usual_minor: Limit = 1_00  # proposed where the offer itself names no amount
    funder: str = "store"


class Wish(Struct, frozen=True):
    """What the cashier asks for."""

    uid: Uid
    offer_id: OfferId
    amount_minor: int
    by: str
    note: str


class Case(Struct, frozen=True):
    """The facts of a dispute: the sale's verdict, what was settled before, and what was given."""

    verdict: Verdict | None
    currency: str
    settled: tuple[Settled, ...] = ()  # of this transaction
    given_in_shift_minor: int = 0
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
        left = max(0, rules.shift_max_minor - case.given_in_shift_minor)
        most = min(rules.case_max_minor, left)
        return refuse(code, language, most=speech(language, case.currency).money(most))
    assert case.verdict is not None
    return Settled(
        uid=wish.uid,
        offer_id=wish.offer_id,
        reason=case.verdict.reason.value,
        outcome="goodwill",
        amount_minor=wish.amount_minor,
        by=wish.by,
        note=wish.note,
        funder=rules.funder,
        shopper=case.shopper,
    )


def gift_standing(wish: Wish, case: Case) -> Settled | None:
    """Give the goodwill that this offer of this transaction already got, or None."""
    gifts = (one for one in case.settled if one.outcome == "goodwill")
    return next((one for one in gifts if one.offer_id == wish.offer_id), None)


def objection(wish: Wish, case: Case, rules: GoodwillRules) -> str | None:
    """Name what stands against a new gift, or None."""
    if case.training:
        return "training"
    if case.verdict is None:
        return "no_such_offer"
    if not is_disputable(case.verdict):
        return "not_disputable"
    if wish.amount_minor > rules.case_max_minor:
        return "over_case_limit"
    if case.given_in_shift_minor + wish.amount_minor > rules.shift_max_minor:
        return "over_shift_limit"
    return None


def refuse(code: str, language: Language, **facts: str) -> Refusal:
    """Say a refusal in the language, English where it has no words."""
    what, do = REFUSALS[spoken(language)][code]
    return Refusal(code, what.format(**facts), do.format(**facts))
