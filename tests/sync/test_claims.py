"""The claim protocol's two halves, apart and together over a network that does what it likes."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from offers.model import CouponNumber, OfferId
from offers.records import (
    ClaimDenied,
    ClaimGranted,
    ClaimId,
    Claiming,
    ClaimProvisional,
    ClaimReleased,
    Incarnation,
    Uid,
)
from sync.arbiter import Arbiter
from sync.claims import LaneClaims, Room, Way, released_at_crash
from sync.messages import Claim, ClaimAnswer
from tests.arbiter_suite import NINE, SERIAL, ArbiterSuite, MemoryLedger
from tests.sync.claim_model import Message, Model, Try, World

LANE = Incarnation("1" * 16)
ROW = Claiming(Uid("0" * 32), SERIAL, CouponNumber("9501101530003"), OfferId("jam"), 150)
FIRST = ClaimId(LANE, 11)
OFFLINE, ONE = Room(0, 0), Room(1, 1000)


class TestArbiterInMemory(ArbiterSuite):
    """The suite over the tests' own ledger."""

    @pytest.fixture
    def ledger(self) -> MemoryLedger:
        return MemoryLedger()


@pytest.fixture
def lane() -> LaneClaims:
    claims = LaneClaims(LANE)
    claims.start(ROW, 11, NINE, now=100.0)
    return claims


def answer(word: str, claim: ClaimId = FIRST) -> ClaimAnswer:
    return ClaimAnswer(claim, SERIAL, word, "S1/2", NINE)  # type: ignore[arg-type]


def test_the_question_names_its_row() -> None:
    """The claim id is the incarnation and the sequence number of the CLAIMING row."""
    claim = LaneClaims(LANE).start(ROW, 11, NINE, now=0.0)
    assert claim == Claim(FIRST, SERIAL, ROW.coupon_number, ROW.offer_id, ROW.uid, NINE)


def test_a_grant_holds_the_serial(lane: LaneClaims) -> None:
    """A granted attempt waits for nothing more and holds its serial."""
    assert lane.answered(answer("grant")) == ClaimGranted(FIRST, SERIAL)
    assert lane.next_deadline() is None
    assert [attempt.claim for attempt in lane.holding()] == [FIRST]


def test_a_denial_ends_the_attempt(lane: LaneClaims) -> None:
    """A denial carries where and when the serial went, and nothing is left to give back."""
    assert lane.answered(answer("deny")) == ClaimDenied(FIRST, SERIAL, "S1/2", NINE)
    assert lane.cancel(FIRST, "void") is None


def test_answers_to_other_attempts_are_ignored(lane: LaneClaims) -> None:
    """Neither an old attempt's grant nor a repeat moves this one."""
    assert lane.answered(answer("grant", ClaimId(LANE, 10))) is None
    assert lane.answered(answer("grant", ClaimId(Incarnation("2" * 16), 11))) is None
    assert lane.holding() == []
    lane.answered(answer("grant"))
    assert lane.answered(answer("deny")) is None
    assert [attempt.claim for attempt in lane.holding()] == [FIRST]


def test_an_answer_for_another_serial_is_ignored(lane: LaneClaims) -> None:
    """A confused arbiter cannot grant what nobody asked for."""
    assert lane.answered(ClaimAnswer(FIRST, "000010020002", "grant")) is None  # type: ignore[arg-type]


def test_no_answer_in_800_ms_gives_the_claim_back(lane: LaneClaims) -> None:
    """At the deadline, and not before; the grant that comes later changes nothing."""
    assert lane.next_deadline() == pytest.approx(100.8)
    assert lane.on_deadline(100.7, OFFLINE) == []
    assert lane.on_deadline(100.8, OFFLINE) == [ClaimReleased(FIRST, SERIAL, "timeout")]
    assert lane.answered(answer("grant")) is None
    assert lane.holding() == []


def test_within_the_caps_a_late_answer_means_provisional(lane: LaneClaims) -> None:
    """Room for one use of 10.00 takes the first attempt and gives the second one back."""
    lane.start(ROW, 12, NINE, now=100.0)
    assert lane.on_deadline(101.0, ONE) == [
        ClaimProvisional(FIRST, SERIAL, 150),
        ClaimReleased(ClaimId(LANE, 12), SERIAL, "timeout"),
    ]
    assert [attempt.claim for attempt in lane.holding()] == [FIRST]


@pytest.mark.parametrize("room", [Room(0, 1000), Room(1, 149)])
def test_both_caps_bind(lane: LaneClaims, room: Room) -> None:
    """A count used up refuses, and so does money that does not reach for this coupon."""
    assert lane.unreachable(room) == [ClaimReleased(FIRST, SERIAL, "timeout")]


