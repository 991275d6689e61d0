"""Write one small journal of the current schema, to be kept for ever: python tests/databases/make.py.

Run it once at the release that changes the schema. A released file is never written again.
"""

import asyncio
import itertools
from datetime import UTC, date, datetime
from pathlib import Path

from cache.journal import Entry, Journal
from cache.journal_store import OpenBasket
from cache.migrations import SCHEMA
from offers.basket import TransactionKey
from offers.model import Gtin, OfferId, ShopperKey, ShopperRef, StoreId
from offers.records import (
    Claiming,
    Incarnation,
    Noted,
    Redemption,
    Sold,
    Tendered,
    Uid,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANNA = ShopperKey("a" * 32)


async def make(path: Path) -> None:
    """Write a redeemed sale, a claim, an open basket and a note."""
    numbers = itertools.count(1)
    journal = await Journal.open(
        path,
        incarnation=lambda: Incarnation("0123456789abcdef"),
        now=lambda: NOON,
        new_ref=lambda: ShopperRef(f"ref{next(numbers)}"),
        spare_pages=1,
    )
    key = TransactionKey(StoreId("S1"), "T1", date(2026, 11, 21), "1")
    use = Redemption(OfferId("O1"), 1, "C1", 100, (), "dairy", "000070001234")
    sold = (Sold(Gtin("04006381333931"), 2),)
    ref = journal.ref(ANNA)
    sale = Tendered(Uid("u1"), key, 1, "live", ref, 500, 100, (use,), (), sold, "")
    claim = Claiming(Uid("u2"), "000070011234", "1" * 13, OfferId("O1"), 100)
    await journal.append(Entry(sale, NOON), evidence={Uid("u1"): b"why"})
    await journal.append(
        Entry(claim, NOON), open_baskets={Uid("u2"): OpenBasket(Uid("u2"), key, 1, b"basket")}
    )
    await journal.append(Entry(Noted("kept", "for ever"), NOON))
    await journal.hq_has(1)
    await journal.close()


if __name__ == "__main__":
    target = Path(__file__).with_name(f"journal_{SCHEMA:03}.db")
    if target.exists():
        raise SystemExit(f"{target} is released and stays as it is")
    asyncio.run(make(target))
    target.with_name(target.name + ".ballast").unlink()
