import asyncio
import os
import termios
import tty
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from serial import Serial

from ground.clock import SystemClock, within
from printer.file_port import FilePort
from printer.ports import Address, Port, PortLease, open_port, parse_address, tuned
from printer.profile import PROFILES
from printer.serial_port import DTR_BYTES, DtrPort, ThreadPort

CLOCK = SystemClock()
WAIT_S = 10.0


class Far:
    """The far end of a line: what a printer's own socket or pty sees."""

    def __init__(self) -> None:
        self.got = bytearray()

    async def expect(self, count: int) -> bytes:
        """Wait until so many bytes came."""

        async def enough() -> None:
            while len(self.got) < count:
                self.got += await self.read()

        await within(enough(), WAIT_S, CLOCK)
        return bytes(self.got)

    async def read(self) -> bytes:
        raise NotImplementedError

    async def write(self, data: bytes) -> None:
        raise NotImplementedError

    async def hang_up(self) -> None:
        raise NotImplementedError


class FarPty(Far):
    def __init__(self) -> None:
        super().__init__()
        self.fd, near = os.openpty()
        tty.setraw(near)
        self.name = os.ttyname(near)
        os.close(near)

    async def read(self) -> bytes:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        loop.add_reader(self.fd, lambda: ready.done() or ready.set_result(None))
        try:
            await ready
        finally:
            loop.remove_reader(self.fd)
        return os.read(self.fd, 65_536)

    async def write(self, data: bytes) -> None:
        os.write(self.fd, data)

    async def hang_up(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


class FarSocket(Far):
    def __init__(self) -> None:
        super().__init__()
        self.accepted: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = (
            asyncio.Queue()
        )
        self.ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self.ends = self.ends or await self.accepted.get()
        return self.ends

    async def read(self) -> bytes:
        return await (await self.connected())[0].read(65_536)

    async def write(self, data: bytes) -> None:
        writer = (await self.connected())[1]
        writer.write(data)
        await writer.drain()

    async def hang_up(self) -> None:
        writer = (await self.connected())[1]
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


@pytest.fixture(params=["pty", "threads", "tcp"])
async def line(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Port, Far]]:
    """Each kind of two-way port with a real far end: one suite for all."""
    if request.param == "tcp":
        far = FarSocket()
        server = await asyncio.start_server(
            lambda reader, writer: far.accepted.put_nowait((reader, writer)), "127.0.0.1", 0
        )
        port = await open_port(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        yield port, far
        await port.close()
        await far.hang_up()
        server.close()
        return
    pty = FarPty()
    if request.param == "pty":
        port = await open_port(pty.name)
    else:
        port = ThreadPort(Serial(pty.name, 38_400, timeout=0.05))
    yield port, pty
    await port.close()
    await pty.hang_up()


async def test_bytes_go_both_ways(line: tuple[Port, Far]) -> None:
    """All 256 byte values arrive at the printer as they are, and its answers come back."""
    port, far = line
    everything = bytes(range(256))
    await within(port.write(everything), WAIT_S, CLOCK)
    assert await far.expect(256) == everything
    await far.write(b"\x10\x00\x00\x00")
    answer = b""
    while len(answer) < 4:  # a line may cut it anywhere
        answer += await within(port.read(), WAIT_S, CLOCK)
    assert answer == b"\x10\x00\x00\x00"


async def test_a_large_job_arrives_whole_through_a_small_pipe(line: tuple[Port, Far]) -> None:
    """A quarter of a megabyte while the far end reads at leisure: every byte, in order."""
    port, far = line
    job = bytes(number * 7 % 251 for number in range(250_000))
    writing = asyncio.ensure_future(within(port.write(job), WAIT_S, CLOCK))
    assert await far.expect(len(job)) == job
    await writing


async def test_a_far_end_that_is_gone_ends_the_reading(line: tuple[Port, Far]) -> None:
    """A printer switched off: b"", not an exception, not a wait for ever."""
    port, far = line
    await far.hang_up()
    assert await within(port.read(), WAIT_S, CLOCK) == b""


async def test_a_write_that_stands_still_leaves_the_loop_free_and_can_be_given_up() -> None:
    """The far end reads nothing: the loop goes on, the deadline ends the wait, close returns."""
    pty = FarPty()
    port = await open_port(pty.name)
    with pytest.raises(TimeoutError):
        await within(port.write(bytes(1_000_000)), 0.05, CLOCK)
    await within(port.close(), WAIT_S, CLOCK)
    await pty.hang_up()


async def test_a_stalled_network_printer_can_be_given_up_too() -> None:
    """The same over TCP: a printer that takes nothing holds nobody."""
    held: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    server = await asyncio.start_server(
        lambda reader, writer: held.put_nowait(writer), "127.0.0.1", 0, limit=1024
    )
    port = await open_port(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    with pytest.raises(TimeoutError):
        await within(port.write(bytes(50_000_000)), 0.05, CLOCK)
    await within(port.close(), WAIT_S, CLOCK)
    (await held.get()).transport.abort()
    server.close()


async def test_nobody_there_is_an_oserror(tmp_path: Path) -> None:
    """No device, no listener: OSError, which the link takes as offline."""
    with pytest.raises(OSError, match="could not open"):
        await open_port(f"serial://{tmp_path}/ttyS99")
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    number = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(ConnectionRefusedError):
        await open_port(f"tcp://127.0.0.1:{number}")


async def test_a_serial_line_has_one_owner() -> None:
    """A second opening of the same device is refused."""
    pty = FarPty()
    port = await open_port(pty.name)
    with pytest.raises(OSError, match="lock"):
        await open_port(pty.name)
    await port.close()
    await pty.hang_up()


async def test_a_file_takes_jobs_one_after_another(tmp_path: Path) -> None:
    """The very bytes, appended; it has no answers, and its reading ends when it is closed."""
    path = tmp_path / "slips.bin"
    port = await open_port(f"file://{path}")
    assert isinstance(port, FilePort)
    assert not port.answers
    await port.write(b"one")
    await port.write(b"two")
    reading = asyncio.ensure_future(port.read())
    await port.close()
    assert await reading == b""
    assert path.read_bytes() == b"onetwo"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (
            "serial:///dev/ttyS0?baud=9600&flow=rtscts",
            Address("serial", "/dev/ttyS0", 9600, "rtscts"),
        ),
        ("serial:///dev/ttyUSB0", Address("serial", "/dev/ttyUSB0", 38_400)),
        ("serial://COM3?baud=115200", Address("serial", "COM3", 115_200)),
        ("/dev/pts/3", Address("serial", "/dev/pts/3", 38_400)),
        ("tcp://10.0.0.7:9101", Address("tcp", "10.0.0.7", 9101)),
        ("tcp://printer.store", Address("tcp", "printer.store", 9100)),
        ("file:///tmp/slips.bin", Address("file", "/tmp/slips.bin")),
    ],
)
def test_an_address_is_taken_apart(url: str, address: Address) -> None:
    """Every form that the docs name."""
    assert parse_address(url) == address


