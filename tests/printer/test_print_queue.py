import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from ground.clock import SteppedClock, settle
from printer.escpos import CUT, Job, encode_job
from printer.plan import plan
from printer.ports import PortLease
from printer.print_queue import PrintQueue
from printer.profile import PROFILES, Profile
from printer.session import JobResult
from printer.slip import Code, Slip
from tests.printer.fake_printer import COVER_OPEN, PAPER_OUT, READY, FakePrinter
from tests.printer.paper_reader import read

PROVEN = replace(PROFILES["TM-T20III"], fence_follows_paper=True)
CLONE = PROFILES["generic-80mm"]


@pytest.fixture
def coupon(slip: Slip) -> Job:
    """A coupon's bytes, encoded before, so that no thread has a part in the test's time."""
    return encode_job(plan([slip], PROVEN, 60.0).items, PROVEN)


class Desk:
    """A queue with its printer, and the results in the order they were told."""

    def __init__(self, clock: SteppedClock, profile: Profile, printer: FakePrinter) -> None:
        self.clock = clock
        self.printer = printer
        self.lease = PortLease()
        self.told: list[tuple[str, JobResult]] = []
        self.queue = PrintQueue(
            printer.open, profile, clock, self.note, random.Random(1), self.lease
        )
        self.running: asyncio.Task[None] | None = None

    async def note(self, job_id: str, result: JobResult) -> None:
        self.told.append((job_id, result))

    def start(self) -> None:
        self.running = asyncio.ensure_future(self.queue.run())

    async def stop(self) -> None:
        assert self.running is not None
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)

    async def result(self, future: asyncio.Future[JobResult], most_s: float = 60.0) -> JobResult:
        """Move the clock until the job has its result."""
        for _ in range(int(most_s * 10)):
            await settle()
            if future.done():
                return future.result()
            await self.clock.advance(0.1)
        raise AssertionError("no result")


@pytest.fixture
async def desk(clock: SteppedClock) -> AsyncIterator[Desk]:
    """A proven printer that works, and was set right when it was found."""
    one = Desk(clock, PROVEN, FakePrinter())
    one.start()
    for _ in range(10):
        await clock.advance(0.01)
    yield one
    await one.stop()


async def test_a_job_on_a_proven_printer_is_printed(desk: Desk, coupon: Job) -> None:
    """Slips go in, the code is on the paper once, the result says printed, and the page says ok."""
    result = await desk.result(desk.queue.submit("j1", coupon, 5.0))
    assert result == JobResult("printed")
    assert desk.told == [("j1", result)]
    paper = read(bytes(desk.printer.paper))
    assert paper.codes == [("qr", "8255950110153001123456789012")]
    assert paper.cuts == 1
    assert desk.queue.state.link.what == "ok"
    assert desk.queue.state.waiting == 0


async def test_an_unproven_printer_accepts_at_most(clock: SteppedClock, coupon: Job) -> None:
    """The same answers from a unit nobody probed: accepted."""
    one = Desk(clock, PROFILES["TM-T20III"], FakePrinter())
    one.start()
    assert await one.result(one.queue.submit("j", coupon, 5.0)) == JobResult("accepted")
    await one.stop()


async def test_a_clone_without_ids_accepts_by_its_fences(clock: SteppedClock, coupon: Job) -> None:
    """GS r alone: every byte was taken from the buffer."""
    one = Desk(clock, CLONE, FakePrinter(asb=False, ids=False))
    one.start()
    assert await one.result(one.queue.submit("j", coupon, 5.0)) == JobResult("accepted")
    await one.stop()


async def test_the_same_job_is_answered_again_and_printed_once(desk: Desk, coupon: Job) -> None:
    """Twice before the result: one job. Again after it: told again, no byte more."""
    first, second = desk.queue.submit("j", coupon, 5.0), desk.queue.submit("j", coupon, 5.0)
    assert first is second
    result = await desk.result(first)
    length = len(desk.printer.paper)
    assert await desk.result(desk.queue.submit("j", coupon, 5.0)) == result
    assert desk.told == [("j", result)] * 2
    assert len(desk.printer.paper) == length


