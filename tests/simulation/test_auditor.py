"""The auditor sees what is wrong: one doctored line at a time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.simulation.auditor import Auditor
from tests.simulation.log import (
    Card,
    Delivered,
    Ghost,
    Issued,
    Recalled,
    Redeemed,
    Rules,
    Sold,
    Told,
)

DAY = date(2026, 8, 20)


def card(*gtins, **fields):
    base = {
        "gtins": frozenset(gtins),
        "brands": frozenset({f"B{gtin}" for gtin in gtins}),
        "category": f"c{gtins[0]}",
        "starts": date(2026, 8, 1),
        "ends": date(2026, 9, 30),
        "coupon_days": 7,
        "campaign": "C1",
        "most": None,
        "panel": False,
        "lawful": True,
        "approved": True,
    }
    return Card(**{**base, **fields})


CARDS = {
    "A": card("1"),
    "B": card("2"),
    "C": card("3"),
    "D": card("4"),
    "A2": card("1", "2", category="c1"),
    "few": card("5", most=1),
    "late": card("5", starts=date(2026, 9, 1)),
    "wine": card("5", lawful=False),
    "draft": card("5", panel=True, approved=False),
    "new": card("5", approved=False),
    "held": card("5", campaign="C9"),
    "gone": card("6"),
    "slow": card("7"),
    "sale": card("8"),
    "short": card("9"),
    "A3": card("10", category="c1"),
}
RULES = Rules(
    slip=2,
    person_month=4,
    category_month=1,
    contact_week=3,
    receipt_week=2,
    quiet_days=5,
    least_on_hand=1,
    cover_days=2,
    slow_below=5,
    figure_days=3,
    rivals=(("B3", "B4"),),
    cards=CARDS,
    pace={str(n): 28 for n in range(11)} | {"7": 4},
    promoted=frozenset({"8"}),
    held_out=frozenset({1}),
    held_campaign="C9",
    panel=frozenset({2}),
)
STOCK = {str(n): 10 for n in range(11)} | {"6": 0, "9": 1}


def issued(offer, days_ago=0, slip=None, shopper=1):
    day = DAY - timedelta(days=days_ago)
    return Issued(day, "1", shopper, offer, -days_ago if slip is None else slip)


def told(days_ago=0):
    return Told(DAY - timedelta(days=days_ago), 1, "email")


def breaches(*log):
    return [breach.rule for breach in Auditor(RULES, STOCK).audit(log)]


@pytest.mark.parametrize(
    ("log", "found"),
    [
        ([issued("A")], []),
        ([issued("A", slip=1), issued("B", slip=1)], []),
        ([issued("A", slip=1), issued("B", slip=1), issued("C", slip=1)], ["slip", "slips"]),
        ([issued("A", 0, 1), issued("A2", 0, 1)], ["one discount a product", "category and month"]),
        ([issued("C", slip=1), issued("D", slip=1)], ["rival brands"]),
        ([issued("few"), issued("few", shopper=3, slip=9)], ["budget"]),
        ([issued("late")], ["dates"]),
        ([issued("wine")], ["law"]),
        ([issued("draft")], ["panel"]),
        ([issued("new")], ["approval"]),
        ([issued("draft", shopper=2)], []),
        ([issued("held")], ["holdout"]),
        ([issued("held", shopper=2)], []),
        ([Ghost(DAY, "1", 1, "held")], []),
        ([Ghost(DAY, "1", 2, "held")], ["ghost of a treated shopper"]),
        ([issued("gone")], ["stock"]),
        ([Delivered(DAY, "6", 5), issued("gone")], []),
        ([issued("short")], ["stock"]),
        ([Sold(DAY, "1", "9"), Sold(DAY, "1", "9")], ["sold out"]),
        ([issued("slow")], ["low mover"]),
        ([issued("sale")], ["mass promotion"]),
        ([Recalled(DAY, "1"), issued("A")], ["recall"]),
        ([issued("A"), Recalled(DAY, "1")], []),
        ([issued("A", 16), issued("B", 14), issued("C", 8), issued("D", 7), issued("few")],
         ["person and month"]),
        ([issued("A", 10), issued("A3")], ["category and month"]),
        ([told(6), told(3), told(), issued("A")], ["contacts"]),
        ([told(7), told(3), told(), issued("A")], []),
        ([issued("A", 6), issued("B", 1), issued("C")], ["slips"]),
        ([issued("A", 3, shopper=4), issued("A")], []),
    ],
)  # fmt: skip
def test_each_rule_is_seen(log, found):
    """What is against a rule is named by it; the last line before the edge is not."""
    assert breaches(*log) == found


def test_an_offer_that_comes_back():
    """Quiet time after a use; a coupon that is still out; both over, and nothing is said."""
    august = date(2026, 8, 1)
    first = Issued(august, "1", 1, "A", 1)
    used = Redeemed(august, "1", 1, "A")
    for days, is_used, found in (
        (6, False, ["still out"]),
        (7, False, []),
        (4, True, ["quiet time"]),
        (5, True, []),
    ):
        again = Issued(august + timedelta(days=days), "1", 1, "A", 2)
        log = [first, used, again] if is_used else [first, again]
        assert [it for it in breaches(*log) if it != "category and month"] == found
