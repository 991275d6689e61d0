"""What a session wants done: messages to publish, rows to read, news for the lane."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from offers.records import Seq
from offers.serials import Lease
from sync.messages import ClaimAnswer, Delta, Manifest, Recalls, Rejected
from sync.outbox_window import NeedRows


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to publish."""

    topic: str
    schema: str
    message: Struct
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Pruned:
    """Headquarters has every row up to here; the rejected ones go to the lane's quarantine."""

    upto: Seq
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True, slots=True)
class HqTime:
    """Headquarters' own time: a floor for the lane's clock."""

    at: datetime


@dataclass(frozen=True, slots=True)
class TailLost:
    """Headquarters has rows of this incarnation that the journal has not: it lost its tail."""

    upto: Seq
    last: Seq


@dataclass(frozen=True, slots=True)
class NewManifest:
    """Pull this generation; say `generation_live` when it serves."""

    manifest: Manifest


@dataclass(frozen=True, slots=True)
class NewRecalls:
    """Put these recalls in force, before anything else."""

    recalls: Recalls


@dataclass(frozen=True, slots=True)
class NewDelta:
    """Apply this delta: it is the next one."""

    delta: Delta


@dataclass(frozen=True, slots=True)
class NewLeases:
    """New blocks of serials for this incarnation."""

    leases: tuple[Lease, ...]


@dataclass(frozen=True, slots=True)
class ClaimAnswered:
    """The arbiter's word, for `LaneClaims.answered`."""

    answer: ClaimAnswer


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Words that this lane cannot take, or that the broker did not take from it; keep and go on."""

    topic: str
    why: str


News = (
    Pruned
    | HqTime
    | TailLost
    | NewManifest
    | NewRecalls
    | NewDelta
    | NewLeases
    | ClaimAnswered
    | Quarantine
)
Step = Outgoing | NeedRows | News
