"""What is printed for the next visit: each rule, and the best set that fits on a slip."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from offers.context import Availability, Candidate, IssueContext, Policy, StoreFacts
from offers.issue import choose, valid_to
from offers.model import BasketAmountOff, PastUse, Picture, Selector
from offers.offer_sets import offer_category
from offers.reasons import Reason

HOUR = timedelta(hours=1)


def past(kind, on, offer_id="X", category=""):
    return PastUse(kind, offer_id, on, category)


@pytest.fixture(scope="session")
def issue(make_all):
    """Give builders of issue candidates and contexts."""
    return builders(make_all)


def builders(make):
    products = {
        str(n): make.product(str(n), category=f"food/c{n}/deep", brand=f"B{n}") for n in range(9)
    }

    def candidate(n, score=1.0, offer=None, **fields):
        offer_fields = {"use": "coupon", "gtins": (str(n),), **(offer or {})}
        an_offer = make.offer(f"O{n}", **offer_fields)
        return make.candidate(an_offer, score=score, **fields)

    def context(*candidates, policy=None, **facts):
        facts = {"products": products, "availability": {}, **facts}
        base = {"moment": make.noon, "store": StoreFacts("S1"), "policy": Policy(**(policy or {}))}
        return IssueContext(**{**base, "candidates": tuple(candidates), **facts})

    return SimpleNamespace(candidate=candidate, context=context, products=products, make=make)


def reasons(context):
    return [verdict.reason for verdict in choose(context).verdicts]


def printed(context):
    return [candidate.offer.offer_id for candidate in choose(context).chosen]


def test_the_best_scores_are_printed_best_first(issue):
    """Three places: the three highest scores, in their order; the fourth hears of the limit."""
    some = [issue.candidate(n, score) for n, score in enumerate((0.2, 0.9, 0.5, 0.7))]
    decision = choose(issue.context(*some))
    assert [it.offer.offer_id for it in decision.chosen] == ["O1", "O3", "O2"]
    assert [it.outcome for it in decision.verdicts] == ["withheld", "printed", "printed", "printed"]
    assert decision.verdicts[0].reason is Reason.BETTER_OFFER_CHOSEN


@pytest.mark.parametrize(
    ("offer", "facts", "reason"),
    [
        ({}, {}, Reason.APPLIED),
        ({"use": "mass"}, {}, Reason.APPLIED),
        ({"use": "card"}, {}, Reason.NO_PAPER_NEEDED),
        ({"approval": None}, {}, Reason.NOT_APPROVED),
        ({"stores": ("S2",)}, {}, Reason.WRONG_STORE),
        ({"stores": ("S1",)}, {}, Reason.APPLIED),
        ({"starts": date(2026, 11, 21)}, {}, Reason.NOT_STARTED),
        ({"ends": date(2026, 11, 19)}, {}, Reason.EXPIRED),
        ({}, {"killed": frozenset({"O1"})}, Reason.RECALLED),
        ({"gtins": ("1", "2")}, {"recalled": frozenset({"2"})}, Reason.RECALLED),
        ({}, {"recalled": frozenset({"2"})}, Reason.APPLIED),
        ({}, {"policy": {"print_mode": "on_request"}}, Reason.LEGAL_PRINT_ON_REQUEST),
        ({}, {"policy": {"print_mode": "never"}}, Reason.LEGAL_PRINT_ON_REQUEST),
        ({"gtins": ("1", "2")}, {"mass_promotions": frozenset({"1"})}, Reason.APPLIED),
        ({}, {"mass_promotions": frozenset({"1"})}, Reason.MASS_PROMO_CLASH),
        ({"picture": Picture("ff", 1, "1")}, {}, Reason.APPLIED),
        ({"picture": Picture("ff", 2, "1")}, {}, Reason.PICTURE_STALE),
        ({"picture": Picture("ff", 2, "77")}, {}, Reason.APPLIED),
        ({"picture": Picture("ff", 2)}, {}, Reason.APPLIED),
    ],
)
def test_each_rule_has_its_reason(issue, offer, facts, reason):
    """One candidate, one thing wrong with it at a time."""
    assert reasons(issue.context(issue.candidate(1, offer=offer), **facts)) == [reason]


def test_an_untrusted_clock_prints_nothing(issue):
    """Nobody knows what day it is: every candidate is withheld as STALE_DATA."""
    doubt = msgspec.structs.replace(issue.make.noon, trusted=False)
    context = issue.context(issue.candidate(1), issue.candidate(2), moment=doubt)
    assert reasons(context) == [Reason.STALE_DATA] * 2


def test_only_assignments_are_printed(issue):
    """An offer that headquarters gave to nobody is not printed."""
    offer = issue.make.offer(use="coupon")
    assert reasons(issue.context(Candidate(offer))) == [Reason.NOT_ASSIGNED]


def test_the_assignments_dates_count(issue):
    """An assignment that ended yesterday is over, and a coupon never outlives one."""
    ended = issue.candidate(1, ends=date(2026, 11, 19))
    assert reasons(issue.context(ended)) == [Reason.EXPIRED]
    today = date(2026, 11, 20)
    assert valid_to(issue.candidate(1, ends=date(2026, 11, 25)), today) == date(2026, 11, 25)
    assert valid_to(issue.candidate(1), today) == date(2026, 11, 30)
    short = issue.candidate(1, offer={"coupon_days": 1})
    assert valid_to(short, today) == today
    assert valid_to(Candidate(short.offer), today) == today


@pytest.mark.parametrize(
    ("one", "two", "reason"),
    [
        ((1, 0), None, Reason.APPLIED),
        ((0, 0), None, Reason.APPLIED),
        ((0, 0), (0, 0), Reason.OUT_OF_STOCK),
        ((0, 0), (1, 0), Reason.APPLIED),
        ((1, 80), (0, 0), Reason.STALE_DATA),
        ((1, 72), (0, 0), Reason.APPLIED),
    ],
)
def test_availability_of_the_named_products(issue, one, two, reason):
    """(on hand, age in hours) of two products; unknown counts as there, too old as unknowable."""
    utc: datetime = issue.make.noon.utc
    known = {
        gtin: Availability(it[0], utc - it[1] * HOUR)
        for gtin, it in (("1", one), ("2", two))
        if it is not None
    }
    candidate = issue.candidate(1, offer={"gtins": ("1", "2")})
    assert reasons(issue.context(candidate, availability=known)) == [reason]


@pytest.mark.parametrize(
    ("stock", "reason"),
    [
        ((1, 0), Reason.APPLIED),
        ((0, 0), Reason.OUT_OF_STOCK),
        ((1, 80), Reason.STALE_DATA),
        (None, Reason.APPLIED),
    ],
)
def test_a_brand_or_a_category_is_as_available_as_its_products(issue, stock, reason):
    """B1 and food/c1 hold product 1 alone: what is known of it holds for them."""
    known = {}
    if stock is not None:
        known["1"] = Availability(stock[0], issue.make.noon.utc - stock[1] * HOUR)
    for include in (Selector(brands=("B1",)), Selector(categories=("food/c1",))):
        candidate = issue.candidate(1, offer={"include": include})
        assert reasons(issue.context(candidate, availability=known)) == [reason]


def test_a_recall_stops_a_brand_only_where_nothing_else_of_it_is_left(issue):
    """The recalled product is the whole of B1, and one of nine of the food."""
    brand = issue.candidate(1, offer={"include": Selector(brands=("B1",))})
    food = issue.candidate(2, offer={"include": Selector(categories=("food",))})
    context = issue.context(brand, food, recalled=frozenset({"1"}))
    assert reasons(context) == [Reason.RECALLED, Reason.APPLIED]


@pytest.mark.parametrize(
    ("flag", "reason"),
    [("tobacco", Reason.LEGAL_TOBACCO), ("infant_formula", Reason.LEGAL_INFANT_FORMULA)],
)
def test_law_holds_an_offer_back(issue, flag, reason):
    """One product of the set that may not be promoted is enough."""
    products = {**issue.products, "2": issue.make.product("2", flags=(flag,))}
    candidate = issue.candidate(1, offer={"gtins": ("1", "2")})
    assert reasons(issue.context(candidate, products=products)) == [reason]


@pytest.mark.parametrize(("day", "reason"), [(13, Reason.APPLIED), (14, Reason.QUIET_TIME)])
def test_quiet_time_after_a_redemption(issue, day, reason):
    """Redeemed on the 13th, seven quiet days end with the 19th; on the 14th, with the 20th."""
    history = (past("redeemed", date(2026, 11, day), "O1"), past("redeemed", date(2026, 11, 1)))
    assert reasons(issue.context(issue.candidate(1), past=history)) == [reason]


def test_the_persons_cap_counts_the_calendar_month(issue):
    """Two of three this month, one in October: one more may be printed, then none."""
    history = (
        past("issued", date(2026, 11, 1)),
        past("issued", date(2026, 11, 20)),
        past("issued", date(2026, 10, 31)),
        past("issued", date(2025, 11, 5)),
        past("redeemed", date(2026, 11, 5)),
    )
    some = [issue.candidate(1, 2.0), issue.candidate(2, 1.0)]
    context = issue.context(*some, past=history, policy={"person_month_cap": 3})
    assert reasons(context) == [Reason.APPLIED, Reason.CAP_PERSON]
    context = issue.context(*some, past=history, policy={"person_month_cap": 2})
    assert reasons(context) == [Reason.CAP_PERSON] * 2


def test_the_contact_cap_counts_seven_days_of_every_channel(issue):
    """The 14th is the first of seven days; paper and e-mail both count, redemptions do not."""
    history = (
        past("contact", date(2026, 11, 14)),
        past("issued", date(2026, 11, 20)),
        past("contact", date(2026, 11, 13)),
        past("redeemed", date(2026, 11, 18)),
    )
    some = [issue.candidate(1, 2.0), issue.candidate(2, 1.0)]
    context = issue.context(*some, past=history, policy={"contact_week_cap": 3})
    assert reasons(context) == [Reason.APPLIED, Reason.CONTACT_CAP]
    context = issue.context(*some, past=history, policy={"contact_week_cap": 2})
    assert reasons(context) == [Reason.CONTACT_CAP] * 2


def test_the_category_cap_counts_past_and_slip(issue):
    """One of two was printed this month; of two more the better one is, and a substitute."""
    products = {n: issue.make.product(n, category="food/cheese/hard") for n in ("1", "2")}
    products["3"] = issue.make.product("3", category="food/bread")
    some = [issue.candidate(n, 4.0 - n) for n in (1, 2, 3)]
    history = (past("issued", date(2026, 11, 2), category="food/cheese"),)
    context = issue.context(*some, past=history, products=products, policy={"slip_offers": 2})
    assert reasons(context) == [Reason.APPLIED, Reason.CAP_CATEGORY, Reason.APPLIED]
    context = issue.context(*some, past=history * 2, products=products)
    assert reasons(context) == [Reason.CAP_CATEGORY, Reason.CAP_CATEGORY, Reason.APPLIED]


def test_no_two_offers_on_one_product(issue):
    """The better of two on product 1 is printed; the other names it."""
    some = [issue.candidate(1, 1.0), issue.candidate(2, 2.0, offer={"gtins": ("1", "2")})]
    decision = choose(issue.context(*some))
    assert decision.verdicts[0].reason is Reason.BETTER_OFFER_CHOSEN
    assert decision.verdicts[0].evidence == {"by": "O2"}


@pytest.mark.parametrize(
    ("one", "two", "overlap"),
    [
        (Selector(brands=("B1",)), Selector(("1",)), True),
        (Selector(brands=("B1",)), Selector(("2",)), False),
        (Selector(brands=("B1",)), Selector(brands=("B1", "B7")), True),
        (Selector(brands=("B1",)), Selector(categories=("food/c1",)), True),
        (Selector(brands=("B1",)), Selector(categories=("food/c2",)), False),
        (Selector(categories=("food",)), Selector(categories=("food/c2",)), True),
        (Selector(categories=("food/c2",)), Selector(categories=("food",)), True),
        (Selector(categories=("food/c2",)), Selector(categories=("food/c21",)), False),
        (Selector(("98",)), Selector(("98",)), True),
    ],
)
def test_sets_overlap_where_a_product_is_in_both(issue, one, two, overlap):
    """By GTIN, brand or category, known products or the same words."""
    some = [issue.candidate(1, offer={"include": one}), issue.candidate(2, offer={"include": two})]
    assert len(printed(issue.context(*some))) == (1 if overlap else 2)


def test_an_excluded_product_does_not_overlap(issue):
    """O1 excludes the only product that both name."""
    some = [
        issue.candidate(1, offer={"gtins": ("1", "2"), "exclude": Selector(("2",))}),
        issue.candidate(2),
    ]
    assert len(printed(issue.context(*some))) == 2


def test_basket_rewards_overlap_one_another_only(issue):
    """Two on the whole basket do, one beside a product's offer does not."""
    whole = {"reward": BasketAmountOff(100), "include": Selector()}
    some = [issue.candidate(1, offer=whole), issue.candidate(2, offer=whole), issue.candidate(3)]
    assert printed(issue.context(*some)) == ["O1", "O3"]


