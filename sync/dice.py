"""Where jitter comes from: a `random.Random`, given by whoever builds the process."""

from __future__ import annotations

from typing import Protocol


class Dice(Protocol):
    """The one throw that this room needs."""

    def uniform(self, a: float, b: float) -> float:
        """Give a number between the two."""