@pytest.mark.parametrize(
    "url",
    ["", "usb://x", "tcp://", "file://", "serial://", "serial:///dev/ttyS0?bauds=9600",
     "serial:///dev/ttyS0?baud=fast", "serial:///dev/ttyS0?flow=wired", "tcp://x:99999"],
)  # fmt: skip
def test_a_wrong_address_is_refused(url: str) -> None:
    """An unknown scheme, a missing place, an unknown or wrong option."""
    with pytest.raises(ValueError, match=r".+"):
        parse_address(url)


def test_the_line_s_speed_goes_into_the_profile() -> None:
    """9600 baud are 960 bytes a second; on the network the head decides."""
    profile = PROFILES["TM-T88V"]
    assert tuned(profile, "serial:///dev/ttyS0?baud=9600").bytes_per_s == 960
    assert tuned(profile, "tcp://printer").bytes_per_s == 1_000_000


async def test_turns_on_a_port_are_given_in_order() -> None:
    """Two wait for the turn: the first to ask has it first."""
    lease = PortLease()
    await lease.take("till")
    order: list[str] = []

    async def take(who: str) -> None:
        await lease.take(who)
        order.append(lease.holder)
        lease.give_back()

    waiting = [asyncio.ensure_future(take(who)) for who in ("queue", "watch")]
    await asyncio.sleep(0)
    assert lease.holder == "till"
    lease.give_back()
    await asyncio.gather(*waiting)
    assert order == ["queue", "watch"]
    assert lease.holder == ""


async def test_a_printer_s_dtr_wire_holds_the_bytes_back() -> None:
    """While the wire is down nothing more is handed out; up again, the rest follows in order.

    A pty has no modem lines: the wire is a value here, the bytes go over a real line.
    """
    far = FarPty()
    wire, looks = [True], [0]

    def may_send() -> bool:
        looks[0] += 1
        if looks[0] == 4:
            wire[0] = False
        return wire[0]

    port = DtrPort(Serial(far.name, 115_200, timeout=0), may_send, lambda: 0)
    job = bytes(range(200))
    writing = asyncio.ensure_future(port.write(job))
    assert await far.expect(3 * DTR_BYTES) == job[: 3 * DTR_BYTES]
    assert not writing.done()
    wire[0] = True
    assert await far.expect(len(job)) == job
    await within(writing, WAIT_S, CLOCK)
    await port.close()
    await far.hang_up()


async def test_a_line_without_modem_wires_cannot_wait_for_dtr() -> None:
    """On a pty, as on a cheap adapter without the wire, `flow=dsrdtr` ends in an OSError, not a hang."""
    far = FarPty()
    port = await open_port(f"serial://{far.name}?flow=dsrdtr")
    with pytest.raises(OSError, match="ioctl"):
        await within(port.write(b"hello"), WAIT_S, CLOCK)
    await port.close()
    await far.hang_up()


async def test_a_file_that_cannot_be_written_is_no_port(tmp_path: Path) -> None:
    """Known when the port is opened, so that no job is begun on it."""
    with pytest.raises(OSError, match="nowhere"):
        await open_port(f"file://{tmp_path}/nowhere/slips.bin")


@pytest.mark.parametrize(("flow", "heeds"), [("none", False), ("xonxoff", True)])
async def test_xoff_is_heeded_and_never_sent(flow: str, heeds: bool) -> None:
    """The kernel stops for the printer; it puts no byte of its own amid a picture."""
    far, line = os.openpty()
    port = await open_port(f"serial://{os.ttyname(line)}?flow={flow}")
    flags = termios.tcgetattr(far)[0]
    assert bool(flags & termios.IXON) is heeds
    assert not flags & termios.IXOFF
    await port.close()
    os.close(line)
    os.close(far)
