"""Printers on real ptys and sockets: bytes go both ways, and the line breaks as told."""

import asyncio
import os

import pytest
import serial
from escpos.printer import Network

from hardware_sim.network_printer import NetworkPrinter
from hardware_sim.print_head import Pace
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_models import TM_T20III, TM_T88V
from hardware_sim.serial_printer import SerialPrinter

ASK = b"\x10\x04\x01"


@pytest.fixture
async def serial_printer(tmp_path):
    printer = SerialPrinter(PrinterDevice(TM_T88V), tmp_path / "printer")
    await printer.start()
    yield printer
    await printer.stop()


@pytest.fixture
async def network_printer():
    printer = NetworkPrinter(PrinterDevice(TM_T20III))
    await printer.start()
    yield printer
    await printer.stop()


async def connect(printer):
    host, port = printer.address.split(":")
    return await asyncio.open_connection(host, int(port))


async def until(holds):
    async with asyncio.timeout(5):
        while not holds():  # the far end is another process or the kernel
            await asyncio.sleep(0.005)


async def test_pyserial_prints_and_asks_over_the_pty(serial_printer):
    """A serial port opened by pyserial gets its status byte, and the words are on paper."""

    def talk():
        with serial.Serial(serial_printer.address, 38400, timeout=5, write_timeout=5) as port:
            port.write(b"hello\n" + ASK)
            return port.read(1)

    assert await asyncio.to_thread(talk) == b"\x12"
    assert serial_printer.device.roll.hanging.lines == ["hello"]


