"""The outbox over a real mosquitto, durable at headquarters, beside a bare MQTT QoS 1 publisher."""

from __future__ import annotations

import asyncio
import io
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stdout
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from agent.hq_link import HqLink
from agent.hq_news import Home
from agent.trust import TimeTrust
from cache.entries import Entry
from cache.journal import Journal
from ground.clock import SystemClock
from hq import cli
from offers.records import Noted
from sync.link_options import LinkOptions
from sync.mqtt_link import IN_FLIGHT, MqttLink
from sync.session import Facts, Known, Me, Session
from sync.topics import down_filters
from tests.bench.figure import Figure
from tests.brokers import HOST, Broker, start_mosquitto
from tests.lane_shop import NOON, TestLane, running_lane
from tests.sync.link_peer import Quick

ROWS = 5_000  # of one drain: three busy days of one lane
BACKLOG = 100_000
ROUNDS = 3
GROUP = 500  # rows that are written at once
PATIENCE_S = 300.0
DETAIL = "x" * 150  # with its envelope a row is some 500 bytes, as a sale of five lines is
SHOP = Path(__file__).parents[2] / "examples" / "shop"


def figures() -> list[Figure]:
    """Measure in a directory on a disk: in memory a sync costs nothing."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        broker = start_mosquitto(Path(name))
        try:
            return asyncio.run(measure(Path(name), broker))
        finally:
            broker.kill()


async def measure(place: Path, broker: Broker) -> list[Figure]:
    """Drain and publish in turn; then the outage; then the great backlog."""
    async with headquarters(place, broker), running_lane(place) as shop:
        lane = Lane(shop, place, broker.port)
        ours, bare = [], []
        for _ in range(ROUNDS):
            await lane.write(ROWS)
            async with lane.linked():
                ours.append(ROWS / await lane.drained())
            bare.append(ROWS / await asyncio.to_thread(publish_bare, broker.port))
        outage_s = await outage(lane)
        grown_mb, rate = await backlog(lane)
    rows, messages = statistics.median(ours), statistics.median(bare)
    ratio = rows / messages
    name = f"outbox drain, durable at HQ, {ROWS} rows"
    lost = shop.journal.last_seq - shop.journal.acked
    return [
        Figure(name, rows, "rows/s", "bare paho QoS 1", ratio, ">= 0.5", ratio >= 0.5),
        limit(f"{ROWS} rows of an outage, link up to drained", outage_s, "s", 3.0),
        limit(f"memory over a drain of {BACKLOG} rows", grown_mb, "MB", 16.0),
        Figure("rows/s of that drain", rate, "rows/s", "short drain", rate / rows, ">= 0.5",
               rate / rows >= 0.5),
        Figure("rows lost in all of it", lost, "rows", "0", float(lost), "0", lost == 0),
    ]  # fmt: skip


def limit(name: str, value: float, unit: str, most: float) -> Figure:
    """Make a figure that must not exceed a limit."""
    return Figure(
        name, value, unit, "its limit", value / most, f"<= {most:g} {unit}", value <= most
    )


class Lane:
    """A lane's journal and its link, the client new for each connection."""

    def __init__(self, shop: TestLane, place: Path, port: int) -> None:
        self.shop, self.place, self.port = shop, place, port
        self.journal: Journal = shop.journal

    async def write(self, rows: int) -> None:
        """Append rows, group by group."""
        for _ in range(0, rows, GROUP):
            entries = (Entry(Noted("bench", DETAIL), NOON) for _ in range(GROUP))
            await asyncio.gather(*map(self.journal.append, entries))

    @asynccontextmanager
    async def linked(self) -> AsyncIterator[None]:
        """Run the link until the block ends; the time starts when it is up."""
        link = self._link()
        running = asyncio.ensure_future(link.run())
        while not link.view.up:
            await asyncio.sleep(0.001)
        self.began = time.perf_counter()
        try:
            yield
        finally:
            await link.stop()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def drained(self) -> float:
        """Wait until headquarters has everything; give the seconds since the link was up."""
        async with asyncio.timeout(PATIENCE_S):
            while self.journal.acked < self.journal.last_seq:
                await asyncio.sleep(0.002)
        return time.perf_counter() - self.began

    def _link(self) -> HqLink:
        clock, journal, me = SystemClock(), self.journal, ("s001", "1")
        trust = TimeTrust(NOON)
        home = Home(*me, self.shop.stock, self.place / "data", {}, trust, clock, lambda: None)
        known = Known(journal.last_seq, journal.acked, "g0", 10**9, 10**9, 10**9)
        session = Session(Me(*me, journal.epoch), known, Quick(), Facts)
        link = HqLink(home, session, lambda: None)
        options = LinkOptions(
            host=HOST, port=self.port, client_id="s001-1-lane", subscriptions=down_filters(*me)
        )
        link.attach(MqttLink(options, link.ears, clock, Quick()), self.shop.wired.line)
        return link


async def outage(lane: Lane) -> float:
    """Queue rows while there is no link."""
    await lane.write(ROWS)
    async with lane.linked():
        return await lane.drained()


async def backlog(lane: Lane) -> tuple[float, float]:
    """Drain the great backlog; give the growth of memory in MB, and rows a second."""
    await lane.write(BACKLOG)
    before = most = anonymous_mb()
    async with lane.linked():
        draining = asyncio.ensure_future(lane.drained())
        while not draining.done():
            most = max(most, anonymous_mb())
            await asyncio.sleep(0.1)
        return most - before, BACKLOG / await draining


def anonymous_mb() -> float:
    """Give this process's own memory, without mapped files."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    return 0.0


@asynccontextmanager
async def headquarters(place: Path, broker: Broker) -> AsyncIterator[None]:
    """Run `tillside-hq serve` as a process of its own."""
    where = ["--db", str(place / "hq.db"), "--keys", str(place / "hq-keys")]
    with redirect_stdout(io.StringIO()):
        cli.main(["init", *where])
        cli.main(["apply", str(SHOP), *where])
    words = ["serve", "--broker", f"mqtt://{HOST}:{broker.port}", *where]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hq.cli", *words), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    while b"collector" not in await process.stderr.readline():
        pass
    swallow = asyncio.ensure_future(process.stderr.read())
    try:
        yield
    finally:
        process.terminate()
        await asyncio.gather(swallow, process.wait())


def publish_bare(port: int) -> float:
    """Publish as many messages of a row's size, one each, with the window of our link."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="bare", protocol=paho.MQTTv5)
    client.max_inflight_messages = IN_FLIGHT
    left, done = ROWS, threading.Event()

    def acknowledged(*_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            done.set()

    client.on_publish = acknowledged
    client.connect(HOST, port)
    client.loop_start()
    payload = b"x" * 500
    began = time.perf_counter()
    for _ in range(ROWS):
        client.publish("bare/rows", payload, 1)
    assert done.wait(PATIENCE_S)
    took = time.perf_counter() - began
    client.disconnect()
    client.loop_stop()
    return took
