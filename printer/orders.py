"""What the print queue is given, and what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from msgspec import Struct

from printer.escpos import Job
from printer.link import LinkState
from printer.plan_types import Plan
from printer.session import JobResult
from printer.slip import Slip

Content = Sequence[Slip] | Plan | Job


class QueueState(Struct, frozen=True):
    """What the cashier's page shows."""

    link: LinkState
    waiting: int


class Order:
    """A job as it was submitted."""

    def __init__(
        self, job_id: str, content: Content, deadline_s: float, still_good: Callable[[], bool]
    ) -> None:
        self.job_id = job_id
        self.content = content
        self.deadline_s = deadline_s
        self.still_good = still_good
        self.done: asyncio.Future[JobResult] = asyncio.get_running_loop().create_future()
