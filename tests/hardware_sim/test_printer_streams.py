"""The laws of the whole machine: however bytes come, the paper is the same; whatever comes, it stays well."""

from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from hardware_sim.escpos_grammar import MAX_STORED_BYTES
from hardware_sim.print_head import Pace
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_faults import CATALOGUE
from hardware_sim.printer_models import MODELS
from tests.hardware_sim.printer_streams import COMMANDS, cut_up, mixed

STREAMS = st.lists(
    st.one_of(
        st.sampled_from(COMMANDS),
        st.binary(max_size=12),
        st.sampled_from(COMMANDS).flatmap(lambda c: st.integers(0, len(c)).map(lambda n: c[:n])),
    ),
    max_size=25,
).map(b"".join)


def outcome(model, pieces):
    """Print pieces; give all paper as dots and words, the answers, and what was lost."""
    printer = PrinterDevice(MODELS[model], random=Random(1))
    answers = b""
    for piece in pieces:
        printer.receive(piece, 0.0)
        answers += printer.take_replies()
    for _ in range(300):  # macros in noise may wait for the button, or for their time
        if printer.is_idle or not (printer.head or printer.buffer):
            break
        printer.press_feed(1e9)
        printer.advance(1e9)
    slips = [*printer.roll.slips, printer.roll.hanging]
    paper = [(slip.image().tobytes(), slip.transcript()) for slip in slips]
    return paper, printer.dropped_bytes, answers


@settings(max_examples=150, deadline=None)
@given(data=STREAMS, model=st.sampled_from(sorted(MODELS)), seed=st.integers(0, 1000))
def test_any_cutting_gives_the_same_paper(data, model, seed):
    """Whole, byte by byte, and cut anywhere: the same dots, words and losses, on every model."""
    whole = outcome(model, [data])
    one_by_one = outcome(model, [data[i : i + 1] for i in range(len(data))])
    assert one_by_one[:2] == whole[:2]
    assert outcome(model, cut_up(data, Random(seed)))[:2] == whole[:2]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=STREAMS.filter(lambda d: b"\x1d^" not in d), seed=st.integers(0, 1000))
def test_any_cutting_gives_the_same_answers(data, seed):
    """Without macros that wait the same bytes come back; a real-time answer overtakes what is buffered."""
    *paper, answers = outcome("tm-t20iii", [data])
    *paper_of_pieces, answers_of_pieces = outcome("tm-t20iii", cut_up(data, Random(seed)))
    assert paper_of_pieces == paper
    assert sorted(answers_of_pieces) == sorted(answers)


@pytest.mark.parametrize("model", MODELS)
def test_long_runs_of_commands_and_noise(model):
    """Thirty seeded streams of 60 pieces each: cut differently, they print the same."""
    for seed in range(30):
        data = mixed(Random(seed), 60)
        assert outcome(model, cut_up(data, Random(seed + 1)))[:2] == outcome(model, [data])[:2], (
            seed
        )


@pytest.mark.parametrize("seed", range(6))
def test_noise_never_crashes_and_never_fills_the_memory(seed):
    """100 KB of random bytes: it lives, holds no more than one block, and reads the next job."""
    random = Random(seed)
    printer = PrinterDevice(MODELS[sorted(MODELS)[seed]], random=Random(1))
    for _ in range(100):
        printer.receive(random.randbytes(1000), 0.0)
        printer.press_feed(0.0)
        printer.take_replies()
        assert printer.reader.held_bytes <= MAX_STORED_BYTES
        assert len(printer.buffer) <= 4096
    printer.power_cycle()
    printer.receive(b"\x1b@\x1c.after the noise\n", 1.0)
    printer.advance(1e9)
    assert printer.roll.hanging.lines[-1] == "after the noise"


@settings(max_examples=100, deadline=None)
@given(
    story=st.lists(
        st.one_of(
            st.tuples(st.just("bytes"), STREAMS),
            st.tuples(st.just("fault"), st.sampled_from([f for f in CATALOGUE if not f.by_port])),
            st.tuples(st.just("heal"), st.none()),
            st.tuples(st.just("time"), st.floats(0, 20)),
            st.tuples(st.just("button"), st.none()),
        ),
        max_size=20,
    ),
    model=st.sampled_from(sorted(MODELS)),
    amount=st.integers(0, 50),
)
def test_no_order_of_bytes_faults_and_time_breaks_it(story, model, amount):
    """Whatever happens in whatever order: it stays in its bounds, and once healed it rests and answers."""
    printer, now = PrinterDevice(MODELS[model], Pace(200.0, 100, 0.4, 1000, 3)), 0.0
    for what, value in story:
        if what == "bytes":
            printer.receive(value, now)
        elif what == "fault":
            printer.fault(f"{value.name}={amount}" if value.counts else value.name, now)
        elif what == "heal":
            printer.heal(now)
        elif what == "button":
            printer.press_feed(now)
        else:
            now += value
            printer.advance(now)
        deadline = printer.next_deadline()
        assert deadline is None or deadline >= 0
    for _ in range(600):
        now += 1e6
        printer.heal(now)
        printer.press_feed(now)
    printer.take_replies()
    assert not printer.head
    assert len(printer.buffer) == 0
    printer.receive(b"\x10\x04\x01", now)
    expected = b"\x12" if "DLE EOT" in printer.model.answers else b""
    assert printer.take_replies() == expected
    slips = [*printer.roll.slips, printer.roll.hanging]
    assert sum(slip.height_dots for slip in slips) == printer.roll.fed_dots
