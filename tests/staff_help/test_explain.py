"""The page's lines: their order, who is told what, and the words beside the paper."""

from datetime import date

from hypothesis import given, strategies as st

from offers.catalogue import may_see, rank
from offers.model import (
    AmountOff,
    CampaignId,
    Condition,
    CouponNumber,
    Language,
    Offer,
    OfferId,
    ProductSet,
    Selector,
    Serial,
    ShopperKey,
)
from offers.reasons import Reason, Verdict
from staff_help.explain import SaleFacts, lines, near_misses, received, title
from staff_help.goodwill import GoodwillRules
from staff_help.lane_state import short_name

ENGLISH, GERMAN = Language("en"), Language("de")
RULES = GoodwillRules()


def offer(name: str, **titles: str) -> Offer:
    return Offer(
        offer_id=OfferId(name),
        version=1,
        campaign_id=CampaignId("C1"),
        objective="value",
        title={Language(code): text for code, text in titles.items()},
        products=ProductSet({ENGLISH: "anything"}, Selector()),
        condition=Condition(),
        reward=AmountOff(80),
        starts=date(2026, 1, 1),
        ends=date(2026, 12, 31),
        use="coupon",
        coupon_number=CouponNumber("4012345000009"),
    )


def verdict(name, outcome, reason, **named) -> Verdict:
    return Verdict(OfferId(name), 1, outcome, reason, **named)


def say(verdict: Verdict, offer: Offer | None, language: Language) -> str:
    known = "known" if offer else "unknown"
    return f"{language}:{verdict.reason.value}:{known}"


def shown(*verdicts: Verdict, facts: SaleFacts | None = None, offers=None, language=ENGLISH):
    return lines(verdicts, offers or {}, facts or SaleFacts(), RULES, language, say)


def test_a_refused_coupon_comes_first_and_the_unused_last():
    """A shopper asks about the coupon in the hand first: the order follows the questions."""
    found = shown(
        verdict("rest", "not_applied", Reason.NO_QUALIFYING_ITEM),
        verdict("used", "applied", Reason.APPLIED, discount_minor=100),
        verdict("almost", "near_miss", Reason.NEAR_MISS_QTY),
        verdict("coupon", "not_applied", Reason.EXPIRED, serial=Serial("123456789012")),
        verdict("mass", "not_applied", Reason.EXPIRED),
        facts=SaleFacts(presented=frozenset({OfferId("mass")})),
    )
    assert [(one.offer_id, one.kind) for one in found] == [
        ("coupon", "refused"),
        ("mass", "refused"),
        ("almost", "near_miss"),
        ("used", "applied"),
        ("rest", "other"),
    ]


def test_a_holdout_is_told_to_nobody_and_the_chains_business_to_no_cashier():
    """No line says that a shopper is in a holdout, by code or by sentence, or who rivals whom."""
    found = shown(
        verdict("ghost", "withheld", Reason.HOLDOUT),
        verdict("rival", "withheld", Reason.RIVAL_BRAND),
        verdict("slow", "withheld", Reason.LOW_MOVER),
        verdict("rest", "withheld", Reason.OUT_OF_STOCK),
    )
    assert [one.offer_id for one in found] == ["rest"]


def test_what_matters_most_stands_first_among_its_kind():
    """A recall before a coupon that was used; of near misses the one that needs an item."""
    found = shown(
        verdict("used", "not_applied", Reason.ALREADY_REDEEMED, serial=Serial("1" * 12)),
        verdict("danger", "not_applied", Reason.RECALLED, serial=Serial("2" * 12)),
        verdict("money", "near_miss", Reason.NEAR_MISS_VALUE),
        verdict("items", "near_miss", Reason.NEAR_MISS_QTY),
    )
    assert [one.offer_id for one in found] == ["danger", "used", "items", "money"]


def test_a_line_tells_what_its_verdict_holds():
    """Title, sentence, discount and marks come from the verdict, the offer and the sale."""
    (one,) = shown(
        verdict("O1", "applied", Reason.APPLIED, discount_minor=119, serial=Serial("1" * 12)),
        offers={OfferId("O1"): offer("O1", en="Coffee", de="Kaffee")},
        facts=SaleFacts(provisional=frozenset({OfferId("O1")})),
        language=GERMAN,
    )
    assert (one.title, one.sentence) == ("Kaffee", "de:APPLIED:known")
    assert (one.discount_minor, one.presented, one.provisional) == (119, True, True)
    assert (one.disputable, one.goodwill_minor) == (
        True,
        0,
    )  # it may be too little; nothing to give


