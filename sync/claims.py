"""Single use: a lane asks the one arbiter of a serial. Both halves; records out, no I/O.

The rules that keep it safe, each broken once in `tests/sync/claim_model.py`: the CLAIMING row is
durable before the question; every new try is a new attempt; an answer counts for its own attempt
only; a denial is final; a release leaves a tombstone; the arbiter never lets a claim expire.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, Protocol

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


class Room(Struct, frozen=True):
    """How much more may be accepted without an answer: the tightest of lane, store and shopper."""

    count: int = 0
    money_minor: int = 0


class Attempt(Struct, frozen=True):
    """One try to use one serial. It holds the serial once granted or accepted provisionally."""

    claim: ClaimId
    serial: Serial
    value_minor: int
    deadline: float
    holds: bool = False


class LaneClaims:
    """The lane's half. Every method returns the records to journal, before anyone is told."""

    def __init__(self, epoch: Incarnation, answer_s: float = ANSWER_S) -> None:
        self._epoch = epoch
        self._answer_s = answer_s
        self._attempts: dict[ClaimId, Attempt] = {}

    def start(self, row: Claiming, seq: Seq, at: datetime, now: float) -> Claim:
        """Ask for a serial; call it after the CLAIMING row with this sequence number is durable."""
        claim = ClaimId(self._epoch, seq)
        deadline = now + self._answer_s
        self._attempts[claim] = Attempt(claim, row.serial, row.value_minor, deadline)
        return Claim(claim, row.serial, row.coupon_number, row.offer_id, row.uid, at)

    def answered(self, answer: ClaimAnswer) -> ClaimGranted | ClaimDenied | None:
        """Take the arbiter's word; None where nobody waits for it: too late, or a repeat."""
        attempt = self._attempts.get(answer.claim)
        if attempt is None or attempt.holds or attempt.serial != answer.serial:
            return None
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

    def unreachable(self, room: Room) -> list[ClaimReleased | ClaimProvisional]:
        """Settle every waiting attempt at once: the link to the arbiter is down."""
        return self._settle(self._waiting(), room)

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
            if room.count > 0 and attempt.value_minor <= room.money_minor:
                room = Room(room.count - 1, room.money_minor - attempt.value_minor)
                self._attempts[attempt.claim] = structs.replace(attempt, holds=True)
                records.append(ClaimProvisional(attempt.claim, attempt.serial, attempt.value_minor))
            else:
                del self._attempts[attempt.claim]
                records.append(ClaimReleased(attempt.claim, attempt.serial, "timeout"))
        return records


def released_at_crash(waiting: Iterable[tuple[ClaimId, Serial]]) -> list[ClaimReleased]:
    """Give the records for CLAIMING rows that a crash left without an outcome."""
    return [ClaimReleased(claim, serial, "crash") for claim, serial in waiting]


class Holding(Struct, frozen=True):
    """Who has a serial: where it was claimed, when the arbiter heard of it, and whether it is used."""

    claim: ClaimId
    where: str
    when: datetime
    redeemed: bool = False


class Duplicate(Struct, frozen=True):
    """A use of a serial that another claim holds: an accepted risk, or a fault, never unflagged."""

    serial: Serial
    claim: ClaimId
    where: str
    when: datetime


Grave = Literal["released", "denied"]


class Ledger(Protocol):
    """What the arbiter remembers. Everything written in one call stands or falls together."""

    def holding(self, serial: Serial) -> Holding | None:
        """Tell who has the serial."""

    def hold(self, serial: Serial, holding: Holding) -> None:
        """Give the serial to a claim, or replace what is known of it."""

    def free(self, serial: Serial) -> None:
        """Take the serial back from whoever has it."""

    def grave(self, serial: Serial, claim: ClaimId) -> Grave | None:
        """Tell whether this claim is over, and how."""

    def bury(self, serial: Serial, claim: ClaimId, how: Grave) -> None:
        """Remember that this claim is over; "released" outlasts "denied"."""

    def flag(self, duplicate: Duplicate) -> None:
        """Remember a second use; the same claim again changes nothing."""


class Arbiter:
    """The one that decides who has a serial. The caller stores first, and answers after."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def on_claim(self, claim: Claim, where: str, at: datetime) -> ClaimAnswer:
        """Grant or deny, once and for ever: the same question gets the same answer."""
        holding = self._ledger.holding(claim.serial)
        if self._ledger.grave(claim.serial, claim.claim) is None:
            if holding is None:
                self._ledger.hold(claim.serial, Holding(claim.claim, where, at))
                return ClaimAnswer(claim.claim, claim.serial, "grant")
            if holding.claim == claim.claim:
                return ClaimAnswer(claim.claim, claim.serial, "grant")
            self._ledger.bury(claim.serial, claim.claim, "denied")
        if holding is None:
            return ClaimAnswer(claim.claim, claim.serial, "deny")
        where, when, redeemed = holding.where, holding.when, holding.redeemed
        return ClaimAnswer(claim.claim, claim.serial, "deny", where, when, redeemed)

    def on_release(self, serial: Serial, claim: ClaimId) -> None:
        """Free the serial if this very claim has it; the claim is over in any case."""
        holding = self._ledger.holding(serial)
        if holding is not None and holding.claim == claim:
            self._ledger.free(serial)
        self._ledger.bury(serial, claim, "released")

    def on_report(
        self, serial: Serial, claim: ClaimId, where: str, at: datetime
    ) -> Duplicate | None:
        """Take a use that was accepted without an answer, even after a denial; flag a second one."""
        return self._use(serial, Holding(claim, where, at))

    def on_redeemed(
        self, serial: Serial, claim: ClaimId, where: str, at: datetime
    ) -> Duplicate | None:
        """Take a finished redemption: the serial is used up, not only held."""
        return self._use(serial, Holding(claim, where, at, redeemed=True))

    def _use(self, serial: Serial, use: Holding) -> Duplicate | None:
        if self._ledger.grave(serial, use.claim) == "released":
            return None
        holding = self._ledger.holding(serial)
        if holding is None:
            self._ledger.hold(serial, use)
        elif holding.claim != use.claim:
            duplicate = Duplicate(serial, use.claim, use.where, use.when)
            self._ledger.flag(duplicate)
            return duplicate
        elif use.redeemed and not holding.redeemed:
            self._ledger.hold(serial, structs.replace(holding, redeemed=True))
        return None
