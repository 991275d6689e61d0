"""The link over real brokers: what is lost (nothing), what comes twice, what is refused."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from offers.model import LaneId, StoreId
from sync import topics
from sync.errors import BadWords
from sync.letters import seal
from sync.messages import CHUNK_BYTES, BlobAsk
from sync.payload import Packet, pack
from sync.pulls import Chunk, Done, Keep, Pull, Step
from sync.reading import chunk_packet, read_down, read_up
from tests.brokers import Broker, start_iotcore, start_mosquitto
from tests.sync.link_peer import PATIENCE_S, Line, Peer, peer
from tests.sync.test_letters import PRIVATE, PUBLIC, RECALLS

JSON = "application/json"
S, L = StoreId("S1"), LaneId("2")


def word(topic: str, text: str, retain: bool = False) -> Packet:
    return Packet(topic, text.encode(), "ack/1", JSON, retain)


def texts(one: Peer) -> list[str]:
    return [packet.payload.decode() for packet in one.heard]


@pytest.fixture(params=[start_mosquitto, start_iotcore], ids=["mosquitto", "iotcore"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    running = request.param(tmp_path)
    yield running
    running.kill()


async def test_a_packet_arrives_as_it_was_sent(broker: Broker) -> None:
    """Topic, bytes and every property come through both brokers, 100 KB too."""
    sent = Packet("a/b", bytes(100_000), "blob/1", "application/octet-stream", extra={"k": "v"})
    async with peer(broker.port, "one", "a/#") as one:
        assert one.link.publish(sent)
        await one.until(lambda: one.heard)
        assert one.heard == [sent]


async def test_a_retained_packet_meets_who_comes_later(broker: Broker) -> None:
    """A lane that connects a day later has the manifest, marked as retained."""
    async with peer(broker.port, "hq", "a/#") as hq:
        hq.link.publish(word("a/manifest", "7", retain=True))
        await hq.until(lambda: hq.heard)
        async with peer(broker.port, "lane", "a/#") as lane:
            await lane.until(lambda: lane.heard)
            assert lane.heard == [word("a/manifest", "7", retain=True)]


async def test_what_came_while_a_lane_was_away_waits_for_it(broker: Broker) -> None:
    """The session outlives the connection: three messages, in order, once."""
    async with peer(broker.port, "lane", "a/#") as lane:
        assert lane.ups == [False]
    async with peer(broker.port, "hq") as hq, peer(broker.port, "probe", "a/#") as probe:
        for number in range(3):
            hq.link.publish(word("a/b", str(number)))
        await probe.until(lambda: len(probe.heard) == 3)
        async with peer(broker.port, "lane", "a/#") as lane:
            await lane.until(lambda: len(lane.heard) == 3)
            assert lane.ups == [True]
            assert texts(lane) == ["0", "1", "2"]


@pytest.fixture
def deaf_consumer(mosquitto: Broker) -> Iterator[subprocess.Popen[bytes]]:
    program = [sys.executable, "-m", "tests.sync.deaf_consumer", str(mosquitto.port)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as child:
        yield child
        child.kill()


async def test_a_killed_consumers_message_comes_again(
    mosquitto: Broker, deaf_consumer: subprocess.Popen[bytes]
) -> None:
    """kill -9 between hearing and having done: the broker still has the message; the will is out."""
    said = deaf_consumer.stdout
    assert said is not None
    assert await asyncio.to_thread(said.readline) == b"up\n"
    async with peer(mosquitto.port, "hq", "a/status") as hq:
        hq.link.publish(word("a/work", "coupon 7"))
        assert await asyncio.to_thread(said.readline) == b"coupon 7\n"
        deaf_consumer.kill()
        await hq.until(lambda: texts(hq) == ["gone"])
        async with peer(mosquitto.port, "consumer", "a/work") as again:
            await again.until(lambda: again.heard)
            assert texts(again) == ["coupon 7"]


async def test_the_link_outlives_a_broker_restart(mosquitto: Broker) -> None:
    """After a stop and a start the session is there, and messages flow both ways."""
    async with peer(mosquitto.port, "lane", "a/#") as lane:
        mosquitto.stop()
        await lane.until(lambda: lane.downs)
        assert not lane.link.publish(word("a/b", "nobody hears this"))
        mosquitto.start()
        await lane.until(lambda: lane.ups == [False, True])
        lane.link.publish(word("a/b", "back"))
        await lane.until(lambda: lane.heard)
        assert texts(lane) == ["back"]


async def test_nobody_at_the_port_is_said_and_tried_again(mosquitto: Broker) -> None:
    """A refused connection has a reason, and ends when the broker is there."""
    mosquitto.stop()
    lane = Peer(mosquitto.port, "lane")
    running = asyncio.ensure_future(lane.link.run())
    await lane.until(lambda: len(lane.downs) >= 2)
    assert "refused" in lane.downs[0]
    assert lane.ups == []
    mosquitto.start()
    await lane.until(lambda: lane.ups)
    await lane.link.stop()
    await asyncio.wait_for(running, PATIENCE_S)


def sockets() -> set[str]:
    """Name the sockets that this process holds."""
    found = set()
    for file in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # what was listed may be closed by now
            found.add(str(file.readlink()))
    return {name for name in found if name.startswith("socket:")}


async def test_a_link_that_has_ended_holds_no_socket(mosquitto: Broker) -> None:
    """Neither the broker's nor those by which its thread is woken; the collector is not waited for."""
    before = sockets()
    async with peer(mosquitto.port, "lane") as lane:
        await lane.until(lambda: lane.ups)
        assert len(sockets() - before) >= 3
    async with asyncio.timeout(PATIENCE_S):
        while sockets() - before:
            await asyncio.sleep(0.01)


