"""The arbiter of one store for one term: claims, oaths and words in, answers out. No I/O of its own.

Each call is one transaction of its ledger; its answer is sent after the commit. A new term grants
nothing until the arbiter has headquarters' copy, and of each lane that the seat names its oath and
the words of every row that the lane had when it swore.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol

from offers.model import LaneId
from offers.records import Incarnation, Seq
from sync.arbiter import Arbiter, Ledger
from sync.messages import Claim, ClaimAnswer, Copy, CopyAsk, Heard, Oath, Seat, Words


class Sworn(NamedTuple):
    """A lane's latest oath: which incarnation, and the last row that it had then."""

    epoch: Incarnation
    head: Seq


class TermLedger(Ledger, Protocol):
    """What an arbiter remembers of its term, besides who has which serial."""

    def sworn(self, lane: LaneId) -> Sworn | None:
        """Give a lane's latest oath."""

    def swear(self, lane: LaneId, sworn: Sworn) -> None:
        """Remember an oath."""

    def cursor(self, source: Incarnation) -> Seq | None:
        """Tell up to where everything of a source is here; None: nothing was agreed yet."""

    def move(self, source: Incarnation, upto: Seq) -> None:
        """Remember that everything of a source is here up to a number."""

    def copied(self) -> str | None:
        """Tell up to which serial headquarters' copy is here; None where all of it is."""

    def copied_to(self, serial: str | None) -> None:
        """Remember how far the copy has come."""

    def feed(self) -> Incarnation:
        """Name the numbering of headquarters' words."""

    def fed_by(self, source: Incarnation) -> None:
        """Remember the numbering of headquarters' words."""


class TailLost(Exception):  # noqa: N818 - what happened, not a kind of error
    """A lane was told of more than this ledger has: it is older than it was. A new term is due."""


class StoreArbiter:
    """One seat, and its ledger."""

    def __init__(self, seat: Seat, ledger: TermLedger) -> None:
        self._seat = seat
        self._ledger = ledger
        self._arbiter = Arbiter(ledger)

    @property
    def term(self) -> int:
        """The term that it was named for."""
        return self._seat.term

    @property
    def open(self) -> bool:
        """Tell whether it may grant."""
        return not self.missing()

    def missing(self) -> tuple[str, ...]:
        """Name what has to come before the first grant: headquarters' copy, lanes."""
        lanes = tuple(lane for lane in self._seat.lanes if not self._heard_all(lane))
        return ("hq", *lanes) if self._ledger.copied() is not None else lanes

    def on_claim(self, claim: Claim, where: str, at: datetime) -> ClaimAnswer | None:
        """Grant or deny a claim of a lane of this store; None: not now, or it has not sworn."""
        if claim.term != self.term or self._ledger.cursor(claim.claim.epoch) is None:
            return None
        return self.on_relayed(claim, where, at)

    def on_relayed(self, claim: Claim, where: str, at: datetime) -> ClaimAnswer | None:
        """Grant or deny a claim that headquarters vouches for; None: not now."""
        return self._arbiter.on_claim(claim, where, at, self.term) if self.open else None

    def on_oath(self, lane: LaneId, oath: Oath) -> Heard | None:
        """Take an oath; the answer says where its words must begin. None: say it again later.

        Before headquarters' copy it is too early: what the copy says of a serial came first.
        """
        if oath.term != self.term or self._ledger.copied() is not None:
            return None
        for word in oath.held:
            self._arbiter.apply(word)
        self._ledger.swear(lane, Sworn(oath.epoch, oath.head))
        cursor = self._ledger.cursor(oath.epoch)
        if cursor is None:
            cursor = 0
            self._ledger.move(oath.epoch, cursor)
        return Heard(self.term, oath.epoch, cursor)

    def on_words(self, words: Words) -> Heard | None:
        """Take the next words of a lane, or of headquarters.

        Raises:
            TailLost: the source was told that more of its words are here than are.
        """
        cursor = self._ledger.cursor(words.source)
        if words.term != self.term or cursor is None:
            return None
        if words.acked > cursor:
            raise TailLost(f"{words.source} has an answer for {words.acked}, here is {cursor}")
        if words.after <= cursor < words.upto:
            for word in words.words:
                self._arbiter.apply(word)
            cursor = words.upto
            self._ledger.move(words.source, cursor)
        return Heard(self.term, words.source, cursor)

    def copy_ask(self) -> CopyAsk | None:
        """Say what to ask headquarters for; None once its copy is here."""
        at = self._ledger.copied()
        return None if at is None else CopyAsk(self.term, at)

    def on_copy(self, copy: Copy) -> None:
        """Take a part of headquarters' copy, if it is the next one.

        What changes there meanwhile comes again as words: from the place where the first part stood.
        """
        if copy.term != self.term or copy.after != self._ledger.copied():
            return
        if not copy.after:
            self._ledger.fed_by(copy.source)
            for source, upto in {**copy.cursors, copy.source: copy.feed}.items():
                self._ledger.move(source, upto)
        for word in copy.words:
            self._arbiter.apply(word)
        self._ledger.copied_to(None if copy.last else copy.upto)

    def feed_heard(self) -> Heard | None:
        """Say up to where headquarters' words are here; None before its copy is."""
        source = self._ledger.feed()
        cursor = self._ledger.cursor(source)
        done = self._ledger.copied() is None and cursor is not None
        return Heard(self.term, source, cursor) if done and cursor is not None else None

    def _heard_all(self, lane: LaneId) -> bool:
        sworn = self._ledger.sworn(lane)
        if sworn is None:
            return False
        cursor = self._ledger.cursor(sworn.epoch)
        return cursor is not None and cursor >= sworn.head
