"""A store's range, its offers, its shoppers: drawn once from a seed."""

from __future__ import annotations

import hashlib
import random
from datetime import date, timedelta
from typing import NamedTuple

from offers.context import Candidate, Experiment, Policy, StoreFacts
from offers.experiments import with_arms
from offers.model import (
    Approval,
    Assignment,
    Condition,
    Offer,
    PercentOff,
    Product,
    ProductSet,
    Selector,
    ShopperKey,
)
from tests.simulation.log import Card, Rules

FIRST = date(2026, 8, 1)
DAYS = 90
LANES = ("1", "2", "3", "4")
RIVALS = (("B0", "B1"), ("B2", "B3"), ("B4", "B9"))
PROMOTED = frozenset(("001", "013", "022"))  # each the only product of an offer
PRODUCTS, OFFERS, ASSIGNED = 48, 60, 8
TRIAL = Experiment("autumn", "salt", 100, ("C1",))
POLICY = Policy(
    slip_offers=3,
    person_month_cap=6,
    category_month_cap=2,
    quiet_days=10,
    contact_week_cap=4,
    min_on_hand=3,
    stock_max_age_h=120,
    min_cover_days=2,
    low_mover_units=4,
    channel_week_caps={"receipt": 3},
)


class Shopper(NamedTuple):
    """Who comes, and what headquarters gave her: arms included, best score first."""

    candidates: tuple[Candidate, ...]
    products: dict[str, Product]
    panel: bool


class World(NamedTuple):
    """Everything that does not change in the ninety days."""

    store: StoreFacts
    policy: Policy
    products: dict[str, Product]
    offers: dict[str, Offer]
    shoppers: list[Shopper]
    pace: dict[str, int]
    promoted: frozenset[str]
    rules: Rules


def make_world(seed: int, shoppers: int) -> World:
    """Draw a world; the same seed gives the same one."""
    dice = random.Random(seed)
    products = {f"{n:03}": _product(n) for n in range(PRODUCTS)}
    offers = {offer.offer_id: offer for offer in (_offer(n, dice) for n in range(OFFERS))}
    pace = {gtin: dice.choice((2, 40, 80, 200)) for gtin in products} | dict.fromkeys(PROMOTED, 80)
    people = [_shopper(n, dice, products, offers) for n in range(shoppers)]
    cards = {name: _card(offer, products) for name, offer in offers.items()}
    held = frozenset(n for n, it in enumerate(people) if _is_held(it))
    panel = frozenset(n for n, it in enumerate(people) if it.panel)
    rules = Rules(
        slip=3,
        person_month=6,
        category_month=2,
        contact_week=4,
        receipt_week=3,
        quiet_days=10,
        least_on_hand=3,
        cover_days=2,
        slow_below=4,
        figure_days=5,
        rivals=RIVALS,
        cards=cards,
        pace=pace,
        promoted=PROMOTED,
        held_out=held,
        held_campaign="C1",
        panel=panel,
    )
    store = StoreFacts("s1", jurisdiction="IE")
    return World(store, POLICY, products, offers, people, pace, PROMOTED, rules)


def _product(n: int) -> Product:
    flags = ("alcohol",) if n == 7 else ()
    return Product(f"{n:03}", f"P{n}", f"B{n % 12}", f"food/c{n % 8}/x", flags=flags)


def _offer(n: int, dice: random.Random) -> Offer:
    first = f"{n % PRODUCTS:03}"
    also = (f"{(n + 8) % PRODUCTS:03}",) if n % 3 == 0 else ()  # the same category
    starts = FIRST + timedelta(days=dice.choice((-20, -20, 0, 15, 30)))
    return Offer(
        offer_id=f"O{n:02}",
        version=1,
        campaign_id=f"C{n % 4}",
        objective=("value", "retention", "tier_move")[n % 3],
        title={"en": f"Offer {n}"},
        products=ProductSet({"en": "set"}, Selector((first, *also))),
        condition=Condition(),
        reward=PercentOff(20),
        starts=starts,
        ends=starts + timedelta(days=dice.choice((50, 80, 120))),
        use="coupon",
        coupon_number="9800000000014",
        coupon_days=(7, 14, 21)[n % 3],
        approval=None if n in (11, 22) else Approval("Ann", FIRST),
        panel_only=n == 11,
        max_issued=(None, None, None, None, 150, 2500)[n % 6],
    )


def _shopper(
    n: int, dice: random.Random, products: dict[str, Product], offers: dict[str, Offer]
) -> Shopper:
    given = dice.sample(sorted(offers), ASSIGNED)
    made = [
        Candidate(offers[name], Assignment(name, dice.random(), date.min, date.max))
        for name in given
    ]
    made.sort(key=lambda it: -it.assignment.score)
    key = ShopperKey(hashlib.sha256(str(n).encode()).hexdigest()[:32])
    named = sorted({g for it in made for g in it.offer.products.include.gtins})
    return Shopper(
        with_arms(made, key, [TRIAL]), {gtin: products[gtin] for gtin in named}, n % 500 == 0
    )


def _is_held(shopper: Shopper) -> bool:
    return any(it.assignment.arm == "holdout" for it in shopper.candidates)


def _card(offer: Offer, products: dict[str, Product]) -> Card:
    gtins = offer.products.include.gtins
    return Card(
        gtins=frozenset(gtins),
        brands=frozenset(products[gtin].brand for gtin in gtins),
        category=products[gtins[0]].category.rpartition("/")[0],
        starts=offer.starts,
        ends=offer.ends,
        coupon_days=offer.coupon_days,
        campaign=offer.campaign_id,
        most=offer.max_issued,
        panel=offer.panel_only,
        approved=offer.approval is not None,
        lawful=not any(products[gtin].flags for gtin in gtins),
    )
