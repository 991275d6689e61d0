"""Figures of the two databases, each beside its limit or its peer, both sides interleaved."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import aiosqlite
import msgspec

from cache.entries import Entry, draft
from cache.generation import Generation
from cache.generation_writer import GenerationWriter
from cache.journal import Journal
from cache.journal_open import take_up
from offers.basket import Share, TransactionKey
from offers.context import Policy, Risk, StoreFacts
from offers.model import Assignment, CampaignId, OfferId, Serial, ShopperKey, StoreId, Wallet
from offers.records import ClaimId, Incarnation, Redemption, Sold, Tendered, Uid
from tests.bench.figure import Figure
from tests.faults_disk.shim import build, compiler, environment

SHOPPERS = 100_000
ASSIGNMENTS = 10
LOOKUPS = 4_000
APPENDS = 600
GROUP_APPENDS = 6_400
PRODUCERS = 64
ROUNDS = 5
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EPOCH = Incarnation("0" * 16)


def figures() -> list[Figure]:
    """Measure in a directory on a disk: in memory a sync costs nothing."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        place = Path(name)
        return [
            *lookup(place),
            *live(place),
            *asyncio.run(appends(place)),
            asyncio.run(groups(place)),
            *lag(place),
        ]


def p50_us(times_ns: list[int]) -> float:
    """Give the median in microseconds."""
    return statistics.median(times_ns) / 1000


def against(name: str, value: float, unit: str, other: tuple[str, float], most: float) -> Figure:
    """Make a figure that must not exceed so many times the other one."""
    ratio = value / other[1]
    return Figure(name, value, unit, other[0], ratio, f"<= {most:g}", ratio <= most)


def million(place: Path) -> tuple[Path, list[ShopperKey]]:
    """Write 1,000,000 assignments of 2,000 offers."""
    dice = random.Random(1)
    keys = [ShopperKey(f"{dice.getrandbits(128):032x}") for _ in range(SHOPPERS)]
    days = [date(2026, 11, 1) + timedelta(days=n) for n in range(60)]

    def wallets() -> Iterator[tuple[ShopperKey, Wallet]]:
        for key in keys:
            yield key, Wallet(tuple(one(dice, days) for _ in range(ASSIGNMENTS)))

    path = place / "offers.db"
    with GenerationWriter(path) as writer:
        writer.put_store(StoreFacts(StoreId("S1")), Policy(), Risk())
        writer.put_wallets(wallets())
        writer.finish("bench", NOW, 0)
    return path, keys


def one(dice: random.Random, days: list[date]) -> Assignment:
    """Draw one assignment."""
    offer = OfferId(f"O{dice.randrange(2000):05}")
    return Assignment(offer, round(dice.random(), 4), dice.choice(days), dice.choice(days))


def lookup(place: Path) -> list[Figure]:
    """Compare a wallet with its bare blob, and with the same get and decode through aiosqlite."""
    path, keys = million(place)
    generation = Generation.open(path)
    generation.warm()
    for key in keys:
        generation.wallet(key)
    times = asyncio.run(lookup_times(path, generation, keys))
    generation.close()
    wallet, bare, peer = (p50_us(side) for side in times)
    return [
        against("wallet lookup with decode", wallet, "us", ("bare blob get", bare), 3),
        against("wallet lookup with decode", wallet, "us", ("the same by aiosqlite", peer), 0.25),
    ]


