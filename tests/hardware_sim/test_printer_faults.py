"""The catalogue, and what each of its faults does to bytes on real ptys and sockets."""

import asyncio
import contextlib
import os
import socket

import pytest

from hardware_sim.network_printer import NetworkPrinter
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_faults import CATALOGUE, FaultError, read_fault
from hardware_sim.printer_models import LYING_CLONE, TM_T20III
from hardware_sim.serial_printer import SerialPrinter

ASK = b"\x10\x04\x01"


@pytest.fixture
async def network(request):
    printer = NetworkPrinter(PrinterDevice(TM_T20III))
    await printer.start()
    yield printer
    await printer.stop()


@pytest.fixture
async def line(tmp_path):
    printer = SerialPrinter(PrinterDevice(TM_T20III), tmp_path / "printer")
    await printer.start()
    yield printer
    await printer.stop()


async def connect(printer):
    host, port = printer.address.split(":")
    return await asyncio.open_connection(host, int(port))


async def hang_up(writer):
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def until(holds):
    async with asyncio.timeout(5):
        while not holds():  # the far end is the kernel
            await asyncio.sleep(0.005)


def fill(sock, data):
    """Send what the line takes at once; give how much that was."""
    sent = 0
    with contextlib.suppress(BlockingIOError):
        while sent < len(data):
            sent += sock.send(data[sent:])
    return sent


@pytest.mark.parametrize(
    ("written", "name", "amount"),
    [("paper-out", "paper-out", None), ("paper-out=40", "paper-out", 40), ("paper-out 40", "paper-out", 40),
     ("hot-head", "hot-head", 5), ("mute", "mute", None)],
)  # fmt: skip
def test_a_fault_is_written_in_one_way_everywhere(written, name, amount):
    """Name, and a number behind = or a blank; a default where the catalogue has one."""
    call = read_fault(written)
    assert (call.fault.name, call.amount) == (name, amount)
    assert read_fault(str(call)) == call


@pytest.mark.parametrize(
    ("written", "line", "why"),
    [("paper-ot", "", "did you mean 'paper-out'"), ("tea", "", "there is paper-near-end"),
     ("mute=3", "", "takes no number"), ("paper-out=x", "", "whole number of rows"),
     ("usb-vanish", "tcp", "for pty only"), ("reset", "pty", "for tcp only"), ("", "", "no such fault")],
)  # fmt: skip
def test_what_is_no_fault_is_refused_with_what_could_be_meant(written, line, why):
    """Unknown names, wrong numbers, the wrong line."""
    with pytest.raises(FaultError, match=why):
        read_fault(written, line)


def test_the_catalogue_has_each_name_once():
    """Every row has a meaning, and a default only where it has a number."""
    assert len({fault.name for fault in CATALOGUE}) == len(CATALOGUE)
    assert all(fault.meaning for fault in CATALOGUE)
    assert all(fault.counts for fault in CATALOGUE if fault.default is not None)


@pytest.mark.parametrize("kind", ["tcp", "pty"])
@pytest.mark.parametrize("fault", CATALOGUE, ids=lambda fault: fault.name)
async def test_every_fault_can_strike_and_be_healed(fault, kind, tmp_path):
    """On each line where it can be: it strikes, is healed, and the printer prints and answers as before."""
    device = PrinterDevice(TM_T20III)
    if kind == "tcp":
        printer = NetworkPrinter(device)
    else:
        printer = SerialPrinter(device, tmp_path / "printer")
    await printer.start()
    if kind in fault.lines:
        printer.fault(fault.name)
        await printer.heal()
    else:
        with pytest.raises(FaultError):
            printer.fault(fault.name)
    device.take_replies()
    if kind == "tcp":
        reader, writer = await connect(printer)
        writer.write(b"well\n" + ASK)
        assert await asyncio.wait_for(reader.readexactly(1), 5) == b"\x12"
        await hang_up(writer)
    else:
        fd = os.open(printer.address, os.O_RDWR | os.O_NOCTTY)
        os.write(fd, b"well\n" + ASK)
        answer = b""
        while not answer.endswith(b"\x12"):  # stray bytes may stand before it
            answer += await asyncio.to_thread(os.read, fd, 100)
        os.close(fd)
    assert device.roll.hanging.lines == ["well"]
    assert device.mishaps.names == []
    await printer.stop()


