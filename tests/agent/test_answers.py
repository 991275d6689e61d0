"""What a till is told of a coupon that does not apply, and of many verdicts alike."""

from msgspec import structs

from agent.answers import verdicts_out
from agent.issue_desk import IssueDesk
from agent.stock import Stock
from offers.reasons import Reason, Verdict
from tests.lane_shop import ANNA, COFFEE, COFFEE_GCN, OFFERS, basket, tender

LINE = (COFFEE, 1, 899)
ENDED = Verdict("coffee-1", 1, "not_applied", Reason.EXPIRED, {"ended": "2026-10-31"})


async def test_the_bare_number_of_a_single_use_coupon_is_worth_nothing(shop):
    """Anyone can read the number off a slip: only its serial makes it a coupon, and once."""
    out = await shop.lane.basket("h1", basket(1, LINE, card=ANNA, coupons=("255" + COFFEE_GCN,)))
    told = {v.offer_id: v.reason for v in out.verdicts}
    assert told["coffee-1"] is Reason.SERIAL_UNKNOWN
    assert out.total_discount_minor == 0
    assert len(out.cues) == 1  # the shopper holds it out: the cashier must say something


def test_the_same_verdict_is_said_of_each_offer_in_its_own_words():
    """Two offers under one id and version, as two chains have them, keep their own titles."""
    ours = OFFERS[1]
    theirs = structs.replace(ours, title={"en": "Tea, half price"})
    for offer in (ours, theirs, ours, theirs):
        (told,) = verdicts_out([ENDED], {"coffee-1": offer}, "en", "EUR")
        assert told.title == offer.title["en"]
        assert told.sentence == f"{offer.title['en']} ended on 31 October 2026."


def test_evidence_currency_and_language_make_another_sentence():
    """What is kept of one verdict is not said of another that differs in any of them."""
    offers = {"coffee-1": OFFERS[1]}
    sooner = structs.replace(ENDED, evidence={"ended": "2026-10-30"})
    applied = Verdict("coffee-1", 1, "applied", Reason.APPLIED, {"amount_minor": 100}, None, 100)
    said = [
        verdicts_out([verdict], offers, language, currency)[0].sentence
        for verdict, language, currency in [
            (ENDED, "en", "EUR"),
            (sooner, "en", "EUR"),
            (ENDED, "de", "EUR"),
            (applied, "en", "EUR"),
            (applied, "en", "GBP"),
        ]
    ]
    assert len(set(said)) == 5
    assert "30 October" in said[1]
    assert "£1.00" in said[4]


async def test_a_lane_without_a_printer_issues_nothing_and_withholds_nothing(shop):
    """PRINTER_DOWN is said of a printer that will come back, not of one that never was."""
    wired = shop.wired
    rooms = wired.lane._rooms
    bare = IssueDesk(Stock(wired.journal, wired.shelf, {}), None, "", rooms.issues._here)
    object.__setattr__(rooms, "issues", bare)
    out = await shop.lane.basket("h1", basket(1, LINE, card=ANNA))
    told = await shop.lane.tender("h1", tender(out))
    assert (told.printing, told.verdicts) == ((), ())
    assert await shop.kinds() == ["tendered"]
