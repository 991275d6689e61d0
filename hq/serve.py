"""The process that lanes talk to: an MQTT link around `hq.desk`, and a look at the file for changes."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import get_args

from ground.clock import Clock
from ground.dice import Dice
from hq.collect import NAME, Collector, note_poison, patiently
from hq.desk import Due, HqDesk
from hq.statements import StoreAway
from hq.store import HqStore
from sync.link_options import Ears, LinkOptions, Poison, TlsFiles
from sync.mqtt_link import MqttLink
from sync.payload import Packet
from sync.topics import Up as UpTopic, every_lane_up

log = logging.getLogger("tillside.hq")

LOOK_S = 0.1  # a command takes effect within 0.2 s: half of it waiting, half of it sending
UNSENT_KEPT = 1000  # answers while the link is away; a lane asks again for what is dropped
CLIENT_ID = "tillside-hq-front"  # rows come over another link: see `hq.collect`
TOPICS = tuple(every_lane_up(what) for what in get_args(UpTopic) if what != "rows")


class Serve:
    """Headquarters on the wire."""

    def __init__(
        self, store: HqStore, desk: HqDesk, options: LinkOptions, clock: Clock, dice: Dice
    ) -> None:
        self._store = store
        self._desk = desk
        self._clock = clock
        ears = Ears(
            on_message=self._on_message,
            on_up=self._on_up,
            on_down=self._on_down,
            on_poison=self._on_poison,
        )
        self._link = MqttLink(options, ears, clock, dice)
        self._collector = Collector(desk, options, clock, dice, self._tell, NAME)
        self._unsent: deque[Packet] = deque(maxlen=UNSENT_KEPT)
        self._seen: object = None
        self._forgetful = True
        self._untold = True

    async def run(self) -> None:
        """Serve until cancelled."""
        jobs = (self._link.run(), self._collector.run(), self._look())
        tasks = [asyncio.ensure_future(job) for job in jobs]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            await asyncio.gather(self._link.stop(), self._collector.stop())
            tasks[-1].cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self) -> None:
        """See every tenth of a second whether anybody changed the store."""
        while True:
            version = await patiently(self._store.data_version, self._clock)
            self._send()
            if version != self._seen or self._untold:
                self._seen = version
                self._tell()
            await self._clock.sleep(LOOK_S)

    def _send(self) -> None:
        """Send the answers that wait: the broker may hand us a message before it takes one."""
        while self._unsent and self._link.publish(self._unsent[0]):
            self._unsent.popleft()

    def _tell(self) -> None:
        """Announce what is due, as far as the link takes it; the rest waits for the next look."""
        self._untold = True
        if self._collector.joined:  # who hears us answers with rows at once
            with suppress(StoreAway):  # the next look finds it all untold
                self._tell_all()

    def _tell_all(self) -> None:
        if self._forgetful:
            self._desk.tell_again()
            self._forgetful = False
        sent: list[Due] = []
        rest = False
        for due in self._desk.due():
            rest = not self._link.publish(due.packet)
            if rest:
                break
            sent.append(due)
            log.info("> %s (%d bytes)", due.packet.topic, len(due.packet.payload))
        if sent:
            self._desk.told(sent)
        self._untold = rest

    async def _on_message(self, packet: Packet) -> None:
        if packet.retain and not packet.payload:
            return  # someone emptied a retained word
        self._unsent += await patiently(
            lambda: self._desk.answer(packet, self._clock.utc_now()), self._clock
        )
        self._send()
        if packet.topic.endswith("/up/ask"):
            self._tell()

    def _on_up(self, session_present: bool) -> None:
        log.info("= connected to the broker, session %s", "kept" if session_present else "new")
        self._forgetful = True  # a broker without a disk may have lost the retained words
        self._send()
        self._tell()

    def _on_down(self, why: str) -> None:
        log.warning("= no link to the broker: %s", why)

    def _on_poison(self, poison: Poison) -> None:
        note_poison(self._desk, poison, self._clock)


def options(
    host: str,
    port: int,
    user: str | None = None,
    password: str | None = None,
    tls: tuple[Path | None, Path | None, Path | None] = (None, None, None),
) -> LinkOptions:
    """Say where the broker is; the client's name is the same for ever, so that its session lasts.

    Args:
        host: the broker.
        port: its port.
        user: our name there, where the certificate does not say it.
        password: for that name.
        tls: PEM files: who signed the broker's certificate, our certificate, its key.
    """
    ca, certificate, key = tls
    return LinkOptions(
        host=host,
        port=port,
        client_id=CLIENT_ID,
        subscriptions=TOPICS,
        username=user,
        password=password,
        tls=TlsFiles(ca, certificate, key) if ca else None,
    )
