"""Each contradiction is found at its field, and nothing sensible is called one."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from offers.contradictions import RULES, contradictions
from offers.hours import holds_now
from offers.model import (
    AmountOff,
    AmountOffPerKg,
    BasketAmountOff,
    BasketPercentOff,
    CheapestFree,
    Condition,
    Daypart,
    FixedPrice,
    Funding,
    NForM,
    NthPercent,
    OtherReduced,
    PercentOff,
    Points,
    ProductSet,
    Selector,
)

OTHER = ProductSet({"en": "Cookies"}, Selector(("9",)))


def fields(make, condition=None, **others):
    """Give the fields that a 20 % offer on products 1 and 2 is at odds with, changed like this."""
    offer = make.offer(gtins=others.pop("gtins", ("1", "2")), **others)
    offer = msgspec.structs.replace(offer, condition=condition or Condition())
    return [(it.field, it.closes) for it in contradictions(offer)]


CLOSED = [
    ("ends", None, {"starts": date(2026, 11, 2), "ends": date(2026, 11, 1)}),
    ("condition.dayparts[0].weekdays", Condition(dayparts=(Daypart(()),)), {}),
    ("condition.dayparts[0].to_minute", Condition(dayparts=(Daypart((1,), 60, 60),)), {}),
    (
        "condition.dayparts[1].to_minute",
        Condition(dayparts=(Daypart(), Daypart(from_minute=1440, to_minute=0))),
        {},
    ),
    ("products.include", None, {"include": Selector()}),
    ("products.exclude", None, {"exclude": Selector(("2", "1"))}),
    (
        "products.exclude",
        None,
        {"include": Selector(brands=("Alpro",)), "exclude": Selector(brands=("Alpro",))},
    ),
    (
        "products.exclude",
        None,
        {
            "include": Selector(categories=("dairy/yogurt", "dairy/milk")),
            "exclude": Selector(categories=("dairy",)),
        },
    ),
    (
        "products.exclude",
        None,
        {"include": Selector(attributes=("vegan",)), "exclude": Selector(attributes=("vegan",))},
    ),
    ("condition.min_distinct", Condition(min_quantity=2, min_distinct=3), {"gtins": "123"}),
    ("condition.min_distinct", Condition(min_quantity=3, min_distinct=3), {}),
    (
        "condition.min_distinct",
        Condition(min_quantity=2, min_distinct=2),
        {"exclude": Selector(("2",))},
    ),
    ("max_uses_per_basket", None, {"max_uses_per_basket": 3, "max_uses_per_shopper": 2}),
    ("max_uses_per_shopper", None, {"max_uses_per_shopper": 3, "max_redemptions": 2}),
    ("reward.pay_for", Condition(min_quantity=3), {"reward": NForM(3)}),
    ("reward.pay_for", None, {"reward": NForM(1)}),
    ("condition.count", Condition(count="pieces"), {"reward": AmountOffPerKg(100)}),
    ("reward.products.include", None, {"reward": OtherReduced(ProductSet({}, Selector()))}),
    (
        "reward.products.exclude",
        None,
        {"reward": OtherReduced(ProductSet({}, Selector(("9",)), Selector(("9",))))},
    ),
    ("currency", None, {"currency": "eur"}),
    ("currency", None, {"currency": "EURO"}),
]

POINTLESS = [
    ("max_uses_per_basket", None, {"reward": BasketAmountOff(100), "max_uses_per_basket": 2}),
    ("reward.type", None, {"reward": CheapestFree()}),
    ("reward.type", None, {"reward": NthPercent(50)}),
    ("reward.pay_for", Condition(min_quantity=3, count="pieces"), {"reward": NForM(2)}),
    ("reward.max_minor", None, {"reward": PercentOff(20, 0)}),
    ("reward.max_minor", None, {"reward": OtherReduced(OTHER, max_minor=0)}),
    ("reward.price_minor", Condition(min_spend_minor=500), {"reward": FixedPrice(500)}),
    ("funding", None, {"funding": (Funding("a", 60), Funding("b", 41))}),
]

SENSIBLE = [
    (None, {}),
    (None, {"starts": date(2026, 11, 1), "ends": date(2026, 11, 1)}),
    (Condition(dayparts=(Daypart(from_minute=1320, to_minute=120), Daypart((0,), 0, 1))), {}),
    (None, {"include": Selector(), "reward": BasketPercentOff(10)}),
    (None, {"exclude": Selector(("1",))}),
    (
        None,
        {
            "include": Selector(categories=("dairy",)),
            "exclude": Selector(categories=("dairy/milk",)),
        },
    ),
    (
        None,
        {
            "include": Selector(categories=("dairy2",)),
            "exclude": Selector(categories=("dairy",)),
        },
    ),
    (None, {"include": Selector(("1",), ("Alpro",)), "exclude": Selector(("1",))}),
    (Condition(min_quantity=2, min_distinct=2), {}),
    (Condition(min_quantity=4, min_distinct=4), {"include": Selector(("1",), ("Alpro",))}),
    (None, {"max_uses_per_basket": 2, "max_uses_per_shopper": 2, "max_redemptions": 2}),
    (None, {"max_uses_per_basket": 5, "reward": Points(10)}),
    (Condition(min_quantity=3), {"reward": NForM(2)}),
    (Condition(min_quantity=2), {"reward": CheapestFree()}),
    (Condition(basket_min_minor=5000), {"reward": CheapestFree()}),
    (Condition(min_weight_g=500), {"reward": AmountOffPerKg(100)}),
    (Condition(min_spend_minor=500), {"reward": FixedPrice(499)}),
    (None, {"reward": OtherReduced(OTHER)}),
    (None, {"funding": (Funding("a", 60), Funding("b", 40)), "currency": "EUR"}),
]


@pytest.mark.parametrize(("field", "condition", "changes"), CLOSED)
def test_a_rule_at_odds_with_itself_is_found(make, field, condition, changes):
    """The field is named, once, and the lane refuses the offer."""
    assert fields(make, condition, **changes) == [(field, True)]


@pytest.mark.parametrize(("field", "condition", "changes"), POINTLESS)
def test_what_is_only_pointless_does_not_close_the_lane(make, field, condition, changes):
    """Headquarters hears of it; a lane that has it anyway can read it in one way only."""
    assert fields(make, condition, **changes) == [(field, False)]


@pytest.mark.parametrize(("condition", "changes"), SENSIBLE)
def test_a_sensible_offer_has_no_contradiction(make, condition, changes):
    """The nearest sensible neighbour of each contradiction passes."""
    assert fields(make, condition, **changes) == []


def test_several_are_listed_in_the_order_of_the_rules(make):
    """Nothing hides behind the first one, and each says what to do."""
    condition = Condition(min_distinct=3, dayparts=(Daypart(()),))
    offer = msgspec.structs.replace(make.offer(currency="€"), condition=condition)
    found = contradictions(offer)
    assert [it.field for it in found] == [
        "condition.dayparts[0].weekdays",
        "condition.min_distinct",
        "condition.min_distinct",
        "currency",
    ]
    assert found[1].what == "3 different products are more than min_quantity = 1"
    assert found[1].do == "raise condition.min_quantity to 3, or lower min_distinct"
    assert all(it.what and it.do for it in found)


def test_every_rule_has_a_case(make):
    """No rule of the table is without an offer that breaks it."""
    broken = set()
    for _, condition, changes in CLOSED + POINTLESS:
        offer = make.offer(**{"gtins": ("1", "2"), **changes})
        offer = msgspec.structs.replace(offer, condition=condition or Condition())
        broken |= {rule for rule, _ in RULES if list(rule(offer))}
    assert broken == {rule for rule, _ in RULES}


@given(since=st.integers(0, 1440), until=st.integers(0, 1440))
@settings(max_examples=200, deadline=None)
def test_a_daypart_is_empty_where_no_minute_holds(make_all, since, until):
    """The rule agrees with asking every minute of a day."""
    daypart = Daypart(from_minute=since, to_minute=until)
    minutes = (msgspec.structs.replace(make_all.noon, minute=minute) for minute in range(1440))
    offer = make_all.offer(dayparts=(daypart,), reward=AmountOff(1))
    assert bool(contradictions(offer)) is not any(holds_now(daypart, it) for it in minutes)
