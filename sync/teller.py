"""Tell someone everything after a number, one batch at a time, until it is acknowledged.

The batch itself is read and sent by the shell: `wish` says after which number, `told` that it left.
"""

from __future__ import annotations

from ground.dice import Dice
from offers.records import Seq

AGAIN_S = (1.0, 3.0)  # an arbiter answers within a round trip and one commit
AGAIN_MAX_FACTOR = 16  # a lane whose arbiter is gone then asks every half minute or so


class Teller:
    """Numbers only: acknowledged <= told <= last."""

    def __init__(self, acked: Seq, last: Seq, dice: Dice) -> None:
        self.acked, self.last = acked, last
        self._dice = dice
        self._online = False
        self._tries = 0
        self._due: float | None = None

    def connected(self) -> None:
        """Begin again behind what is acknowledged."""
        self._online, self._tries, self._due = True, 0, None

    def disconnected(self) -> None:
        """Wait for the next connection."""
        self._online, self._due = False, None

    def written(self, last: Seq) -> None:
        """There is more to tell."""
        self.last = max(self.last, last)

    @property
    def wish(self) -> Seq | None:
        """Name the number after which to read and tell now; None where there is nothing to do."""
        return self.acked if self._online and self._due is None and self.acked < self.last else None

    def told(self, now: float) -> None:
        """A batch has left: wait for its answer."""
        factor = min(2**self._tries, AGAIN_MAX_FACTOR)
        self._due = now + factor * self._dice.uniform(*AGAIN_S)

    def acknowledged(self, upto: Seq) -> bool:
        """Take the answer; False where it says nothing new."""
        if upto <= self.acked:
            return False
        self.acked = upto
        self._tries, self._due = 0, None
        return True

    def next_deadline(self) -> float | None:
        """Tell when to call `on_deadline`."""
        return self._due

    def on_deadline(self, now: float) -> None:
        """No answer: the batch is wished for again, later and later."""
        if self._due is not None and now >= self._due:
            self._tries += 1
            self._due = None
