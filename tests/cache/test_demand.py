"""How many wallets hold an offer, over the very file that the lane reads."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from cache.demand import holders
from cache.generation_writer import GenerationWriter
from offers.context import Policy, Risk, StoreFacts
from offers.model import Assignment, OfferId, ShopperKey, Wallet
from tests.lane_shop import NOON


def held(*offers: str) -> Wallet:
    long = date(2026, 1, 1), date(2026, 12, 31)
    return Wallet(tuple(Assignment(OfferId(name), 0.5, *long) for name in offers))


def test_each_offer_is_counted_by_its_wallets(tmp_path: Path) -> None:
    """Three shoppers, one with nothing, one with both: yogurt twice, coffee once, tea never."""
    path = tmp_path / "g1.db"
    with GenerationWriter(path) as writer:
        writer.put_store(StoreFacts("s001", time_zone="UTC"), Policy(), Risk())
        for number, wallet in enumerate((held("yogurt"), held("yogurt", "coffee"), held())):
            writer.put_wallet(ShopperKey(f"{number:032x}"), wallet)
        writer.finish("g1", NOON, 0)
    counted = holders(path)
    assert counted == {"yogurt": 2, "coffee": 1}
    assert counted[OfferId("tea")] == 0


def test_a_file_that_is_no_generation_is_told(tmp_path: Path) -> None:
    """The night's work ends with an error, not with an empty ranking."""
    path = tmp_path / "g1.db"
    path.write_bytes(b"not a database, though long enough to be looked at" * 40)
    with pytest.raises(sqlite3.DatabaseError):
        holders(path)
