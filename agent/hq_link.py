"""The lane's talk with headquarters: the shell around `sync.session`, its claims and its pulls.

It carries out the steps that the session returns, in order, and wakes it when it asks to be woken.
Whatever comes in is durable before the broker is told that it came.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from agent.claim_line import ClaimLine
from agent.erasure_desk import ErasureDesk
from agent.generation_pull import GenerationPull, note_refused
from agent.shelf_start import drop_old
from agent.stock import Stock
from agent.trust import TimeTrust
from cache.entries import Entry
from cache.generation import Generation
from ground.clock import Clock
from offers.model import LaneId, StoreId
from offers.records import Noted
from sync.errors import BadWords
from sync.link_options import Ears, Poison
from sync.messages import BlobAsk, Claim, Manifest
from sync.mqtt_link import MqttLink
from sync.outbox_window import NeedRows
from sync.payload import Packet, pack
from sync.pulls import Chunk
from sync.reading import Down, read_down
from sync.session import Session
from sync.steps import (
    ClaimAnswered,
    HqTime,
    NewDelta,
    NewLeases,
    NewManifest,
    NewQuotas,
    NewRecalls,
    NewTombstones,
    Outgoing,
    Pruned,
    Quarantine,
    Step,
    TailLost,
)
from sync.topics import up

log = logging.getLogger("tillside.hq")

LEASES_AHEAD = 2
LONGEST_SLEEP_S = 30.0  # rows, words of HQ and the link itself wake it at once


class LinkView(Struct, frozen=True):
    """What the page and `healthz` say of the link."""

    up: bool
    since: datetime
    outbox: int


class Home(Struct, frozen=True):
    """Where the lane stands, what it works from, and whose words it believes."""

    store: StoreId
    lane: LaneId
    stock: Stock
    directory: Path
    public_keys: dict[str, bytes]
    trust: TimeTrust
    clock: Clock
    lost: Callable[[], None]  # the journal must be opened anew
    give_back: Callable[[], Awaitable[None]] | None = None  # quotas that another lane needs


class HqLink:
    """One lane's link to headquarters, from the journal's outbox to the generation in force."""

    def __init__(self, home: Home, session: Session, changed: Callable[[], None]) -> None:
        self._home = home
        self._session = session
        self._changed = changed
        self._journal, self._shelf = home.stock.journal, home.stock.shelf
        self._clock = home.clock
        self._mqtt: MqttLink | None = None
        self._line: ClaimLine | None = None
        self._wake = asyncio.Event()
        self._since = home.clock.utc_now()
        self._pull = GenerationPull(home.directory, self._ask_blob, self._install, home.clock)
        self._erasures = ErasureDesk(home.stock, home.directory)
        self._hq_now: datetime | None = None  # as its last acknowledgement said
        self._written = 0
        self._was_known = False
        self._tasks: set[asyncio.Future[None]] = set()
        self.on_link: Callable[[bool], None] = lambda _: None  # told of up and down
        self.of_arbiters: Callable[[Packet, Down], Awaitable[bool]] | None = None

    def attach(self, mqtt: MqttLink, line: ClaimLine) -> None:
        """Get the client and the waiting tills; both are built around this link."""
        self._mqtt, self._line = mqtt, line

    @property
    def ears(self) -> Ears:
        """Give what the client tells its news to."""
        return Ears(
            on_message=self._on_message,
            on_up=self._on_up,
            on_down=self._on_down,
            on_poison=self._on_poison,
            on_rival=self._on_rival,
        )

    @property
    def view(self) -> LinkView:
        """Say how the link is."""
        journal = self._journal
        connected = self._mqtt is not None and self._mqtt.up
        return LinkView(connected, self._since, journal.last_seq - journal.acked)

    def will(self) -> Outgoing:
        """Give what headquarters hears when this lane falls silent."""
        return self._session.will()

    def send_claim(self, claim: Claim) -> bool:
        """Ask the arbiter; False where it cannot be reached."""
        topic = up(self._home.store, self._home.lane, "claim")
        return self._publish(pack(topic, claim))

    def row_written(self, seq: int) -> None:
        """A row is durable; it is sent by the link's own task."""
        self._written = seq
        self._wake.set()

    async def run(self) -> None:
        """Serve the link until cancelled."""
        assert self._mqtt is not None
        client = asyncio.ensure_future(self._mqtt.run())
        timer = asyncio.ensure_future(self._keep_time())
        try:
            await asyncio.wait({client, timer}, return_when=asyncio.FIRST_COMPLETED)
            for task in (client, timer):
                if task.done():
                    task.result()
        finally:
            for task in (client, timer):
                task.cancel()
            await asyncio.gather(client, timer, return_exceptions=True)

    async def stop(self) -> None:
        """Say good-bye."""
        if self._mqtt is not None:
            await self._mqtt.stop()

    async def _keep_time(self) -> None:
        while True:
            now = self._clock.monotonic_s()
            if self._written:
                seq, self._written = self._written, 0
                await self._carry(self._session.row_written(seq, now))
            await self._carry(self._session.on_deadline(now))
            await self._pull.on_deadline(now)
            await self._ask_leases(now)
            await self._give_back()
            await self._sleep()

    async def _sleep(self) -> None:
        """Wait for the next deadline or a new row, a second at most."""
        self._wake.clear()
        if self._written:
            return
        dues = (self._session.next_deadline(), self._pull.next_deadline())
        due = min((at for at in dues if at is not None), default=float("inf"))
        wait_s = max(0.005, min(LONGEST_SLEEP_S, due - self._clock.monotonic_s()))
        sleeper = asyncio.ensure_future(self._clock.sleep(wait_s))
        waker = asyncio.ensure_future(self._wake.wait())
        await asyncio.wait({sleeper, waker}, return_when=asyncio.FIRST_COMPLETED)
        for task in (sleeper, waker):
            task.cancel()

    async def _ask_leases(self, now: float) -> None:
        left = self._shelf.leases_left
        if left < LEASES_AHEAD:
            await self._carry(self._session.ask_leases(now))

    async def _give_back(self) -> None:
        if self._home.give_back is not None:
            await self._home.give_back()

    async def _on_message(self, packet: Packet) -> None:
        try:
            message = read_down(packet, self._home.public_keys)
        except BadWords as bad:
            await self._keep_bad(packet.topic, packet.payload, str(bad))
            return
        if isinstance(message, Chunk):
            await self._pull.chunk(message)
            return
        if self.of_arbiters is not None and await self.of_arbiters(packet, message):
            return
        now = self._clock.monotonic_s()
        await self._carry(self._session.received(packet.topic, message, now))
        self._wake.set()
        self._changed()

    def _on_rival(self, why: str) -> None:
        log.error("! %s", why)
        self._note("name_taken", why)

    def _note(self, code: str, detail: str) -> None:
        """Tell headquarters and store IT, by a row of the journal."""
        self._spawn(self._write(Entry(Noted(code, detail), self._clock.utc_now())))

    async def _write(self, entry: Entry) -> None:
        await self._journal.append(entry)

    def _on_up(self, session_present: bool) -> None:
        if self._was_known and not session_present:
            log.warning(
                "! the broker has forgotten this lane; everything is asked for and sent anew"
            )
            self._note("broker_forgot", "its session of this lane is gone")
        self._was_known = True
        self._since = self._clock.utc_now()
        log.info("= link to headquarters is up")
        self.on_link(True)
        self._spawn(self._greet(session_present))

    async def _greet(self, session_present: bool) -> None:
        await self._carry(self._session.connected(self._clock.monotonic_s(), session_present))
        await self._pull.connected()
        await self._say_erased()
        self._wake.set()
        self._changed()

    def _on_down(self, why: str) -> None:
        self._since = self._clock.utc_now()
        log.info("= link to headquarters is down: %s", why)
        self._session.disconnected()
        self._pull.disconnected()
        self.on_link(False)
        if self._line is not None:
            self._line.link_lost("hq")
        self._changed()

    def _on_poison(self, poison: Poison) -> None:
        log.warning("! %s refused: %s", poison.topic, poison.why)
        self._spawn(self._carry(self._session.refused(poison.topic, poison.why)))

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, steps: list[Step]) -> None:
        for step in steps:
            match step:
                case Outgoing():
                    self._publish(pack(step.topic, step.message, step.retain))
                case NeedRows(after, limit):
                    rows = await self._journal.rows_after(after, limit)
                    await self._carry(self._session.offer_rows(after, rows))
                case _:
                    await self._take(step)

    async def _take(self, news: Step) -> None:
        journal = self._journal
        match news:
            case NewRecalls(recalls):
                await journal.set_recalls(recalls.rev, recalls.gtins, recalls.offers)
                log.info("< recalls %d in force", recalls.rev)
            case NewTombstones(letter):
                await journal.set_tombstones(letter.rev, letter.tombstones)
                log.info("< tombstones %d in force", letter.rev)
                await self._say_erased()
            case NewDelta(delta):
                await journal.apply_delta(delta.rev, delta.ops)
            case NewLeases(leases):
                await journal.add_leases(*leases)
            case NewQuotas(ops):
                await journal.add_quotas(*ops)
                await self._give_back()
            case NewManifest(manifest):
                await self._pull.want(manifest)
            case Pruned(upto, rejected):
                await journal.hq_has(upto, self._hq_now)
                for row in rejected:
                    await self._keep_bad(f"row {row.seq}", b"", row.code)
            case Quarantine(topic, why):
                await self._keep_bad(topic, b"", why)
            case _:
                self._hear(news)

    async def _say_erased(self) -> None:
        """Tell headquarters once no file of the lane knows who was erased."""
        if not self._pull.busy and await self._erasures.settle():
            await self._carry(self._session.erased(self._journal.tombstone_rev))

    def _hear(self, news: Step) -> None:
        """Take news that change nothing on disk."""
        match news:
            case ClaimAnswered(answer) if self._line is not None:
                self._line.answered(answer)
            case HqTime(at):
                self._hq_now = at
                self._home.trust.heard_from_hq(at, self._clock.utc_now())
            case TailLost(upto, last):
                log.error("! the journal lost rows %d to %d", last + 1, upto)
                self._home.lost()
            case _:
                pass

    async def _keep_bad(self, topic: str, payload: bytes, why: str) -> None:
        log.warning("! %s kept in quarantine: %s", topic, why)
        await self._journal.quarantine(topic, payload, why)

    def _ask_blob(self, ask: BlobAsk) -> None:
        self._publish(pack(up(self._home.store, self._home.lane, "blob"), ask))

    def publish(self, packet: Packet) -> bool:
        """Send a packet to headquarters; False where it was not taken."""
        return self._publish(packet)

    def _publish(self, packet: Packet) -> bool:
        return self._mqtt is not None and self._mqtt.publish(packet)

    async def _install(self, manifest: Manifest, generation: Generation) -> None:
        """Put a generation in force: the pointer is durable, then the reference is swapped."""
        old = self._shelf.generation
        await self._journal.point_to(generation.path.name, manifest.rev, manifest.delta_rev)
        self._shelf.swap(generation).close()
        keep = (generation.path.name, old.path.name)
        await asyncio.to_thread(drop_old, self._home.directory, keep)
        self._home.trust.raise_floor(generation.built_at)
        await self._carry(self._session.generation_live(manifest))
        log.info("= generation %s is in force, %s before", generation.id, old.id)
        await note_refused(generation, self._journal, self._clock)
        await self._say_erased()
        self._changed()