def test_rival_brands_never_stand_on_one_slip(issue):
    """B1 and B2 are rivals, whichever way the pair is written; B3 is printed instead."""
    some = [issue.candidate(1, 3.0), issue.candidate(2, 2.0), issue.candidate(3, 1.0)]
    for pair in (("B1", "B2"), ("B2", "B1")):
        context = issue.context(*some, rivals=(pair,), policy={"slip_offers": 2})
        assert reasons(context) == [Reason.APPLIED, Reason.RIVAL_BRAND, Reason.APPLIED]


def test_a_holdout_is_a_ghost_where_it_would_have_been_printed(issue):
    """The best is held out: HOLDOUT, and the next takes its place; a holdout that loses is none."""
    some = [
        issue.candidate(1, 3.0, arm="holdout"),
        issue.candidate(2, 2.0),
        issue.candidate(3, 1.0, arm="holdout"),
    ]
    context = issue.context(*some, policy={"slip_offers": 1})
    assert reasons(context) == [Reason.HOLDOUT, Reason.APPLIED, Reason.BETTER_OFFER_CHOSEN]


def test_an_offer_stands_on_a_slip_once(issue):
    """The same offer assigned twice is printed once."""
    twice = [issue.candidate(1, 1.0), issue.candidate(1, 2.0)]
    assert reasons(issue.context(*twice)) == [Reason.APPLIED, Reason.BETTER_OFFER_CHOSEN]


