"""A lane's folder for a bench: keys, configuration, and a generation of a stated size."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from cache.generation_writer import GenerationWriter
from cache.journal import Journal
from ground.key_files import write_key
from offers.context import Policy, Risk, StoreFacts
from offers.coupon_code import gcn
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
    ShopperKey,
    Wallet,
)
from offers.serials import Lease
from offers.shopper_key import identity_key

SECRET = bytes(range(32))
SERIAL_KEY = bytes(range(1, 33))
EPOCH = "0123456789abcdef"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DATES = date(2026, 1, 1), date(2026, 12, 31)
ARTICLES, OFFERS = 5_000, 500
LEASE = Lease(12, "s001", "1", EPOCH, "s001a")


def card(number: int) -> str:
    """Give the n-th shopper's card: an EAN-13 of the shop's own range."""
    body = f"29{number:010d}"
    weighted = sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(body))
    return body + str(-weighted % 10)


def key_of(number: int) -> ShopperKey:
    """Give the n-th shopper's key, as the lane makes it of the card."""
    return identity_key("card", card(number), SECRET)


def article(number: int) -> Product:
    """Give the n-th article of the range."""
    category = f"department{number % 20}/aisle{number % 200}"
    return Product(f"{number:014d}", f"Article {number}", f"Brand {number % 400}", category)


def offer(number: int, dice: random.Random) -> Offer:
    """Draw one offer of the bank: on some articles, half on the card alone and half by coupon."""
    some = tuple(f"{n:014d}" for n in sorted(dice.sample(range(ARTICLES), dice.randint(1, 40))))
    return Offer(
        offer_id=f"O{number:03d}",
        version=1,
        campaign_id="C1",
        objective="value",
        title={"en": f"Offer {number}"},
        products=ProductSet({"en": f"set {number}"}, Selector(some)),
        condition=Condition(min_quantity=dice.choice((1, 1, 1, 2))),
        reward=dice.choice((AmountOff(100), PercentOff(20))),
        starts=DATES[0],
        ends=DATES[1],
        use=dice.choice(("card", "coupon")),
        coupon_number=gcn(f"99{number:010d}"),
        approval=Approval("bench", DATES[0]),
    )


def wallets(shoppers: int, each: int, dice: random.Random) -> Iterator[tuple[ShopperKey, Wallet]]:
    """Give every shopper so many offers of the bank."""
    for number in range(shoppers):
        chosen = dice.sample(range(OFFERS), each)
        given = tuple(Assignment(f"O{n:03d}", round(dice.random(), 4), *DATES) for n in chosen)
        yield key_of(number), Wallet(given)


def make_home(home: Path, shoppers: int, each: int) -> None:
    """Write the folder: 500 offers, 5,000 articles, and the shoppers' assignments.

    The random numbers are always the same ones.
    """
    dice = random.Random(11)
    data = home / "data"
    data.mkdir(mode=0o700, parents=True)
    for kind, name, secret in (("shopper", "a", SECRET), ("serial", "s001a", SERIAL_KEY)):
        write_key(home / "keys", kind, name, secret)
    with GenerationWriter(data / "offers-bench.db") as writer:
        writer.put_store(StoreFacts("s001"), Policy(), Risk())
        for number in range(OFFERS):
            writer.put_offer(offer(number, dice))
        writer.put_products(article(number) for number in range(ARTICLES))
        writer.put_wallets(wallets(shoppers, each, dice))
        writer.put_lease(LEASE)
        writer.finish("bench", NOW, 0)
    (home / "lane.toml").write_text(
        'store = "s001"\nlane = "1"\ndata_dir = "data"\nkeys_dir = "keys"\n[http]\nport = 0\n'
    )
    asyncio.run(_point(data))


async def _point(data: Path) -> None:
    journal = await Journal.open(data / "journal.db", incarnation=lambda: EPOCH, now=lambda: NOW)
    await journal.point_to("offers-bench.db", 1)
    await journal.close()
