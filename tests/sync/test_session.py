"""The session: what goes out when, and that every row arrives over a link that does what it likes."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec import Raw, structs

from offers.changes import LeaseOp
from offers.model import Gtin, LaneId, StoreId
from offers.records import ClaimId, Incarnation, Row
from offers.serials import Lease
from sync.messages import Ack, Ask, ClaimAnswer, Delta, Manifest, Recalls, Rejected, Rows, Status
from sync.outbox_window import NeedRows
from sync.session import Facts, Known, Me, Session
from sync.steps import (
    ClaimAnswered,
    HqTime,
    NewDelta,
    NewLeases,
    NewManifest,
    NewRecalls,
    Outgoing,
    Pruned,
    Quarantine,
    Step,
    TailLost,
)

S, EPOCH = StoreId("S1"), Incarnation("a" * 16)
ME = Me(S, LaneId("2"), EPOCH, "0.1")
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
DELTAS, ACKS = "retail/v1/S1/down/delta", "retail/v1/S1/2/down/ack"
MANIFEST = Manifest(S, "g7", 7, NINE, "ab" * 32, 10, "cd" * 32, 20, 1, {}, delta_rev=5)


class Highest:
    """Dice that always show the most: every jitter is at its end."""

    def uniform(self, a: float, b: float) -> float:
        return b


def row(seq: int) -> Row:
    return Row(seq, "noted", NINE, Raw(b"{}"), "", "")


def rows(first: int, last: int) -> tuple[Row, ...]:
    return tuple(row(seq) for seq in range(first, last + 1))


def session(**known: object) -> Session:
    return Session(ME, Known(**known), Highest(), lambda: Facts(12, NINE))  # type: ignore[arg-type]


def sent(steps: list[Step]) -> list[int]:
    """Give the sequence numbers of the rows among the steps."""
    return [
        row.seq
        for step in steps
        if isinstance(step, Outgoing) and isinstance(step.message, Rows)
        for row in step.message.rows
    ]


def wish(steps: list[Step]) -> NeedRows:
    return next(step for step in steps if isinstance(step, NeedRows))


def test_the_birth_says_who_has_what() -> None:
    """The first word on a new connection is a retained status with the outbox's depth."""
    birth = session(
        last_seq=9, acked=4, generation="g6", manifest_rev=6, delta_rev=3, recall_rev=2
    ).connected(0.0, session_present=True)[0]
    status = Status(True, S, LaneId("2"), EPOCH, "g6", 3, 2, 5, 12, "0.1", NINE)
    assert birth == Outgoing("retail/v1/S1/2/up/status", "status/1", status, retain=True)


def test_the_will_says_offline() -> None:
    """What the broker publishes for a silent lane differs in one word."""
    will = session().will()
    assert isinstance(will.message, Status)
    assert not will.message.online
    assert will.retain


def test_a_connection_sends_what_is_not_acknowledged() -> None:
    """From the row after the acknowledged one, in batches of 64, as one message each."""
    lane = session(last_seq=100, acked=10)
    steps = lane.connected(0.0, session_present=True)
    assert wish(steps) == NeedRows(10, 64)
    first = lane.offer_rows(10, rows(11, 74))
    assert sent(first) == list(range(11, 75))
    assert wish(first) == NeedRows(74, 64)
    assert sent(lane.offer_rows(74, rows(75, 100))) == list(range(75, 101))


def test_a_new_row_is_sent_at_once() -> None:
    """While the link is up and the window has room, nothing waits."""
    lane = session()
    assert lane.row_written(1, 0.0) == []
    lane.connected(0.0, session_present=True)
    lane.offer_rows(0, rows(1, 1))
    assert lane.row_written(2, 0.1) == [NeedRows(1, 64)]
    assert lane.row_written(3, 0.1) == []
    steps = lane.offer_rows(1, rows(2, 2))
    assert sent(steps) == [2]
    assert wish(steps) == NeedRows(2, 64)


