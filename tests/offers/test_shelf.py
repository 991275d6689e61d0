"""Which lines of a basket count at all, and what of them counts for an offer."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from offers.basket import LeftOut
from offers.context import StoreFacts
from offers.decide import decide
from offers.model import BasketPercentOff, OtherReduced, ProductSet, Selector
from offers.reasons import Reason
from offers.shelf import Shelf, counts, lots_of


def left_out(make, *lines, **facts):
    return [(it.line_id, it.why) for it in Shelf(make.context([], lines, **facts)).left_out]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": 10_000}, "quantity"),
        ({"quantity": 9_999}, None),
        ({"weight_g": 0}, "quantity"),
        ({"weight_g": 1_000_001}, "quantity"),
        ({"weight_g": 1_000_000}, None),
        ({"amount_minor": -1}, "amount"),
        ({"amount_minor": 100_000_001}, "amount"),
        ({"amount_minor": 100_000_000}, None),
        ({"amount_minor": 0}, None),
    ],
)
def test_a_senseless_line_is_left_out(make, fields, why):
    """The edge of each limit is in, one beyond is out, and the line is named."""
    line = make.line("A", "1", **{"amount_minor": 300, **fields})
    assert left_out(make, line) == ([("A", why)] if why else [])


def test_a_line_of_an_unknown_product_is_left_out(make):
    """Only what the store's range holds is looked at."""
    lines = [make.line("A", "1", 300), make.line("B", "2", 300)]
    products = {"2": make.product("2")}
    assert left_out(make, *lines, products=products) == [("A", "unknown_product")]


def test_a_basket_in_another_currency_is_left_out_whole(make):
    """Every line is named, in the order of the line ids, and nothing of them counts."""
    lines = [make.line("B", "1", 300), make.line("A", "2", 0, quantity=0)]
    context = make.context([make.offer()], lines, store=StoreFacts("S1", currency="CHF"))
    shelf = Shelf(context)
    assert shelf.left_out == (LeftOut("A", "currency"), LeftOut("B", "currency"))
    assert (shelf.lots, shelf.spend_minor) == ([], 0)
    decision = decide(context)
    assert decision.verdicts[0].reason is Reason.NO_QUALIFYING_ITEM
    assert decision.left_out == shelf.left_out


def test_a_recall_is_said_of_a_product_that_nobody_knows(make):
    """Safety first: the line counts for nothing, but the cashier hears of the recall."""
    facts = {"products": {}, "recalled": frozenset({"1"})}
    context = make.context([make.offer(gtins=("1", "2"))], [make.line("A", "1", 300)], **facts)
    verdict = decide(context).verdicts[0]
    assert (verdict.reason, verdict.evidence["gtin"]) == (Reason.RECALLED, "1")
    assert Shelf(context).left_out == (LeftOut("A", "unknown_product"),)


def test_what_is_left_out_does_not_fill_a_basket_minimum(make):
    """The unknown line's 9.00 are not there: 1.00 is missing of 4.00."""
    lines = [make.line("A", "1", 300), make.line("B", "2", 900)]
    offer = make.offer(basket_min_minor=400)
    verdict = decide(make.context([offer], lines, products={"1": make.product("1")})).verdicts[0]
    assert verdict.evidence == {
        "missing_minor": 100,
        "set": "Alpro yogurt 500 g",
        "what": "basket",
    }


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_a_line_left_out_is_as_if_it_were_not_there(make_all, data):
    """Rubbish among the lines changes no verdict, no discount and no evidence."""
    good = [make_all.line(f"G{n}", "1", 100 * (n + 1)) for n in range(data.draw(st.integers(0, 3)))]
    rubbish = data.draw(
        st.lists(
            st.sampled_from(
                [
                    {"quantity": 0, "amount_minor": 100},
                    {"quantity": -3, "amount_minor": -100},
                    {"quantity": 20_000, "amount_minor": 100},
                    {"quantity": 1, "amount_minor": 10**12},
                    {"quantity": 1, "amount_minor": 100, "gtin": "unknown"},
                    {"quantity": 1, "amount_minor": 100, "weight_g": -5},
                ]
            ),
            max_size=3,
        )
    )
    bad = [make_all.line(f"R{n}", **{"gtin": "1", **it}) for n, it in enumerate(rubbish)]
    offers = [
        make_all.offer("O1", min_quantity=2),
        make_all.offer("O2", basket_min_minor=500, reward=BasketPercentOff(10)),
    ]
    facts = {"products": {"1": make_all.product("1")}}
    mixed = data.draw(st.permutations(good + bad))
    clean = decide(make_all.context(offers, good, **facts))
    found = decide(make_all.context(offers, mixed, **facts))
    assert msgspec.structs.replace(found, left_out=()) == clean
    assert [it.line_id for it in found.left_out] == [it.line_id for it in bad]


