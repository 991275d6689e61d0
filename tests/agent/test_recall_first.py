"""A recall waits behind nothing: not deltas that came before it, not a generation being unpacked."""

import asyncio
import random
import threading
import time
from contextlib import asynccontextmanager

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.hq_link import HqLink
from agent.hq_news import Home
from agent.trust import TimeTrust
from ground.clock import SystemClock
from offers.changes import StockOp
from sync.blob_file import BlobFile
from sync.letters import seal
from sync.link_options import LinkOptions
from sync.messages import Ask, BlobAsk, Delta, Recalls, Status, Tombstones
from sync.mqtt_link import MqttLink
from sync.payload import Packet, pack
from sync.reading import read_up
from sync.session import Facts, Known, Me, Session
from sync.topics import down_filters, every_lane_up, store_down
from tests.agent.test_hq_link import Desk
from tests.brokers import HOST, start_mosquitto
from tests.lane_shop import COFFEE, NOON, YOGURT, build_generation, running_lane
from tests.sync.link_peer import peer

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ME = ("s001", "1")
PATIENCE_S = 20.0
RECALL = Recalls("s001", 1, (COFFEE,))


def letter(what, message, **more):
    sealed = seal(message, "hq1", PRIVATE.private_bytes_raw())
    packet = pack(store_down("s001", what), sealed, retain=what != "delta")
    return type(packet)(**{**{f: getattr(packet, f) for f in packet.__struct_fields__}, **more})


def delta(rev: int) -> Delta:
    return Delta("s001", rev, rev - 1, (StockOp(YOGURT, rev, NOON),))


@pytest.fixture
async def desk(tmp_path):
    async with running_lane(tmp_path) as shop:
        yield Desk(shop, tmp_path / "data")


async def test_of_what_has_come_recalls_are_taken_first(desk):
    """Then who was erased, then the rest in its order; with the recall no delta is applied yet."""
    journal, order = desk.shop.journal, []
    for name in ("set_recalls", "set_tombstones", "apply_delta"):
        setattr(journal, name, noting(order, name, getattr(journal, name)))
    words = [letter("delta", delta(1)), letter("delta", delta(2))]
    words += [letter("erased", Tombstones("s001", 1, ("00" * 16,))), letter("recall", RECALL)]
    await desk.link.ears.on_batch(words)
    assert order == ["set_recalls", "set_tombstones", "apply_delta", "apply_delta"]
    assert (journal.recall_rev, journal.tombstone_rev, journal.delta_rev) == (1, 1, 2)


def noting(order, name, call):
    def noted(*words):
        order.append(name)
        return call(*words)

    return noted


async def test_a_recall_is_in_force_while_a_generation_is_unpacked(desk, tmp_path, monkeypatch):
    """The last chunk came, the file takes its time: the lane obeys the recall meanwhile."""
    go_on, finish = threading.Event(), BlobFile.finish
    monkeypatch.setattr(BlobFile, "finish", lambda self: (go_on.wait(PATIENCE_S), finish(self))[1])
    build_generation(tmp_path / "new.db", slip_offers=1)
    monkeypatch.setattr(desk.link._pull, "landed", soon)
    blob = await desk.hq.offer(tmp_path / "new.db", 2)
    await desk.hq.send_blob(desk.wire, blob)
    await desk.link.ears.on_message(letter("recall", RECALL))
    assert desk.shop.wired.shelf.recalled == {COFFEE}
    assert desk.shop.wired.shelf.generation.policy.slip_offers == 3
    go_on.set()
    await desk.link._pull._landing
    assert desk.shop.wired.shelf.generation.policy.slip_offers == 1
    assert desk.shop.wired.shelf.recalled == {COFFEE}


async def soon() -> None:
    await asyncio.sleep(0)


async def test_a_generation_that_a_newer_one_overtook_is_not_installed(desk, tmp_path, monkeypatch):
    """A manifest that comes while the one before is unpacked: only the newer one is ever in force."""
    go_on, finish = threading.Event(), BlobFile.finish
    monkeypatch.setattr(BlobFile, "finish", lambda self: (go_on.wait(PATIENCE_S), finish(self))[1])
    landed = desk.link._pull.landed
    monkeypatch.setattr(desk.link._pull, "landed", soon)
    build_generation(tmp_path / "old.db", slip_offers=2)
    await desk.hq.send_blob(desk.wire, await desk.hq.offer(tmp_path / "old.db", 2))
    desk.wire.sent.clear()
    build_generation(tmp_path / "new.db", slip_offers=1)
    blob = await desk.hq.offer(tmp_path / "new.db", 3)
    go_on.set()
    await desk.hq.send_blob(desk.wire, blob)
    await landed()
    assert desk.shop.wired.shelf.generation.policy.slip_offers == 1
    assert desk.shop.journal.generation_file == "offers-g3.db"
    assert not desk.link._pull.busy


