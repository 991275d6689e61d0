"""Headquarters on a real broker: commands of another process reach a listening lane, rows come back."""

import asyncio
import random
import signal
import sys
from collections import defaultdict
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ground.clock import SystemClock
from ground.key_files import KeyRing
from hq import cli
from hq.store import open_store
from offers.records import Noted
from sync.link_options import Ears, LinkOptions
from sync.messages import Ack, Delta, Manifest, Recalls
from sync.mqtt_link import MqttLink
from sync.payload import Packet, pack
from sync.reading import read_down
from sync.topics import up
from tests.brokers import HOST, Broker, start_mosquitto

PATIENCE_S = 20.0  # for a machine that is busy; nothing here waits that long on purpose


@pytest.fixture
def broker(tmp_path: Path):
    running = start_mosquitto(tmp_path)
    yield running
    running.stop()


class HqProcess:
    """`tillside-hq` in one folder, as a person runs it."""

    def __init__(self, folder: Path, shop: Path) -> None:
        self.where = ["--db", str(folder / "hq.db"), "--keys", str(folder / "hq-keys")]
        self.db = folder / "hq.db"
        self.keys = folder / "hq-keys"
        self.run("init")
        self.run("apply", str(shop))

    def run(self, *words: str) -> None:
        assert cli.main([*words, *self.where]) == 0

    @asynccontextmanager
    async def serving(self, broker: Broker):
        words = ["serve", "--broker", f"mqtt://{HOST}:{broker.port}", *self.where]
        command = [sys.executable, "-m", "hq.cli", *words]
        process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            _, log = await process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), log.decode()


class Listener:
    """A lane that only listens and speaks when told."""

    def __init__(self, port: int, keys: Path) -> None:
        self.words: defaultdict[type, asyncio.Queue] = defaultdict(asyncio.Queue)
        self.up = asyncio.Event()
        self._public = KeyRing.load(keys).every("hq-public")
        topics = ("retail/v1/s001/down/+", "retail/v1/s001/1/down/+")
        options = LinkOptions(host=HOST, port=port, client_id="s001-1", subscriptions=topics)
        ears = Ears(
            on_message=self._hear,
            on_up=lambda _: self.up.set(),
            on_down=lambda _: None,
            on_poison=lambda _: None,
        )
        self.link = MqttLink(options, ears, SystemClock(), random.Random(1))

    async def _hear(self, packet: Packet) -> None:
        word = read_down(packet, self._public)
        self.words[type(word)].put_nowait(word)

    async def next(self, kind: type):
        """Wait for the next word of a kind; words of other kinds keep their own order."""
        return await asyncio.wait_for(self.words[kind].get(), PATIENCE_S)

    @asynccontextmanager
    async def running(self):
        task = asyncio.ensure_future(self.link.run())
        try:
            await asyncio.wait_for(self.up.wait(), PATIENCE_S)
            yield self
        finally:
            await self.link.stop()
            await task


async def test_commands_reach_a_lane_and_its_rows_come_back(
    broker, tmp_path, shop_dir, spoil, lane1
) -> None:
    """Manifest, recall, stock, a changed offer, an acknowledgement, and all again after a restart."""
    hq = HqProcess(tmp_path, shop_dir)
    lane1.write(Noted("a", "first"))
    lane1.write(Noted("b", "second"))
    async with Listener(broker.port, hq.keys).running() as lane:
        async with hq.serving(broker):
            assert (await lane.next(Manifest)).rev == 1
            await asyncio.to_thread(hq.run, "recall", "s001", "9520000006013")
            assert (await lane.next(Recalls)).gtins == ("09520000006013",)
            await asyncio.to_thread(hq.run, "stock", "s001", "9520000005016", "7")
            assert (await lane.next(Delta)).ops[0].on_hand == 7
            spoil("offers/oat-30.toml", "percent = 30", "percent = 40")
            await asyncio.to_thread(hq.run, "apply", str(shop_dir))
            assert (await lane.next(Manifest)).rev == 2
            lane.link.publish(pack(up("s001", "1", "rows"), lane1.message(1)))
            assert (await lane.next(Ack)).upto == 1
        await asyncio.to_thread(hq.run, "stock", "s001", "9520000005016", "8")
        lane.link.publish(pack(up("s001", "1", "rows"), lane1.message(1, 2)))
        async with hq.serving(broker):
            assert (await lane.next(Delta)).ops[0].on_hand == 8
            assert (await lane.next(Ack)).upto == 2
    store = open_store(hq.db)
    kept = store.conn.execute("SELECT seq, hash_fits FROM rows ORDER BY seq").fetchall()
    assert kept == [(1, 1), (2, 1)]
    store.close()


async def test_rows_survive_a_kill_of_headquarters(broker, tmp_path, shop_dir, lane1) -> None:
    """Killed in the midst of a flood: what was acknowledged is kept, the rest comes again, all once."""
    hq = HqProcess(tmp_path, shop_dir)
    for number in range(300):
        lane1.write(Noted("n", str(number)))
    topic = up("s001", "1", "rows")
    async with Listener(broker.port, hq.keys).running() as lane:
        async with hq.serving(broker) as process:
            await lane.next(Manifest)
            for seq in range(1, 301):
                lane.link.publish(pack(topic, lane1.message(seq)))
            promised = 0
            while promised < 40:
                promised = (await lane.next(Ack)).upto
            process.kill()
            await process.wait()
        store = open_store(hq.db)
        (kept,) = store.conn.execute("SELECT count(*) FROM rows").fetchone()
        store.close()
        assert promised <= kept <= 300
        async with hq.serving(broker):
            lane.link.publish(pack(topic, lane1.message(*range(promised + 1, 301))))
            while (await lane.next(Ack)).upto < 300:
                pass
    store = open_store(hq.db)
    numbers = [row[0] for row in store.conn.execute("SELECT seq FROM rows ORDER BY seq")]
    breaks = store.conn.execute("SELECT count(*) FROM chain_breaks").fetchone()[0]
    store.close()
    assert numbers == list(range(1, 301))
    assert breaks == 0


async def test_a_broker_that_forgot_everything_is_told_again(broker, tmp_path, shop_dir) -> None:
    """Killed with its disk lost: a lane that connects later still finds manifest and recalls."""
    hq = HqProcess(tmp_path, shop_dir)
    hq.run("recall", "s001", "9520000006013")
    async with hq.serving(broker):
        async with Listener(broker.port, hq.keys).running() as lane:
            await lane.next(Manifest)
        await asyncio.to_thread(broker.kill)
        for file in tmp_path.glob("mosquitto-*/mosquitto.db"):
            file.unlink()
        await asyncio.to_thread(broker.start)
        async with Listener(broker.port, hq.keys).running() as lane:
            assert (await lane.next(Manifest)).rev == 1
            assert (await lane.next(Recalls)).gtins == ("09520000006013",)