def test_the_window_holds_1024_rows() -> None:
    """With 1024 rows on their way nothing more is asked for until an acknowledgement."""
    lane = session(last_seq=2000)
    steps = lane.connected(0.0, session_present=True)
    while wishes := [step for step in steps if isinstance(step, NeedRows)]:
        after, limit = wishes[0].after, wishes[0].limit
        steps = lane.offer_rows(after, rows(after + 1, after + limit))
    assert after + limit == 1024
    steps = lane.received(ACKS, Ack(EPOCH, 10), 0.5)
    assert wish(steps) == NeedRows(1024, 10)


def test_an_acknowledgement_prunes_and_a_repeat_does_not() -> None:
    """Only a new high-water mark prunes, with HQ's rejections and its time."""
    lane = session(last_seq=5)
    ack = Ack(EPOCH, 4, (Rejected(3, "malformed"),), NINE)
    assert lane.received(ACKS, ack, 0.0) == [HqTime(NINE), Pruned(4, ack.rejected)]
    assert lane.received(ACKS, ack, 0.0) == [HqTime(NINE)]
    assert lane.received(ACKS, Ack(EPOCH, 3), 0.0) == []


def test_another_incarnations_acknowledgement_is_ignored() -> None:
    """A retained acknowledgement of the journal before this one says nothing about this one."""
    lane = session(last_seq=5)
    assert lane.received(ACKS, Ack(Incarnation("b" * 16), 4, at=NINE), 0.0) == []


def test_an_acknowledgement_beyond_the_journal_shows_a_lost_tail() -> None:
    """Headquarters has rows that the journal has not: nothing is pruned, the lane must know."""
    lane = session(last_seq=5)
    assert lane.received(ACKS, Ack(EPOCH, 6), 0.0) == [TailLost(6, 5)]
    assert wish(lane.connected(0.0, session_present=True)) == NeedRows(0, 64)


def test_silence_sends_again_with_back_off() -> None:
    """After 3 s (the longest throw), then 6, 12, 24, 48, 96 s and no more; progress starts over."""
    lane = session(last_seq=2)
    lane.connected(0.0, session_present=True)
    lane.offer_rows(0, rows(1, 2))
    waits, now = [], 0.0
    for _ in range(7):
        due = lane.next_deadline()
        assert due is not None
        waits.append(due - now)
        now = due
        assert lane.on_deadline(now) == [NeedRows(0, 64)]
        assert sent(lane.offer_rows(0, rows(1, 2))) == [1, 2]
    assert waits == [3.0, 6.0, 12.0, 24.0, 48.0, 96.0, 96.0]
    lane.received(ACKS, Ack(EPOCH, 1), now)
    assert lane.next_deadline() == now + 3.0


def test_rows_after_a_hole_are_not_sent() -> None:
    """Order is what HQ's acknowledgement counts on; the deadline asks again."""
    lane = session(last_seq=9)
    lane.connected(0.0, session_present=True)
    assert sent(lane.offer_rows(0, (row(1), row(3), row(4)))) == [1]


def test_rows_that_come_too_late_are_not_sent() -> None:
    """A connection that began anew asked anew: the old answer is dropped."""
    lane = session(last_seq=9)
    lane.connected(0.0, session_present=True)
    lane.offer_rows(0, rows(1, 4))
    lane.disconnected()
    assert lane.offer_rows(4, rows(5, 9)) == []
    assert wish(lane.connected(1.0, session_present=True)) == NeedRows(0, 64)


def test_an_answer_from_before_a_rewind_is_not_sent() -> None:
    """After the deadline went back to the acknowledged row, rows further on would make a hole."""
    lane = session(last_seq=9)
    lane.connected(0.0, session_present=True)
    assert wish(lane.offer_rows(0, rows(1, 4))) == NeedRows(4, 64)
    assert lane.on_deadline(3.0) == [NeedRows(0, 64)]
    assert sent(lane.offer_rows(4, rows(5, 9))) == []
    assert sent(lane.offer_rows(0, rows(1, 9))) == list(range(1, 10))