async def lookup_times(
    path: Path, generation: Generation, keys: list[ShopperKey]
) -> tuple[list[int], list[int], list[int]]:
    """Time the three ways in turn."""
    sql = "SELECT body FROM wallet WHERE shopper = ?"
    dice = random.Random(2)
    bare_get = generation._db.execute
    decode = msgspec.msgpack.Decoder(Wallet).decode
    wallet: list[int] = []
    bare: list[int] = []
    peer: list[int] = []
    async with aiosqlite.connect(path.as_uri() + "?mode=ro&immutable=1", uri=True) as db:
        await db.execute("PRAGMA mmap_size=268435456")
        for _ in range(ROUNDS):
            chosen = [dice.choice(keys) for _ in range(LOOKUPS // ROUNDS)]
            for key in chosen:
                begin = time.perf_counter_ns()
                generation.wallet(key)
                wallet.append(time.perf_counter_ns() - begin)
            for raw in map(bytes.fromhex, chosen):
                begin = time.perf_counter_ns()
                bare_get(sql, (raw,)).fetchone()
                bare.append(time.perf_counter_ns() - begin)
            for key in chosen:
                begin = time.perf_counter_ns()
                async with db.execute(sql, (bytes.fromhex(key),)) as cursor:
                    row = await cursor.fetchone()
                assert row is not None
                decode(row[0])
                peer.append(time.perf_counter_ns() - begin)
    return wallet, bare, peer


def live(place: Path) -> list[Figure]:
    """Take the million assignments live in a process of its own, beside the least there is to do."""
    told = in_process("generation", place, dict(os.environ))
    limit = ("decompress, write, sync", told["limit_s"] * 1000)
    return [
        against("1M assignments taken live", told["live_s"] * 1000, "ms", limit, 3),
        at_most("longest stall of the loop meanwhile", told["stall_ms"], "ms", 20),
        at_most("memory that it takes", told["memory_mb"], "MB", 8),
    ]


def lag(place: Path) -> list[Figure]:
    """Compare the loop's lag with syncs of 15 ms and with the disk as it is."""
    if compiler() is None:
        return []
    home = place / "lag"
    home.mkdir()
    told = in_process("journal", home, environment(build(place)))
    base = told["fast_p99_ms"]
    name, met = "loop lag p99, a sync takes 15 ms", told["slow_p99_ms"] <= base + 1
    ratio = told["slow_p99_ms"] / base
    return [Figure(name, told["slow_p99_ms"], "ms", "fast disk", ratio, "<= it + 1 ms", met)]


def in_process(what: str, place: Path, environ: dict[str, str]) -> dict[str, float]:
    """Measure in a fresh process."""
    command = [sys.executable, "-m", "tests.bench.loop_lag", what, str(place)]
    done = subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE, timeout=300)
    told: dict[str, float] = msgspec.json.decode(done.stdout, type=dict[str, float])
    return told


def at_most(name: str, value: float, unit: str, most: float) -> Figure:
    """Make a figure with a limit of its own."""
    return Figure(
        name, value, unit, "its limit", value / most, f"<= {most:g} {unit}", value <= most
    )


def redemption(number: int) -> Entry:
    """Make a sale with one redeemed coupon, as a lane writes it."""
    uid = Uid(f"{number:032x}")
    serial = Serial(f"{number % 10**12:012}")
    share = Share("1", OfferId("O00001"), 100, serial)
    used = Redemption(
        OfferId("O00001"),
        1,
        CampaignId("C1"),
        100,
        (share,),
        "dairy/yogurt",
        serial,
        ClaimId(EPOCH, number),
    )
    key = TransactionKey(StoreId("S1"), "T1", NOW.date(), str(number))
    return Entry(
        Tendered(
            uid, key, 3, "live", None, 500, 100, (used,), (), (Sold("04006381333931", 1),), "0" * 64
        ),
        NOW,
    )


async def appends(place: Path) -> list[Figure]:
    """Compare one append with a raw append and sync of the same bytes: on the thread, and awaited."""
    journal = await open_journal(place / "journal.db")
    store, loaded, _ = take_up(
        place / "alone.db",
        incarnation=lambda: EPOCH,
        new_ref=lambda: "r",
        now=NOW,
        spare_pages=2048,
    )

    def alone(entry: Entry) -> None:
        addition = draft((entry,), {}, {}, loaded.mirror, {}, lambda: NOW)
        store.db.execute("BEGIN IMMEDIATE")
        store.append(addition)
        store.db.execute("COMMIT")

    raw_file = os.open(place / "raw", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    size = len(msgspec.json.encode(redemption(1).record)) + 200
    raw: list[int] = []
    thread: list[int] = []
    awaited: list[int] = []
    for number in range(1, APPENDS + 1):
        entry = redemption(number)
        begin = time.perf_counter_ns()
        os.write(raw_file, b"x" * size)
        os.fdatasync(raw_file)
        raw.append(time.perf_counter_ns() - begin)
        begin = time.perf_counter_ns()
        alone(entry)
        thread.append(time.perf_counter_ns() - begin)
        begin = time.perf_counter_ns()
        await journal.append(entry)
        awaited.append(time.perf_counter_ns() - begin)
    os.close(raw_file)
    store.db.close()
    await journal.close()
    limit = ("raw append and fdatasync", p50_us(raw))
    return [
        against("journal append, on the thread alone", p50_us(thread), "us", limit, 1.5),
        against("journal append, awaited on the loop", p50_us(awaited), "us", limit, 1.5),
    ]


async def open_journal(path: Path) -> Journal:
    """Begin a journal with the reserve of a lane."""
    return await Journal.open(path, incarnation=lambda: EPOCH, now=lambda: NOW, spare_pages=2048)


async def groups(place: Path) -> Figure:
    """Compare 64 producers with one, in rows a second."""
    journal = await open_journal(place / "groups.db")
    entries = (redemption(number) for number in range(1, 10**9))
    single: list[float] = []
    many: list[float] = []
    for _ in range(ROUNDS):
        single.append(await rate(GROUP_APPENDS // 16, partial(produce, journal, entries, 1)))
        many.append(await rate(GROUP_APPENDS, partial(produce, journal, entries, PRODUCERS)))
    await journal.close()
    value, other = statistics.median(many), statistics.median(single)
    ratio = value / other
    return Figure(
        "journal rows a second, 64 producers",
        value,
        "1/s",
        "one by one",
        ratio,
        ">= 10",
        ratio >= 10,
    )


async def produce(journal: Journal, entries: Iterator[Entry], producers: int, rows: int) -> None:
    """Append so many rows, each producer awaiting each of its own."""

    async def producer() -> None:
        for _ in range(rows // producers):
            await journal.append(next(entries))

    await asyncio.gather(*(producer() for _ in range(producers)))


async def rate(rows: int, work: Callable[[int], Awaitable[None]]) -> float:
    """Give rows a second."""
    begin = time.perf_counter()
    await work(rows)
    return rows / (time.perf_counter() - begin)


if __name__ == "__main__":
    for figure in figures():
        print(figure)
