"""What each lane knows: all, while it is connected; the past as it was and its own, while cut off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from offers.budget import Holder, left, newest, top_ups, water_line
from offers.model import PastUse

ONE_DAY = timedelta(days=1)


class Cut(NamedTuple):
    """A lane is out of reach from the morning of its first day to the evening of its last."""

    lane: str
    first: date
    last: date


class Line:
    """Who is cut off when: an event is heard by others once its lane is back, and they are not away."""

    def __init__(self, cuts: Iterable[Cut]) -> None:
        self._cuts = tuple(cuts)

    def cut(self, lane: str, day: date) -> Cut | None:
        """Give the cut that a lane is in."""
        return next((c for c in self._cuts if c.lane == lane and c.first <= day <= c.last), None)

    def told_on(self, lane: str, day: date) -> date:
        """Give the day on which the others hear of what a lane does."""
        cut = self.cut(lane, day)
        return cut.last + ONE_DAY if cut else day

    def heard_upto(self, lane: str, day: date) -> date:
        """Give the last day of which a lane has heard everything that was told."""
        cut = self.cut(lane, day)
        return cut.first - ONE_DAY if cut else day


class Memory:
    """Shared counters: what happened to shoppers, what was sold, what was granted of each first N."""

    def __init__(self, line: Line, lanes: tuple[str, ...], budgets: dict[str, int]) -> None:
        self.line = line
        self.holders = {lane: Holder("s1", lane, "e") for lane in lanes}
        self._past: defaultdict[int, list[tuple[str, date, PastUse]]] = defaultdict(list)
        self._budgets = budgets
        self._granted: dict[str, dict[Holder, int]] = {offer: {} for offer in budgets}
        self._known: dict[tuple[str, str], int] = {}
        self._used: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._heard: dict[str, dict[Holder, int]] = {offer: {} for offer in budgets}

    def note(self, lane: str, day: date, shopper: int, use: PastUse) -> None:
        """Write down what happened; `lane` "" is headquarters."""
        self._past[shopper].append((lane, self.line.told_on(lane, day), use))
        if use.kind == "issued" and use.offer_id in self._budgets:
            self._used[lane, use.offer_id] += 1

    def past(self, lane: str, day: date, shopper: int) -> tuple[PastUse, ...]:
        """Give what a lane knows of a shopper."""
        upto = self.line.heard_upto(lane, day)
        return tuple(use for by, told, use in self._past[shopper] if by == lane or told <= upto)

    def issues_left(self, lane: str) -> dict[str, int]:
        """Give what a lane may still print of each first N."""
        return {
            offer: left(self._known.get((lane, offer), 0), self._used[lane, offer])
            for offer in self._budgets
        }

    def share_out(self, day: date) -> None:
        """Let headquarters hear connected lanes' rows and tell them their new quotas."""
        open_lanes = [lane for lane in self.holders if not self.line.cut(lane, day)]
        for offer, total in self._budgets.items():
            heard, granted = self._heard[offer], self._granted[offer]
            for lane in open_lanes:
                heard[self.holders[lane]] = self._used[lane, offer]
            line = water_line(total, len(self.holders))
            for share in top_ups(total, granted, heard, list(self.holders.values()), line):
                granted[share.holder] = share.granted
            for lane in open_lanes:
                told = granted.get(self.holders[lane], 0)
                self._known[lane, offer] = newest(self._known.get((lane, offer), 0), told)
