"""A lane for a replay: the rooms of any lane on a generation of its own, and nothing that waits.

No printer, no headquarters, no till: what is played comes as whole baskets. The file of baskets
names its shoppers by their keys already, as no card of theirs is known.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from agent.claim_line import ClaimLine
from agent.coupon_desk import CouponDesk
from agent.evaluation import Evaluation
from agent.facts import Here
from agent.issue_desk import IssueDesk
from agent.lane import Lane
from agent.moment import moment
from agent.past_sales import PastSales
from agent.quota_desk import QuotaDesk
from agent.rooms import Rooms
from agent.sales import SaleBook
from agent.scan_decoder import Scan
from agent.scan_reading import CardRules, Reading, read_scan
from agent.stock import Stock
from agent.trust import TimeTrust
from agent.unswept import set_aside, unswept
from cache.errors import GenerationError
from cache.generation import Generation
from cache.journal import Journal
from cache.shelf import Shelf
from ground.clock import Clock
from ground.complaints import Complaint
from offers.context import Moment
from offers.model import LaneId, Language, ShopperKey, StoreId
from offers.records import Incarnation
from sync.claims import LaneClaims, Way
from sync.messages import Claim

RETENTION = timedelta(days=2)  # rows are acknowledged as they are written: a year stays small
CLAIM_WAIT_S = 0.8


class ReplayLane(NamedTuple):
    """What a replay works with."""

    lane: Lane
    journal: Journal
    generation: Generation


@asynccontextmanager
async def replay_lane(
    generation_path: Path, place: Path, clock: Clock
) -> AsyncIterator[ReplayLane]:
    """Open a generation, begin a journal in `place`, and fit the lane's rooms together.

    Raises:
        Complaint: the generation cannot be used.
        OSError: the journal cannot be made.
    """
    with unswept():
        generation = await asyncio.to_thread(_opened, generation_path)
    set_aside()
    try:
        journal = await Journal.open(
            place / "journal.db",
            incarnation=lambda: Incarnation(secrets.token_hex(8)),
            now=clock.utc_now,
            retention=RETENTION,
        )
        try:
            lane = Lane(_rooms(Stock(journal, Shelf(generation, journal.mirror), {}), clock))
            yield ReplayLane(lane, journal, generation)
        finally:
            await journal.close()
    finally:
        generation.close()


def _opened(path: Path) -> Generation:
    from agent import element_strings  # noqa: F401 - slow to load: before the first basket

    try:
        generation = Generation.open(path)
    except GenerationError as error:
        raise Complaint(str(error), "make it again: tillside-hq import") from None
    generation.warm()
    return generation


def _rooms(stock: Stock, clock: Clock) -> Rooms:
    journal, shelf = stock.journal, stock.shelf
    store = shelf.generation.store
    trust = TimeTrust(shelf.generation.built_at)
    book = SaleBook()
    claims = LaneClaims(journal.epoch, CLAIM_WAIT_S)
    line = ClaimLine(claims, _nobody, clock, lambda _: Way(answer_s=CLAIM_WAIT_S))
    coupons = CouponDesk(stock, book, claims, f"{store.store}/replay", clock.utc_now)

    here = Here(LaneId("replay"), shelf, QuotaDesk(journal, book, clock.utc_now))

    def moment_of(till_date: date | None) -> Moment:
        now = clock.utc_now()
        return moment(now, trust.look(now, clock.monotonic_s()), store, till_date)

    return Rooms(
        store=StoreId(store.store),
        language=store.languages[0] if store.languages else Language("en"),
        till_attached=True,
        clock=clock,
        moment_of=moment_of,
        identify=lambda _, value: shelf.generation.shopper(ShopperKey(value)),
        read_scan=_read_scan,
        journal=journal,
        shelf=shelf,
        book=book,
        coupons=coupons,
        evaluation=Evaluation(here, coupons, line, moment_of),
        issues=IssueDesk(stock, None, "", here),
        past_sales=PastSales(journal, clock, CLAIM_WAIT_S),
        changed=lambda: None,
    )


def _read_scan(scan: Scan) -> Reading:
    from agent.element_strings import element_strings

    return read_scan(scan, CardRules(), element_strings)


def _nobody(_: Claim) -> bool:
    return False
