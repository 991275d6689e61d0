"""Each reward and condition on a basket small enough to work it out by hand."""

from __future__ import annotations

import pytest

from offers.basket import Presented
from offers.context import Candidate
from offers.decide import decide, uses_left
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
    PastUse,
    PercentOff,
    Points,
    ProductSet,
    Selector,
)
from offers.reasons import Reason


def off_lines(decision):
    return {share.line_id: share.amount_minor for share in decision.shares}


def reasons(decision):
    return {verdict.offer_id: verdict.reason for verdict in decision.verdicts}


def other(*gtins, **fields):
    return OtherReduced(ProductSet({"en": "milk"}, Selector(gtins)), **fields)


def test_three_for_two_twice(make):
    """Six units from 6.00 to 1.00: the dear three together, then the cheap three: 4.00 and 1.00."""
    lines = [make.line(f"L{n}", str(n), 100 * n) for n in range(1, 7)]
    gtins = [line.gtin for line in lines]
    offer = make.offer(gtins=gtins, min_quantity=3, reward=NForM(2), max_uses_per_basket=2)
    assert decide(make.context([offer], lines)).total_minor == 400 + 100


def test_four_for_two(make):
    """Of four units the two dearest are paid."""
    lines = [make.line(f"L{n}", str(n), minor) for n, minor in enumerate((500, 100, 300, 200))]
    offer = make.offer(gtins=("0", "1", "2", "3"), min_quantity=4, reward=NForM(2))
    assert decide(make.context([offer], lines)).total_minor == 200 + 100


def test_the_second_at_half_price(make):
    """Half of 1.99 is 99.5 cents, rounded up to 1.00, and never above the cap."""
    lines = [make.line("A", "1", 301), make.line("B", "2", 199)]
    offer = make.offer(gtins=("1", "2"), min_quantity=2, reward=NthPercent(50))
    assert decide(make.context([offer], lines)).total_minor == 100
    capped = make.offer(gtins=("1", "2"), min_quantity=2, reward=NthPercent(50, 80))
    assert decide(make.context([capped], lines)).total_minor == 80


def test_pieces_of_a_multi_pack_count(make):
    """A six-pack and a four-pack hold ten bottles; two four-packs hold eight."""
    products = {"6": make.product("6", pieces=6), "4": make.product("4", pieces=4)}
    condition = Condition(10, count="pieces")
    offer = make.offer(gtins=("6", "4"), condition=condition, reward=PercentOff(10))
    lines = [make.line("A", "6", 600), make.line("B", "4", 400)]
    assert decide(make.context([offer], lines, products=products)).total_minor == 100
    lines = [make.line("B", "4", 800, 2)]
    decision = decide(make.context([offer], lines, products=products))
    assert reasons(decision) == {"O1": Reason.NEAR_MISS_QTY}


def test_no_pack_is_taken_that_can_be_spared(make):
    """Six bottles are asked for: the six-pack alone, or the four-pack and a single, never all."""
    pieces = {"6": 6, "4": 4, "1": 2}
    products = {gtin: make.product(gtin, pieces=n) for gtin, n in pieces.items()}
    lines = [make.line("A", "6", 600), make.line("B", "4", 500), make.line("C", "1", 300)]
    condition = Condition(6, count="pieces")
    offer = make.offer(gtins=("6", "4", "1"), condition=condition, reward=PercentOff(10))
    decision = decide(make.context([offer], lines, products=products))
    assert off_lines(decision) == {"B": 50, "C": 30}


def test_different_products_are_asked_for(make):
    """Three different soups for 5.00: three alike are not enough, one dear pair is left out."""
    soups = ("1", "2", "3")
    condition = Condition(3, min_distinct=3)
    offer = make.offer(gtins=soups, condition=condition, reward=FixedPrice(500))
    lines = [make.line("A", "1", 900, 3), make.line("B", "2", 200)]
    assert reasons(decide(make.context([offer], lines))) == {"O1": Reason.NEAR_MISS_QTY}
    lines.append(make.line("C", "3", 100))
    assert decide(make.context([offer], lines)).total_minor == 300 + 200 + 100 - 500


