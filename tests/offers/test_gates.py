"""Each gate closes for its own reason, with its evidence, and the first one counts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from offers.basket import Presented
from offers.context import Candidate, StoreFacts
from offers.decide import decide
from offers.law import in_place
from offers.model import (
    CheapestFree,
    Daypart,
)
from offers.reasons import Reason

NUMBER = "9812345678907"
SERIAL = "000420071234"


def only_verdict(make, candidate, lines=None, **facts):
    """Decide a basket of one yogurt for one candidate."""
    lines = lines or [make.line("A", "1", 300)]
    decision = decide(make.context([candidate], lines, **facts))
    assert len(decision.verdicts) == 1
    return decision.verdicts[0]


def coupon(make, standing="granted", **fields):
    fields = {"where": "", "when": None, **fields}
    presented = Presented(NUMBER, SERIAL, standing, **fields)
    return Candidate(make.offer(use="coupon"), None, presented)


def test_a_granted_coupon_applies_with_its_serial(make):
    """Serial and amount are in the verdict and in the share."""
    decision = decide(make.context([coupon(make)], [make.line("A", "1", 300)]))
    assert decision.verdicts[0].reason is Reason.APPLIED
    assert decision.verdicts[0].serial == SERIAL
    assert decision.verdicts[0].evidence == {"amount_minor": 60, "units": 1, "uses": 1}
    assert [(it.amount_minor, it.serial) for it in decision.shares] == [(60, SERIAL)]


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        ("forged", Reason.SERIAL_FORGED),
        ("unknown", Reason.SERIAL_UNKNOWN),
        ("redeemed", Reason.ALREADY_REDEEMED),
        ("elsewhere", Reason.CLAIMED_ELSEWHERE),
        ("offline_limit", Reason.OFFLINE_LIMIT),
        ("unanswered", Reason.DECISION_LATE),
        ("mass", Reason.APPLIED),
        ("provisional", Reason.APPLIED),
    ],
)
def test_a_coupons_standing_decides(make, standing, reason):
    """Only what may be used is used; every other standing has its reason."""
    verdict = only_verdict(make, coupon(make, standing))
    assert verdict.reason is reason
    assert verdict.serial == SERIAL


def test_a_used_coupon_says_where_and_when(make):
    """Place and time of the first use are the evidence."""
    when = datetime(2026, 11, 19, 18, 5, tzinfo=UTC)
    verdict = only_verdict(make, coupon(make, "redeemed", where="S2/L1", when=when))
    assert verdict.evidence == {"when": "2026-11-19T18:05:00+00:00", "where": "S2/L1"}


def test_a_coupon_that_is_not_in_hand_does_not_apply(make):
    """An assigned coupon offer waits for its coupon."""
    candidate = make.candidate(make.offer(use="coupon"))
    assert only_verdict(make, candidate).reason is Reason.COUPON_NOT_PRESENTED


def test_a_holdout_gets_nothing_and_hears_nothing_else(make):
    """The arm closes before any other gate."""
    candidate = make.candidate(make.offer(approval=None), arm="holdout")
    assert only_verdict(make, candidate).reason is Reason.HOLDOUT


@pytest.mark.parametrize(
    ("fields", "facts", "reason"),
    [
        ({"approval": None}, {}, Reason.NOT_APPROVED),
        ({"stores": ("S2", "S3")}, {}, Reason.WRONG_STORE),
        ({"stores": ("S1",)}, {}, Reason.APPLIED),
        ({}, {"killed": frozenset({"O1"})}, Reason.RECALLED),
        ({}, {"recalled": frozenset({"1"})}, Reason.RECALLED),
        ({"gtins": ("1", "2")}, {"recalled": frozenset({"2"})}, Reason.APPLIED),
        ({}, {"shopper_known": False}, Reason.CARD_NOT_SCANNED),
        ({}, {"identity_strong": False}, Reason.ID_TOO_WEAK),
        ({"dayparts": (Daypart(from_minute=720),)}, {}, Reason.APPLIED),
        ({"dayparts": (Daypart(to_minute=720),)}, {}, Reason.WRONG_DAYPART),
        ({"dayparts": (Daypart(weekdays=(0,)), Daypart())}, {}, Reason.APPLIED),
    ],
)
def test_gates_of_a_card_offer(make, fields, facts, reason):
    """Approval, store, recall, card, identity and daypart each decide."""
    assert only_verdict(make, make.offer(**fields), **facts).reason is reason


def test_a_card_offer_needs_its_assignment(make):
    """A card offer that came without one is not this shopper's."""
    assert only_verdict(make, Candidate(make.offer())).reason is Reason.NOT_ASSIGNED


