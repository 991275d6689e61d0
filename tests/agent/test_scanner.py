"""The scanner's line, serial and over the network, as the lane reads it."""

import asyncio
from pathlib import Path

import pytest

from agent.scan_decoder import Scan, ScanDecoder
from agent.scanner import serve_scanner
from hardware_sim.scanner import NetworkScanner, SerialScanner


async def scans_of(url: str, send, count: int) -> list[Scan]:
    """Serve a line until so many scans came."""
    heard: list[Scan] = []
    enough = asyncio.Event()

    async def take(scan: Scan) -> None:
        heard.append(scan)
        if len(heard) >= count:
            enough.set()

    serving = asyncio.create_task(serve_scanner(url, 9600, ScanDecoder(), take))
    try:
        while not heard and not serving.done():
            send()
            await asyncio.sleep(0.05)
        await asyncio.wait_for(enough.wait(), 10)
    finally:
        assert not serving.done()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    return heard


async def test_a_scanner_on_a_serial_line_is_read(tmp_path: Path):
    """A pty stands for the cable."""
    scanner = SerialScanner(tmp_path / "scanner")
    await scanner.start()
    heard = await scans_of(scanner.address, lambda: scanner.scan("2900000001015", "]E0"), 1)
    await scanner.stop()
    assert heard[0] == Scan("2900000001015", "]E0")


async def test_a_scanner_on_the_network_is_read():
    """`socket://host:port` is pyserial's own."""
    scanner = NetworkScanner("127.0.0.1", 0)
    await scanner.start()
    heard = await scans_of(scanner.address, lambda: scanner.scan("2900000001015"), 1)
    await scanner.stop()
    assert heard[0].text == "2900000001015"


async def nobody(scan: Scan) -> None:
    """Take nothing."""


async def test_a_line_that_is_not_there_is_an_os_error(tmp_path: Path):
    """The supervisor tries again later; nothing else notices."""
    with pytest.raises(OSError, match="none"):
        await serve_scanner(str(tmp_path / "none"), 9600, ScanDecoder(), nobody)
