import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from ground.clock import SystemClock, settle, within
from printer.escpos_ports import CupsPort, open_cups, open_usb
from printer.ports import Address, open_port, parse_address
from printer.session import JobResult
from printer.spooled import print_spooled
from tests.cups_server import add_queue, cups_server, why_no_cups
from tests.usb_backend import OnePrinter

CLOCK = SystemClock()
WAIT_S = 20.0
NO_CUPS = why_no_cups()
JOB = b"\x1b@" + bytes(range(256)) * 40 + b"\n\x1dV\x41\x00"


class Far:
    """A device behind a TCP port: keeps what came, and answers what it is told to."""

    def __init__(self) -> None:
        self.got = bytearray()
        self.came = asyncio.Event()
        self.port = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        for writer in self.writers:
            writer.close()
        await self._server.wait_closed()

    async def expect(self, count: int) -> bytes:
        async def enough() -> None:
            while len(self.got) < count:
                self.came.clear()
                await self.came.wait()

        await within(enough(), WAIT_S, CLOCK)
        return bytes(self.got)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        while data := await reader.read(65_536):
            self.got += data
            self.came.set()
        writer.close()


@pytest.fixture
async def far() -> AsyncIterator[Far]:
    device = Far()
    await device.start()
    yield device
    await device.stop()


@pytest.fixture(scope="module")
def cups_port() -> Iterator[int]:
    """A CUPS for these tests."""
    if NO_CUPS:
        pytest.skip(NO_CUPS)
    with cups_server() as port:
        yield port


async def cups(cups_port: int, name: str, device: str) -> CupsPort:
    """Open a new raw queue before a device."""
    await asyncio.to_thread(add_queue, cups_port, name, device)
    return await open_cups(Address("cups", f"127.0.0.1/{name}", cups_port))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("usb://04b8:0202", Address("usb", "04b8:0202", 0)),
        ("usb://04B8:0E15?in=81&out=2", Address("usb", "04B8:0E15", 0x8102)),
        ("cups:///till-3", Address("cups", "till-3", 0)),
        (
            "cups://print.store.example:8631/till-3",
            Address("cups", "print.store.example/till-3", 8631),
        ),
        ("windows:///EPSON%20TM-T20III", Address("windows", "EPSON TM-T20III", 0)),
    ],
)
def test_each_kind_has_its_address(url: str, address: Address) -> None:
    """An address says who has the printer."""
    assert parse_address(url) == address


@pytest.mark.parametrize(
    "url", ["usb://04b8", "usb://04b8:xyz", "usb://04b8:0202?speed=2", "cups://host", "windows:///"]
)
def test_a_wrong_address_is_told_with_what_it_may_be(url: str) -> None:
    """What is wrong is named beside a right one."""
    with pytest.raises(ValueError, match="usb://"):
        parse_address(url)


async def test_usb_carries_bytes_both_ways(far: Far) -> None:
    """All bytes arrive in order, and what the printer says comes back."""
    port = await open_usb(Address("usb", "04b8:0202"), OnePrinter("127.0.0.1", far.port))
    await within(port.write(JOB), WAIT_S, CLOCK)
    assert await far.expect(len(JOB)) == JOB
    far.writers[-1].write(b"\x10\x00\x00\x00")
    assert await within(port.read(), WAIT_S, CLOCK) == b"\x10\x00\x00\x00"
    await port.close()


async def test_a_usb_port_lets_go_before_its_close_returns(far: Far) -> None:
    """One opening holds the device at a time; the next one's writes are not refused as busy."""
    bus, address = OnePrinter("127.0.0.1", far.port), Address("usb", "04b8:0202")
    first = await open_usb(address, bus)
    await within(first.write(b"first"), WAIT_S, CLOCK)
    early = await open_usb(address, bus)
    with pytest.raises(OSError, match="busy"):
        await within(early.write(b"early"), WAIT_S, CLOCK)
    await within(early.close(), WAIT_S, CLOCK)
    bus.may_close.clear()
    closing = asyncio.ensure_future(first.close())
    await settle()
    assert not closing.done()
    bus.may_close.set()
    await within(closing, WAIT_S, CLOCK)
    second = await open_usb(address, bus)
    await within(second.write(b"second"), WAIT_S, CLOCK)
    assert await far.expect(11) == b"firstsecond"
    far.writers[-1].write(b"\x12")
    assert await within(second.read(), WAIT_S, CLOCK) == b"\x12"
    await second.close()


