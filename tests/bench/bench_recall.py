"""How soon a recall is in force: on fifty lanes of one broker, after an absence, on a slow line."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PIL import Image

from cache.entries import Entry
from ground.clock import SystemClock
from offers.records import Noted
from tests.bench.bench_sync import limit
from tests.bench.figure import Figure
from tests.brokers import start_mosquitto
from tests.many_lanes import Chain, LaneProcess, WholeLane, until
from tests.slow_line import SlowLine

LANES, PROCESSES, AWAY = 50, 3, 10
RECALLS = 5
OWED = 1_000  # rows that each lane owes headquarters when it comes back
GTINS = (
    *("9520000001018", "9520000001025", "9520000001032"),
    *("9520000001049", "9520000005016", "9520000006013"),
)  # of the example shop
LIMIT_S = 2.0
SLOW_BYTES_S = 100_000
PICTURES = ("coffee-1", "hazelnut-75", "oat-30", "skyr-199", "tea-50")
WIDE, HIGH = 800, 500  # of noise: 400 KB each, 2 MB together
WHILE_PULLED = 30


def figures() -> list[Figure]:
    """Measure in a directory on a disk: in memory a sync costs nothing."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        broker = start_mosquitto(Path(name))
        try:
            return asyncio.run(measure(Chain(Path(name), broker, LANES)))
        finally:
            broker.kill()


async def measure(chain: Chain) -> list[Figure]:
    """Recall with all connected; then for those who were away; then on a slow line."""
    chain.run("init")
    chain.publish()
    folders = [chain.enrol(name) for name in chain.names]
    async with chain.serving(), opened(folders) as (lanes, processes):
        connected = [await everywhere(chain, lanes, processes, gtin) for gtin in GTINS[:RECALLS]]
        away = await after_absence(chain, lanes[:AWAY])
    async with chain.serving():
        during = sorted(await while_pulling(chain))
    p95 = during[len(during) * 95 // 100 - 1]
    everyone = f"recall in force on all {LANES} lanes, command's start included"
    return [
        limit(everyone, statistics.median(connected), "s", LIMIT_S),
        limit(f"recall in force on {AWAY} lanes that were away", away, "s", LIMIT_S),
        limit(f"recall while 2 MB come at {SLOW_BYTES_S // 1000} KB/s, p95", p95, "s", 1.0),
    ]


@asynccontextmanager
async def opened(
    folders: list[Path],
) -> AsyncIterator[tuple[list[WholeLane], list[LaneProcess]]]:
    """Open the store: every lane is connected and has the generation."""
    processes = [LaneProcess(folder) for folder in folders[:PROCESSES]]
    lanes = [WholeLane(folder) for folder in folders[PROCESSES:]]
    try:
        await asyncio.gather(*(lane.on() for lane in (*processes, *lanes)))
        await until(lambda: all(has_offers(lane) for lane in lanes))
        await until(lambda: all(process.says("is in force, none before") for process in processes))
        yield lanes, processes
    finally:
        await asyncio.gather(*(lane.off() for lane in (*processes, *lanes)))


def has_offers(lane: WholeLane) -> bool:
    """Tell whether a lane has its first generation."""
    return bool(lane.lane.shelf.generation.offers)


async def everywhere(
    chain: Chain, lanes: list[WholeLane], processes: list[LaneProcess], gtin: str
) -> float:
    """Recall a product while all lanes are connected; give the seconds until the last obeys."""
    revision = lanes[0].lane.journal.recall_rev + 1
    said = f"recalls {revision} in force"
    began = time.perf_counter()
    command = asyncio.ensure_future(chain.command("recall", "s001", gtin))
    await until(lambda: all(f"0{gtin}" in lane.lane.shelf.recalled for lane in lanes))
    await until(lambda: all(process.says(said) for process in processes))
    took = time.perf_counter() - began
    await command
    return took


async def after_absence(chain: Chain, lanes: list[WholeLane]) -> float:
    """Let lanes come back to a recall, a new generation, and rows to send; give the slowest's seconds.

    Each is timed from its link up; when the recall is in force it must have taken nothing else.
    """
    for lane in lanes:
        await owe(lane)
        await lane.off()
    await chain.command("recall", "s001", GTINS[-1])
    await chain.command("stock", "s001", GTINS[0], "5")
    await asyncio.to_thread(chain.publish, cheaper)
    return max(await asyncio.gather(*map(back, lanes)))


async def owe(lane: WholeLane) -> None:
    """Cut the lane's link, and write rows that headquarters does not get."""
    assert lane.lane.link is not None
    await lane.lane.link.stop()
    entries = (Entry(Noted("bench", "x" * 150), SystemClock().utc_now()) for _ in range(OWED))
    await lane.lane.journal.append(*entries)


def cheaper(shop: Path) -> None:
    """Change an offer, so that there is a new generation."""
    file = shop / "offers" / "oat-30.toml"
    file.write_text(file.read_text().replace("percent = 30", "percent = 31"))


async def back(lane: WholeLane) -> float:
    """Switch a lane on; give the seconds from its link to the recall in force."""
    await lane.on()
    old = lane.lane.shelf.generation.id
    await until(lambda: lane.up)
    began = time.perf_counter()
    await until(lambda: f"0{GTINS[-1]}" in lane.lane.shelf.recalled)
    took = time.perf_counter() - began
    assert lane.lane.shelf.generation.id == old
    return took


async def while_pulling(chain: Chain) -> list[float]:
    """Recall and lift, again and again, while a lane on a slow line pulls 2 MB of pictures."""
    line = SlowLine(chain.broker.port, SLOW_BYTES_S)
    async with line.open():
        chain.names.append("slow")
        await asyncio.to_thread(chain.publish, noise)
        lane = WholeLane(chain.enrol("slow", line.port))
        await lane.on()
        await until(lambda: lane.up and lane.lane.link is not None and line.down_bytes > 100_000)
        times = [await one_recall(chain, lane, n) for n in range(WHILE_PULLED)]
        assert not has_offers(lane), "the pull was over before the recalls were"
        await lane.off()
    return times


async def one_recall(chain: Chain, lane: WholeLane, number: int) -> float:
    """Change what is recalled; give the seconds until the lane obeys."""
    before = lane.lane.journal.recall_rev
    lift = ["--lift"] if number % 2 else []
    began = time.perf_counter()
    await asyncio.to_thread(chain.run, "recall", "s001", GTINS[0], *lift)
    await until(lambda: lane.lane.journal.recall_rev > before)
    return time.perf_counter() - began


def noise(shop: Path) -> None:
    """Give five offers pictures of noise, which no compression makes smaller."""
    dice = random.Random(5)
    for name in PICTURES:
        picture = Image.frombytes("L", (WIDE, HIGH), dice.randbytes(WIDE * HIGH))
        picture.save(shop / "offers" / f"{name}.png")