def test_odd_scores(issue):
    """A score that is no number counts as 0; a negative one is worse than an empty place."""
    some = [issue.candidate(1, float("nan")), issue.candidate(2, -1.0), issue.candidate(3, 0.5)]
    assert printed(issue.context(*some)) == ["O3", "O1"]


def test_an_offers_category_is_what_its_products_share(issue):
    """Common path, cut to the depth; brands by known products; nothing known, no category."""
    make, products = issue.make, issue.products
    cases = [
        (make.offer(gtins=("1",)), "food/c1"),
        (make.offer(gtins=("1", "2")), "food"),
        (make.offer(gtins=("1", "2"), exclude=Selector(("2",))), "food/c1"),
        (make.offer(include=Selector(brands=("B2",))), "food/c2"),
        (make.offer(include=Selector(categories=("food/c3/x/y", "food/c3/x"))), "food/c3"),
        (make.offer(include=Selector(("1",), categories=("drinks",))), ""),
        (make.offer(gtins=("98",)), ""),
    ]
    for offer, category in cases:
        assert offer_category(offer, products, 2) == category
    assert offer_category(cases[0][0], products, 9) == "food/c1/deep"


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_the_slip_is_the_best_of_all_sets(make_all, data):
    """No allowed set of up to three has a higher sum of scores than the one that is printed."""
    issue = builders(make_all)
    pairs = st.lists(st.sampled_from("1234"), min_size=1, max_size=2, unique=True)
    some = [
        issue.candidate(n, data.draw(st.integers(0, 20)), offer={"gtins": tuple(data.draw(pairs))})
        for n in range(6)
    ]
    rivals = data.draw(st.sampled_from([(), (("B1", "B2"),), (("B3", "B4"), ("B1", "B4"))]))
    decision = choose(issue.context(*some, rivals=rivals))

    def fine(group):
        sets = [set(it.offer.products.include.gtins) for it in group]
        for one, two in itertools.combinations(sets, 2):
            brands = [{f"B{gtin}" for gtin in gtins} for gtins in (one, two)]
            if one & two or any(
                {a, b} <= brands[0] | brands[1]
                and ((a in brands[0] and b in brands[1]) or (b in brands[0] and a in brands[1]))
                for a, b in rivals
            ):
                return False
        categories = [f"food/c{next(iter(it))}" for it in sets if len(it) == 1]
        alike = sum(len(it) == 2 for it in sets)
        return alike <= 2 and all(categories.count(it) <= 2 for it in categories)

    groups = (group for size in range(4) for group in itertools.combinations(some, size))
    best = max(sum(it.assignment.score for it in group) for group in groups if fine(group))
    assert fine(decision.chosen)
    assert sum(it.assignment.score for it in decision.chosen) == best
    assert len(decision.verdicts) == 6
    assert decision == choose(issue.context(*some, rivals=rivals))