@pytest.mark.parametrize(
    ("starts", "ends", "reason", "evidence"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), Reason.APPLIED, None),
        (date(2026, 11, 21), date(2026, 11, 30), Reason.NOT_STARTED, {"starts": "2026-11-21"}),
        (date(2026, 11, 1), date(2026, 11, 19), Reason.EXPIRED, {"ended": "2026-11-19"}),
    ],
)
def test_the_last_day_is_inclusive(make, starts, ends, reason, evidence):
    """Dates of the offer and of the assignment both count; the first and last day hold."""
    by_offer = only_verdict(make, make.offer(starts=starts, ends=ends))
    by_assignment = only_verdict(make, make.candidate(make.offer(), starts=starts, ends=ends))
    for verdict in (by_offer, by_assignment):
        assert verdict.reason is reason
        assert evidence is None or verdict.evidence == evidence


def test_an_untrusted_clock_keeps_promises(make):
    """What a shopper holds is honoured even if nobody is sure of the day."""
    doubt = msgspec.structs.replace(make.noon, trusted=False)
    assert only_verdict(make, coupon(make), moment=doubt).reason is Reason.APPLIED


@pytest.mark.parametrize(
    ("flag", "jurisdiction", "reason"),
    [
        ("infant_formula", "FR", Reason.LEGAL_INFANT_FORMULA),
        ("tobacco", "", Reason.LEGAL_TOBACCO),
        ("alcohol", "IE", Reason.LEGAL_ALCOHOL),
        ("alcohol", "GB-SCT", Reason.LEGAL_ALCOHOL),
        ("alcohol", "", Reason.LEGAL_ALCOHOL),
        ("alcohol", "DE", Reason.APPLIED),
        ("hfss", "GB-ENG", Reason.LEGAL_HFSS_VOLUME),
        ("hfss", "GB-NIR", Reason.APPLIED),
    ],
)
def test_law_keeps_flagged_lines_out(make, flag, jurisdiction, reason):
    """A line that the law of the place bars does not count, and that is said."""
    offer = make.offer(reward=CheapestFree())
    products = {"1": make.product("1", flags=(flag,))}
    store = StoreFacts("S1", jurisdiction=jurisdiction)
    assert only_verdict(make, offer, products=products, store=store).reason is reason


def test_a_place_lies_in_a_wider_one():
    """A ban of GB holds in GB-ENG; one of GB-SCT does not; nor does IE match IEX."""
    assert in_place("GB-ENG", ("GB",))
    assert not in_place("GB-ENG", ("GB-SCT", ""))
    assert not in_place("IEX", ("IE",))


def test_a_recalled_product_never_counts(make):
    """The recalled unit does not fill a two-for offer; alone it is the reason."""
    offer = make.offer(gtins=("1", "2"), min_quantity=2)
    lines = [make.line("A", "1", 300), make.line("B", "2", 300)]
    verdict = only_verdict(make, offer, lines, recalled=frozenset({"2"}))
    assert (verdict.reason, verdict.evidence["missing"]) == (Reason.NEAR_MISS_QTY, 1)
    verdict = only_verdict(make, offer, lines[1:], recalled=frozenset({"2"}))
    assert (verdict.reason, verdict.evidence["gtin"]) == (Reason.RECALLED, "2")


def test_a_line_in_a_mass_promotion_does_not_count(make):
    """Where it is all there is, that is the reason; its spend still fills the basket minimum."""
    reduced = make.line("A", "1", 300, mass_promotion="WEEK47")
    assert only_verdict(make, make.offer(), [reduced]).reason is Reason.MASS_PROMO_CLASH
    offer = make.offer(gtins=("2",), basket_min_minor=400)
    verdict = only_verdict(make, offer, [reduced, make.line("B", "2", 100)])
    assert verdict.reason is Reason.APPLIED


@pytest.mark.parametrize("how", ["not offered", "deposit", "no units", "negative"])
def test_a_line_that_no_discount_may_touch_does_not_count(make, how):
    """Gift cards, deposits, and lines that take something back have no units."""
    fields = {
        "not offered": {"offered": False, "mass_promotion": "X"},
        "deposit": {},
        "no units": {"quantity": 0},
        "negative": {},
    }[how]
    products = {"1": make.product("1", flags=("deposit",) if how == "deposit" else ())}
    line = make.line("A", "1", -300 if how == "negative" else 300, **fields)
    verdict = only_verdict(make, make.offer(), [line], products=products)
    assert verdict.reason is Reason.NO_QUALIFYING_ITEM
