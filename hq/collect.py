"""A collector: takes lanes' rows off one shared subscription, as many of them side by side as are wanted.

The broker deals each message of rows to one collector of the group. Any order and any repeat will do:
rows are kept by their number, and a lane hears up to where nothing is missing, after the commit. The
session of a further collector ends with its connection, so that the broker deals nothing to one that
is gone; what it had not committed is sent again by its lane. The one within `serve` has a session that
lasts: rows that come while headquarters is away are there when it is back. Claims and births have a
link of their own, which no backlog of rows stands in front of: `hq.serve`.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from msgspec import structs

from ground.clock import Clock
from ground.dice import Dice
from hq.desk import HqDesk
from hq.statements import StoreAway
from sync.link_options import Ears, LinkOptions, Poison
from sync.mqtt_link import MqttLink
from sync.payload import Packet
from sync.topics import every_lane_up

log = logging.getLogger("tillside.hq")
T = TypeVar("T")

NAME = "tillside-hq-rows"
GROUP = "tillside-collectors"
TOPIC = f"$share/{GROUP}/{every_lane_up('rows')}"  # MQTT 5 section 4.8.2
AWAY_S = 0.5  # between two tries to reach the store; nothing is acknowledged meanwhile
UNSENT_KEPT = 1000  # acknowledgements while the link is away; a lane sends again what it misses


async def patiently(work: Callable[[], T], clock: Clock) -> T:
    """Do what needs the store; where that is away, wait until it is back and do it then."""
    said = False
    while True:
        try:
            done = work()
        except StoreAway as away:
            if not said:
                log.warning("! the store is away: %s", away.what)
            said = True
            await clock.sleep(AWAY_S)
        else:
            if said:
                log.info("= the store is back")
            return done


def note_poison(desk: HqDesk, poison: Poison, clock: Clock) -> None:
    """Keep word of a packet that could not be taken; where the store is away, the log has it."""
    log.warning("! %s %s", poison.topic, poison.why)
    with suppress(StoreAway):
        desk.poison(poison.topic, poison.why, clock.utc_now())


class Collector:
    """One member of the group, over one connection to headquarters' file."""

    def __init__(
        self,
        desk: HqDesk,
        options: LinkOptions,
        clock: Clock,
        dice: Dice,
        taken: Callable[[], None] = lambda: None,
        name: str = "",
    ) -> None:
        """Build a collector.

        Args:
            desk: what answers.
            options: where the broker is, as `hq.serve:options` says it.
            clock: the time.
            dice: for waits between tries.
            taken: told after each commit, and when it has joined the group.
            name: a client id for ever, whose session lasts; none: one for this time.
        """
        self._desk = desk
        self._clock = clock
        self._taken = taken
        self._unsent: deque[Packet] = deque(maxlen=UNSENT_KEPT)
        self.messages = 0
        self.joined = False
        self._name = name or f"{NAME}-{socket.gethostname()}-{secrets.token_hex(4)}"
        ears = Ears(
            on_message=lambda packet: self._on_messages([packet]),
            on_batch=self._on_messages,
            on_up=lambda _: self._on_up(),
            on_down=lambda why: log.warning("= collector without a broker: %s", why),
            on_poison=self._on_poison,
        )
        expiry_s = options.session_expiry_s if name else 0
        own = structs.replace(
            options, client_id=self._name, subscriptions=(TOPIC,), session_expiry_s=expiry_s
        )
        self._link = MqttLink(own, ears, clock, dice)

    async def run(self) -> None:
        """Collect until stopped or cancelled."""
        try:
            await self._link.run()
        finally:
            log.info("= collected %d messages", self.messages)

    async def stop(self) -> None:
        """Leave the group."""
        await self._link.stop()

    async def _on_messages(self, packets: list[Packet]) -> None:
        """Take what has come by now in one commit: a sync of the disk costs more than its rows."""
        self._unsent += await patiently(
            lambda: self._desk.answer_rows(packets, self._clock.utc_now()), self._clock
        )
        self.messages += len(packets)
        self._send()
        self._taken()
        await asyncio.sleep(0)  # a full queue never waits: let a claim in between two commits

    def _send(self) -> None:
        while self._unsent and self._link.publish(self._unsent[0]):
            self._unsent.popleft()

    def _on_up(self) -> None:
        log.info("= collector %s connected", self._name)
        self.joined = True
        self._send()
        self._taken()

    def _on_poison(self, poison: Poison) -> None:
        note_poison(self._desk, poison, self._clock)
