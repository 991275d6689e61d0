"""The arbiter of the store, where this lane's agent is it: its ledger's file, and a thread for it.

What a call answers is on the disk before it is sent. `sync.store_arbiter` has the rules.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from cache.journal import Journal
from ground.clock import Clock
from offers.model import LaneId
from offers.records import Incarnation, Seq
from sync.messages import (
    Claim,
    ClaimAnswer,
    Copy,
    CopyAsk,
    Heard,
    Oath,
    Relayed,
    Seat,
    Words,
)
from sync.store_arbiter import StoreArbiter, TailLost
from sync.term_file import TermFile

log = logging.getLogger("tillside.arbiter")

DECISIONS = 500  # told to headquarters in one message
META = "arbiter"  # in the journal: "term:name" of the ledger that this lane began
T = TypeVar("T")


class Standing(NamedTuple):
    """How the arbiter stands: its term, what it waits for, and what it has to tell headquarters."""

    term: int
    missing: tuple[str, ...]
    source: Incarnation
    decided: Seq


class LedgerLost(Exception):  # noqa: N818 - what happened, not a kind of error
    """The ledger of a term is gone, or older than it was: only a new term helps."""


class ArbiterHost:
    """One seat at a time. Every call runs in the ledger's own thread, as one transaction."""

    def __init__(self, directory: Path, journal: Journal, clock: Clock) -> None:
        self._directory = directory
        self._journal = journal
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="arbiter")
        self._file: TermFile | None = None
        self._arbiter: StoreArbiter | None = None
        self.seat: Seat | None = None

    async def begin(self, seat: Seat) -> None:
        """Take a seat: go on with its ledger, or begin it.

        Raises:
            LedgerLost: this lane had a ledger of this term, and has it no more.
        """
        await self.leave()
        path = self._directory / f"arbiter-{seat.term}.db"
        said_term, _, said_name = (self._journal.meta(META) or "").partition(":")
        begun = said_term == str(seat.term)
        file = await self._in_thread(lambda: _open_or_make(path, seat.term, begun))
        if begun and file.name != said_name:
            await self._in_thread(file.close)
            raise LedgerLost(f"{path.name} is not the file that this lane began")
        await self._journal.set_meta(META, f"{seat.term}:{file.name}")
        self._file, self._arbiter, self.seat = file, StoreArbiter(seat, file), seat
        await self._in_thread(lambda: _drop_old(self._directory, seat.term))

    async def leave(self) -> None:
        """Answer nobody any more: the term is over."""
        file, self._file, self._arbiter, self.seat = self._file, None, None, None
        if file is not None:
            await self._in_thread(file.close)

    async def close(self) -> None:
        """Close the file and end the thread."""
        await self.leave()
        self._thread.shutdown(wait=False)

    async def claim(self, claim: Claim, where: str) -> ClaimAnswer | None:
        """Decide on a claim of a lane of this store."""
        at = self._clock.utc_now()
        return await self._ask(lambda arbiter: arbiter.on_claim(claim, where, at))

    async def relayed(self, relayed: Relayed) -> ClaimAnswer | None:
        """Decide on a claim that came by way of headquarters."""
        at = self._clock.utc_now()

        def decide(arbiter: StoreArbiter) -> ClaimAnswer | None:
            if relayed.term != arbiter.term:
                return None
            return arbiter.on_relayed(relayed.claim, relayed.where, at)

        return await self._ask(decide)

    async def oath(self, lane: LaneId, oath: Oath) -> Heard | None:
        """Take a lane's oath."""
        return await self._ask(lambda arbiter: arbiter.on_oath(lane, oath))

    async def words(self, words: Words) -> Heard | None:
        """Take words of a lane or of headquarters.

        Raises:
            LedgerLost: the source was told of more than is here.
        """
        try:
            return await self._ask(lambda arbiter: arbiter.on_words(words))
        except TailLost as lost:
            raise LedgerLost(str(lost)) from lost

    async def copy(self, copy: Copy) -> None:
        """Take a part of headquarters' copy."""
        await self._ask(lambda arbiter: arbiter.on_copy(copy))

    async def copy_ask(self) -> CopyAsk | None:
        """Say what to ask headquarters for."""
        return await self._ask(lambda arbiter: arbiter.copy_ask())

    async def feed_heard(self) -> Heard | None:
        """Say up to where headquarters' words are here."""
        return await self._ask(lambda arbiter: arbiter.feed_heard())

    async def decisions(self, after: Seq) -> Words | None:
        """Give the next decisions for headquarters."""
        file, arbiter = self._file, self._arbiter
        if file is None or arbiter is None:
            return None
        found = await self._in_thread(lambda: file.decided(after, DECISIONS))
        if not found:
            return None
        words = tuple(word for _, word in found)
        return Words(arbiter.term, file.name, after, found[-1][0], after, words)

    async def standing(self) -> Standing | None:
        """Say how the arbiter stands; None where this lane is none."""
        file = self._file
        if file is None:
            return None
        return await self._ask(
            lambda arbiter: Standing(
                arbiter.term, arbiter.missing(), file.name, file.last_decided()
            )
        )

    async def _ask(self, work: Callable[[StoreArbiter], T | None]) -> T | None:
        """Do one thing in one transaction; the answer is given after the commit."""
        file, arbiter = self._file, self._arbiter
        if file is None or arbiter is None:
            return None

        def run() -> T | None:
            with file.change():
                return work(arbiter)

        return await self._in_thread(run)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _open_or_make(path: Path, term: int, begun: bool) -> TermFile:
    try:
        file = TermFile.open(path)
        if file.term == term:
            return file
        file.close()
        raise sqlite3.DatabaseError(f"{path.name} is of the term {file.term}")
    except sqlite3.DatabaseError as error:
        if begun or path.exists():
            raise LedgerLost(str(error)) from error
    return TermFile.make(path, term, Incarnation(secrets.token_hex(8)))


def _drop_old(directory: Path, term: int) -> None:
    """Remove the files of terms before the last one."""
    for path in directory.glob("arbiter-*.db*"):
        number = path.name.removeprefix("arbiter-").partition(".")[0]
        if number.isdecimal() and int(number) < term - 1:
            with suppress(OSError):
                path.unlink()
