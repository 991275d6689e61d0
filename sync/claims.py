"""Single use, the lane's half: it asks the one arbiter of a serial. Records out, no I/O.

The rules that keep it safe, each broken once in `tests/sync/claim_model.py`: the CLAIMING row is
durable before the question; every new try is a new attempt; an answer counts for its own attempt
only; a denial is final; a release leaves a tombstone; the arbiter never lets a claim expire.
`sync.arbiter` is the other half; `docs/claims.md` tells the whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from msgspec import Struct, structs

from offers.model import Serial
from offers.records import (
    ClaimDenied,
    ClaimGranted,
    ClaimId,
    Claiming,
    ClaimProvisional,
    ClaimReleased,
    Incarnation,
    Seq,
)
from sync.messages import Claim, ClaimAnswer

ANSWER_S = 0.8  # HQ's answer over a store's uplink; the till's own limit for a claim is 1 s
Why = Literal["timeout", "crash", "void", "removed", "not_given", "suspended", "returned"]
Outcome = ClaimGranted | ClaimDenied | ClaimReleased | ClaimProvisional
Link = Literal["hq", "store"]


class Room(Struct, frozen=True):
    """How much more may be accepted without an answer: the tightest of lane, store and shopper."""

    count: int = 0
    money_minor: int = 0
    each_minor: int | None = None  # the most that one coupon may be worth; None: any

    def less(self, value_minor: int) -> Room | None:
        """Give what is left after one more acceptance; None where it does not fit."""
        fits = self.each_minor is None or value_minor <= self.each_minor
        if self.count < 1 or value_minor > self.money_minor or not fits:
            return None
        return Room(self.count - 1, self.money_minor - value_minor, self.each_minor)


class Way(Struct, frozen=True):
    """How a question reaches its arbiter. `term` 0: by way of headquarters, whoever sits there."""

    link: Link = "hq"
    term: int = 0
    answer_s: float = ANSWER_S


class Attempt(Struct, frozen=True):
    """One try to use one serial. It holds the serial once granted or accepted provisionally."""

    claim: ClaimId
    serial: Serial
    value_minor: int
    deadline: float
    holds: bool = False
    link: Link = "hq"
    term: int = 0


class LaneClaims:
    """The lane's half. Every method returns the records to journal, before anyone is told."""

    def __init__(self, epoch: Incarnation, answer_s: float = ANSWER_S) -> None:
        self._epoch = epoch
        self._answer_s = answer_s
        self._attempts: dict[ClaimId, Attempt] = {}

    def start(
        self, row: Claiming, seq: Seq, at: datetime, now: float, way: Way | None = None
    ) -> Claim:
        """Ask for a serial; call it after the CLAIMING row with this sequence number is durable."""
        way = way or Way(answer_s=self._answer_s)
        claim, value = ClaimId(self._epoch, seq), row.value_minor
        due = now + way.answer_s
        self._attempts[claim] = Attempt(claim, row.serial, value, due, False, way.link, way.term)
        return Claim(claim, row.serial, row.coupon_number, row.offer_id, row.uid, at, way.term)

    def answered(self, answer: ClaimAnswer) -> ClaimGranted | ClaimDenied | None:
        """Take the arbiter's word; None where nobody waits for it: too late, or a repeat."""
        attempt = self._attempts.get(answer.claim)
        if attempt is None or attempt.holds or attempt.serial != answer.serial:
            return None
        if attempt.term and attempt.term != answer.term:
            return None  # an arbiter that was replaced speaks to nobody
        if answer.answer == "grant":
            self._attempts[attempt.claim] = structs.replace(attempt, holds=True)
            return ClaimGranted(attempt.claim, attempt.serial)
        del self._attempts[attempt.claim]
        return ClaimDenied(attempt.claim, attempt.serial, answer.where, answer.when)

    def next_deadline(self) -> float | None:
        """Tell when to call `on_deadline`; None while nobody waits."""
        return min((attempt.deadline for attempt in self._waiting()), default=None)

    def on_deadline(self, now: float, room: Room) -> list[ClaimReleased | ClaimProvisional]:
        """Settle every attempt whose answer is late: provisionally while there is room."""
        return self._settle((a for a in self._waiting() if a.deadline <= now), room)

    def unreachable(
        self, room: Room, link: Link | None = None
    ) -> list[ClaimReleased | ClaimProvisional]:
        """Settle every waiting attempt at once: the link to the arbiter is down, or its term is over.

        Args:
            room: how much may be accepted without an answer.
            link: only what was asked over this link.
        """
        lost = (attempt for attempt in self._waiting() if link in (None, attempt.link))
        return self._settle(lost, room)

    def cancel(self, claim: ClaimId, why: Why) -> ClaimReleased | None:
        """Give an attempt up, waiting or holding; None where there is none."""
        attempt = self._attempts.pop(claim, None)
        return ClaimReleased(claim, attempt.serial, why) if attempt else None

    def used(self, claim: ClaimId) -> None:
        """Forget an attempt whose redemption is in the journal."""
        self._attempts.pop(claim, None)

    def resume(self, claim: ClaimId, serial: Serial, value_minor: int) -> None:
        """Take back an attempt that held its serial before a restart."""
        self._attempts[claim] = Attempt(claim, serial, value_minor, 0.0, holds=True)

    def holding(self) -> list[Attempt]:
        """List the attempts that hold their serial, the oldest first."""
        return [attempt for attempt in self._attempts.values() if attempt.holds]

    def _waiting(self) -> list[Attempt]:
        return [attempt for attempt in self._attempts.values() if not attempt.holds]

    def _settle(
        self, late: Iterable[Attempt], room: Room
    ) -> list[ClaimReleased | ClaimProvisional]:
        records: list[ClaimReleased | ClaimProvisional] = []
        for attempt in late:
            left = room.less(attempt.value_minor)
            if left is not None:
                room = left
                self._attempts[attempt.claim] = structs.replace(attempt, holds=True)
                records.append(ClaimProvisional(attempt.claim, attempt.serial, attempt.value_minor))
            else:
                del self._attempts[attempt.claim]
                records.append(ClaimReleased(attempt.claim, attempt.serial, "timeout"))
        return records


def released_at_crash(waiting: Iterable[tuple[ClaimId, Serial]]) -> list[ClaimReleased]:
    """Give the records for CLAIMING rows that a crash left without an outcome."""
    return [ClaimReleased(claim, serial, "crash") for claim, serial in waiting]
