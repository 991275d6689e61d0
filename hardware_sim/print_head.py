"""The print head, the feed and the cutter: what is printed when.

A row takes its time by the head's speed; a row with more dots than can be heated at once takes
longer in proportion; the cutter and the NV memory take theirs. Time is an argument.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from PIL import Image

from hardware_sim import ink
from hardware_sim.escpos_events import Cut, Event, NvWrite, Pause, ProcessId
from hardware_sim.paper import Roll
from hardware_sim.printer_models import Model


@dataclass(frozen=True)
class Pace:
    """How fast things go; 0 is at once.

    Args:
        dots_per_s: rows of dots the head prints a second.
        peak_dots: dots of a row that are heated at once; 0 heats all.
        cut_s: a cut.
        nv_bytes_per_s: writing of NV memory.
        boot_s: from power-on to the first byte that is heard.
    """

    dots_per_s: float = 0.0
    peak_dots: int = 0
    cut_s: float = 0.0
    nv_bytes_per_s: float = 0.0
    boot_s: float = 0.0


INK = b"\xff"
BOOT_S = 3.0  # assumed: no document gives it
AT_ONCE = Pace()


def pace_of(model: Model) -> Pace:
    """Give a model's documented pace."""
    return Pace(model.dots_per_s, model.peak_dots, model.cut_s, model.nv_bytes_per_s, BOOT_S)


@dataclass(frozen=True, slots=True)
class Strip:
    """A piece of printing; `rows` counts a row that needs twice the time as two."""

    height: int
    rows: float
    dots: Image.Image | None
    words: str | None


Job = Strip | Cut | ProcessId | NvWrite | Pause


class PrintHead:
    """Works on its jobs one after another; what is done is on the roll."""

    def __init__(self, roll: Roll, pace: Pace) -> None:
        self.roll = roll
        self.slow_dots_per_s: float | None = None
        self.paper_left_dots: int | None = None
        self._pace = pace
        self._jobs: deque[tuple[float, Job]] = deque()
        self.queued_dots = 0
        self.free_at = 0.0

    def __len__(self) -> int:
        return len(self._jobs)

    def load(self, event: Event, now: float) -> None:
        """Put an event at the end of the queue."""
        if isinstance(event, Cut) and event.feed_dots:
            self._add(Strip(event.feed_dots, event.feed_dots, None, None), now)
        if isinstance(event, Cut | ProcessId | NvWrite | Pause):
            self._add(event, now)
        for height, dots, words in ink.strips(event, self.roll.width_dots):
            self._add(Strip(height, self._heated_rows(height, dots), dots, words), now)

    def _add(self, job: Job, now: float) -> None:
        self._jobs.append((now, job))
        self.queued_dots += job.height if isinstance(job, Strip) else 0

    def _heated_rows(self, height: int, dots: Image.Image | None) -> float:
        """Count the rows, one that is darker than the head can heat at once more than once."""
        peak = self._pace.peak_dots
        if not dots or not peak or not self._pace.dots_per_s:
            return height
        levels, wide = dots.tobytes(), dots.width
        heated = (levels.count(INK, top, top + wide) for top in range(0, len(levels), wide))
        return height + sum(max(0.0, count / peak - 1) for count in heated)

    @property
    def job(self) -> Job | None:
        """Give the job in hand."""
        return self._jobs[0][1] if self._jobs else None

    @property
    def started_at(self) -> float:
        """Give when the job in hand began."""
        return max(self._jobs[0][0], self.free_at)

    def holds(self, kind: type[Job]) -> bool:
        """Tell whether a job of a kind waits or is in hand."""
        return any(isinstance(job, kind) for _, job in self._jobs)

    def done_at(self) -> float | None:
        """Give when the job in hand will be done; None without one."""
        return self.started_at + self._seconds(self._jobs[0][1]) if self._jobs else None

    def _seconds(self, job: Job) -> float:
        speed = self.slow_dots_per_s or self._pace.dots_per_s
        if isinstance(job, Strip):
            return job.rows / speed if speed else 0.0
        if isinstance(job, Cut):
            return self._pace.cut_s
        if isinstance(job, NvWrite):
            return job.count_bytes / self._pace.nv_bytes_per_s if self._pace.nv_bytes_per_s else 0.0
        return job.seconds if isinstance(job, Pause) else 0.0

    def finish(self, at: float) -> Job:
        """Do the job in hand."""
        job = self._jobs.popleft()[1]
        self.free_at = at
        if isinstance(job, Strip):
            self.queued_dots -= job.height
            if self.paper_left_dots is not None:
                self.paper_left_dots -= job.height
            self.roll.add(job.height, job.dots, job.words)
        elif isinstance(job, Cut):
            self.roll.cut(job.mode)
        return job

    @property
    def lacks_paper(self) -> bool:
        """Tell whether the roll ends within the job in hand."""
        left, job = self.paper_left_dots, self.job
        return left is not None and isinstance(job, Strip) and job.height > left

    def clear(self) -> None:
        """Forget all jobs."""
        self._jobs.clear()
        self.queued_dots = 0
