from typing import get_args, get_type_hints

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from offers.records import Printed
from printer.escpos import FENCE, process_id
from printer.profile import Profile
from printer.session import JobResult, Outcome, PrintSession, job_mark
from printer.status import CLEARED, Answer, Event, Fence, PrinterState, ProcessId, Status

OK = PrinterState()
OUT = PrinterState(online=False, paper_out=True)
HOT = PrinterState(online=False, hot=True)
FENCED = Profile(name="fenced", buffer_bytes=1128, gs_r=True)  # a window of 1000
IDS = Profile(name="ids", buffer_bytes=1128, gs_r=True, process_id=True)
PROVEN = Profile(name="p", buffer_bytes=1128, gs_r=True, process_id=True, fence_follows_paper=True)
MUTE = Profile(name="mute", buffer_bytes=1128)
MARK = b"ab12"


def session(profile: Profile, *sizes: int, stale: int = 0) -> PrintSession:
    return PrintSession([bytes(size) for size in sizes], profile, MARK, 10.0, stale)


def send_all(job: PrintSession) -> int:
    sent = 0
    while data := job.next_bytes():
        sent += len(data)
        job.written()
    return sent


def test_the_results_are_the_journal_s() -> None:
    """A session ends in exactly the words that a Printed row has."""
    assert get_args(Outcome) == get_args(get_type_hints(Printed)["result"])


def test_no_more_than_the_window_is_on_the_way() -> None:
    """Three parts of 400 with their fences: two fit 1000 bytes, the third waits for an answer."""
    job = session(FENCED, 400, 400, 400)
    assert send_all(job) == 806
    job.receive([Fence(0)], OK)
    assert send_all(job) == 403
    assert job.result is None
    job.receive([Fence(0), Fence(0)], OK)
    assert job.result == JobResult("accepted")


def test_a_fence_stands_behind_each_part_and_the_id_at_the_end() -> None:
    """GS r 1 after every part; GS ( H with the job's own characters once, after the last."""
    job = session(IDS, 10, 10)
    assert job.next_bytes() == bytes(10) + FENCE
    assert job.next_bytes() == bytes(10) + FENCE + process_id(MARK)


def test_only_a_proven_unit_prints() -> None:
    """The same answer is `printed` on a unit whose probe proved it, `accepted` on any other."""
    for profile, result in ((PROVEN, "printed"), (IDS, "accepted")):
        job = session(profile, 10)
        send_all(job)
        job.receive([Fence(0)], OK)
        assert job.result is None
        job.receive([ProcessId(MARK)], OK)
        assert job.result == JobResult(result)


def test_another_job_s_id_is_not_ours() -> None:
    """Only the own four characters count, and only once everything was sent."""
    job = session(PROVEN, 600, 600)
    job.next_bytes()
    job.receive([ProcessId(MARK)], OK)
    assert job.result is None
    job.receive([Fence(0)], OK)
    send_all(job)
    job.receive([ProcessId(b"zz99")], OK)
    assert job.result is None
    job.receive([Fence(0), ProcessId(MARK)], OK)
    assert job.result == JobResult("printed")


def test_a_fence_that_never_came_back_went_down_with_lost_bytes() -> None:
    """The id, which stands last, came, but one part was never answered for: not confirmed."""
    job = session(PROVEN, 400, 400)
    send_all(job)
    job.receive([Fence(0), ProcessId(MARK)], OK)
    assert job.result == JobResult("unknown", "it answered, but not for all of it")


def test_after_a_broken_job_the_id_alone_counts() -> None:
    """Which fences of the broken job will still be answered nobody knows; the id is ours alone."""
    job = PrintSession([bytes(10)], PROVEN, MARK, 10.0, None)
    send_all(job)
    job.receive([Fence(0), Fence(0), ProcessId(MARK)], OK)
    assert job.result == JobResult("printed")


def test_amid_noise_nothing_is_printed() -> None:
    """A stray byte may look like a fence: with noise on the line a job is accepted at most."""
    job = session(PROVEN, 10)
    send_all(job)
    job.receive([Fence(0), ProcessId(MARK)], OK, noisy=True)
    assert job.result == JobResult("accepted", "its answers came amid noise")


def test_a_head_that_cooled_down_has_printed_all_of_it() -> None:
    """Too hot amid a job, then not: it went on by itself, on the same paper."""
    job = session(PROVEN, 10)
    send_all(job)
    job.receive([Status(HOT)], HOT)
    job.receive([Fence(0), ProcessId(MARK)], OK)
    assert job.result == JobResult("printed")


def test_a_printer_told_to_forget_its_buffer_did_not_print_it() -> None:
    """Somebody else's DLE DC4 8: its answer shows that bytes of ours may be gone."""
    job = session(PROVEN, 10)
    send_all(job)
    job.receive([CLEARED, Fence(0), ProcessId(MARK)], OK)
    assert job.result == JobResult("unknown", "buffer cleared during the job")


