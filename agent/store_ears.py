"""What is heard on the store's own broker: lanes that speak to the arbiter, and the arbiter itself."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from msgspec import Struct

from agent.arbiter_desk import ArbiterDesk
from cache.journal import Journal
from ground.clock import Clock
from offers.model import LaneId, StoreId
from sync.errors import BadWords
from sync.messages import Claim, Oath, Words
from sync.payload import Packet
from sync.reading import Down, read_down, read_up

log = logging.getLogger("tillside.store")


class Place(Struct, frozen=True):
    """Where the lane stands, and whose signature it believes."""

    store: StoreId
    lane: LaneId
    public_keys: dict[str, bytes]
    clock: Clock

    @property
    def name(self) -> str:
        """Name the lane as a cashier reads it: "store/lane"."""
        return f"{self.store}/{self.lane}"


class StoreEars:
    """Reads each packet; what cannot be read goes to quarantine and stops nothing."""

    def __init__(
        self,
        place: Place,
        journal: Journal,
        arbiter: ArbiterDesk | None,
        take: Callable[[Packet, Down], Awaitable[None]],
    ) -> None:
        self._place = place
        self._journal = journal
        self._arbiter = arbiter
        self._take = take

    async def on_message(self, packet: Packet) -> None:
        """Take one packet."""
        try:
            if "/up/" in packet.topic:
                await self._from_lane(packet)
            elif packet.payload:
                await self._take(packet, read_down(packet, self._place.public_keys))
        except BadWords as bad:
            log.warning("! %s %s", packet.topic, bad)
            await self._journal.quarantine(packet.topic, packet.payload, str(bad))

    async def _from_lane(self, packet: Packet) -> None:
        """Another lane speaks to the arbiter, which this lane may be."""
        _, lane, message = read_up(packet)
        mine = self._arbiter is not None and lane != self._place.lane
        if mine and self._arbiter is not None and isinstance(message, Claim | Oath | Words):
            await self._arbiter.from_lane(lane, message)
