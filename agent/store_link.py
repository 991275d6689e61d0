"""A lane and the arbiter of its store: the shell of `sync.allegiance`, over the store's own broker.

One more MQTT session, which carries claims, answers, oaths and words. Where this lane's agent is the
arbiter, it hears the others here, and asks itself without a wire.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec
from msgspec import Struct

from agent.arbiter_desk import ArbiterDesk
from agent.claim_line import ClaimLine
from agent.claim_route import ClaimRoute
from agent.owed_words import OwedWords
from agent.store_ears import Place, StoreEars
from cache.journal import Journal
from ground.dice import Dice
from offers.records import Seq
from sync.allegiance import Allegiance
from sync.link_options import Ears, Poison
from sync.messages import (
    Claim,
    ClaimAnswer,
    Copy,
    Heard,
    Oath,
    Relayed,
    Seat,
    Words,
)
from sync.mqtt_link import MqttLink
from sync.payload import Packet, pack
from sync.reading import Down
from sync.topics import Up, up

log = logging.getLogger("tillside.store")

META = "seat"  # in the journal: the highest seat that this lane obeys
LONGEST_SLEEP_S = 5.0
_seat = msgspec.json.Decoder(Seat).decode


def allegiance_of(journal: Journal, dice: Dice) -> Allegiance:
    """Give the lane's standing as its journal remembers it."""
    said = journal.meta(META)
    seat = _seat(said) if said else None
    return Allegiance(journal.epoch, seat, journal.last_seq, dice)


