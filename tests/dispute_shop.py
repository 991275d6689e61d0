"""The shop of the twenty disputes, and their stories as data (tests/disputes/*.toml).

The stories say what a till sends and what is expected; who plays them, in process or in a browser,
is not their matter. `build` writes the generation that they are about.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from msgspec import Struct

from cache.generation_writer import GenerationWriter
from ground.strict_toml import read_toml
from offers.context import Policy, Risk, StoreFacts
from offers.coupon_code import gcn
from offers.model import (
    AmountOff,
    Approval,
    Assignment,
    Condition,
    Daypart,
    NForM,
    Offer,
    PercentOff,
    Product,
    ProductSet,
    Selector,
    Wallet,
)
from offers.serials import Lease
from offers.shopper_key import identity_key
from staff_help.roles import Staff
from tests.lane_shop import ANNA, LEASE_OF_LANE_2, NOON, SHOPPER_SECRET

FOLDER = Path(__file__).parent / "disputes"
CARDS = {"anna": ANNA, "ben": "2900000002012"}
PHONES = {"anna": "4915550100"}
PRODUCTS = {
    "plain": Product("09520000001018", "Yogurt", "Solenne", "dairy/yogurt", "Plain", "500 g"),
    "coconut": Product("09520000001025", "Yogurt", "Solenne", "dairy/yogurt", "Coconut"),
    "coffee": Product("09520000003012", "Espresso", "Montebruno", "coffee/beans", "", "500 g"),
    "coffee-small": Product(
        "09520000003029", "Espresso", "Montebruno", "coffee/beans", "", "250 g"
    ),
    "tea": Product("09520000004019", "Green tea", "Hillford", "tea/green"),
    "jam": Product("09520000006013", "Hazelnut cream", "Nocella", "spreads/nut"),
    "oat": Product("09520000005016", "Oat drink", "Granella", "drinks/plant"),
    "muesli": Product("09520000007010", "Muesli", "Granella", "cereals/muesli"),
    "crisp": Product("09520000008017", "Crispbread", "Fjordal", "bread/crisp"),
    "water": Product("09520000009014", "Water", "Quellin", "drinks/water"),
}
EVENING = Condition(dayparts=(Daypart(from_minute=1020, to_minute=1140),))


def offer(number: int, offer_id: str, title: str, product: str, reward, **more) -> Offer:
    """Make an offer on one product; `more` replaces what every other one has."""
    products = more.pop("products", ProductSet({"en": PRODUCTS[product].name}, only(product)))
    fields = {
        "condition": Condition(),
        "starts": date(2026, 1, 1),
        "ends": date(2026, 12, 31),
        "use": "coupon",
    }
    return Offer(
        offer_id=offer_id,
        version=2,
        campaign_id="autumn",
        objective="value",
        title={"en": title},
        products=products,
        reward=reward,
        coupon_number=gcn(f"95200009{number:04d}"),
        approval=Approval("M. Okafor", date(2026, 1, 1)),
        **(fields | more),
    )


def only(product: str) -> Selector:
    return Selector(gtins=(PRODUCTS[product].gtin,))


YOGURTS = ProductSet(
    {"en": "Solenne yogurt"}, Selector(brands=("Solenne",)), Selector(gtins=only("coconut").gtins)
)
OFFERS = (
    offer(1, "yogurt-20", "20% off two Solenne yogurts", "plain", PercentOff(20),
          products=YOGURTS, condition=Condition(min_quantity=2)),
    offer(2, "coffee-1", "1.00 off espresso", "coffee", AmountOff(100)),
    offer(3, "tea-50", "0.50 off green tea", "tea", AmountOff(50), ends=date(2026, 11, 1)),
    offer(4, "jam-75", "0.75 off hazelnut cream", "jam", AmountOff(75)),
    offer(5, "oat-30", "30% off oat drink", "oat", PercentOff(30)),
    offer(6, "mail-2", "2.00 off muesli", "muesli", AmountOff(200), use="card"),
    offer(7, "muesli-20", "20% off muesli", "muesli", PercentOff(20), use="card"),
    offer(8, "muesli-10", "10% off muesli", "muesli", PercentOff(10), use="card"),
    offer(9, "evening-50", "0.50 off crispbread", "crisp", AmountOff(50), use="card",
          condition=EVENING),
    offer(10, "water-3for2", "Water, 3 for 2", "water", NForM(2), use="card",
          condition=Condition(min_quantity=3)),
    offer(11, "crisp-first", "0.60 off crispbread", "crisp", AmountOff(60),
          use="card", max_redemptions=100),
    offer(12, "coffee-5", "5.00 off espresso", "coffee", AmountOff(500)),
)  # fmt: skip
BANK = {one.offer_id: one for one in OFFERS}
LONG = date(2026, 1, 1), date(2026, 12, 31)
NOT_HERS = ("mail-2", "coffee-5")  # of the bank, and assigned to nobody


def build(path: Path, staff: Staff | None = None, lease: Lease = LEASE_OF_LANE_2) -> None:
    """Write the shop's generation."""
    import msgspec

    with GenerationWriter(path) as writer:
        risk = Risk(lane_count=5, lane_minor=1000, shopper_count=5, serial_max_minor=200)
        writer.put_store(StoreFacts("s001", time_zone="UTC"), Policy(slip_offers=3), risk)
        for one in OFFERS:
            writer.put_offer(one)
        for product in PRODUCTS.values():
            writer.put_product(product)
            if product is not PRODUCTS["oat"]:
                writer.put_stock(product.gtin, 10, NOON)
        writer.put_stock(PRODUCTS["oat"].gtin, 0, NOON)
        given = tuple(
            Assignment(one.offer_id, 0.9 - n / 100, *LONG)
            for n, one in enumerate(OFFERS)
            if one.offer_id not in NOT_HERS
        )
        anna = identity_key("card", ANNA, SHOPPER_SECRET)
        writer.put_wallet(anna, Wallet(given))
        writer.put_alias(identity_key("phone", PHONES["anna"], SHOPPER_SECRET), anna)
        writer.put_lease(lease)
        if staff is not None:
            writer.put_document("staff", msgspec.json.encode(staff))
        writer.finish("g1", NOON, 0)