async def test_a_cut_line_heals(mosquitto: Broker) -> None:
    """What was taken before the cut arrives after it, at least once."""
    async with (
        Line(mosquitto.port) as line,
        peer(mosquitto.port, "hq", "a/#") as hq,
        peer(line.port, "lane") as lane,
    ):
        line.deaf = True
        assert lane.link.publish(word("a/b", "7"))
        line.cut()
        line.deaf = False
        await hq.until(lambda: hq.heard)
        assert set(texts(hq)) == {"7"}
        assert len(lane.downs) >= 1


async def test_a_deaf_line_is_noticed_and_does_not_hold_the_end(mosquitto: Broker) -> None:
    """No answer to a ping: down. And a stop does not wait for a line that swallows everything."""
    async with Line(mosquitto.port) as line:
        async with peer(line.port, "lane", keepalive_s=1) as lane:
            line.deaf = True
            await lane.until(lambda: lane.downs)
        line.deaf = False
        async with peer(line.port, "lane") as lane:
            line.deaf = True
            lane.link.publish(word("a/b", "x" * 1000))
            started = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - started < PATIENCE_S


ACL = """allow_anonymous true
acl_file {acl}
"""


async def test_a_forbidden_publish_is_poison(tmp_path: Path) -> None:
    """Not authorized is told once; what follows arrives, though mosquitto 2.0.11 drops the line."""
    acl = tmp_path / "acl"
    acl.write_text("topic readwrite a/#\ntopic read b/#\n")
    acl.chmod(0o600)
    broker = start_mosquitto(tmp_path, ACL.format(acl=acl))
    try:
        async with peer(broker.port, "lane", "a/#") as lane:
            lane.link.publish(word("b/secret", "1"))
            lane.link.publish(word("a/b", "2"))
            await lane.until(lambda: lane.poison and lane.heard)
            assert [(poison.topic, "Not authorized" in poison.why) for poison in lane.poison] == [
                ("b/secret", True)
            ]
            assert texts(lane) == ["2"]
    finally:
        broker.kill()


@pytest.fixture
def strict_broker(tmp_path: Path) -> Iterator[Broker]:
    passwords = tmp_path / "passwords"
    passwords.touch(0o600)
    subprocess.run(["mosquitto_passwd", "-b", str(passwords), "s1-2", "right"], check=True)
    running = start_mosquitto(tmp_path, f"allow_anonymous false\npassword_file {passwords}\n")
    yield running
    running.kill()


async def test_a_password_is_asked_for(strict_broker: Broker) -> None:
    """The right one lets in; a wrong one is said, not retried in silence."""
    async with peer(strict_broker.port, "lane", username="s1-2", password="right") as lane:
        assert lane.link.up
    wrong = Peer(strict_broker.port, "lane", username="s1-2", password="wrong")
    running = asyncio.ensure_future(wrong.link.run())
    await wrong.until(lambda: wrong.downs)
    assert "Not authorized" in wrong.downs[0]
    await wrong.link.stop()
    await asyncio.wait_for(running, PATIENCE_S)


async def test_a_message_that_cannot_be_taken_comes_twice_and_no_more(mosquitto: Broker) -> None:
    """The link is made anew for one more try; then it is poison, and the next one is served."""
    async with peer(mosquitto.port, "hq") as hq, peer(mosquitto.port, "lane", "a/#") as lane:

        def choke(packet: Packet) -> None:
            if packet.payload == b"poison":
                raise ZeroDivisionError("a bug")

        lane.react = choke
        hq.link.publish(word("a/b", "poison"))
        hq.link.publish(word("a/b", "fine"))
        await lane.until(lambda: texts(lane)[-1:] == ["fine"] and len(lane.ups) == 2)
        assert texts(lane).count("poison") == 2
        assert [poison.why for poison in lane.poison] == ["ZeroDivisionError: a bug"]
        assert lane.ups == [False, True]


