"""The printer answers, keeps, loses and prints what its specification says; bytes worked out by hand."""

from random import Random

import pytest

from hardware_sim.print_head import Pace
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_faults import FAULTS
from hardware_sim.printer_models import MUTE_CLONE, TM_T20III, TM_T88V
from hardware_sim.printer_status import Sensors, automatic_status, real_time_status

ASK_ALL = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
ROW = b"\xff" * 72


def raster(rows: int) -> bytes:
    return b"\x1dv0\x00\x48\x00" + rows.to_bytes(2, "little") + ROW * rows


@pytest.fixture
def printer():
    return PrinterDevice(TM_T88V)


def said(printer, data, now=0.0):
    printer.receive(data, now)
    return printer.take_replies()


@pytest.mark.parametrize(
    ("fault", "replies"),
    [
        (None, b"\x12\x12\x12\x12"),
        ("paper-out", b"\x1a\x32\x12\x7e"),
        ("paper-near-end", b"\x12\x12\x12\x1e"),
        ("cover-open", b"\x1a\x16\x12\x12"),
        ("offline", b"\x1a\x12\x12\x12"),
        ("cutter-jam", b"\x1a\x52\x1a\x12"),
        ("drawer-open", b"\x16\x12\x12\x12"),
        ("mute", b""),
    ],
)
def test_real_time_status_of_each_fault(printer, fault, replies):
    """DLE EOT 1 to 4: bits 1 and 4 always on; 3 offline, 2 cover, 5 paper stop, 6 error, 2+3 near end."""
    if fault:
        printer.fault(fault, 0.0)
    assert said(printer, ASK_ALL) == replies
    printer.heal(1.0)
    assert said(printer, ASK_ALL) == b"\x12\x12\x12\x12"


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("paper-out", b"\x18\x00\x0f\x00"),
        ("paper-near-end", b"\x10\x00\x03\x00"),
        ("cover-open", b"\x38\x00\x00\x00"),
        ("offline", b"\x18\x00\x00\x00"),
        ("cutter-jam", b"\x18\x08\x00\x00"),
        ("drawer-open", b"\x14\x00\x00\x00"),
    ],
)
def test_automatic_status_is_pushed_on_change(printer, fault, status):
    """GS a 255 answers at once, then at each change and back, unasked."""
    assert said(printer, b"\x1da\xff") == b"\x10\x00\x00\x00"
    printer.fault(fault, 1.0)
    assert printer.take_replies() == status
    printer.fault(fault, 2.0)
    assert printer.take_replies() == b""
    printer.heal(3.0)
    assert printer.take_replies() == b"\x10\x00\x00\x00"


def test_automatic_status_reports_only_what_was_asked_for(printer):
    """GS a 8 watches the paper: a cover that opens is not reported, paper that ends is."""
    said(printer, b"\x1da\x08")
    printer.fault("cover-open", 1.0)
    assert printer.take_replies() == b""
    printer.fault("paper-out", 2.0)
    assert printer.take_replies() == b"\x38\x00\x0f\x00"


def test_initialising_ends_automatic_status(printer):
    """After ESC @ nothing is pushed any more."""
    said(printer, b"\x1da\xff\x1b@")
    printer.fault("cover-open", 1.0)
    assert printer.take_replies() == b""


def test_every_status_byte_has_its_fixed_bits():
    """Appendix G: DLE EOT 0xx1xx10, automatic status 0xx1xx00 then 0xx0xxxx, in every state."""
    for number in range(64):
        sensors = Sensors(*(bool(number >> bit & 1) for bit in range(6)))
        for n in (1, 2, 3, 4):
            assert real_time_status(n, sensors)[0] & 0b10010011 == 0b00010010
        first, *others = automatic_status(sensors)
        assert first & 0b10010011 == 0b00010000
        assert all(byte & 0b10010000 == 0 for byte in others)


def test_questions_about_paper_drawer_and_name(printer):
    """GS r 1 and 2, GS I 1, 2, 66 and 67 (header 5F, text, NUL); out of range is silence."""
    assert said(printer, b"\x1dr\x01\x1dr\x02") == b"\x00\x00"
    printer.fault("paper-near-end", 0.0)
    printer.fault("drawer-open", 0.0)
    assert said(printer, b"\x1dr1\x1dr2") == b"\x03\x01"
    assert said(printer, b"\x1dI\x01\x1dI\x02") == b"\x20\x02"
    assert said(printer, b"\x1dIB\x1dIC") == b"\x5fEPSON\x00\x5fTM-T88V\x00"
    assert said(printer, b"\x1dr\x09\x1dI\x09") == b""


