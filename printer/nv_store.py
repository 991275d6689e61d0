"""Which pictures one printer keeps in its NV memory: proved before use, written in the quiet hours.

What was written stands in a small file, by the pictures' names. Before it is believed, after each
connect and after each trouble, the printer lists its keys: another unit in its place, or one that
was reset, lists others, and its slips are sent with their pictures in full. Keys that somebody else
wrote, such as the shop's own logo, are never deleted nor overwritten.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ground.clock import Clock
from printer import nv
from printer.bitmap import Bitmap
from printer.escpos import FENCE, process_id
from printer.link import PrinterLink
from printer.profile import Profile
from printer.status import Block, Event, Fence, Info, ProcessId

_T = TypeVar("_T")

WRITES_A_DAY = 10  # TM-T88V technical reference guide, "NV Memory": ten a day at most
DAY = timedelta(hours=24)
ANSWER_S = 1.5
SLOWEST_BYTES_PER_S = 4096  # of NV memory; flash of its day writes four times that
ACK = b"\x06"  # the next block of keys, please
MAX_BLOCKS = 226  # 9,025 keys, 40 a block
ASK_SERIAL = b"\x1dID"  # GS I 68


class Kept(Struct, frozen=True):
    """What was written to which unit. `others` are keys that were there before."""

    unit: str = ""  # its serial number, where it tells one
    keys: dict[str, str] = {}  # picture's name -> key
    sizes: dict[str, int] = {}  # picture's name -> bytes
    others: tuple[str, ...] = ()
    free_bytes: int = -1
    written_at: tuple[datetime, ...] = ()  # of the last day


class Seen(Struct, frozen=True):
    """What a printer says of itself: serial number, keys, free bytes (-1: it does not say)."""

    unit: str
    keys: frozenset[str]
    free_bytes: int


class NvStore:
    """The pictures of one port's printer. Who calls it holds the port's lease.

    Args:
        path: the small file.
        profile: the printer.
        clock: for the day's budget.
    """

    def __init__(self, path: Path, profile: Profile, clock: Clock) -> None:
        self._path = path
        self._profile = profile
        self._clock = clock
        self._kept = _load(path)
        self._proved_on = 0  # the connection on which the list agreed; 0 is none

    @property
    def stored(self) -> nv.Stored:
        """Give the pictures that may be called up now: written, listed and not in doubt since."""
        if not self._proved_on:
            return {}
        return {name: key.encode("latin-1") for name, key in self._kept.keys.items()}

    @property
    def writes_left(self) -> int:
        """Count the writes that the last 24 hours leave."""
        since = self._clock.utc_now() - DAY
        return WRITES_A_DAY - sum(at > since for at in self._kept.written_at)

    def doubt(self) -> None:
        """Believe nothing until the printer has listed its pictures again."""
        self._proved_on = 0

    async def verify(self, link: PrinterLink) -> None:
        """Let the printer list its pictures, once a connection; nothing is asked if none were written."""
        if not self._kept.keys or self._proved_on == link.connections:
            return
        self._proved_on = 0
        seen = await self._ask(link)
        if seen is not None and _agrees(self._kept, seen):
            self._proved_on = link.connections

    async def bring_up_to(
        self, link: PrinterLink, ranked: Sequence[Bitmap], go_on: Callable[[], bool]
    ) -> str:
        """Write the best pictures that fit, as many as the day's budget leaves; say what was done.

        Args:
            link: to a printer that is ready and has nothing to print.
            ranked: the pictures, most useful first.
            go_on: asked before each write; False leaves the rest for another night.
        """
        seen = await self._ask(link)
        if seen is None:
            return "the printer does not list its pictures"
        self._settle_with(seen)
        room = max(0, seen.free_bytes) + sum(self._kept.sizes.values())
        keys = [key.encode("latin-1") for key in self._kept.keys.values()]
        others = [key.encode("latin-1") for key in self._kept.others]
        stored = {name: key.encode("latin-1") for name, key in self._kept.keys.items()}
        todo = nv.wanted(ranked, stored, keys, room, others)
        done = await self._carry_out(link, todo, go_on)
        self._proved_on = 0
        if done:
            after = await self._ask(link)
            if after is not None:
                self._keep(replace(self._kept, free_bytes=after.free_bytes))
        await self.verify(link)
        left = len(todo.delete) + len(todo.write) - done
        return f"{done} written or deleted, {left} left, {len(self.stored)} pictures ready"

    async def _carry_out(
        self, link: PrinterLink, todo: nv.Wanted, go_on: Callable[[], bool]
    ) -> int:
        steps: list[tuple[bytes, bytes, Bitmap | None]] = [
            *((nv.delete(key), key, None) for key in todo.delete),
            *((nv.define(key, bitmap), key, bitmap) for key, bitmap in todo.write),
        ]
        for done, (command, key, bitmap) in enumerate(steps):
            if not (go_on() and self.writes_left > 0):
                return done
            self._begin_write(key)
            if not await self._written(link, command):
                link.drop()
                return done
            if bitmap is not None:
                self._note(key, bitmap)
        return len(steps)

    async def _written(self, link: PrinterLink, command: bytes) -> bool:
        """Write, and wait in silence: the printer is deaf meanwhile."""
        seconds = (
            ANSWER_S + len(command) / self._profile.bytes_per_s + len(command) / SLOWEST_BYTES_PER_S
        )
        mark = b"nv%02d" % (len(self._kept.written_at) % 100)
        question = process_id(mark) if self._profile.process_id else FENCE
        fits = _is_id(mark) if self._profile.process_id else _is_fence
        return await link.query(command + question, fits, 4 * seconds) is not None

    def _begin_write(self, key: bytes) -> None:
        """Count a write and forget what its key held, before its first byte: a power cut comes amid it."""
        now = self._clock.utc_now()
        text = key.decode("latin-1")
        gone = {name for name, held in self._kept.keys.items() if held == text}
        written = tuple(at for at in self._kept.written_at if at > now - DAY)
        self._keep(
            replace(
                self._kept,
                keys=_without(self._kept.keys, gone),
                sizes=_without(self._kept.sizes, gone),
                written_at=(*written, now),
            )
        )

    def _note(self, key: bytes, bitmap: Bitmap) -> None:
        name = nv.picture_name(bitmap)
        keys = {**self._kept.keys, name: key.decode("latin-1")}
        self._keep(
            replace(self._kept, keys=keys, sizes={**self._kept.sizes, name: len(bitmap.rows)})
        )

    def _settle_with(self, seen: Seen) -> None:
        """Begin anew with a unit that is not the one that was written to."""
        if self._kept.keys and _agrees(self._kept, seen):
            ours = set(self._kept.keys.values())
            self._keep(replace(self._kept, others=tuple(sorted(seen.keys - ours))))
            return
        self._keep(
            Kept(
                unit=seen.unit,
                others=tuple(sorted(seen.keys)),
                free_bytes=seen.free_bytes,
                written_at=self._kept.written_at if seen.unit == self._kept.unit else (),
            )
        )

    async def _ask(self, link: PrinterLink) -> Seen | None:
        unit = ""
        if self._profile.info_text:
            said = await link.query(ASK_SERIAL, _is_info, ANSWER_S)
            unit = said.text if isinstance(said, Info) else ""
        keys: list[bytes] = []
        question = nv.ask_keys()
        for _ in range(MAX_BLOCKS):
            block = await link.query(question, _lists_keys, ANSWER_S)
            listed = nv.read_keys(block.data) if isinstance(block, Block) else None
            if listed is None:
                return None
            keys += listed[0]
            if not listed[1]:
                break
            question = ACK
        block = await link.query(nv.ask_room(), _tells_room, ANSWER_S)
        free = nv.read_room(block.data) if isinstance(block, Block) else None
        names = frozenset(key.decode("latin-1") for key in keys)
        return Seen(unit, names, -1 if free is None else free)

    def _keep(self, kept: Kept) -> None:
        """Write the file, whole or not at all."""
        self._kept = kept
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(kept)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)


def _load(path: Path) -> Kept:
    """Read the file; one that is not there or broken says that nothing is known of the memory."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except (OSError, msgspec.MsgspecError):
        return Kept()


def _agrees(kept: Kept, seen: Seen) -> bool:
    """Tell whether this is the unit that was written to, and it has what was written.

    Without a serial number, the whole list and the free bytes must be as they were left: keys are
    made from the pictures' own names, so that another unit's would have to be the same pictures.
    """
    ours = set(kept.keys.values())
    if kept.unit or seen.unit:
        return kept.unit == seen.unit and ours <= seen.keys
    return seen.keys == ours | set(kept.others) and seen.free_bytes == kept.free_bytes


def _without(table: dict[str, _T], names: Iterable[str]) -> dict[str, _T]:
    return {name: value for name, value in table.items() if name not in set(names)}


def _is_id(mark: bytes) -> Callable[[Event], bool]:
    return lambda event: event == ProcessId(mark)


def _is_fence(event: Event) -> bool:
    return isinstance(event, Fence)


def _is_info(event: Event) -> bool:
    return isinstance(event, Info)


def _lists_keys(event: Event) -> bool:
    return isinstance(event, Block) and nv.read_keys(event.data) is not None


def _tells_room(event: Event) -> bool:
    return isinstance(event, Block) and nv.read_room(event.data) is not None
