"""The session against the clock: a stalled printer, every baud rate, every fault of the simulator.

The stall is real, sixty seconds of it: what is measured is how long the loop was ever away from its
other work, over the deadlines of ten jobs. The table of faults is written to out/printer_faults.txt.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
import tty
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from ground.clock import SystemClock
from printer.escpos import encode_job
from printer.plan import plan, plan_rung
from printer.ports import open_port, tuned
from printer.print_queue import PrintQueue
from printer.profile import PROFILES
from printer.session import JobResult
from printer.slip import Code, Slip
from tests.bench.figure import Figure
from tests.faults.fast_loop import run_fast
from tests.faults.matrix import write_table
from tests.faults.rig import Rig, long_slip

BAUDS = (9600, 19_200, 38_400, 57_600, 115_200)
LIMIT_S = 2.0
LAG_MS = 20.0
STALL_S = 60.0
TICK_S = 0.001
TABLE = Path("out/printer_faults.txt")
MODEL = "tm-t20iii"
PROFILE = replace(PROFILES["TM-T20III"], fence_follows_paper=True, shared=False)


def figures() -> list[Figure]:
    """Measure all of it."""
    return [_lag(), *_cuts(), *_faults()]


def _slip() -> Slip:
    code = Code("qr", "8255950110153001123456789012", "1234 5678 9012")
    return Slip(
        job="0" * 32,
        headline="Greek yogurt, any flavour",
        big="2.00 OFF",
        validity="Valid until 5 December 2026",
        code=code,
        picture_png=long_slip().picture_png,
    )


def _lag() -> Figure:
    """Sit in a loop beside a queue whose printer takes no byte, and see how late one is woken."""
    lags = asyncio.run(_stall())
    lags.sort()
    worst = lags[len(lags) * 99 // 100] * 1000
    ratio = worst / LAG_MS
    return Figure(
        f"loop lag p99 while a printer stalls for {STALL_S:g} s", worst, "ms",
        f"the limit, over {len(lags)} wakes", ratio, f"< {LAG_MS:g} ms", ratio < 1,
    )  # fmt: skip


async def _stall() -> list[float]:
    """Let ten jobs wait for a line that takes four kilobytes and then not a byte, nor answers."""
    printer, line = os.openpty()
    tty.setraw(line)
    name = os.ttyname(line)
    silent = replace(PROFILE, realtime_status=False, asb=False)
    queue = PrintQueue(lambda: open_port(name), silent, SystemClock(), _told, random.Random(1))
    running = asyncio.ensure_future(queue.run())
    for job in range(10):
        queue.submit(str(job), (_slip(),), STALL_S / 10 * (job + 1))
    lags: list[float] = []
    until = time.monotonic() + STALL_S
    while (began := time.monotonic()) < until:
        await asyncio.sleep(TICK_S)
        lags.append(max(0.0, time.monotonic() - began - TICK_S))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    os.close(line)
    os.close(printer)
    return lags


async def _told(_: str, result: JobResult) -> None:
    """Write nothing down."""


def _cuts() -> Iterator[Figure]:
    """Time one coupon, code included, from the job's first byte to the cut, at each baud rate."""
    for baud in BAUDS:
        with TemporaryDirectory() as folder:
            seconds, rung, predicted = run_fast(lambda: _cut(baud, Path(folder)))  # noqa: B023
        ratio = seconds / LIMIT_S
        yield Figure(
            f"time to cut at {baud} baud, {rung}", seconds, "s",
            f"the limit; {predicted:.2f} s predicted", ratio, f"<= {LIMIT_S:g} s", ratio <= 1,
        )  # fmt: skip


async def _cut(baud: int, folder: Path) -> tuple[float, str, float]:
    rig = Rig(MODEL, f"serial {baud}", folder, PROFILE)
    async with rig.running():
        await asyncio.sleep(5.0)
        loop = asyncio.get_running_loop()
        laid_out = plan([_slip()], tuned(PROFILE, f"serial:///x?baud={baud}"), LIMIT_S)
        cuts, began = rig.device.cuts, loop.time()
        job = rig.queue.submit("1" * 32, laid_out, 30.0)
        await rig.until(lambda: rig.device.cuts > cuts)
        took = loop.time() - began
        assert (await job).result == "printed"
        assert rig.copies(
            encode_job(plan_rung([_slip()], rig.profile, laid_out.rung).items, rig.profile)
        )
        return took, laid_out.rung, laid_out.seconds


def _faults() -> Iterator[Figure]:
    """Live through the whole matrix, and count what was said falsely."""
    days = write_table(TABLE)
    jobs = [(day, job) for day in days for job in day.jobs]
    told = [(day, job) for day, job in jobs if job.said.result == "printed"]
    false = [day for day, job in told if job.copies_then != 1 and day.cell.fault != "buffer-loss"]
    silent = sum(job.copies_then != 1 for _, job in told) - len(false)
    beside = (
        f"{len(jobs)} jobs on {len(days)} bad days, {len(told)} said printed; {silent} more where a "
        "printer lost bytes and said nothing"
    )
    yield Figure(
        "false printed over the fault matrix", len(false), "jobs", beside,
        float(len(false)), "0", not false,
    )  # fmt: skip
    unknown = [(day, job) for day, job in jobs if job.said.result == "unknown"]
    named = [
        day for day, job in unknown
        if job.named and "during the job" not in job.said.detail and "not for all" not in job.said.detail
    ]  # fmt: skip
    yield Figure(
        "unknown although the printer named the job", len(named), "jobs",
        f"of {len(unknown)} unknown", float(len(named)), "0", not named,
    )  # fmt: skip


if __name__ == "__main__":
    for figure in figures():
        print(figure)
