"""Every fault of the catalogue on every port on every printer: what the lane says, and what is so.

A cell is one printer's bad day. The fault strikes amid the first job; the second is tried while it
lasts; the third comes when all is well again. (A buffer of 45 bytes is left out at 115,200 baud: what
20 ms bring is more than it holds, wire or no wire.) `python -m tests.faults.matrix` writes the table.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hardware_sim.printer_faults import CATALOGUE, Fault
from hardware_sim.printer_models import MODELS
from printer.session import JobResult
from tests.faults.fast_loop import run_fast
from tests.faults.rig import PORTS, WIRED_BYTES, Rig, coupon, marker, profile_of

AMOUNTS = {
    "paper-out": 30,
    "cutter-jam": 1,
    "power-cycle": 300,
    "buffer-loss": 300,
    "slow-head": 200,
}
NOT_ON_USB = frozenset({"reset", "half-open", "refuse", "one-client", "drop"})
FIRST_S, SECOND_S, THIRD_S = 15.0, 4.0, 30.0
AMID_BYTES = 500  # of the first job, when the fault begins
FIND_S = 20.0  # until a printer is found again: the longest pause between two openings is 15 s


@dataclass(frozen=True)
class Cell:
    """One printer's bad day."""

    fault: str
    port: str
    model: str


@dataclass
class Outcome:
    """What was said of one job, and what can be seen without the lane."""

    said: JobResult
    copies_then: int  # whole slips on the paper when it was said to be printed
    copies: int  # and at the end of the day
    sent: bool  # a byte of it was written
    named: bool  # the printer named the job before it was said


@dataclass
class Day:
    """A cell's three jobs: as the fault strikes, while it lasts, and after it."""

    cell: Cell
    jobs: tuple[Outcome, ...]
    proven: bool
    dropped_bytes: int
    best: str


def cells(port: str) -> Iterator[Cell]:
    """Give every fault that can happen on a port, for every printer."""
    for fault in CATALOGUE:
        if _can(fault, port):
            for model in MODELS:
                # a buffer of some bytes is a veteran's, on a slow wire with its flow-control line
                if not (
                    port in ("serial 115200", "usb") and MODELS[model].buffer_bytes < WIRED_BYTES
                ):
                    yield Cell(fault.name, port, model)


def _can(fault: Fault, port: str) -> bool:
    if port == "usb":
        return fault.name == "usb-vanish" or ("tcp" in fault.lines and fault.name not in NOT_ON_USB)
    return ("pty" if port.startswith("serial") else "tcp") in fault.lines


def best_of(model: str) -> str:
    """Give the best that may ever be said of a job on this printer."""
    profile = profile_of(model)
    if profile.process_id and profile.fence_follows_paper:
        return "printed"
    return "accepted" if profile.gs_r or profile.process_id else "unconfirmed"


async def live(cell: Cell, folder: Path) -> Day:
    """Go through one printer's day."""
    rig = Rig(cell.model, cell.port, folder)
    async with rig.running():
        await asyncio.sleep(3.0)  # found, and set right
        before = rig.device.received_bytes
        first = rig.queue.submit(_id(0), coupon(cell.model, 0), FIRST_S)
        await rig.until(lambda: rig.device.received_bytes > before + AMID_BYTES)
        amount = AMOUNTS.get(cell.fault)
        rig.fault(cell.fault if amount is None else f"{cell.fault}={amount}")
        jobs = [await _told(rig, 0, first)]
        jobs.append(await _told(rig, 1, rig.queue.submit(_id(1), coupon(cell.model, 1), SECOND_S)))
        await rig.heal()
        await rig.until(lambda: rig.queue.state.link.what in ("ok", "unknown"), FIND_S)
        await asyncio.sleep(6.0)  # set right, if need be: at 9600 baud that takes a while
        jobs.append(await _told(rig, 2, rig.queue.submit(_id(2), coupon(cell.model, 2), THIRD_S)))
        await asyncio.sleep(6.0)
        for number, job in enumerate(jobs):
            job.copies = rig.copies(coupon(cell.model, number))
        best = best_of(cell.model)
        return Day(cell, tuple(jobs), best == "printed", rig.device.dropped_bytes, best)


def _id(number: int) -> str:
    return f"{number:032x}"


async def _told(rig: Rig, number: int, job: asyncio.Future[JobResult]) -> Outcome:
    said = await job
    copies = rig.copies(coupon(_model(rig), number)) if said.result == "printed" else 0
    sent = marker(number).encode() in rig.sent
    return Outcome(said, copies, copies, sent, rig.id_came(_id(number)))


def _model(rig: Rig) -> str:
    return next(name for name, model in MODELS.items() if model is rig.device.model)


def days(port: str, folder: Path, share: int = 1) -> list[Day]:
    """Live the days of one port side by side, in one loop: all of them, or one of so many.

    A half has each fault on each port where it can happen.
    """
    found = [cell for cell in cells(port) if not place(cell) % share]
    for model in MODELS:
        for number in range(3):
            coupon(model, number)

    async def all_of_them() -> list[Day]:
        return list(
            await asyncio.gather(
                *(live(cell, folder / str(number)) for number, cell in enumerate(found))
            )
        )

    return run_fast(all_of_them)


def place(cell: Cell) -> int:
    """Give a cell's place; neighbours in fault, printer or port are one apart."""
    faults = [fault.name for fault in CATALOGUE]
    return faults.index(cell.fault) + list(MODELS).index(cell.model) + PORTS.index(cell.port)


def lines(found: list[Day]) -> Iterator[str]:
    """Give the table, one row a cell."""
    yield f"{'fault':14} {'port':14} {'printer':12} first job, struck by it                 | second, while it lasts  | third, after it"
    for day in found:
        told = " | ".join(f"{job.said.result} {job.said.detail} ({job.copies})" for job in day.jobs)
        yield f"{day.cell.fault:14} {day.cell.port:14} {day.cell.model:12} {told}"


def write_table(path: Path) -> list[Day]:
    """Live every day, and write the table of what was said (and how often it is on the paper)."""
    found: list[Day] = []
    with TemporaryDirectory() as folder:
        for port in PORTS:
            found += days(port, Path(folder) / port)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines(found)) + "\n")
    return found


if __name__ == "__main__":
    write_table(Path(sys.argv[1] if len(sys.argv) > 1 else "out/printer_faults.txt"))
