"""One scan, once: a scanner held over a card repeats it."""

from __future__ import annotations

from agent.scan_decoder import Scan

SAME_WITHIN_S = 1.0


class ScanGate:
    """Lets a scan in, and its repetitions within a second not. Each repetition starts the second anew."""

    def __init__(self) -> None:
        self._last: tuple[str, float] | None = None

    def lets_in(self, scan: Scan, now_s: float) -> bool:
        """Tell whether this is a scan of its own."""
        repeated = (
            self._last is not None
            and self._last[0] == scan.text
            and now_s - self._last[1] < SAME_WITHIN_S
        )
        self._last = (scan.text, now_s)
        return not repeated
