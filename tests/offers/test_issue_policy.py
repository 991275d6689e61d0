"""Each setting of the issue policy: what it stops, what it says, and where its edge is."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from offers.context import Availability, Candidate, IssueContext, Mix, Policy, StoreFacts
from offers.issue import choose
from offers.law import LawRule
from offers.model import Assignment, OtherReduced, PastUse, ProductSet, Selector
from offers.reasons import Reason

TODAY = date(2026, 11, 20)
HOUR = timedelta(hours=1)


def day(number):
    return date(2026, 11, number)


@pytest.fixture
def shop(make):
    """Give a builder of contexts on nine products, and one of candidates."""
    products = {
        str(n): make.product(str(n), category=f"food/c{n}", brand=f"B{n}") for n in range(9)
    }

    def candidate(n=1, score=1.0, ends=date(2026, 11, 30), **offer):
        offer = make.offer(f"O{n}", **{"use": "coupon", "gtins": (str(n),), **offer})
        return Candidate(offer, Assignment(offer.offer_id, score, date(2026, 11, 1), ends))

    def context(*candidates, policy=None, **facts):
        base = {
            "moment": make.noon,
            "store": StoreFacts("S1"),
            "policy": Policy(**(policy or {})),
            "products": products,
            "availability": {},
        }
        return IssueContext(**{**base, "candidates": candidates, **facts})

    shop = type("Shop", (), {"make": make, "products": products})()
    shop.candidate, shop.context = candidate, context
    return shop


def verdicts(context):
    return [(it.reason, it.evidence) for it in choose(context).verdicts]


def reason(context):
    (verdict,) = choose(context).verdicts
    return verdict.reason


def stock(shop, on_hand, sold=None, age_h=0):
    return Availability(on_hand, shop.make.noon.utc - age_h * HOUR, sold)


# Availability.


@pytest.mark.parametrize(
    ("on_hand", "sold", "expected"),
    [
        (10, 56, Reason.APPLIED),  # 2 a day: five days
        (9, 56, Reason.OUT_OF_STOCK),  # four and a half
        (1, 0, Reason.APPLIED),  # nothing sold: it lasts for ever
        (1, None, Reason.APPLIED),  # the pace is unknown
        (0, 0, Reason.OUT_OF_STOCK),
    ],
)
def test_days_of_cover(shop, on_hand, sold, expected):
    """Five days of cover asked for: on hand by a 28th of the four weeks' sales."""
    context = shop.context(
        shop.candidate(),
        policy={"min_cover_days": 5},
        availability={"1": stock(shop, on_hand, sold)},
    )
    assert reason(context) is expected


def test_cover_is_said(shop):
    """9 units at 2 a day: four whole days."""
    context = shop.context(
        shop.candidate(), policy={"min_cover_days": 5}, availability={"1": stock(shop, 9, 56)}
    )
    evidence = {"cover_days": 4, "gtin": "1", "on_hand": 9}
    assert verdicts(context) == [(Reason.OUT_OF_STOCK, evidence)]


def test_one_product_with_cover_is_enough(shop):
    """The set holds one that is short and one that is not; an old figure speaks for nothing."""
    some = {"1": stock(shop, 1, 280), "2": stock(shop, 100, 28)}
    policy = {"min_cover_days": 5}
    both = shop.candidate(gtins=("1", "2"))
    assert reason(shop.context(both, policy=policy, availability=some)) is Reason.APPLIED
    some["2"] = stock(shop, 100, 28, age_h=100)
    assert reason(shop.context(both, policy=policy, availability=some)) is Reason.STALE_DATA


@pytest.mark.parametrize(
    ("sold", "least", "expected"),
    [
        ((9, 3), 10, Reason.LOW_MOVER),
        ((10, 3), 10, Reason.APPLIED),
        ((None, 3), 10, Reason.APPLIED),
        ((0, 0), 0, Reason.APPLIED),
    ],
)
def test_low_movers(shop, sold, least, expected):
    """Every product of the set must be known to sell too slowly; 0 units asks nothing."""
    known = {str(n + 1): stock(shop, 5, units) for n, units in enumerate(sold)}
    context = shop.context(
        shop.candidate(gtins=("1", "2")), policy={"low_mover_units": least}, availability=known
    )
    assert reason(context) is expected


