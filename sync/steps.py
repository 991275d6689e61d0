"""What a session wants done: messages to publish, rows to read, news for the lane."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from offers.changes import QuotaBackOp, QuotaOp
from offers.records import Seq
from offers.serials import Lease
from sync.messages import ClaimAnswer, Delta, Manifest, Recalls, Rejected, Tombstones
from sync.outbox_window import NeedRows


class Outgoing(Struct, frozen=True):
    """A message to publish."""

    topic: str
    schema: str
    message: Struct
    retain: bool = False


class Pruned(Struct, frozen=True):
    """Headquarters has every row up to here; the rejected ones go to the lane's quarantine."""

    upto: Seq
    rejected: tuple[Rejected, ...]


class HqTime(Struct, frozen=True):
    """Headquarters' own time: a floor for the lane's clock."""

    at: datetime


class TailLost(Struct, frozen=True):
    """Headquarters has rows of this incarnation that the journal has not: it lost its tail."""

    upto: Seq
    last: Seq


class NewManifest(Struct, frozen=True):
    """Pull this generation; say `generation_live` when it serves."""

    manifest: Manifest


class NewRecalls(Struct, frozen=True):
    """Put these recalls in force, before anything else."""

    recalls: Recalls


class NewTombstones(Struct, frozen=True):
    """Forget these shoppers; say `erased` when no file knows them any more."""

    tombstones: Tombstones


class NewDelta(Struct, frozen=True):
    """Apply this delta: it is the next one."""

    delta: Delta


class NewLeases(Struct, frozen=True):
    """New blocks of serials for this incarnation."""

    leases: tuple[Lease, ...]


class NewQuotas(Struct, frozen=True):
    """What this incarnation may give of offers' first Ns, and what is wanted back of it."""

    ops: tuple[QuotaOp | QuotaBackOp, ...]


class ClaimAnswered(Struct, frozen=True):
    """The arbiter's word, for `LaneClaims.answered`."""

    answer: ClaimAnswer


class Quarantine(Struct, frozen=True):
    """Words that this lane cannot take, or that the broker did not take from it; keep and go on."""

    topic: str
    why: str


News = (
    Pruned
    | HqTime
    | TailLost
    | NewManifest
    | NewRecalls
    | NewTombstones
    | NewDelta
    | NewLeases
    | NewQuotas
    | ClaimAnswered
    | Quarantine
)
Step = Outgoing | NeedRows | News