def delta(prev_rev: int, rev: int) -> Delta:
    return Delta(S, rev, prev_rev, ())


def test_deltas_in_order_are_news_and_repeats_are_not() -> None:
    """Each delta once, in order; an older one says nothing."""
    lane = session(delta_rev=3)
    assert lane.received(DELTAS, delta(3, 4), 0.0) == [NewDelta(delta(3, 4))]
    assert lane.received(DELTAS, delta(3, 4), 0.0) == []
    assert lane.received(DELTAS, delta(2, 3), 0.0) == []
    assert lane.received(DELTAS, delta(4, 6), 0.0) == [NewDelta(delta(4, 6))]


def ask(steps: list[Step]) -> Ask:
    return next(s.message for s in steps if isinstance(s, Outgoing) and isinstance(s.message, Ask))


def test_a_gap_asks_once_and_the_answer_closes_it() -> None:
    """The ask comes within 5 s and names my revision; HQ's answer reaches from there to its own."""
    lane = session(delta_rev=3)
    lane.connected(100.0, session_present=True)
    assert lane.received(DELTAS, delta(5, 6), 100.0) == []
    assert lane.next_deadline() == 105.0
    assert lane.on_deadline(104.9) == []
    assert ask(lane.on_deadline(105.0)) == Ask("deltas", EPOCH, "", 3)
    assert lane.received(DELTAS, delta(6, 7), 106.0) == []
    assert lane.received(DELTAS, delta(3, 7), 107.0) == [NewDelta(delta(3, 7))]
    lane.on_deadline(120.0)
    assert lane.next_deadline() is None


def test_asks_are_rate_limited() -> None:
    """Unanswered, they come 30, 60, 120, 240, 480 s apart (and 5 s of jitter), then no slower."""
    lane = session(delta_rev=3)
    lane.connected(0.0, session_present=True)
    lane.received(DELTAS, delta(5, 6), 0.0)
    times = []
    for _ in range(7):
        due = lane.next_deadline()
        assert due is not None
        times.append(due)
        ask(lane.on_deadline(due))
    gaps = [after - before for before, after in pairwise(times)]
    assert gaps == [35.0, 65.0, 125.0, 245.0, 485.0, 485.0]


def test_an_empty_answer_ends_the_asking() -> None:
    """With nothing missing, HQ answers with its revision twice; one that I know to lag does not count."""
    lane = session(delta_rev=3)
    lane.connected(0.0, session_present=False)
    assert ask(lane.on_deadline(5.0)).from_rev == 3
    lane.received(DELTAS, delta(3, 3), 6.0)
    assert lane.next_deadline() is None
    lane.received(DELTAS, delta(5, 6), 7.0)
    lane.received(DELTAS, delta(3, 3), 8.0)
    assert lane.next_deadline() is not None


def test_a_gap_outlives_a_cut() -> None:
    """A known gap is asked about on the next connection, even where the broker kept our session."""
    lane = session(delta_rev=3)
    lane.received(DELTAS, delta(5, 6), 0.0)
    lane.disconnected()
    assert lane.next_deadline() is None
    lane.connected(50.0, session_present=True)
    assert ask(lane.on_deadline(55.0)).from_rev == 3


def test_a_generation_folds_deltas_in() -> None:
    """What the generation holds need not be asked for, and the status says so at once."""
    lane = session(delta_rev=3)
    lane.connected(0.0, session_present=True)
    lane.received(DELTAS, delta(4, 5), 0.0)
    (told,) = lane.generation_live(MANIFEST)
    assert isinstance(told, Outgoing)
    assert isinstance(told.message, Status)
    assert (told.message.generation, told.message.delta_rev) == ("g7", 5)
    assert lane.next_deadline() is None