def test_a_low_mover_names_its_sales(shop):
    """9 and 3 sold, 10 wanted."""
    known = {"1": stock(shop, 5, 9), "2": stock(shop, 5, 3)}
    context = shop.context(
        shop.candidate(gtins=("1", "2")), policy={"low_mover_units": 10}, availability=known
    )
    assert verdicts(context) == [(Reason.LOW_MOVER, {"gtin": "1", "least": 10, "sold": 12})]


def test_what_is_given_must_be_there_too(shop):
    """Tea is there, the biscuits that come with it are not."""
    reward = OtherReduced(ProductSet({"en": "biscuits"}, Selector(("2",))))
    known = {"1": stock(shop, 5), "2": stock(shop, 0)}
    context = shop.context(shop.candidate(reward=reward), availability=known)
    assert verdicts(context) == [(Reason.OUT_OF_STOCK, {"gtin": "2", "on_hand": 0})]


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"currency": "USD"}, "currency"), ({"starts": date(2026, 12, 5)}, "ends"), ({}, None)],
)
def test_a_faulty_offer_is_not_printed(shop, fields, field):
    """Dollars in a store of euros, and an offer that ends before it starts."""
    ((reason, evidence),) = verdicts(shop.context(shop.candidate(**fields)))
    assert reason is (Reason.OFFER_INVALID if field else Reason.APPLIED)
    assert evidence.get("field") == field


# Whom it is for, and where.


@pytest.mark.parametrize(
    ("panel_only", "approved", "panel", "expected"),
    [
        (True, False, True, Reason.APPLIED),
        (True, True, False, Reason.NOT_ASSIGNED),
        (False, False, True, Reason.NOT_APPROVED),
        (False, True, False, Reason.APPLIED),
    ],
)
def test_drafts_go_to_the_panel_alone(shop, panel_only, approved, panel, expected):
    """A draft needs no approval, and nobody outside the panel gets it."""
    fields = {} if approved else {"approval": None}
    context = shop.context(shop.candidate(panel_only=panel_only, **fields), panel=panel)
    assert reason(context) is expected


@pytest.mark.parametrize(
    ("fields", "evidence"),
    [
        ({"store_groups": ("big", "city")}, {}),
        ({"store_groups": ("village",)}, {"groups": "village", "store": "S1"}),
        ({"lane_groups": ("self",)}, {}),
        ({"lane_groups": ("drive",)}, {"lanes": "drive", "store": "S1"}),
        ({"stores": ("S1",), "store_groups": ("village",)}, {"groups": "village", "store": "S1"}),
    ],
)
def test_groups_of_stores_and_lanes(shop, fields, evidence):
    """A store of one of the groups prints it; so does one that has a lane which will take it."""
    store = StoreFacts("S1", groups=("city",), lane_groups={"1": (), "2": ("self",)})
    context = shop.context(shop.candidate(**fields), store=store)
    expected = Reason.WRONG_STORE if evidence else Reason.APPLIED
    assert verdicts(context) == [(expected, evidence)]


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ({"O1": 1}, Reason.APPLIED),
        ({"O1": 0}, Reason.BUDGET_EXHAUSTED),
        ({}, Reason.BUDGET_EXHAUSTED),
    ],
)
def test_the_first_n_printed(shop, left, expected):
    """What this lane was given and has not used; a figure that is missing is none."""
    context = shop.context(shop.candidate(max_issued=100), issues_left=left)
    assert reason(context) is expected
    assert reason(shop.context(shop.candidate(), issues_left={})) is Reason.APPLIED


# The shopper's past.


@pytest.mark.parametrize(
    ("printed", "expected"),
    [(14, Reason.QUIET_TIME), (13, Reason.APPLIED), (20, Reason.QUIET_TIME)],
)
def test_a_coupon_that_is_still_out_is_not_printed_again(shop, printed, expected):
    """Valid seven days, its first one included: printed on the 14th it is out until the 20th."""
    past = (PastUse("issued", "O1", day(printed)), PastUse("issued", "O2", day(20)))
    context = shop.context(shop.candidate(coupon_days=7), past=past)
    assert reason(context) is expected


def test_until_when_it_is_out_is_said(shop):
    """The later of two; never beyond the assignment's last day."""
    past = (PastUse("issued", "O1", day(15)), PastUse("issued", "O1", day(18)))
    context = shop.context(shop.candidate(coupon_days=7), past=past)
    assert verdicts(context) == [(Reason.QUIET_TIME, {"out_until": "2026-11-24"})]
    context = shop.context(shop.candidate(coupon_days=7, ends=day(22)), past=past)
    assert verdicts(context) == [(Reason.QUIET_TIME, {"out_until": "2026-11-22"})]


