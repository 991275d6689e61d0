"""A lane's journal on a busy day, small enough to be cut off after each of its operations.

    python -m tests.faults_disk.workload DIRECTORY FAULT FIRST MANY SYNCHRONOUS TRACE

Each answered call is written to DIRECTORY/told, a line of JSON: what the journal promised so far.
With the fault "every kill" (or "every torn"), FIRST-FIRST+MANY as a range of operations, and for TRACE
a step and a number of sales, a child for each operation is killed there, in DIRECTORY/<operation>, up to
the end of the day: one interpreter start for all of them.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cache import journal_open, journal_thread
from cache.entries import Entry
from cache.errors import JournalUnwritable
from cache.journal import Journal
from cache.journal_store import OpenBasket
from offers.basket import TransactionKey
from offers.changes import AssignOp, SoldOp
from offers.model import Gtin, LaneId, OfferId, ShopperKey, ShopperRef, StoreId
from offers.records import Incarnation, Noted, Redemption, Tendered, Uid
from tests.faults_disk.shim import arm

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
EPOCH = Incarnation("e" * 16)
ELSEWHERE = Incarnation("f" * 16)
ERASED = ShopperKey("0badc0de" * 4)
OTHER = ShopperKey("600dc0de" * 4)
SALES = 18
ROUNDS = 3


class Told:
    """What the journal answered, written down outside it, in the order of the answers."""

    def __init__(self, directory: Path) -> None:
        self._fd = os.open(directory / "told", os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def say(self, **what: object) -> None:
        """Write one promise."""
        os.write(self._fd, json.dumps(what).encode() + b"\n")

    async def keep(self, call: Awaitable[Any], **what: object) -> None:
        """Make a call, and write down what it promised, where it was not refused."""
        try:
            rows = await call
        except JournalUnwritable:
            self.say(refused=True)
            return
        if isinstance(rows, tuple):
            what["rows"] = [[row.seq, row.hash] for row in rows]
        self.say(**what)


def sale(number: int, shopper: ShopperRef | None) -> Tendered:
    """Make a sale with one redeemed coupon."""
    used = Redemption(OfferId("O1"), 1, "C1", 100, (), "dairy", f"{number:012}")
    key = TransactionKey(StoreId("S1"), "T1", NOON.date(), str(number))
    uid = Uid(f"{number:032x}")
    return Tendered(uid, key, 1, "live", shopper, 500, 100, (used,), (), (), "0" * 64)


async def sell(journal: Journal, told: Told, numbers: range, known: ShopperKey) -> None:
    """Sell at one till: each sale is open for a moment, then paid, then kept."""
    for number in numbers:
        shopper = journal.ref(known if number % 3 else OTHER)
        record = sale(number, shopper)
        at = NOON + timedelta(minutes=number)
        opened = OpenBasket(record.uid, record.key, 1, b"{}" * 200)
        begun = Entry(Noted("opened", "x" * (number * 37 % 900)), at)
        await told.keep(journal.append(begun, open_baskets={record.uid: opened}))
        why = {record.uid: b"why " * 300}
        paid = journal.append(Entry(record, at), open_baskets={record.uid: None}, evidence=why)
        await told.keep(paid, evidence=record.uid)


async def listen(journal: Journal, told: Told, round_: int) -> None:
    """Hear from headquarters meanwhile."""
    for step in range(4):
        rev = round_ * 10 + step + 1
        sold = SoldOp(LaneId("L9"), ELSEWHERE, rev, Gtin("04006381333931"), 1, NOON)
        ops = sold, AssignOp(ERASED if round_ < 2 else OTHER, ())
        await told.keep(journal.apply_delta(rev, ops), delta=rev)
        await told.keep(journal.set_recalls(rev, (Gtin("04006381333931"),), ()), recalls=rev)
    await told.keep(journal.set_meta("floor", str(round_)), floor=round_)


async def day(directory: Path, told: Told, sales: int) -> None:
    """Sell at three tills in three rounds; acknowledge and prune after each, erase after the second."""
    clock = [NOON]
    refs = iter(range(10**6))
    journal = await Journal.open(
        directory / "journal.db",
        incarnation=lambda: EPOCH,
        now=lambda: clock[0],
        new_ref=lambda: ShopperRef(f"r{next(refs)}"),
        spare_pages=2,
    )
    for round_ in range(ROUNDS):
        known = ERASED if round_ < 2 else OTHER
        firsts = (1 + sales * (3 * round_ + till) for till in range(3))
        tills = (sell(journal, told, range(first, first + sales), known) for first in firsts)
        await asyncio.gather(*tills, listen(journal, told, round_))
        if round_ == 1:
            await told.keep(journal.erase(ERASED), erased=ERASED)
        clock[0] += timedelta(days=100 if round_ else 0, hours=2)
        upto = max(journal.acked, journal.last_seq - 20)
        await told.keep(journal.hq_has(upto), acked=upto)
        await told.keep(
            journal.point_to(f"offers-{round_}.db", round_, round_ * 10), pointer=round_
        )
    await journal.close()


def run(directory: Path, sales: int = SALES) -> None:
    """Live the day; the checkpoints come often."""
    journal_thread.CHECKPOINT_COMMITS = 12
    journal_thread.LATEST_COMMITS = 24
    asyncio.run(day(directory, Told(directory), sales))


def killed_at(directory: Path, fault: str, operation: int, sales: int) -> bool:
    """Live the day in a child that is killed at an operation; tell whether the day was so long."""
    place = directory / str(operation)
    place.mkdir()
    child = os.fork()
    if child == 0:
        try:
            arm(place, fault, operation, 1)
            run(place, sales)
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def main() -> None:
    """Do what the command says."""
    directory, fault = Path(sys.argv[1]), sys.argv[2]
    first, many = int(sys.argv[3]), int(sys.argv[4])
    journal_open.PRAGMAS = (f"synchronous = {sys.argv[5]}", *journal_open.PRAGMAS[1:])
    if fault.startswith("every "):
        every, sales = int(sys.argv[6]), int(sys.argv[7])
        importlib.import_module("sqlite_utils")  # makes a schema: loaded once for all children
        for operation in range(first, first + many, every):
            if not killed_at(directory, fault.removeprefix("every "), operation, sales):
                return
        return
    trace = os.open(sys.argv[6], os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    arm(directory, fault, first, many, trace)
    run(directory)


if __name__ == "__main__":
    main()
