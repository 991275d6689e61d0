"""Turn a scanner's bytes into whole scans, however the line cuts them up.

A scanner ends each scan with CR, LF or both, and may put a prefix before it and an AIM symbology
identifier ("]C1") before the data (ISO/IEC 15424). Noise is counted and dropped, never raised.
"""

from __future__ import annotations

from msgspec import Struct

MAX_SCAN_BYTES = 256  # GS1 element strings end at 90 characters; app codes stay below 200
GS = "\x1d"  # the separator (FNC1) inside GS1 element strings
AIM_LENGTH = 3


class Scan(Struct, frozen=True):
    """One scan: the data, and the AIM identifier where the scanner sends it ("]Q1", else "")."""

    text: str
    aim: str = ""


class ScanDecoder:
    """Feed bytes in, take scans out."""

    def __init__(self, prefix: str = "", suffix: str = "") -> None:
        self._prefix, self._suffix = prefix, suffix
        self._buffer = bytearray()
        self._overlong = False
        self.dropped = 0  # lines that were too long or no scan at all

    def feed(self, data: bytes) -> list[Scan]:
        """Take the next bytes; return the scans they complete, usually none or one."""
        *lines, rest = data.replace(b"\n", b"\r").split(b"\r")
        scans = [scan for line in lines if (scan := self._end_line(line)) is not None]
        self._keep(rest)
        return scans

    def _keep(self, part: bytes) -> None:
        self._buffer += part
        if len(self._buffer) > MAX_SCAN_BYTES:
            self._buffer.clear()
            self._overlong = True

    def _end_line(self, part: bytes) -> Scan | None:
        self._keep(part)
        line, overlong = bytes(self._buffer), self._overlong
        self._buffer.clear()
        self._overlong = False
        if not line and not overlong:
            return None  # the LF after a CR
        scan = None if overlong else self._read(line)
        self.dropped += scan is None
        return scan

    def _read(self, line: bytes) -> Scan | None:
        if not all(0x20 <= byte < 0x7F or byte == 0x1D for byte in line):
            return None
        text = line.decode("ascii").removeprefix(self._prefix).removesuffix(self._suffix)
        aim = text[:AIM_LENGTH] if text.startswith("]") and len(text) > AIM_LENGTH else ""
        text = text.removeprefix(aim)
        return Scan(text, aim) if text.strip() else None
