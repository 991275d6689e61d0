"""Ask the arbiter for serials and wait, not longer than the till can: the shell of `sync.claims`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from ground.clock import Clock, within
from offers.records import ClaimId, Claiming, Seq
from sync.claims import LaneClaims, Outcome, Room
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
        wait_s: float,
    ) -> None:
        self._claims = claims
        self._send = send  # False where no arbiter can be reached now
        self._clock = clock
        self._wait_s = wait_s
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
        claims = [self._claims.start(row, seq, at, now_s) for row, seq in questions]
        futures = [loop.create_future() for _ in claims]
        self._waiting |= {c.claim: f for c, f in zip(claims, futures, strict=True)}
        sent = [self._send(claim) for claim in claims]
        if not all(sent):
            self._resolve(self._claims.unreachable(self._room()))
        try:
            return await within(
                asyncio.gather(*map(asyncio.shield, futures)), self._wait_s, self._clock
            )
        except TimeoutError:
            late_s = max(self._clock.monotonic_s(), now_s + self._wait_s)
            self._resolve(self._claims.on_deadline(late_s, self._room()))
            return [future.result() for future in futures]
        finally:
            for claim in claims:
                self._waiting.pop(claim.claim, None)

    def answered(self, answer: ClaimAnswer) -> None:
        """Take the arbiter's word."""
        record = self._claims.answered(answer)
        if record is not None:
            self._settle(record, answer.redeemed)

    def link_lost(self) -> None:
        """Settle at once whatever is waiting: no answer can come."""
        if self._waiting:
            self._resolve(self._claims.unreachable(self._room()))

    def _resolve(self, records: Sequence[Outcome]) -> None:
        for record in records:
            self._settle(record)

    def _settle(self, record: Outcome, redeemed: bool = False) -> None:
        future = self._waiting.get(record.claim)
        if future is not None and not future.done():
            future.set_result(Answered(record, redeemed))
