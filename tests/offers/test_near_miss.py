"""A near miss says the smallest complete change: who adds just that gets the offer, who adds less does not."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import assume, given, settings, strategies as st

from offers.conditions import unmet
from offers.decide import decide
from offers.model import (
    AmountOffPerKg,
    Condition,
    NForM,
    OtherReduced,
    PercentOff,
    Points,
    ProductSet,
    Selector,
)
from offers.reasons import Reason
from offers.shelf import Shelf

SET = "Alpro yogurt 500 g"
COOKIES = ProductSet({"en": "Cookies"}, Selector(("8", "9")), Selector(("9",)))
KINDS = ("1", "2", "3", "4", "5")  # the set; 1 and 4 are in multi-packs, 3 is weighed


def finding(make, lines, condition, reward=None, gtins=KINDS, **fields):
    """Ask the conditions alone. Product n comes in packs of PACKS[n] pieces."""
    offer = make.offer(gtins=gtins, reward=reward or PercentOff(20), **fields)
    offer = msgspec.structs.replace(offer, condition=condition)
    packs = {"1": 2, "4": 6}
    gtins = {it.gtin for it in lines} | {"1", "9"}
    products = {g: make.product(g, variant=f"V{g}", pieces=packs.get(g, 1)) for g in gtins}
    shelf = Shelf(make.context([], lines, products=products))
    return unmet(offer, shelf.count(offer), shelf, "en")


@pytest.mark.parametrize(
    ("condition", "lines", "evidence"),
    [
        # two yogurts of three wanted
        (Condition(3), [("2", 100, 2)], {"missing": 1}),
        # one two-pack of six pieces wanted
        (Condition(6, count="pieces"), [("1", 100, 1)], {"missing_pieces": 4}),
        # three alike: the number is there, two kinds are not
        (Condition(3, min_distinct=3), [("2", 100, 3)], {"missing_distinct": 2}),
        # one of three, three kinds: two more, each new; their number is that of the kinds
        (Condition(3, min_distinct=3), [("2", 100, 1)], {"missing_distinct": 2}),
        # one of four, two kinds: three more, one of them new
        (
            Condition(4, min_distinct=2),
            [("2", 100, 1)],
            {"missing": 3, "missing_distinct": 1},
        ),
        # 740 g of 1,000 g
        (Condition(min_weight_g=1000), [("3", 100, 1, 740)], {"missing_g": 260}),
        # nothing weighed at all
        (Condition(2, min_weight_g=500), [("2", 100, 1)], {"missing": 1, "missing_g": 500}),
        # money for the set
        (
            Condition(min_spend_minor=500),
            [("2", 100, 2), ("7", 900, 1)],
            {"missing_minor": 300, "what": "set"},
        ),
        # money for the basket
        (
            Condition(basket_min_minor=500),
            [("2", 100, 2)],
            {"missing_minor": 300, "what": "basket"},
        ),
        # both: what is spent on the set is spent in the basket
        (
            Condition(min_spend_minor=500, basket_min_minor=1000),
            [("2", 100, 2)],
            {"missing_minor": 800, "what": "set"},
        ),
        (
            Condition(min_spend_minor=500, basket_min_minor=300),
            [("2", 100, 2)],
            {"missing_minor": 300, "what": "set"},
        ),
        # units and money
        (
            Condition(3, min_spend_minor=500),
            [("2", 100, 2)],
            {"missing": 1, "missing_minor": 300, "what": "set"},
        ),
        (
            Condition(3, basket_min_minor=500),
            [("2", 100, 2)],
            {"missing": 1, "missing_minor": 300, "what": "basket"},
        ),
    ],
)
def test_what_is_missing_is_said_at_once(make, condition, lines, evidence):
    """Each kind of lack by itself, and together where several things lack."""
    lines = [
        make.line(
            f"L{n}", gtin, amount * quantity, quantity, weight_g=weight[0] if weight else None
        )
        for n, (gtin, amount, quantity, *weight) in enumerate(lines)
    ]
    found = finding(make, lines, condition)
    assert found.evidence == {"set": SET, **evidence}
    only_money = set(evidence) == {"missing_minor", "what"}
    assert found.reason is (Reason.NEAR_MISS_VALUE if only_money else Reason.NEAR_MISS_QTY)
    assert list(found.evidence) == sorted(found.evidence)


def test_what_does_not_help_is_named(make):
    """Whoever adds a unit, or money for the set, hears which kind does not count."""
    line, except_for = make.line("A", "2", 100), {"exclude": Selector(("1",))}
    found = finding(make, [line], Condition(2), **except_for)
    assert found.evidence == {"missing": 1, "set": SET, "except": "V1"}
    found = finding(make, [line], Condition(min_spend_minor=200), **except_for)
    assert found.evidence["except"] == "V1"
    found = finding(make, [line], Condition(basket_min_minor=200), **except_for)
    assert "except" not in found.evidence


def test_attributes_are_named_among_the_exceptions(make):
    """The chain's own words stand for themselves."""
    exclude = Selector((), ("Danone",), ("dairy/kefir",), ("lactose free",))
    found = finding(make, [make.line("A", "2", 100)], Condition(2), exclude=exclude)
    assert found.evidence["except"] == "Danone, kefir, lactose free"


