"""The lane's talk with headquarters: the shell around `sync.session`, its claims and its pulls.

It carries out the steps that the session returns, in order, and wakes it when it asks to be woken.
Whatever comes in is durable before the broker is told that it came; `agent.hq_news` takes it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from msgspec import Struct

from agent.claim_line import ClaimLine
from agent.hq_news import Home, HqNews, Ways
from agent.patience import until_kept
from cache.entries import Entry
from offers.records import Noted
from sync.errors import BadWords
from sync.link_options import Ears, Poison
from sync.messages import BlobAsk, Claim
from sync.mqtt_link import MqttLink
from sync.outbox_window import NeedRows
from sync.payload import Packet, pack
from sync.pulls import Chunk
from sync.reading import Down, read_down
from sync.session import Session
from sync.steps import Outgoing, Step
from sync.topics import store_down, up

log = logging.getLogger("tillside.hq")

LEASES_AHEAD = 2
ROWS_UNDER_WAY = 2  # messages that the broker has not got: some 20 KB stand before a claim
SHORT_CUT_S = 10.0  # of these the broker has every delta still, even if the cut was seen 40 s late
LONGEST_SLEEP_S = 30.0  # rows, words of HQ and the link itself wake it at once


class LinkView(Struct, frozen=True):
    """What the page and `healthz` say of the link."""

    up: bool
    since: datetime
    outbox: int


class HqLink:
    """One lane's link to headquarters, from the journal's outbox to the generation in force."""

    def __init__(self, home: Home, session: Session, changed: Callable[[], None]) -> None:
        self._home = home
        self._session = session
        self._changed = changed
        self._journal = home.stock.journal
        self._clock = home.clock
        self._news = HqNews(home, session, Ways(self._ask_blob, self._carry, changed))
        self._pull = self._news.pull
        self._first = tuple(store_down(home.store, what) for what in ("recall", "erased"))
        self._mqtt: MqttLink | None = None
        self._wake = asyncio.Event()
        self._since = home.clock.utc_now()
        self._written = 0
        self._was_known = False
        self._rows = up(home.store, home.lane, "rows")
        self._later: NeedRows | None = None  # rows that wait until the line is free for them
        self._linked, self._fell_s = False, float("-inf")
        self._tasks: set[asyncio.Future[None]] = set()
        self.noted: dict[str, datetime] = {}  # what was told of the link, and when last
        self.on_link: Callable[[bool], None] = lambda _: None  # told of up and down
        self.of_arbiters: Callable[[Packet, Down], Awaitable[bool]] | None = None

    def attach(self, mqtt: MqttLink, line: ClaimLine) -> None:
        """Get the client and the waiting tills; both are built around this link."""
        self._mqtt, self._news.line = mqtt, line

    @property
    def ears(self) -> Ears:
        """Give what the client tells its news to."""
        return Ears(
            on_message=lambda packet: until_kept(partial(self._on_message, packet), self._clock),
            on_batch=lambda packets: until_kept(partial(self._on_batch, packets), self._clock),
            on_up=self._on_up,
            on_down=self._on_down,
            on_poison=self._on_poison,
            on_rival=self._on_rival,
            on_sent=self._on_sent,
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
            works = (client, timer, *self._tasks)
            for work in works:
                work.cancel()
            await asyncio.gather(*works, return_exceptions=True)

    async def stop(self) -> None:
        """Say good-bye."""
        await self._pull.close()
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
            await self._news.give_back()
            self._forget_old(now)
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
        try:
            await asyncio.wait({sleeper, waker}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sleeper, waker):
                task.cancel()

    async def _ask_leases(self, now: float) -> None:
        if self._home.stock.shelf.leases_left < LEASES_AHEAD:
            await self._carry(self._session.ask_leases(now))

    def _forget_old(self, monotonic_s: float) -> None:
        """Drop from memory what no longer counts, also while nobody acknowledges a row."""
        now = self._clock.utc_now()
        if self._home.trust.look(now, monotonic_s):
            self._journal.mirror.forget(now)

    async def _on_batch(self, packets: list[Packet]) -> None:
        """Take what has come by now, recalls before anything else, then whoever is to be forgotten."""
        for packet in sorted(packets, key=self._turn):
            await self._on_message(packet)

    def _turn(self, packet: Packet) -> int:
        """Say when a packet's turn is; those of one turn stay in their order."""
        first = self._first
        return first.index(packet.topic) if packet.topic in first else len(first)

    async def _on_message(self, packet: Packet) -> None:
        try:
            message = read_down(packet, self._home.public_keys)
        except BadWords as bad:
            await self._news.keep_bad(packet.topic, packet.payload, str(bad))
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
        """Tell headquarters and store IT by a row of the journal, and the cashier by the page."""
        self.noted[code] = self._clock.utc_now()
        self._spawn(self._write(Entry(Noted(code, detail), self._clock.utc_now())))

    async def _write(self, entry: Entry) -> None:
        await self._journal.append(entry)

    def _on_up(self, session_present: bool) -> None:
        if self._was_known and not session_present:
            log.warning(
                "! the broker has forgotten this lane; everything is asked for and sent anew"
            )
            self._note("broker_forgot", "its session of this lane is gone")
        self._was_known = self._linked = True
        self._later = None
        self._since = self._clock.utc_now()
        log.info("= link to headquarters is up")
        self.on_link(True)
        self._spawn(self._greet(session_present))

    async def _greet(self, session_present: bool) -> None:
        now = self._clock.monotonic_s()
        nothing_missed = session_present and now - self._fell_s <= SHORT_CUT_S
        await self._carry(self._session.connected(now, nothing_missed))
        await self._pull.connected()
        await self._news.say_erased()
        self._wake.set()
        self._changed()

    def _on_down(self, why: str) -> None:
        self._since = self._clock.utc_now()
        log.info("= link to headquarters is down: %s", why)
        if self._linked:  # and not merely a try that failed
            self._linked, self._fell_s = False, self._clock.monotonic_s()
        self._session.disconnected()
        self._pull.disconnected()
        self.on_link(False)
        if self._news.line is not None:
            self._news.line.link_lost("hq")
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
                case NeedRows() if self._is_busy():
                    self._later = step
                case NeedRows(after, limit):
                    rows = await self._journal.rows_after(after, limit)
                    await self._carry(self._session.offer_rows(after, rows))
                case _:
                    await self._news.take(step)

    def _is_busy(self) -> bool:
        """Tell whether history must wait: what comes now, a claim above all, goes out before it."""
        return self._mqtt is not None and self._mqtt.under_way(self._rows) >= ROWS_UNDER_WAY

    def _on_sent(self, _: str) -> None:
        later = self._later
        if later is not None and not self._is_busy():
            self._later = None
            self._spawn(self._carry([later]))

    def _ask_blob(self, ask: BlobAsk) -> None:
        self._publish(pack(up(self._home.store, self._home.lane, "blob"), ask))

    def publish(self, packet: Packet) -> bool:
        """Send a packet to headquarters; False where it was not taken."""
        return self._publish(packet)

    def _publish(self, packet: Packet) -> bool:
        return self._mqtt is not None and self._mqtt.publish(packet)
