"""Every kind of reward and condition: what holds for every small basket, checked on thousands."""

from __future__ import annotations

import random

import pytest

from offers.decide import decide
from offers.model import (
    AmountOff,
    AmountOffPerKg,
    BasketAmountOff,
    BasketPercentOff,
    CheapestFree,
    Condition,
    FixedPrice,
    NForM,
    NthPercent,
    OtherReduced,
    PercentOff,
    Points,
    ProductSet,
    Selector,
)
from offers.reasons import Reason
from tests.offers.brute import brute_force, enough, kind, points_alone, units_of

GTINS = ("1", "2", "3", "4")
UNITS = 7
SEEDS = range(12)
BASKETS = 250  # for each seed
FEWER = 60  # for laws that need no trying out


def a_reward(dice):
    """Draw one of all rewards; caps now and then."""
    percent, cap = (
        dice.choice((10, 25, 33, 50, 100)),
        dice.choice((None, None, dice.randint(0, 80))),
    )
    others = ProductSet({"en": "other"}, Selector(some_gtins(dice)))
    return dice.choice(
        (
            PercentOff(percent, cap),
            AmountOff(dice.randint(1, 200)),
            FixedPrice(dice.randint(0, 250)),
            CheapestFree(),
            NForM(dice.randint(1, 2)),
            NthPercent(percent, cap),
            AmountOffPerKg(dice.randint(1, 150)),
            OtherReduced(others, percent, dice.randint(1, 2), cap),
            Points(dice.randint(1, 9)),
            dice.choice((BasketPercentOff(percent, cap), BasketAmountOff(dice.randint(1, 200)))),
        )
    )


def some_gtins(dice):
    return tuple(sorted(dice.sample(GTINS, dice.choice((1, 2, 3, 3, 4)))))


def a_condition(dice, reward, kinds):
    """Draw what one use asks for, mostly a number of units, so that it does not contradict itself."""
    least = reward.pay_for + 1 if isinstance(reward, NForM) else 1
    quantity = max(least, dice.choice((1, 2, 2, 3)))
    pieces = "units" if isinstance(reward, AmountOffPerKg | NForM) else "pieces"
    distinct = min(kinds, quantity, 2)
    return dice.choice(
        (
            Condition(quantity),
            Condition(quantity),
            Condition(quantity),
            Condition(quantity, min_spend_minor=dice.choice((100, 220))),
            Condition(quantity, count=pieces),
            Condition(quantity, min_distinct=distinct),
            Condition(quantity, min_distinct=distinct, min_spend_minor=150),
            Condition(least, min_weight_g=dice.choice((300, 800))),
            Condition(quantity, min_spend_minor=120, count=pieces, min_weight_g=300),
        )
    )


def some_offers(make, dice, most):
    """Draw offers that compete for four products."""
    offers = []
    for n in range(dice.randint(2, most)):
        gtins, reward = some_gtins(dice), a_reward(dice)
        offers.append(
            make.offer(
                f"O{n}",
                gtins,
                condition=a_condition(dice, reward, len(gtins)),
                reward=reward,
                max_uses_per_basket=dice.choice((1, 1, 2, 3)),
                combinable=dice.random() > 0.1,
                priority=dice.choice((0, 0, 1, 3)),
                group=dice.choice(("", "", "", "g", "h")),
            )
        )
    return offers


def some_lines(make, dice):
    """Draw up to seven units, with amounts that do not divide evenly."""
    lines, units = [], 0
    for n in range(dice.randint(2, 5)):
        weight = dice.choice((None, None, 340, 740))
        quantity = 1 if weight else dice.randint(1, 3)
        if units + quantity <= UNITS:
            units += quantity
            price = dice.choice((50, 100, 100, 150, 219, dice.randint(0, 300)))
            amount = quantity * price + dice.choice((0, 0, 1))
            lines.append(make.line(f"L{n}", dice.choice(GTINS), amount, quantity, weight_g=weight))
    return lines


def some_products(make):
    return {gtin: make.product(gtin, pieces=int(gtin) % 3 + 1) for gtin in GTINS}


def draw(make, dice, most=5):
    products = some_products(make)
    return some_offers(make, dice, most), some_lines(make, dice), products


@pytest.mark.parametrize("seed", SEEDS)
def test_the_applied_set_equals_that_of_trying_everything(make_all, seed):
    """The same total on every basket, and the search says that it is proven."""
    dice = random.Random(seed)
    for _ in range(BASKETS):
        offers, lines, products = draw(make_all, dice)
        decision = decide(make_all.context(offers, lines, products=products))
        open_offers = [it for it in offers if _open(it, lines, products, decision)]
        assert decision.total_minor == brute_force(open_offers, lines, products), (offers, lines)
        assert decision.search.finished
        assert decision.search.best_minor == decision.search.bound_minor == decision.total_minor


