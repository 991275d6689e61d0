"""Packets to messages: which topic may carry what. Both ends read here, and only here."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from offers.model import LaneId, StoreId
from sync.errors import BadPayload
from sync.letters import open_letter
from sync.messages import (
    CHUNK_BYTES,
    Ack,
    Ask,
    BlobAsk,
    Claim,
    ClaimAnswer,
    Copy,
    CopyAsk,
    Delta,
    Heard,
    Letter,
    Manifest,
    Oath,
    Recalls,
    Relayed,
    Rows,
    SaleAsk,
    SaleFacts,
    Seat,
    Status,
    Tombstones,
    Words,
)
from sync.payload import BYTES, LIMIT_BYTES, NAMES, Packet, read, unpack
from sync.pulls import Chunk
from sync.topics import parse_up

Answer = Ack | ClaimAnswer | Words | Heard | Copy | Relayed | SaleFacts
Down = Answer | Manifest | Recalls | Tombstones | Delta | Seat | Chunk
Up = Status | Rows | Claim | Ask | BlobAsk | Words | Heard | Oath | CopyAsk | ClaimAnswer | SaleAsk
CHUNK_SCHEMA = "blob/1"

_UP: dict[str, type[Up]] = {
    "status": Status,
    "rows": Rows,
    "claim": Claim,
    "ask": Ask,
    "blob": BlobAsk,
    "words": Words,
    "heard": Heard,
    "oath": Oath,
    "copy": CopyAsk,
    "relay": ClaimAnswer,
    "sale": SaleAsk,
}
_ANSWERS: dict[str, type[Answer]] = {
    "ack": Ack,
    "claim": ClaimAnswer,
    "words": Words,
    "heard": Heard,
    "copy": Copy,
    "relay": Relayed,
    "sale": SaleFacts,
}
_LETTERS: dict[str, type[Manifest | Recalls | Tombstones | Delta | Seat]] = {
    "manifest": Manifest,
    "recall": Recalls,
    "erased": Tombstones,
    "delta": Delta,
    "lease": Delta,
    "seat": Seat,
}


CARRIED: dict[str, dict[str, type[Struct]]] = {
    "up": {**_UP},
    "down": {**_ANSWERS, **dict.fromkeys(_LETTERS, Letter)},
    "letters": {**_LETTERS},
}  # for the documents: what a topic of each direction carries, and what its letters hold


def read_down(packet: Packet, public_keys: Mapping[str, bytes], limit: int = LIMIT_BYTES) -> Down:
    """Read what headquarters sent to a lane; letters are verified.

    Raises:
        BadWords: of one of its three kinds.
    """
    what = packet.topic.rpartition("/")[2]
    if what == "blob":
        return _read_chunk(packet)
    if what in _LETTERS:
        _expect(packet, Letter)
        text = unpack(packet.content_type, packet.payload, limit)
        return open_letter(text, _LETTERS[what], public_keys)
    if what not in _ANSWERS:
        raise BadPayload(f"nothing is due on the topic {packet.topic[:128]!r}")
    message = _read_as(packet, _ANSWERS[what], limit)
    assert isinstance(message, Answer)
    return message


def read_up(packet: Packet, limit: int = LIMIT_BYTES) -> tuple[StoreId, LaneId, Up]:
    """Read what a lane sent; who it was, the topic says, which the broker's rules vouch for.

    Raises:
        BadWords: of one of its three kinds.
    """
    address = parse_up(packet.topic)
    if address is None or address[2] not in _UP:
        raise BadPayload(f"nothing is due on the topic {packet.topic[:128]!r}")
    store, lane, what = address
    message = _read_as(packet, _UP[what], limit)
    assert isinstance(message, Up)
    return store, lane, message


def chunk_packet(topic: str, chunk: Chunk) -> Packet:
    """Make the packet that carries a chunk: raw bytes, its place in the properties."""
    extra = {"sha256": chunk.sha256, "offset": str(chunk.offset)}
    return Packet(topic, chunk.data, CHUNK_SCHEMA, BYTES, extra=extra)


def _read_as(packet: Packet, kind: type[Struct], limit: int) -> Struct:
    message = read(packet.schema, packet.content_type, packet.payload, limit)
    if not isinstance(message, kind):
        raise BadPayload(f"{packet.schema} where {NAMES[kind]} is due")
    return message


def _expect(packet: Packet, kind: type[Struct]) -> None:
    if packet.schema != NAMES[kind]:
        read(packet.schema, packet.content_type, packet.payload)  # an unknown schema says so
        raise BadPayload(f"{packet.schema} where {NAMES[kind]} is due")


def _read_chunk(packet: Packet) -> Chunk:
    offset = packet.extra.get("offset", "")
    if packet.schema != CHUNK_SCHEMA or not (offset.isdecimal() and len(offset) <= 18):
        raise BadPayload(f"{packet.schema[:64]!r} at {offset[:20]!r} is no chunk")
    if len(packet.payload) > CHUNK_BYTES:
        raise BadPayload(f"a chunk of {len(packet.payload)} bytes")
    return Chunk(packet.extra.get("sha256", ""), int(offset), packet.payload)
