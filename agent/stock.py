"""What the desks work from: the lane's own truth, headquarters' truth, and the store's keys."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from cache.journal import Journal
from cache.shelf import Shelf


class Stock(Struct, frozen=True):
    """Both databases, and the MAC keys of serials by their ids."""

    journal: Journal
    shelf: Shelf
    serial_keys: Mapping[str, bytes]
