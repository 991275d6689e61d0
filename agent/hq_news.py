"""What headquarters' news change at this lane: on the disk first, then in force."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from msgspec import Struct

from agent.claim_line import ClaimLine
from agent.erasure_desk import ErasureDesk
from agent.generation_pull import GenerationPull, note_refused
from agent.patience import until_kept
from agent.shelf_start import drop_old
from agent.stock import Stock
from agent.trust import TimeTrust
from cache.generation import Generation
from ground.clock import Clock
from offers.model import LaneId, StoreId
from sync.messages import BlobAsk, Manifest
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
    Pruned,
    Quarantine,
    Step,
    TailLost,
)

log = logging.getLogger("tillside.hq")


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


class Ways(Struct, frozen=True):
    """How the news' consequences get out: asks, the session's steps, the page."""

    ask: Callable[[BlobAsk], None]
    carry: Callable[[list[Step]], Awaitable[None]]
    changed: Callable[[], None]


class HqNews:
    """Takes the session's news, one after the other. Generations come in beside them."""

    def __init__(self, home: Home, session: Session, ways: Ways) -> None:
        self._home = home
        self._session = session
        self._ways = ways
        self._journal, self._shelf = home.stock.journal, home.stock.shelf
        self._erasures = ErasureDesk(home.stock, home.directory)
        self._hq_now: datetime | None = None  # as its last acknowledgement said
        self.pull = GenerationPull(home.directory, ways.ask, self._install, home.clock)
        self.pull.on_idle = self.say_erased
        self.line: ClaimLine | None = None  # the tills that wait for an answer

    async def take(self, news: Step) -> None:
        """Make one piece of news durable; what it changes is in force when this returns.

        A disk that fails is waited for: the session counts the news as known, and gives it no more.
        """
        await until_kept(partial(self._take, news), self._home.clock)

    async def _take(self, news: Step) -> None:
        journal = self._journal
        match news:
            case NewRecalls(recalls):
                await journal.set_recalls(recalls.rev, recalls.gtins, recalls.offers)
                log.info("< recalls %d in force", recalls.rev)
            case NewTombstones(letter):
                await journal.set_tombstones(letter.rev, letter.tombstones)
                log.info("< tombstones %d in force", letter.rev)
                await self.say_erased()
            case NewDelta(delta):
                await journal.apply_delta(delta.rev, delta.ops)
            case NewLeases(leases):
                await journal.add_leases(*leases)
            case NewQuotas(ops):
                await journal.add_quotas(*ops)
                await self.give_back()
            case NewManifest(manifest):
                await self.pull.want(manifest)
            case Pruned(upto, rejected):
                await journal.hq_has(upto, self._hq_now)
                for row in rejected:
                    await self.keep_bad(f"row {row.seq}", b"", row.code)
            case Quarantine(topic, why):
                await self.keep_bad(topic, b"", why)
            case _:
                self._hear(news)

    async def say_erased(self) -> None:
        """Tell headquarters once no file of the lane knows who was erased."""
        if not self.pull.busy and await self._erasures.settle():
            await self._ways.carry(self._session.erased(self._journal.tombstone_rev))

    async def give_back(self) -> None:
        """Return quotas that another lane needs."""
        if self._home.give_back is not None:
            await self._home.give_back()

    async def keep_bad(self, topic: str, payload: bytes, why: str) -> None:
        """Put what cannot be used into quarantine; it stops nothing."""
        log.warning("! %s kept in quarantine: %s", topic, why)
        await self._journal.quarantine(topic, payload, why)

    def _hear(self, news: Step) -> None:
        """Take news that change nothing on disk."""
        match news:
            case ClaimAnswered(answer) if self.line is not None:
                self.line.answered(answer)
            case HqTime(at):
                self._hq_now = at
                self._home.trust.heard_from_hq(at, self._home.clock.utc_now())
            case TailLost(upto, last):
                log.error("! the journal lost rows %d to %d", last + 1, upto)
                self._home.lost()
            case _:
                pass

    async def _install(self, manifest: Manifest, generation: Generation) -> None:
        """Put a generation in force: the pointer is durable, then the reference is swapped."""
        old = self._shelf.generation
        point_to = partial(self._journal.point_to, generation.path.name)
        await until_kept(lambda: point_to(manifest.rev, manifest.delta_rev), self._home.clock)
        self._shelf.swap(generation).close()
        keep = (generation.path.name, old.path.name)
        await asyncio.to_thread(drop_old, self._home.directory, keep)
        self._home.trust.raise_floor(generation.built_at)
        await self._ways.carry(self._session.generation_live(manifest))
        log.info("= generation %s is in force, %s before", generation.id, old.id)
        note = partial(note_refused, generation, self._journal, self._home.clock)
        await until_kept(note, self._home.clock)
        self._ways.changed()
