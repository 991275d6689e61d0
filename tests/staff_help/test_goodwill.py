"""Goodwill: what may be settled, how much, once, and who pays."""

import msgspec
import pytest
from hypothesis import given, strategies as st

from offers.model import AmountOff, Language, Offer, OfferId, PercentOff, ShopperRef
from offers.reasons import Reason, Verdict
from offers.records import Settled, Uid
from staff_help.goodwill import (
    NEVER,
    Case,
    GoodwillRules,
    Refusal,
    Wish,
    is_disputable,
    most,
    proposal_minor,
    settle,
)
from staff_help.words import REFUSALS

RULES = GoodwillRules(
    case_max_minor=500, shift_max_minor=2000, shopper_max_minor=1000, funder="store 7"
)
UID = Uid("a" * 32)
WISH = Wish(UID, OfferId("O1"), 150, "1204", "Shelf label was wrong")
REFUSED = Verdict(OfferId("O1"), 1, "not_applied", Reason.EXPIRED)


def case(**changes: object) -> Case:
    return msgspec.structs.replace(Case(REFUSED, "EUR"), **changes)


def wish(**changes: object) -> Wish:
    return msgspec.structs.replace(WISH, **changes)


def test_a_refused_offer_is_settled_as_it_was_asked():
    """The record tells who gave what, for which refusal, to whom, and who pays."""
    assert settle(WISH, case(shopper=ShopperRef("r1")), RULES) == Settled(
        uid=UID,
        offer_id=OfferId("O1"),
        reason="EXPIRED",
        outcome="goodwill",
        amount_minor=150,
        by="1204",
        note="Shelf label was wrong",
        funder="store 7",
        shopper=ShopperRef("r1"),
        offer_version=1,
    )


@pytest.mark.parametrize(
    ("changes", "asked", "code"),
    [
        ({"training": True}, 150, "training"),
        ({"verdict": None}, 150, "no_such_offer"),
        ({"verdict": Verdict(OfferId("O1"), 1, "applied", Reason.APPLIED)}, 1, "not_disputable"),
        ({}, 501, "over_case_limit"),
        ({"given_in_shift_minor": 1900}, 101, "over_shift_limit"),
        ({"given_to_shopper_minor": 900}, 101, "over_shopper_limit"),
        ({"left_minor": 100}, 101, "over_basket"),
    ],
)
def test_a_gift_is_refused_with_what_to_do(changes, asked, code):
    """Each limit has its own code, and says what happened and what to do."""
    found = settle(wish(amount_minor=asked), case(**changes), RULES)
    assert isinstance(found, Refusal)
    assert found.code == code
    assert found.what
    assert found.do


@pytest.mark.parametrize(("given", "asked"), [(0, 500), (1900, 100), (1999, 1)])
def test_the_limits_themselves_may_be_given(given, asked):
    """500 in one case and 2000 in a shift are within the limits, not over."""
    found = settle(wish(amount_minor=asked), case(given_in_shift_minor=given), RULES)
    assert isinstance(found, Settled)


def test_the_most_that_may_be_given_is_the_tightest_limit():
    """Of case, shift, shopper and what the sale still costs; never below nothing."""
    assert most(case(), RULES) == 500
    assert most(case(given_in_shift_minor=1600), RULES) == 400
    assert most(case(given_to_shopper_minor=700), RULES) == 300
    assert most(case(left_minor=200), RULES) == 200
    assert most(case(given_in_shift_minor=2500), RULES) == 0


def test_a_refusal_names_what_is_left():
    """With 19.00 of 20.00 given a cashier hears that 1.00 is left."""
    found = settle(wish(amount_minor=101), case(given_in_shift_minor=1900), RULES)
    assert isinstance(found, Refusal)
    assert found.do == "Give at most 1.00\u00a0€, or call a manager."


def test_a_call_that_is_sent_twice_gives_once():
    """The repeat gets the very record that stands, whatever was given in the shift since."""
    standing = settle(WISH, case(), RULES)
    assert isinstance(standing, Settled)
    again = settle(WISH, case(settled=(standing,), given_in_shift_minor=2000), RULES)
    assert again is standing


@pytest.mark.parametrize("changes", [{"amount_minor": 151}, {"by": "9"}])
def test_an_offer_is_settled_once(changes):
    """Another amount or another badge for the same offer is no repeat."""
    standing = settle(WISH, case(), RULES)
    assert isinstance(standing, Settled)
    found = settle(wish(**changes), case(settled=(standing,)), RULES)
    assert isinstance(found, Refusal)
    assert found.code == "already_settled"