async def test_a_full_disk_leaves_the_part_and_the_generation_comes_later(
    desk, tmp_path, monkeypatch
):
    """What was pulled need not be pulled again: it is unpacked once there is room."""
    finish = BlobFile.finish
    monkeypatch.setattr(BlobFile, "finish", full)
    build_generation(tmp_path / "new.db", slip_offers=1)
    await desk.hq.send_blob(desk.wire, await desk.hq.offer(tmp_path / "new.db", 2))
    assert desk.shop.wired.shelf.generation.policy.slip_offers == 3
    monkeypatch.setattr(BlobFile, "finish", finish)
    desk.wire.sent.clear()
    due = desk.link._pull.next_deadline()
    await desk.link._pull.on_deadline(due)
    await desk.link._pull.landed()
    assert desk.wire.said(BlobAsk) == []
    assert desk.shop.wired.shelf.generation.policy.slip_offers == 1


def full(_) -> None:
    raise OSError(28, "No space left on device")


class Linked:
    """The lane's own link on a real broker, and what headquarters heard of it."""

    def __init__(self, shop, directory, port) -> None:
        self.shop, self.directory, self.port = shop, directory, port
        self.at_recall: int | None = None  # the delta revision when the recall came in force

    @asynccontextmanager
    async def running(self):
        clock, journal = SystemClock(), self.shop.journal
        public = {"hq1": PRIVATE.public_key().public_bytes_raw()}
        ends = (TimeTrust(NOON), clock, lambda: None)
        home = Home(*ME, self.shop.stock, self.directory, public, *ends)
        known = Known(journal.last_seq, journal.acked, "g1", 1, journal.delta_rev)
        session = Session(Me(*ME, journal.epoch), known, random.Random(1), Facts)
        link = HqLink(home, session, self.look)
        options = LinkOptions(
            host=HOST, port=self.port, client_id="s001-1-lane", subscriptions=down_filters(*ME)
        )
        link.attach(MqttLink(options, link.ears, clock, random.Random(1)), self.shop.wired.line)
        running = asyncio.ensure_future(link.run())
        try:
            await until(lambda: link.view.up)
            yield link
        finally:
            await link.stop()
            await running

    def look(self) -> None:
        if self.at_recall is None and self.shop.journal.recall_rev:
            self.at_recall = self.shop.journal.delta_rev


async def until(holds) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.002)


async def expired(hq, port) -> None:
    """Wait until the broker has forgotten what it was given for 3 s, so surely what was for 1 s."""
    short, stays = (
        Packet(f"probe/{n}", b"x", retain=True, expiry_s=e) for n, e in enumerate((3, 0))
    )
    assert hq.link.publish(short)
    assert hq.link.publish(stays)
    there = True
    while there:
        async with peer(port, "probe", "probe/0", "probe/1") as probe:
            await probe.until(lambda: any(p.topic == stays.topic for p in probe.heard))
            there = any(p.topic == short.topic for p in probe.heard)


async def test_a_lane_that_was_away_obeys_a_recall_before_the_deltas_it_missed(tmp_path):
    """The broker forgot those, and the lane asks headquarters what it missed: nothing is in the way."""
    broker = start_mosquitto(tmp_path)
    try:
        async with (
            running_lane(tmp_path) as shop,
            peer(broker.port, "hq", every_lane_up("ask"), every_lane_up("status")) as hq,
        ):
            lane = Linked(shop, tmp_path / "data", broker.port)
            async with lane.running():
                pass
            for rev in range(1, 301):
                assert hq.link.publish(letter("delta", delta(rev), expiry_s=1))
            assert hq.link.publish(letter("recall", RECALL))
            await expired(hq, broker.port)
            hq.heard.clear()
            async with lane.running():
                await until(lambda: lane.at_recall is not None)
                await hq.until(lambda: any(asks(hq)))
                (ask,) = asks(hq)
                missed = Delta("s001", 300, 0, (StockOp(YOGURT, 300, NOON),))
                assert hq.link.publish(letter("delta", missed, expiry_s=60))
                await until(lambda: shop.journal.delta_rev == 300)
    finally:
        broker.kill()
    assert lane.at_recall == 0
    assert ask == Ask("deltas", shop.journal.epoch, "g1", 0)
    assert shop.wired.shelf.recalled == {COFFEE}
    told = [m for p in hq.heard if isinstance(m := read_up(p)[2], Status) and m.online]
    assert told[-1].recall_rev == 1


def asks(hq) -> list[Ask]:
    return [m for p in hq.heard if isinstance(m := read_up(p)[2], Ask) and m.what == "deltas"]
