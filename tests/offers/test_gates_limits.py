"""Groups, identity, limits, panels and faulty offers close their gates; and in which order."""

from __future__ import annotations

import gc
from datetime import date

import msgspec
import pytest

from offers.context import StoreFacts
from offers.decide import decide
from offers.gates import _GATES_OF, findings
from offers.model import Approval, BasketAmountOff, Condition, Daypart, PastUse, Selector
from offers.reasons import Reason


def only_verdict(make, candidate, lines=None, **facts):
    """Decide a basket of one yogurt for one candidate."""
    lines = lines or [make.line("A", "1", 300)]
    decision = decide(make.context([candidate], lines, **facts))
    assert len(decision.verdicts) == 1
    return decision.verdicts[0]


@pytest.mark.parametrize(
    ("offer", "store", "evidence"),
    [
        ({"store_groups": ("city", "north")}, {"groups": ("north",)}, None),
        (
            {"store_groups": ("north", "city")},
            {"groups": ("south",)},
            {"groups": "city, north", "store": "S1"},
        ),
        ({"store_groups": ("city",)}, {}, {"groups": "city", "store": "S1"}),
        ({"stores": ("S2",), "store_groups": ()}, {}, {"store": "S1", "stores": "S2"}),
        # both are asked for: of the group, and one of the stores
        (
            {"stores": ("S2",), "store_groups": ("city",)},
            {"groups": ("city",)},
            {"store": "S1", "stores": "S2"},
        ),
        ({"lane_groups": ("self",)}, {"lane_groups": {"L1": ("self", "express")}}, None),
        (
            {"lane_groups": ("self", "phone")},
            {"lane_groups": {"L1": ("express",), "L2": ("self",)}},
            {"groups": "phone, self", "lane": "L1"},
        ),
        ({"lane_groups": ("self",)}, {}, {"groups": "self", "lane": "L1"}),
    ],
)
def test_groups_of_stores_and_lanes(make, offer, store, evidence):
    """One common group is enough; a store or lane without groups is in none."""
    verdict = only_verdict(make, make.offer(**offer), store=StoreFacts("S1", **store), lane="L1")
    if evidence is None:
        assert verdict.reason is Reason.APPLIED
    else:
        assert (verdict.reason, verdict.evidence) == (Reason.WRONG_STORE, evidence)


@pytest.mark.parametrize(
    ("identity", "strong", "reason"),
    [
        ("strong", True, Reason.APPLIED),
        ("strong", False, Reason.ID_TOO_WEAK),
        ("any", True, Reason.APPLIED),
        ("any", False, Reason.APPLIED),
    ],
)
def test_a_phone_number_is_enough_where_the_offer_says_so(make, identity, strong, reason):
    """Only an offer that asks for the card itself is refused to a phone number."""
    offer = make.offer(identity=identity)
    assert only_verdict(make, offer, identity_strong=strong).reason is reason
    assert (
        only_verdict(make, offer, shopper_known=False, identity_strong=strong).reason
        is Reason.CARD_NOT_SCANNED
    )


@pytest.mark.parametrize(
    ("limit", "kinds", "evidence"),
    [
        (2, ["redeemed"], None),
        (2, ["redeemed", "issued", "contact"], None),
        (2, ["redeemed", "redeemed"], {"limit": 2, "times": 2, "when": "2026-11-03"}),
        (1, ["redeemed", "redeemed"], {"limit": 1, "times": 2, "when": "2026-11-03"}),
        (None, ["redeemed"] * 3, None),
    ],
)
def test_a_shopper_has_so_many_redemptions(make, limit, kinds, evidence):
    """Redemptions of this offer count, what was printed or told and other offers do not."""
    past = tuple(PastUse(kind, "O1", date(2026, 11, 3 - n)) for n, kind in enumerate(kinds[:3]))
    past += tuple(PastUse("redeemed", "O2", date(2026, 11, 2)) for _ in range(5))
    verdict = only_verdict(make, make.offer(max_uses_per_shopper=limit), past=past)
    if evidence is None:
        assert verdict.reason is Reason.APPLIED
    else:
        assert (verdict.reason, verdict.evidence) == (Reason.ALREADY_REDEEMED, evidence)


@pytest.mark.parametrize(
    ("left", "reason"),
    [
        ({"O1": 1}, Reason.APPLIED),
        ({"O1": 0}, Reason.BUDGET_EXHAUSTED),
        ({"O1": -1}, Reason.BUDGET_EXHAUSTED),
        ({"O2": 5}, Reason.BUDGET_EXHAUSTED),
    ],
)
def test_the_first_n_of_the_chain(make, left, reason):
    """A lane gives what it was leased; of what it knows nothing it was leased nothing."""
    offer = make.offer(max_redemptions=1000)
    assert only_verdict(make, offer, redemptions_left=left).reason is reason
    assert only_verdict(make, make.offer(), redemptions_left=left).reason is Reason.APPLIED


