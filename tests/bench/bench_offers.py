"""The decision at full size: 500 offers on a basket of 50 lines, a verdict with evidence for each."""

from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime

from offers.basket import Basket, Line, TransactionKey
from offers.context import Candidate, Context, Moment, StoreFacts
from offers.decide import decide
from offers.model import (
    AmountOff,
    Approval,
    Assignment,
    CheapestFree,
    Condition,
    FixedPrice,
    Offer,
    PercentOff,
    Product,
    ProductSet,
    Reward,
    Selector,
)
from tests.bench.figure import Figure

OFFERS, LINES, ARTICLES, RUNS = 500, 50, 5_000, 400
LIMIT_MS = 5.0
TODAY = date(2026, 11, 20)
REWARDS: tuple[Reward, ...] = (PercentOff(20), AmountOff(100), FixedPrice(150), CheapestFree())


def figures() -> list[Figure]:
    """Measure decisions of baskets, each on its own offers of one range of articles.

    A decision waits for nothing, so its time is the thread's CPU time: what else the machine does
    meanwhile is not its own.
    """
    dice = random.Random(7)
    articles = [_article(n) for n in range(ARTICLES)]
    took = []
    contexts = [_context(dice, articles) for _ in range(20)]
    for n in range(RUNS):
        started = time.thread_time()
        decide(contexts[n % len(contexts)])
        took.append(1000 * (time.thread_time() - started))
    took.sort()
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
    against = f"the limit of {LIMIT_MS:g} ms"
    name = f"decision, {OFFERS} offers x {LINES} lines"
    return [
        Figure(f"{name}, p50", p50, "ms", against, p50 / LIMIT_MS, "<= 1", p50 <= LIMIT_MS),
        Figure(f"{name}, p99", p99, "ms", against, p99 / LIMIT_MS, "<= 1", p99 <= LIMIT_MS),
    ]


def _article(n: int) -> Product:
    category = f"department{n % 20}/aisle{n % 200}"
    return Product(f"{n:014d}", f"Article {n}", f"Brand {n % 400}", category)  # type: ignore[arg-type]


def _context(dice: random.Random, articles: list[Product]) -> Context:
    bought = dice.sample(articles, LINES)
    lines = tuple(
        Line(f"L{n}", it.gtin, dice.choice((1, 1, 1, 2, 3)), dice.randint(80, 900))
        for n, it in enumerate(bought)
    )
    basket = Basket(TransactionKey("S1", "T1", TODAY, "1"), 1, "live", "EUR", lines)  # type: ignore[arg-type]
    moment = Moment(datetime(2026, 11, 20, 12, tzinfo=UTC), True, TODAY, 4, 720)
    candidates = tuple(_candidate(n, dice, articles) for n in range(OFFERS))
    known = {it.gtin: it for it in bought}
    return Context(moment, StoreFacts("S1"), basket, candidates, known, True)  # type: ignore[arg-type]


def _candidate(n: int, dice: random.Random, articles: list[Product]) -> Candidate:
    """Make an offer as personal ones are: some articles, or a brand, now and then an aisle."""
    some = tuple(it.gtin for it in dice.sample(articles, dice.randint(1, 30)))
    include = dice.choice(
        (
            Selector(gtins=some),
            Selector(gtins=some),
            Selector(brands=(f"Brand {dice.randrange(400)}",)),
            Selector(categories=(f"department{dice.randrange(20)}/aisle{dice.randrange(200)}",)),
        )
    )
    offer = Offer(
        offer_id=f"O{n}",  # type: ignore[arg-type]
        version=1,
        campaign_id="C1",  # type: ignore[arg-type]
        objective="value",
        title={"en": f"Offer {n}"},  # type: ignore[dict-item]
        products=ProductSet({"en": f"set {n}"}, include, Selector(gtins=some[:1])),  # type: ignore[dict-item]
        condition=Condition(min_quantity=dice.choice((1, 1, 1, 2))),
        reward=dice.choice(REWARDS),
        starts=date(2026, 11, 1),
        ends=date(2026, 11, 30),
        use="card",
        coupon_number="9800000000014",  # type: ignore[arg-type]
        approval=Approval("bench", date(2026, 11, 1)),
    )
    assignment = Assignment(offer.offer_id, 1.0, offer.starts, offer.ends)
    return Candidate(offer, assignment)