async def test_a_usb_printer_that_is_unplugged_ends_reading_and_fails_writing(far: Far) -> None:
    """The link then opens another port, as it does for a broken line."""
    bus = OnePrinter("127.0.0.1", far.port)
    port = await open_usb(Address("usb", "04b8:0202"), bus)
    await within(port.write(b"first"), WAIT_S, CLOCK)
    bus.unplug()
    assert await within(port.read(), WAIT_S, CLOCK) == b""
    with pytest.raises(OSError, match="disconnected"):
        await within(port.write(b"second"), WAIT_S, CLOCK)
    await port.close()


async def test_a_usb_printer_that_is_not_there_is_an_error_of_the_system(far: Far) -> None:
    """The supervisor and the page treat it as any printer that is off."""
    bus = OnePrinter("127.0.0.1", far.port)
    bus.unplug()
    with pytest.raises(OSError, match="not found"):
        await open_usb(Address("usb", "04b8:0202"), bus)


async def test_closing_a_usb_port_ends_its_reading(far: Far) -> None:
    """No thread goes on reading a port that was given up."""
    port = await open_usb(Address("usb", "04b8:0202"), OnePrinter("127.0.0.1", far.port))
    reading = asyncio.ensure_future(port.read())
    await port.close()
    assert await within(reading, WAIT_S, CLOCK) == b""
    with pytest.raises(ConnectionError):
        await port.write(b"too late")


async def test_cups_passes_a_job_on_byte_for_byte(cups_port: int, far: Far) -> None:
    """The queue is raw, and the job is told by its number; nobody claims that paper moved."""
    spool = await cups(cups_port, "whole", f"socket://127.0.0.1:{far.port}")
    result = await print_spooled(spool, JOB, "coupon 1", WAIT_S, CLOCK)
    assert await far.expect(len(JOB)) == JOB
    assert result.result == "unconfirmed"
    second = await print_spooled(spool, b"again", "coupon 2", WAIT_S, CLOCK)
    assert second.result == "unconfirmed"
    assert await far.expect(len(JOB) + 5) == JOB + b"again"
    await spool.close()


async def test_a_job_that_no_printer_takes_is_taken_back(cups_port: int) -> None:
    """A stopped queue never began with it, so it was not printed, and never will be."""
    spool = await cups(cups_port, "stopped", "socket://127.0.0.1:9")
    await asyncio.to_thread(spool._printer.device.disablePrinter, "stopped")
    result = await print_spooled(spool, JOB, "coupon 1", 1.0, CLOCK)
    assert result.result == "not_printed"
    assert "took" in result.detail
    assert spool._printer.device.getJobs(which_jobs="not-completed") == {}
    await spool.close()


async def test_a_queue_that_is_not_there_is_an_error_of_the_system(cups_port: int) -> None:
    """It is told with the queue's name."""
    with pytest.raises(OSError, match="nowhere"):
        await open_cups(Address("cups", "127.0.0.1/nowhere", cups_port))


async def test_a_printer_of_windows_is_refused_elsewhere() -> None:
    """Where there is no Windows, the error says what is missing."""
    with pytest.raises(OSError, match="win32print"):
        await open_port("windows:///EPSON")


class Told:
    """A spooler that stands as it is told to, question after question."""

    def __init__(self, *standings: str) -> None:
        self.standings = list(standings)
        self.taken_back: list[int] = []
        self.refuses = False

    async def hand_over(self, data: bytes, name: str) -> int:
        if self.refuses:
            raise OSError("queue is not accepting jobs")
        return 7

    async def standing(self, number: int) -> str:
        return self.standings.pop(0) if len(self.standings) > 1 else self.standings[0]

    async def take_back(self, number: int) -> None:
        self.taken_back.append(number)
        if self.standings[0] == "stuck":
            raise OSError("too late")


async def test_what_the_spooler_refuses_was_not_printed() -> None:
    """Not one byte left us."""
    spooler = Told("done")
    spooler.refuses = True
    result = await print_spooled(spooler, JOB, "x", 1.0, CLOCK)  # type: ignore[arg-type]
    assert result == JobResult(
        "not_printed", "the spooler took nothing: queue is not accepting jobs"
    )


async def test_a_job_that_failed_amid_printing_is_unknown() -> None:
    """Some of it may be on paper."""
    result = await print_spooled(Told("printing", "failed"), JOB, "x", WAIT_S, CLOCK)  # type: ignore[arg-type]
    assert result.result == "unknown"


async def test_a_late_job_that_had_begun_is_unknown_even_if_taken_back() -> None:
    """Taking it back says nothing of the paper that moved before."""
    spooler = Told("printing", "printing", "failed")
    result = await print_spooled(spooler, JOB, "x", 0.3, CLOCK)  # type: ignore[arg-type]
    assert (result.result, spooler.taken_back) == ("unknown", [7])