def test_nv_key_list(printer):
    """GS ( L <Function 64>: 37 72 40, the keys, NUL."""
    body = b"0C0G1\x01\x08\x00\x01\x001\xaa"
    define = b"\x1d(L" + len(body).to_bytes(2, "little") + body
    ask = b"\x1d(L\x04\x000@KC"
    assert said(printer, ask) == b"\x37\x72\x40\x00"
    assert said(printer, define + ask) == b"\x37\x72\x40G1\x00"


def test_process_id_comes_after_the_paper_and_the_fence_before():
    """32 rows at 64 a second: GS r 1 answers when read, GS ( H only when the head is done."""
    printer = PrinterDevice(TM_T20III, Pace(dots_per_s=64.0))
    printer.receive(raster(32) + b"\x1dr\x01\x1d(H\x06\x0000job1", 0.0)
    assert printer.take_replies() == b"\x00"
    printer.advance(31 / 64)
    assert printer.take_replies() == b""
    assert printer.roll.fed_dots == 31
    printer.advance(0.5)
    assert printer.take_replies() == b"\x37\x22job1\x00"
    assert printer.roll.fed_dots == 32


def test_next_deadline_says_when_the_next_row_is_done():
    """At 100 rows a second the first row is done after 10 ms; at rest there is none."""
    printer = PrinterDevice(TM_T20III, Pace(dots_per_s=100.0))
    assert printer.next_deadline() is None
    printer.receive(raster(2), 5.0)
    assert printer.next_deadline() == pytest.approx(5.01)
    printer.advance(6.0)
    assert printer.next_deadline() is None


def test_a_full_buffer_loses_bytes_silently():
    """Offline, 4,096 bytes are kept; the 104 beyond are gone and counted."""
    printer = PrinterDevice(TM_T20III)
    printer.fault("offline", 0.0)
    printer.receive(b"a" * 4200, 0.0)
    assert (printer.room_bytes, printer.dropped_bytes) == (0, 104)
    assert said(printer, b"\x10\x04\x01") == b"\x1a"
    printer.heal(1.0)
    assert (printer.room_bytes, printer.dropped_bytes) == (4096, 107)


def test_a_slow_head_fills_the_buffer():
    """Rows that come faster than they print pile up, then are lost."""
    printer = PrinterDevice(TM_T20III, Pace(dots_per_s=100.0))
    printer.receive(raster(400), 0.0)
    assert printer.dropped_bytes > 0
    assert printer.dropped_bytes + 4096 + 200 * 72 > len(raster(400))


def test_paper_that_ends_inside_a_picture_splits_it():
    """40 rows are left of 100: the rest prints after new paper, nothing is lost or doubled."""
    printer = PrinterDevice(TM_T20III)
    printer.receive(b"\x1da\x08", 0.0)
    printer.take_replies()
    printer.fault("paper-out=40", 0.0)
    printer.receive(raster(50) + b"\x1d(H\x06\x0000done", 0.0)
    assert printer.roll.fed_dots == 40
    assert printer.take_replies() == b"\x18\x00\x0f\x00"
    printer.heal(9.0)
    assert printer.take_replies() == b"\x10\x00\x00\x00\x37\x22done\x00"
    assert printer.roll.fed_dots == 50


def test_nothing_prints_while_the_cover_is_open():
    """Bytes wait in the buffer; closing the cover prints them."""
    printer = PrinterDevice(TM_T20III)
    printer.fault("cover-open", 0.0)
    printer.receive(b"held\n", 0.0)
    assert not printer.is_idle
    assert printer.roll.hanging.lines == []
    printer.heal(1.0)
    assert printer.is_idle
    assert printer.roll.hanging.lines == ["held"]