@pytest.mark.parametrize(
    ("lines", "evidence"),
    [
        # coffee bought, no cookies: add one and it is free
        ([("1", 1)], {"missing": 1, "what": "other", "other": "Cookies", "set": SET}),
        # the kind of cookies that does not count changes nothing
        ([("1", 1), ("9", 1)], {"missing": 1, "what": "other", "other": "Cookies", "set": SET}),
        ([("1", 1), ("8", 1)], None),
    ],
)
def test_the_other_product_is_missing(make, lines, evidence):
    """What qualifies is there: what is free is not."""
    lines = [make.line(f"L{n}", gtin, 100, units) for n, (gtin, units) in enumerate(lines)]
    found = finding(make, lines, Condition(), OtherReduced(COOKIES), gtins=("1",))
    if evidence is None:
        assert found is None
    else:
        assert found.reason is Reason.NEAR_MISS_QTY
        assert found.evidence == {**evidence, "except": "V9"}


def test_units_of_both_sets_are_missing(make):
    """One of two coffees, none of two cookies: both are said, the cookies under their own name."""
    found = finding(
        make,
        [make.line("A", "1", 100)],
        Condition(2),
        OtherReduced(COOKIES, quantity=2),
        gtins=("1",),
    )
    assert found.evidence == {"missing": 1, "missing_other": 2, "other": "Cookies", "set": SET}


@pytest.mark.parametrize(
    ("units", "evidence"),
    [
        (1, {"missing": 1, "what": "other", "other": SET, "set": SET}),
        (2, None),
    ],
)
def test_a_unit_is_not_both_bought_and_free(make, units, evidence):
    """Buy one, get one of the same free: one alone lacks the free one."""
    same = ProductSet({"en": SET}, Selector(("2",)))
    found = finding(
        make, [make.line("A", "2", 100, units)], Condition(), OtherReduced(same), gtins=("2",)
    )
    assert (found.evidence if found else None) == evidence


def test_the_unit_that_can_be_spared_is_reduced(make):
    """Two kinds at 4.00 together qualify; of three units the second of a kind is the free one."""
    same = ProductSet({"en": SET}, Selector(("1", "2")))
    condition = Condition(2, min_distinct=2, min_spend_minor=400)
    lines = [make.line("A", "1", 100), make.line("B", "2", 600, 2)]
    assert finding(make, lines, condition, OtherReduced(same)) is None
    # of 1.00 + 1.50 + 1.50 the two that must stay cost 2.50: one more unit is the free one
    lines = [make.line("A", "1", 100), make.line("B", "2", 300, 2)]
    found = finding(make, lines, condition, OtherReduced(same))
    assert found.evidence == {"missing": 1, "what": "other", "other": SET, "set": SET}


@pytest.mark.parametrize(
    ("condition", "more"),
    [
        # twelve kinds of one unit each, and three dear ones of the twelfth kind: those are free
        (Condition(12, min_distinct=12), {"gtin": "31"}),
        # fifteen packs, of which the three dear ones hold least
        (Condition(36, count="pieces"), {"gtin": "40"}),
        # fifteen bags, of which the three dear ones weigh least
        (Condition(12, min_weight_g=6_000), {"gtin": "41", "weight_g": 10}),
    ],
)
def test_of_many_units_those_are_reduced_that_can_be_spared(make, condition, more):
    """Of 455 ways to choose three of fifteen, one will do, and it is not that of the cheap ones."""
    gtins = tuple(str(n) for n in range(20, 32))
    lines = [make.line(f"L{n}", gtin, 100, weight_g=500) for n, gtin in enumerate(gtins)]
    dear = [make.line(f"M{n}", amount_minor=900 + n, **more) for n in range(3)]
    both = ProductSet({"en": "any"}, Selector((*gtins, "40", "41")))
    offer = make.offer(products=both, condition=condition, reward=OtherReduced(both, quantity=3))
    products = {gtin: make.product(gtin, pieces=3) for gtin in (*gtins, "41")}
    products["40"] = make.product("40", pieces=1)
    (verdict,) = decide(make.context([offer], lines + dear, products=products)).verdicts
    assert verdict.discount_minor == 900 + 901 + 902


def test_nothing_is_weighed(make):
    """An amount off a kilogram is worth nothing on a pack: that nothing counts is said."""
    lines = [make.line("A", "2", 100)]
    found = finding(make, lines, Condition(), AmountOffPerKg(100))
    assert (found.reason, found.evidence) == (Reason.NO_QUALIFYING_ITEM, {"set": SET})
    weighed = [*lines, make.line("B", "3", 100, weight_g=400)]
    assert finding(make, weighed, Condition(), AmountOffPerKg(100)) is None
    found = finding(make, lines, Condition(min_weight_g=400), AmountOffPerKg(100))
    assert found.evidence == {"missing_g": 400, "set": SET}


