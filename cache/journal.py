"""The lane's own truth: what it decided, printed, redeemed and owes to headquarters. Never lost.

Everything is written in the journal's thread, many calls in one commit; a call returns after its
commit. What the lane must know at a scan it reads from `mirror`, without waiting.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from cache import housekeeping
from cache.claims import OpenClaim
from cache.entries import Entry, draft
from cache.errors import JournalLostTail
from cache.hq_words import HqWords
from cache.journal_open import Loaded, take_up
from cache.journal_store import (
    Added,
    Addition,
    JournalStore,
    OpenBasket,
)
from cache.journal_thread import JournalThread
from cache.parts import PartName, Parts
from offers.basket import TransactionKey
from offers.model import ShopperKey, ShopperRef
from offers.records import Incarnation, Row, Uid

RETENTION = timedelta(days=92)  # a quarter, and longer than anything the mirror reads from rows
SPARE_PAGES = 512
PRUNE_EVERY = timedelta(hours=1)
NOTHING: Mapping[Uid, OpenBasket | None] = MappingProxyType({})
NO_EVIDENCE: Mapping[Uid, bytes] = MappingProxyType({})
NO_PARTS: Mapping[PartName, object] = MappingProxyType({})
T = TypeVar("T")
AGENT = "agent."  # before the names of the agent's own values


def random_ref() -> ShopperRef:
    """Make a reference from the system's random source."""
    return ShopperRef(secrets.token_hex(16))


