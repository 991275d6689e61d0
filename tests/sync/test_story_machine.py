"""The same world as in `test_stories.py`, driven by hypothesis, which looks for the shortest bad story."""

from __future__ import annotations

import random

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.sync.story_lane import SERIALS, THEIRS
from tests.sync.story_world import World, stop

WHICH = st.integers(0, 30)
LANE = st.integers(0, 2)
FUSE = st.one_of(st.none(), st.integers(1, 6))  # calls until the power goes


class Stories(RuleBasedStateMachine):
    """Three lanes, an arbiter that moves, headquarters, crashes at every step."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(random.Random(1))

    @initialize(cap=st.sampled_from([0, 2]), seat=st.sampled_from(["1", "2", ""]))
    def begin(self, cap: int, seat: str) -> None:
        self.world.cap = cap
        self.world.hq.appoint(seat)

    @rule(lane=LANE, serial=st.sampled_from((*SERIALS[:2], THEIRS)), fuse=FUSE)
    def present(self, lane: int, serial: str, fuse: int | None) -> None:
        """A coupon is shown."""
        who, self.world.fuse = self.world.lanes[lane], fuse
        self.world.do(who, lambda: who.present(serial))

    @rule(lane=LANE, which=WHICH, fuse=FUSE)
    def pay(self, lane: int, which: int, fuse: int | None) -> None:
        """A sale is paid."""
        who, self.world.fuse = self.world.lanes[lane], fuse
        uses = sorted(who.uses())
        if uses:
            self.world.do(who, lambda: who.pay(uses[which % len(uses)]))

    @rule(lane=LANE, which=WHICH, fuse=FUSE)
    def undo(self, lane: int, which: int, fuse: int | None) -> None:
        """A sale is voided, or its goods come back."""
        who, self.world.fuse = self.world.lanes[lane], fuse
        uses = sorted(who.uses())
        if uses:
            self.world.do(who, lambda: who.undo(uses[which % len(uses)]))

    @rule(which=WHICH, again=st.booleans(), fuse=FUSE)
    def arrives(self, which: int, again: bool, fuse: int | None) -> None:
        """One message, whichever; perhaps it comes once more later."""
        self.world.fuse = fuse
        self.world.deliver(which, again)

    @rule(which=WHICH)
    def is_lost(self, which: int) -> None:
        self.world.lose(which)

    @rule(who=st.integers(0, 5), fuse=FUSE)
    def speaks(self, who: int, fuse: int | None) -> None:
        """Somebody says what is due."""
        somebody, self.world.fuse = self.world.everybody()[who], fuse
        self.world.do(somebody, somebody.speak)

    @rule(seconds=st.sampled_from([0.1, 0.6, 3.0]), fuse=FUSE)
    def time_passes(self, seconds: float, fuse: int | None) -> None:
        self.world.fuse = fuse
        self.world.pass_time(seconds)

    @rule()
    def store_link_flips(self) -> None:
        self.world.store_link_down = not self.world.store_link_down

    @rule(seat=st.sampled_from(["1", "2", ""]), fuse=FUSE)
    def seat_moves(self, seat: str, fuse: int | None) -> None:
        self.world.fuse = fuse
        self.world.do(self.world.hq, lambda: self.world.hq.appoint(seat))

    @invariant()
    def nothing_is_used_twice(self) -> None:
        self.world.check()

    def teardown(self) -> None:
        """Whatever happened: once the line is good, everything is in order."""
        self.world.heal()
        self.world.check_healed()
        stop(self.world)


TestStories = Stories.TestCase
TestStories.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)