async def test_control_bytes_pass_the_pty_unchanged(serial_printer):
    """XON, XOFF, interrupt and CR are data on a raw line, in both directions."""
    every = bytes(range(256))
    fd = os.open(serial_printer.address, os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(fd, b"\x1dv0\x00\x20\x00\x08\x00" + every)
        await until(lambda: serial_printer.device.roll.fed_dots == 8)
        serial_printer.host._send(every)
        assert await asyncio.to_thread(os.read, fd, 300) == every
    finally:
        os.close(fd)


async def test_a_dropped_cable_ends_the_line_and_comes_back(serial_printer):
    """After "drop" the old line reads its end; the same path leads to a new one."""
    fd = os.open(serial_printer.address, os.O_RDWR | os.O_NOCTTY)
    serial_printer.fault("drop")
    with pytest.raises(OSError, match="Input/output error"):
        os.write(fd, b"x")
    os.close(fd)
    again = os.open(serial_printer.address, os.O_RDWR | os.O_NOCTTY)
    os.write(again, ASK)
    assert await asyncio.to_thread(os.read, again, 10) == b"\x12"
    os.close(again)


async def test_a_deaf_printer_reads_when_healed(serial_printer):
    """While deaf nothing arrives; afterwards what waited in the line does."""
    fd = os.open(serial_printer.address, os.O_RDWR | os.O_NOCTTY)
    serial_printer.fault("deaf")
    os.write(fd, b"waiting\n")
    await asyncio.sleep(0)
    assert serial_printer.device.received_bytes == 0
    await serial_printer.heal()
    await until(lambda: serial_printer.device.received_bytes == 8)
    os.close(fd)


async def test_a_paced_line_takes_its_time(tmp_path):
    """At 9600 baud 96 bytes take a tenth of a second on the loop's clock, never less."""
    printer = SerialPrinter(PrinterDevice(), tmp_path / "slow", baud=9600)
    await printer.start()
    fd = os.open(printer.address, os.O_RDWR | os.O_NOCTTY)
    loop = asyncio.get_running_loop()
    started = loop.time()
    os.write(fd, b"x" * 96)
    await until(lambda: printer.device.received_bytes == 96)
    assert loop.time() - started >= 0.08  # the last slice is handed over at its start
    os.close(fd)
    await printer.stop()


async def test_python_escpos_prints_over_tcp(network_printer):
    """An independent host prints, asks whether the printer is online, and is answered."""

    def talk():
        host, port = network_printer.address.split(":")
        printer = Network(host, int(port), timeout=5)
        printer.text("over the network\n")
        printer.cut()
        online = printer.is_online()
        printer.close()
        return online

    assert await asyncio.to_thread(talk) is True
    await until(lambda: network_printer.device.roll.slips)
    assert "over the network" in network_printer.device.roll.slips[0].lines


@pytest.mark.parametrize(
    ("fault", "seen"), [("reset", ConnectionResetError), ("drop", asyncio.IncompleteReadError)]
)
async def test_a_broken_connection_ends_and_the_next_one_is_served(network_printer, fault, seen):
    """ "reset" sends RST, "drop" closes; a new connection works."""
    reader, writer = await connect(network_printer)
    writer.write(ASK)
    assert await reader.readexactly(1) == b"\x12"
    network_printer.fault(fault)
    with pytest.raises(seen):
        await reader.readexactly(1)
    writer.close()
    reader, writer = await connect(network_printer)
    writer.write(ASK)
    assert await reader.readexactly(1) == b"\x12"
    writer.close()
    assert network_printer.connections == 2


async def test_a_power_cycle_resets_the_connection_and_loses_the_buffer(network_printer):
    """Bytes that waited offline are not printed after the power came back."""
    reader, writer = await connect(network_printer)
    network_printer.fault("offline")
    writer.write(b"lost\n")
    await until(lambda: network_printer.device.received_bytes == 5)
    network_printer.fault("power-cycle")
    with pytest.raises(ConnectionResetError):
        await reader.readexactly(1)
    writer.close()
    await network_printer.heal()
    assert network_printer.device.roll.hanging.lines == []


async def test_a_refused_port_opens_again_when_healed(network_printer):
    """ "refuse" closes the port; healing listens at the same address."""
    network_printer.fault("refuse")
    with pytest.raises(ConnectionRefusedError):
        await connect(network_printer)
    await network_printer.heal()
    _, writer = await connect(network_printer)
    writer.close()


async def test_a_full_buffer_holds_the_network_back_and_loses_nothing(network_printer):
    """Offline, 4,096 bytes are read and no more; healed, every line comes out."""
    _, writer = await connect(network_printer)
    network_printer.fault("offline")
    writer.write(b"line\n" * 2000)
    await until(lambda: network_printer.device.room_bytes == 0)
    assert network_printer.device.received_bytes == 4096
    await network_printer.heal()
    await until(lambda: network_printer.device.received_bytes == 10_000)
    assert network_printer.device.dropped_bytes == 0
    assert network_printer.device.roll.hanging.lines == ["line"] * 2000
    writer.close()


async def test_a_second_host_waits_for_its_turn(network_printer):
    """One host at a time: the second is answered once the first has hung up."""
    reader, writer = await connect(network_printer)
    writer.write(ASK)
    await reader.readexactly(1)
    other_reader, other = await connect(network_printer)
    other.write(b"mine\n" + ASK)
    writer.write(ASK)
    assert await reader.readexactly(1) == b"\x12"
    assert network_printer.device.roll.hanging.lines == []
    writer.close()
    assert await asyncio.wait_for(other_reader.readexactly(1), 5) == b"\x12"
    assert network_printer.device.roll.hanging.lines == ["mine"]
    other.close()


async def test_status_is_pushed_over_the_network(network_printer):
    """With GS a on, a fault is told unasked."""
    reader, writer = await connect(network_printer)
    writer.write(b"\x1da\xff")
    assert await reader.readexactly(4) == b"\x10\x00\x00\x00"
    network_printer.fault("cover-open")
    assert await reader.readexactly(4) == b"\x38\x00\x00\x00"
    writer.close()


async def test_the_head_is_woken_by_the_loop():
    """With a row clock, the process id arrives by itself when the last row is printed."""
    printer = NetworkPrinter(PrinterDevice(pace=Pace(dots_per_s=1000.0)))
    await printer.start()
    reader, writer = await connect(printer)
    writer.write(b"\x1dv0\x00\x01\x00\x14\x00" + b"\xff" * 20 + b"\x1d(H\x06\x0000done")
    async with asyncio.timeout(5):
        assert await reader.readexactly(7) == b"\x37\x22done\x00"
    assert printer.device.roll.fed_dots == 20
    writer.close()
    await printer.stop()
