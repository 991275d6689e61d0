"""No picture may talk to the printer: the last pass over every raster payload.

Epson's DLE EOT (10 04), DLE ENQ (10 05) and DLE DC4 (10 14) are carried out the moment they are
received, inside picture data too: they ask for status, clear the buffer, or open the drawer. The
byte 10 holds one black dot; moving it one column to the right makes it 08, which begins nothing.
"""

from __future__ import annotations

import re

REALTIME = re.compile(rb"\x10(?=[\x04\x05\x14])")


def make_safe(payload: bytes) -> tuple[bytes, int]:
    """Give the payload without any real-time sequence, and how many dots moved one column."""
    return REALTIME.subn(b"\x08", payload)


def holds_realtime(data: bytes) -> bool:
    """Tell whether a printer could find a real-time command in these bytes."""
    return REALTIME.search(data) is not None
