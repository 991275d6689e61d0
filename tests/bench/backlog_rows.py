"""A journal of a lane that was cut off for more than a year: a million rows that headquarters has not."""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from cache.chain import genesis, link, stamp
from offers.basket import Share, TransactionKey
from offers.model import Serial
from offers.records import JobId, Printed, Record, Redemption, Sold, SoldLine, Tendered, Uid
from tests.bench.lane_home import ARTICLES, EPOCH, NOW, key_of

RECENT_DAYS = 63  # whole sales: what a lane remembers of older rows is which coupons they used
SALES_A_DAY = 600
SECONDS_A_SALE = 72  # of a day of twelve hours
USED_DAYS, USED_A_DAY = 400, 12  # one sale in fifty, as long as it is remembered
SHOPPERS = 5_000  # who come to one lane; a store has some more
OLDER = Printed(JobId("0" * 32), "printed", "", "native")  # stands in for an older row
Drawn = tuple[Record, datetime, str | None]


def write_backlog(path: Path, rows: int) -> None:
    """Fill a fresh journal; two in five of its sales name a shopper."""
    dice = random.Random(7)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("BEGIN")
        refs = [f"{dice.getrandbits(128):032x}" for _ in range(SHOPPERS)]
        named = ((ref, key_of(number)) for number, ref in enumerate(refs))
        db.executemany("INSERT INTO shopper VALUES (?, ?)", named)
        db.executemany("INSERT INTO redeemed VALUES (?, ?, ?)", used(dice))
        db.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?, ?)", chained(dice, refs, rows))
        db.execute("INSERT INTO place SELECT uid, seq FROM row WHERE uid IS NOT NULL ORDER BY uid")
        marks = (("settled", str(rows)), ("spent_upto", str(rows)))
        db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", marks)
        db.execute("COMMIT")


def used(dice: random.Random) -> Iterator[tuple[str, str, str]]:
    """Draw the coupons that older sales used, oldest first."""
    for number in range((USED_DAYS - RECENT_DAYS) * USED_A_DAY):
        at = NOW - timedelta(days=USED_DAYS) + timedelta(days=number / USED_A_DAY)
        yield f"{number:08d}0000", f"{dice.getrandbits(128):032x}", stamp(at)


def chained(dice: random.Random, refs: list[str], rows: int) -> Iterator[tuple[object, ...]]:
    """Give so many rows as the table has them, each following from the one before."""
    last = bytes.fromhex(genesis(EPOCH))
    recent = min(rows, RECENT_DAYS * SALES_A_DAY)
    began = NOW - timedelta(days=RECENT_DAYS)
    older = itertools.repeat((OLDER, began, None), rows - recent)
    drawn: Iterator[Drawn] = itertools.chain(older, sales(dice, refs, began, recent))
    for seq, (record, at, ref) in enumerate(drawn, 1):
        kind, body, when = record.__struct_config__.tag, msgspec.json.encode(record), stamp(at)
        hashed = link(last, seq, str(kind), when, body)
        yield seq, kind, when, body, last, hashed, getattr(record, "uid", None), ref
        last = hashed


def sales(dice: random.Random, refs: list[str], began: datetime, count: int) -> Iterator[Drawn]:
    """Draw sale after sale of three lines; one in fifty uses a coupon."""
    for number in range(count):
        day, of_day = divmod(number, SALES_A_DAY)
        at = began + timedelta(days=day, seconds=of_day * SECONDS_A_SALE)
        ref = dice.choice(refs) if dice.random() < 0.4 else None
        key = TransactionKey("s001", "t1", at.date(), str(of_day))
        gtins = [f"{dice.randrange(ARTICLES):014d}" for _ in range(3)]
        uid, evidence = Uid(f"{dice.getrandbits(128):032x}"), f"{dice.getrandbits(256):064x}"
        uses = (coupon_use(number),) if number % 50 == 0 else ()
        sold = tuple(Sold(gtin, 1) for gtin in gtins)
        lines = tuple(SoldLine(f"L{n}", gtin, 1, 199) for n, gtin in enumerate(gtins, 1))
        yield Tendered(uid, key, 1, "live", ref, 597, 0, uses, (), sold, evidence, lines), at, ref


def coupon_use(number: int) -> Redemption:
    """Make the use of a coupon that works once."""
    serial = Serial(f"{50_000_000 + number:08d}0000")
    return Redemption("O001", 1, "C1", 100, (Share("L1", "O001", 100),), serial=serial)
