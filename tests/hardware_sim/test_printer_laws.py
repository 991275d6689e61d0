"""What holds for the printer whatever happens to it."""

from hypothesis import given, settings, strategies as st

from hardware_sim.escpos_events import Printed
from hardware_sim.escpos_reader import EscposReader
from hardware_sim.paper import Roll
from hardware_sim.print_head import Pace
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_faults import SENSOR_FAULTS
from hardware_sim.printer_models import MODELS, TM_T20III

JOB = (
    b"\x1b@first line\n\x1ba\x01second\n"
    + b"\x1dv0\x00\x02\x00\x10\x00"
    + bytes(range(32))
    + b"\x1dk\x024006381333931\x00third\n\x1dVA\x00after the cut\n"
)
HAPPENINGS = st.one_of(
    st.tuples(st.just("bytes"), st.integers(1, 40)),
    st.tuples(st.just("fault"), st.sampled_from(sorted(SENSOR_FAULTS))),
    st.tuples(st.just("heal"), st.just(0)),
    st.tuples(st.just("time"), st.floats(0, 0.5)),
)


def printed_at_once() -> tuple[list[str], list[str]]:
    printer = PrinterDevice(TM_T20III)
    printer.receive(JOB, 0.0)
    return printer.roll.slips[0].lines, printer.roll.hanging.lines


@settings(max_examples=150, deadline=None)
@given(story=st.lists(HAPPENINGS, max_size=40), speed=st.sampled_from([0.0, 50.0, 1000.0]))
def test_faults_delay_paper_but_never_lose_or_double_it(story, speed):
    """Whatever opens, jams or runs out in between: once healed the paper is that of a calm day."""
    printer, now, rest = PrinterDevice(TM_T20III, Pace(speed)), 0.0, JOB
    for kind, value in story:
        if kind == "bytes":
            printer.receive(rest[:value], now)
            rest = rest[value:]
        elif kind == "fault":
            printer.fault(value, now)
        elif kind == "heal":
            printer.heal(now)
        else:
            now += value
            printer.advance(now)
    printer.receive(rest, now)
    printer.heal(now)
    while (deadline := printer.next_deadline()) is not None:
        now = max(now, deadline)
        printer.advance(now)
    assert printer.is_idle
    assert printer.dropped_bytes == 0
    assert (printer.roll.slips[0].lines, printer.roll.hanging.lines) == printed_at_once()


@settings(max_examples=100, deadline=None)
@given(
    data=st.lists(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from(
                [
                    b"wide \x1d!\x77words\n",
                    b"\x1ba\x02",
                    b"\x1dL\xff\x01",
                    b"\x1dW\x20\x00",
                    b"\x1dv0\x03\x60\x00\x02\x00" + b"\xff" * 192,
                    b"\x1dH\x03\x1dk\x0396385074\x00",
                    b"\x1b$\xff\x01x\n",
                    b"\x1b*\x00\x40\x00" + b"\xaa" * 64 + b"\n",
                ]
            ),
        ),
        max_size=15,
    ).map(b"".join),
    model=st.sampled_from(sorted(MODELS)),
)
def test_ink_stays_on_the_paper(data, model):
    """No command draws beyond the paper's edge, and the paper is as long as what was fed."""
    roll = Roll(MODELS[model].width_dots)
    for event in EscposReader(MODELS[model]).feed(data):
        if isinstance(event, Printed):
            roll.take(event)
    slips = [*roll.slips, roll.hanging]
    assert sum(slip.height_dots for slip in slips) == roll.fed_dots
    for slip in slips:
        assert all(s.top + (s.ink.height if s.ink else 0) <= slip.height_dots for s in slip.strips)
        assert all(s.ink.width <= slip.width_dots for s in slip.strips if s.ink)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=400), faults=st.lists(st.sampled_from(sorted(SENSOR_FAULTS))))
def test_replies_can_always_be_told_apart(data, faults):
    """Asked DLE EOT 1 to 4 after any noise, the last four bytes are four status bytes."""
    printer = PrinterDevice(TM_T20III)
    for fault in faults:
        printer.fault(fault, 0.0)
    printer.receive(data + b"\x00" * 10, 0.0)
    printer.take_replies()
    printer.receive(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04", 0.0)
    replies = printer.take_replies()
    status = [byte for byte in replies if byte & 0b10010011 == 0b00010010]
    assert len(status) >= 4


def test_the_laws_job_is_not_empty():
    """The calm day's paper, by hand."""
    first, second = printed_at_once()
    assert first == ["first line", "second", "[picture 16 x 16]", "[EAN-13 4006381333931]", "third"]
    assert second == ["after the cut"]
