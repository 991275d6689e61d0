"""How late the event loop is, measured by a ticker, while something else goes on.

    python -m tests.bench.loop_lag journal PLACE      under the shim of tests/faults_disk
    python -m tests.bench.loop_lag generation PLACE   PLACE has offers.db

Each prints one line of JSON; `bench_cache` runs them as processes of their own.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import statistics
import sys
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path

import zstandard

from cache.entries import Entry
from cache.generation import Generation
from cache.journal import Journal
from offers.records import Incarnation, Noted
from sync.blob_file import BlobFile
from sync.messages import Manifest
from tests.faults_disk.shim import arm

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TICK_S = 0.001
SLOW_MS = 15
READ_BYTES = 1024 * 1024
ROUNDS = 5


class Ticker:
    """Wakes every millisecond and notes how late it was, and the process's own memory."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self.anon_kb = 0

    async def during(self, work: Awaitable[None]) -> None:
        """Tick until the work is done."""
        task = asyncio.ensure_future(work)
        while not task.done():
            begin = time.perf_counter()
            await asyncio.sleep(TICK_S)
            self.late_ms.append((time.perf_counter() - begin - TICK_S) * 1000)
            if len(self.late_ms) % 5 == 0:
                self.anon_kb = max(self.anon_kb, anon_kb())
        await task

    @property
    def p99_ms(self) -> float:
        """Give the 99th percentile."""
        return statistics.quantiles(self.late_ms, n=100)[98]


def anon_kb() -> int:
    """Give the process's own resident memory; mapped files are not in it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


async def journal(place: Path) -> dict[str, float]:
    """Append on a fast and on a slow disk in turn."""
    opened = await Journal.open(
        place / "journal.db", incarnation=lambda: Incarnation("e" * 16), now=lambda: NOW
    )

    async def write(rows: int, pause_s: float) -> None:
        for _ in range(rows):
            await opened.append(Entry(Noted("bench", "x" * 300), NOW))
            await asyncio.sleep(pause_s)

    fast, slow = Ticker(), Ticker()
    for _ in range(ROUNDS):
        arm(place, "count")
        await fast.during(write(40, 0.015))  # as often as on the slow disk
        arm(place, "slow", 1, SLOW_MS)
        await slow.during(write(40, 0))
    arm(place, "count")
    await opened.close()
    return {"fast_p99_ms": fast.p99_ms, "slow_p99_ms": slow.p99_ms}


def limit(blob: Path, target: Path) -> None:
    """Do the least that must be done: decompress, write, sync."""
    with blob.open("rb") as source, target.open("wb") as file:
        zstandard.ZstdDecompressor().copy_stream(source, file, READ_BYTES, READ_BYTES)
        file.flush()
        os.fsync(file.fileno())


async def generation(place: Path) -> dict[str, float]:
    """Take a pulled generation live, and beside it the least that must be done."""
    raw, blob = place / "offers.db", place / "blob"
    with raw.open("rb") as source, blob.open("wb") as packed:
        zstandard.ZstdCompressor(level=3).copy_stream(source, packed)
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (blob, raw)]
    sizes = (hashes[0], blob.stat().st_size, hashes[1], raw.stat().st_size)
    live_s, limit_s, memory = [], [], []
    worst = 0.0
    for number in range(ROUNDS):
        begin = time.perf_counter()
        await asyncio.to_thread(limit, blob, place / f"limit-{number}")
        limit_s.append(time.perf_counter() - begin)
        manifest = Manifest("S1", f"g{number}", number, NOW, *sizes, 1, {}, 0)
        file = BlobFile(place, manifest)
        os.link(blob, file.part)
        before, ticker = anon_kb(), Ticker()
        begin = time.perf_counter()
        await ticker.during(take_live(file, manifest))
        live_s.append(time.perf_counter() - begin)
        memory.append((ticker.anon_kb - before) / 1024)
        worst = max(worst, *ticker.late_ms)
    return {
        "live_s": statistics.median(live_s),
        "limit_s": statistics.median(limit_s),
        "stall_ms": worst,
        "memory_mb": max(memory[1:]),  # the first one also loads what is loaded once
    }


async def take_live(file: BlobFile, manifest: Manifest) -> None:
    """Do what the lane does once the last byte came."""

    def opened(path: Path) -> Generation:
        found = Generation.open(path, raw_sha256=manifest.raw_sha256)
        found.warm()
        return found

    path = await asyncio.to_thread(file.finish)
    (await asyncio.to_thread(opened, path)).close()


if __name__ == "__main__":
    run = {"journal": journal, "generation": generation}[sys.argv[1]]
    print(json.dumps(asyncio.run(run(Path(sys.argv[2])))))