class Journal(HqWords):
    """One open journal, of one incarnation of the lane."""

    def __init__(
        self,
        thread: JournalThread,
        loaded: Loaded,
        set_aside: Path | None,
        now: Callable[[], datetime],
        retention: timedelta,
    ) -> None:
        super().__init__(thread, loaded)
        self.epoch = loaded.mirror.epoch
        self.parts = Parts()
        self.set_aside = set_aside
        self.last_seq = loaded.head.seq
        self.acked = int(loaded.meta.get("hq_acked", 0))
        self.oldest_unacked_at = loaded.oldest_unacked
        self.on_rows: Callable[[int], None] = lambda _: None  # told the last seq, on the loop
        self._meta = loaded.meta
        self._baskets = loaded.baskets
        self._unfinished = tuple(
            claim for claim in self.mirror.claims.values() if claim.state == "claiming"
        )
        self._now = now
        self._retention = retention
        self._prune_from: datetime | None = None
        self._lost: JournalLostTail | None = None

    @staticmethod
    async def open(
        path: Path,
        *,
        incarnation: Callable[[], Incarnation],
        now: Callable[[], datetime],
        new_ref: Callable[[], ShopperRef] = random_ref,
        retention: timedelta = RETENTION,
        spare_pages: int = SPARE_PAGES,
    ) -> Journal:
        """Open the journal at a path, or begin one; a damaged one is set aside, never deleted.

        Args:
            path: the file; its WAL and its ballast stand beside it.
            incarnation: names a new incarnation, called only where one begins.
            now: tells the time for pruning and quarantine; what happened brings its own.
            new_ref: makes a random reference for a shopper.
            retention: how long rows stay that headquarters has.
            spare_pages: pages of 4 KB that are kept free for a full disk.
        """
        opened = partial(
            take_up,
            path,
            incarnation=incarnation,
            new_ref=new_ref,
            now=now(),
            spare_pages=spare_pages,
        )
        store, loaded, aside = await asyncio.to_thread(opened)
        thread = JournalThread(path, store, spare_pages)
        return Journal(thread, loaded, aside, now, retention)

    async def close(self) -> None:
        """Finish what waits, and fold the WAL into the file."""
        await self._thread.stop()

    # Rows.

    async def append(
        self,
        *entries: Entry,
        open_baskets: Mapping[Uid, OpenBasket | None] = NOTHING,
        evidence: Mapping[Uid, bytes] = NO_EVIDENCE,
        parts: Mapping[PartName, object] = NO_PARTS,
    ) -> tuple[Row, ...]:
        """Write all of it in one transaction; return its rows once they are durable.

        Args:
            entries: what happened, in order.
            open_baskets: the transactions that changed; None where one is over.
            evidence: what decisions were made from, plain; kept compressed.
            parts: the values that the evidence names, by `parts.name`; each is written once.

        Raises:
            JournalFull: the disk is full; nothing was written.
            JournalLostTail: the journal must be opened anew first.
            JournalUnwritable: the disk failed, or takes no write; nothing of it is kept.
        """
        if self._lost is not None:
            raise self._lost
        new = self.parts.to_note(parts, self._now().toordinal()) if parts else ()
        known = self._baskets
        drafted = draft(entries, open_baskets, evidence, self.mirror, known, self._now)
        addition = drafted._replace(parts=new)
        return await self._thread.ask(
            lambda store: store.append(addition),
            partial(self._appended, open_baskets, addition),
        )

    async def rows_after(self, seq: int, limit: int) -> tuple[Row, ...]:
        """Read the outbox in order, with the shoppers' keys beside the rows."""
        return await self._thread.ask(lambda store: store.rows_after(seq, limit), _same)

    async def rows_of(self, uid: Uid) -> tuple[Row, ...]:
        """Read the rows of one transaction, in order."""
        return await self._thread.ask(lambda store: store.rows_of(uid), _same)

    async def evidence(self, uid: Uid) -> bytes | None:
        """Read what a transaction's decision was made from."""
        return await self._thread.ask(lambda store: store.evidence(uid), _same)

    async def sale(self, key: TransactionKey) -> bytes | None:
        """Read the evidence of the latest transaction under a till's key."""
        return await self._thread.ask(lambda store: store.sale(key), _same)

    def open_baskets(self) -> tuple[OpenBasket, ...]:
        """Give the transactions that are not over."""
        return tuple(self._baskets.values())

    def unfinished_claims(self) -> tuple[OpenClaim, ...]:
        """Give the claims that were asked for when the last run ended: to be released at start."""
        return self._unfinished

    # Shoppers.

    def ref(self, shopper: ShopperKey) -> ShopperRef:
        """Give a shopper's reference; a new one is stored with the first row that uses it."""
        return self.mirror.refs.ref(shopper)

    def shopper(self, ref: ShopperRef) -> ShopperKey | None:
        """Give the shopper behind a reference, unless erased."""
        return self.mirror.refs.key(ref)

    async def erase(self, shopper: ShopperKey) -> None:
        """Forget a person for good: on disk, in the WAL and in memory. The chain stays whole."""
        refs = self.mirror.refs.erased(shopper)

        def work(store: JournalStore) -> None:
            housekeeping.erase(store, shopper, refs)
            self._thread.truncate_due = True

        await self._thread.ask(work, lambda _: self._forget((shopper,)))

    # What headquarters has.

    async def hq_has(self, upto: int, at: datetime | None = None) -> None:
        """Take HQ's own acknowledgement; prune what it has and what is older than the retention.

        Args:
            upto: every row up to this one is stored at headquarters.
            at: headquarters' time, if it told; a lane's clock that is ahead prunes nothing early.

        Raises:
            JournalLostTail: headquarters has rows that this journal has not. Close and open it:
                it is then set aside, and a new incarnation begins.
        """
        if upto > self.acked:
            oldest = await self._thread.ask(partial(housekeeping.acknowledge, upto=upto), _same)
            self.acked = upto
            self.oldest_unacked_at = None if oldest is None else datetime.fromisoformat(oldest)
        if upto > self.last_seq:
            self._lost = JournalLostTail(self.last_seq, upto)
            raise self._lost
        await self._prune(self._now() if at is None else min(at, self._now()))

    async def _prune(self, now: datetime) -> None:
        if self._prune_from is not None and now < self._prune_from:
            return
        self._prune_from = now + PRUNE_EVERY
        prune = partial(
            housekeeping.prune,
            retention_from=now - self._retention,
            now=now,
            keep_from=min((claim.attempt for claim in self.mirror.claims), default=2**63),
        )
        pruned = await self._thread.ask(prune, _same)
        self.mirror.forget(now)
        refs = self.mirror.refs.unused_since(pruned)
        if refs:
            await self._thread.ask(
                partial(housekeeping.forget_refs, refs=refs),
                lambda _: self.mirror.refs.forget(refs),
            )

    async def quarantine(self, topic: str, payload: bytes, why: str) -> None:
        """Keep a message that could not be used; the newest thousand are kept."""
        now = self._now()
        await self._thread.ask(
            lambda store: housekeeping.quarantine(store, now, topic, payload, why), _same
        )

    # The agent's own values.

    async def set_meta(self, name: str, value: str) -> None:
        """Keep a named value of the agent's."""
        await self._thread.ask(
            lambda store: store.set_meta(AGENT + name, value),
            lambda _: self._meta.__setitem__(AGENT + name, value),
        )

    def meta(self, name: str) -> str | None:
        """Give a named value of the agent's."""
        return self._meta.get(AGENT + name)

    # Between the loop and the thread.

    def _appended(
        self, opened: Mapping[Uid, OpenBasket | None], addition: Addition, added: Added
    ) -> tuple[Row, ...]:
        for each in addition.drafts:
            if each.ref is not None and each.shopper is not None:
                self.mirror.refs.known(each.ref, each.shopper)
        for fact in added.facts:
            self.mirror.fold(fact)
        for ref, _ in addition.named:
            self.mirror.refs.used(ref, self.last_seq + len(added.rows))
        for uid, basket in opened.items():
            if basket is None:
                self._baskets.pop(uid, None)
            else:
                self._baskets[uid] = basket
        self.parts.noted(addition.parts)
        if added.rows:
            self.last_seq = added.rows[-1].seq
            self.oldest_unacked_at = self.oldest_unacked_at or added.rows[0].at
            self.on_rows(self.last_seq)
        return added.rows


def _same(value: T) -> T:
    return value