@pytest.mark.parametrize(
    ("status", "why"),
    [(PAPER_OUT, "paper out"), (COVER_OPEN, "cover open"), (b"\x18\0\0\0", "offline")],
)
async def test_trouble_before_the_first_byte_prints_nothing(
    desk: Desk, coupon: Job, status: bytes, why: str
) -> None:
    """Seen by the question before the job: not printed, with the reason, and not a byte sent."""
    before = len(desk.printer.paper)
    desk.printer.status = status
    result = await desk.result(desk.queue.submit("j", coupon, 5.0))
    assert result == JobResult("not_printed", why)
    assert len(desk.printer.paper) == before
    assert desk.queue.state.link.what == why


async def test_a_recalled_offer_is_not_printed(desk: Desk, coupon: Job) -> None:
    """Asked right before the first byte: a recall while the job waited prints nothing of it."""
    result = await desk.result(desk.queue.submit("j", coupon, 5.0, still_good=lambda: False))
    assert result == JobResult("not_printed", "recalled")
    assert read(bytes(desk.printer.paper)).codes == []


async def test_a_printer_that_never_answers_is_not_believed(
    clock: SteppedClock, coupon: Job
) -> None:
    """It takes every byte and says nothing: no byte of the job is even sent."""
    printer = FakePrinter()
    printer.mute = True
    one = Desk(clock, PROVEN, printer)
    one.start()
    assert await one.result(one.queue.submit("j", coupon, 5.0)) == JobResult(
        "not_printed", "no answer"
    )
    assert not printer.paper
    await one.stop()


async def test_a_printer_that_stops_reading_is_unknown(desk: Desk, coupon: Job) -> None:
    """It reads 9,000 bytes and no more: the job ends at its deadline, and not as printed."""
    desk.printer.takes = 9000
    result = await desk.result(desk.queue.submit("j", coupon, 5.0))
    assert result == JobResult("unknown", "no answer in time")


async def test_a_line_that_breaks_amid_a_job_is_unknown(desk: Desk, coupon: Job) -> None:
    """A pulled cable after some bytes: unknown; the next job finds the line up again."""
    desk.printer.fails_after = 9000
    assert await desk.result(desk.queue.submit("j1", coupon, 5.0)) == JobResult(
        "unknown", "connection lost"
    )
    assert await desk.result(desk.queue.submit("j2", coupon, 20.0)) == JobResult("printed")
    assert desk.printer.opened == 2


async def test_a_line_that_breaks_while_the_last_answer_is_due_ends_the_job_then(
    desk: Desk, coupon: Job
) -> None:
    """Every byte is out, the fence unanswered, the line goes: unknown at once, not at the deadline."""
    await desk.result(desk.queue.submit("j1", Job((b"first\n",)), 5.0))
    desk.printer._carry_out = lambda command: None  # type: ignore[method-assign]
    job = desk.queue.submit("j2", Job((b"second\n",)), 1000.0)
    for _ in range(20):
        await settle()
        await desk.clock.advance(0.01)
    assert b"second" in desk.printer.paper
    assert not job.done()
    desk.printer.cut_line()
    assert await desk.result(job, 1.0) == JobResult("unknown", "connection lost")


async def test_after_a_broken_job_the_printer_is_set_right_first(desk: Desk, coupon: Job) -> None:
    """The picture cut short is completed with white, the torso cut off, then the next slip is whole."""
    desk.printer.fails_after = 9000
    await desk.result(desk.queue.submit("j1", coupon, 5.0))
    await desk.result(desk.queue.submit("j2", coupon, 20.0))
    second = bytes(desk.printer.paper[9000:])
    assert second.startswith(b"\0" * PROVEN.part_bytes)
    assert second.index(CUT) < second.index(b"\x1dP\xcb\xcb")
    paper = read(bytes(desk.printer.paper), "latin-1")
    assert paper.codes == [("qr", "8255950110153001123456789012")]
    assert paper.cuts == 2


async def test_what_an_earlier_process_left_is_set_right_first(
    clock: SteppedClock, coupon: Job
) -> None:
    """A process died amid a picture: the new one completes it with white, so that no letter is lost."""
    printer = FakePrinter()
    printer.paper += b"\x1dv0\x00\x32\x00\x14\x00" + bytes(100)  # 50 x 20 bytes, 100 of them sent
    one = Desk(clock, PROVEN, printer)
    one.start()
    assert await one.result(one.queue.submit("j", coupon, 20.0)) == JobResult("printed")
    paper = read(bytes(printer.paper), "latin-1")
    assert paper.codes == [("qr", "8255950110153001123456789012")]
    assert "Your market" in paper.lines
    assert paper.cuts == 1
    await one.stop()


