"""What is found once for each offer, and forgotten with it: hundreds of candidates share a bank."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import ref

from offers.model import Offer

T = TypeVar("T")


class Kept(Generic[T]):
    """Remembers a pure function's word on offers, by the offer itself and not by its id."""

    def __init__(self, find: Callable[[Offer], T]) -> None:
        self._find = find
        self._kept: dict[int, tuple[ref[Offer], T]] = {}  # by the offer's place in memory

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, offer: Offer) -> T:
        """Give the function's word on an offer; found at the first call for it."""
        place = id(offer)
        known = self._kept.get(place)
        if known is not None and known[0]() is offer:
            return known[1]

        def forget(_: ref[Offer], kept: dict[int, tuple[ref[Offer], T]] = self._kept) -> None:
            kept.pop(place, None)

        found = self._find(offer)
        self._kept[place] = ref(offer, forget), found
        return found