class StoreLink:
    """Everything of one lane that concerns its store's arbiter."""

    def __init__(
        self,
        place: Place,
        journal: Journal,
        allegiance: Allegiance,
        route: ClaimRoute,
        arbiter: ArbiterDesk | None,
    ) -> None:
        self._place = place
        self._journal = journal
        self._allegiance = allegiance
        self._route = route
        self._arbiter = arbiter
        self._mqtt: MqttLink | None = None
        self._line: ClaimLine | None = None
        self._hq: Callable[[Packet], bool] = lambda _: False
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Future[None]] = set()
        self._obeying = asyncio.Lock()
        self._owed = OwedWords(journal, route, self._place.name)
        route.store_up = lambda: self._mqtt is not None and self._mqtt.up
        route.to_store = self._ask_store

    def attach(self, mqtt: MqttLink | None, line: ClaimLine, hq: Callable[[Packet], bool]) -> None:
        """Get the store's client, if there is one, the waiting tills, and the way to headquarters."""
        self._mqtt, self._line, self._hq = mqtt, line, hq
        if self._arbiter is not None:
            self._arbiter.attach(hq, self._to_lanes, self._own_heard)

    @property
    def ears(self) -> Ears:
        """Give what the store's client tells its news to."""
        return Ears(
            on_message=StoreEars(self._place, self._journal, self._arbiter, self._heard).on_message,
            on_up=self._on_up,
            on_down=self._on_down,
            on_poison=self._on_poison,
        )

    def row_written(self, seq: Seq) -> None:
        """A row is durable; what it says of serials is told by the link's own task."""
        self._allegiance.written(seq)
        self._wake.set()

    def hq_link(self, is_up: bool) -> None:
        """The link to headquarters came up or went down."""
        if is_up:
            self._allegiance.connected("hq")
        else:
            self._allegiance.disconnected("hq")
        if self._arbiter is not None:
            self._arbiter.hq_link(is_up)
        self._wake.set()

    async def from_hq(self, packet: Packet, message: Down) -> bool:
        """Take what headquarters says of arbiters and to them; False where it is something else."""
        if isinstance(message, Seat):
            await self._seated(message, packet)
        elif isinstance(message, Heard) and not self._is_arbiters(message):
            self._own_heard(message)
        elif isinstance(message, Words | Heard | Copy | Relayed):
            if self._arbiter is not None:
                await self._arbiter.from_hq(message)
        else:
            return False
        self._wake.set()
        return True

    async def run(self) -> None:
        """Serve until cancelled."""
        works: list[Awaitable[None]] = [self._keep_time()]
        if self._mqtt is not None:
            works.append(self._mqtt.run())
        tasks = [asyncio.ensure_future(work) for work in works]
        try:
            if self._arbiter is not None and self._sits_here():
                await self._arbiter.begin(self._seat())
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Say good-bye, and close the arbiter's ledger."""
        if self._mqtt is not None:
            await self._mqtt.stop()
        if self._arbiter is not None:
            await self._arbiter.close()

    # Claims.

    def _ask_store(self, claim: Claim) -> bool:
        if self._sits_here():
            if self._arbiter is None or not self._arbiter.ready:
                return False
            self._spawn(self._ask_myself(claim))
            return True
        return self._say("claim", claim)

    async def _ask_myself(self, claim: Claim) -> None:
        assert self._arbiter is not None
        answer = await self._arbiter.claim(claim, self._place.name)
        if answer is not None and self._line is not None:
            self._line.answered(answer)

    # Seats.

    async def _seated(self, seat: Seat, letter: Packet) -> None:
        """Obey a newer seat: durable first, then give up what waits, then swear."""
        async with self._obeying:
            allegiance = self._allegiance
            if seat.store != self._place.store or seat.term < allegiance.term:
                return
            news = allegiance.is_news(seat)
            if news:
                await self._journal.set_meta(META, msgspec.json.encode(seat).decode())
                self._obey(seat)
            if not allegiance.sworn:
                self._greet(seat)
            if self._arbiter is not None:
                await self._arbiter.seated(seat, letter, news)

    def _obey(self, seat: Seat) -> None:
        """From this moment on a grant of an earlier term is nothing; no step is between these."""
        self._allegiance.take(seat)
        if self._line is not None:
            self._line.link_lost()
        log.info("= term %d: %s arbitrates", seat.term, seat.lane or "headquarters")
        if self._arbiter is None and self._sits_here():
            log.error("! this lane is to arbitrate, and its [arbiter] does not say here = true")

    def _greet(self, seat: Seat) -> None:
        """Swear now, as far as the link is there: to oneself it always is."""
        if seat.lane == self._place.lane or (seat.lane and self._route.store_up()):
            self._allegiance.connected("store")

    def _seat(self) -> Seat:
        assert self._allegiance.seat is not None
        return self._allegiance.seat

    def _sits_here(self) -> bool:
        return bool(self._allegiance.lane) and self._allegiance.lane == self._place.lane

    # What this lane owes its arbiter.

    async def _keep_time(self) -> None:
        if self._sits_here():
            self._allegiance.connected("store")
        while True:
            now = self._place.clock.monotonic_s()
            self._allegiance.on_deadline(now)
            await self._owed.pay(self._allegiance, now, self._to_arbiter)
            if self._arbiter is not None:
                await self._arbiter.on_deadline(now)
            await self._sleep()

    async def _sleep(self) -> None:
        if self._allegiance.words_due is not None or self._allegiance.oath_due:
            await asyncio.sleep(0)
            return
        dues = [self._allegiance.next_deadline()]
        if self._arbiter is not None:
            dues.append(self._arbiter.next_deadline())
        due = min((at for at in dues if at is not None), default=float("inf"))
        wait_s = max(0.005, min(LONGEST_SLEEP_S, due - self._place.clock.monotonic_s()))
        self._wake.clear()
        sleeper = asyncio.ensure_future(self._place.clock.sleep(wait_s))
        waker = asyncio.ensure_future(self._wake.wait())
        await asyncio.wait({sleeper, waker}, return_when=asyncio.FIRST_COMPLETED)
        for task in (sleeper, waker):
            task.cancel()

    async def _to_arbiter(self, what: Up, message: Oath | Words) -> None:
        if not self._allegiance.lane:
            self._hq(pack(self._topic(what), message))
        elif not self._sits_here():
            self._say(what, message)
        elif self._arbiter is not None:
            await self._arbiter.from_lane(self._place.lane, message)

    def _own_heard(self, heard: Heard) -> None:
        self._allegiance.heard(heard)
        self._wake.set()

    def _is_arbiters(self, heard: Heard) -> bool:
        return self._arbiter is not None and heard.source != self._journal.epoch

    # The store's broker.

    async def _heard(self, packet: Packet, message: Down) -> None:
        match message:
            case ClaimAnswer() if self._line is not None:
                self._line.answered(message)
            case Heard():
                self._own_heard(message)
            case Seat():
                await self._seated(message, packet)
            case _:
                log.debug("! %s is nothing for a lane of a store", packet.topic)
        self._wake.set()

    def _on_up(self, _: bool) -> None:
        log.info("= store link is up")
        self._allegiance.connected("store")
        if self._arbiter is not None:
            self._arbiter.pass_on()
        self._wake.set()

    def _on_down(self, why: str) -> None:
        log.info("= store link is down: %s", why)
        if not self._sits_here():
            self._allegiance.disconnected("store")
            if self._line is not None:
                self._line.link_lost("store")

    def _on_poison(self, poison: Poison) -> None:
        log.warning("! %s refused: %s", poison.topic, poison.why)

    def _say(self, what: Up, message: Struct) -> bool:
        return self._mqtt is not None and self._mqtt.publish(pack(self._topic(what), message))

    def _to_lanes(self, packet: Packet) -> bool:
        return self._mqtt is not None and self._mqtt.publish(packet)

    def _topic(self, what: Up) -> str:
        return up(self._place.store, self._place.lane, what)

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