# The stories.


class Bought(Struct, frozen=True, forbid_unknown_fields=True):
    """One line: a product of the shop, how many, and what the till charges for all of them."""

    product: str
    quantity: int
    minor: int
    promotion: str | None = None


class Happens(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that happens, in order.

    "sale" sends a basket; `coupons` are offers whose coupon another lane printed, `printed` those
    that this lane printed before. "tender", "return" and "void" end the sale of the same `handle`.
    "recall" stops a product, "printer" goes away, "arbiter" answers so from now on.
    """

    do: Literal["sale", "tender", "return", "recall", "printer", "arbiter"]
    handle: str = "dispute"
    card: str = ""
    phone: str = ""
    lines: tuple[Bought, ...] = ()
    coupons: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()
    product: str = ""
    answer: str = ""


STORY_SALE = Happens("sale", lines=(Bought("tea", 6, 2094),), coupons=("tea-50",))


class Expected(Struct, frozen=True, forbid_unknown_fields=True):
    """What must come of it. `path` is the taps after the one that opens the dispute; `taps` is all."""

    reason: str
    sentence: str
    step: str
    path: tuple[str, ...]
    outcome: str
    amount_minor: int = 0
    prints: bool = False
    taps: int = 2


class Story(Struct, frozen=True, forbid_unknown_fields=True):
    """One dispute: the complaint, the sale, and what must come of it online and offline."""

    name: str
    script: str
    offer: str
    happens: tuple[Happens, ...]
    online: Expected
    offline: Expected | None = None  # None: the same
    chosen: bool = (
        False  # a line of the page names the complaint: the sale's verdict leads elsewhere
    )

    def expected(self, online: bool) -> Expected:
        """Give what must come of it."""
        return self.online if online or self.offline is None else self.offline


def stories() -> dict[str, Story]:
    """Read every story, by its file's name."""
    return {path.stem: read_toml(path, Story) for path in sorted(FOLDER.glob("*.toml"))}
