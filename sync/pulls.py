"""Pull a blob in chunks: the lane asks, headquarters answers, and a recall never waits behind it.

Two chunks are under way at once. Calls in, steps out; no file, no socket, no clock.
"""

from __future__ import annotations

from msgspec import Struct

from sync.messages import CHUNK_BYTES, BlobAsk

CREDIT = 2  # one chunk on the wire while the other is written; more delays a recall for nothing
REASK_S = 5.0  # two chunks take 0.3 s at 100 KB/s
REASK_MAX_S = 60.0


class Chunk(Struct, frozen=True):
    """A piece of a blob, as it came."""

    sha256: str
    offset: int
    data: bytes


class Keep(Struct, frozen=True):
    """Write these bytes next, before the asks that follow."""

    offset: int
    data: bytes


class Done(Struct, frozen=True):
    """Every byte came; whether they are the right ones, the hash says."""

    sha256: str


class Bad(Struct, frozen=True):
    """Headquarters' chunks do not fit the manifest: give up the part."""

    why: str


Step = Keep | BlobAsk | Done | Bad


class Pull:
    """One blob on its way. After a reconnect call `start` again with what the file holds."""

    def __init__(self, sha256: str, size: int) -> None:
        self.sha256, self.size = sha256, size
        self.have = 0
        self._asked = 0
        self._wait_s = REASK_S
        self._deadline: float | None = None

    def start(self, have_bytes: int, now: float) -> list[Step]:
        """Ask from where the file ends; a torn last chunk is asked for again."""
        whole = have_bytes if have_bytes == self.size else have_bytes - have_bytes % CHUNK_BYTES
        if have_bytes > self.size:
            return self._give_up(f"{have_bytes} bytes are here, the blob has {self.size}")
        self.have, self._wait_s = whole, REASK_S
        return self._ask_again(now)

    def chunk(self, chunk: Chunk, now: float) -> list[Step]:
        """Take a chunk. Repeats, chunks of another blob and chunks after a hole are ignored."""
        if self._deadline is None or chunk.sha256 != self.sha256 or chunk.offset != self.have:
            return []
        due = min(CHUNK_BYTES, self.size - self.have)
        if len(chunk.data) != due:
            return self._give_up(f"{len(chunk.data)} bytes at {chunk.offset}, {due} are due")
        self.have += due
        self._wait_s = REASK_S
        self._deadline = now + self._wait_s
        return [Keep(chunk.offset, chunk.data), *self._next()]

    def stop(self) -> None:
        """Wait for the next `start`: the link is down, or a newer manifest came."""
        self._deadline = None

    def next_deadline(self) -> float | None:
        """Tell when to call `on_deadline`; None while nothing is awaited."""
        return self._deadline

    def on_deadline(self, now: float) -> list[Step]:
        """Ask again from the first missing byte, waiting twice as long after it."""
        if self._deadline is None or now < self._deadline:
            return []
        self._wait_s = min(2 * self._wait_s, REASK_MAX_S)
        return self._ask_again(now)

    def _next(self) -> list[Step]:
        if self.have == self.size:
            self._deadline = None
            return [Done(self.sha256)]
        if self._asked >= self.size:
            return []
        ask = BlobAsk(self.sha256, self._asked, 1)
        self._asked += CHUNK_BYTES
        return [ask]

    def _ask_again(self, now: float) -> list[Step]:
        if self.have == self.size:
            return self._next()
        self._asked = self.have + CREDIT * CHUNK_BYTES
        self._deadline = now + self._wait_s
        return [BlobAsk(self.sha256, self.have, CREDIT)]

    def _give_up(self, why: str) -> list[Step]:
        self._deadline = None
        return [Bad(why)]


def spans(ask: BlobAsk, size: int) -> list[tuple[int, int]]:
    """Say which (offset, length) of the blob answer an ask: none where it points past the end."""
    starts = (ask.offset + number * CHUNK_BYTES for number in range(ask.credit))
    return [(start, min(CHUNK_BYTES, size - start)) for start in starts if start < size]
