"""The decision beside django-oscar's: the same result where both define one, and the time it takes.

Without the extra `peers` there is nothing to compare with, and no figure.
"""

from __future__ import annotations

import importlib.util
import random
import statistics
import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from offers.basket import Basket, Line, TransactionKey
from offers.context import Candidate, Context, Decision, Moment, StoreFacts
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

if TYPE_CHECKING:
    from tests.bench.peer_oscar import Peer

BASKETS = 1_000
OFFERS, LINES, RANGES = 100, 50, 400  # the size that oscar's own measurement used
TODAY = date(2026, 11, 20)
ARTICLES = tuple(f"{n:014d}" for n in range(1, RANGES + 1))
STEP = 20  # cents: every percentage below is then whole cents, and no side has to round


def figures() -> list[Figure]:
    """Compare on random baskets, then on shared lines where oscar drops offers, then in time."""
    if importlib.util.find_spec("oscar") is None:
        return []
    from tests.bench import peer_oscar  # the extra is there

    peer_oscar.start()
    dice = random.Random(11)
    prices = {gtin: STEP * dice.randint(5, 45) for gtin in ARTICLES}
    peer = peer_oscar.Peer(prices)
    return [_same(peer, prices, dice), *_shared(peer, prices, dice)]


def _same(peer: Peer, prices: dict[str, int], dice: random.Random) -> Figure:
    """Count the baskets on which applied offers, or the total, differ: each product has one offer."""
    different = applied = 0
    pool = [_offer(n, (gtin,), dice) for n, gtin in enumerate(ARTICLES[:60])]
    theirs = {it.name: it for it in peer.offers(pool, exclusive=True)}
    for _ in range(BASKETS):
        offers = dice.sample(pool, 12)
        named = [offer.products.include.gtins[0] for offer in offers]
        lines = _lines([*dice.sample(named, 8), *dice.sample(ARTICLES[60:], 4)], prices, dice)
        given = peer.apply(peer.basket(lines), [theirs[offer.offer_id] for offer in offers])
        ours = decide(_context(lines, offers))
        different += (_given(ours), ours.total_minor) != given
        applied += len(given.offers)
    name = f"baskets of {BASKETS} with another result than django-oscar's"
    return Figure(
        name, different, "baskets", f"{applied} offers applied", different, "= 0", different == 0
    )


def _shared(peer: Peer, prices: dict[str, int], dice: random.Random) -> list[Figure]:
    """Exclusive percentages over shared lines: what each side gives, and how long it takes."""
    offers = [
        _offer(1000 + n, tuple(dice.sample(ARTICLES, dice.randint(3, 12))), dice, PercentOff(20))
        for n in range(OFFERS)
    ]
    theirs = peer.offers(offers, exclusive=True)
    lines = _lines(dice.sample(ARTICLES, LINES), prices, dice)
    basket, context = peer.basket(lines), _context(lines, offers)
    slow, fast = [], []
    for _ in range(3):
        started = time.perf_counter()
        given = peer.apply(basket, theirs)
        slow.append(1000 * (time.perf_counter() - started))
        for _ in range(100):
            started = time.perf_counter()
            ours = decide(context)
            fast.append(1000 * (time.perf_counter() - started))
    name = f"decision, {OFFERS} offers x {LINES} lines"
    mine, its = statistics.median(fast), statistics.median(slow)
    more = ours.total_minor - given.total_minor
    against = f"django-oscar's {len(given.offers)} offers and {given.total_minor} cents"
    return [
        Figure(
            f"{name}: cents given to the shopper by {len(_given(ours))} offers",
            ours.total_minor,
            "cents",
            against,
            ours.total_minor / given.total_minor,
            "> 1: it drops due offers",
            more > 0,
        ),
        Figure(
            f"{name}: django-oscar's time",
            its,
            "ms",
            f"ours, {mine:.3g} ms",
            its / mine,
            ">= 500",
            its >= 500 * mine,
        ),
    ]


def _given(decision: Decision) -> dict[str, int]:
    return {
        verdict.offer_id: verdict.discount_minor
        for verdict in decision.verdicts
        if verdict.outcome == "applied"
    }


def _offer(
    n: int, gtins: tuple[str, ...], dice: random.Random, reward: Reward | None = None
) -> Offer:
    """Make an offer used once a basket, on so many units as its condition asks for."""
    wanted = 1 if reward else dice.choice((1, 1, 2, 3))
    kinds: tuple[Reward, ...] = (
        PercentOff(5 * dice.randint(1, 10)),
        AmountOff(STEP * dice.randint(1, 30)),
        FixedPrice(STEP * dice.randint(4, 30)),
        CheapestFree(),
    )
    return Offer(
        offer_id=f"O{n}",  # type: ignore[arg-type]
        version=1,
        campaign_id="C1",  # type: ignore[arg-type]
        objective="value",
        title={"en": f"Offer {n}"},  # type: ignore[dict-item]
        products=ProductSet({"en": f"set {n}"}, Selector(gtins=gtins)),  # type: ignore[dict-item, arg-type]
        condition=Condition(min_quantity=wanted),
        reward=reward or dice.choice(kinds),
        starts=date(2026, 11, 1),
        ends=date(2026, 11, 30),
        use="card",
        coupon_number="9800000000014",  # type: ignore[arg-type]
        approval=Approval("bench", date(2026, 11, 1)),
    )


def _lines(gtins: list[str], prices: dict[str, int], dice: random.Random) -> tuple[Line, ...]:
    return tuple(
        Line(f"L{n}", gtin, units, prices[gtin] * units)  # type: ignore[arg-type]
        for n, (gtin, units) in enumerate((gtin, dice.choice((1, 1, 2, 3, 4))) for gtin in gtins)
    )


def _context(lines: tuple[Line, ...], offers: list[Offer]) -> Context:
    basket = Basket(TransactionKey("S1", "T1", TODAY, "1"), 1, "live", "EUR", lines)  # type: ignore[arg-type]
    moment = Moment(datetime(2026, 11, 20, 12, tzinfo=UTC), True, TODAY, 4, 720)
    candidates = tuple(
        Candidate(it, Assignment(it.offer_id, 1.0, it.starts, it.ends)) for it in offers
    )
    known = {line.gtin: Product(line.gtin, line.gtin, "Brand", "all") for line in lines}
    return Context(moment, StoreFacts("S1"), basket, candidates, known, True)  # type: ignore[arg-type]