def test_answers_to_an_earlier_job_are_passed_over() -> None:
    """Two fences of a broken job may still be answered: they free nothing and confirm nothing."""
    job = session(FENCED, 10, stale=2)
    send_all(job)
    job.receive([Fence(0), Fence(0)], OK)
    assert job.result is None
    job.receive([Fence(0)], OK)
    assert job.result == JobResult("accepted")


def test_a_printer_that_answers_nothing_is_never_believed() -> None:
    """All bytes went out and nobody said a word: unconfirmed, not accepted."""
    job = session(MUTE, 10, 10)
    send_all(job)
    assert job.result is not None
    assert job.result.result == "unconfirmed"


def test_before_the_first_byte_nothing_was_printed() -> None:
    """A line lost or a deadline passed before any byte: not printed. After one: unknown."""
    early, late = session(FENCED, 10), session(FENCED, 10)
    early.lost("connection lost")
    assert early.result == JobResult("not_printed", "connection lost")
    late.next_bytes()
    late.on_deadline(9.9)
    assert late.result is None
    assert late.next_deadline() == 10.0
    late.on_deadline(10.0)
    assert late.result == JobResult("unknown", "no answer in time")
    assert late.next_deadline() is None


def test_trouble_amid_a_job_leaves_it_unknown() -> None:
    """Paper out, then in again, then every fence answered: part of it may be on another roll."""
    for event in (Status(OUT), Answer(4, 0x72)):
        job = session(PROVEN, 10)
        send_all(job)
        job.receive([event], OUT)
        job.receive([Status(OK)], OK)
        job.receive([Fence(0), ProcessId(MARK)], OK)
        assert job.result == JobResult("unknown", "paper out during the job")


def test_a_result_is_final() -> None:
    """What comes after the result changes nothing and sends nothing."""
    job = session(FENCED, 10)
    send_all(job)
    job.receive([Fence(0)], OK)
    job.lost("connection lost")
    job.on_deadline(99.0)
    assert job.result == JobResult("accepted")
    assert job.next_bytes() == b""


def test_a_mark_is_four_characters_that_every_printer_takes() -> None:
    """From 33 to 126, the same for the same job, another for another."""
    marks = {job_mark(f"{number:032x}") for number in range(500)}
    assert all(len(mark) == 4 and all(33 <= byte <= 126 for byte in mark) for mark in marks)
    assert len(marks) == 500
    assert job_mark("a") == job_mark("a")


class AnyPrinter(RuleBasedStateMachine):
    """A printer that takes bytes in order, answers late, goes deaf, runs out of paper, is reset."""

    def __init__(self) -> None:
        super().__init__()
        self.job = PrintSession([bytes(n) for n in (300, 400, 500, 20)], PROVEN, MARK, 10.0)
        self.buffer = bytearray()
        self.printed = 0
        self.total = 300 + 400 + 500 + 20 + 4 * len(FENCE) + len(process_id(MARK))
        self.replies: list[Event] = []
        self.ran_out = False

    @rule()
    def the_queue_sends(self) -> None:
        self.buffer += self.job.next_bytes()
        self.job.written()

    @precondition(lambda self: self.buffer)
    @rule(size=st.integers(1, 700))
    def the_printer_prints(self, size: int) -> None:
        """It works through its buffer, answering each fence that it comes to."""
        before, self.printed = self.printed, self.printed + min(size, len(self.buffer))
        del self.buffer[: self.printed - before]
        for end, event in self.fences():
            if before < end <= self.printed:
                self.replies.append(event)

    def fences(self) -> list[tuple[int, Event]]:
        last = self.total - len(process_id(MARK))
        ends = [303, 303 + 403, 303 + 403 + 503, last]
        return [*((end, Fence(0)) for end in ends), (self.total, ProcessId(MARK))]

    @precondition(lambda self: self.replies)
    @rule()
    def an_answer_arrives(self) -> None:
        self.job.receive([self.replies.pop(0)], OK)

    @rule(byte=st.sampled_from([0x00, 0x0C, 0x7F]))
    def noise_looks_like_a_fence(self, byte: int) -> None:
        self.job.receive([Fence(byte)], OK)

    @rule()
    def power_cut(self) -> None:
        self.buffer.clear()
        self.replies.clear()
        self.printed = self.total + 1  # whatever is sent now is not this job

    @rule()
    def paper_runs_out(self) -> None:
        self.ran_out = True
        self.job.receive([Status(OUT)], OUT)

    @rule()
    def line_breaks(self) -> None:
        self.job.lost("connection lost")

    @invariant()
    def never_a_false_printed(self) -> None:
        if self.job.result is not None and self.job.result.result == "printed":
            assert self.printed == self.total


TestAnyPrinter = AnyPrinter.TestCase
TestAnyPrinter.settings = settings(max_examples=150, deadline=None, stateful_step_count=30)
