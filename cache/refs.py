"""Who a reference means: random names for shoppers, kept in memory as long as a row uses them."""

from __future__ import annotations

from collections.abc import Callable

from offers.model import ShopperKey, ShopperRef
from offers.shopper_key import tombstone

UNUSED_KEPT = 4096  # handed out, but in no row yet; far more than transactions can be open


class Refs:
    """Reference -> shopper key and back. Bounded by the journal's retention."""

    def __init__(self, new_ref: Callable[[], ShopperRef]) -> None:
        self._new_ref = new_ref
        self._key: dict[ShopperRef, ShopperKey] = {}
        self._ref: dict[ShopperKey, ShopperRef] = {}
        self._last_seq: dict[ShopperRef, int] = {}
        self._unused: dict[ShopperRef, None] = {}
        self.tombstones: frozenset[str] = frozenset()

    def is_erased(self, key: ShopperKey) -> bool:
        """Tell whether this shopper is not to be known again."""
        return bool(self.tombstones) and tombstone(key) in self.tombstones

    def known(self, ref: ShopperRef, key: ShopperKey) -> None:
        """Take a pair that is in the journal."""
        self._key[ref], self._ref[key] = key, ref

    def ref(self, key: ShopperKey) -> ShopperRef:
        """Give the shopper's reference, a new random one at first; nobody's for an erased one."""
        found = self._ref.get(key)
        if found is None:
            found = self._new_ref()
            if self.is_erased(key):
                return found
            self.known(found, key)
            self._unused[found] = None
            if len(self._unused) > UNUSED_KEPT:
                self._forget(next(iter(self._unused)))
        return found

    def known_ref(self, key: ShopperKey) -> ShopperRef | None:
        """Give the shopper's reference, None where nothing named the shopper yet."""
        return self._ref.get(key)

    def key(self, ref: ShopperRef | None) -> ShopperKey | None:
        """Give the shopper behind a reference, unless it was erased."""
        return None if ref is None else self._key.get(ref)

    def used(self, ref: ShopperRef | None, seq: int) -> None:
        """Note that a row names this reference."""
        if ref is not None and ref in self._key:
            self._last_seq[ref] = seq
            self._unused.pop(ref, None)

    def unused_since(self, seq: int) -> tuple[ShopperRef, ...]:
        """List the references whose last row is this one or an earlier one."""
        return tuple(ref for ref, last in self._last_seq.items() if last <= seq)

    def settle(self, seq: int) -> None:
        """Let what no row names, but a kept text may, live as long as the rows up to here."""
        for ref in self._key.keys() - self._last_seq.keys():
            self._last_seq[ref] = seq

    def unwritten(self) -> tuple[ShopperKey, ...]:
        """List the shoppers that were handed a reference which no row names yet."""
        return tuple(self._key[ref] for ref in self._unused)

    def forget(self, refs: tuple[ShopperRef, ...]) -> None:
        """Drop references: their rows are gone, or their shopper was erased."""
        for ref in refs:
            self._forget(ref)

    def erased(self, key: ShopperKey) -> tuple[ShopperRef, ...]:
        """Give the references that name this shopper."""
        found = self._ref.get(key)
        return () if found is None else (found,)

    def _forget(self, ref: ShopperRef) -> None:
        key = self._key.pop(ref, None)
        if key is not None:
            self._ref.pop(key, None)
        self._last_seq.pop(ref, None)
        self._unused.pop(ref, None)
