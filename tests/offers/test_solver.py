"""The applied set is the best there is, and the laws that hold for every basket."""

from __future__ import annotations

import random

import pytest

from offers.decide import decide
from offers.model import (
    AmountOff,
    BasketAmountOff,
    BasketPercentOff,
    CheapestFree,
    PercentOff,
    Selector,
)
from offers.shelf import Lot
from offers.solver import Bid, solve


def one_lot(*prices):
    return [Lot(f"L{n}", str(n), price, 1) for n, price in enumerate(prices)]


def test_a_greedy_choice_is_undone(make):
    """Two yogurts at 3 and 1: half off goes to the dear one although 1.00 off came first."""
    lines = [make.line("A", "1", 300), make.line("B", "2", 100)]
    offers = [
        make.offer("O1", ["1", "2"], reward=AmountOff(100)),
        make.offer("O2", ["1"], reward=PercentOff(50)),
    ]
    decision = decide(make.context(offers, lines))
    assert [(it.line_id, it.offer_id, it.amount_minor) for it in decision.shares] == [
        ("A", "O2", 150),
        ("B", "O1", 100),
    ]


def test_equal_units_may_be_split_between_offers(make):
    """Of two yogurts at 3.00 one goes with the 2.00 one, so that the other is half off."""
    lines = [make.line("A", "1", 600, 2), make.line("B", "2", 200)]
    offers = [
        make.offer("O1", ["1", "2"], min_quantity=2, reward=CheapestFree()),
        make.offer("O2", ["1"], reward=PercentOff(50)),
    ]
    assert decide(make.context(offers, lines)).total_minor == 200 + 150


def test_priority_breaks_a_tie(make):
    """Of two offers that give the same, the one of higher priority is used, whatever its id."""
    lines = [make.line("A", "1", 300)]
    offers = [make.offer("O1"), make.offer("O2", priority=5)]
    decision = decide(make.context(offers, lines))
    assert [share.offer_id for share in decision.shares] == ["O2"]


def test_without_priorities_the_lower_id_wins_a_tie(make):
    """The stated order decides: the lower offer id."""
    lines = [make.line("A", "1", 300)]
    decision = decide(make.context([make.offer("O2"), make.offer("O1")], lines))
    assert [share.offer_id for share in decision.shares] == ["O1"]


def test_priority_never_costs_the_shopper(make):
    """A cent more beats any priority."""
    lines = [make.line("A", "1", 300)]
    offers = [
        make.offer("O1", reward=AmountOff(50), priority=1000),
        make.offer("O2", reward=AmountOff(51)),
    ]
    assert decide(make.context(offers, lines)).total_minor == 51


def test_a_percentage_on_a_spend_takes_all_of_it(make):
    """10 % from 10.00 on: 15.00 of yogurt gives 1.50."""
    lines = [make.line("A", "1", 1500, 5)]
    offer = make.offer(reward=PercentOff(10), min_spend_minor=1000)
    assert decide(make.context([offer], lines)).total_minor == 150


def test_two_percentages_on_a_spend_share_the_units(make):
    """20 % from 2.00 and 10 % from 2.00 on the same four: 20 % takes what 10 % does not need."""
    lines = [make.line("A", "1", 800, 4)]
    offers = [
        make.offer("O1", reward=PercentOff(10), min_spend_minor=200),
        make.offer("O2", reward=PercentOff(20, 80), min_spend_minor=200),
    ]
    assert decide(make.context(offers, lines)).total_minor == 120


@pytest.mark.parametrize(("priority", "chosen"), [(0, "O1"), (1, "O2")])
def test_of_equal_basket_rewards_the_higher_priority_is_used(make, priority, chosen):
    """10 % of 5.00 and 50 cents: the lower id, unless the other one goes first."""
    offers = [
        make.offer("O2", reward=BasketAmountOff(50), include=Selector(), priority=priority),
        make.offer("O1", reward=BasketPercentOff(10), include=Selector()),
    ]
    decision = decide(make.context(offers, [make.line("A", "1", 500)]))
    assert [share.offer_id for share in decision.shares] == [chosen]


def test_the_basket_reward_sees_what_is_left(make):
    """Half off 10.00, then 10 % of the 5.00 that are left; of two, the better one alone."""
    lines = [make.line("A", "1", 1000)]
    offers = [
        make.offer("O1", reward=PercentOff(50)),
        make.offer("O2", reward=BasketPercentOff(10), include=Selector()),
        make.offer("O3", reward=BasketAmountOff(49), include=Selector()),
    ]
    decision = decide(make.context(offers, lines))
    assert [verdict.discount_minor for verdict in decision.verdicts] == [500, 50, 0]


@pytest.mark.parametrize("seed", range(5))
def test_a_cut_search_says_so_and_stays_sound(make, seed):
    """Where the budget cuts, the best found is given with a bound no set can beat."""
    dice = random.Random(seed)
    lots = one_lot(*(dice.randint(50, 900) for _ in range(14)))
    bids = [
        Bid(
            make.offer(f"O{n:02}", min_quantity=dice.randint(2, 4), reward=PercentOff(20 + n)),
            tuple(sorted(dice.sample(range(14), 9))),
        )
        for n in range(8)
    ]
    cut = solve(bids, lots, budget=50)
    assert not cut.search.finished
    assert 0 < cut.search.best_minor <= cut.search.bound_minor
    assert cut.search.nodes < 2000
    longer = solve(bids, lots, budget=3000)
    assert cut.search.best_minor <= longer.search.best_minor <= cut.search.bound_minor
    taken = [lot for use in cut.uses for lot, _ in use.taken]
    assert len(taken) == len(set(taken))


def test_a_search_too_deep_is_cut(make):
    """Three hundred uses of pairs go to the depth budget, not to Python's stack limit."""
    lots = [Lot(f"L{n}", str(n), 100 + n, 400) for n in range(2)]
    bids = [
        Bid(make.offer(f"O{n}", min_quantity=2, max_uses_per_basket=99), (0, 1)) for n in range(5)
    ]
    solution = solve(bids, lots)
    assert not solution.search.finished
    assert solution.search.best_minor > 0


def test_an_empty_basket_gives_nothing(make):
    """No lines, no offers: a decision all the same."""
    decision = decide(make.context([], []))
    assert (decision.total_minor, decision.verdicts, decision.search.finished) == (0, (), True)
