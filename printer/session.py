"""One job's way to the printer, without a port or a clock: what to send next, and how it ended.

Bytes on the way never exceed the printer's buffer less 128: behind each part stands a fence (GS r,
answered in the order of the stream), and its answer frees the part's room. No wired flow control is
needed. The last fence decides the result; only a process id (GS ( H), on a unit that was seen to
answer it after the paper moved, makes a job `printed`.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from printer.escpos import FENCE, process_id
from printer.profile import Profile
from printer.status import Answer, Event, Fence, PrinterState, ProcessId, Status

Outcome = Literal["printed", "accepted", "unconfirmed", "not_printed", "unknown"]


class JobResult(Struct, frozen=True):
    """How a job ended.

    printed      the paper moved: a proven unit answered this job's own process id
    accepted     the printer took every byte from its buffer, in order
    unconfirmed  every byte was sent to a printer that answers nothing
    not_printed  no byte of it was sent; `detail` says why
    unknown      some of it was sent; whether paper came out nobody can say
    """

    result: Outcome
    detail: str = ""


def job_mark(job_id: str) -> bytes:
    """Give the four characters by which a printer names this job: 33 to 126, 94 of each."""
    digest = hashlib.sha256(job_id.encode()).digest()
    return bytes(33 + byte % 94 for byte in digest[:4])


class PrintSession:
    """The pure core of one job. The shell's loop: send `next_bytes`, else wait for news.

    Args:
        parts: the job's bytes, each part no longer than the window.
        profile: what the printer answers.
        mark: four characters of this job alone.
        deadline_s: on the clock whose `now` the other calls get.
        stale_fences: answers that may still come to an earlier job's fences.
    """

    def __init__(
        self,
        parts: Sequence[bytes],
        profile: Profile,
        mark: bytes,
        deadline_s: float,
        stale_fences: int = 0,
    ) -> None:
        self.result: JobResult | None = None
        self._profile = profile
        self._mark = mark
        self._deadline_s = deadline_s
        self._stale = stale_fences
        self._unsent = deque(self._fenced(parts))
        self._begun = False
        self._on_the_way: deque[int] = deque()
        self._trouble = ""

    def _fenced(self, parts: Sequence[bytes]) -> list[bytes]:
        fence = FENCE if self._profile.gs_r else b""
        last = process_id(self._mark) if self._profile.process_id else b""
        return [
            *(part + fence for part in parts[:-1]),
            *(part + last + fence for part in parts[-1:]),
        ]

    @property
    def unanswered(self) -> int:
        """Give how many fences were sent and not answered."""
        return len(self._on_the_way) + self._stale

    def next_bytes(self) -> bytes:
        """Give what may be sent now; nothing while the window is full, or all is sent."""
        if self.result or not self._unsent:
            return b""
        room = self._profile.window_bytes - sum(self._on_the_way)
        if self._on_the_way and len(self._unsent[0]) > room:
            return b""
        data = self._unsent.popleft()
        self._begun = True
        if self._profile.gs_r:
            self._on_the_way.append(len(data))
        return data

    def written(self) -> None:
        """Take note that the line has taken what `next_bytes` gave."""
        silent = not (self._profile.gs_r or self._profile.process_id)
        if silent and not self._unsent and self._begun:
            self._end("unconfirmed", "the printer answers nothing")

    def receive(self, events: Iterable[Event], state: PrinterState) -> None:
        """Take what the printer said, and the state that it adds up to."""
        for event in events:
            match event:
                case Fence():
                    self._fence()
                case ProcessId(four=four) if four == self._mark and not self._unsent:
                    self._on_the_way.clear()
                    self._confirmed()
                case Status() | Answer() if self._begun:
                    self._trouble = self._trouble or state.trouble
                case _:
                    pass

    def lost(self, why: str) -> None:
        """Take note that the line is gone, or the job was given up."""
        self._end("unknown" if self._begun else "not_printed", self._trouble or why)

    def next_deadline(self) -> float | None:
        """Tell when to call `on_deadline`."""
        return None if self.result else self._deadline_s

    def on_deadline(self, now: float) -> None:
        """Give up once the deadline is there."""
        if now >= self._deadline_s:
            self.lost("no answer in time")

    def _fence(self) -> None:
        if self._stale:
            self._stale -= 1
        elif self._on_the_way:
            self._on_the_way.popleft()
            if not self._on_the_way and not self._unsent and not self._profile.process_id:
                self._confirmed()

    def _confirmed(self) -> None:
        if self._trouble:
            self._end("unknown", f"{self._trouble} during the job")
        elif self._profile.process_id and self._profile.fence_follows_paper:
            self._end("printed", "")
        else:
            self._end("accepted", "")

    def _end(self, result: Outcome, detail: str) -> None:
        if self.result is None:
            self.result = JobResult(result, detail)