@pytest.mark.parametrize("flag", ["deposit", "restricted"])
def test_a_flagged_line_is_in_no_discount(make, flag):
    """Neither an offer on it, nor a reward on the basket, nor a basket minimum sees it."""
    products = {"1": make.product("1", flags=(flag,)), "2": make.product("2")}
    lines = [make.line("A", "1", 1000), make.line("B", "2", 300)]
    offers = [
        make.offer("O1"),
        make.offer("O2", include=Selector(), reward=BasketPercentOff(10)),
        make.offer("O3", ["2"], basket_min_minor=500),
    ]
    decision = decide(make.context(offers, lines, products=products))
    assert [it.reason for it in decision.verdicts] == [
        Reason.NO_QUALIFYING_ITEM,
        Reason.APPLIED,
        Reason.NEAR_MISS_VALUE,
    ]
    assert [(it.line_id, it.amount_minor) for it in decision.shares] == [("B", 30)]


def test_products_are_found_by_attribute(make):
    """What is organic counts, what is organic and vegan does not."""
    products = {
        "1": make.product("1", attributes=("organic",)),
        "2": make.product("2", attributes=("organic", "vegan")),
        "3": make.product("3", attributes=("vegan",)),
    }
    include, exclude = Selector(attributes=("organic",)), Selector(attributes=("vegan",))
    offer = make.offer(include=include, exclude=exclude)
    lines = [make.line(f"L{gtin}", gtin, 100) for gtin in products]
    shelf = Shelf(make.context([], lines, products=products))
    counted = shelf.count(offer)
    assert [shelf.lots[lot].gtin for lot in counted.lots] == ["1"]
    assert counted.excluded == ("2",)
    assert [counts(offer.products, gtin, it) for gtin, it in products.items()] == [
        True,
        False,
        False,
    ]


def test_the_second_set_of_an_offer_is_counted_apart(make):
    """Coffee is bought, cookies are reduced: each set holds its own lots."""
    cookies = ProductSet({"en": "Cookies"}, Selector(("2", "3")), Selector(("3",)))
    offer = make.offer(gtins=("1",), reward=OtherReduced(cookies))
    shelf = Shelf(make.context([], [make.line(f"L{n}", n, 100) for n in ("1", "2", "3")]))
    assert [shelf.lots[lot].gtin for lot in shelf.count(offer).lots] == ["1"]
    assert [shelf.lots[lot].gtin for lot in shelf.count_other(offer).lots] == ["2"]
    assert shelf.count_other(offer).excluded == ("3",)
    assert shelf.count_other(make.offer()).lots == ()


@given(amount=st.integers(0, 5000), quantity=st.integers(1, 20), weight=st.none() | st.just(740))
def test_units_cost_what_the_line_costs(make_all, amount, quantity, weight):
    """Prices differ by one minor unit at most and sum to the line; a weighed line is one unit."""
    lots = lots_of(make_all.line("A", "1", amount, quantity, weight_g=weight), pieces=6)
    assert sum(lot.price_minor * lot.units for lot in lots) == amount
    assert sum(lot.units for lot in lots) == (1 if weight else quantity)
    assert max(lot.price_minor for lot in lots) - min(lot.price_minor for lot in lots) <= 1
    assert {(lot.pieces, lot.grams) for lot in lots} == {(6, weight or 0)}
