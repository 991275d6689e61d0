"""Messages to packets and back: JSON, with zstd above 1 KB. `docs/wire.md` has the properties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import zstandard
from msgspec import Struct

from sync.errors import BadPayload, UnknownSchema
from sync.messages import SCHEMAS, encode

JSON = "application/json"
ZSTD_JSON = "application/json;enc=zstd"
BYTES = "application/octet-stream"  # a chunk of a blob: the one payload that is no message
COMPRESS_ABOVE_BYTES = 1024  # below, a frame's overhead eats the gain
LIMIT_BYTES = 1024 * 1024  # the longest message, unpacked; a full batch of rows is under 100 KB
WINDOW_BYTES = 8 * 1024 * 1024  # what a hostile frame may make the decompressor reserve

NAMES = {kind: name for name, kind in SCHEMAS.items()}
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    name: msgspec.json.Decoder(kind) for name, kind in SCHEMAS.items()
}


class Packet(Struct, frozen=True):
    """One MQTT publish, whichever way it goes. `extra` are further user properties.

    With `expiry_s` the broker forgets it after so many seconds, where its reader is away.
    """

    topic: str
    payload: bytes
    schema: str = ""
    content_type: str = ""
    retain: bool = False
    extra: Mapping[str, str] = {}
    expiry_s: int = 0


def pack(topic: str, message: Struct, retain: bool = False) -> Packet:
    """Make the packet that carries a message."""
    content_type, payload = write(message)
    return Packet(topic, payload, NAMES[type(message)], content_type, retain)


def write(message: Struct) -> tuple[str, bytes]:
    """Give a message's content type and bytes; equal messages give equal bytes."""
    payload = encode(message)
    if len(payload) <= COMPRESS_ABOVE_BYTES:
        return JSON, payload
    return ZSTD_JSON, zstandard.ZstdCompressor(level=3).compress(payload)


def read(schema: str, content_type: str, payload: bytes, limit: int = LIMIT_BYTES) -> Struct:
    """Read the message of one packet. A later minor version ("rows/1.2") reads as its major.

    Args:
        schema: the packet's `schema` property.
        content_type: the packet's content type.
        payload: its bytes.
        limit: the most bytes that the unpacked payload may have.

    Raises:
        UnknownSchema: no such message, or another major version.
        BadPayload: malformed, too long, or packed in an unknown way.
    """
    decoder = _DECODERS.get(schema.partition(".")[0])
    if decoder is None:
        raise UnknownSchema(f"this release does not read {schema[:64]!r}")
    text = unpack(content_type, payload, limit)
    try:
        message: Struct = decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadPayload(f"{schema}: {error}") from None
    return message


def unpack(content_type: str, payload: bytes, limit: int = LIMIT_BYTES) -> bytes:
    """Give the payload's plain bytes.

    Raises:
        BadPayload: too long, a broken frame, or an unknown content type.
    """
    if content_type == ZSTD_JSON:
        payload = _decompress(payload, limit)
    elif content_type != JSON:
        raise BadPayload(f"content type {content_type[:64]!r} is unknown")
    if len(payload) > limit:
        raise BadPayload(f"longer than {limit} bytes")
    return payload


def _decompress(payload: bytes, limit: int) -> bytes:
    """Read at most one byte more than allowed: a frame's own word on its size counts nothing."""
    decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES)
    try:
        with decompressor.stream_reader(payload) as reader:
            return bytes(reader.read(limit + 1))
    except zstandard.ZstdError as error:
        raise BadPayload(f"zstd: {error}") from None
