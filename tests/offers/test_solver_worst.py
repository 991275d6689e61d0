"""Where there is too much to try, the search stops in time and says how far it may be off."""

from __future__ import annotations

import pytest

from offers.decide import decide
from offers.model import (
    AmountOff,
    CheapestFree,
    Condition,
    FixedPrice,
    NForM,
    OtherReduced,
    PercentOff,
    Points,
    ProductSet,
    Selector,
)
from offers.search import NODE_BUDGET
from tests.bench.bench_offers import context_of, worst_case


@pytest.mark.parametrize("seed", range(3))
def test_twenty_multi_buys_on_sixty_units(seed):
    """Within the budget; the best found is near a bound, no unit is used twice, and it is repeatable."""
    decision = decide(worst_case(seed))
    search = decision.search
    assert search.nodes <= 1.1 * NODE_BUDGET
    assert not search.finished
    assert 0.85 * search.bound_minor <= search.best_minor <= search.bound_minor
    assert search.best_minor == decision.total_minor
    assert decide(worst_case(seed)) == decision
    units = sum(verdict.evidence.get("units", 0) for verdict in decision.verdicts)
    assert units <= 60


REWARDS = [
    PercentOff(20),
    AmountOff(500),
    FixedPrice(700),
    CheapestFree(),
    NForM(3),
    OtherReduced(ProductSet({"en": "other"}, Selector(("1", "2"))), 50, 20),
    Points(3),
]
CONDITIONS = [
    Condition(4, min_spend_minor=1000),
    Condition(99),
    Condition(20, count="pieces"),
    Condition(5, min_distinct=2, min_spend_minor=5000),
]


@pytest.mark.parametrize("reward", REWARDS, ids=lambda it: type(it).__name__)
def test_thousands_of_units_do_not_stall(make, reward):
    """Lines of thousands of units, and every condition: the budget holds all the same."""
    lines = [make.line(f"L{n}", str(n % 3), 9_999 * (50 + 7 * n) + n, 9_999) for n in range(6)]
    offers = [
        make.offer(
            f"O{n}",
            ("0", "1", "2"),
            condition=condition,
            reward=reward,
            max_uses_per_basket=99,
        )
        for n, condition in enumerate(CONDITIONS)
    ]
    decision = decide(make.context(offers, lines))
    assert decision.search.nodes <= 3 * NODE_BUDGET
    assert decision.total_minor + decision.points > 0
    assert decision.search.best_minor <= decision.search.bound_minor


def test_a_shoppers_usual_basket_is_proven(make):
    """Five hundred offers on fifty lines: every decision is the best there is."""
    for seed in range(5):
        context = context_of(500, 50, seed)
        decision = decide(context)
        assert decision.search.finished
        assert len(decision.verdicts) == 500
