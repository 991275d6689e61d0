"""A lane's day in small values: builders for records, journals and generations."""

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from cache.generation import Generation
from cache.generation_writer import GenerationWriter
from cache.journal import Journal
from cache.journal_store import OpenBasket
from offers.basket import TransactionKey
from offers.context import Policy, Risk, StoreFacts
from offers.model import (
    AmountOff,
    Assignment,
    CampaignId,
    Condition,
    CouponNumber,
    Gtin,
    Offer,
    OfferId,
    Product,
    ProductSet,
    Selector,
    Serial,
    ShopperKey,
    ShopperRef,
    StoreId,
    Wallet,
)
from offers.records import (
    Claiming,
    Incarnation,
    Issued,
    JobId,
    Redemption,
    Sold,
    Tendered,
    Uid,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ANNA = ShopperKey("a" * 32)
BERT = ShopperKey("b" * 32)
YOGURT = Gtin("04006381333931")
BREAD = Gtin("04006381333948")


def offer(number: int, **changes) -> Offer:
    fields = {
        "offer_id": OfferId(f"O{number}"),
        "version": 1,
        "campaign_id": CampaignId("C1"),
        "objective": "value",
        "title": {"en": f"Offer {number}"},
        "products": ProductSet({"en": "yogurt"}, Selector(gtins=(YOGURT,))),
        "condition": Condition(),
        "reward": AmountOff(100),
        "starts": date(2026, 11, 1),
        "ends": date(2026, 12, 31),
        "use": "coupon",
        "coupon_number": CouponNumber(f"{number:013}"),
    }
    return Offer(**(fields | changes))


def assignment(number: int, score: float) -> Assignment:
    return Assignment(OfferId(f"O{number}"), score, date(2026, 11, 1), date(2026, 12, 31))


def key(number: int | str = 1) -> TransactionKey:
    return TransactionKey(StoreId("S1"), "T1", NOON.date(), str(number))


def tendered(uid: str = "u1", **changes) -> Tendered:
    fields = {
        "uid": Uid(uid),
        "key": key(),
        "revision": 1,
        "mode": "live",
        "shopper": None,
        "basket_minor": 500,
        "discount_minor": 100,
        "redemptions": (),
        "not_given": (),
        "sold": (),
        "decision_sha256": "",
    }
    return Tendered(**(fields | changes))


def redemption(serial: str | None = None, number: int = 1, **changes) -> Redemption:
    fields = {
        "offer_id": OfferId(f"O{number}"),
        "version": 1,
        "campaign_id": CampaignId("C1"),
        "amount_minor": 100,
        "shares": (),
        "category": "dairy",
        "serial": None if serial is None else Serial(serial),
    }
    return Redemption(**(fields | changes))


def issued(serial: str | None = "000070001234", **changes) -> Issued:
    fields = {
        "uid": Uid("u1"),
        "job": JobId("j1"),
        "offer_id": OfferId("O1"),
        "version": 1,
        "campaign_id": CampaignId("C1"),
        "category": "dairy",
        "coupon_number": CouponNumber("0000000000001"),
        "serial": None if serial is None else Serial(serial),
        "valid_from": NOON.date(),
        "valid_to": NOON.date() + timedelta(days=27),
        "shopper": None,
    }
    return Issued(**(fields | changes))


def claiming(serial: str = "000070001234", uid: str = "u1", **changes) -> Claiming:
    fields = {
        "uid": Uid(uid),
        "serial": Serial(serial),
        "coupon_number": CouponNumber("0000000000001"),
        "offer_id": OfferId("O1"),
        "value_minor": 100,
    }
    return Claiming(**(fields | changes))


class Lane:
    """A journal's place on the disk, a clock that stands until moved, and names that count up."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = NOON
        self._epochs = itertools.count(1)
        self._refs = itertools.count(1)

    async def open(self, **changes) -> Journal:
        settings = {"spare_pages": 4} | changes
        return await Journal.open(
            self.path,
            incarnation=lambda: Incarnation(f"{next(self._epochs):016x}"),
            now=lambda: self.now,
            new_ref=lambda: ShopperRef(f"{next(self._refs):032x}"),
            **settings,
        )

    @asynccontextmanager
    async def journal(self, **changes) -> AsyncIterator[Journal]:
        journal = await self.open(**changes)
        try:
            yield journal
        finally:
            await journal.close()

    async def crash(self, journal: Journal) -> None:
        """Take the files as they stand now, as after a power cut, and go on from those alone."""
        there = {p.name: p.read_bytes() for p in self.path.parent.iterdir() if p.is_file()}
        await journal.close()
        for part in list(self.path.parent.iterdir()):
            part.unlink()
        for name, data in there.items():
            if not name.endswith("-shm"):  # shared memory does not outlive a power cut
                self.path.with_name(name).write_bytes(data)


@pytest.fixture
def lane(tmp_path: Path) -> Lane:
    (tmp_path / "lane").mkdir()
    return Lane(tmp_path / "lane" / "journal.db")


def write_generation(path: Path, fill: Callable[[GenerationWriter], None] = lambda w: None) -> dict:
    with GenerationWriter(path) as writer:
        writer.put_store(StoreFacts(StoreId("S1")), Policy(), Risk())
        fill(writer)
        return writer.finish("g1", NOON, 0)


@pytest.fixture
def generation(tmp_path: Path):
    """Open a small shop: three offers, Anna's wallet, yogurt in stock."""

    def fill(writer: GenerationWriter) -> None:
        for number in (1, 2, 3):
            writer.put_offer(offer(number))
        writer.put_product(Product(YOGURT, "Yogurt", "Alm", "dairy/yogurt"))
        writer.put_wallet(ANNA, Wallet((assignment(1, 0.2), assignment(2, 0.9))))
        writer.put_stock(YOGURT, 10, NOON)

    path = tmp_path / "offers-g1.db"
    write_generation(path, fill)
    opened = Generation.open(path)
    yield opened
    opened.close()


@pytest.fixture
def make() -> SimpleNamespace:
    """Give the builders to tests; helper modules cannot be imported from here."""
    return SimpleNamespace(
        offer=offer,
        assignment=assignment,
        key=key,
        tendered=tendered,
        redemption=redemption,
        issued=issued,
        claiming=claiming,
        generation=write_generation,
        sold=Sold,
        basket=OpenBasket,
        NOON=NOON,
        ANNA=ANNA,
        BERT=BERT,
        YOGURT=YOGURT,
        BREAD=BREAD,
    )
