"""The lane's way to the paper: jobs go to the print queue, their results into the journal."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable

from cache.entries import Entry
from cache.journal import Journal
from ground.clock import Clock
from ground.dice import Dice
from offers.records import JobId, Printed
from printer.link import LinkState
from printer.ports import open_port, tuned
from printer.print_queue import PrintQueue
from printer.profile import Profile
from printer.session import JobResult
from printer.slip import Slip
from staff_help.lane_state import PrintResult

log = logging.getLogger("tillside.print")

JOBS_SHOWN = 50
READY = ("ok", "unknown")  # a port with no way back is all a lane may have


class PrintDesk:
    """Hands slips to one printer, and knows how each job ended."""

    def __init__(
        self, url: str, profile: Profile, journal: Journal, clock: Clock, dice: Dice
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._url = url
        self._results: OrderedDict[JobId, PrintResult] = OrderedDict()
        self.changed: Callable[[], None] = lambda: None
        self.deadline_s = 5.0
        self.queue = PrintQueue(
            lambda: open_port(url), tuned(profile, url), clock, self._on_result, dice
        )

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

    def submit(self, job: JobId, slips: tuple[Slip, ...], still_good: Callable[[], bool]) -> None:
        """Queue a job; its result is written down when it is known."""
        self._note(job, "printing")
        self.queue.submit(job, slips, self.deadline_s, still_good)

    def result(self, job: JobId | None) -> PrintResult:
        """Say how a job ended, or that it is under way."""
        return self._results.get(job, "unknown") if job is not None else "unknown"

    async def _on_result(self, job_id: str, result: JobResult) -> None:
        job = JobId(job_id)
        record = Printed(job, result.result, result.detail)
        await self._journal.append(Entry(record, self._clock.utc_now()))
        log.info("job %s %s %s", job[:8], result.result, result.detail)
        self._note(job, result.result)
        self.changed()

    def _note(self, job: JobId, result: PrintResult) -> None:
        self._results[job] = result
        while len(self._results) > JOBS_SHOWN:
            self._results.popitem(last=False)
