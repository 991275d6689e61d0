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
from datetime import UTC, datetime

from offers.records import Incarnation, Row


def genesis(epoch: Incarnation) -> str:
    """Give what the first row of an incarnation follows: the SHA-256 of the incarnation's name."""
    return hashlib.sha256(epoch.encode()).hexdigest()


def stamp(at: datetime) -> str:
    """Write a time for hashing and sorting: UTC, always with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def link(prev: bytes, seq: int, kind: str, at: str, body: bytes) -> bytes:
    """Hash one row. `at` is already as `stamp` writes it."""
    name, time = kind.encode(), at.encode()
    return hashlib.sha256(
        b"%b%b\x00\x00\x00\x08%b%b%b%b%b%b%b"
        % (
            len(prev).to_bytes(4, "big"),
            prev,
            seq.to_bytes(8, "big"),
            len(name).to_bytes(4, "big"),
            name,
            len(time).to_bytes(4, "big"),
            time,
            len(body).to_bytes(4, "big"),
            body,
        )
    ).digest()


def intact(row: Row) -> bool:
    """Tell whether a row that travelled still has the hash that its lane gave it."""
    prev = bytes.fromhex(row.prev)
    return row.hash == link(prev, row.seq, row.kind, stamp(row.at), bytes(row.body)).hex()
