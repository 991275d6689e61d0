"""What decisions were made from, once each: offers, articles, lists, named by their content.

A sale's evidence then holds names of 16 bytes instead of the same offer's text once more. A name is
the beginning of the SHA-256 of the value's deterministic JSON, so whoever changes a kept value
changes its name, and the hash of every decision that names it no longer fits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, NewType

import msgspec

PartName = NewType("PartName", bytes)
NAME_BYTES = 16  # of SHA-256: to make another value of the same name takes 2**128 tries
KEPT = 4096  # names in memory: the offers of a store, and the articles of some days' baskets
NOTED_EVERY_DAYS = 7  # how old the noted day of a part may be that is used every day
KEPT_TOGETHER = 8  # lists: those of the sales that are open
encode = msgspec.json.Encoder(order="deterministic").encode


class Part(NamedTuple):
    """A value as it is written down."""

    name: PartName
    day: int
    body: bytes


def part_name(body: bytes) -> PartName:
    """Name a value by its JSON."""
    return PartName(hashlib.sha256(body).digest()[:NAME_BYTES])


class Parts:
    """Names values, and knows which of them the journal noted lately. Forgetting costs work, no more."""

    def __init__(self) -> None:
        self._named: dict[int, tuple[object, PartName]] = {}
        self._noted: dict[PartName, int] = {}
        self._together: dict[tuple[int, ...], tuple[object, PartName, object]] = {}

    def name(self, value: object) -> PartName:
        """Give a value's name. A value that was named is not to be changed.

        It is kept beside its name: its place in memory, which finds it, is given to no other.
        """
        found = self._named.get(id(value))
        if found is None:
            if len(self._named) >= KEPT:
                self._named.clear()
            found = self._named[id(value)] = value, part_name(encode(value))
        return found[1]

    def name_together(
        self, members: tuple[object, ...], make: Callable[[], object]
    ) -> tuple[PartName, object]:
        """Give name and value of what is made of these members; the same members make it once.

        Args:
            members: what it is made of, in order; none of them is to be changed.
            make: makes the value.
        """
        key = tuple(map(id, members))
        found = self._together.get(key)
        if found is None:
            value = make()
            found = self._together[key] = members, part_name(encode(value)), value
            if len(self._together) > KEPT_TOGETHER:
                del self._together[next(iter(self._together))]
        return found[1], found[2]

    def is_noted(self, name: PartName, day: int) -> bool:
        """Tell whether the journal noted a part in the last week."""
        return day - self._noted.get(name, 0) < NOTED_EVERY_DAYS

    def to_note(self, values: Mapping[PartName, object], day: int) -> tuple[Part, ...]:
        """Give what is to be written of these values: those that were not noted in the last week."""
        return tuple(
            Part(name, day, encode(value))
            for name, value in values.items()
            if not self.is_noted(name, day)
        )

    def noted(self, parts: Iterable[Part]) -> None:
        """Take what was written."""
        for part in parts:
            if len(self._noted) >= KEPT:
                self._noted.clear()
            self._noted[part.name] = part.day
