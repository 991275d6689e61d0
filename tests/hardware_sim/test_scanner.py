"""What leaves the scanner, byte for byte, over a pty and over TCP."""

import asyncio
import os

import serial

from hardware_sim.scanner import NetworkScanner, Scanner, SerialScanner, scan_bytes


def test_a_scan_is_prefix_aim_id_text_and_suffix():
    """The parts stand in the order in which scanners send them."""
    assert scan_bytes("4006381333931") == b"4006381333931\r"
    assert scan_bytes("4006381333931", "]E0", "\x02", "\r\n") == b"\x02]E04006381333931\r\n"


def test_garbage_is_one_line_and_repeats():
    """Noise holds no line end but its last byte, and two scanners make the same."""
    sent: list[bytes] = []
    for _ in range(2):
        Scanner(sent.append).garbage(100)
    assert sent[0] == sent[1]
    assert sent[0].count(b"\r") == 1
    assert sent[0].endswith(b"\r")
    assert b"\n" not in sent[0]


async def test_split_scans_come_in_pieces():
    """The bytes are the scan's, in pieces of the size asked for."""
    sent: list[bytes] = []
    await Scanner(sent.append).scan_split("12345", 2)
    assert sent == [b"12", b"34", b"5\r"]


async def test_a_scan_arrives_over_the_pty(tmp_path):
    """pyserial reads it; then nothing is unread."""
    scanner = SerialScanner(tmp_path / "scanner")
    await scanner.start()

    def read():
        with serial.Serial(scanner.address, 9600, timeout=5) as port:
            opened.set()
            return port.read_until(b"\r")

    loop = asyncio.get_running_loop()
    opened = asyncio.Event()
    opened.set = lambda: loop.call_soon_threadsafe(asyncio.Event.set, opened)
    reading = asyncio.create_task(asyncio.to_thread(read))
    await asyncio.wait_for(opened.wait(), 5)
    scanner.scan("2900000000018", "]E0")
    assert await reading == b"]E02900000000018\r"
    await scanner.sent()
    await scanner.stop()


async def test_a_burst_waits_for_its_reader_and_loses_nothing(tmp_path):
    """10,000 digits are more than the line holds; a slow reader gets every one."""
    scanner = SerialScanner(tmp_path / "scanner")
    await scanner.start()
    scanner.burst()
    async with asyncio.timeout(5):  # the kernel carries the bytes across in its own time
        while not scanner.unread_bytes:
            await asyncio.sleep(0.001)
    fd = os.open(scanner.address, os.O_RDONLY | os.O_NOCTTY)
    got = b""
    while len(got) < 10_001:
        got += await asyncio.to_thread(os.read, fd, 1000)
    assert got == b"7" * 10_000 + b"\r"
    assert scanner.unread_bytes == 0
    os.close(fd)
    await scanner.stop()


async def test_a_scan_arrives_over_tcp():
    """Everyone who is connected gets it; unplugging drops them."""
    scanner = NetworkScanner(suffix="\n")
    await scanner.start()
    port = int(scanner.address.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.wait_for(scanner.connected.wait(), 5)
    scanner.scan("abc")
    await scanner.sent()
    assert await asyncio.wait_for(reader.readline(), 5) == b"abc\n"
    scanner.unplug()
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()
    await scanner.stop()
