"""When to say what to headquarters. Calls go in, steps come out; no socket, no clock, no dice.

The shell's whole loop: carry out the steps that a call returned, wait until `next_deadline`, call
`on_deadline`. Times are seconds on any clock that only goes forward. A step is a message to
publish, a wish (`NeedRows`), or news for the lane.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from ground.dice import Dice
from offers.changes import LeaseOp, QuotaBackOp, QuotaOp
from offers.model import LaneId, StoreId
from offers.records import Incarnation, Row, Seq
from sync.delta_feed import DeltaFeed
from sync.messages import (
    Ack,
    Ask,
    ClaimAnswer,
    Delta,
    Manifest,
    Recalls,
    Rows,
    Status,
    Tombstones,
)
from sync.outbox_window import NeedRows, OutboxWindow
from sync.payload import NAMES
from sync.steps import (
    ClaimAnswered,
    HqTime,
    NewDelta,
    NewLeases,
    NewManifest,
    NewQuotas,
    NewRecalls,
    NewTombstones,
    Outgoing,
    Pruned,
    Quarantine,
    Step,
    TailLost,
)
from sync.topics import Up, up

LEASES_EVERY_S = 60.0  # a lane near its last serial asks until headquarters answers
STATUS_WITHIN_S = 10.0  # changes that nobody waits for are told together


class Me(Struct, frozen=True):
    """Who is speaking."""

    store: StoreId
    lane: LaneId
    epoch: Incarnation
    app: str = ""
    boot: str = ""
    schema: int = 0


class Known(Struct, frozen=True):
    """What the journal says at start."""

    last_seq: Seq = 0
    acked: Seq = 0
    generation: str = ""
    manifest_rev: int = 0
    delta_rev: int = 0
    recall_rev: int = 0
    tombstone_rev: int = 0
    erased_rev: int = 0


class Facts(Struct, frozen=True):
    """What only the shell knows when a status goes out."""

    oldest_s: int = 0
    clock: datetime | None = None


class Session:
    """One incarnation's talk with headquarters."""

    def __init__(self, me: Me, known: Known, dice: Dice, facts: Callable[[], Facts]) -> None:
        self._me = me
        self._facts = facts
        self._outbox = OutboxWindow(known.acked, known.last_seq, dice)
        self._feed = DeltaFeed(known.delta_rev, dice)
        self._generation = known.generation
        self._live_rev = self._offered_rev = known.manifest_rev
        self._recall_rev = known.recall_rev
        self._tombstone_rev, self._erased_rev = known.tombstone_rev, known.erased_rev
        self._online = False
        self._status_at: float | None = None
        self._leases_not_before = 0.0

    def connected(self, now: float, session_present: bool) -> list[Step]:
        """Say who is here, send what is not acknowledged; ask for deltas if the broker forgot us."""
        self._online, self._leases_not_before = True, now
        if not session_present or self._feed.missing:
            self._feed.ask_soon(now)
        return [self._status(True), *_one(self._outbox.connected(now))]

    def disconnected(self) -> None:
        """Wait for the next connection."""
        self._online, self._status_at = False, None
        self._outbox.disconnected()
        self._feed.silent()

    def row_written(self, seq: Seq, now: float) -> list[Step]:
        """A row is durable: send it when its turn comes."""
        return _one(self._outbox.written(seq, now))

    def offer_rows(self, after: Seq, rows: tuple[Row, ...]) -> list[Step]:
        """Answer a `NeedRows`: rows after `after`, in order, perhaps none."""
        send = self._outbox.fed(after, rows)
        if not send:
            return _one(self._outbox.more()) if after != self._outbox.sent else []
        return [self._say("rows", Rows(self._me.epoch, send)), *_one(self._outbox.more())]

    def received(self, topic: str, message: Struct, now: float) -> list[Step]:
        """Take a message that was read and, where it is a letter, verified."""
        if isinstance(message, Manifest | Recalls | Tombstones | Delta):
            return self._on_letter(topic, message, now)
        if isinstance(message, Ack):
            return self._on_ack(message, now)
        if isinstance(message, ClaimAnswer):
            return [ClaimAnswered(message)]
        return [Quarantine(topic, f"{type(message).__name__} is nothing for a lane")]

    def refused(self, topic: str, why: str) -> list[Step]:
        """The broker refused a publish for good; rows are tried again at their deadline."""
        return [Quarantine(topic, why)]

    def generation_live(self, manifest: Manifest) -> list[Step]:
        """The pulled generation serves from now on."""
        self._generation, self._live_rev = manifest.generation, manifest.rev
        self._feed.folded(manifest.delta_rev)
        return self._tell_now()

    def erased(self, rev: int) -> list[Step]:
        """Nothing at this lane knows the erased shoppers of this list any more."""
        if rev == self._erased_rev:
            return []
        self._erased_rev = rev
        return self._tell_now()

    def ask_leases(self, now: float) -> list[Step]:
        """Ask for serial blocks, at most once a minute; call it whenever they run low."""
        if not self._online or now < self._leases_not_before:
            return []
        self._leases_not_before = now + LEASES_EVERY_S
        return [self._say("ask", Ask("leases", self._me.epoch, self._generation))]

    def will(self) -> Outgoing:
        """Give the status that the broker publishes when this lane falls silent."""
        return self._status(False)

    def next_deadline(self) -> float | None:
        """Tell when to call `on_deadline`; None when there is nothing to wait for."""
        times = (self._outbox.next_deadline(), self._feed.next_deadline(), self._status_at)
        return min((time for time in times if time is not None), default=None)

    def on_deadline(self, now: float) -> list[Step]:
        """Do what is due: send rows again, ask for deltas, tell the status."""
        steps = _one(self._outbox.on_deadline(now))
        if self._feed.on_deadline(now):
            ask = Ask("deltas", self._me.epoch, self._generation, self._feed.rev)
            steps.append(self._say("ask", ask))
        if self._status_at is not None and now >= self._status_at:
            steps += self._tell_now()
        return steps

    def _on_letter(
        self, topic: str, letter: Manifest | Recalls | Tombstones | Delta, now: float
    ) -> list[Step]:
        if letter.store != self._me.store:
            return [Quarantine(topic, f"a letter for the store {letter.store}")]
        if isinstance(letter, Recalls):
            return self._on_recalls(letter)
        if isinstance(letter, Tombstones):
            return self._on_tombstones(letter)
        if isinstance(letter, Manifest):
            return self._on_manifest(letter)
        if topic.endswith("/lease"):
            return self._on_own(letter)
        return self._on_delta(letter, now)

    def _on_ack(self, ack: Ack, now: float) -> list[Step]:
        if ack.epoch != self._me.epoch:
            return []
        steps: list[Step] = [HqTime(ack.at)] if ack.at else []
        if ack.upto > self._outbox.last:
            return [*steps, TailLost(ack.upto, self._outbox.last)]
        if self._outbox.acknowledged(ack, now):
            # the next rows go first: they need not wait until the lane's disk has the mark
            steps += [*_one(self._outbox.more()), Pruned(ack.upto, ack.rejected)]
            self._tell_soon(now)
        return steps

    def _on_recalls(self, recalls: Recalls) -> list[Step]:
        if recalls.rev <= self._recall_rev:
            return []
        self._recall_rev = recalls.rev
        return [NewRecalls(recalls), *self._tell_now()]

    def _on_tombstones(self, letter: Tombstones) -> list[Step]:
        if letter.rev <= self._tombstone_rev:
            return []
        self._tombstone_rev = letter.rev
        return [NewTombstones(letter)]

    def _on_manifest(self, manifest: Manifest) -> list[Step]:
        if manifest.rev <= self._live_rev or manifest.rev < self._offered_rev:
            return []
        self._offered_rev = manifest.rev  # offered again after a reconnect, until it is live
        return [NewManifest(manifest)]

    def _on_delta(self, delta: Delta, now: float) -> list[Step]:
        news = self._feed.heard(delta, now)
        if news is None:
            return []
        self._tell_soon(now)
        return [NewDelta(news)]

    def _on_own(self, delta: Delta) -> list[Step]:
        """Take what is for this incarnation alone: blocks of serials, and quotas."""
        epoch, ops = self._me.epoch, delta.ops
        leases = (op.lease for op in ops if isinstance(op, LeaseOp))
        mine = tuple(lease for lease in leases if lease.epoch == epoch)
        words = (op for op in ops if isinstance(op, QuotaOp | QuotaBackOp))
        quotas = tuple(op for op in words if op.epoch == epoch)
        return [*([NewLeases(mine)] if mine else []), *([NewQuotas(quotas)] if quotas else [])]

    def _tell_soon(self, now: float) -> None:
        if self._online and self._status_at is None:
            self._status_at = now + STATUS_WITHIN_S

    def _tell_now(self) -> list[Step]:
        self._status_at = None
        return [self._status(True)] if self._online else []

    def _status(self, online: bool) -> Outgoing:
        facts = self._facts()
        status = Status(
            online=online,
            store=self._me.store,
            lane=self._me.lane,
            epoch=self._me.epoch,
            generation=self._generation,
            delta_rev=self._feed.rev,
            recall_rev=self._recall_rev,
            erased_rev=self._erased_rev,
            outbox=self._outbox.depth,
            oldest_s=facts.oldest_s,
            app=self._me.app,
            clock=facts.clock,
            boot=self._me.boot,
            schema=self._me.schema,
        )
        topic = up(self._me.store, self._me.lane, "status")
        return Outgoing(topic, NAMES[Status], status, retain=True)

    def _say(self, what: Up, message: Struct) -> Outgoing:
        topic = up(self._me.store, self._me.lane, what)
        return Outgoing(topic, NAMES[type(message)], message)


def _one(wish: NeedRows | None) -> list[Step]:
    return [wish] if wish is not None else []
