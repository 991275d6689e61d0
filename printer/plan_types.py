"""A plan as a value."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from printer.items import Item

Rung = Literal["nv", "full", "half", "words"]


class Plan(Struct, frozen=True):
    """What will stand on the paper, and why so.

    `reason` says what was chosen against which deadline, `notes` what was left out and why
    (a broken picture, letters that the font lacks).
    """

    rung: Rung
    items: tuple[Item, ...]
    reason: str
    size_bytes: int
    seconds: float
    notes: tuple[str, ...] = ()