def test_one_coupon_may_be_worth_so_much_and_both_together_more(lane: LaneClaims) -> None:
    """The cap on a single coupon is no cap on their sum."""
    lane.start(ROW, 12, NINE, now=100.0)
    assert len(lane.unreachable(Room(2, 300, each_minor=150))) == 2
    assert [a.claim.attempt for a in lane.holding()] == [11, 12]


def test_a_coupon_above_the_cap_of_one_is_refused(lane: LaneClaims) -> None:
    """There is money left, but not for a single coupon of that worth."""
    assert lane.unreachable(Room(2, 300, 149)) == [ClaimReleased(FIRST, SERIAL, "timeout")]


def test_only_what_was_asked_over_a_link_is_lost_with_it(lane: LaneClaims) -> None:
    """The store's broker falls: what headquarters was asked goes on waiting."""
    lane.start(ROW, 12, NINE, 100.0, Way("store", 3, 0.3))
    assert lane.next_deadline() == pytest.approx(100.3)
    second = ClaimId(LANE, 12)
    assert lane.unreachable(OFFLINE, "store") == [ClaimReleased(second, SERIAL, "timeout")]
    assert lane.answered(answer("grant")) == ClaimGranted(FIRST, SERIAL)


def test_an_arbiter_of_another_term_grants_nothing(lane: LaneClaims) -> None:
    """Asked in term 3: the word of term 2, still under way, is nobody's."""
    lane.start(ROW, 12, NINE, 100.0, Way("store", 3, 0.3))
    second = ClaimId(LANE, 12)
    assert lane.answered(ClaimAnswer(second, SERIAL, "grant", term=2)) is None
    granted = lane.answered(ClaimAnswer(second, SERIAL, "grant", term=3))
    assert granted == ClaimGranted(second, SERIAL)


def test_a_link_that_is_down_settles_at_once(lane: LaneClaims) -> None:
    """Nobody waits 800 ms for an arbiter that cannot be reached."""
    assert lane.unreachable(Room(1, 150)) == [ClaimProvisional(FIRST, SERIAL, 150)]
    assert lane.next_deadline() is None


def test_a_void_gives_back_whatever_there_is(lane: LaneClaims) -> None:
    """Waiting or holding, an attempt is released once; used up, it is not."""
    assert lane.cancel(FIRST, "void") == ClaimReleased(FIRST, SERIAL, "void")
    assert lane.cancel(FIRST, "void") is None
    lane.resume(FIRST, SERIAL, 150)
    assert [attempt.claim for attempt in lane.holding()] == [FIRST]
    lane.used(FIRST)
    assert lane.cancel(FIRST, "void") is None


@given(st.lists(st.tuples(st.sampled_from(["claim", "release", "report"]), st.integers(0, 3))))
def test_the_arbiter_does_what_the_model_does(messages: list[tuple[str, int]]) -> None:
    """For any order of any messages, holder, tombstones and flags agree with the searched model."""
    ids = [ClaimId(Incarnation(str(lane) * 16), n) for lane in (0, 1) for n in (1, 2)]
    tries = [Try(lane, n) for lane in (0, 1) for n in (1, 2)]
    ledger = MemoryLedger()
    arbiter, model = Arbiter(ledger), Model()
    world = World((), None, frozenset(), frozenset(), frozenset(), frozenset(), 0)
    for word, which in messages:
        tell(arbiter, word, ids[which])
        world = model.deliver(world, Message(word, tries[which]))  # type: ignore[arg-type]
    named = dict(zip(ids, tries, strict=True))
    holding = ledger.holding(SERIAL)
    assert (named[holding.claim] if holding else None) == world.holder
    over = {named[claim] for _, claim in ledger.graves}
    assert over == world.released | world.denied
    assert {named[claim] for _, claim in ledger.duplicates} == world.flagged


def tell(arbiter: Arbiter, word: str, claim: ClaimId) -> None:
    if word == "claim":
        arbiter.on_claim(
            Claim(claim, SERIAL, ROW.coupon_number, ROW.offer_id, ROW.uid, NINE), "", NINE
        )
    elif word == "release":
        arbiter.on_release(SERIAL, claim)
    else:
        arbiter.on_report(SERIAL, claim, "", NINE)


Record = ClaimReleased | ClaimProvisional


@dataclass
class Till:
    """A lane as the machine sees it: its claims, and a journal that a crash leaves whole."""

    epoch: Incarnation
    claims: LaneClaims
    journal: list[object] = field(default_factory=list)
    waiting: ClaimId | None = None  # the CLAIMING row without an outcome
    used: dict[ClaimId, str] = field(default_factory=dict)  # online or provisional
    cap_left: int = 2


