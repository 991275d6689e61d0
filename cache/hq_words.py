"""What headquarters changes at a lane: deltas, serials, generations, recalls, and who is forgotten."""

from __future__ import annotations

from cache import housekeeping, overlay
from cache.journal_open import Loaded, recalls
from cache.journal_store import JournalStore, encode
from cache.journal_thread import JournalThread
from offers.changes import AssignOp, LeaseOp, Op, PastOp, QuotaBackOp, QuotaOp
from offers.model import Gtin, OfferId, ShopperKey
from offers.serials import Lease


class HqWords:
    """The part of the journal that headquarters writes; each call returns after its commit."""

    def __init__(self, thread: JournalThread, loaded: Loaded) -> None:
        meta = loaded.meta
        self.mirror = loaded.mirror
        self.delta_rev = int(meta.get("delta_rev", 0))
        self.recall_rev = int(meta.get("recall_rev", 0))
        self.tombstone_rev = int(meta.get("tombstone_rev", 0))
        self.generation_file = meta.get("generation_file", "")
        self.generation_rev = int(meta.get("generation_rev", 0))
        self._thread = thread
        thread.truncate_due = self.tombstone_rev > 0  # what a crash may have left in the WAL

    async def apply_delta(self, rev: int, ops: tuple[Op, ...]) -> bool:
        """Take a delta; one that is not newer changes nothing, and False is returned."""
        known = tuple(op for op in ops if not self._is_of_erased(op))
        return await self._thread.ask(
            lambda store: overlay.keep_delta(store, self.mirror.epoch, rev, known),
            lambda new: self._applied(rev, new),
        )

    def _is_of_erased(self, op: Op) -> bool:
        return isinstance(op, AssignOp | PastOp) and self.mirror.is_erased(op.shopper)

    async def add_leases(self, *leases: Lease) -> None:
        """Take blocks of serials that came by themselves, outside the numbered deltas."""
        await self._add_ops(tuple(LeaseOp(lease) for lease in leases))

    async def add_quotas(self, *ops: QuotaOp | QuotaBackOp) -> None:
        """Take headquarters' word on what this incarnation may give; what is known is passed over."""
        news = tuple(op for op in ops if self.mirror.quotas.is_news(op))
        if news:
            await self._add_ops(news)

    async def _add_ops(self, ops: tuple[Op, ...]) -> None:
        rev = self.delta_rev
        await self._thread.ask(
            lambda store: overlay.keep_ops(store.db, rev, ops),
            lambda new: self.mirror.apply(rev, new),
        )

    async def reset_overlay(self, delta_rev: int) -> None:
        """Drop the changes that a new generation holds, or all of them on the way back to an older."""
        await self._thread.ask(lambda store: overlay.fold(store, delta_rev), self._folded)

    async def point_to(self, generation_file: str, rev: int, delta_rev: int | None = None) -> None:
        """Note which generation is in force; with `delta_rev`, reset the overlay in the same commit."""

        def work(store: JournalStore) -> tuple[int, int, int] | None:
            store.set_meta("generation_file", generation_file)
            store.set_meta("generation_rev", str(rev))
            return None if delta_rev is None else overlay.fold(store, delta_rev)

        def then(folded: tuple[int, int, int] | None) -> None:
            self.generation_file, self.generation_rev = generation_file, rev
            if folded is not None:
                self._folded(folded)

        await self._thread.ask(work, then)

    async def set_tombstones(self, rev: int, tombstones: tuple[str, ...]) -> bool:
        """Take a newer list of the erased, whole: they are strangers from now on, and forgotten.

        What headquarters erased after the generation in force was built is still in its file; see
        `cache.erasure`.
        """
        if rev <= self.tombstone_rev:
            return False
        listed = frozenset(tombstones)
        text = encode(sorted(listed)).decode()

        def work(store: JournalStore) -> tuple[ShopperKey, ...]:
            store.set_meta("tombstones", text)
            store.set_meta("tombstone_rev", str(rev))
            found = housekeeping.bury(store, listed)
            self._thread.truncate_due = True
            return found

        def then(found: tuple[ShopperKey, ...]) -> bool:
            refs = self.mirror.refs
            refs.tombstones, self.tombstone_rev = listed, rev
            self._forget((*found, *(key for key in refs.unwritten() if refs.is_erased(key))))
            return True

        return await self._thread.ask(work, then)

    @property
    def wiped(self) -> bool:
        """Tell whether nothing that was erased is left in the WAL."""
        return not self._thread.truncate_due

    def _forget(self, shoppers: tuple[ShopperKey, ...]) -> None:
        for shopper in shoppers:
            self.mirror.erase(shopper)

    async def set_recalls(
        self, rev: int, gtins: tuple[Gtin, ...], offers: tuple[OfferId, ...]
    ) -> bool:
        """Put a newer list of recalls in force, whole; False for one that is not newer."""
        if rev <= self.recall_rev:
            return False
        text = encode((sorted(gtins), sorted(offers))).decode()

        def work(store: JournalStore) -> bool:
            newer = rev > int(store.meta("recall_rev"))
            if newer:
                store.set_meta("recalls", text)
                store.set_meta("recall_rev", str(rev))
            return newer

        def then(newer: bool) -> bool:
            if newer:
                self.recall_rev = rev
                self.mirror.recalled, self.mirror.killed = recalls(text)
            return newer

        return await self._thread.ask(work, then)

    def _applied(self, rev: int, new: tuple[Op, ...] | None) -> bool:
        if new is None:
            return False
        self.delta_rev = rev
        self.mirror.apply(rev, new)
        return True

    def _folded(self, folded: tuple[int, int, int]) -> None:
        upto, own_seq, self.delta_rev = folded
        self.mirror.folded(upto, own_seq)
