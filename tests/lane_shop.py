"""A small shop and a lane on top of it, in process: real databases, no device, time by hand."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from agent.claim_line import ClaimLine
from agent.config import Config, LaneConfig
from agent.counter import Counter
from agent.lane import Lane
from agent.stock import Stock
from agent.till_types import BasketIn, GivenIn, IdentityIn, LineIn, TenderIn
from agent.wiring import WiredLane, wire
from cache.generation_writer import GenerationWriter
from cache.journal import Journal
from ground.clock import SteppedClock
from ground.key_files import write_key
from offers.context import Policy, Risk, StoreFacts
from offers.coupon_code import element_string, gcn
from offers.model import (
    AmountOff,
    Approval,
    Assignment,
    Condition,
    Offer,
    PercentOff,
    Product,
    ProductSet,
    Selector,
    Wallet,
)
from offers.records import ClaimId
from offers.serials import Lease, make_serial
from offers.shopper_key import identity_key
from printer.slip import Slip
from sync.messages import Claim, ClaimAnswer

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
TODAY = date(2026, 11, 2)
ANNA = "2900000001015"
SHOPPER_SECRET = bytes(range(32))
SERIAL_KEY = bytes(range(1, 33))
YOGURT, COFFEE = "09520000001018", "09520000003012"
COFFEE_LINE = (COFFEE, 1, 899)
ANNA_KEY = identity_key("card", ANNA, SHOPPER_SECRET)
YOGURT_GCN, COFFEE_GCN = gcn("952000090001"), gcn("952000090002")


def offer(offer_id, gtin, reward, number, **more) -> Offer:
    return Offer(
        offer_id=offer_id,
        version=1,
        campaign_id="autumn",
        objective="value",
        title={"en": offer_id},
        products=ProductSet({"en": offer_id}, Selector(gtins=(gtin,))),
        condition=more.pop("condition", Condition()),
        reward=reward,
        starts=date(2026, 1, 1),
        ends=date(2026, 12, 31),
        use=more.pop("use", "coupon"),
        coupon_number=number,
        approval=Approval("M. Okafor", date(2026, 1, 1)),
        **more,
    )


OFFERS = (
    offer("yogurt-20", YOGURT, PercentOff(20), YOGURT_GCN, condition=Condition(min_quantity=2)),
    offer("coffee-1", COFFEE, AmountOff(100), COFFEE_GCN),
)


def build_generation(path: Path, lease: Lease | None = None, **policy) -> None:
    """Write the shop's generation: two coupon offers for Anna, ten of each product on the shelf."""
    long = date(2026, 1, 1), date(2026, 12, 31)
    with GenerationWriter(path) as writer:
        risk = Risk(lane_count=2, lane_minor=300, shopper_count=2, serial_max_minor=200)
        writer.put_store(StoreFacts("s001", time_zone="UTC"), Policy(**policy), risk)
        for one in OFFERS:
            writer.put_offer(one)
        writer.put_product(Product(COFFEE, "Espresso", "Montebruno", "coffee/beans"))
        writer.put_product(Product(YOGURT, "Yogurt", "Solenne", "dairy/yogurt"))
        wallet = Wallet((Assignment("yogurt-20", 0.9, *long), Assignment("coffee-1", 0.8, *long)))
        writer.put_wallet(ANNA_KEY, wallet)
        for gtin in (YOGURT, COFFEE):
            writer.put_stock(gtin, 10, NOON)
        if lease is not None:
            writer.put_lease(lease)
        writer.finish("g1", NOON, 0)


@dataclass
class PaperTray:
    """A printer that keeps its slips."""

    slips: list[Slip] = field(default_factory=list)
    ready: bool = True
    busy: bool = False

    def submit(self, job, slips, still_good) -> None:
        if still_good():
            self.slips += slips

    def result(self, job):
        return "accepted"


