"""What takes time takes it: rows, dark rows, cuts, NV memory, pauses, cooling; worked out by hand."""

import pytest

from hardware_sim.escpos_events import Cut, Feed, NvWrite, Pause, RasterRow
from hardware_sim.paper import Roll
from hardware_sim.print_head import BOOT_S, Pace, PrintHead, pace_of
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_models import MODELS, TM_T20III, TM_T88V, VETERAN


def raster(rows, row=b"\xff" * 72):
    return b"\x1dv0\x00" + len(row).to_bytes(2, "little") + rows.to_bytes(2, "little") + row * rows


def nv_picture(key, dots):
    body = (
        b"0C0" + key + b"\x01" + (8).to_bytes(2, "little") + len(dots).to_bytes(2, "little") + b"1"
    )
    return b"\x1d(L" + (len(body) + len(dots)).to_bytes(2, "little") + body + dots


def finished_at(head):
    """Let a head finish; give when it did."""
    while (done_at := head.done_at()) is not None:
        head.finish(done_at)
    return head.free_at


@pytest.mark.parametrize(
    ("model", "rows_a_second"),
    # 25.4 mm are as many rows as the resolution says
    [("tm-t88v", 300 / 25.4 * 180), ("tm-t88vi", 350 / 25.4 * 180), ("tm-t20iii", 250 / 25.4 * 203),
     ("veteran", 150 / 25.4 * 180), ("58mm", 90 / 25.4 * 203)],
)  # fmt: skip
def test_documented_speeds(model, rows_a_second):
    """Millimetres a second are rows a second by the resolution."""
    assert pace_of(MODELS[model]).dots_per_s == pytest.approx(rows_a_second)


def test_a_dark_row_takes_longer():
    """A head that heats 288 of 576 dots at once takes two rows' time for a black row."""
    head = PrintHead(Roll(576), Pace(dots_per_s=100.0, peak_dots=288))
    for dark in (b"\x00" * 72, b"\xff" * 36 + b"\x00" * 36, b"\xff" * 72):
        head.load(RasterRow(0, 576, dark), 0.0)
    assert finished_at(head) == pytest.approx(0.01 + 0.01 + 0.02)


def test_cut_feed_and_pause_take_their_time():
    """100 rows at 100 a second, a cut of 0.4 s behind 50 rows of feed, a pause of 0.5 s."""
    head = PrintHead(Roll(576), Pace(dots_per_s=100.0, cut_s=0.4))
    for event in (Feed(100), Cut("full", 50), Pause(0.5)):
        head.load(event, 0.0)
    assert finished_at(head) == pytest.approx(1.0 + 0.5 + 0.4 + 0.5)
    assert len(head.roll.slips) == 1


def test_nv_memory_takes_its_time():
    """1,000 bytes at 500 a second."""
    head = PrintHead(Roll(576), Pace(nv_bytes_per_s=500))
    head.load(NvWrite(1000), 3.0)
    assert finished_at(head) == 5.0


def test_a_job_begins_when_it_comes_or_when_the_head_is_free():
    """Two rows at 0 s and one at 10 s, one row a second."""
    head = PrintHead(Roll(576), Pace(dots_per_s=1.0))
    head.load(Feed(2), 0.0)
    head.load(Feed(1), 10.0)
    assert head.done_at() == 2.0
    assert finished_at(head) == 11.0


def test_a_tall_code_comes_out_strip_by_strip():
    """A bar code of 162 rows at 100 a second is half out after 0.8 s."""
    printer = PrinterDevice(TM_T20III, Pace(dots_per_s=100.0))
    printer.receive(b"\x1dk\x024006381333931\x00", 0.0)
    printer.advance(0.8)
    assert 48 <= printer.roll.fed_dots <= 96


@pytest.fixture
def writing():
    """A printer that writes NV memory from 0 to 2 s."""
    printer = PrinterDevice(TM_T88V, Pace(nv_bytes_per_s=4))
    printer.receive(b"\x1da\xff", 0.0)
    printer.take_replies()
    printer.receive(nv_picture(b"G1", b"\xaa" * 8) + b"after\n", 0.0)
    return printer


