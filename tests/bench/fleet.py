"""Thousands of lanes in one process: a small MQTT 5 client, and lanes that send rows and wait for HQ.

paho needs a thread or a poll for each client; this needs a transport. It does what these lanes need and
no more: one session, one filter, QoS 1 both ways (MQTT 5, sections 3.1 to 3.9).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from sync.messages import Ack
from sync.payload import Packet, unpack
from sync.topics import down, down_filters

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK = 1, 2, 3, 4, 8, 9
CONTENT_TYPE, USER_PROPERTY, SESSION_EXPIRY = 0x03, 0x26, 0x11
KEEPALIVE_S = 600
CONNECTING = 100  # at a time: a broker's queue of new connections has an end
_acks = msgspec.json.Decoder(Ack)


class Load(NamedTuple):
    """What one lane has to send: for each message its packet, and up to where its rows go."""

    store: str
    lane: str
    messages: Sequence[tuple[Packet, int]]


class FleetLane(asyncio.Protocol):
    """One lane: `window` messages under way, each done when headquarters acknowledged its rows."""

    def __init__(self, load: Load, window: int) -> None:
        self._load, self._window = load, window
        self._left = deque(load.messages)
        self._under_way: deque[tuple[int, float]] = deque()
        self._acks_on = down(load.store, load.lane, "ack").encode()  # type: ignore[arg-type]
        self._buffer = b""
        self._mid = 0
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.took: list[float] = []  # seconds from a message to the acknowledgement of its rows

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say who we are."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        properties = bytes([SESSION_EXPIRY]) + (3600).to_bytes(4, "big")
        head = _text("MQTT") + bytes([5, 0]) + KEEPALIVE_S.to_bytes(2, "big")
        name = f"{self._load.store}-{self._load.lane}-lane"
        self._write(CONNECT, 0, head + _sized(properties) + _text(name))

    def data_received(self, data: bytes) -> None:
        """Cut what came into packets."""
        self._buffer += data
        while (cut := _cut(self._buffer)) is not None:
            start, end = cut
            self._took(self._buffer[0], self._buffer[start:end])
            self._buffer = self._buffer[end:]

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        for future in (self.joined, self.done):
            if not future.done():
                future.set_exception(exc or ConnectionError("the broker hung up"))

    def go(self) -> None:
        """Begin to send."""
        while self._left and len(self._under_way) < self._window:
            packet, upto = self._left.popleft()
            self._under_way.append((upto, time.perf_counter()))
            self._publish(packet)

    def close(self) -> None:
        """Hang up; what is not done then will not be."""
        for future in (self.joined, self.done):
            future.cancel()
        self._transport.abort()

    def _took(self, first: int, body: bytes) -> None:
        kind = first >> 4
        if kind == CONNACK:
            assert body[1] == 0, f"refused: {body[1]}"
            filters = down_filters(self._load.store, self._load.lane)  # type: ignore[arg-type]
            wanted = b"".join(_text(one) + b"\x01" for one in filters)
            self._write(SUBSCRIBE, 2, self._next_mid() + b"\x00" + wanted)
        elif kind == SUBACK:
            self.joined.set_result(None)
        elif kind == PUBLISH:
            self._heard(first, body)

    def _heard(self, first: int, body: bytes) -> None:
        length = int.from_bytes(body[:2], "big")
        topic, rest = body[2 : 2 + length], body[2 + length :]
        if first & 0x06:  # QoS 1
            self._write(PUBACK, 0, rest[:2])
            rest = rest[2:]
        size, start = _number(rest)
        if topic == self._acks_on:
            packed = b"zstd" in rest[start : start + size]
            kind = "application/json;enc=zstd" if packed else "application/json"
            self._acknowledged(_acks.decode(unpack(kind, rest[start + size :], 1 << 20)).upto)

    def _acknowledged(self, upto: int) -> None:
        now = time.perf_counter()
        while self._under_way and self._under_way[0][0] <= upto:
            self.took.append(now - self._under_way.popleft()[1])
        self.go()
        if not self._under_way and not self.done.done():
            self.done.set_result(None)

    def _publish(self, packet: Packet) -> None:
        properties = bytes([CONTENT_TYPE]) + _text(packet.content_type)
        properties += bytes([USER_PROPERTY]) + _text("schema") + _text(packet.schema)
        head = _text(packet.topic) + self._next_mid() + _sized(properties)
        self._write(PUBLISH, 2 | int(packet.retain), head + packet.payload)

    def _next_mid(self) -> bytes:
        self._mid = self._mid % 0xFFFF + 1
        return self._mid.to_bytes(2, "big")

    def _write(self, kind: int, flags: int, body: bytes) -> None:
        self._transport.write(bytes([kind << 4 | flags]) + _sized(body))


async def connected(loads: Iterable[Load], host: str, port: int, window: int) -> list[FleetLane]:
    """Connect and subscribe every lane."""
    gate, loop = asyncio.Semaphore(CONNECTING), asyncio.get_running_loop()

    async def one(load: Load) -> FleetLane:
        async with gate:
            made = await loop.create_connection(lambda: FleetLane(load, window), host, port)
            await made[1].joined
            return made[1]

    return await asyncio.gather(*map(one, loads))


async def drained(lanes: Sequence[FleetLane], patience_s: float) -> float:
    """Let every lane send all it has; give the seconds until the last row was acknowledged."""
    began = time.perf_counter()
    for lane in lanes:
        lane.go()
    async with asyncio.timeout(patience_s):
        await asyncio.gather(*(lane.done for lane in lanes))
    return time.perf_counter() - began


def _text(words: str) -> bytes:
    raw = words.encode()
    return len(raw).to_bytes(2, "big") + raw


def _sized(body: bytes) -> bytes:
    length, digits = len(body), bytearray()
    while True:  # a variable byte integer: MQTT 5, section 1.5.5
        length, digit = divmod(length, 128)
        digits.append(digit | 128 if length else digit)
        if not length:
            return bytes(digits) + body


def _number(raw: bytes) -> tuple[int, int]:
    """Read a variable byte integer: (its value, where it ends); past the end where it is cut off."""
    value = 0
    for place, digit in enumerate(raw[:4]):
        value |= (digit & 127) << 7 * place
        if digit < 128:
            return value, place + 1
    return 1 << 30, len(raw)


def _cut(raw: bytes) -> tuple[int, int] | None:
    """Give where the body of the first packet starts and ends; None while it is not all there."""
    length, digits = _number(raw[1:])
    start, end = 1 + digits, 1 + digits + length
    return (start, end) if len(raw) >= end and len(raw) > 1 else None
