"""One job's way to the printer, without a port or a clock: what to send next, and how it ended.

Bytes on the way never exceed the printer's buffer less 128: behind each part stands a fence (GS r,
answered in the order of the stream), and its answer frees the part's room. No wired flow control is
needed. A job is confirmed once every fence was answered, and its process id (GS ( H) where the
printer has one: a fence that never comes back went down with bytes that were lost. Only the id, on a
unit that was seen to answer it after the paper moved, makes a job `printed`; a line with noise on it,
where a stray byte may look like a fence, never does.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from printer.escpos import FENCE, process_id
from printer.profile import Profile
from printer.status import CLEARED, Answer, Event, Fence, PrinterState, ProcessId, Status

Outcome = Literal["printed", "accepted", "unconfirmed", "not_printed", "unknown"]


class JobResult(Struct, frozen=True):
    """How a job ended.

    printed      the paper moved: a proven unit answered this job's own process id
    accepted     the printer took every byte from its buffer, in order
    unconfirmed  every byte was sent to a printer that answers nothing
    not_printed  no byte of it was sent; `detail` says why
    unknown      some of it was sent; whether paper came out nobody can say

    `plan` says on which rung of the ladder it was, why, and what was left out.
    """

    result: Outcome
    detail: str = ""
    plan: str = ""


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
        stale_fences: answers that may still come to an earlier job's fences; None where nobody knows,
            and the process id alone says that the printer has come so far.
    """

    def __init__(
        self,
        parts: Sequence[bytes],
        profile: Profile,
        mark: bytes,
        deadline_s: float,
        stale_fences: int | None = 0,
    ) -> None:
        self.result: JobResult | None = None
        self._profile = profile
        self._mark = mark
        self._deadline_s = deadline_s
        self._by_id_alone = stale_fences is None
        self._stale = stale_fences or 0
        self._unsent = deque(self._fenced(parts))
        self._begun = False
        self._on_the_way: deque[int] = deque()
        self._trouble = ""
        self._named = False
        self._noisy = False

    def _fenced(self, parts: Sequence[bytes]) -> list[bytes]:
        fence = FENCE if self._profile.gs_r else b""
        last = process_id(self._mark) if self._profile.process_id else b""
        return [
            *(part + fence for part in parts[:-1]),
            *(part + fence + last for part in parts[-1:]),
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

    def receive(self, events: Iterable[Event], state: PrinterState, *, noisy: bool = False) -> None:
        """Take what the printer said, the state that it adds up to, and whether noise was among it."""
        self._noisy = self._noisy or (noisy and self._begun)
        for event in events:
            match event:
                case Fence():
                    self._fence()
                case ProcessId(four=four) if four == self._mark and not self._unsent:
                    self._named = True
                case Status() | Answer() if self._begun:
                    self._trouble = self._trouble or state.spoils
                case _ if event == CLEARED and self._begun:
                    self._trouble = self._trouble or "buffer cleared"
                case _:
                    pass
        self._confirm_if_whole()

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

    def _confirm_if_whole(self) -> None:
        """Confirm once all was sent and answered: the id stands last, its answer comes last."""
        profile = self._profile
        if self._unsent or not (self._begun and (profile.gs_r or profile.process_id)):
            return
        if profile.process_id and self._named:
            if self._on_the_way and not self._by_id_alone:
                self._end("unknown", "it answered, but not for all of it")
            self._confirmed()
        elif not (profile.process_id or self._on_the_way):
            self._confirmed()

    def _confirmed(self) -> None:
        if self._trouble:
            self._end("unknown", f"{self._trouble} during the job")
        elif not (self._profile.process_id and self._profile.fence_follows_paper):
            self._end("accepted", "")
        elif self._noisy:
            self._end("accepted", "its answers came amid noise")
        else:
            self._end("printed", "")

    def _end(self, result: Outcome, detail: str) -> None:
        if self.result is None:
            self.result = JobResult(result, detail)