def test_a_manifest_is_offered_until_it_is_live() -> None:
    """Again after a reconnect, never once it serves, and never an older one."""
    lane = session(manifest_rev=6)
    topic = "retail/v1/S1/down/manifest"
    assert lane.received(topic, MANIFEST, 0.0) == [NewManifest(MANIFEST)]
    assert lane.received(topic, MANIFEST, 1.0) == [NewManifest(MANIFEST)]
    newer = structs.replace(MANIFEST, rev=8)
    assert lane.received(topic, newer, 2.0) == [NewManifest(newer)]
    assert lane.received(topic, MANIFEST, 3.0) == []
    lane.generation_live(newer)
    assert lane.received(topic, newer, 4.0) == []


def test_recalls_come_first_and_are_told_at_once() -> None:
    """A newer list is news, then the status shows that this lane has it; an older one is nothing."""
    lane = session(recall_rev=3)
    lane.connected(0.0, session_present=True)
    recalls = Recalls(S, 4, (Gtin("04006381333931"),))
    news, told = lane.received("retail/v1/S1/down/recall", recalls, 0.0)
    assert news == NewRecalls(recalls)
    assert isinstance(told, Outgoing)
    assert isinstance(told.message, Status)
    assert told.message.recall_rev == 4
    assert lane.received("retail/v1/S1/down/recall", recalls, 0.0) == []
    assert lane.received("retail/v1/S1/down/recall", Recalls(S, 3), 0.0) == []


def test_another_stores_letter_is_quarantined() -> None:
    """A right signature on words for another store changes nothing here."""
    lane = session()
    (step,) = lane.received(DELTAS, Delta(StoreId("S2"), 1, 0, ()), 0.0)
    assert isinstance(step, Quarantine)
    (step,) = lane.received(ACKS, Ask("leases", EPOCH), 0.0)
    assert isinstance(step, Quarantine)


def test_leases_of_this_incarnation_are_news() -> None:
    """A block for an earlier journal of this lane is never used again."""
    mine = Lease(7, S, LaneId("2"), EPOCH, "2026a")
    other = Lease(8, S, LaneId("2"), Incarnation("b" * 16), "2026a")
    letter = Delta(S, 0, 0, (LeaseOp(mine), LeaseOp(other)))
    assert session().received("retail/v1/S1/2/down/lease", letter, 0.0) == [NewLeases((mine,))]


def test_leases_are_asked_for_once_a_minute() -> None:
    """However often the lane sees that serials run low, and never without a link."""
    lane = session()
    assert lane.ask_leases(0.0) == []
    lane.connected(0.0, session_present=True)
    assert ask(lane.ask_leases(0.0)) == Ask("leases", EPOCH)
    assert lane.ask_leases(59.0) == []
    assert ask(lane.ask_leases(60.0)).what == "leases"


def test_a_claims_answer_goes_to_the_claims() -> None:
    """The session does not judge it."""
    answer = ClaimAnswer(ClaimId(EPOCH, 3), "000010010001", "grant")  # type: ignore[arg-type]
    assert session().received("retail/v1/S1/2/down/claim", answer, 0.0) == [ClaimAnswered(answer)]


def test_a_refused_publish_is_kept_and_rows_go_on() -> None:
    """The broker's refusal is news for store IT; the rows are tried again at their deadline."""
    lane = session(last_seq=1)
    lane.connected(0.0, session_present=True)
    lane.offer_rows(0, rows(1, 1))
    topic = "retail/v1/S1/2/up/rows"
    assert lane.refused(topic, "Not authorized") == [Quarantine(topic, "Not authorized")]
    assert lane.on_deadline(3.0) == [NeedRows(0, 64)]


def test_an_outbox_that_empties_is_told_within_ten_seconds() -> None:
    """Headquarters' screen follows without a message for each acknowledgement."""
    lane = session(last_seq=1)
    lane.connected(0.0, session_present=True)
    lane.received(ACKS, Ack(EPOCH, 1), 1.0)
    assert lane.next_deadline() == 11.0
    (told,) = lane.on_deadline(11.0)
    assert isinstance(told, Outgoing)
    assert isinstance(told.message, Status)
    assert told.message.outbox == 0


