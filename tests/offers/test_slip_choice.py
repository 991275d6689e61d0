"""The best slip, beside every other slip there could be."""

from __future__ import annotations

import itertools

from hypothesis import given, settings, strategies as st

from offers.context import IssueContext, Mix, Policy, StoreFacts
from offers.issue import choose
from offers.model import PastUse
from offers.reasons import Reason
from offers.slip_choice import NODE_BUDGET, SlipChoice
from offers.slip_facts import SlipFacts

OBJECTIVES = ("value", "retention", "tier_move")
GTINS = "12345"
CATEGORY = {"1": "a", "2": "a", "3": "b", "4": "b", "5": "c"}
BRAND = {"1": "X", "2": "Y", "3": "Y", "4": "Z", "5": "Z"}


@st.composite
def slips(draw, make):
    """Draw a context of seven candidates, with past, rivals and a mix."""
    products = {g: make.product(g, category=CATEGORY[g], brand=BRAND[g]) for g in GTINS}
    gtins = st.lists(st.sampled_from(GTINS), min_size=1, max_size=2, unique=True)
    some = tuple(
        make.candidate(
            make.offer(
                f"O{n}",
                use="coupon",
                gtins=tuple(draw(gtins)),
                objective=draw(st.sampled_from(OBJECTIVES)),
            ),
            score=float(draw(st.integers(0, 9))),
        )
        for n in range(7)
    )
    rules = st.builds(Mix, st.sampled_from(OBJECTIVES), st.integers(0, 2), st.integers(0, 3))
    policy = Policy(
        slip_offers=draw(st.integers(0, 4)),
        category_month_cap=draw(st.integers(1, 2)),
        person_month_cap=draw(st.integers(1, 4)),
        mix=tuple(draw(st.lists(rules, max_size=3))),
    )
    past = tuple(
        PastUse("issued", "X", make.today, category)
        for category in draw(st.lists(st.sampled_from("abc"), max_size=2))
    )
    return IssueContext(
        make.noon,
        StoreFacts("S1"),
        policy,
        some,
        products,
        {},
        past,
        rivals=draw(st.sampled_from([(), (("X", "Z"),), (("Z", "Y"), ("X", "Y"))])),
    )


def category_of(offer):
    found = {CATEGORY[gtin] for gtin in offer.products.include.gtins}
    return found.pop() if len(found) == 1 else None


def may_stand(group, context):
    """Tell in plain words whether these offers may be one slip."""
    offers, policy = [it.offer for it in group], context.policy
    places = min(policy.slip_offers, policy.person_month_cap - len(context.past))
    if len(offers) > max(0, places):
        return False
    for one, other in itertools.combinations(offers, 2):
        mine, its = set(one.products.include.gtins), set(other.products.include.gtins)
        brands = [{BRAND[gtin] for gtin in gtins} for gtins in (mine, its)]
        if mine & its:
            return False
        for pair in context.rivals:
            if any(a in brands[0] and b in brands[1] for a, b in (pair, pair[::-1])):
                return False
    printed = [past.category for past in context.past] + [category_of(it) for it in offers]
    if any(
        printed.count(it) > policy.category_month_cap
        for it in "abc"
        if it in map(category_of, offers)
    ):
        return False
    return all(
        sum(it.objective == rule.objective for it in offers) <= rule.most for rule in policy.mix
    )


def goodness(group, context):
    """Give how near to the mix, the scores, the number."""
    short = 0
    for objective in OBJECTIVES:
        wanted = max((r.least for r in context.policy.mix if r.objective == objective), default=0)
        short += max(0, wanted - sum(it.offer.objective == objective for it in group))
    return -short, sum(it.assignment.score for it in group), len(group)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_no_slip_is_better(make_all, data):
    """Of all subsets of seven offers that may stand together, none beats the one that is chosen."""
    context = data.draw(slips(make_all))
    chosen = choose(context).chosen
    assert may_stand(chosen, context)
    every = (g for n in range(5) for g in itertools.combinations(context.candidates, n))
    best = max(goodness(group, context) for group in every if may_stand(group, context))
    assert goodness(chosen, context) == best


@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_a_substitute_is_the_best_of_what_is_left(make_all, data):
    """One of the chosen is recalled: the slip is what it would be had she never been given it."""
    context = data.draw(slips(make_all))
    chosen = choose(context).chosen
    if not chosen:
        return
    fallen = chosen[0]
    rest = tuple(it for it in context.candidates if it is not fallen)
    anew = choose(
        type(context)(**{**fields(context), "killed": frozenset({fallen.offer.offer_id})})
    )
    assert anew.chosen == choose(type(context)(**{**fields(context), "candidates": rest})).chosen
    verdict = anew.verdicts[context.candidates.index(fallen)]
    assert (verdict.outcome, verdict.reason) == ("withheld", Reason.RECALLED)


def fields(context):
    return {name: getattr(context, name) for name in context.__struct_fields__}


def test_forty_offers_are_chosen_exactly(make):
    """Forty offers on twelve products: the search ends by itself, far below its budget."""
    products = {f"{n}": make.product(f"{n}", category=f"c{n % 5}") for n in range(12)}
    some = tuple(
        make.candidate(
            make.offer(f"O{n:02}", use="coupon", gtins=(f"{n % 12}", f"{n * 7 % 12}")),
            score=float(n * 37 % 11),
        )
        for n in range(40)
    )
    context = IssueContext(make.noon, StoreFacts("S1"), Policy(slip_offers=5), some, products, {})
    choice = SlipChoice(list(some), SlipFacts(context), 5)
    assert len(choice.run()) == 5
    assert choice.nodes < NODE_BUDGET / 4
