"""Ask the arbiter for serials and wait, not longer than the till can: the shell of `sync.claims`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from ground.clock import Clock, within
from offers.model import Serial
from offers.records import ClaimId, Claiming, Seq
from sync.claims import LaneClaims, Link, Outcome, Room, Way
from sync.messages import Claim, ClaimAnswer


class Answered(Struct, frozen=True):
    """How one attempt ended; `redeemed` tells a denial for good from one that may pass."""

    record: Outcome
    redeemed: bool = False


class ClaimLine:
    """One question per serial, all at once; an answer that comes too late is nobody's."""

    def __init__(
        self,
        claims: LaneClaims,
        send: Callable[[Claim], bool],
        clock: Clock,
        way_of: Callable[[Serial], Way],
    ) -> None:
        self._claims = claims
        self._send = send  # False where no arbiter can be reached now
        self._clock = clock
        self._way_of = way_of
        self._room: Callable[[], Room] = Room
        self._waiting: dict[ClaimId, asyncio.Future[Answered]] = {}

    @property
    def waiting(self) -> bool:
        """Tell whether a till waits for an arbiter."""
        return bool(self._waiting)

    async def ask(
        self, questions: Sequence[tuple[Claiming, Seq]], at: datetime, room: Callable[[], Room]
    ) -> list[Answered]:
        """Ask for serials, and give the outcomes in the same order.

        Args:
            questions: CLAIMING rows that are durable, with their sequence numbers.
            at: when they were written.
            room: tells how much may be accepted without an answer, asked only if none comes.
        """
        self._room = room
        loop = asyncio.get_running_loop()
        now_s = self._clock.monotonic_s()
        claims = [
            self._claims.start(row, seq, at, now_s, self._way_of(row.serial))
            for row, seq in questions
        ]
        futures = [loop.create_future() for _ in claims]
        self._waiting |= {c.claim: f for c, f in zip(claims, futures, strict=True)}
        sent = [self._send(claim) for claim in claims]
        if not all(sent):
            self._resolve(self._claims.unreachable(self._room()))
        try:
            while not all(future.done() for future in futures):
                await self._wait(futures)
            return [future.result() for future in futures]
        finally:
            for claim in claims:
                self._waiting.pop(claim.claim, None)

    async def _wait(self, futures: Sequence[asyncio.Future[Answered]]) -> None:
        """Wait for all answers, or until the first of them is too late."""
        due_s = self._claims.next_deadline() or 0.0
        left_s = max(0.0, due_s - self._clock.monotonic_s())
        try:
            await within(asyncio.gather(*map(asyncio.shield, futures)), left_s, self._clock)
        except TimeoutError:
            late_s = max(self._clock.monotonic_s(), due_s)
            self._resolve(self._claims.on_deadline(late_s, self._room()))

    def answered(self, answer: ClaimAnswer) -> None:
        """Take the arbiter's word."""
        record = self._claims.answered(answer)
        if record is not None:
            self._settle(record, answer.redeemed)

    def link_lost(self, link: Link | None = None) -> None:
        """Settle at once what waits for an answer over a link, or over any: none can come."""
        if self._waiting:
            self._resolve(self._claims.unreachable(self._room(), link))

    def _resolve(self, records: Sequence[Outcome]) -> None:
        for record in records:
            self._settle(record)

    def _settle(self, record: Outcome, redeemed: bool = False) -> None:
        future = self._waiting.get(record.claim)
        if future is not None and not future.done():
            future.set_result(Answered(record, redeemed))