def test_a_power_cycle_at_a_byte():
    """Behind the tenth byte everything so far in the buffer, and the modes, are gone."""
    printer = PrinterDevice(TM_T20III)
    printer.fault("power-cycle=10", 0.0)
    printer.receive(b"\x1ba\x01first\nsecond\n", 0.0)
    assert printer.roll.hanging.lines == ["first", "econd"]
    assert printer.power_cycles == 1
    assert printer.reader.desk.modes.align == 0


def test_the_byte_of_a_power_cycle_does_not_hang_on_the_pieces():
    """Byte by byte or at once: the same paper."""
    papers = []
    for size in (1, 7, 100):
        printer = PrinterDevice(TM_T20III)
        printer.fault("power-cycle=13", 0.0)
        data = b"first\nsecond\nthird\n"
        for at in range(0, len(data), size):
            printer.receive(data[at : at + size], 0.0)
        papers.append(printer.roll.hanging.lines)
    assert papers == [["first", "second", "third"]] * 3


def test_a_buffer_loss_at_a_byte_keeps_the_modes():
    """The half line is gone without a word; the alignment stays."""
    printer = PrinterDevice(TM_T20III)
    printer.fault("buffer-loss=13", 0.0)
    printer.receive(b"\x1ba\x01first\nhalf gone\n", 0.0)
    assert printer.roll.hanging.lines == ["first", " gone"]
    assert printer.reader.desk.modes.align == 1
    assert printer.take_replies() == b""


def test_stuck_busy_says_that_all_is_well():
    """Real-time status is that of a printer at rest; nothing prints, nothing is due."""
    printer = PrinterDevice(TM_T20III)
    printer.fault("stuck-busy", 0.0)
    printer.receive(b"never\n" + ASK, 0.0)
    assert printer.take_replies() == b"\x12"
    assert printer.busy
    assert printer.roll.hanging.lines == []
    assert printer.next_deadline() is None
    printer.heal(1.0)
    assert printer.roll.hanging.lines == ["never"]


def test_stray_bytes_come_before_every_answer():
    """Five at once, then one before each answer, until it is healed."""
    printer = PrinterDevice(TM_T20III)
    printer.fault("stray-bytes=5", 0.0)
    assert len(printer.take_replies()) == 5
    printer.receive(ASK, 0.0)
    answer = printer.take_replies()
    assert (len(answer), answer[1:]) == (2, b"\x12")
    printer.heal(1.0)
    printer.receive(ASK, 1.0)
    assert printer.take_replies() == b"\x12"


def test_the_lying_clone_answers_before_it_prints():
    """Cover open, nothing on paper: both fences are answered, and GS I names another maker's model."""
    printer = PrinterDevice(LYING_CLONE)
    printer.fault("cover-open", 0.0)
    printer.receive(b"words\n\x1dr\x01\x1d(H\x06\x0000abcd\x1dIB\x1dIC", 0.0)
    assert printer.take_replies() == b"\x00\x37\x22abcd\x00\x5fEPOSN\x00\x5fTM-T88V\x00"
    assert printer.roll.hanging.lines == []
    printer.heal(1.0)
    assert printer.roll.hanging.lines == ["words"]
    honest = PrinterDevice(TM_T20III)
    honest.fault("cover-open", 0.0)
    honest.receive(b"words\n\x1dr\x01\x1d(H\x06\x0000abcd", 0.0)
    assert honest.take_replies() == b""


async def test_a_power_cycle_at_a_byte_resets_the_connection(network):
    """What stood behind the byte in the same piece is lost with the connection."""
    reader, writer = await connect(network)
    network.fault("power-cycle=6")
    writer.write(b"first\nsecond\n")
    with pytest.raises(ConnectionResetError):
        await reader.readexactly(1)
    assert network.device.roll.hanging.lines == ["first"]
    await hang_up(writer)


