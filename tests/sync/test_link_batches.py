"""Several messages at once: those that wait are handed over together, and a bad one alone is given up."""

from __future__ import annotations

import asyncio
import random

from ground.clock import SystemClock
from sync.link_options import Ears, LinkOptions
from sync.mqtt_link import MqttLink
from sync.payload import Packet
from tests.brokers import HOST, Broker
from tests.sync.link_peer import PATIENCE_S, peer

COUNT = 40


class Batches:
    """A reader that takes its time over the first message, so that the others wait behind it."""

    def __init__(self, port: int, bad: str = "") -> None:
        self.sizes: list[int] = []
        self.taken: list[str] = []
        self.given_up: list[str] = []
        self.up, self.go, self.first = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.begun = 0
        self._bad = bad
        options = LinkOptions(host=HOST, port=port, client_id="reader", subscriptions=("t/#",))
        ears = Ears(
            on_message=self._one,
            on_batch=self._take,
            on_up=lambda _: self.up.set(),
            on_down=lambda _: None,
            on_poison=lambda poison: self.given_up.append(poison.topic),
        )
        self.link = MqttLink(options, ears, SystemClock(), random.Random(1))

    async def _one(self, packet: Packet) -> None:
        await self._take([packet])

    async def _take(self, packets: list[Packet]) -> None:
        self.begun = len(packets)
        self.first.set()
        await self.go.wait()
        if self._bad in {packet.topic for packet in packets}:
            raise ValueError(self._bad)
        self.sizes.append(len(packets))
        self.taken += [packet.topic for packet in packets]

    @property
    def whole(self) -> bool:
        return len(set(self.taken) | set(self.given_up)) == COUNT


async def run(reader: Batches, port: int) -> None:
    """Publish while the reader is busy with the first message; wait until it has all."""
    running = asyncio.ensure_future(reader.link.run())
    async with asyncio.timeout(PATIENCE_S), peer(port, "speaker") as speaker:
        await reader.up.wait()
        for number in range(COUNT):
            speaker.link.publish(Packet(f"t/{number}", b"{}", "ack/1", "application/json"))
        await reader.first.wait()
        while reader.begun + reader.link._arrived.qsize() < COUNT:
            await asyncio.sleep(0.01)
        reader.go.set()
        while not reader.whole:
            await asyncio.sleep(0.01)
    await reader.link.stop()
    await running


async def test_what_waits_is_taken_together_and_in_order(mosquitto: Broker) -> None:
    """Forty messages in far fewer calls, none twice."""
    reader = Batches(mosquitto.port)
    await run(reader, mosquitto.port)
    assert reader.taken == [f"t/{number}" for number in range(COUNT)]
    assert max(reader.sizes) >= COUNT // 2


async def test_one_bad_message_among_them_is_given_up_alone(mosquitto: Broker) -> None:
    """The batch fails, each is tried by itself, the bad one twice; the others are all taken."""
    reader = Batches(mosquitto.port, bad="t/7")
    await run(reader, mosquitto.port)
    assert reader.given_up == ["t/7"]
    assert set(reader.taken) == {f"t/{number}" for number in range(COUNT)} - {"t/7"}
