"""Every offer that was not used knows why, with the facts that a cashier needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
from hypothesis import given, settings, strategies as st

from offers.basket import Presented
from offers.context import Candidate, StoreFacts
from offers.decide import decide
from offers.model import (
    AmountOff,
    AmountOffPerKg,
    BasketAmountOff,
    BasketPercentOff,
    FixedPrice,
    PercentOff,
    Selector,
)
from offers.reasons import Reason, Verdict


def verdicts(make, offers, lines, **facts):
    return {it.offer_id: it for it in decide(make.context(offers, lines, **facts)).verdicts}


def test_near_misses_say_what_is_missing(make):
    """One unit, 1.00 of the set, 7.00 of the whole basket."""
    lines = [make.line("A", "1", 300)]
    offers = [
        make.offer("O1", min_quantity=2),
        make.offer("O2", min_spend_minor=400),
        make.offer("O3", basket_min_minor=1000),
    ]
    found = verdicts(make, offers, lines)
    assert [it.outcome for it in found.values()] == ["near_miss"] * 3
    assert found["O1"].reason is Reason.NEAR_MISS_QTY
    assert found["O1"].evidence == {"missing": 1, "set": "Alpro yogurt 500 g"}
    assert found["O2"].reason is Reason.NEAR_MISS_VALUE
    assert (found["O2"].evidence["missing_minor"], found["O2"].evidence["what"]) == (100, "set")
    assert (found["O3"].evidence["missing_minor"], found["O3"].evidence["what"]) == (700, "basket")


def test_a_near_miss_names_what_does_not_count(make):
    """The excluded variants that are known are in the evidence."""
    products = {
        "1": make.product("1", variant="Plain"),
        "2": make.product("2", variant="Coconut"),
    }
    offer = make.offer(
        include=Selector(brands=("Alpro",)), exclude=Selector(("2",)), min_quantity=2
    )
    found = verdicts(make, [offer], [make.line("A", "1", 300)], products=products)
    assert found["O1"].evidence["except"] == "Coconut"


def test_an_excluded_variant_is_named(make):
    """The basket holds the very variety that does not count."""
    products = {"2": make.product("2", name="Yogurt", variant="Coconut", size="500 g")}
    offer = make.offer(
        include=Selector(categories=("dairy",)), exclude=Selector(gtins=("2",)), min_quantity=2
    )
    found = verdicts(make, [offer], [make.line("A", "2", 300)], products=products)
    assert found["O1"].reason is Reason.EXCLUDED_VARIANT
    assert found["O1"].evidence == {
        "gtin": "2",
        "product": "Yogurt Coconut 500 g",
        "set": "Alpro yogurt 500 g",
        "variant": "Coconut",
    }


def test_an_unknown_product_counts_for_nothing(make):
    """Nothing is known of the line: not even its GTIN counts."""
    offers = [make.offer("O1"), make.offer("O2", include=Selector(brands=("Alpro",)))]
    found = verdicts(make, offers, [make.line("A", "1", 300)], products={})
    assert found["O1"].reason is Reason.NO_QUALIFYING_ITEM
    assert found["O2"].reason is Reason.NO_QUALIFYING_ITEM


def test_the_taker_of_the_units_is_named(make):
    """O2 gives more on the only yogurt; O1 hears which offer took it."""
    offers = [make.offer("O1"), make.offer("O2", reward=PercentOff(50))]
    found = verdicts(make, offers, [make.line("A", "1", 300)])
    assert found["O1"].reason is Reason.CONSUMED_BY_OTHER_OFFER
    assert found["O1"].evidence == {"by": "O2", "by_title": "Offer O2", "total_minor": 150}


def test_an_offer_that_stands_alone_shuts_the_others_out(make):
    """3.00 alone beat 0.60 and 0.30 together."""
    lines = [make.line("A", "1", 300), make.line("B", "2", 300)]
    offers = [
        make.offer("O1", ["2"]),
        make.offer("O2", reward=PercentOff(100), combinable=False),
        make.offer("O3", reward=BasketAmountOff(30), include=Selector()),
    ]
    found = verdicts(make, offers, lines)
    assert found["O2"].discount_minor == 300
    assert found["O1"].reason is found["O3"].reason is Reason.NOT_COMBINABLE
    assert found["O1"].evidence["by"] == "O2"


def test_offers_together_beat_one_that_stands_alone(make):
    """0.60 alone lose against 0.60 and 0.60."""
    lines = [make.line("A", "1", 300), make.line("B", "2", 300)]
    offers = [make.offer("O1"), make.offer("O2", ["2"]), make.offer("O3", combinable=False)]
    found = verdicts(make, offers, lines)
    assert found["O3"].reason is Reason.BETTER_OFFER_CHOSEN
    assert found["O3"].evidence["by"] == "O1, O2"


def test_one_basket_reward_is_chosen(make):
    """10 % of 10.00 beat 0.99; the other one hears which."""
    offers = [
        make.offer("O1", reward=BasketAmountOff(99), include=Selector()),
        make.offer("O2", reward=BasketPercentOff(10), include=Selector()),
    ]
    found = verdicts(make, offers, [make.line("A", "1", 1000)])
    assert found["O1"].reason is Reason.BETTER_OFFER_CHOSEN
    assert found["O1"].evidence["by"] == "O2"


def test_nothing_left_for_a_basket_reward(make):
    """Everything is free already: the basket reward names the offer that made it so."""
    offers = [
        make.offer("O1", reward=PercentOff(100)),
        make.offer("O2", reward=BasketAmountOff(99), include=Selector()),
    ]
    found = verdicts(make, offers, [make.line("A", "1", 1000)])
    assert found["O2"].evidence["by"] == "O1"


def test_a_price_that_is_better_already(make):
    """Two for 5.00 where they cost 4.00: the offer gives nothing."""
    offers = [
        make.offer("O1", reward=FixedPrice(500), min_quantity=2),
        make.offer("O2", reward=FixedPrice(500), min_spend_minor=300),
    ]
    found = verdicts(make, offers, [make.line("A", "1", 400, 2)])
    for verdict in found.values():
        assert verdict.reason is Reason.BETTER_OFFER_CHOSEN
        assert verdict.evidence == {"by": "", "instead": "price"}


def test_a_tenth_of_four_cents(make):
    """A reward on a basket that is worth nothing by itself was not beaten by another one."""
    offers = [make.offer("O1", reward=BasketPercentOff(10), include=Selector())]
    found = verdicts(make, offers, [make.line("A", "1", 4)])
    assert found["O1"].evidence == {"by": "", "instead": "price"}


def test_a_dear_jar_has_no_weight(make):
    """0.50 off a kilogram: of a jar and a bag the bag gives 0.20, and O2, twice, gives 0.80 on it."""
    per_kg = make.offer("O1", reward=AmountOffPerKg(50))
    twice = make.offer("O2", reward=AmountOff(80), max_uses_per_basket=2)
    lines = [make.line("A", "1", 500), make.line("B", "1", 100, weight_g=400)]
    assert verdicts(make, [per_kg], lines)["O1"].discount_minor == 20
    beaten = verdicts(make, [per_kg, twice], lines)["O1"]
    assert beaten.reason is Reason.CONSUMED_BY_OTHER_OFFER
    assert beaten.evidence["by"] == "O2"


def test_two_coupons_of_one_offer(make):
    """`max_uses_per_basket` counts per basket, not per coupon: the second coupon stays whole."""
    offer = make.offer(use="coupon", gtins=("1",))
    lines = [make.line("A", "1", 600, 2)]
    two = [Candidate(offer, None, Presented("9", serial, "granted")) for serial in ("1", "2")]
    first, second = decide(make.context(two, lines)).verdicts
    assert (first.reason, first.serial) == (Reason.APPLIED, "1")
    assert (second.reason, second.serial) == (Reason.NOT_COMBINABLE, "2")
    assert second.evidence == {"by": "O1", "max_uses": 1}
    first, second = decide(make.context(two, [make.line("A", "2", 600)])).verdicts
    assert first.reason is second.reason is Reason.NO_QUALIFYING_ITEM
    twice = make.offer("O0", reward=AmountOff(200), max_uses_per_basket=2)
    both = decide(make.context([twice, *two], lines)).verdicts
    assert [it.reason for it in both[1:]] == [Reason.CONSUMED_BY_OTHER_OFFER] * 2


def test_a_cut_search_still_gives_a_reason(make):
    """An offer that only the budget left out hears that others were chosen."""
    from offers.accounting import Account
    from offers.shelf import Shelf
    from offers.solver import Bid, solve

    lines = [make.line("A", "1", 300), make.line("B", "2", 300)]
    offers = [make.offer("O1"), make.offer("O2", ["2"])]
    shelf = Shelf(make.context(offers, lines))
    bids = [Bid(it, shelf.count(it).lots) for it in offers]
    account = Account(bids, solve(bids[:1], shelf.lots), shelf, "en")
    assert account.why_left_out(bids[1]).reason is Reason.BETTER_OFFER_CHOSEN


def test_titles_come_in_the_stores_language(make):
    """A store without languages is told in English."""
    offer = make.offer(min_quantity=2)
    offer = msgspec.structs.replace(
        offer,
        products=msgspec.structs.replace(offer.products, title={"en": "Yogurt", "de": "Joghurt"}),
    )
    line = make.line("A", "1", 300)
    for languages, title in ((("de-at", "en"), "Joghurt"), ((), "Yogurt"), (("fr",), "Yogurt")):
        store = StoreFacts("S1", languages=languages)
        assert verdicts(make, [offer], [line], store=store)["O1"].evidence["set"] == title


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_evidence_is_sorted_and_every_candidate_has_a_verdict(make_all, data):
    """One verdict per candidate, evidence keys in order, outcome and reason agree."""
    gtins = st.lists(st.sampled_from("123"), min_size=1, max_size=2, unique=True)
    offers = [
        make_all.offer(f"O{n}", data.draw(gtins), min_quantity=data.draw(st.integers(1, 3)))
        for n in range(5)
    ]
    lines = [make_all.line(f"L{n}", data.draw(st.sampled_from("1234")), 100) for n in range(4)]
    decision = decide(make_all.context(offers, lines))
    assert len(decision.verdicts) == 5
    for verdict in decision.verdicts:
        assert list(verdict.evidence) == sorted(verdict.evidence)
        assert (verdict.outcome == "applied") is (verdict.reason is Reason.APPLIED)
        assert (verdict.discount_minor > 0) is (verdict.outcome == "applied")


SCRIPT = """
import sys, msgspec
from offers.context import Context
from offers.decide import decide
context = msgspec.json.decode(sys.stdin.buffer.read(), type=Context)
sys.stdout.buffer.write(msgspec.json.encode(decide(context)))
"""


def test_another_process_decides_the_same_bytes(make):
    """Two processes with other hash seeds give the very bytes of this one."""
    gtins = [str(n) for n in range(1, 9)]
    offers = [
        make.offer(f"O{n}", gtins[n % 5 : n % 5 + 4], min_quantity=1 + n % 3, priority=n % 2)
        for n in range(10)
    ]
    offers.append(make.offer("OB", include=Selector(brands=("Alpro",))))
    lines = [make.line(f"L{n}", gtins[n], 100 + 37 * (n % 3), 2) for n in range(8)]
    facts = make.context(offers, lines, recalled=frozenset({"7", "8"}))
    here = msgspec.json.encode(decide(facts))
    root = Path(__file__).parents[2]
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)}
        there = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            input=msgspec.json.encode(facts),
            capture_output=True,
            check=True,
            env=env,
            timeout=60,
        )
        assert there.stdout == here
    assert msgspec.json.decode(here)["total_minor"] > 0
    assert Verdict.__struct_config__.frozen