def test_a_printer_that_writes_nv_memory_is_busy_and_deaf(writing):
    """No real-time status, no automatic status, nothing printed; afterwards all of it goes on."""
    assert writing.busy
    writing.receive(b"\x10\x04\x01\x10\x14\x01\x00\x01", 1.0)
    writing.fault("cover-open", 1.0)
    assert writing.take_replies() == b""
    assert writing.drawer_kicks == 0
    writing.heal(1.5)
    assert writing.roll.hanging.lines == []
    writing.advance(2.0)
    assert not writing.busy
    assert writing.roll.hanging.lines == ["after"]
    writing.receive(b"\x10\x04\x01", 2.5)
    assert writing.take_replies() == b"\x12"
    assert writing.nv_writes == 1


def test_fs_q_restarts_and_loses_what_came_meanwhile():
    """FS q: bytes in the buffer while it writes are gone, and so is the automatic status."""
    printer = PrinterDevice(VETERAN, Pace(nv_bytes_per_s=6.5))
    printer.receive(b"\x1da\xff\x1cq\x01\x01\x00\x01\x00" + b"\x80" * 8, 0.0)
    printer.take_replies()
    printer.receive(b"lost\n", 1.0)
    printer.advance(4.0)
    printer.receive(b"kept\n", 5.0)
    printer.fault("cover-open", 6.0)
    assert printer.roll.hanging.lines == ["kept"]
    assert printer.take_replies() == b""


def test_a_hot_head_cools_by_itself():
    """Offline with the auto-recoverable error for 5 s: DLE EOT 2 bit 6, DLE EOT 3 bit 6."""
    printer = PrinterDevice(TM_T20III)
    printer.fault("hot-head", 0.0)
    printer.receive(b"warm\n\x10\x04\x01\x10\x04\x02\x10\x04\x03", 0.0)
    assert printer.take_replies() == b"\x1a\x52\x52"
    assert printer.roll.hanging.lines == []
    assert printer.next_deadline() == 5.0
    printer.advance(5.0)
    assert printer.roll.hanging.lines == ["warm"]
    assert printer.mishaps.names == []


def test_the_cutter_jams_at_the_cut_of_its_number():
    """The second cut from now: one slip comes off, the other hangs until DLE ENQ 1."""
    printer = PrinterDevice(TM_T20III)
    printer.receive(b"zero\n\x1dVA\x00", 0.0)
    printer.fault("cutter-jam=2", 0.0)
    printer.receive(b"one\n\x1dVA\x00two\n\x1dVA\x00three\n", 0.0)
    assert [slip.lines for slip in printer.roll.slips] == [["zero"], ["one"]]
    assert printer.sensors.cutter_jam
    printer.receive(b"\x10\x05\x01", 1.0)
    assert [slip.lines for slip in printer.roll.slips] == [["zero"], ["one"], ["two"]]
    assert printer.roll.hanging.lines == ["three"]


def test_a_macro_waits_for_the_feed_button():
    """Offline until the button, or DLE ENQ 0: then the macro runs."""
    for press in (lambda p: p.press_feed(1.0), lambda p: p.receive(b"\x10\x05\x00", 1.0)):
        printer = PrinterDevice(TM_T20III)
        printer.receive(b"\x1d:x\n\x1d:\x1d^\x01\x00\x01\x10\x04\x01", 0.0)
        assert printer.take_replies() == b"\x1a"
        assert printer.roll.hanging.lines == ["x"]
        press(printer)
        printer.advance(1.0)
        assert printer.roll.hanging.lines == ["x", "x"]


def test_a_power_cycle_takes_time_to_boot():
    """At its own pace a printer hears nothing for three seconds after power-on."""
    printer = PrinterDevice(TM_T20III, pace_of(TM_T20III))
    printer.fault("power-cycle", 10.0)
    printer.receive(b"too early\n\x10\x04\x01", 10.0 + BOOT_S / 2)
    assert (printer.take_replies(), printer.lost_bytes) == (b"", 13)
    printer.receive(b"now\n", 10.0 + BOOT_S)
    printer.advance(30.0)
    assert printer.roll.hanging.lines == ["now"]


def test_the_interpreter_works_three_lines_ahead_and_no_further():
    """While the head stands, the buffer fills: what a slow head leaves is what overflows."""
    printer = PrinterDevice(TM_T20III, Pace(dots_per_s=10.0))
    printer.receive(raster(40), 0.0)
    assert printer.head.queued_dots <= 96 + 24
    printer.receive(raster(200), 0.0)
    assert printer.dropped_bytes > 0