def test_what_was_only_explained_may_still_be_given():
    """A dispute that ended in words does not stand against a gift."""
    told = msgspec.structs.replace(settle(WISH, case(), RULES), outcome="explained", amount_minor=0)
    assert isinstance(settle(WISH, case(settled=(told,)), RULES), Settled)


def test_a_gift_for_another_offer_does_not_stand_in_the_way():
    """Two refused offers of one sale may both be settled."""
    other = msgspec.structs.replace(settle(WISH, case(), RULES), offer_id=OfferId("O2"))
    assert isinstance(settle(WISH, case(settled=(other,)), RULES), Settled)


@pytest.mark.parametrize("reason", sorted(NEVER, key=lambda one: one.value))
def test_some_refusals_are_never_bought_off(reason):
    """What the law, a recall, a forgery or a holdout refused no cashier may give."""
    assert not is_disputable(Verdict(OfferId("O1"), 1, "not_applied", reason))


@pytest.mark.parametrize(
    ("outcome", "may"),
    [
        ("not_applied", True),
        ("near_miss", True),
        ("applied", False),
        ("printed", False),
        ("withheld", False),
    ],
)
def test_only_a_refusal_in_the_sale_is_disputable(outcome, may):
    """What applied needs no gift; what was not printed is no promise yet."""
    assert is_disputable(Verdict(OfferId("O1"), 1, outcome, Reason.EXPIRED)) is may


@pytest.mark.parametrize(
    ("reward", "proposed"),
    [(AmountOff(80), 80), (AmountOff(900), 500), (PercentOff(20), 100), (None, 100)],
)
def test_the_proposal_is_what_was_promised_within_the_limit(reward, proposed):
    """An amount is proposed as it stands on the coupon, a percentage as the usual gift."""
    offer = None if reward is None else stand_in(reward)
    assert proposal_minor(offer, RULES) == proposed


def stand_in(reward) -> Offer:
    text = {"en": "x"}
    return msgspec.convert(
        {
            "offer_id": "O1",
            "version": 1,
            "campaign_id": "C1",
            "objective": "value",
            "title": text,
            "products": {"title": text, "include": {}},
            "condition": {},
            "reward": msgspec.to_builtins(reward),
            "starts": "2026-01-01",
            "ends": "2026-12-31",
            "use": "coupon",
            "coupon_number": "4012345000009",
        },
        Offer,
    )


AMOUNTS = st.integers(1, 1000)


@given(st.lists(st.tuples(st.sampled_from("ABCD"), AMOUNTS), max_size=30))
def test_no_run_of_wishes_gives_more_than_the_shift(wishes):
    """Whatever is asked, in any order and repeated: never over a limit, never twice an offer."""
    settled: tuple[Settled, ...] = ()
    for name, amount in wishes:
        verdict = Verdict(OfferId(name), 1, "not_applied", Reason.EXPIRED)
        given_so_far = sum(one.amount_minor for one in settled)
        facts = case(verdict=verdict, settled=settled, given_in_shift_minor=given_so_far)
        found = settle(wish(offer_id=OfferId(name), amount_minor=amount), facts, RULES)
        if isinstance(found, Settled) and found not in settled:
            settled += (found,)
    assert sum(one.amount_minor for one in settled) <= 2000
    assert all(one.amount_minor <= 500 for one in settled)
    assert len({one.offer_id for one in settled}) == len(settled)


@pytest.mark.parametrize("language", sorted(REFUSALS))
def test_every_language_has_every_refusal(language):
    """A refusal is said in each language, with the amount where English has it."""
    english = REFUSALS[Language("en")]
    assert set(REFUSALS[language]) == set(english)
    for code, (what, do) in REFUSALS[language].items():
        assert what
        assert ("{most}" in do) == ("{most}" in english[code][1])


def test_a_refusal_is_said_in_the_cashiers_language():
    """German for a German lane, English where there are no words."""
    german = settle(WISH, case(training=True), RULES, Language("de"))
    other = settle(WISH, case(training=True), RULES, Language("fi"))
    assert isinstance(german, Refusal)
    assert isinstance(other, Refusal)
    assert german.what.startswith("Das ist ein Trainingsverkauf")
    assert other.what.startswith("This is a training sale")
