"""A lane that headquarters did not hear of for more than a year: its memory, and what goes first."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from pathlib import Path

from cache.entries import Entry
from ground.clock import SystemClock
from offers.model import CouponNumber, OfferId, Serial
from offers.records import Claiming, Noted, Uid
from sync.claims import Room
from tests.bench.backlog_rows import write_backlog
from tests.bench.bench_agent import compiled_in, running, status_mb
from tests.bench.bench_sync import limit
from tests.bench.figure import Figure
from tests.bench.lane_home import make_home
from tests.brokers import free_port, start_mosquitto
from tests.many_lanes import Chain, WholeLane, until
from tests.slow_line import SlowLine

ROWS, MOST_MB = 1_000_000, 60.0
OWED, CLAIMS, SLOW_BYTES_S = 20_000, 20, 100_000
TILL_WAITS_S = 0.8  # for headquarters, as the lane's setting is made
HQ = '[hq]\nhost = "127.0.0.1"\nport = {port}\n'


def figures() -> list[Figure]:
    """Start the real agent on the journal, with headquarters out of reach."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        place = Path(name)
        compiled = compiled_in(place / "compiled")
        for home in (place / "first", place / "lane"):  # the first one compiles every module
            make_home(home, 100, 10)
            with (home / "lane.toml").open("a") as file:
                file.write(HQ.format(port=free_port()))
        with running(place / "first", compiled):
            pass
        write_backlog(place / "lane" / "data" / "journal.db", ROWS)
        with running(place / "lane", compiled) as agent:
            held = status_mb(agent.pid)["RssAnon"]
    memory = limit(f"{ROWS:,} rows queued offline: RssAnon", held, "MB", MOST_MB)
    return [memory, *claims_before_history()]


def claims_before_history() -> list[Figure]:
    """Claim coupons at headquarters while a lane on a slow line has rows to send."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        broker = start_mosquitto(Path(name))
        try:
            times = asyncio.run(claimed(Chain(Path(name), broker, 2)))
        finally:
            broker.kill()
    what = f"claim at HQ, {OWED:,} rows owed on {SLOW_BYTES_S // 1000} KB/s, slowest of {CLAIMS}"
    return [limit(what, max(times), "s", TILL_WAITS_S)]


async def claimed(chain: Chain) -> list[float]:
    """Owe rows, and claim one coupon after the other while they go up."""
    chain.run("init")
    chain.publish()
    line = SlowLine(chain.broker.port, SLOW_BYTES_S)
    async with line.open(), chain.serving():
        whole = WholeLane(chain.enrol("1", line.port))
        await whole.on()
        await until(lambda: whole.up and whole.lane.shelf.generation.offers)
        journal, dice = whole.lane.journal, random.Random(3)
        for _ in range(0, OWED, 500):
            notes = (Noted("bench", f"{dice.getrandbits(600):x}") for _ in range(500))
            await journal.append(*(Entry(note, SystemClock().utc_now()) for note in notes))
        times = [await one_claim(whole, number) for number in range(CLAIMS)]
        assert journal.acked < journal.last_seq, "the rows were sent before the claims"
        await whole.off()
    return times


async def one_claim(whole: WholeLane, number: int) -> float:
    """Claim a coupon; give the seconds until the answer, or until the till would not wait longer."""
    lane, now = whole.lane, SystemClock().utc_now()
    serial = Serial(f"00000{number:03d}0000")
    row = Claiming(Uid("0" * 32), serial, CouponNumber("9501101530003"), OfferId("jam"), 100)
    (written,) = await lane.journal.append(Entry(row, now))
    began = time.perf_counter()
    await lane.line.ask([(row, written.seq)], now, Room)
    return time.perf_counter() - began
