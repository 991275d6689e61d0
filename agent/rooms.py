"""What a lane works with; `agent.wiring` fits it together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from agent.coupon_desk import CouponDesk
from agent.evaluation import Evaluation
from agent.issue_desk import IssueDesk
from agent.past_sales import PastSales
from agent.sales import SaleBook
from agent.till_reading import Identify, ReadScan
from cache.journal import Journal
from cache.shelf import Shelf
from ground.clock import Clock
from offers.context import Moment
from offers.model import Language, StoreId


@dataclass(frozen=True)
class Rooms:
    """The parts of one lane."""

    store: StoreId
    language: Language
    till_attached: bool
    clock: Clock
    moment_of: Callable[[date | None], Moment]
    identify: Identify
    read_scan: ReadScan
    journal: Journal
    shelf: Shelf
    book: SaleBook
    coupons: CouponDesk
    evaluation: Evaluation
    issues: IssueDesk
    past_sales: PastSales
    changed: Callable[[], None]  # somebody may want to look: the cashier's page
