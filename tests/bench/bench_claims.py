"""A claim answered in the store, beside what it cannot do without: a round trip and two syncs.

The store is real: its own broker, one lane's agent that arbitrates, and another lane that asks. The
other side is a bare client and a bare answerer, each a process too, on the same broker and disk.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from agent.wiring import WiredLane
from cache.entries import Entry
from ground.clock import SystemClock
from hq.store import open_store
from offers.model import CouponNumber, OfferId, Serial
from offers.records import Claiming, Uid
from sync.claims import Room
from tests.bench.figure import Figure
from tests.brokers import HOST, Broker, start_mosquitto
from tests.many_lanes import Chain, LaneProcess, WholeLane, until
from tests.pages import ROOT

ROUNDS, EACH, WARM = 6, 60, 20
PATIENCE_S = 60.0
NUMBER, OFFER = CouponNumber("9501101530003"), OfferId("jam")
WORD = b"x" * 250  # as long as a claim
TABLE = """
[arbiter]
host = "127.0.0.1"
port = {port}
here = {here}
claim_wait_ms = 1000
"""


def figures() -> list[Figure]:
    """Measure in a directory on a disk: in memory a sync costs nothing."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        place = Path(name)
        brokers = [start_mosquitto(place) for _ in range(2)]
        try:
            claims, bare = asyncio.run(measure(place, *brokers))
        finally:
            for broker in brokers:
                broker.kill()
    figure = p99(claims) / p99(bare)
    against = "a bare QoS 1 round trip and two fdatasync"
    name = "claim answered in the store, p99"
    return [Figure(name, 1000 * p99(claims), "ms", against, figure, "<= 2", figure <= 2)]


def p99(times_s: list[float]) -> float:
    """Give the value that one of a hundred exceeds."""
    return sorted(times_s)[len(times_s) * 99 // 100 - 1]


async def measure(place: Path, hq: Broker, store: Broker) -> tuple[list[float], list[float]]:
    """Time both ways in turn."""
    claims: list[float] = []
    bare: list[float] = []
    async with store_of_two(Chain(place, hq, 2), store) as asker, answerer(place, store.port):
        with Bare.connected(place, store.port) as echo:
            for _ in range(WARM):
                await asker.ask()
                await asyncio.to_thread(echo.ask)
            for _ in range(ROUNDS):
                claims += [await asker.ask() for _ in range(EACH)]
                bare += await asyncio.to_thread(lambda: [echo.ask() for _ in range(EACH)])
        assert asker.granted >= len(claims)
    return claims, bare


@asynccontextmanager
async def store_of_two(chain: Chain, store: Broker) -> AsyncIterator[Asker]:
    """Open a store: lane 1's agent arbitrates as a process, lane 2 asks from here."""
    chain.run("init")
    chain.publish()
    folders = [chain.enrol(name) for name in chain.names]
    for folder, here in zip(folders, ("true", "false"), strict=True):
        with (folder / "lane.toml").open("a") as file:
            file.write(TABLE.format(port=store.port, here=here))
    desk, lane = LaneProcess(folders[0]), WholeLane(folders[1])
    async with chain.serving():
        await lane.on()
        await desk.on()
        assert lane.lane.store_link is not None
        claiming = asyncio.ensure_future(lane.lane.store_link.run())
        await until(lambda: leased(chain))
        chain.run("apply", "--force", str(chain.shop))  # now with lane 1's block of serials
        await until(lambda: lane.lane.shelf.lease(leased(chain)) is not None)
        chain.run("arbiter", "s001", "1")
        await until(lambda: desk.says("is open"))
        try:
            yield Asker(lane.lane, leased(chain))
        finally:
            claiming.cancel()
            await asyncio.gather(claiming, return_exceptions=True)
            await asyncio.gather(desk.off(), lane.off())


def leased(chain: Chain) -> int:
    """Give the first block of serials that the store's first lane got, 0 before it has one."""
    store = open_store(chain.place / "hq.db")
    leases = [lease.lease for lease in store.leases() if lease.lane == "1"]
    store.close()
    return leases[0] if leases else 0


class Asker:
    """A lane that claims coupons of its store, as it does for a till."""

    def __init__(self, lane: WiredLane, lease: int) -> None:
        self._lane, self._lease = lane, lease
        self._number = self.granted = 0

    async def ask(self) -> float:
        """Journal a claim, ask, and wait for the grant; give the seconds."""
        serial = Serial(f"{self._lease:05d}{self._number:03d}0000")
        self._number += 1
        row = Claiming(Uid("0" * 32), serial, NUMBER, OFFER, 100)
        began, now = time.perf_counter(), SystemClock().utc_now()
        (written,) = await self._lane.journal.append(Entry(row, now))
        (answer,) = await self._lane.line.ask([(row, written.seq)], now, Room)
        self.granted += type(answer.record).__name__ == "ClaimGranted"
        return time.perf_counter() - began  # a second where no answer came


def opened(path: Path) -> int:
    """Open a file to append to."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def synced(file: int) -> None:
    """Write as much as a claim, and sync it."""
    os.write(file, WORD)
    os.fdatasync(file)


def connected(port: int, name: str, topic: str) -> paho.Client:
    """Connect a bare client that hears one topic."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5)
    there = threading.Event()
    client.on_subscribe = lambda *_: there.set()
    client.connect(HOST, port)
    client.loop_start()
    client.subscribe(topic, 1)
    assert there.wait(PATIENCE_S)
    return client


class Bare:
    """The least that it takes: a sync, a word there, a sync, a word back."""

    def __init__(self, client: paho.Client, file: int) -> None:
        self._client, self._file = client, file
        self._back = threading.Event()
        client.on_message = lambda *_: self._back.set()

    @staticmethod
    @contextmanager
    def connected(place: Path, port: int) -> Iterator[Bare]:
        """Connect the near side."""
        client, file = connected(port, "near", "echo/back"), opened(place / "near")
        yield Bare(client, file)
        client.disconnect()
        client.loop_stop()
        os.close(file)

    def ask(self) -> float:
        """Go there and back; give the seconds."""
        began = time.perf_counter()
        self._back.clear()
        synced(self._file)
        self._client.publish("echo/there", WORD, 1)
        assert self._back.wait(PATIENCE_S)
        return time.perf_counter() - began


@asynccontextmanager
async def answerer(place: Path, port: int) -> AsyncIterator[None]:
    """Run the far side as a process."""
    words = ("-m", "tests.bench.bench_claims", str(port), str(place / "far"))
    pipe = asyncio.subprocess.PIPE
    far = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=ROOT, stdin=pipe, stdout=pipe
    )
    assert far.stdout is not None
    assert far.stdin is not None
    await far.stdout.readline()
    yield
    far.stdin.close()
    await far.wait()


def answer(port: int, path: Path) -> None:
    """Answer each word after a sync, until the standard input ends."""
    file = opened(path)

    def heard(client: paho.Client, _: object, message: paho.MQTTMessage) -> None:
        synced(file)
        client.publish("echo/back", message.payload, 1)

    client = connected(port, "far", "echo/there")
    client.on_message = heard
    print("ready", flush=True)
    sys.stdin.read()
    client.disconnect()


if __name__ == "__main__":
    answer(int(sys.argv[1]), Path(sys.argv[2]))