def test_an_amount_off_each_kilogram(make):
    """1.00 a kilogram from 1 kg on: 1.4 kg of apples, all three bags, 1.40."""
    weights = (600, 700, 100)
    lines = [make.line(f"L{n}", "1", grams // 2, weight_g=grams) for n, grams in enumerate(weights)]
    condition = Condition(min_weight_g=1000)
    offer = make.offer(condition=condition, reward=AmountOffPerKg(100))
    decision = decide(make.context([offer], lines))
    assert decision.total_minor == 140
    dear = make.offer(condition=condition, reward=AmountOffPerKg(600))
    assert decide(make.context([dear], lines)).total_minor == 700  # all that they cost


def test_only_weighed_units_carry_an_amount_off_each_kilogram(make):
    """A bag of 0.5 kg and a jar: 50 cents, on the bag alone."""
    lines = [make.line("A", "1", 300, weight_g=500), make.line("B", "2", 700)]
    offer = make.offer(gtins=("1", "2"), min_quantity=2, reward=AmountOffPerKg(100))
    assert off_lines(decide(make.context([offer], lines))) == {"A": 50}


def test_another_product_free(make):
    """Two coffees, and the dearer milk is free: its line carries it, the coffees are used up."""
    lines = [make.line("A", "1", 1000, 2), make.line("B", "2", 90), make.line("C", "3", 120)]
    offers = [
        make.offer("O1", reward=other("2", "3"), min_quantity=2),
        make.offer("O2", reward=PercentOff(5)),
    ]
    decision = decide(make.context(offers, lines))
    assert off_lines(decision) == {"C": 120}
    taken = next(it for it in decision.verdicts if it.offer_id == "O2")
    assert taken.reason is Reason.CONSUMED_BY_OTHER_OFFER
    assert taken.evidence["by"] == "O1"


def test_a_unit_is_not_on_both_sides(make):
    """Buy one, get another at half price: of two the dearer is reduced, of one nothing."""
    offer = make.offer(gtins=("1", "2"), reward=other("1", "2", percent=50))
    lines = [make.line("A", "1", 300), make.line("B", "2", 200)]
    assert off_lines(decide(make.context([offer], lines))) == {"A": 150}
    assert decide(make.context([offer], lines[:1])).total_minor == 0


def test_another_products_units_may_be_wanted_elsewhere(make):
    """Milk free beside coffee gives 0.90; the milk at 1.00 off gives 0.90 too, and coffee 20 % more."""
    lines = [make.line("A", "1", 500), make.line("B", "2", 90)]
    offers = [
        make.offer("O1", reward=other("2")),
        make.offer("O2", gtins=("2",), reward=AmountOff(100)),
        make.offer("O3", reward=PercentOff(20)),
    ]
    decision = decide(make.context(offers, lines))
    assert decision.total_minor == 90 + 100
    assert reasons(decision)["O1"] is Reason.CONSUMED_BY_OTHER_OFFER


def test_points_leave_the_units_to_discounts(make):
    """Seven yogurts are three pairs: 3 x 5 points, beside 20 % of one of them."""
    lines = [make.line("A", "1", 700, 7)]
    offers = [
        make.offer("O1"),
        make.offer("O2", reward=Points(5), min_quantity=2, max_uses_per_basket=9),
    ]
    decision = decide(make.context(offers, lines))
    assert (decision.total_minor, decision.points) == (20, 15)
    verdict = decision.verdicts[1]
    assert (verdict.reason, verdict.points, verdict.discount_minor) == (Reason.APPLIED, 15, 0)
    assert verdict.evidence == {"points": 15, "units": 6, "uses": 3}
    assert [(it.line_id, it.offer_id, it.points) for it in decision.earned] == [("A", "O2", 15)]


def test_points_on_a_spend_are_counted_as_bins(make):
    """5.00, 4.00, 3.00, 2.00 and 1.00 make 6.00 twice, and not three times."""
    lines = [make.line(f"L{n}", str(n), 100 * n) for n in range(1, 6)]
    gtins = tuple(line.gtin for line in lines)
    offer = make.offer(gtins=gtins, reward=Points(1), min_spend_minor=600, max_uses_per_basket=9)
    assert decide(make.context([offer], lines)).points == 2


def test_points_alone(make):
    """An offer of points that stands alone gives way to money, and is given where there is none."""
    lines = [make.line("A", "1", 300)]
    alone = make.offer("O2", reward=Points(50), combinable=False)
    decision = decide(make.context([make.offer("O1"), alone], lines))
    assert (decision.total_minor, decision.points) == (60, 0)
    assert reasons(decision)["O2"] is Reason.BETTER_OFFER_CHOSEN
    beside = make.offer("O3", reward=Points(10))
    decision = decide(make.context([alone, beside], lines))
    assert decision.points == 50
    assert reasons(decision)["O3"] is Reason.NOT_COMBINABLE
    lone = make.offer("O4", combinable=False)
    decision = decide(make.context([lone, beside], lines))
    assert (decision.total_minor, decision.points) == (60, 0)


def test_one_of_a_group(make):
    """Two offers on different products, one group: the better one, and the other hears of it."""
    lines = [make.line("A", "1", 300), make.line("B", "2", 400)]
    offers = [
        make.offer("O1", group="welcome"),
        make.offer("O2", ("2",), group="welcome"),
        make.offer("O3", ("2",), reward=Points(7), group="welcome"),
    ]
    decision = decide(make.context(offers, lines))
    assert (off_lines(decision), decision.points) == ({"B": 80}, 0)
    for verdict in (decision.verdicts[0], decision.verdicts[2]):
        assert (verdict.reason, verdict.evidence["by"]) == (Reason.NOT_COMBINABLE, "O2")


def test_a_group_is_not_chosen_by_its_best_offer_alone(make):
    """O1 gives most of its group, but O3 wants its unit as well: O2 and O3 together give more."""
    lines = [make.line("A", "1", 300), make.line("B", "2", 300)]
    offers = [
        make.offer("O1", reward=AmountOff(100), group="g"),
        make.offer("O2", ("2",), reward=AmountOff(90), group="g"),
        make.offer("O3", reward=AmountOff(80)),
    ]
    assert decide(make.context(offers, lines)).total_minor == 90 + 80


@pytest.mark.parametrize(("percent", "best"), [(5, {"A": 100}), (30, {"A": 90, "B": 210})])
def test_a_basket_reward_in_a_group(make, percent, best):
    """1.00 off one unit against 5 % or 30 % of the whole 10.00."""
    lines = [make.line("A", "1", 300), make.line("B", "2", 700)]
    offers = [
        make.offer("O1", reward=AmountOff(100), group="g"),
        make.offer("O2", reward=BasketPercentOff(percent), include=Selector(), group="g"),
    ]
    assert off_lines(decide(make.context(offers, lines))) == best


def test_a_basket_reward_outside_the_group_stays(make):
    """The group's basket reward gives way to its unit offer, another one does not."""
    lines = [make.line("A", "1", 300), make.line("B", "2", 700)]
    offers = [
        make.offer("O1", reward=AmountOff(250), group="g"),
        make.offer("O2", reward=BasketAmountOff(200), include=Selector(), group="g"),
        make.offer("O3", reward=BasketAmountOff(150), include=Selector()),
    ]
    assert decide(make.context(offers, lines)).total_minor == 250 + 150


def test_uses_are_bounded_by_shopper_and_chain(make):
    """Of five uses a basket allows, the shopper has two left, and the lane may give one."""
    past = tuple(PastUse("redeemed", "O1", make.today) for _ in range(3))
    lines = [make.line("A", "1", 500, 5)]
    offer = make.offer(max_uses_per_basket=5, max_uses_per_shopper=5)
    facts = make.context([offer], lines, past=(*past, PastUse("issued", "O1", make.today)))
    assert uses_left(offer, facts) == 2
    assert decide(facts).total_minor == 40
    both = make.offer(max_uses_per_basket=5, max_uses_per_shopper=5, max_redemptions=100)
    facts = make.context([both], lines, past=past, redemptions_left={"O1": 1})
    assert decide(facts).total_minor == 20
    assert uses_left(both, make.context([both], lines)) == 0


def test_the_uses_of_several_units_are_bounded_too(make):
    """Three for two could be used twice; one is left."""
    offer = make.offer(min_quantity=3, reward=NForM(2), max_uses_per_basket=3, max_redemptions=10)
    facts = make.context([offer], [make.line("A", "1", 600, 6)], redemptions_left={"O1": 1})
    assert decide(facts).total_minor == 100


def test_a_reward_that_gives_nothing_here_says_so(make):
    """A free unit that costs nothing, and a second one at 10 % of 4 cents."""
    offers = [
        make.offer("O1", reward=CheapestFree(), min_quantity=2),
        make.offer("O2", ("2",), reward=NthPercent(10), min_quantity=2),
    ]
    lines = [make.line("A", "1", 0, 2), make.line("B", "2", 8, 2)]
    for verdict in decide(make.context(offers, lines)).verdicts:
        assert verdict.reason is Reason.BETTER_OFFER_CHOSEN
        assert verdict.evidence == {"by": "", "instead": "price"}


def test_a_coupons_points_carry_its_serial(make):
    """What a coupon earned goes back with it."""
    offer = make.offer(use="coupon", reward=Points(5))
    coupon = Candidate(offer, None, Presented("9800000000014", "77", "granted"))
    decision = decide(make.context([coupon], [make.line("A", "1", 0)]))
    assert [(it.points, it.serial) for it in decision.earned] == [(5, "77")]


def test_three_alike_make_one_pair_of_buy_and_free(make):
    """Two uses would need four: the third unit is not on both sides of a second use."""
    offer = make.offer(reward=other("1"), min_spend_minor=100, max_uses_per_basket=2)
    lines = [make.line("A", "1", 200, 2), make.line("B", "1", 100, weight_g=740)]
    assert decide(make.context([offer], lines)).total_minor == 100