@dataclass
class TestArbiter:
    """The far end of claims: answers as told, or not at all."""

    __test__ = False

    answer: str = "grant"  # "deny", "redeemed", "silent" or "down"
    asked: list[Claim] = field(default_factory=list)
    line: ClaimLine | None = None

    def send(self, claim: Claim) -> bool:
        self.asked.append(claim)
        if self.answer in ("grant", "deny", "redeemed"):
            assert self.line is not None
            self.line.answered(self.reply(claim.claim, claim.serial))
        return self.answer != "down"

    def reply(self, claim: ClaimId, serial: str) -> ClaimAnswer:
        if self.answer == "grant":
            return ClaimAnswer(claim, serial, "grant")
        return ClaimAnswer(claim, serial, "deny", "s001/2", NOON, self.answer == "redeemed")


@dataclass
class TestLane:
    """A wired lane with its devices in the test's hand."""

    __test__ = False

    wired: WiredLane
    clock: SteppedClock
    arbiter: TestArbiter
    tray: PaperTray

    @property
    def lane(self) -> Lane:
        return self.wired.lane

    @property
    def counter(self) -> Counter:
        return self.wired.counter

    @property
    def journal(self) -> Journal:
        return self.wired.journal

    @property
    def stock(self) -> Stock:
        return Stock(self.journal, self.wired.shelf, {"s001a": SERIAL_KEY})

    async def kinds(self) -> list[str]:
        return [row.kind for row in await self.journal.rows_after(0, 1000)]

    def coupon(self, number: str, counter: int) -> str:
        """Give the code of a coupon that another lane printed."""
        return element_string(number, make_serial(LEASE_OF_LANE_2, counter, number, SERIAL_KEY))


LEASE_OF_LANE_2 = Lease(77, "s001", "2", "0123456789abcdef", "s001a")


@asynccontextmanager
async def running_lane(home: Path, lane: str = "1", **table) -> AsyncIterator[TestLane]:
    """Wire a lane in a folder; the same folder again is the same lane after a restart."""
    data = home / "data"
    if not data.exists():
        data.mkdir(mode=0o700)
        write_key(home / "keys", "shopper", "a", SHOPPER_SECRET)
        write_key(home / "keys", "serial", "s001a", SERIAL_KEY)
        build_generation(data / "offers-g1.db", LEASE_OF_LANE_2)
    config = Config(LaneConfig("s001", lane, "data", "keys", **table), home)
    clock = SteppedClock(NOON)
    arbiter, tray = TestArbiter(), PaperTray()
    await point_to(data / "journal.db", "offers-g1.db", f"fedcba987654321{int(lane) - 1}")
    wired = await wire(config, clock, random.Random(1), lambda: None)
    wired.line._send = arbiter.send
    arbiter.line = wired.line
    wired.lane._rooms.issues._printing = tray
    lease = Lease(11 + int(lane), "s001", lane, wired.journal.epoch, "s001a")
    await wired.journal.add_leases(lease)
    await wired.lane.restore()
    try:
        yield TestLane(wired, clock, arbiter, tray)
    finally:
        await wired.journal.close()
        wired.shelf.generation.close()


async def point_to(path: Path, generation: str, epoch: str) -> None:
    """Put a generation in force, as a finished pull does."""
    journal = await Journal.open(path, incarnation=lambda: epoch, now=lambda: NOON)
    if not journal.generation_file:
        await journal.point_to(generation, 1)
    await journal.close()


def basket(revision=1, *lines, card=None, coupons=(), **more) -> BasketIn:
    """Make a basket of (gtin, quantity, amount) lines."""
    return BasketIn(
        till="t1",
        number=more.pop("number", "42"),
        business_date=more.pop("business_date", TODAY),
        revision=revision,
        currency="EUR",
        lines=tuple(LineIn(f"L{n}", g, q, a) for n, (g, q, a) in enumerate(lines, 1)),
        identities=(IdentityIn("card", card),) if card else (),
        coupons=coupons,
        **more,
    )


def tender(out) -> TenderIn:
    """Tender what was decided, all of it."""
    given = tuple(GivenIn(s.line_id, s.offer_id, s.amount_minor) for s in out.discounts)
    return TenderIn(out.revision, given)


def reasons(out):
    """Give each offer's reason in an answer."""
    return {verdict.offer_id: verdict.reason for verdict in out.verdicts}
