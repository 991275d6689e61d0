"""A bounded counter: never more than N in all, whatever is lost, late or over."""

from __future__ import annotations

import itertools

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from offers.budget import Holder, committed, left, newest, top_ups, water_line

A, B, C = (Holder("s1", lane, "e") for lane in "123")


def figures(shares):
    return {share.holder.lane: share.granted for share in shares}


def test_what_is_left():
    """Granted 10, 3 used, 2 promised: 5; more used than granted is none, not less."""
    assert (left(10, 3, 2), left(0, 0), left(3, 5), left(3, 1, 2)) == (5, 0, 0, 0)


def test_a_late_grant_changes_nothing():
    """Grants only grow: 5 after 8 is old news."""
    assert (newest(8, 5), newest(5, 8), newest(8, 8)) == (8, 8, 8)


def test_the_water_line():
    """100 among 5 lanes: 5, so that first grants of 10 put half out; never less than 1."""
    assert (water_line(100, 5), water_line(10, 4), water_line(0, 0)) == (5, 1, 1)


def test_lanes_that_run_low_are_filled_up():
    """Low water 4: nothing becomes 8; 3 left becomes 8; 4 left stays."""
    shares = top_ups(100, {A: 0, B: 10, C: 10}, {B: 7, C: 6}, [A, B, C], 4)
    assert figures(shares) == {"1": 8, "2": 15}


def test_scarce_ones_go_to_those_that_have_least():
    """5 free; A has 0, B 2, C 3: 3 for A and 1 for B make them equal, the last one is A's."""
    granted, used = {B: 6, C: 6}, {B: 4, C: 3}
    shares = top_ups(17, granted, used, [C, B, A], 5)
    assert figures(shares) == {"1": 4, "2": 7}
    assert top_ups(12, granted, used, [A, B, C], 5) == []
    assert figures(top_ups(13, granted, used, [A, B, C], 5)) == {"1": 1}


def test_only_what_came_back_is_granted_again():
    """C had 6 and used 2: its 4 can go to A once they came back, and not before."""
    granted, used = {C: 6}, {C: 2}
    assert committed(granted) == 6
    assert top_ups(6, granted, used, [A], 1) == []
    assert committed(granted, {C: 4}) == 2
    assert figures(top_ups(6, granted, used, [A], 3, {C: 4})) == {"1": 4}


def test_who_gave_back_is_granted_more_in_all():
    """A had 8, used 3 and gave 5 back: to have 4 again its figure, which only grows, is 12."""
    assert figures(top_ups(20, {A: 8}, {A: 3}, [A], 2, {A: 5})) == {"1": 12}


def test_a_lowered_total_takes_nothing_back():
    """N goes from 20 to 5 while 8 are out: nothing more is granted, and nothing breaks."""
    assert top_ups(5, {A: 8}, {A: 8}, [A, B], 2) == []


class Chain(RuleBasedStateMachine):
    """Headquarters and three lanes over a line that loses, repeats and reorders; lanes crash."""

    TOTAL = 25

    def __init__(self):
        super().__init__()
        self.epochs = itertools.count()
        self.granted, self.heard, self.back = {}, {}, {}  # at headquarters
        self.wire = []  # grants on their way, never removed: any may come again
        self.known, self.given, self.gave_back = {}, {}, {}  # at the lanes, by holder
        self.lanes = [self.new_holder(lane) for lane in "123"]

    def new_holder(self, lane):
        holder = Holder("s1", lane, f"e{next(self.epochs)}")
        self.known[holder] = self.given[holder] = self.gave_back[holder] = 0
        return holder

    @rule(low=st.integers(1, 6))
    def headquarters_tops_up(self, low):
        for share in top_ups(self.TOTAL, self.granted, self.heard, self.lanes, low, self.back):
            assert share.granted > self.granted.get(share.holder, 0)
            self.granted[share.holder] = share.granted
            self.wire.append(share)

    @rule(data=st.data())
    def a_grant_arrives(self, data):
        if self.wire:
            share = data.draw(st.sampled_from(self.wire))
            self.known[share.holder] = newest(self.known[share.holder], share.granted)

    @rule(n=st.integers(0, 2), times=st.integers(1, 5))
    def a_lane_gives(self, n, times):
        holder = self.lanes[n]
        for _ in range(times):
            if self.left(holder):
                self.given[holder] += 1

    def left(self, holder):
        return left(self.known[holder] - self.gave_back[holder], self.given[holder])

    @rule(n=st.integers(0, 2), count=st.integers(1, 4))
    def a_lane_gives_back(self, n, count):
        holder = self.lanes[n]
        self.gave_back[holder] += min(count, self.left(holder))

    @rule(n=st.integers(0, 2))
    def what_came_back_is_heard(self, n):
        self.back[self.lanes[n]] = self.gave_back[self.lanes[n]]

    @rule(n=st.integers(0, 2))
    def some_rows_come_in(self, n):
        holder = self.lanes[n]
        self.heard[holder] = max(self.heard.get(holder, 0), self.given[holder] - n)

    @rule(n=st.integers(0, 2))
    def a_lane_loses_its_journal(self, n):
        self.lanes[n] = self.new_holder(self.lanes[n].lane)

    @rule(n=st.integers(0, 2))
    def a_lane_is_retired_with_every_row_sent(self, n):
        holder = self.lanes[n]
        self.heard[holder] = self.given[holder]
        self.back[holder] = self.granted.get(holder, 0) - self.given[holder]
        self.lanes[n] = self.new_holder(holder.lane)

    @invariant()
    def never_more_than_the_total(self):
        assert sum(self.given.values()) <= self.TOTAL
        assert committed(self.granted, self.back) <= self.TOTAL


TestChain = Chain.TestCase
TestChain.settings = settings(max_examples=100, deadline=None)
