"""What decisions were made from, once each: offers, articles, lists, named by their content.

A sale's evidence then holds names of 16 bytes instead of the same offer's text once more. A name is
the beginning of the SHA-256 of the value's deterministic JSON, so whoever changes a kept value
changes its name, and the hash of every decision that names it no longer fits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple, NewType

import msgspec

PartName = NewType("PartName", bytes)
NAME_BYTES = 16  # of SHA-256: to make another value of the same name takes 2**128 tries
KEPT = 4096  # names in memory: the offers of a store, and the articles of some days' baskets
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
    """Names values, and knows which of them the journal noted today. Forgetting costs work, no more."""

    def __init__(self) -> None:
        self._named: dict[int, tuple[object, PartName]] = {}
        self._noted: dict[PartName, int] = {}

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

    def to_note(self, values: Mapping[PartName, object], day: int) -> tuple[Part, ...]:
        """Give what is to be written of these values: those that were not noted on this day."""
        noted = self._noted
        return tuple(
            Part(name, day, encode(value))
            for name, value in values.items()
            if noted.get(name) != day
        )

    def noted(self, parts: Iterable[Part]) -> None:
        """Take what was written."""
        for part in parts:
            if len(self._noted) >= KEPT:
                self._noted.clear()
            self._noted[part.name] = part.day
