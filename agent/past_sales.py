"""Sales of the whole chain, for returns: asked of headquarters, one lane at a time for each sale.

The right to take goods of a sale back is a claim like any other, on the sale itself: CLAIMING row
first, tombstone at the end, released at the next start after a crash.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime

from cache.entries import Entry
from cache.journal import Journal
from ground.clock import Clock, within
from offers.basket import TransactionKey
from offers.model import CouponNumber, OfferId
from offers.records import ClaimDenied, ClaimId, Claiming, ClaimReleased, Uid
from sync.claims import Why
from sync.messages import SaleAsk, SaleFacts
from sync.words import sale_right

NO_COUPON, NO_OFFER = CouponNumber(""), OfferId("")


class PastSales:
    """Asks, and waits not longer than the till can."""

    def __init__(self, journal: Journal, clock: Clock, wait_s: float) -> None:
        self._journal = journal
        self._clock = clock
        self._wait_s = wait_s
        self._waiting: dict[ClaimId, asyncio.Future[SaleFacts]] = {}
        self.up: Callable[[], bool] = lambda: False
        self.send: Callable[[SaleAsk], bool] = lambda _: False

    async def ask(self, key: TransactionKey) -> SaleFacts | None:
        """Get a sale's facts and the right to take goods of it back; None where nobody answers.

        The caller writes `over` with what it did, or by itself where it did nothing.
        """
        if not self.up():
            return None
        now = self._clock.utc_now()
        row = Claiming(Uid(secrets.token_hex(16)), sale_right(key), NO_COUPON, NO_OFFER, 0)
        (written,) = await self._journal.append(Entry(row, now))
        claim = ClaimId(self._journal.epoch, written.seq)
        facts = await self._answer(SaleAsk(claim, key, now))
        if facts is None:
            await self.write(ClaimReleased(claim, row.serial, "timeout"))
        elif facts.busy:
            await self.write(ClaimDenied(claim, row.serial, facts.busy, None))
        return facts

    def over(self, facts: SaleFacts | None, why: Why) -> list[ClaimReleased]:
        """Give the record that ends the right, where there is one."""
        if facts is None or facts.busy:
            return []
        return [ClaimReleased(facts.claim, sale_right(facts.key), why)]

    async def write(self, *records: ClaimReleased | ClaimDenied) -> None:
        """Write how a question ended that changed nothing else."""
        now: datetime = self._clock.utc_now()
        await self._journal.append(*(Entry(record, now) for record in records))

    def heard(self, facts: SaleFacts) -> None:
        """Take headquarters' answer; one that comes too late is nobody's."""
        future = self._waiting.get(facts.claim)
        if future is not None and not future.done():
            future.set_result(facts)

    async def _answer(self, ask: SaleAsk) -> SaleFacts | None:
        future: asyncio.Future[SaleFacts] = asyncio.get_running_loop().create_future()
        self._waiting[ask.claim] = future
        try:
            return await within(future, self._wait_s, self._clock) if self.send(ask) else None
        except TimeoutError:
            return None
        finally:
            del self._waiting[ask.claim]
