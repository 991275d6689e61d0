"""Whether another client goes by our name. No socket, no clock: times go in.

A broker knows one client of a name: the second one pushes the first one off, which comes back and
pushes the second one off. MQTT 5 has a word for it (0x8E); mosquitto before 2.1 only closes the line.
"""

from __future__ import annotations

TAKEN_OVER = "Session taken over"  # as the client words reason code 0x8E
SHORT_S = (
    30.0  # a link that falls sooner after it came up did not fall by chance, three times in a row
)
TIMES = 3


class Rivals:
    """Counts links that were closed right after they came up."""

    def __init__(self) -> None:
        self._short = 0
        self._up_at: float | None = None
        self._told = False

    @property
    def suspected(self) -> bool:
        """Whether to come back more slowly: two that fight over a name would do nothing else."""
        return self._short >= TIMES

    def up(self, now: float) -> None:
        """The broker let us in."""
        self._up_at = now

    def down(self, now: float, why: str) -> str:
        """The link fell; give a sentence once, when it is time to say it, else ""."""
        came, self._up_at = self._up_at, None
        if came is None:
            return ""
        if why == TAKEN_OVER:
            self._short = max(self._short + 1, TIMES)
        elif now - came < SHORT_S:
            self._short += 1
        else:
            self._short, self._told = 0, False
        if not self.suspected or self._told:
            return ""
        self._told = True
        if why == TAKEN_OVER:
            return "another client goes by our name"
        return f"the broker closed the link {TIMES} times soon after it let us in: does another client go by our name?"