@pytest.mark.parametrize("reward", [Points(50), NForM(2), PercentOff(10)])
def test_points_miss_like_any_reward(make, reward):
    """Conditions do not ask what they are for."""
    found = finding(make, [make.line("A", "2", 100)], Condition(3), reward)
    assert found.evidence == {"missing": 2, "set": SET}


@st.composite
def baskets(draw, make):
    """Draw one to three lines of the set, among them a plain unit, and perhaps a weighed one."""
    lines = []
    for n, gtin in enumerate(["2", *draw(st.lists(st.sampled_from(KINDS), max_size=2))]):
        weight = draw(st.sampled_from([200, 700])) if gtin == "3" else None
        units = 1 if weight else draw(st.integers(1, 3))
        lines.append(make.line(f"L{n}", gtin, units * 130, units, weight_g=weight))
    return lines


conditions = st.builds(
    Condition,
    min_quantity=st.integers(1, 6),
    min_spend_minor=st.sampled_from([0, 0, 300, 900]),
    basket_min_minor=st.sampled_from([0, 0, 500, 1500]),
    count=st.sampled_from(["units", "pieces"]),
    min_distinct=st.integers(1, 4),
    min_weight_g=st.sampled_from([0, 0, 600, 1500]),
)


def additions(make, lines, evidence, less=()):
    """Add just what a near miss says, in single pieces; `less` names what to add one less of."""
    said = {key: evidence.get(key, 0) - (key in less) for key in MISSING}
    kinds = [gtin for gtin in ("5", "6", "7", "8") if gtin not in {it.gtin for it in lines}]
    kinds = kinds[: said["missing_distinct"]]
    more = max(said["missing"], said["missing_pieces"]) - len(kinds)
    grams, minor = said["missing_g"], said["missing_minor"]
    units = [*kinds, *["2"] * max(more, 0)]
    if not any(key in evidence for key in MISSING[:3]):  # money and weight come on a unit
        units = ["2"]
    return [
        make.line(f"N{n}", gtin, 0 if n else minor, weight_g=grams if grams and not n else None)
        for n, gtin in enumerate(units)
    ]


MISSING = ("missing", "missing_pieces", "missing_distinct", "missing_g", "missing_minor")
ALL = ("1", "2", "3", "4", "5", "6", "7", "8")


@given(data=st.data(), condition=conditions)
@settings(max_examples=200, deadline=None)
def test_who_adds_what_is_said_gets_the_offer(make_all, data, condition):
    """Just that much is enough; one less of any part of it is not."""
    lines = data.draw(baskets(make_all))
    found = finding(make_all, lines, condition, gtins=ALL)
    assume(found is not None)
    evidence = found.evidence
    assert set(evidence) & set(MISSING)
    grown = lines + additions(make_all, lines, evidence)
    assert finding(make_all, grown, condition, gtins=ALL) is None
    for key in set(evidence) & set(MISSING):
        fewer = lines + additions(make_all, lines, evidence, less=(key,))
        assert finding(make_all, fewer, condition, gtins=ALL) is not None, key


def enough(condition, units):
    """Tell whether some units are enough, in the words of the docs: (gtin, price, pieces, grams)."""
    counted = sum(it[2] for it in units) if condition.count == "pieces" else len(units)
    return (
        counted >= condition.min_quantity
        and len({it[0] for it in units}) >= condition.min_distinct
        and sum(it[3] for it in units) >= condition.min_weight_g
        and sum(it[1] for it in units) >= condition.min_spend_minor
    )


@given(
    data=st.data(),
    quantity=st.integers(1, 4),
    kinds=st.integers(1, 3),
    other=st.none() | st.tuples(st.sampled_from(["2", "25", "7"]), st.integers(1, 2)),
)
@settings(max_examples=200, deadline=None)
def test_no_smaller_number_of_units_is_enough(make_all, data, quantity, kinds, other):
    """The number said is the least of all additions to either set, tried one after the other."""
    lines = data.draw(baskets(make_all))
    condition = Condition(quantity, min_distinct=kinds)
    products = ProductSet({"en": "B"}, Selector(tuple(other[0]))) if other else None
    reward = OtherReduced(products, quantity=other[1]) if other else None
    held = [it.gtin for it in lines for _ in range(it.quantity)]

    def meets(gtins):
        own = [gtin for gtin in gtins if gtin in KINDS]
        if not other:
            return enough(condition, [(gtin, 0, 1, 0) for gtin in own])
        reducible = [n for n, gtin in enumerate(gtins) if gtin in other[0]]
        return any(
            enough(
                condition,
                [(g, 0, 1, 0) for n, g in enumerate(gtins) if n not in free and g in KINDS],
            )
            for free in itertools.combinations(reducible, other[1])
        )

    most = range(quantity + kinds + 3)
    tried = (
        (size, added)
        for size in most
        for added in itertools.combinations_with_replacement((*KINDS, "7"), size)
    )
    least = next(size for size, added in tried if meets([*held, *added]))
    found = finding(make_all, lines, condition, reward)
    evidence = found.evidence if found else {}
    said = max(evidence.get("missing", 0), evidence.get("missing_distinct", 0))
    assert said + evidence.get("missing_other", 0) == least
