"""Bounds are bounds: no use gives more than any of its terms, and no set beats the worth of units."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings, strategies as st

from offers.claims import Claim, Rival
from offers.model import (
    AmountOff,
    AmountOffPerKg,
    BasketAmountOff,
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
from offers.rewards import discount, most_sets, units_of_use
from offers.search import Component
from offers.shelf import Lot
from offers.terms import Case, rounding, terms_of
from offers.worth import price

caps = st.none() | st.integers(0, 100)
percents = st.integers(1, 100)
rewards = st.one_of(
    st.builds(PercentOff, percents, caps),
    st.builds(AmountOff, st.integers(1, 500)),
    st.builds(FixedPrice, st.integers(0, 500)),
    st.just(CheapestFree()),
    st.builds(NForM, st.integers(1, 3)),
    st.builds(NthPercent, percents, caps),
    st.builds(AmountOffPerKg, st.integers(1, 300)),
    st.builds(Points, st.integers(1, 9)),
)
lots = st.builds(
    Lot,
    st.just("L"),
    st.sampled_from("123"),
    st.integers(0, 300),
    st.just(1),
    st.integers(1, 3),
    st.sampled_from([0, 0, 250, 999]),
)


@given(
    reward=rewards,
    units=st.lists(lots, min_size=1, max_size=4),
    more=st.lists(lots, max_size=3),
    fixed=st.booleans(),
)
@settings(max_examples=200)
def test_a_use_never_gives_more_than_its_terms(make_all, reward, units, more, fixed):
    """Every term by itself is a bound, whether the number of units is fixed or not."""
    used = sorted(units, key=lambda lot: -lot.price_minor)
    spend = 0 if fixed else max(1, sum(lot.price_minor for lot in used))
    quantity = len(used) if fixed else 1
    condition = Condition(quantity, min_spend_minor=spend)
    offer = make_all.offer(reward=reward, condition=condition)
    pile = [(lot, 1) for lot in sorted(units + more, key=lambda lot: -lot.price_minor)]
    gives = 100 * discount(reward, [(lot, 1) for lot in used])
    for terms in terms_of(Case(offer, units_of_use(offer), pile)):
        gains = [terms.gain(lot) for rank, lot in enumerate(used) if rank >= terms.first]
        assert not gives or gives <= terms.const + sum(gains)


@given(percent=percents, minor=st.integers(0, 10_000))
@settings(max_examples=200)
def test_rounding_adds_no_more_than_said(percent, minor):
    """A third of 1.00 is 33 cents, a quarter of 0.02 a cent: half a cent more than it is."""
    rounded = 100 * ((minor * percent + 50) // 100)
    assert rounded - minor * percent <= rounding(percent) <= 50


def test_rounding_of_whole_percentages():
    """All of it needs no rounding; a fifth of whole cents is at most 0.4 below the next one."""
    assert [rounding(percent) for percent in (100, 50, 25, 20, 10, 33)] == [0, 50, 50, 40, 50, 50]


def test_a_basket_reward_takes_no_units(make):
    """Asking what it gives on units is a mistake."""
    with pytest.raises(ValueError, match="lowers no units"):
        discount(BasketAmountOff(5), [(Lot("L", "1", 100, 1), 1)])


def test_sets_are_counted_by_the_scarcest_need():
    """Seven units cost 7.00 and weigh 1.4 kg: three pairs, two for 3.00 each, one for a kilogram."""
    pile = [(Lot("L", "1", 100, 7, 2, 200), 7)]
    assert most_sets(Condition(2), pile) == 3
    assert most_sets(Condition(5, count="pieces"), pile) == 2
    assert most_sets(Condition(min_spend_minor=300), pile) == 2
    assert most_sets(Condition(min_weight_g=1000), pile) == 1
    assert most_sets(Condition(2, min_distinct=4), pile) == 1


@pytest.mark.parametrize("seed", range(20))
def test_no_worths_put_the_bound_below_a_set(make, seed):
    """Whatever units are held to be worth, the bound is not below what the search finds."""
    dice = random.Random(seed)
    units = sorted((dice.randint(0, 300) for _ in range(6)), reverse=True)
    alike = [
        Lot("", str(c % 3), minor, 0, 1, dice.choice((0, 400))) for c, minor in enumerate(units)
    ]
    free = [dice.randint(1, 2) for _ in units]
    others = ProductSet({"en": "other"}, Selector(("1",)))
    kinds = (PercentOff(33), CheapestFree(), NForM(1), OtherReduced(others, 50), AmountOff(120))
    rivals = [
        Rival(
            make.offer(
                f"O{n}",
                reward=reward,
                condition=dice.choice((Condition(2), Condition(2, min_spend_minor=250))),
                max_uses_per_basket=2,
            ),
            tuple(sorted(dice.sample(range(6), 4))),
            (1, 4) if isinstance(reward, OtherReduced) else (),
        )
        for n, reward in enumerate(kinds)
    ]
    found = Component(rivals, alike, free, 1, 20_000).run()
    assert found.finished
    claims = [Claim(rival, alike, free, 1) for rival in rivals]
    slots = [[n] for n, claim in enumerate(claims) if claim.most]
    for _ in range(10):
        worths = [dice.randint(0, 15_000) for _ in units]
        assert price(slots, claims, free, worths).bound >= 100 * found.weight


def test_a_rival_short_of_units_bounds_nothing(make):
    """Three are needed and two are there: nothing to search, nothing to hope for."""
    rival = Rival(make.offer(min_quantity=3), (0,))
    found = Component([rival], [Lot("", "1", 100, 0)], [2], 1, 100).run()
    assert (found.uses, found.weight, found.bound, found.finished) == ((), 0, 0, True)
