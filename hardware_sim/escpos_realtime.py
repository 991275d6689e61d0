"""Real-time commands, found on reception wherever they stand.

Epson ESC/POS Command Reference, DLE EOT, DLE ENQ and DLE DC4 [Notes]: executed when received, also
while offline, with the receive buffer full, and inside the data of another command, of which
their bytes stay a part.
"""

from __future__ import annotations

import re

from hardware_sim.escpos_events import RealTime

LONGEST = 10  # DLE DC4 8 with its seven fixed bytes
PATTERN = re.compile(
    rb"\x10(?:"
    rb"(?P<eot>\x04(?:[\x01-\x06]|[\x07\x08\x12][\x01-\x03]))"
    rb"|(?P<enq>\x05[\x00-\x03])"
    rb"|(?P<dc4>\x14(?:\x01[\x00\x01][\x01-\x08]|\x02\x01\x08|\x08\x01\x03\x14\x01\x06\x02\x08))"
    rb")",
    re.DOTALL,
)
NAMES = {"eot": "DLE EOT", "enq": "DLE ENQ", "dc4": "DLE DC4"}


class RealTimeSpotter:
    """Sees every received byte; keeps the last few, so that no cut hides a command."""

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, data: bytes) -> list[tuple[int, RealTime]]:
        """Give the commands that `data` completes, each with the index in `data` behind it."""
        window = self._tail + data
        old = len(self._tail)
        found, searched = [], 0
        for match in PATTERN.finditer(window):
            searched = match.end()
            name = NAMES[str(match.lastgroup)]
            found.append((match.end() - old, RealTime(name, window[match.start() + 2 : searched])))
        self._tail = window[max(searched, len(window) - LONGEST + 1) :]
        return found