def test_as_many_may_be_out_as_the_policy_allows(shop):
    """With two allowed, one that is out stops nothing; of two, the first to expire makes room."""
    past = (PastUse("issued", "O1", day(15)), PastUse("issued", "O1", day(18)))
    two = {"coupons_out": 2}
    context = shop.context(shop.candidate(coupon_days=7), past=past[:1], policy=two)
    assert reason(context) is Reason.APPLIED
    context = shop.context(shop.candidate(coupon_days=7), past=past, policy=two)
    assert verdicts(context) == [(Reason.QUIET_TIME, {"out_until": "2026-11-21"})]


@pytest.mark.parametrize(
    ("uses", "single", "expected"),
    [
        ([("issued", 15), ("redeemed", 16)], True, Reason.APPLIED),
        ([("issued", 16), ("redeemed", 16)], True, Reason.APPLIED),
        ([("issued", 16), ("redeemed", 15)], True, Reason.QUIET_TIME),
        ([("issued", 15), ("issued", 16), ("redeemed", 17)], True, Reason.QUIET_TIME),
        ([("issued", 5), ("issued", 16), ("redeemed", 17)], True, Reason.APPLIED),
        ([("issued", 15), ("redeemed", 16)], False, Reason.QUIET_TIME),
    ],
)
def test_a_redemption_takes_a_coupon_in(shop, uses, single, expected):
    """The oldest that was valid then; a coupon for many uses stays out until its last day."""
    past = tuple(PastUse(kind, "O1", day(number)) for kind, number in uses)
    candidate = shop.candidate(coupon_days=7, single_use=single)
    context = shop.context(candidate, past=past, policy={"quiet_days": 0})
    assert reason(context) is expected


def test_a_coupon_used_without_its_card_starts_the_quiet_time(shop):
    """Headquarters found out whose it was, and told: it counts as any redemption."""
    past = (PastUse("redeemed", "O1", day(18), channel="coupon"),)
    context = shop.context(shop.candidate(), past=past)
    assert verdicts(context) == [(Reason.QUIET_TIME, {"until": "2026-11-25"})]


def test_all_uses_of_a_shopper(shop):
    """Two uses in the offer's life: after the second no coupon is printed, quiet time or not."""
    past = (PastUse("redeemed", "O1", day(2)), PastUse("redeemed", "O1", day(5)))
    policy = {"quiet_days": 0}
    context = shop.context(shop.candidate(max_uses_per_shopper=2), past=past, policy=policy)
    evidence = {"max_uses": 2, "when": "2026-11-05"}
    assert verdicts(context) == [(Reason.ALREADY_REDEEMED, evidence)]
    context = shop.context(shop.candidate(max_uses_per_shopper=3), past=past, policy=policy)
    assert reason(context) is Reason.APPLIED


def test_caps_of_single_channels(shop):
    """Two e-mails are enough for this week; one slip more may be printed beside one."""
    mails = tuple(PastUse("contact", "X", day(n), channel="email") for n in (14, 20))
    some = (shop.candidate(1, 2.0), shop.candidate(2, 1.0))
    context = shop.context(*some, past=mails, policy={"channel_week_caps": {"email": 2}})
    assert verdicts(context) == [(Reason.CONTACT_CAP, {"cap": 2, "channel": "email"})] * 2
    context = shop.context(*some, past=mails[:1], policy={"channel_week_caps": {"email": 2}})
    assert [it[0] for it in verdicts(context)] == [Reason.APPLIED] * 2
    caps = {"channel_week_caps": {"receipt": 2, "email": 3}}
    paper = (PastUse("issued", "X", day(14)), PastUse("issued", "X", day(13)), *mails)
    context = shop.context(*some, past=paper, policy=caps)
    evidence = {"cap": 2, "channel": "receipt"}
    assert verdicts(context) == [(Reason.APPLIED, {}), (Reason.CONTACT_CAP, evidence)]


# Law and paper.


@pytest.mark.parametrize(
    ("place", "mode", "asked", "expected"),
    [
        ("FR", "always", False, Reason.LEGAL_PRINT_ON_REQUEST),
        ("FR", "always", True, Reason.APPLIED),
        ("FR", "never", True, Reason.LEGAL_PRINT_ON_REQUEST),
        ("DE", "always", False, Reason.APPLIED),
        ("DE", "on_request", False, Reason.LEGAL_PRINT_ON_REQUEST),
        ("DE", "on_request", True, Reason.APPLIED),
    ],
)
def test_paper_that_nobody_asked_for(shop, place, mode, asked, expected):
    """In France whatever the policy says; elsewhere as it says; "never" is never."""
    store = StoreFacts("S1", jurisdiction=place)
    context = shop.context(shop.candidate(), store=store, policy={"print_mode": mode}, asked=asked)
    assert reason(context) is expected


