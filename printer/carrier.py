"""One job at a time over the link: ask the printer, set it right, send, and hear how it ended.

A job that was begun and not confirmed leaves the printer in an unknown state, perhaps amid a
picture; it is set right as soon as it answers again: as many zero bytes as the longest command may
still be owed, the resting modes, a cut where a torso hangs, and a fence that must come back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace

from ground.clock import Clock, within
from printer.escpos import CUT, Job, resting
from printer.link import PrinterLink
from printer.nv_store import NvStore
from printer.ports import PortLease
from printer.profile import Profile
from printer.session import JobResult, PrintSession, job_mark
from printer.spooled import print_spooled
from printer.status import Event, PrinterState

SETTING_RIGHT_S = 3.0  # a printer that is alive answers a fence behind a cut within this
WATCH_S = 5.0  # a cover left open is on the cashier's page before the next shopper pays
ENABLE_STATUS = b"\x1da\x0e"  # GS a: tell online, error and paper as they change
SYNC_MARK = b"sync"
NO_ANSWER = ("no answer", "no answer after a broken job")
TRIES = 2  # a line that died unnoticed answers on its second opening


class Carrier:
    """Sends whole jobs over one link; who calls it holds the port's lease."""

    def __init__(self, link: PrinterLink, profile: Profile, clock: Clock) -> None:
        self._link = link
        self._profile = profile
        self._clock = clock
        self.memory: NvStore | None = None
        self._session: PrintSession | None = None
        self._news = asyncio.Event()
        self._noise_before = 0
        self._upset = True  # what an earlier process left in the printer nobody knows
        self._half_printed = False
        self._stale_fences = 0
        link.on_events, link.on_lost = self._heard, self._lost

    async def line_up(self, deadline_s: float) -> bool:
        """Wait for a line to the printer, as long as the job may wait."""
        while not self._link.up:
            try:
                await within(self._link.changed(), self._left_s(deadline_s), self._clock)
            except TimeoutError:
                return False
        return True

    async def why_not(self, deadline_s: float) -> str:
        """Say why the printer cannot print now. Sends nothing of the job."""
        why = "offline"
        for _ in range(TRIES):
            if not await self.line_up(deadline_s):
                break
            before = self._link.connections
            why = await self._objection()
            if self._link.up and why not in NO_ANSWER:
                break
            await self._new_line(before, deadline_s)
        return why

    async def _new_line(self, before: int, deadline_s: float) -> None:
        """Wait for the next connection after the one that did not answer."""
        while self._link.connections == before and self._left_s(deadline_s) > 0:
            try:
                await within(self._link.changed(), self._left_s(deadline_s), self._clock)
            except TimeoutError:
                return

    async def _objection(self) -> str:
        state = self._link.heard
        if self._heeded().realtime_status:
            state = await self._link.ask()
            if state is None:
                return NO_ANSWER[0]
        if state is not None and state.trouble:
            return state.trouble
        if self._link.spooler is not None:
            return ""
        if self._upset and not await self._set_right():
            return NO_ANSWER[1]
        if self.memory is not None and not self._link.one_way:
            await self.memory.verify(self._link)
        return ""

    async def watch(self, lease: PortLease) -> None:
        """Ask every few seconds between jobs: the page knows of trouble before the next job does.

        A printer that is to be set right is so before the next job needs it.
        """
        while True:
            while not self._link.up:
                await self._link.changed()
            if not (self._link.one_way or lease.holder):
                await lease.take("status watch")
                try:
                    await self._objection()
                finally:
                    lease.give_back()
            await self._clock.sleep(WATCH_S)

    async def send(self, job: Job, job_id: str, deadline_s: float) -> JobResult:
        """Send a job's bytes, and give its result."""
        if (spooler := self._link.spooler) is not None:
            left_s, name = self._left_s(deadline_s), f"coupon {job_id}"
            return await print_spooled(spooler, job.data, name, left_s, self._clock)
        parts = job.parts
        if self._heeded().asb:  # a till's ESC @ may have switched it off since
            parts = (ENABLE_STATUS, *parts)
        result = await self._carry(self._new_session(parts, job_mark(job_id), deadline_s))
        if result.result == "unknown":
            self._half_printed = True
        return result

    def stopped(self) -> None:
        """Take note that a job was given up amid its bytes."""
        self._upset = self._half_printed = True
        self._session = None

    async def _set_right(self) -> bool:
        """Bring the printer to a known state; False if it does not answer for it."""
        owed = bytes(self._profile.part_bytes)
        line_end = b"\n" if self._half_printed else b""
        cut = CUT if self._half_printed and self._profile.cutter else b""
        status = ENABLE_STATUS if self._heeded().asb else b""
        parts = (owed, line_end + resting(self._profile) + cut + status)
        takes_s = SETTING_RIGHT_S + len(owed) / self._profile.bytes_per_s
        deadline_s = self._clock.monotonic_s() + takes_s
        stale = None if self._heeded().process_id else self._stale_fences
        session = self._new_session(parts, SYNC_MARK, deadline_s, stale)
        result = await self._carry(session)
        if result.result in ("unknown", "not_printed"):
            self._stale_fences = 0  # they died with the printer's power
            return False
        self._upset = self._half_printed = False
        return True

    async def _carry(self, session: PrintSession) -> JobResult:
        """Send a session's bytes as its window allows, until it has a result."""
        while session.result is None:
            deadline_s = session.next_deadline() or 0.0
            left_s = self._left_s(deadline_s)
            try:
                if data := session.next_bytes():
                    await within(self._link.write(data), left_s, self._clock)
                    session.written()
                else:
                    self._news.clear()
                    await within(self._news.wait(), left_s, self._clock)
            except TimeoutError:
                session.on_deadline(deadline_s)
            except OSError:
                session.lost("connection lost")
        self._session = None
        if session.result.result == "unknown":
            self._upset, self._stale_fences = True, session.unanswered
            self._link.drop()
        return session.result

    def _new_session(
        self, parts: Sequence[bytes], mark: bytes, deadline_s: float, stale: int | None = 0
    ) -> PrintSession:
        self._noise_before = self._link.nonsense_bytes
        self._session = PrintSession(parts, self._heeded(), mark, deadline_s, stale)
        return self._session

    def _heeded(self) -> Profile:
        """Give the profile, with all answers struck out where the port has no way back."""
        if not self._link.one_way:
            return self._profile
        silent = {"asb": False, "realtime_status": False, "gs_r": False, "process_id": False}
        return replace(self._profile, **silent)

    def _left_s(self, deadline_s: float) -> float:
        return deadline_s - self._clock.monotonic_s()

    def _heard(self, events: list[Event], state: PrinterState) -> None:
        if self.memory is not None and state.trouble:
            self.memory.doubt()  # somebody has it in hand, perhaps to put another in its place
        if self._session is not None:
            noisy = self._link.nonsense_bytes > self._noise_before
            self._session.receive(events, state, noisy=noisy)
        self._news.set()

    def _lost(self) -> None:
        if self._session is not None:
            self._session.lost("connection lost")
        self._upset = True  # bytes may have been on their way, also of a job that nothing confirms
        self._news.set()
