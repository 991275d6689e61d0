"""BUSY by the marks of the specification, XON and XOFF, and a wired line that stops."""

import asyncio
import os
import termios

import pytest
from hypothesis import given, settings, strategies as st

from hardware_sim.print_head import Pace
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_models import TM_T20III, VETERAN
from hardware_sim.receive_buffer import ReceiveBuffer
from hardware_sim.serial_printer import SerialPrinter


def test_full_at_128_left_and_released_at_256():
    """TM-T88III: between the marks it stays what it was."""
    buffer = ReceiveBuffer(VETERAN)
    buffer.put(b"x" * (4096 - 129))
    assert not buffer.full
    buffer.put(b"x")
    assert buffer.full
    buffer.take(127)
    assert buffer.full
    buffer.take(1)
    assert not buffer.full


def test_what_does_not_fit_is_given_back():
    """4,096 bytes and no more."""
    buffer = ReceiveBuffer(TM_T20III)
    assert buffer.put(b"x" * 4100) == b"xxxx"
    assert (len(buffer), buffer.room_bytes) == (4096, 0)
    buffer.clear()
    assert (len(buffer), buffer.full) == (0, False)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.tuples(st.just("put"), st.binary(max_size=900)), st.tuples(st.just("take"), st.integers(0, 900)))))  # fmt: skip
def test_bytes_come_out_in_their_order(story):
    """Whatever is put and taken: first in, first out, and never more than it holds."""
    buffer, kept, out = ReceiveBuffer(TM_T20III), b"", b""
    for what, value in story:
        if what == "put":
            rest = buffer.put(value)
            kept += value[: len(value) - len(rest)]
        else:
            out += buffer.take(value)
        assert len(buffer) == len(kept) - len(out) <= 4096
    assert kept.startswith(out)


@pytest.fixture
def slow():
    """A printer with XON and XOFF whose head prints ten rows a second."""
    printer = PrinterDevice(VETERAN, Pace(dots_per_s=10.0))
    printer.voice.xon_xoff = True
    return printer


def test_xoff_when_full_and_xon_when_there_is_room(slow):
    """13 at the full mark, 11 at the release mark."""
    slow.receive(b"line\n" * 900, 0.0)
    assert slow.take_replies() == b"\x13"
    slow.advance(1e6)
    assert slow.take_replies() == b"\x11"
    assert slow.roll.hanging.lines[-1] == "line"


def test_no_xon_while_offline(slow):
    """The buffer was cleared while the cover was open: XON waits for the cover."""
    slow.fault("cover-open", 0.0)
    slow.receive(b"line\n" * 810, 0.0)
    assert slow.take_replies() == b"\x13"
    slow.fault("buffer-loss", 1.0)
    slow.advance(1.0)
    assert slow.take_replies() == b""
    slow.heal(2.0)
    assert slow.take_replies() == b"\x11"


async def until(holds):
    async with asyncio.timeout(5):
        while not holds():  # the far end is the kernel
            await asyncio.sleep(0.005)


async def write_all(fd, data):
    """Write as fast as the line takes it."""
    while data:
        try:
            data = data[os.write(fd, data) :]
        except BlockingIOError:
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(("flow", "loses"), [("none", True), ("dtr", False), ("xonxoff", False)])
async def test_flow_control_keeps_what_no_flow_control_loses(tmp_path, flow, loses):
    """20,000 bytes to a printer whose head stands: then it prints."""
    device = PrinterDevice(TM_T20III)
    printer = SerialPrinter(device, tmp_path / "printer", flow=flow)
    await printer.start()
    fd = os.open(printer.address, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    if flow == "xonxoff":  # the host heeds it: that is the kernel's part
        settings = termios.tcgetattr(fd)
        settings[0] |= termios.IXON
        termios.tcsetattr(fd, termios.TCSANOW, settings)
    printer.fault("stuck-busy" if flow == "xonxoff" else "offline")
    sending = asyncio.create_task(write_all(fd, b"0123456789abcde\n" * 1250))
    await until(lambda: device.busy)
    for _ in range(20):
        await asyncio.sleep(0.01)  # time for what would be lost
    await printer.heal()
    await until(lambda: sending.done() and device.is_idle)
    await until(lambda: device.received_bytes == 20_000)
    printed = device.roll.hanging.lines
    assert (device.dropped_bytes > 0) == loses
    assert (printed == ["0123456789abcde"] * 1250) != loses
    os.close(fd)
    await printer.stop()
