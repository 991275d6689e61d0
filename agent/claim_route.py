"""Which arbiter decides on a serial, and over which link this lane asks it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from cache.shelf import Shelf
from offers.model import LaneId, Serial, StoreId
from offers.serials import read_serial
from sync.allegiance import Allegiance
from sync.claims import Way
from sync.messages import Claim


class Waits(Struct, frozen=True):
    """How long a till waits for a word of each arbiter."""

    hq_s: float
    store_s: float


class ClaimRoute:
    """The one way for each serial. Nobody else is asked where it is closed."""

    def __init__(
        self, store: StoreId, lane: LaneId, shelf: Shelf, allegiance: Allegiance, waits: Waits
    ) -> None:
        self._store = store
        self._lane = lane
        self._shelf = shelf
        self._allegiance = allegiance
        self._waits = waits
        self.store_up: Callable[[], bool] = lambda: False
        self.to_hq: Callable[[Claim], bool] = lambda _: False
        self.to_store: Callable[[Claim], bool] = lambda _: False

    def is_home(self, serial: Serial) -> bool:
        """Tell whether this store's arbiter decides on a serial; an unknown block counts as ours."""
        parts = read_serial(serial)
        if parts is None:
            return False  # the right to take goods back: headquarters' alone
        lease = self._shelf.lease(parts.lease)
        return lease is None or lease.store == self._store

    def way(self, serial: Serial) -> Way:
        """Say over which link to ask, under which term, and how long to wait.

        Where the store link is down, headquarters carries the question to the very same arbiter.
        """
        if not self.is_home(serial):
            return Way("hq", 0, self._waits.hq_s)
        term, arbiter = self._allegiance.term, self._allegiance.lane
        if arbiter and (arbiter == self._lane or self.store_up()):
            return Way("store", term, self._waits.store_s)
        return Way("hq", term, self._waits.hq_s)

    def send(self, claim: Claim) -> bool:
        """Ask; False where the arbiter cannot be reached now."""
        by_store = self.way(claim.serial).link == "store"
        return self.to_store(claim) if by_store else self.to_hq(claim)
