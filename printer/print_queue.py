"""The printer's only writer: jobs go out whole, one after another, each with one result.

The shell around `printer.session`. A job that was begun and not confirmed leaves the printer in an
unknown state, perhaps amid a picture; before the next one it is set right: as many zero bytes as
the longest command may still be owed, the resting modes, and a fence that must come back.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from msgspec.structs import replace

from ground.clock import Clock, within
from ground.dice import Dice
from printer.errors import CodeError
from printer.escpos import CUT, Job, encode_job, resting
from printer.link import OpenPort, PrinterLink
from printer.orders import Content, Order, QueueState
from printer.plan import plan
from printer.plan_types import Plan
from printer.ports import PortLease
from printer.profile import Profile
from printer.session import JobResult, PrintSession, job_mark
from printer.spooled import print_spooled
from printer.status import Event, PrinterState

KEPT_RESULTS = 1000  # a day's jobs of a busy lane
SETTING_RIGHT_S = 3.0  # a printer that is alive answers a fence behind a cut within this
ENABLE_STATUS = b"\x1da\x0e"  # GS a: tell online, error and paper as they change
SYNC_MARK = b"sync"

CLOSING = JobResult("not_printed", "closing")

OnResult = Callable[[str, JobResult], Awaitable[None]]


class PrintQueue:
    """Jobs for one printer.

    Args:
        open_port: opens the port, each time anew.
        profile: the printer.
        clock: all waiting is on it.
        on_result: told each job's result, awaited before the next job begins.
        rng: spreads the reconnects of a store's lanes.
        lease: whose turn it is, where another writer shares the port.
    """

    def __init__(
        self,
        open_port: OpenPort,
        profile: Profile,
        clock: Clock,
        on_result: OnResult,
        rng: Dice,
        lease: PortLease | None = None,
    ) -> None:
        self._profile = profile
        self._clock = clock
        self._on_result = on_result
        self._lease = lease or PortLease()
        self._link = PrinterLink(open_port, profile, clock, rng)
        self._link.on_events, self._link.on_lost = self._heard, self._lost
        self._orders: asyncio.Queue[Order | None] = asyncio.Queue()
        self._known: dict[str, Order] = {}
        self._results: OrderedDict[str, JobResult] = OrderedDict()
        self._session: PrintSession | None = None
        self._news = asyncio.Event()
        self._upset = True  # what an earlier process left in the printer nobody knows
        self._half_printed = False
        self._stale_fences = 0
        self._closing = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def state(self) -> QueueState:
        """Give the printer's state and how many jobs wait."""
        return QueueState(self._link.state, len(self._known))

    def submit(
        self,
        job_id: str,
        content: Content,
        within_s: float,
        still_good: Callable[[], bool] = lambda: True,
    ) -> asyncio.Future[JobResult]:
        """Take a job; the result comes by `on_result` and in the future.

        A job id that had its result is answered again and not printed again.

        Args:
            job_id: unique for ever; stored by the caller before this call.
            content: slips, or what was laid out or encoded before.
            within_s: from now; a job that was not begun by then is not begun.
            still_good: asked right before the first byte; False (recalled) prints nothing.
        """
        waiting = self._known.get(job_id)
        if waiting is not None:
            return waiting.done
        order = Order(job_id, content, self._clock.monotonic_s() + within_s, still_good)
        if self._closing:
            order.done.set_result(CLOSING)
            return order.done
        self._known[job_id] = order
        self._orders.put_nowait(order)
        return order.done

    async def run(self) -> None:
        """Print until `close`. Cancelled or failed, it may be run again."""
        tasks = [asyncio.ensure_future(self._link.run())]
        if self._profile.realtime_status:
            tasks.append(asyncio.ensure_future(self._link.watch(self._lease)))
        self._idle.clear()
        try:
            await self._serve()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._idle.set()

    async def close(self) -> None:
        """Finish the job in hand, print none of those behind it, and let go of the port."""
        self._closing = True
        self._orders.put_nowait(None)
        await self._idle.wait()

    async def _serve(self) -> None:
        while (order := await self._orders.get()) is not None:
            result = self._results.get(order.job_id) or await self._result(order)
            self._keep(order, result)
            try:
                await self._on_result(order.job_id, result)
            finally:
                self._known.pop(order.job_id, None)
                if not order.done.done():
                    order.done.set_result(result)

    async def _result(self, order: Order) -> JobResult:
        """Carry out one job up to its result; stopped amid it, the next run tells that."""
        result = None
        try:
            result = await self._attempt(order)
        finally:
            if result is None:
                self._keep(order, JobResult("unknown", "stopped"))
                self._upset = self._half_printed = True
                self._session = None
                self._orders.put_nowait(order)
        return result

    def _keep(self, order: Order, result: JobResult) -> None:
        self._results[order.job_id] = result
        while len(self._results) > KEPT_RESULTS:
            self._results.popitem(last=False)

    async def _attempt(self, order: Order) -> JobResult:
        """Go through the steps that may each end a job before its first byte, then print."""
        if self._closing:
            return CLOSING
        try:
            job = await self._encoded(order)
        except (CodeError, ValueError) as error:
            return JobResult("not_printed", str(error))
        if not await self._line_up(order):
            return JobResult("not_printed", "offline")
        try:
            await within(self._lease.take("print queue"), self._left_s(order), self._clock)
        except TimeoutError:
            return JobResult("not_printed", f"the port is held by {self._lease.holder}")
        try:
            return await self._print(order, job)
        finally:
            self._lease.give_back()

    async def _encoded(self, order: Order) -> Job:
        """Lay out and encode in a thread: ten pictures take longer than a loop may stand still."""
        content, profile, left_s = order.content, self._profile, self._left_s(order)
        if isinstance(content, Job):
            return content
        if isinstance(content, Plan):
            return await asyncio.to_thread(encode_job, content.items, profile)
        laid_out = await asyncio.to_thread(plan, content, profile, left_s)
        return await asyncio.to_thread(encode_job, laid_out.items, profile)

    async def _print(self, order: Order, job: Job) -> JobResult:
        why_not = await self._why_not() if await self._line_up(order) else "offline"
        if why_not:
            return JobResult("not_printed", why_not)
        if self._left_s(order) <= 0 or not self._link.up:
            return JobResult("not_printed", "late" if self._link.up else "offline")
        parts = job.parts
        if self._heeded().asb:  # a till's ESC @ may have switched it off since
            parts = (ENABLE_STATUS, *parts)
        if not order.still_good():
            return JobResult("not_printed", "recalled")
        if (spooler := self._link.spooler) is not None:
            whole = b"".join(parts)
            return await print_spooled(
                spooler, whole, f"coupon {order.job_id}", self._left_s(order), self._clock
            )
        session = self._new_session(parts, job_mark(order.job_id), order.deadline_s)
        result = await self._carry(session)
        if result.result == "unknown":
            self._half_printed = True
        return result

    async def _line_up(self, order: Order) -> bool:
        """Wait for a line to the printer, as long as the job may wait."""
        while not self._link.up:
            try:
                await within(self._link.changed(), self._left_s(order), self._clock)
            except TimeoutError:
                return False
        return True

    async def _why_not(self) -> str:
        """Say why the printer cannot print now. Sends nothing of the job."""
        state = self._link.heard
        if self._heeded().realtime_status:
            state = await self._link.ask()
            if state is None:
                return "no answer"
        if state is not None and state.trouble:
            return state.trouble
        if self._upset and not await self._set_right():
            return "no answer after a broken job"
        return ""

    async def _set_right(self) -> bool:
        """Bring the printer to a known state; False if it does not answer for it."""
        owed = bytes(self._profile.part_bytes)
        line_end = b"\n" if self._half_printed else b""
        cut = CUT if self._half_printed and self._profile.cutter else b""
        parts = (owed, line_end + resting(self._profile) + cut)
        takes_s = SETTING_RIGHT_S + len(owed) / self._profile.bytes_per_s
        deadline_s = self._clock.monotonic_s() + takes_s
        session = self._new_session(parts, SYNC_MARK, deadline_s, self._stale_fences)
        result = await self._carry(session)
        if result.result == "unknown":
            self._stale_fences = 0  # they died with the printer's power
            return False
        self._upset = self._half_printed = False
        return True

    async def _carry(self, session: PrintSession) -> JobResult:
        """Send a session's bytes as its window allows, until it has a result."""
        while session.result is None:
            deadline_s = session.next_deadline() or 0.0
            left_s = deadline_s - self._clock.monotonic_s()
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
        self, parts: Sequence[bytes], mark: bytes, deadline_s: float, stale: int = 0
    ) -> PrintSession:
        self._session = PrintSession(parts, self._heeded(), mark, deadline_s, stale)
        return self._session

    def _heeded(self) -> Profile:
        """Give the profile, with all answers struck out where the port has no way back."""
        if not self._link.one_way:
            return self._profile
        silent = {"asb": False, "realtime_status": False, "gs_r": False, "process_id": False}
        return replace(self._profile, **silent)

    def _left_s(self, order: Order) -> float:
        return order.deadline_s - self._clock.monotonic_s()

    def _heard(self, events: list[Event], state: PrinterState) -> None:
        if self._session is not None:
            self._session.receive(events, state)
        self._news.set()

    def _lost(self) -> None:
        if self._session is not None:
            self._session.lost("connection lost")
        self._news.set()
