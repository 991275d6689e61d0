"""What a row uses up of an offer's first N, and what it gives back."""

from __future__ import annotations

from datetime import date

import pytest

from offers.basket import TransactionKey
from offers.records import Issued, Returned, Reversal
from offers.spending import Spending, spending

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("whole", "spent"), [(True, [Spending("redemptions", "O1", -1)]), (False, [])]
)
def test_only_a_whole_return_gives_a_use_back(whole, spent):
    """One line of two came back: the offer is still used."""
    key = TransactionKey("S1", "T1", TODAY, "1")
    row = Returned("u1", key, ("L1",), 100, (Reversal("O1", 20, whole),), ())
    assert list(spending(row)) == spent


@pytest.mark.parametrize(
    ("instead", "spent"), [(None, [Spending("issues", "O1", 1)]), ("1" * 12, [])]
)
def test_a_coupon_printed_again_is_no_new_one(instead, spent):
    """The same right under a new serial."""
    row = Issued(
        "u1", "j1", "O1", 1, "C1", "", "9" * 13, "2" * 12, TODAY, TODAY, None, instead_of=instead
    )
    assert list(spending(row)) == spent