def test_the_laws_that_were_shipped_count_by_the_business_date(shop):
    """A ban from tomorrow on stops nothing today."""
    for since, expected in ((TODAY, Reason.LEGAL_ALCOHOL), (day(21), Reason.APPLIED)):
        rule = LawRule(("DE",), "offers", Reason.LEGAL_ALCOHOL, "alcohol", since)
        store = StoreFacts("S1", jurisdiction="DE", laws=(rule,))
        wine = {"1": shop.make.product("1", flags=("alcohol",))}
        context = shop.context(shop.candidate(), store=store, products=wine)
        assert reason(context) is expected


def test_law_looks_at_what_is_given_too(shop):
    """Cheese for free beside wine is one thing, wine beside cheese another."""
    reward = OtherReduced(ProductSet({"en": "wine"}, Selector(("2",))))
    wine = {**shop.products, "2": shop.make.product("2", flags=("alcohol",))}
    store = StoreFacts("S1", jurisdiction="IE")
    context = shop.context(shop.candidate(reward=reward), store=store, products=wine)
    assert verdicts(context) == [(Reason.LEGAL_ALCOHOL, {"gtin": "2"})]


# The mix.


def of(shop, n, score, objective, **offer):
    return shop.candidate(n, score, objective=objective, **offer)


def test_at_least_one_of_an_objective(shop):
    """Two places: the best, and the only value offer though its score is the worst."""
    some = (
        of(shop, 1, 9.0, "retention"),
        of(shop, 2, 8.0, "retention"),
        of(shop, 3, 0.5, "value"),
    )
    policy = {"slip_offers": 2, "mix": (Mix("value", least=1),)}
    assert [it.offer.offer_id for it in choose(shop.context(*some, policy=policy)).chosen] == [
        "O1",
        "O3",
    ]


def test_what_cannot_be_had_is_not_waited_for(shop):
    """No value offer: the slip is the best without; a negative score is not printed for the mix."""
    some = (of(shop, 1, 9.0, "retention"), of(shop, 2, -1.0, "value"))
    policy = {"mix": (Mix("value", least=2),)}
    assert [it.offer.offer_id for it in choose(shop.context(*some, policy=policy)).chosen] == ["O1"]


def test_at_most_so_many_of_an_objective(shop):
    """The second tier offer finds no place, and hears why; of two rules the stricter one counts."""
    some = (of(shop, 1, 9.0, "tier_move"), of(shop, 2, 8.0, "tier_move"), of(shop, 3, 1.0, "value"))
    policy = {"mix": (Mix("tier_move", most=2), Mix("tier_move", most=1))}
    assert verdicts(shop.context(*some, policy=policy)) == [
        (Reason.APPLIED, {}),
        (Reason.BETTER_OFFER_CHOSEN, {"cap": 1, "objective": "tier_move"}),
        (Reason.APPLIED, {}),
    ]


def test_sets_that_share_an_attribute_overlap(shop):
    """Two offers on organic food: one slip holds one of them."""
    organic = {"include": Selector(attributes=("organic",))}
    some = (shop.candidate(1, 2.0, **organic), shop.candidate(2, 1.0, **organic))
    assert verdicts(shop.context(*some))[1] == (Reason.BETTER_OFFER_CHOSEN, {"by": "O1"})


def test_what_is_given_overlaps_with_an_offer_on_it(shop):
    """Biscuits with the tea, and an offer on the biscuits: the better one."""
    reward = OtherReduced(ProductSet({"en": "biscuits"}, Selector(("2",))))
    some = (shop.candidate(1, 2.0, reward=reward), shop.candidate(2, 1.0))
    assert verdicts(shop.context(*some))[1] == (Reason.BETTER_OFFER_CHOSEN, {"by": "O1"})


def test_a_store_that_says_nothing_of_panel_and_budget_prints_as_before(shop):
    """Everything that was added is off until somebody sets it."""
    old = msgspec.json.decode(b"{}", type=Policy)
    assert (old.min_cover_days, old.low_mover_units, old.mix) == (0, 0, ())
    assert old.channel_week_caps == {}
