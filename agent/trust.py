"""Whether the lane's time can be believed. Pure: readings in, a verdict out.

A PC may boot in 1970 or jump a day. Time below the floor, or a jump of more than five minutes
against the monotonic clock, is not trusted until headquarters' own time agrees with it again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

JUMP = timedelta(minutes=5)


class TimeTrust:
    """Compares each reading of the wall clock with what it should be."""

    def __init__(self, floor: datetime) -> None:
        self._floor = floor
        self._last: tuple[datetime, float] | None = None
        self._jumped = False

    @property
    def floor(self) -> datetime:
        """The latest time known to have passed: journal, generation, headquarters' answers."""
        return self._floor

    def raise_floor(self, at: datetime) -> None:
        """Take note of a time that has passed for certain, such as a generation's build."""
        self._floor = max(self._floor, at)

    def heard_from_hq(self, hq_now: datetime, now: datetime) -> None:
        """Take headquarters' own time: it heals a jump where the two clocks agree."""
        self.raise_floor(hq_now)
        if abs(hq_now - now) <= JUMP:
            self._jumped = False

    def look(self, now: datetime, monotonic_s: float) -> bool:
        """Tell whether `now` can be believed, given both clocks' readings of this moment."""
        if self._last is not None:
            then, then_s = self._last
            expected = then + timedelta(seconds=monotonic_s - then_s)
            self._jumped = self._jumped or abs(now - expected) > JUMP
        self._last = (now, monotonic_s)
        trusted = not self._jumped and now >= self._floor - JUMP
        if trusted:
            self._floor = max(self._floor, now)
        return trusted