class ThreeLanes(RuleBasedStateMachine):
    """Three lanes, one serial, one arbiter, and a network that never forgets a message."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = MemoryLedger()
        self.arbiter = Arbiter(self.ledger)
        epochs = [Incarnation(str(number) * 16) for number in range(3)]
        self.lanes = [Till(epoch, LaneClaims(epoch)) for epoch in epochs]
        self.up: list[Claim | Record] = []
        self.down: list[ClaimAnswer] = []
        self.policy = "deny"
        self.now = 0.0

    @initialize(policy=st.sampled_from(["deny", "offline"]))
    def choose(self, policy: str) -> None:
        self.policy = policy

    @rule(lane=st.integers(0, 2))
    def present(self, lane: int) -> None:
        """A coupon is scanned: the row first, then the question."""
        till = self.lanes[lane]
        if till.waiting or till.used:
            return
        till.journal.append(ROW)
        till.waiting = ClaimId(till.epoch, len(till.journal))
        self.up.append(till.claims.start(ROW, len(till.journal), NINE, self.now))

    @precondition(lambda self: self.up)
    @rule(which=st.integers(0, 99), again=st.booleans())
    def goes_up(self, which: int, again: bool) -> None:
        """A message arrives, perhaps once more later; claims may be lost, rows never for good."""
        index = which % len(self.up)
        message = self.up[index]
        if not again and isinstance(message, Claim):
            del self.up[index]
        self.deliver(message)

    @precondition(lambda self: self.up)
    @rule(which=st.integers(0, 99))
    def is_lost(self, which: int) -> None:
        index = which % len(self.up)
        if isinstance(self.up[index], Claim):
            del self.up[index]

    @precondition(lambda self: self.down)
    @rule(which=st.integers(0, 99), again=st.booleans())
    def comes_down(self, which: int, again: bool) -> None:
        index = which % len(self.down)
        answer = self.down[index] if again else self.down.pop(index)
        for till in self.lanes:
            outcome = till.claims.answered(answer)
            if outcome is None:
                continue
            till.journal.append(outcome)
            till.waiting = None
            if isinstance(outcome, ClaimGranted):
                till.used[outcome.claim] = "online"

    @rule(seconds=st.floats(0, 2))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        for till in self.lanes:
            room = Room(till.cap_left, 10_000) if self.policy == "offline" else OFFLINE
            self.record(till, till.claims.on_deadline(self.now, room))

    @rule(lane=st.integers(0, 2))
    def crash(self, lane: int) -> None:
        """The process dies; what the journal holds is restored or released at start."""
        till = self.lanes[lane]
        till.claims = LaneClaims(till.epoch)
        for claim in till.used:
            till.claims.resume(claim, SERIAL, ROW.value_minor)
        open_rows = [(till.waiting, SERIAL)] if till.waiting else []
        self.record(till, released_at_crash(open_rows))

    @rule(lane=st.integers(0, 2))
    def void(self, lane: int) -> None:
        till = self.lanes[lane]
        for claim in [*till.used, till.waiting]:
            released = till.claims.cancel(claim, "void") if claim else None
            self.record(till, [released] if released else [])

    @invariant()
    def s1_one_online_redemption(self) -> None:
        """Never two redemptions that the arbiter granted."""
        online = [c for till in self.lanes for c, how in till.used.items() if how == "online"]
        assert len(online) <= 1
        if self.policy == "deny":
            assert sum(len(till.used) for till in self.lanes) <= 1

    @invariant()
    def s2_the_bound(self) -> None:
        """Never more uses than one and the provisional ones, and those within the caps."""
        uses = [how for till in self.lanes for how in till.used.values()]
        assert len(uses) <= 1 + uses.count("provisional")
        assert all(till.cap_left >= 0 for till in self.lanes)

    def teardown(self) -> None:
        """The link heals: L1, no serial is locked unused or free though used; L2, all flagged."""
        self.time_passes(2.0)
        before = None
        while before != (state := (dict(self.ledger.holdings), dict(self.ledger.graves))):
            before = state
            for message in self.up:
                self.deliver(message)
        used = {claim for till in self.lanes for claim in till.used}
        holding = self.ledger.holding(SERIAL)
        holder = holding.claim if holding else None
        assert holder in used if used else holder is None
        flagged = {claim for _, claim in self.ledger.duplicates}
        assert used - {holder} <= flagged

    def record(self, till: Till, records: list[Record] | list[ClaimReleased]) -> None:
        for record in records:
            till.journal.append(record)
            self.up.append(record)
            if till.waiting == record.claim:
                till.waiting = None
            if isinstance(record, ClaimProvisional):
                till.used[record.claim] = "provisional"
                till.cap_left -= 1
            else:
                till.used.pop(record.claim, None)

    def deliver(self, message: Claim | Record) -> None:
        if isinstance(message, Claim):
            self.down.append(self.arbiter.on_claim(message, "S1", NINE))
        elif isinstance(message, ClaimReleased):
            self.arbiter.on_release(message.serial, message.claim)
        else:
            self.arbiter.on_report(message.serial, message.claim, "S1", NINE)


TestThreeLanes = ThreeLanes.TestCase
TestThreeLanes.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
