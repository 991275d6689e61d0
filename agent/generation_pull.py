"""Bring a generation onto this PC: pull its chunks, verify, open, warm, swap. Never half of one.

Once every chunk is here the rest goes on beside the link: unpacking a large file takes seconds, and
nothing that headquarters says meanwhile waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from cache.entries import Entry
from cache.errors import GenerationError
from cache.generation import Generation
from cache.journal import Journal
from ground.clock import Clock
from offers.records import Noted
from sync.blob_file import BadBlob, BlobFile
from sync.messages import BlobAsk, Manifest
from sync.pulls import Bad, Chunk, Done, Keep, Pull, Step

log = logging.getLogger("tillside.generation")

AGAIN_S = 30.0  # after bytes that were not what the manifest names
Install = Callable[[Manifest, Generation], Awaitable[None]]


class GenerationPull:
    """At most one generation under way: the newest that headquarters named."""

    def __init__(
        self, directory: Path, ask: Callable[[BlobAsk], None], install: Install, clock: Clock
    ) -> None:
        self._directory = directory
        self._ask = ask
        self._install = install
        self._clock = clock
        self._pull: Pull | None = None
        self._file: BlobFile | None = None
        self._again_at: float | None = None
        self._landing: asyncio.Task[None] | None = None
        self.on_idle: Callable[[], Awaitable[None]] = _nothing  # nothing is under way any more
        self.refused = 0  # blobs that were not what their manifest names

    @property
    def busy(self) -> bool:
        """Tell whether a generation is under way."""
        return self._pull is not None

    async def landed(self) -> None:
        """Wait until what was pulled is in force or refused."""
        if self._landing is not None:
            await asyncio.wait({self._landing})

    async def close(self) -> None:
        """Leave what is under way; a part that is whole is taken up at the next start."""
        if self._landing is not None:
            self._landing.cancel()
            await self.landed()

    async def want(self, manifest: Manifest) -> None:
        """Begin to pull a generation; whatever was under way before is left."""
        try:
            self._file = BlobFile(self._directory, manifest)
        except BadBlob as bad:
            self.refused += 1
            log.warning("! manifest refused: %s", bad.why)
            return
        self._pull = Pull(manifest.sha256, manifest.size)
        if await asyncio.to_thread(self._file.target.exists):  # rolled back to one that was kept
            self._land(self._file.target)
        else:
            await self._start()

    async def connected(self) -> None:
        """Go on where the file ends."""
        if self._pull is not None:
            await self._start()

    def disconnected(self) -> None:
        """Wait for the link."""
        if self._pull is not None:
            self._pull.stop()

    async def chunk(self, chunk: Chunk) -> None:
        """Take the next piece."""
        if self._pull is not None:
            await self._carry(self._pull.chunk(chunk, self._clock.monotonic_s()))

    def next_deadline(self) -> float | None:
        """Tell when to call `on_deadline`."""
        due = self._pull.next_deadline() if self._pull is not None else None
        return min((at for at in (due, self._again_at) if at is not None), default=None)

    async def on_deadline(self, now: float) -> None:
        """Ask again for what did not come. What went wrong beside the link is raised here."""
        if self._landing is not None and self._landing.done():
            landing, self._landing = self._landing, None
            landing.result()
        if self._again_at is not None and now >= self._again_at:
            self._again_at = None
            await self._start()
        elif self._pull is not None:
            await self._carry(self._pull.on_deadline(now))

    async def _start(self) -> None:
        assert self._pull is not None
        assert self._file is not None
        have = await asyncio.to_thread(self._file.have_bytes)
        await self._carry(self._pull.start(have, self._clock.monotonic_s()))

    async def _carry(self, steps: list[Step]) -> None:
        file = self._file
        assert file is not None
        for step in steps:
            match step:
                case Keep(offset, data):
                    await asyncio.to_thread(file.keep, offset, data)
                case BlobAsk():
                    self._ask(step)
                case Done():
                    self._land()
                case Bad(why):
                    assert self._pull is not None
                    await self._give_up(self._pull, file, why)

    def _land(self, kept: Path | None = None) -> None:
        pull, file = self._pull, self._file
        assert pull is not None
        assert file is not None
        self._landing = asyncio.create_task(self._bring_in(self._landing, pull, file, kept))

    async def _bring_in(
        self, before: asyncio.Task[None] | None, pull: Pull, file: BlobFile, kept: Path | None
    ) -> None:
        """Verify, open and install; one generation after the other."""
        if before is not None:
            await asyncio.wait({before})
        try:
            path = await asyncio.to_thread(file.finish) if kept is None else kept
            generation = await asyncio.to_thread(_opened, path, file.manifest.raw_sha256)
        except BadBlob as bad:
            await self._give_up(pull, file, bad.why)
        except GenerationError as error:
            await asyncio.to_thread(file.target.unlink, missing_ok=True)
            await self._give_up(pull, file, str(error))
        except OSError as error:
            log.warning("! generation %s waits: %s", file.manifest.generation, error)
            self._again(pull)
        else:
            await self._put_in_force(pull, file.manifest, generation)

    async def _put_in_force(self, pull: Pull, manifest: Manifest, generation: Generation) -> None:
        if self._pull is not pull:  # a newer one was named meanwhile
            generation.close()
            return
        await self._install(manifest, generation)
        if self._pull is pull:
            self._pull = None
            await self.on_idle()

    async def _give_up(self, pull: Pull, file: BlobFile, why: str) -> None:
        """The last good generation stays; try again later, from the first byte."""
        self.refused += 1
        log.warning("! generation %s refused: %s", file.manifest.generation, why)
        await asyncio.to_thread(file.discard)
        self._again(pull)

    def _again(self, pull: Pull) -> None:
        if self._pull is pull:
            self._again_at = self._clock.monotonic_s() + AGAIN_S


async def _nothing() -> None:
    pass


def _opened(path: Path, raw_sha256: str) -> Generation:
    generation = Generation.open(path, raw_sha256=raw_sha256)
    generation.warm()
    return generation


async def note_refused(generation: Generation, journal: Journal, clock: Clock) -> None:
    """Tell headquarters which offers this version cannot read: they are not offered here."""
    for offer_id, why in generation.refused.items():
        log.warning("! offer %s cannot be read and is not offered: %s", offer_id, why)
        await journal.append(Entry(Noted("offer_refused", f"{offer_id}: {why}"), clock.utc_now()))