def test_power_cycle_loses_the_buffer_and_the_modes():
    """What was not printed never is; the paper that came out stays."""
    printer = PrinterDevice(TM_T20III)
    printer.receive(b"\x1da\xff\x1ba\x01before\nhalf", 0.0)
    printer.fault("offline", 0.0)
    printer.receive(b" line\nlost\n", 0.0)
    printer.take_replies()
    printer.fault("power-cycle", 1.0)
    printer.heal(1.0)
    assert printer.take_replies() == b""
    printer.receive(b"after\n", 2.0)
    assert printer.roll.hanging.lines == ["before", "after"]
    assert printer.reader.desk.modes.align == 0


def test_power_cycle_inside_a_command_starts_afresh():
    """Half a picture before, text after: the text is text."""
    printer = PrinterDevice(TM_T20III)
    printer.receive(raster(10)[:300], 0.0)
    printer.fault("power-cycle", 0.0)
    printer.receive(b"text\n", 0.0)
    assert printer.roll.hanging.lines[-1] == "text"
    assert printer.roll.fed_dots == 4 + 30


def test_error_recovery_commands():
    """DLE ENQ 1 goes on after a jam, DLE ENQ 2 throws the buffer away first."""
    for n, lines in ((1, ["job"]), (2, [])):
        printer = PrinterDevice(TM_T20III)
        printer.fault("cutter-jam", 0.0)
        printer.receive(b"job\n\x10\x05" + bytes([n]), 0.0)
        assert not printer.sensors.offline
        assert printer.roll.hanging.lines == lines


def test_clear_buffer_in_real_time(printer):
    """DLE DC4 8 with its seven bytes empties the buffer and answers 37 25 00."""
    printer.fault("offline", 0.0)
    answer = said(printer, b"lost\n\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08")
    assert answer == b"\x37\x25\x00"
    printer.heal(1.0)
    assert printer.roll.hanging.lines == []


def test_the_drawer_opens_by_command_in_real_time_and_in_a_picture(printer):
    """ESC p, DLE DC4 1 and the same bytes inside a raster row all kick the drawer."""
    printer.receive(b"\x1bp\x00\x10\x10", 0.0)
    printer.receive(b"\x10\x14\x01\x00\x01", 0.0)
    printer.receive(b"\x1dv0\x00\x05\x00\x01\x00\x10\x14\x01\x00\x01", 0.0)
    assert printer.drawer_kicks == 3


def test_status_inside_a_picture_is_answered(printer):
    """10 04 04 in a raster row is answered although the row is printed too."""
    assert said(printer, b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x04") == b"\x12"
    assert printer.roll.fed_dots == 1


def test_a_mute_clone_prints_and_never_answers():
    """No reply to anything it is asked, and the words are on the paper all the same."""
    printer = PrinterDevice(MUTE_CLONE)
    asked = ASK_ALL + b"\x1da\xff\x1dr\x01\x1dIC\x1d(H\x06\x0000abcdtext\n"
    assert said(printer, asked) == b""
    printer.fault("paper-out", 0.0)
    assert printer.take_replies() == b""
    assert printer.roll.hanging.lines == ["text"]


def test_nonsense_replies_repeat_with_their_seed():
    """The fault "nonsense" answers, but not what was asked; the same seed lies the same."""
    lies = []
    for _ in range(2):
        printer = PrinterDevice(TM_T20III, random=Random(7))
        printer.fault("nonsense", 0.0)
        lies.append(said(printer, ASK_ALL))
    assert lies[0] == lies[1]
    assert lies[0] != b"\x12\x12\x12\x12"


def test_slow_is_slow():
    """The fault "slow-head" prints 40 rows a second until it is healed."""
    printer = PrinterDevice(TM_T20III)
    printer.fault("slow-head", 0.0)
    printer.receive(raster(40), 0.0)
    printer.advance(0.51)
    assert printer.roll.fed_dots == 20
    printer.heal(0.51)
    assert printer.roll.fed_dots == 40


def test_an_unknown_fault_is_refused(printer):
    """A name that is not in FAULTS raises."""
    assert "paper-out" in FAULTS
    with pytest.raises(ValueError, match="no such fault"):
        printer.fault("tea-time", 0.0)


def test_trouble_is_kept_for_the_test_to_see(printer):
    """Unknown commands do not stop the printer and can be counted."""
    printer.receive(b"\x1b\x07ok\n", 0.0)
    assert [t.data for t in printer.troubles] == [b"\x1b\x07"]
    assert printer.roll.hanging.lines == ["ok"]