def test_each_line_leads_to_the_script_of_its_reason():
    """What applied, what was not printed, and what others hold can be disputed like a refused coupon."""
    found = shown(
        verdict("A", "applied", Reason.APPLIED),
        verdict("B", "withheld", Reason.OUT_OF_STOCK),
        verdict("C", "not_applied", Reason.NOT_ASSIGNED),
        verdict("D", "not_applied", Reason.RECALLED, serial=Serial("1" * 12)),
    )
    assert [(one.offer_id, one.kind, one.script) for one in found] == [
        ("D", "refused", "recalled"),
        ("A", "applied", "two_for_one"),
        ("B", "withheld", "out_of_stock"),
        ("C", "not_given", "promised_by_email"),
    ]
    assert all(one.disputable for one in found)


def test_a_disputable_line_proposes_what_the_offer_promised():
    """The page offers to give the 0.80 that the coupon named; once given, no more."""
    known = {OfferId("O1"): offer("O1", en="Coffee")}
    refused = verdict("O1", "not_applied", Reason.EXPIRED)
    (before,) = shown(refused, offers=known)
    settled = SaleFacts(settled=frozenset({OfferId("O1")}))
    (after,) = shown(refused, offers=known, facts=settled)
    assert (before.disputable, before.goodwill_minor) == (True, 80)
    assert (after.disputable, after.goodwill_minor) == (False, 0)


def test_a_coupon_that_nobody_knows_still_has_a_line():
    """A coupon without an offer in the bank is named by its id and explained."""
    (one,) = shown(
        verdict("4012345000009", "not_applied", Reason.SERIAL_UNKNOWN, serial=Serial("1" * 12))
    )
    assert (one.title, one.sentence) == ("4012345000009", "en:SERIAL_UNKNOWN:unknown")
    assert one.kind == "refused"


def test_a_title_falls_back_to_english_then_to_any():
    """A wording is found where there is one."""
    assert title(OfferId("O1"), offer("O1", en="Coffee", de="Kaffee"), GERMAN) == "Kaffee"
    assert title(OfferId("O1"), offer("O1", en="Coffee"), GERMAN) == "Coffee"
    assert title(OfferId("O1"), offer("O1", es="Café"), GERMAN) == "Café"
    assert title(OfferId("O1"), offer("O1"), GERMAN) == "O1"


def test_received_names_each_paper_in_words():
    """What came out, or is not sure to have come out, is said in the page's language."""
    results = {OfferId("O1"): "printed", OfferId("O2"): "unconfirmed"}
    found = received(results, {OfferId("O1"): offer("O1", de="Kaffee")}, GERMAN)
    assert [(one.title, one.words) for one in found] == [
        ("Kaffee", "gedruckt"),
        ("O2", "gesendet, nicht bestätigt: bitte Bon ansehen"),
    ]


def test_near_misses_are_picked_out():
    """The cue list holds what is almost there and nothing else."""
    found = shown(
        verdict("almost", "near_miss", Reason.NEAR_MISS_VALUE),
        verdict("used", "applied", Reason.APPLIED),
    )
    assert [one.offer_id for one in near_misses(found)] == ["almost"]


def test_a_shopper_is_named_by_six_digits():
    """The page never shows a whole pseudonym."""
    assert short_name(ShopperKey("a3f29c" + "0" * 26)) == "a3f29c"


OUTCOMES = st.sampled_from(["applied", "near_miss", "not_applied", "printed", "withheld"])
VERDICTS = st.lists(
    st.builds(
        verdict,
        st.sampled_from("ABCDEFGH"),
        OUTCOMES,
        st.sampled_from(list(Reason)),
        serial=st.none() | st.just(Serial("1" * 12)),
    )
)


@given(VERDICTS)
def test_every_verdict_has_one_line_and_equals_keep_their_order(verdicts):
    """Nothing that a cashier may see is left out or doubled; by importance, and else as decided."""
    found = shown(*verdicts)
    told = [one for one in verdicts if may_see(one.reason, "cashier")]
    assert len(found) == len(told)
    for kind in ("refused", "near_miss", "applied", "other", "withheld", "not_given"):
        ids = [one.offer_id for one in found if one.kind == kind]
        here = [one for one in told if place(one) == kind]
        assert ids == [one.offer_id for one in sorted(here, key=lambda one: rank(one.reason))]


def place(one: Verdict) -> str:
    """The place of a verdict, said once more."""
    if one.outcome in ("applied", "near_miss", "withheld"):
        return one.outcome
    if one.serial:
        return "refused"
    return "not_given" if one.reason is Reason.NOT_ASSIGNED else "other"
