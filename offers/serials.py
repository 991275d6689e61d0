"""Serials: 12 digits that a lane can make and refuse offline. 5 lease + 3 counter + 4 MAC."""

from __future__ import annotations

import hashlib
import hmac
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from offers.model import CouponNumber, LaneId, Serial, StoreId
from offers.records import Incarnation

LEASE_SERIALS = 1_000
SERIAL_DIGITS = 12


class Lease(Struct, frozen=True):
    """A block of 1,000 serials given to one incarnation of one lane, under one MAC key of its store."""

    lease: Annotated[int, Meta(ge=0, le=99_999)]
    store: StoreId
    lane: LaneId
    epoch: Incarnation
    key_id: str


class SerialParts(NamedTuple):
    """What a serial says by itself; the MAC digits stay text, since zeros in front count."""

    lease: int
    counter: int
    mac: str


def make_serial(lease: Lease, counter: int, coupon_number: CouponNumber, key: bytes) -> Serial:
    """Make the serial of one coupon from a lease.

    Args:
        lease: a block that this incarnation of this lane holds.
        counter: 0 to 999, each used once.
        coupon_number: what the coupon's code carries beside the serial.
        key: the MAC key that `lease.key_id` names.

    Raises:
        ValueError: the counter is outside the block.
    """
    if not 0 <= counter < LEASE_SERIALS:
        raise ValueError(f"a lease has counters 0 to {LEASE_SERIALS - 1}, not {counter}")
    mac = _mac(lease.lease, counter, coupon_number, key)
    return Serial(f"{lease.lease:05d}{counter:03d}{mac}")


def read_serial(text: str) -> SerialParts | None:
    """Read a serial's parts; None where the text is not 12 plain digits."""
    if len(text) != SERIAL_DIGITS or not (text.isascii() and text.isdigit()):
        return None
    return SerialParts(int(text[:5]), int(text[5:8]), text[8:])


def serial_is_genuine(serial: str, coupon_number: CouponNumber, key: bytes) -> bool:
    """Tell whether the key's holder made this serial for this coupon number.

    One guess in 10,000 passes: four digits are what a scan line has room for.
    """
    parts = read_serial(serial)
    if parts is None:
        return False
    return hmac.compare_digest(parts.mac, _mac(parts.lease, parts.counter, coupon_number, key))


def _mac(lease: int, counter: int, coupon_number: CouponNumber, key: bytes) -> str:
    """Truncate HMAC-SHA256 over coupon number, lease and counter to four decimal digits."""
    text = f"{coupon_number}|{lease:05d}|{counter:03d}"
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10_000:04d}"
