"""A plan's bytes. Nothing here opens a port; nothing here sends ESC @.

What stands above a slip's code is the same for every print of an offer; its commands are kept, so
that the next print costs little but its code and its serial. Commands are named as in Epson's
ESC/POS reference.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from printer.items import Cut, Item, NativeBars, NativeQr
from printer.pen import CUT as CUT, Modes, Pen, Style, Written
from printer.plan_types import Plan
from printer.profile import Profile

FENCE = b"\x1dr\x01"  # GS r 1, answered with one byte in the order of the stream


class Job(Struct, frozen=True):
    """A job's bytes in parts of whole commands; a fence may stand between any two of them."""

    parts: tuple[bytes, ...]
    moved_dots: int = 0

    @property
    def data(self) -> bytes:
        """Give all the bytes."""
        return b"".join(self.parts)


def encode(plan: Plan, profile: Profile) -> bytes:
    """Give the bytes of a plan as they go to the printer, fences left out."""
    return encode_job(plan.items, profile).data


def encode_job(items: Iterable[Item], profile: Profile) -> Job:
    """Give the bytes of a job in parts no longer than the profile's `part_bytes`."""
    pen = Pen(profile)
    pen.begin()
    for shared, own in _slips(items):
        pen.go_on(_shared(shared, pen.written.modes, pen.written.style, profile))
        for item in own:
            pen.put(item)
    pen.rest()
    return _in_parts(pen.written, profile.part_bytes)


def resting(profile: Profile) -> bytes:
    """Give the bytes that put a printer back to its power-on modes."""
    pen = Pen(profile)
    pen.rest()
    return b"".join(pen.written.commands)


def process_id(four: bytes) -> bytes:
    """Ask for four characters (32 to 126) back once all before them is printed: GS ( H, fn 48."""
    return b"\x1d(H\x06\x0000" + four


def _slips(items: Iterable[Item]) -> Iterable[tuple[tuple[Item, ...], list[Item]]]:
    """Cut a job into slips, and each slip into what stands above its native code, and the rest."""
    shared: list[Item] = []
    own: list[Item] = []
    for item in items:
        below = own or isinstance(item, NativeQr | NativeBars)
        (own if below else shared).append(item)
        if isinstance(item, Cut):
            yield tuple(shared), own
            shared, own = [], []
    yield tuple(shared), own


@lru_cache(maxsize=32)
def _shared(
    items: tuple[Item, ...], modes: Modes, style: Style | None, profile: Profile
) -> Written:
    """Write items once for all prints that begin them in the same modes; 32 slips are some 1 MB."""
    pen = Pen(profile, modes, style)
    for item in items:
        pen.put(item)
    return pen.written


def _in_parts(written: Written, part_bytes: int) -> Job:
    """Put whole commands together, as many as make a part."""
    parts: list[bytes] = []
    waiting: list[bytes] = []
    size = 0
    for command in written.commands:
        if waiting and size + len(command) > part_bytes:
            parts.append(b"".join(waiting))
            waiting, size = [], 0
        waiting.append(command)
        size += len(command)
    return Job(tuple(parts + [b"".join(waiting)] * bool(waiting)), written.moved)
