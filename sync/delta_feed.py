"""Changes in their order: each delta names the one before it, so a missed one shows at once."""

from __future__ import annotations

from ground.dice import Dice
from sync.messages import Delta

JITTER_S = 5.0  # a store's lanes miss the same delta; they must not ask in the same second
KEPT_S = 60  # by the broker, for a lane that is away: a week of deltas would stand before a recall
ASK_EVERY_S = 30.0
ASK_MAX_FACTOR = 16  # eight minutes between asks that nobody answers


class DeltaFeed:
    """The revision a lane has, and whether it must ask for what lies between."""

    def __init__(self, rev: int, dice: Dice) -> None:
        self.rev = rev
        self._heard_of = rev  # the greatest revision known to exist
        self._dice = dice
        self._tries = 0
        self._not_before = 0.0
        self._ask_at: float | None = None

    @property
    def missing(self) -> bool:
        """Whether a revision is known to exist that did not come."""
        return self._heard_of > self.rev

    def heard(self, delta: Delta, now: float) -> Delta | None:
        """Take a delta; give it back if it is the next one. A repeat is nothing, a gap makes an ask.

        Headquarters' answer to an ask is one delta from my revision to its own; with nothing
        missing, its `rev` equals its `prev_rev`.
        """
        self._heard_of = max(self._heard_of, delta.rev)
        if delta.prev_rev == self.rev <= delta.rev:
            news = delta if delta.rev > self.rev else None
            self._reached(delta.rev)
            return news
        if delta.rev > self.rev:
            self.ask_soon(now)
        return None

    def folded(self, rev: int) -> None:
        """A generation holds everything up to this revision."""
        self._reached(max(self.rev, rev))

    def ask_soon(self, now: float) -> None:
        """Ask within a few seconds, unless an ask is due or was just made."""
        if self._ask_at is None:
            self._ask_at = max(now + self._dice.uniform(0, JITTER_S), self._not_before)

    def silent(self) -> None:
        """Ask nothing while there is no link."""
        self._ask_at, self._tries = None, 0

    def next_deadline(self) -> float | None:
        """Tell when to call `on_deadline`; None while nothing is missing."""
        return self._ask_at

    def on_deadline(self, now: float) -> bool:
        """Tell whether to ask now; the next ask comes later and later until one is answered."""
        if self._ask_at is None or now < self._ask_at:
            return False
        factor = min(2**self._tries, ASK_MAX_FACTOR)
        self._tries += 1
        self._not_before = now + factor * ASK_EVERY_S
        self._ask_at = self._not_before + self._dice.uniform(0, JITTER_S)
        return True

    def _reached(self, rev: int) -> None:
        self.rev = rev
        if not self.missing:
            self._ask_at, self._tries = None, 0
