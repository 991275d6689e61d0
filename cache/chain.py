"""The chain that makes a journal tamper-evident: each row's hash covers the row before it.

A row's hash is SHA-256 over five parts, each preceded by its length as four bytes, big endian:

    prev   the previous row's hash, 32 bytes; for the first row, `genesis` of the incarnation
    seq    the sequence number, eight bytes, big endian
    kind   the record's tag, UTF-8
    at     the event time in UTC as `stamp` writes it, ASCII: 2026-11-21T09:30:00.000000+00:00
    body   the record's JSON, the very bytes that are stored and sent
"""

from __future__ import annotations

import hashlib
import struct
from datetime import UTC, datetime

from offers.records import Incarnation, Row

_HEAD = struct.Struct(">I32sIQI")  # prev and seq behind their lengths, then the length of kind


def genesis(epoch: Incarnation) -> str:
    """Give what the first row of an incarnation follows: the SHA-256 of the incarnation's name."""
    return hashlib.sha256(epoch.encode()).hexdigest()


def stamp(at: datetime) -> str:
    """Write a time for hashing and sorting: UTC, always with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def link(prev: bytes, seq: int, kind: str, at: str, body: bytes) -> bytes:
    """Hash one row. `at` is already as `stamp` writes it."""
    name, time = kind.encode(), at.encode()
    head = _HEAD.pack(len(prev), prev, 8, seq, len(name))
    lengths = (len(time).to_bytes(4, "big"), len(body).to_bytes(4, "big"))
    return hashlib.sha256(b"".join((head, name, lengths[0], time, lengths[1], body))).digest()


def intact(row: Row) -> bool:
    """Tell whether a row that travelled still has the hash that its lane gave it."""
    prev = bytes.fromhex(row.prev)
    return row.hash == link(prev, row.seq, row.kind, stamp(row.at), bytes(row.body)).hex()