async def test_paper_out_amid_a_job_is_never_printed(desk: Desk, coupon: Job) -> None:
    """Even if the roll is changed and every answer comes in the end."""
    desk.printer.paper_out_after = 9000
    job = desk.queue.submit("j", coupon, 30.0)
    for _ in range(100):
        await desk.clock.advance(0.05)
        if desk.printer.status == PAPER_OUT:
            break
    assert desk.printer.status == PAPER_OUT
    desk.printer.wake()
    assert await desk.result(job) == JobResult("unknown", "paper out during the job")


async def test_no_more_than_the_buffer_is_ever_on_the_way(desk: Desk, coupon: Job) -> None:
    """A printer that answers no fence gets the window and not a byte more."""
    await desk.result(desk.queue.submit("j1", coupon, 5.0))
    before = len(desk.printer.paper)
    desk.printer._carry_out = lambda command: None  # type: ignore[method-assign]
    await desk.result(desk.queue.submit("j2", coupon, 5.0))
    assert 0 < len(desk.printer.paper) - before <= PROVEN.window_bytes


async def test_a_printer_switched_off_is_waited_for(clock: SteppedClock, coupon: Job) -> None:
    """Off at first: the job waits for it within its deadline; off for good: not printed, offline."""
    printer = FakePrinter()
    printer.dead = True
    one = Desk(clock, PROVEN, printer)
    one.start()
    job = one.queue.submit("j1", coupon, 30.0)
    await clock.advance(3.0)
    assert one.queue.state.link.what == "offline"
    assert one.queue.state.waiting == 1
    printer.dead = False
    assert await one.result(job) == JobResult("printed")
    printer.dead = True
    printer.cut_line()
    assert await one.result(one.queue.submit("j2", coupon, 5.0)) == JobResult(
        "not_printed", "offline"
    )
    await one.stop()


async def test_a_job_waits_for_another_writer_s_turn(desk: Desk, coupon: Job) -> None:
    """The till's stream holds the port: not a byte of ours until it gives the turn back."""
    await desk.lease.take("till")
    before = len(desk.printer.paper)
    held = desk.queue.submit("j1", coupon, 2.0)
    assert await desk.result(held) == JobResult("not_printed", "the port is held by till")
    assert len(desk.printer.paper) == before
    waiting = desk.queue.submit("j2", coupon, 20.0)
    await desk.clock.advance(1.0)
    assert len(desk.printer.paper) == before
    desk.lease.give_back()
    assert await desk.result(waiting) == JobResult("printed")
    assert desk.lease.holder == ""


async def test_slips_are_laid_out_for_the_printer(desk: Desk, slip: Slip) -> None:
    """Words go in; a slip whose code cannot be printed ends its own job only, with its reason."""
    bad = replace(slip, code=Code("ean13", "4006381333930"))
    jobs = [desk.queue.submit("bad", [bad], 1e6), desk.queue.submit("good", [slip], 1e6)]
    await asyncio.wait(jobs, timeout=30)  # no clock moves: encoding is a thread's real time
    assert jobs[0].result().result == "not_printed"
    assert "check digit" in jobs[0].result().detail
    assert jobs[1].result().result == "printed"
    assert jobs[1].result().plan.startswith("full: ")
    assert "2.00 OFF" in read(bytes(desk.printer.paper)).lines


async def test_a_plan_is_printed_as_it_was_laid_out(desk: Desk, slip: Slip) -> None:
    """A caller that planned before gets that very plan."""
    laid_out = plan([replace(slip, picture_png=None, big="3.00 OFF")], PROVEN, 9.0)
    job = desk.queue.submit("planned", laid_out, 1e6)
    await asyncio.wait([job], timeout=30)
    assert job.result() == JobResult("printed", "", laid_out.reason)
    assert "3.00 OFF" in read(bytes(desk.printer.paper)).lines


async def test_close_finishes_the_job_in_hand(desk: Desk, coupon: Job) -> None:
    """The job in hand is printed, those behind it are told that they were not."""
    jobs = [desk.queue.submit(f"j{number}", coupon, 20.0) for number in range(3)]
    for _ in range(200):
        await desk.clock.advance(0.01)
        if desk.printer.paper:
            break
    closing = asyncio.ensure_future(desk.queue.close())
    results = [await desk.result(job) for job in jobs]
    await closing
    closed = JobResult("not_printed", "closing")
    assert results == [JobResult("printed"), closed, closed]
    assert await desk.queue.submit("late", coupon, 5.0) == closed


