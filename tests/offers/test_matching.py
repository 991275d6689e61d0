"""Pairing one-unit offers with units is exact."""

from __future__ import annotations

import itertools

from hypothesis import given, settings, strategies as st

from offers.matching import best_pairs

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


def test_only_some_of_an_offers_units_move():
    """The first offer holds two of class 0 and gives one of them up."""
    weights = [{0: 7, 1: 6}, {0: 6}]
    assert best_pairs(weights, [2, 1], {0: 2, 1: 1}) == (19, {(0, 0): 1, (0, 1): 1, (1, 0): 1})
