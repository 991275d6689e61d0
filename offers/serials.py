"""Serials: 12 digits that a lane can make and refuse offline. 5 lease + 3 counter + 4 MAC."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from offers.model import LaneId, StoreId
from offers.records import Incarnation


class Lease(Struct, frozen=True):
    """A block of 1,000 serials given to one incarnation of one lane, under one MAC key of its store."""

    lease: Annotated[int, Meta(ge=0, le=99_999)]
    store: StoreId
    lane: LaneId
    epoch: Incarnation
    key_id: str
