"""Log lines: one format for every process, and no number in them that could be a card's."""

from __future__ import annotations

import logging
import re
import sys

FORMAT = "%(asctime)s %(levelname).1s %(name)s %(message)s"
LONG_NUMBER = re.compile(r"(?<![0-9a-fA-F])[0-9]{9}[0-9]*(?=[0-9]{4}(?![0-9a-fA-F]))")


class Masked(logging.Formatter):
    """Leaves the last four digits of any number of thirteen digits or more.

    It is the last line of defence: nothing should write a card number to a log in the first place.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Give the line, long numbers masked, traceback included."""
        return mask(super().format(record))


def mask(text: str) -> str:
    """Hide all but the last four digits of each long number; hexadecimal names stay whole."""
    return LONG_NUMBER.sub("…", text)


def configure(level: str = "INFO") -> None:
    """Send every log line to stderr, where systemd's journal picks it up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Masked(FORMAT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("uvicorn").setLevel("WARNING")
