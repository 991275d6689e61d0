"""A claim answered in the store, beside what it cannot do without: a round trip and two syncs."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from agent.claim_line import ClaimLine
from agent.store_arbiter import ArbiterHost
from cache.entries import Entry
from cache.journal import Journal
from ground.clock import SystemClock
from ground.dice import Dice
from offers.model import CouponNumber, LaneId, OfferId, Serial, StoreId
from offers.records import Claiming, Incarnation, Uid
from sync.claims import LaneClaims, Room, Way
from sync.link_options import Ears, LinkOptions
from sync.messages import Claim, ClaimAnswer, Copy, Oath, Seat
from sync.mqtt_link import MqttLink
from sync.payload import Packet, pack
from sync.reading import read_down, read_up
from sync.topics import down, up
from tests.bench.figure import Figure
from tests.brokers import HOST, Broker, start_mosquitto

ROUNDS, EACH = 6, 60
WARM = 20
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
STORE, ARBITER, ASKER = StoreId("s001"), LaneId("1"), LaneId("2")
EPOCH = Incarnation("2" * 16)


def figures() -> list[Figure]:
    """Measure in a directory on a disk: in memory a sync costs nothing."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        broker = start_mosquitto(Path(name))
        try:
            claims, bare = asyncio.run(measure(Path(name), broker))
        finally:
            broker.kill()
    figure = p99(claims) / p99(bare)
    against = "a bare QoS 1 round trip and two fdatasync"
    name = "claim answered in the store, p99"
    return [Figure(name, 1000 * p99(claims), "ms", against, figure, "<= 2", figure <= 2)]


def p99(times_s: list[float]) -> float:
    """Give the value that one of a hundred exceeds."""
    return sorted(times_s)[len(times_s) * 99 // 100 - 1]


async def measure(place: Path, broker: Broker) -> tuple[list[float], list[float]]:
    """Time both ways in turn, on the same broker, the same disk, the same client."""
    claims: list[float] = []
    bare: list[float] = []
    async with Asker.running(place, broker) as asker, Echo.running(place, broker) as echo:
        for _ in range(WARM):
            await asker.ask()
            await echo.ask()
        for _ in range(ROUNDS):
            for way, times in ((asker, claims), (echo, bare)):
                for _ in range(EACH):
                    begin = time.perf_counter()
                    await way.ask()
                    times.append(time.perf_counter() - begin)
    return claims, bare


@asynccontextmanager
async def client(broker: Broker, name: str, ears: Ears, *topics: str) -> AsyncIterator[MqttLink]:
    """Run a client of the product until the block ends."""
    up_now = asyncio.Event()
    told = Ears(
        on_message=ears.on_message,
        on_up=lambda _: up_now.set(),
        on_down=lambda _: None,
        on_poison=lambda _: None,
    )
    options = LinkOptions(host=HOST, port=broker.port, client_id=name, subscriptions=topics)
    link = MqttLink(options, told, SystemClock(), Dice())
    running = asyncio.ensure_future(link.run())
    await asyncio.wait_for(up_now.wait(), 10)
    yield link
    await link.stop()
    await running


def hears(on_message: object) -> Ears:
    """Make ears that hear messages only."""
    nothing = lambda _: None  # noqa: E731
    return Ears(on_message=on_message, on_up=nothing, on_down=nothing, on_poison=nothing)  # type: ignore[arg-type]


class Asker:
    """A lane's journal and waiting till on one side, the arbiter's ledger on the other."""

    def __init__(self, journal: Journal, host: ArbiterHost) -> None:
        self._journal, self._host = journal, host
        claims = LaneClaims(EPOCH, 5.0)
        way = Way("store", 1, 5.0)
        self.line = ClaimLine(claims, self._send, SystemClock(), lambda _: way)
        self.link: MqttLink | None = None
        self.desk: MqttLink | None = None
        self._number = 0

    @staticmethod
    @asynccontextmanager
    async def running(place: Path, broker: Broker) -> AsyncIterator[Asker]:
        """Open both files and connect both clients."""
        home = await _journal(place / "arbiter.journal", "1" * 16)
        mine = await _journal(place / "lane.journal", EPOCH)
        host = ArbiterHost(place, home, SystemClock())
        await host.begin(Seat(STORE, 1, ARBITER, (ASKER,)))
        await host.copy(Copy(1, "", "", True, ()))
        await host.oath(ASKER, Oath(1, EPOCH, 0))
        asker = Asker(mine, host)
        topics = down(STORE, ASKER, "claim"), up(STORE, ASKER, "claim")
        async with (
            client(broker, "lane", hears(asker.answered), topics[0]) as asker.link,
            client(broker, "desk", hears(asker.decide), topics[1]) as asker.desk,
        ):
            yield asker
        await host.close()
        await mine.close()
        await home.close()

    async def ask(self) -> None:
        """Journal a claim, ask, and wait for the grant, as a coupon at the till does."""
        self._number += 1
        serial = Serial(f"{self._number:012d}")
        number = CouponNumber("9501101530003")
        row = Claiming(Uid("0" * 32), serial, number, OfferId("jam"), 100)
        (written,) = await self._journal.append(Entry(row, NOW))
        (answer,) = await self.line.ask([(row, written.seq)], NOW, Room)
        assert type(answer.record).__name__ == "ClaimGranted"

    def _send(self, claim: Claim) -> bool:
        assert self.link is not None
        return self.link.publish(pack(up(STORE, ASKER, "claim"), claim))

    async def decide(self, packet: Packet) -> None:
        """Answer as the arbiter's desk does: the ledger first."""
        _, lane, claim = read_up(packet)
        assert isinstance(claim, Claim)
        assert self.desk is not None
        answer = await self._host.claim(claim, f"{STORE}/{lane}")
        assert answer is not None
        self.desk.publish(pack(down(STORE, lane, "claim"), answer))

    async def answered(self, packet: Packet) -> None:
        """Hand the answer to the waiting till."""
        answer = read_down(packet, {})
        assert isinstance(answer, ClaimAnswer)
        self.line.answered(answer)


class Echo:
    """The least that it takes: a sync, a word there, a sync, a word back."""

    def __init__(self, files: list[int]) -> None:
        self._files = files
        self._back = asyncio.Event()
        self.link: MqttLink | None = None
        self.far: MqttLink | None = None
        self._word = random.Random(1).randbytes(250)

    @staticmethod
    @asynccontextmanager
    async def running(place: Path, broker: Broker) -> AsyncIterator[Echo]:
        """Open two files and connect two clients."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        files = [os.open(place / f"raw-{n}", flags, 0o600) for n in range(2)]
        echo = Echo(files)
        async with (
            client(broker, "near", hears(echo.back), "echo/back") as echo.link,
            client(broker, "far", hears(echo.there), "echo/there") as echo.far,
        ):
            yield echo
        for file in files:
            os.close(file)

    async def ask(self) -> None:
        """Go there and back."""
        assert self.link is not None
        self._back.clear()
        self._write(0)
        self.link.publish(Packet("echo/there", self._word))
        await self._back.wait()

    async def there(self, packet: Packet) -> None:
        """Sync, and send it back."""
        assert self.far is not None
        self._write(1)
        self.far.publish(Packet("echo/back", packet.payload))

    async def back(self, packet: Packet) -> None:
        """It came back."""
        del packet
        self._back.set()

    def _write(self, which: int) -> None:
        os.write(self._files[which], self._word)
        os.fdatasync(self._files[which])


async def _journal(path: Path, epoch: str) -> Journal:
    return await Journal.open(path, incarnation=lambda: Incarnation(epoch), now=lambda: NOW)
