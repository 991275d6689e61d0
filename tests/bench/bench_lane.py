"""Scan to decision on one lane, in process: 20 offers in the wallet of 500, baskets of 30 lines.

Each basket is sent once and answered when its answer is in the journal, on a disk. Beside it stands
a bare append of as many bytes to another journal, in turn.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

from agent.config import Config, LaneConfig
from agent.till_types import BasketIn, IdentityIn, LineIn, TenderIn
from agent.wiring import wire
from cache.journal import Journal
from cache.journal_store import OpenBasket
from ground.clock import SystemClock
from ground.dice import Dice
from offers.records import Uid
from tests.bench.figure import Figure
from tests.bench.lane_home import ARTICLES, EPOCH, NOW, card, make_home

SHOPPERS, EACH, LINES, BASKETS, WARM = 200, 20, 30, 1_000, 50
LIMIT_MS = 50.0


def figures() -> list[Figure]:
    """Measure in a folder on a disk: in memory a sync costs nothing."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        home = Path(name) / "lane"
        make_home(home, SHOPPERS, EACH)
        decisions, appends = asyncio.run(measured(home))
    p50, p99 = median(decisions), percentile(decisions, 99)
    bare = median(appends)
    name = f"scan to decision, {EACH} offers x {LINES} lines, journal included"
    limit = f"the limit of {LIMIT_MS:g} ms"
    return [
        Figure(f"{name}, p99", p99, "ms", limit, p99 / LIMIT_MS, "<= 1", p99 <= LIMIT_MS),
        Figure(
            f"{name}, p50",
            p50,
            "ms",
            f"bare journal append of as many bytes: {bare:.2f} ms",
            p50 / bare,
            "beside it, no goal",
            True,
        ),
    ]


def percentile(values: list[float], percent: int) -> float:
    """Give a percentile, the nearest value above."""
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


async def measured(home: Path) -> tuple[list[float], list[float]]:
    """Time decisions and bare appends in turn; the first ones warm up and do not count."""
    wired = await wire(
        Config(LaneConfig("s001", "1", "data", "keys"), home),
        SystemClock(),
        Dice(),
        lambda: None,
    )
    other = await Journal.open(home / "other.db", incarnation=lambda: EPOCH, now=lambda: NOW)
    await wired.lane.restore()
    dice = random.Random(5)
    decisions, appends = [], []
    for number in range(BASKETS):
        message = basket(number, dice)
        began = time.perf_counter()
        out = await wired.lane.basket(f"b{number}", message)
        decisions.append(1000 * (time.perf_counter() - began))
        (kept,) = wired.journal.open_baskets()
        appends.append(await bare_append(other, kept, number))
        await wired.lane.tender(f"b{number}", TenderIn(out.revision, ()))
    for journal in (other, wired.journal):
        await journal.close()
    wired.shelf.generation.close()
    return decisions[WARM:], appends[WARM:]


async def bare_append(journal: Journal, kept: OpenBasket, number: int) -> float:
    """Write the same bytes as the decision did; give the milliseconds."""
    uid = Uid(f"{number:032x}")
    same = OpenBasket(uid, kept.key, kept.revision, kept.body)
    began = time.perf_counter()
    await journal.append(open_baskets={uid: same})
    took_ms = 1000 * (time.perf_counter() - began)
    await journal.append(open_baskets={uid: None})
    return took_ms


def basket(number: int, dice: random.Random) -> BasketIn:
    """Draw a shopper and what is in the basket."""
    bought = dice.sample(range(ARTICLES), LINES)
    lines = tuple(
        LineIn(f"L{n}", f"{article:014d}", dice.choice((1, 1, 2)), dice.randint(80, 900))
        for n, article in enumerate(bought)
    )
    identities = (IdentityIn("card", card(number % SHOPPERS)),)
    return BasketIn("t1", str(number), date(2026, 11, 20), 1, "EUR", lines, identities)


if __name__ == "__main__":
    for figure in figures():
        print(figure)
