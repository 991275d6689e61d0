"""Jobs through a spooler (CUPS, Windows): handed over whole, then watched, and taken back if late.

A spooler says when it has passed a job on, never that paper moved: at best the job is `unconfirmed`.
"""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from ground.clock import Clock, within
from printer.session import JobResult

WATCH_S = 0.25  # between two questions how the job stands: a coupon takes a second or two
TAKE_BACK_S = 2.0

Standing = Literal["waiting", "printing", "done", "failed"]


@runtime_checkable
class Spooler(Protocol):
    """Takes whole jobs for one printer. Every call may take its time; the caller sets the deadline."""

    async def hand_over(self, data: bytes, name: str) -> int:
        """Give a job its number.

        Raises:
            OSError: the spooler took nothing.
        """

    async def standing(self, number: int) -> Standing:
        """Say how a job stands; OSError where the spooler does not answer."""

    async def take_back(self, number: int) -> None:
        """Ask the spooler to drop a job; OSError where it cannot any more."""


async def print_spooled(
    spooler: Spooler, data: bytes, name: str, left_s: float, clock: Clock
) -> JobResult:
    """Print by a spooler within the time that is left; what it never began is taken back.

    Args:
        spooler: who has the printer.
        data: the whole job.
        name: what its operators see.
        left_s: from now; may be none.
        clock: all waiting is on it.
    """
    deadline_s = clock.monotonic_s() + left_s
    try:
        number = await within(spooler.hand_over(data, name), left_s, clock)
    except TimeoutError:
        return JobResult("unknown", "the spooler did not answer in time")
    except OSError as error:
        return JobResult("not_printed", f"the spooler took nothing: {error}")
    last: Standing = "waiting"
    try:
        while clock.monotonic_s() < deadline_s:
            left_s = deadline_s - clock.monotonic_s()
            last = await within(spooler.standing(number), left_s, clock)
            if last == "done":
                return JobResult("unconfirmed", f"the spooler passed job {number} on")
            if last == "failed":
                return JobResult("unknown", f"the spooler gave job {number} up")
            await clock.sleep(min(WATCH_S, left_s))
    except (OSError, TimeoutError):
        return JobResult("unknown", f"the spooler stopped answering about job {number}")
    return await _late(spooler, number, last, clock)


async def _late(spooler: Spooler, number: int, last: Standing, clock: Clock) -> JobResult:
    """Take a late job back: it was not printed only if no printer had begun with it."""
    try:
        await within(spooler.take_back(number), TAKE_BACK_S, clock)
        after = await within(spooler.standing(number), TAKE_BACK_S, clock)
    except (OSError, TimeoutError):
        return JobResult("unknown", f"job {number} is late, and the spooler did not take it back")
    if after == "done":
        return JobResult("unconfirmed", f"the spooler passed job {number} on")
    if last == "waiting" and after == "failed":
        return JobResult("not_printed", f"no printer took job {number} in time")
    return JobResult("unknown", f"job {number} was taken back while it was printing")
