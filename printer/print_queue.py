"""The printer's only writer: jobs go out whole, one after another, each with one result.

A slip is laid out when the printer is known to be ready: only then it is known how much time is
left, and which pictures the printer itself holds.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from msgspec.structs import replace

from ground.clock import Clock, within
from ground.dice import Dice
from printer.bitmap import Bitmap
from printer.carrier import Carrier
from printer.errors import CodeError
from printer.escpos import Job, encode_job
from printer.link import OpenPort, PrinterLink
from printer.nv_store import NvStore
from printer.orders import Content, Order, QueueState
from printer.plan import plan
from printer.plan_types import Plan
from printer.ports import PortLease
from printer.profile import Profile
from printer.session import JobResult

KEPT_RESULTS = 1000  # a day's jobs of a busy lane
MAX_PLAN_CHARS = 400  # of what is said of a plan in the job's record

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
        self._carrier = Carrier(self._link, profile, clock)
        self._orders: asyncio.Queue[Order | None] = asyncio.Queue()
        self._known: dict[str, Order] = {}
        self._results: OrderedDict[str, JobResult] = OrderedDict()
        self._closing = False
        self._idle = asyncio.Event()
        self._idle.set()

    def use_memory(self, memory: NvStore) -> None:
        """Call up pictures from the printer's own memory where it holds them."""
        self._carrier.memory = memory

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
        tasks = [
            asyncio.ensure_future(self._link.run()),
            asyncio.ensure_future(self._carrier.watch(self._lease)),
        ]
        self._idle.clear()
        try:
            await self._serve()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._idle.set()

    def changed(self) -> asyncio.Future[None]:
        """Give what is done once the printer's state changes from now on."""
        return self._link.changed()

    async def keep_pictures(self, ranked: Sequence[Bitmap], go_on: Callable[[], bool]) -> str:
        """Write pictures into the printer's memory while nobody prints; say what was done.

        Args:
            ranked: most useful first.
            go_on: asked before each write; a job that waits ends the writing by itself.
        """
        memory = self._carrier.memory
        if memory is None or not self._link.up:
            return "no printer with a memory for pictures"
        await self._lease.take("pictures")
        try:
            why_not = await self._carrier.why_not(self._clock.monotonic_s())
            if why_not:
                return why_not
            return await memory.bring_up_to(self._link, ranked, lambda: go_on() and not self._known)
        finally:
            self._lease.give_back()

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
                self._carrier.stopped()
                self._orders.put_nowait(order)
        return result

    def _keep(self, order: Order, result: JobResult) -> None:
        self._results[order.job_id] = result
        while len(self._results) > KEPT_RESULTS:
            self._results.popitem(last=False)

    async def _attempt(self, order: Order) -> JobResult:
        """Wait for the printer and for the turn to write, then print."""
        if self._closing:
            return CLOSING
        if not await self._carrier.line_up(order.deadline_s):
            return JobResult("not_printed", "offline")
        try:
            await within(self._lease.take("print queue"), self._left_s(order), self._clock)
        except TimeoutError:
            return JobResult("not_printed", f"the port is held by {self._lease.holder}")
        try:
            return await self._print(order)
        finally:
            self._lease.give_back()

    async def _print(self, order: Order) -> JobResult:
        """Go through the steps that may each end a job before its first byte, then send it."""
        why_not = await self._carrier.why_not(order.deadline_s)
        if why_not:
            return JobResult("not_printed", why_not)
        try:
            said, job = await self._encoded(order)
        except (CodeError, ValueError) as error:
            return JobResult("not_printed", str(error))
        if self._left_s(order) <= 0 or not self._link.up:
            return JobResult("not_printed", "late" if self._link.up else "offline", said)
        if not order.still_good():
            return JobResult("not_printed", "recalled", said)
        result = await self._carrier.send(job, order.job_id, order.deadline_s)
        return replace(result, plan=said)

    async def _encoded(self, order: Order) -> tuple[str, Job]:
        """Lay out and encode in a thread: ten pictures take longer than a loop may stand still."""
        content, profile, left_s = order.content, self._profile, self._left_s(order)
        if isinstance(content, Job):
            return "", content
        if not isinstance(content, Plan):
            memory = self._carrier.memory
            stored = memory.stored if memory is not None else None
            content = await asyncio.to_thread(plan, content, profile, left_s, stored=stored)
        job = await asyncio.to_thread(encode_job, content.items, profile)
        return "; ".join([content.reason, *content.notes])[:MAX_PLAN_CHARS], job

    def _left_s(self, order: Order) -> float:
        return order.deadline_s - self._clock.monotonic_s()