async def test_half_open_swallows_and_a_new_connection_works(network):
    """The old host is told nothing; its bytes are gone; the next host prints."""
    old_reader, old = await connect(network)
    old.write(ASK)
    assert await old_reader.readexactly(1) == b"\x12"
    network.fault("half-open")
    old.write(b"into the void\n" + ASK)
    await until(lambda: network.swallowed_bytes == 17)
    reader, writer = await connect(network)
    writer.write(b"heard\n" + ASK)
    assert await asyncio.wait_for(reader.readexactly(1), 5) == b"\x12"
    assert network.device.roll.hanging.lines == ["heard"]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(old_reader.readexactly(1), 0.05)
    await hang_up(old)
    await hang_up(writer)


async def test_one_client_turns_the_second_away(network):
    """The second connection is reset, the first goes on; afterwards the second may come."""
    network.fault("one-client")
    reader, writer = await connect(network)
    writer.write(ASK)
    assert await reader.readexactly(1) == b"\x12"
    other_reader, other = await connect(network)
    with pytest.raises(ConnectionResetError):
        await other_reader.readexactly(1)
    writer.write(ASK)
    assert await reader.readexactly(1) == b"\x12"
    await hang_up(other)
    await hang_up(writer)


async def test_short_writes_on_tcp_take_little_and_answer_byte_by_byte(network):
    """A host that does not wait finds the line full; everything is printed in the end."""
    network.fault("short-writes=7")
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    host, port = network.address.split(":")
    sock.connect((host, int(port)))
    sock.setblocking(False)
    data = b"0123456789\n" * 2000
    sent = fill(sock, data)
    assert sent < len(data)
    sock.setblocking(True)
    await until(lambda: network.device.received_bytes >= 70)
    await network.heal()
    await asyncio.to_thread(sock.sendall, data[sent:] + b"\x1dIB")
    assert await asyncio.to_thread(sock.recv, 100) == b"\x5fEPSON\x00"
    assert network.device.roll.hanging.lines == ["0123456789"] * 2000
    sock.close()


async def test_short_writes_on_a_pty_answer_byte_by_byte(line):
    """Seven bytes of an answer come in seven pieces."""
    line.fault("short-writes=3")
    fd = os.open(line.address, os.O_RDWR | os.O_NOCTTY)
    os.write(fd, b"some words\n\x1dIB")
    pieces = []
    while sum(map(len, pieces)) < 7:
        pieces.append(await asyncio.to_thread(os.read, fd, 100))
    assert b"".join(pieces) == b"\x5fEPSON\x00"
    assert len(pieces) > 1
    assert line.device.roll.hanging.lines == ["some words"]
    os.close(fd)


async def test_a_usb_adapter_that_vanishes_has_no_name_until_it_is_back(line):
    """The path is gone and the open line ends; healed, the path leads to a new line."""
    fd = os.open(line.address, os.O_RDWR | os.O_NOCTTY)
    line.fault("usb-vanish")
    assert not os.path.lexists(line.address)
    with pytest.raises(OSError, match="Input/output error"):
        os.write(fd, b"x")
    os.close(fd)
    await line.heal()
    again = os.open(line.address, os.O_RDWR | os.O_NOCTTY)
    os.write(again, ASK)
    assert await asyncio.to_thread(os.read, again, 10) == b"\x12"
    os.close(again)


async def test_a_stuck_network_printer_stops_reading(network):
    """TCP is held back: nothing is lost, nothing is read, and healing reads on."""
    _, writer = await connect(network)
    network.fault("stuck-busy")
    writer.write(b"later\n")
    await asyncio.sleep(0.05)
    assert network.device.received_bytes <= 6
    await network.heal()
    await until(lambda: network.device.roll.hanging.lines == ["later"])
    await hang_up(writer)


async def test_an_unknown_flow_control_is_refused(tmp_path):
    """A name that is not in the list raises."""
    with pytest.raises(ValueError, match="no such flow control"):
        SerialPrinter(PrinterDevice(), tmp_path / "p", flow="semaphore")
