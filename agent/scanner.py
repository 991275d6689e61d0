"""The scanner's line: open it, feed the decoder, hand each scan to the lane."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import serial

from agent.scan_decoder import Scan, ScanDecoder

log = logging.getLogger("tillside.scanner")

READ_WAIT_S = 0.2  # how long one read blocks its thread; bounds the wait at shutdown
READ_BYTES = 4096

OnScan = Callable[[Scan], Awaitable[None]]


async def serve_scanner(url: str, baud: int, decoder: ScanDecoder, on_scan: OnScan) -> None:
    """Read scans until the line fails; `url` is a device, a pty or `socket://host:port`.

    Raises:
        OSError: the line could not be opened, or broke.
    """
    line = await asyncio.to_thread(_open, url, baud)
    log.info("= scanner on %s", url)
    try:
        while True:
            data = await asyncio.to_thread(_read, line)
            for scan in decoder.feed(data):
                log.debug("< scan of %d characters", len(scan.text))
                await on_scan(scan)
    finally:
        await asyncio.to_thread(line.close)


def _open(url: str, baud: int) -> serial.Serial:
    return serial.serial_for_url(url, baudrate=baud, timeout=READ_WAIT_S)


def _read(line: serial.Serial) -> bytes:
    """Give what came within the wait, perhaps nothing."""
    first: bytes = line.read(1)
    waiting = min(line.in_waiting, READ_BYTES) if first else 0
    return first + line.read(waiting) if waiting else first
