"""The lane's way to the paper: jobs go to the print queue, their results into the journal."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from agent.second_try import SecondTry
from cache.entries import Entry
from cache.journal import Journal
from ground.clock import Clock
from ground.dice import Dice
from offers.records import JobId, Printed
from printer.escpos import Job
from printer.link import LinkState
from printer.nv_store import NvStore
from printer.ports import open_port, tuned
from printer.print_queue import PrintQueue
from printer.profile import Profile
from printer.render import preview
from printer.session import JobResult
from printer.slip import Slip
from staff_help.lane_state import PrintResult

log = logging.getLogger("tillside.print")

JOBS_SHOWN = 50
SLIPS_KEPT = 8  # jobs whose slips can be looked at: some 100 kB each
DRAWN_KEPT = 12  # pictures, some 5 kB each
K = TypeVar("K")
V = TypeVar("V")
READY = ("ok", "unknown")  # a port with no way back is all a lane may have


class PrintDesk:
    """Hands slips to one printer, and knows how each job ended."""

    def __init__(
        self, url: str, profile: Profile, journal: Journal, clock: Clock, dice: Dice
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._url = url
        self._profile = tuned(profile, url)
        self._results: OrderedDict[JobId, PrintResult] = OrderedDict()
        self._again_of: dict[JobId, JobId] = {}
        self._slips: OrderedDict[JobId, tuple[Slip, ...]] = OrderedDict()
        self._drawn: OrderedDict[tuple[JobId, int], bytes] = OrderedDict()
        self._own: OrderedDict[JobId, JobResult | None] = OrderedDict()  # tests and calibrations
        self._second = SecondTry()
        self.memory: NvStore | None = None
        self.changed: Callable[[], None] = lambda: None
        self.deadline_s = 5.0
        self.queue = PrintQueue(lambda: open_port(url), self._profile, clock, self._on_result, dice)

    @property
    def ready(self) -> bool:
        """Tell whether a job given now would start."""
        return self.queue.state.link.what in READY

    @property
    def link(self) -> LinkState:
        """Give the printer's state."""
        return self.queue.state.link

    @property
    def busy(self) -> bool:
        """Tell whether a job is under way or waits."""
        return self.queue.state.waiting > 0

    @property
    def url(self) -> str:
        """Give the port's address."""
        return self._url

    @property
    def profile(self) -> Profile:
        """Give the printer's profile."""
        return self._profile

    def keep_pictures_in(self, path: Path) -> None:
        """Use the printer's own memory for pictures; `path` is the file that says what is there."""
        self.memory = NvStore(path, self._profile, self._clock)
        self.queue.use_memory(self.memory)

    async def run(self) -> None:
        """Print until cancelled; what found the printer not ready is given again when it is."""
        second = asyncio.ensure_future(self._try_again())
        try:
            await self.queue.run()
        finally:
            second.cancel()
            await asyncio.gather(second, return_exceptions=True)

    async def _try_again(self) -> None:
        while True:
            change = self.queue.changed()
            if self.ready and (due := self._second.due(self._clock.monotonic_s())) is not None:
                log.info("job %s again as %s", due.first[:8], due.job[:8])
                self.again(due.job, due.first)
                self._note(due.first, "printing")
                self.queue.submit(due.job, due.slips, self.deadline_s, due.still_good)
            await change
            self.changed()

    def print_own(self, content: tuple[Slip, ...] | Job, within_s: float) -> JobId:
        """Print what is no coupon, a test or a calibration slip; the journal does not hear of it."""
        job = JobId(secrets.token_hex(16))
        _keep(self._own, job, None, JOBS_SHOWN)
        self.queue.submit(job, content, within_s)
        return job

    @property
    def own_jobs(self) -> list[tuple[JobId, JobResult | None]]:
        """Give the tests and calibrations of this life, with their results once they are known."""
        return list(self._own.items())

    def submit(self, job: JobId, slips: tuple[Slip, ...], still_good: Callable[[], bool]) -> None:
        """Queue a job; its result is written down when it is known."""
        self._note(job, "printing")
        _keep(self._slips, job, slips, SLIPS_KEPT)
        self._second.given(job, slips, still_good)
        self.queue.submit(job, slips, self.deadline_s, still_good)

    def result(self, job: JobId | None) -> PrintResult:
        """Say how a job ended, or that it is under way."""
        return self._results.get(job, "unknown") if job is not None else "unknown"

    def again(self, job: JobId, first: JobId) -> None:
        """Note that a job, about to be given, prints the coupons of another one once more."""
        self._again_of[job] = first

    def pictures(self, job: JobId) -> int:
        """Count the slips of a job whose pictures may be had."""
        return len(self._slips.get(job, ()))

    async def picture(self, job: JobId, number: int) -> bytes | None:
        """Draw a slip as it was printed, as PNG; None where the lane has it no more."""
        slips = self._slips.get(job, ())
        if not 0 <= number < len(slips):
            return None
        known = self._drawn.get((job, number))
        if known is None:
            drawing = asyncio.to_thread(preview, slips[number], self._profile)
            known = (await drawing)[0]
            _keep(self._drawn, (job, number), known, DRAWN_KEPT)
        return known

    async def _on_result(self, job_id: str, result: JobResult) -> None:
        job = JobId(job_id)
        log.info("job %s %s %s; %s", job[:8], result.result, result.detail, result.plan)
        if job in self._own:
            self._own[job] = result
            return
        first = self._again_of.pop(job, None)
        record = Printed(job, result.result, result.detail, result.plan, first)
        await self._journal.append(Entry(record, self._clock.utc_now()))
        self._note(job, result.result)
        if first is not None and first in self._results:
            self._note(first, result.result)
        self._second.ended(job, result, self._clock.monotonic_s())
        self.changed()

    def _note(self, job: JobId, result: PrintResult) -> None:
        _keep(self._results, job, result, JOBS_SHOWN)


def _keep(kept: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
