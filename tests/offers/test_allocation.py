"""Discounts over lines sum exactly, and come back exactly with the goods."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from offers.allocation import merged, refund_minor, reverse, spread
from offers.basket import Line, Share
from offers.records import Redemption, Reversal

IDS = ["A", "B", "C", "D"]
weights = st.dictionaries(st.sampled_from(IDS), st.integers(0, 500), min_size=1)


@given(weights=weights, part=st.fractions(0, 1), order=st.randoms())
@settings(max_examples=150)
def test_shares_are_exact_and_within_their_lines(weights, part, order):
    """They sum to the amount, none is above its weight, and the order does not matter."""
    amount = int(sum(weights.values()) * part)
    shares = spread(amount, weights)
    assert sum(shares.values()) == amount
    assert all(0 < share <= weights[line] for line, share in shares.items())
    mixed = list(weights.items())
    order.shuffle(mixed)
    assert spread(amount, dict(mixed)) == shares


def test_the_largest_remainder_gets_the_odd_cent():
    """1.00 over 3.33, 3.33 and 3.34: 33.3, 33.3 and 33.4 cents; the last has the most left over."""
    assert spread(100, {"A": 333, "B": 333, "C": 334}) == {"A": 33, "B": 33, "C": 34}
    assert spread(2, {"C": 100, "B": 100, "A": 100}) == {"A": 1, "B": 1}


@pytest.mark.parametrize("amount", [-1, 6])
def test_what_cannot_be_shared_is_refused(amount):
    """No more than the lines hold, and nothing negative."""
    with pytest.raises(ValueError, match="cannot share"):
        spread(amount, {"A": 5})


def test_shares_of_one_offer_on_one_line_are_added_up():
    """Two uses on one line are one share; another serial is another share."""
    shares = [
        Share("B", "O1", 5),
        Share("A", "O1", 1),
        Share("B", "O1", 2),
        Share("B", "O1", 1, "7"),
    ]
    assert merged(shares) == (Share("A", "O1", 1), Share("B", "O1", 7), Share("B", "O1", 1, "7"))


@st.composite
def sales(draw):
    """Draw a sale of four lines with two redemptions over some of them."""
    lines = tuple(Line(n, f"g{n}", 1, draw(st.integers(100, 900))) for n in IDS)
    redemptions = []
    for offer in ("O1", "O2"):
        on = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=4, unique=True))
        shares = tuple(Share(n, offer, draw(st.integers(0, 50)), "9") for n in sorted(on))
        amount = sum(share.amount_minor for share in shares)
        redemptions.append(Redemption(offer, 1, "C1", amount, shares, serial="9"))
    return lines, tuple(redemptions)


@given(sale=sales(), order=st.permutations(IDS), cut=st.integers(1, 3))
@settings(max_examples=100)
def test_returns_in_any_order_sum_to_the_full_one(sale, order, cut):
    """Every share comes back once; each offer is whole exactly once, with its last share."""
    lines, redemptions = sale
    back, before, refunds = [], frozenset(), 0
    for start in range(0, 4, cut):
        now = frozenset(order[start : start + cut])
        back += reverse(redemptions, lines, before, now)
        refunds += refund_minor(redemptions, lines, before, now)
        before |= now
    given = sum(redemption.amount_minor for redemption in redemptions)
    assert refunds == sum(line.amount_minor for line in lines) - given
    for redemption in redemptions:
        mine = [it for it in back if it.offer_id == redemption.offer_id]
        assert sum(it.amount_minor for it in mine) == redemption.amount_minor
        assert [it.whole for it in mine] == [False] * (len(mine) - 1) + [True] * bool(mine)


def test_a_full_return_leaves_no_trace():
    """All lines at once: the whole amount, whole, with the serial; a second time nothing."""
    lines = (Line("A", "1", 1, 300), Line("B", "2", 1, 200))
    shares = (Share("A", "O1", 60), Share("B", "O1", 40))
    sale = (Redemption("O1", 1, "C1", 100, shares, serial="9"),)
    every = frozenset({"A", "B", "no such line"})
    assert reverse(sale, lines, frozenset(), every) == (Reversal("O1", 100, True, "9"),)
    assert reverse(sale, lines, every, every) == ()
    assert refund_minor(sale, lines, frozenset(), every) == 400