@pytest.mark.parametrize("approval", [None, Approval("Ann", date(2026, 10, 1))])
def test_a_draft_is_for_the_panel(make, approval):
    """It needs no approval, and nobody else gets it, approved or not."""
    offer = make.offer(approval=approval, panel_only=True)
    assert only_verdict(make, offer, panel=True).reason is Reason.APPLIED
    assert only_verdict(make, offer).reason is Reason.NOT_ASSIGNED


@pytest.mark.parametrize(
    ("fields", "evidence"),
    [
        (
            {"currency": "CHF"},
            {"field": "currency", "what": "its amounts are in CHF, the store's in EUR"},
        ),
        ({"currency": "EUR"}, None),
        (
            {"starts": date(2026, 11, 30), "ends": date(2026, 11, 1)},
            {
                "field": "ends",
                "what": "it ends on 2026-11-01, before it starts on 2026-11-30",
            },
        ),
        (
            {"exclude": Selector(("1",))},
            {
                "field": "products.exclude",
                "what": "it excludes everything that the set includes",
            },
        ),
        # pointless, but clear: one use a basket
        ({"reward": BasketAmountOff(100), "max_uses_per_basket": 3}, None),
        # nothing in a set is no contradiction for a reward on the whole basket
        ({"include": Selector(), "reward": BasketAmountOff(100)}, None),
    ],
)
def test_a_faulty_offer_is_refused(make, fields, evidence):
    """The field and what is wrong with it are the evidence."""
    verdict = only_verdict(make, make.offer(**fields))
    if evidence is None:
        assert verdict.reason is Reason.APPLIED
    else:
        assert (verdict.reason, verdict.evidence) == (Reason.OFFER_INVALID, evidence)


def test_gates_close_in_the_order_of_the_table(make):
    """An offer for which all gates are closed hears them one after the other, as they are opened."""
    shut = make.offer(
        starts=date(2026, 12, 1),
        ends=date(2026, 11, 30),
        currency="CHF",
        approval=None,
        stores=("S2",),
        lane_groups=("self",),
        dayparts=(Daypart(to_minute=60),),
        max_uses_per_shopper=1,
        max_redemptions=9,
    )
    facts = {"past": (PastUse("redeemed", "O1", date(2026, 11, 2)),), "shopper_known": False}
    steps = [
        ({"ends": date(2026, 12, 2)}, {}, Reason.OFFER_INVALID),
        ({"currency": ""}, {}, Reason.OFFER_INVALID),
        ({"approval": Approval("Ann", date(2026, 10, 1))}, {}, Reason.NOT_APPROVED),
        ({"stores": ()}, {}, Reason.WRONG_STORE),
        ({"lane_groups": ()}, {}, Reason.WRONG_STORE),
        ({"starts": date(2026, 11, 1)}, {}, Reason.NOT_STARTED),
        ({"condition": Condition()}, {}, Reason.WRONG_DAYPART),
        ({}, {"shopper_known": True}, Reason.CARD_NOT_SCANNED),
        ({}, {"past": ()}, Reason.ALREADY_REDEEMED),
        ({}, {"redemptions_left": {"O1": 9}}, Reason.BUDGET_EXHAUSTED),
    ]
    for changes, more, reason in steps:
        (finding,) = findings(make.context([make.candidate(shut)], [], **facts))
        assert finding.reason is reason
        shut, facts = msgspec.structs.replace(shut, **changes), facts | more
    assert findings(make.context([make.candidate(shut)], [], **facts)) == [None]


def test_what_is_known_of_an_offer_is_that_offers_alone(make):
    """Another offer under the same id and version is looked at anew."""
    for stores, reason in [
        (("S2",), Reason.WRONG_STORE),
        ((), None),
        (("S2",), Reason.WRONG_STORE),
    ]:
        (finding,) = findings(make.context([make.offer(stores=stores)], []))
        assert (finding.reason if finding else None) is reason


def test_what_is_known_of_an_offer_ends_with_it(make):
    """Offers of a generation that is gone leave nothing behind."""
    offers = [make.offer(f"O{n}") for n in range(50)]
    gc.collect()  # what earlier tests left in cycles would go in between
    before = len(_GATES_OF)
    assert findings(make.context(offers, [])) == [None] * 50
    assert findings(make.context(offers, [])) == [None] * 50
    assert len(_GATES_OF) == before + 50
    del offers
    assert len(_GATES_OF) == before