class LossyLink(RuleBasedStateMachine):
    """A lane with a journal and headquarters with a table, over a link that does what it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.journal: list[Row] = []
        self.acked = 0
        self.stored: dict[int, int] = {}  # sequence number -> how often it was applied
        self.up: list[Rows] = []
        self.down: list[Ack] = []
        self.wishes: list[NeedRows] = []
        self.online = False
        self.power_up()

    def power_up(self) -> None:
        known = Known(last_seq=len(self.journal), acked=self.acked)
        self.lane = Session(ME, known, random.Random(7), Facts)
        self.wishes.clear()

    def carry_out(self, steps: list[Step]) -> None:
        for step in steps:
            if isinstance(step, NeedRows):
                self.wishes.append(step)
            elif isinstance(step, Pruned):
                self.acked = step.upto
            elif isinstance(step, Outgoing) and isinstance(step.message, Rows):
                self.up.append(step.message)

    @rule()
    def write(self) -> None:
        self.journal.append(row(len(self.journal) + 1))
        self.carry_out(self.lane.row_written(len(self.journal), self.now))

    @rule()
    def connect(self) -> None:
        self.online = True
        self.carry_out(self.lane.connected(self.now, session_present=True))

    @rule()
    def cut(self) -> None:
        self.online = False
        self.lane.disconnected()

    @rule()
    def power_cut(self) -> None:
        self.online = False
        self.power_up()

    @precondition(lambda self: self.wishes)
    @rule(which=st.integers(0, 9))
    def read_journal(self, which: int) -> None:
        """The shell answers a wish, perhaps an old one, perhaps late."""
        wanted = self.wishes.pop(which % len(self.wishes))
        found = tuple(self.journal[wanted.after : wanted.after + wanted.limit])
        self.carry_out(self.lane.offer_rows(wanted.after, found))

    @precondition(lambda self: self.up)
    @rule(which=st.integers(0, 9), fate=st.sampled_from(["arrives", "is lost", "stays too"]))
    def goes_up(self, which: int, fate: str) -> None:
        index = which % len(self.up)
        message = self.up[index] if fate == "stays too" else self.up.pop(index)
        if fate != "is lost":
            self.store(message)

    @precondition(lambda self: self.down)
    @rule(which=st.integers(0, 9), lost=st.booleans())
    def comes_down(self, which: int, lost: bool) -> None:
        ack = self.down.pop(which % len(self.down))
        if not lost:
            self.carry_out(self.lane.received(ACKS, ack, self.now))

    @rule(seconds=st.floats(0, 200))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.carry_out(self.lane.on_deadline(self.now))

    @invariant()
    def nothing_is_pruned_that_hq_lacks(self) -> None:
        """The acknowledged mark never passes HQ's unbroken prefix, nor HQ the journal."""
        assert self.acked <= self.prefix() <= len(self.journal)

    def store(self, message: Rows) -> None:
        for each in message.rows:
            self.stored.setdefault(each.seq, 1)
        self.down.append(Ack(EPOCH, self.prefix()))

    def prefix(self) -> int:
        upto = 0
        while upto + 1 in self.stored:
            upto += 1
        return upto

    def teardown(self) -> None:
        """Whatever happened, a working link brings every row, and then there is silence."""
        self.connect()
        for _ in range(20):
            while self.wishes:
                self.read_journal(0)
            while self.up:
                self.goes_up(0, "arrives")
            while self.down:
                self.comes_down(0, lost=False)
            due = self.lane.next_deadline()
            if due is None:
                break
            self.time_passes(max(due - self.now, 0))
        assert self.prefix() == self.acked == len(self.journal)
        assert self.lane.next_deadline() is None


TestLossyLink = LossyLink.TestCase
TestLossyLink.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize("fault", ["a lost answer", "no fault"])
def test_the_shell_may_answer_with_nothing(fault: str) -> None:
    """A read that found no rows is no end: the deadline asks again."""
    lane = session(last_seq=1)
    lane.connected(0.0, session_present=True)
    if fault == "no fault":
        assert lane.offer_rows(0, ()) == []
    assert lane.on_deadline(3.0) == [NeedRows(0, 64)]
