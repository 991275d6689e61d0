"""The lane's word about a job, held against the paper: every fault, every port, every printer."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from hardware_sim.printer_faults import CATALOGUE
from printer.ports import open_port
from printer.print_queue import PrintQueue
from tests.faults.fast_loop import LoopClock, run_fast
from tests.faults.matrix import Day, Outcome, cells, days, place
from tests.faults.rig import PORTS, coupon, profile_of

# The printer loses bytes, tells nobody, and goes on answering: no reply that there is can show it.
SILENT = "buffer-loss"
HARMLESS = ("paper-near-end", "drawer-open", "hot-head", "short-writes", "one-client")
# A printer that answers nothing says nothing of a line that died, or of a picture cut short.
MUTE_LOSES = ("drop", "half-open", "usb-vanish", SILENT)
TOLD = ("paper out", "cover open", "offline", "cutter error", "error", "connection lost")


def test_half_of_the_days_have_every_fault_on_every_port() -> None:
    """What is left to `make bench` is the same faults on the printers between."""
    whole = [cell for port in PORTS for cell in cells(port)]
    half = [cell for cell in whole if not place(cell) % 2]
    assert 0.4 < len(half) / len(whole) < 0.6
    assert {(it.fault, it.port) for it in half} == {(it.fault, it.port) for it in whole}


def test_every_fault_is_in_the_matrix() -> None:
    """No fault of the catalogue is left out, and none is there without a printer to have it."""
    told = {cell.fault for port in PORTS for cell in cells(port)}
    assert told == {fault.name for fault in CATALOGUE}


def never_a_false_printed(day: Day, job: Outcome) -> bool:
    """When it is said, the whole slip is on the paper, every dot, and the unit has proved itself."""
    if job.said.result != "printed":
        return True
    return day.proven and (job.copies_then == 1 or day.cell.fault == SILENT)


def not_printed_means_not_a_byte(day: Day, job: Outcome) -> bool:
    """The coupon's own words never left the lane, and are on no paper."""
    if job.said.result != "not_printed":
        return True
    return not job.sent and job.copies == 0 and job.said.detail != ""


def unknown_only_where_no_reply_tells(day: Day, job: Outcome) -> bool:
    """The printer had not named the job, or told of trouble, or left a part of it unanswered."""
    if job.said.result != "unknown":
        return True
    told = job.said.detail.startswith(TOLD) or "not for all" in job.said.detail
    return (told or not job.named) and (
        day.best != "unconfirmed" or job.said.detail == "connection lost"
    )


def what_does_no_harm_is_no_excuse(day: Day, job: Outcome) -> bool:
    """Little paper, an open drawer, a head that cools: the best word that this printer can earn."""
    if day.cell.fault not in HARMLESS or job is not day.jobs[0]:
        return True
    return job.said.result == day.best and job.copies == 1


def after_a_fault_the_next_slip_is_whole(day: Day, job: Outcome) -> bool:
    """What an interrupted job left in the printer is never in the next shopper's slip."""
    if job is not day.jobs[2]:
        return True
    forgiven = day.best == "unconfirmed" and day.cell.fault in MUTE_LOSES
    return job.said.result == day.best and (forgiven or job.copies == 1)


def no_job_is_on_paper_twice(day: Day, job: Outcome) -> bool:
    """However a day went, each coupon was sent once."""
    return job.copies <= 1


def no_byte_finds_a_full_buffer(day: Day, job: Outcome) -> bool:
    """Without a flow-control wire, whatever the printer was doing."""
    return day.best == "unconfirmed" or day.dropped_bytes == 0


LAWS = (
    never_a_false_printed,
    not_printed_means_not_a_byte,
    unknown_only_where_no_reply_tells,
    what_does_no_harm_is_no_excuse,
    after_a_fault_the_next_slip_is_whole,
    no_job_is_on_paper_twice,
    no_byte_finds_a_full_buffer,
)


@pytest.mark.parametrize("port", PORTS)
def test_every_law_holds_on_every_day(port: str, tmp_path: Path) -> None:
    """Each law above, for each of the three jobs of a printer's bad day; `make bench` lives them all."""
    lived = days(port, tmp_path, share=2)
    assert len(lived) > 50
    broken = [
        f"{law.__name__}: {day.cell} {job}"
        for day in lived
        for job in day.jobs
        for law in LAWS
        if not law(day, job)
    ]
    assert not broken


@pytest.mark.parametrize(
    ("model", "proven"),
    [
        ("tm-t88v", True),
        ("tm-t88vi", True),
        ("tm-t20iii", True),
        ("veteran", False),
        ("veteran-45", False),
        ("mute-clone", False),
        ("lying-clone", False),
        ("58mm", False),
        ("58mm-gbk", False),
    ],
)
def test_the_probe_finds_out_who_follows_the_paper(model: str, proven: bool) -> None:
    """Three print before they answer; the others have no process id, or answer ahead of the paper."""
    profile = profile_of(model)
    assert (profile.process_id and profile.fence_follows_paper) is proven


def test_a_file_takes_every_job_and_answers_nothing(tmp_path: Path) -> None:
    """Unconfirmed at best; where the file cannot be written, not printed."""

    job, profile = coupon("tm-t20iii"), profile_of("tm-t20iii")

    async def story(url: str) -> list[str]:
        told: list[str] = []

        async def note(_: str, result: object) -> None:
            told.append(result.result)  # type: ignore[attr-defined]

        queue = PrintQueue(lambda: open_port(url), profile, LoopClock(), note, random.Random(1))
        running = asyncio.ensure_future(queue.run())
        await queue.submit("1" * 32, job, 5.0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return told

    good = tmp_path / "slips.bin"
    assert run_fast(lambda: story(f"file://{good}")) == ["unconfirmed"]
    assert good.read_bytes().endswith(job.data)
    assert run_fast(lambda: story(f"file://{tmp_path}/nowhere/slips.bin")) == ["not_printed"]
