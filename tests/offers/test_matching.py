"""Pairing one-unit offers with units is exact, and bounds are bounds."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings, strategies as st

from offers.matching import best_pairs
from offers.model import AmountOff, BasketAmountOff, CheapestFree, FixedPrice, PercentOff
from offers.rewards import discount, unit_bound
from offers.search import Component, Rival

tables = st.lists(
    st.dictionaries(st.integers(0, 2), st.integers(1, 9), max_size=3), min_size=1, max_size=3
)


def by_hand(weights, uses, free):
    """Give each single use one of the units, or none, in every possible way."""
    slots = [offer for offer, count in enumerate(uses) for _ in range(count)]
    units = [c for c, count in free.items() for _ in range(count)]
    best = 0
    places = [*range(len(units)), *([None] * len(slots))]
    for taken in set(itertools.permutations(places, len(slots))):
        pairs = [(offer, units[n]) for offer, n in zip(slots, taken, strict=True) if n is not None]
        if all(c in weights[offer] for offer, c in pairs):
            best = max(best, sum(weights[offer][c] for offer, c in pairs))
    return best


@given(weights=tables, uses=st.data())
@settings(max_examples=150, deadline=None)
def test_the_pairing_of_greatest_weight_is_found(weights, uses):
    """As trying every way to hand out the units, also where that moves an earlier pair."""
    counts = [uses.draw(st.integers(0, 2)) for _ in weights]
    free = {c: uses.draw(st.integers(0, 2)) for c in range(3)}
    total, pairs = best_pairs(weights, counts, free)
    if sum(counts) <= 3 or sum(free.values()) <= 2:
        assert total == by_hand(weights, counts, free)
    assert total == sum(weights[offer][c] * units for (offer, c), units in pairs.items())
    for offer, count in enumerate(counts):
        assert sum(units for (who, _), units in pairs.items() if who == offer) <= count
    for c, count in free.items():
        assert sum(units for (_, what), units in pairs.items() if what == c) <= count


def test_a_chain_of_moves_is_worth_it():
    """The third offer fits one unit only; the two before it move along for it."""
    weights = [{0: 5, 1: 4}, {1: 5, 2: 4}, {0: 6}]
    assert best_pairs(weights, [1, 1, 1], {0: 1, 1: 1, 2: 1}) == (
        14,
        {(2, 0): 1, (0, 1): 1, (1, 2): 1},
    )


@given(
    reward=st.one_of(
        st.builds(PercentOff, st.integers(1, 100), st.none() | st.integers(0, 100)),
        st.builds(AmountOff, st.integers(1, 500)),
        st.builds(FixedPrice, st.integers(0, 500)),
        st.just(CheapestFree()),
    ),
    prices=st.lists(st.integers(0, 300), min_size=1, max_size=4),
    spend=st.sampled_from([0, 50, 200]),
)
@settings(max_examples=200)
def test_a_use_never_beats_its_units_bounds(make_all, reward, prices, spend):
    """The bound that cuts branches is never below what a use can give."""
    need = len(prices) if not spend else 1
    offer = make_all.offer(reward=reward, min_quantity=need, min_spend_minor=spend)
    if sum(prices) >= spend:
        gives = discount(reward, sum(prices), min(prices))
        assert 100 * gives <= sum(unit_bound(offer, price) for price in prices)


def test_only_some_of_an_offers_units_move():
    """The first offer holds two of class 0 and gives one of them up."""
    weights = [{0: 7, 1: 6}, {0: 6}]
    assert best_pairs(weights, [2, 1], {0: 2, 1: 1}) == (19, {(0, 0): 1, (0, 1): 1, (1, 0): 1})


def test_a_basket_reward_has_no_bound_per_unit(make):
    """It takes no units; asking is a mistake."""
    with pytest.raises(ValueError, match="no bound"):
        unit_bound(make.offer(reward=BasketAmountOff(5)), 100)


def test_a_rival_short_of_units_bounds_nothing(make):
    """Three are needed and two are there: nothing to search, nothing to hope for."""
    rival = Rival(make.offer(min_quantity=3), (0,))
    found = Component([rival], [100], [2], 1, 100).run()
    assert (found.uses, found.weight, found.bound, found.finished) == ((), 0, 0, True)