async def test_the_last_word_of_a_stop_is_the_will(mosquitto: Broker) -> None:
    """Headquarters sees at once that a lane was shut down in order."""
    async with peer(mosquitto.port, "hq", "a/status") as hq:
        lane = Peer(mosquitto.port, "lane", will=word("a/status", "offline"))
        running = asyncio.ensure_future(lane.link.run())
        await lane.until(lambda: lane.ups)
        await lane.link.stop()
        await asyncio.wait_for(running, PATIENCE_S)
        await hq.until(lambda: hq.heard)
        assert texts(hq) == ["offline"]


BLOB = hashlib.shake_128(b"pictures").digest(2_000_000)
SHA = hashlib.sha256(BLOB).hexdigest()
RECALL_AT = 40  # the ask at which headquarters recalls, in the middle of 123 chunks


class BlobServer:
    """Headquarters: answers asks in order, and recalls a product in the middle."""

    def __init__(self, hq: Peer) -> None:
        self.hq = hq
        hq.react = self.serve

    def serve(self, packet: Packet) -> None:
        _, _, ask = read_up(packet)
        assert isinstance(ask, BlobAsk)
        if len(self.hq.heard) == RECALL_AT:
            letter = seal(RECALLS, "hq1", PRIVATE)
            self.hq.link.publish(pack(topics.store_down(S, "recall"), letter, retain=True))
        for number in range(ask.credit):
            start = ask.offset + number * CHUNK_BYTES
            chunk = Chunk(SHA, start, BLOB[start : start + CHUNK_BYTES])
            self.hq.link.publish(chunk_packet(topics.down(S, L, "blob"), chunk))


class Gatherer:
    """A lane: pulls the blob, and notes how many chunks it had when the recall came."""

    def __init__(self, lane: Peer) -> None:
        self.lane, self.pull, self.kept = lane, Pull(SHA, len(BLOB)), bytearray()
        self.done = False
        self.recalled_at: int | None = None
        lane.react = self.gather
        self.carry_out(self.pull.start(0, 0.0))

    def gather(self, packet: Packet) -> None:
        message = read_down(packet, PUBLIC)
        if isinstance(message, Chunk):
            self.carry_out(self.pull.chunk(message, 0.0))
        elif message == RECALLS:
            self.recalled_at = len(self.kept) // CHUNK_BYTES

    def carry_out(self, steps: list[Step]) -> None:
        for step in steps:
            if isinstance(step, Keep):
                self.kept += step.data
            elif isinstance(step, BlobAsk):
                self.lane.link.publish(pack(topics.up(S, L, "blob"), step))
            else:
                self.done = isinstance(step, Done)


async def test_a_recall_does_not_wait_behind_a_blob(mosquitto: Broker) -> None:
    """A recall published in the middle of a pull of 2 MB arrives before three more chunks."""
    filters = (topics.down(S, L, "blob"), topics.store_down(S, "recall"))
    async with (
        peer(mosquitto.port, "hq", topics.every_lane_up("blob")) as hq,
        peer(mosquitto.port, "lane", *filters) as lane,
    ):
        BlobServer(hq)
        gatherer = Gatherer(lane)
        await lane.until(lambda: gatherer.done)
    assert bytes(gatherer.kept) == BLOB
    assert gatherer.recalled_at is not None
    assert RECALL_AT - 1 <= gatherer.recalled_at <= RECALL_AT + 2


async def test_garbage_on_a_topic_is_refused_and_the_link_goes_on(mosquitto: Broker) -> None:
    """A payload of noise, without any property, ends in a named refusal."""
    refusals: list[str] = []
    async with peer(mosquitto.port, "lane", "retail/v1/#") as lane:

        def judge(packet: Packet) -> None:
            try:
                read_down(packet, PUBLIC)
            except BadWords as error:
                refusals.append(type(error).__name__)

        lane.react = judge
        lane.link.publish(Packet(topics.store_down(S, "recall"), b"\x00\xff" * 50))
        lane.link.publish(Packet(topics.store_down(S, "recall"), b"{}", "letter/1", JSON))
        await lane.until(lambda: len(lane.heard) == 2)
    assert refusals == ["UnknownSchema", "BadLetter"]