async def test_a_queue_that_was_stopped_amid_a_job_tells_it_when_run_again(
    desk: Desk, coupon: Job
) -> None:
    """A supervisor restarts it: the broken job is told as unknown, once, and not printed again."""
    desk.printer.takes = 9000
    job = desk.queue.submit("j1", coupon, 60.0)
    for _ in range(200):
        await desk.clock.advance(0.01)
        if len(desk.printer.paper) >= 9000:
            break
    await desk.stop()
    assert not job.done()
    desk.printer.takes = None
    desk.start()
    assert await desk.result(job) == JobResult("unknown", "stopped")
    assert await desk.result(desk.queue.submit("j2", coupon, 20.0)) == JobResult("printed")
    assert [job_id for job_id, _ in desk.told] == ["j1", "j2"]


async def test_the_page_knows_of_an_open_cover_between_jobs(desk: Desk) -> None:
    """The watch asks every few seconds; `since` is when it began."""
    await desk.clock.advance(1.0)
    assert desk.queue.state.link.what == "ok"
    desk.printer.status = COVER_OPEN
    await desk.clock.advance(5.5)
    state = desk.queue.state.link
    assert state.what == "cover open"
    await desk.clock.advance(12.0)
    assert desk.queue.state.link == state
    desk.printer.status = READY
    await desk.clock.advance(5.5)
    assert desk.queue.state.link.what == "ok"


async def test_nonsense_from_the_printer_harms_nothing(desk: Desk, coupon: Job) -> None:
    """Noise between and before the answers: the job ends without a false result."""
    desk.printer.say(bytes(range(256)) * 4)
    await settle()
    result = await desk.result(desk.queue.submit("j", coupon, 8.0))
    assert result.result in ("printed", "unknown", "not_printed")
    assert await desk.result(desk.queue.submit("j2", coupon, 20.0)) == JobResult("printed")


async def test_raw_bytes_are_a_job_too(desk: Desk) -> None:
    """What was encoded before goes out as it is."""
    assert await desk.result(desk.queue.submit("raw", Job((b"hello\n",)), 5.0)) == JobResult(
        "printed"
    )
    assert b"hello\n" in desk.printer.paper


async def test_a_printer_is_set_right_before_a_job_needs_it(desk: Desk) -> None:
    """Found at start, or again after a broken job, it is set right while nobody waits."""
    assert len(desk.printer.paper) > PROVEN.part_bytes
    before = len(desk.printer.paper)
    await desk.result(desk.queue.submit("j", Job((b"hello\n",)), 5.0))
    assert len(desk.printer.paper) - before < 100


async def test_a_dead_connection_is_found_out_before_the_first_byte(desk: Desk) -> None:
    """Half-open: what is sent goes nowhere; the question goes unanswered, a new line prints."""
    port = desk.printer._port
    assert port is not None
    port.write = _swallow  # type: ignore[method-assign]
    result = await desk.result(desk.queue.submit("j", Job((b"hello\n",)), 5.0))
    assert result == JobResult("printed")
    assert desk.printer.opened == 2


async def _swallow(data: bytes) -> None:
    """Take bytes as a network stack does whose other end is gone."""


class Refuses:
    """A spooler that takes a job whole, and no bytes."""

    answers = False

    def __init__(self) -> None:
        self.jobs: list[bytes] = []
        self.closed = asyncio.Event()

    async def open(self) -> "Refuses":
        return self

    async def write(self, data: bytes) -> None:
        raise OSError("a spooler takes whole jobs only")

    async def read(self) -> bytes:
        await self.closed.wait()
        return b""

    async def close(self) -> None:
        self.closed.set()

    async def hand_over(self, data: bytes, name: str) -> int:
        self.jobs.append(data)
        return len(self.jobs)

    async def standing(self, number: int) -> str:
        return "done"

    async def take_back(self, number: int) -> None:
        raise AssertionError("it was done")


async def test_a_spooler_gets_jobs_and_nothing_else(clock: SteppedClock) -> None:
    """No zero bytes, no questions: those would be jobs of their own."""
    spooler = Refuses()
    one = Desk(clock, PROVEN, spooler)  # type: ignore[arg-type]
    one.start()
    result = await one.result(one.queue.submit("j", Job((b"hello\n",)), 5.0))
    assert result.result == "unconfirmed"
    assert spooler.jobs == [b"hello\n"]
    await one.stop()