@pytest.mark.parametrize("seed", SEEDS)
def test_points_stand_beside_the_discounts(make_all, seed):
    """As often as there are enough units; none of a group that is used, none beside one alone."""
    dice = random.Random(1000 + seed)
    for _ in range(BASKETS):
        offers, lines, products = draw(make_all, dice)
        decision = decide(make_all.context(offers, lines, products=products))
        used = {it.offer_id for it in decision.verdicts if it.outcome == "applied"}
        alone = [it for it in offers if it.offer_id in used and not it.combinable]
        taken = {it.group for it in offers if it.offer_id in used and kind(it) != "Points"} - {""}
        due: dict[str, int] = {}
        for offer in offers:
            stands = alone == [offer] if alone else offer.combinable and offer.group not in taken
            if stands and kind(offer) == "Points" and _open(offer, lines, products, decision):
                group = offer.group or offer.offer_id
                due[group] = max(due.get(group, 0), points_alone(offer, lines, products))
        assert decision.points == sum(due.values())
        assert decision.points == sum(verdict.points for verdict in decision.verdicts)
        assert decision.points == sum(earned.points for earned in decision.earned)
        assert len(used) == 1 or not alone


@pytest.mark.parametrize("seed", SEEDS)
def test_laws_of_every_decision(make_all, seed):
    """Sums are exact, no share is above its line, the order of lines and offers does not matter."""
    dice = random.Random(2000 + seed)
    for _ in range(FEWER):
        offers, lines, products = draw(make_all, dice, 6)
        decision = decide(make_all.context(offers, lines, products=products))
        assert sum(share.amount_minor for share in decision.shares) == decision.total_minor
        assert sum(verdict.discount_minor for verdict in decision.verdicts) == decision.total_minor
        for line in lines:
            off = sum(it.amount_minor for it in decision.shares if it.line_id == line.line_id)
            assert 0 <= off <= line.amount_minor
        for group in ("g", "h"):
            members = {it.offer_id for it in offers if it.group == group}
            applied = {it.offer_id for it in decision.verdicts if it.outcome == "applied"}
            assert len(members & applied) <= 1
        mixed = dice.sample(lines, len(lines))
        assert decide(make_all.context(offers, mixed, products=products)) == decision
        turned = decide(make_all.context(offers[::-1], lines, products=products))
        assert turned.shares == decision.shares
        assert turned.verdicts == decision.verdicts[::-1]


@pytest.mark.parametrize("seed", SEEDS)
def test_one_more_offer_never_hurts(make_all, seed):
    """A shopper with one offer more does not pay more, where both searches finished."""
    dice = random.Random(3000 + seed)
    finished = 0
    for _ in range(FEWER):
        offers, lines, products = draw(make_all, dice, 7)
        fewer, more = (
            decide(make_all.context(some, lines, products=products))
            for some in (offers[1:], offers)
        )
        if fewer.search.finished and more.search.finished:
            finished += 1
            assert fewer.total_minor <= more.total_minor
    assert finished >= 0.98 * FEWER


@pytest.mark.parametrize("seed", SEEDS)
def test_another_product_reduced_is_paid_for_by_others(make_all, seed):
    """Its discount lies on the other set's lines alone."""
    dice = random.Random(4000 + seed)
    for _ in range(FEWER):
        offers, lines, products = draw(make_all, dice)
        decision = decide(make_all.context(offers, lines, products=products))
        gtins = {line.line_id: line.gtin for line in lines}
        reduced = {it.offer_id: it.reward for it in offers if kind(it) == "OtherReduced"}
        for share in decision.shares:
            if share.offer_id in reduced:
                assert gtins[share.line_id] in reduced[share.offer_id].products.include.gtins


@pytest.mark.parametrize("seed", SEEDS)
def test_every_offer_left_out_has_a_true_reason(make_all, seed):
    """Whoever is named was applied, and stands in the way as it is said; alone it would be used."""
    dice = random.Random(5000 + seed)
    for _ in range(FEWER):
        offers, lines, products = draw(make_all, dice, 6)
        decision = decide(make_all.context(offers, lines, products=products))
        by_id = {it.offer_id: it for it in offers}
        applied = {it.offer_id for it in decision.verdicts if it.outcome == "applied"}
        for verdict in decision.verdicts:
            named = {by for by in str(verdict.evidence.get("by", "")).split(", ") if by}
            assert named <= applied
            if "by" in verdict.evidence and named != {verdict.offer_id}:
                own = make_all.context([by_id[verdict.offer_id]], lines, products=products)
                useless = verdict.evidence.get("instead") == "price"
                assert useless == (decide(own).verdicts[0].outcome != "applied")
            if verdict.reason is Reason.NOT_COMBINABLE:
                mine = by_id[verdict.offer_id].group
                others = [by_id[by] for by in named]
                assert others
                assert all(not it.combinable or (mine and it.group == mine) for it in others)
            if verdict.reason is Reason.CONSUMED_BY_OTHER_OFFER:
                assert named
                assert not any(kind(by_id[by]) == "Points" for by in named)


def _open(offer, lines, products, decision):
    """Tell whether an offer does not contradict itself, and the whole basket is enough for it."""
    verdict = next(it for it in decision.verdicts if it.offer_id == offer.offer_id)
    if verdict.reason is Reason.OFFER_INVALID:
        return False
    own = [u for u in units_of(lines, products) if u[0] in offer.products.include.gtins]
    return bool(own) and enough(offer.condition, own)
