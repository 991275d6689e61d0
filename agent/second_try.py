"""A slip that found the printer not ready is given once more, by itself, as soon as it is.

Only where not a byte of the first job was sent: then the coupons are on no paper, and the shopper is
most likely still there while the cashier puts paper in. Where something was sent, only a person can
see what came out: the cashier's page offers to print the same coupons again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from msgspec import Struct

from offers.records import JobId
from printer.session import JobResult
from printer.slip import Slip

WAITS_S = 30.0  # then the shopper has gone, and the slip would be the next one's
CURABLE = (
    "paper out", "cover open", "cutter error", "error", "offline", "no answer",
    "no answer after a broken job",
)  # fmt: skip


class Waiting(Struct, frozen=True):
    """What is to be given again, and until when, on the clock whose `now` the calls get."""

    first: JobId
    job: JobId
    slips: tuple[Slip, ...]
    still_good: Callable[[], bool]
    until_s: float


def second_name(first: JobId) -> JobId:
    """Name a job's second try: always the same one, so that there is never a third."""
    return JobId(hashlib.sha256(f"{first} once more".encode()).hexdigest()[:32])


class SecondTry:
    """Remembers the last job given, and whether it waits for a printer."""

    def __init__(self) -> None:
        self._given: Waiting | None = None
        self._waiting: Waiting | None = None

    def given(self, job: JobId, slips: tuple[Slip, ...], still_good: Callable[[], bool]) -> None:
        """Take note of a job; one that waits gives way, since another shopper is there now."""
        self._waiting = None
        self._given = Waiting(job, second_name(job), slips, still_good, 0.0)

    def ended(self, job: JobId, result: JobResult, now_s: float) -> None:
        """Take note of a result: keep the slips if the printer's state alone stood against them."""
        given = self._given
        if given is None or given.first != job:
            return
        self._given = None
        if result.result == "not_printed" and result.detail in CURABLE:
            until_s = now_s + WAITS_S
            self._waiting = Waiting(job, given.job, given.slips, given.still_good, until_s)

    def due(self, now_s: float) -> Waiting | None:
        """Give what a printer that is ready now should print; it is given once."""
        waiting, self._waiting = self._waiting, None
        return waiting if waiting is not None and now_s < waiting.until_s else None
