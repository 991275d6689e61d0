"""Builders of the values that the decision takes, and an independent brute force."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from offers.basket import Basket, Line, TransactionKey
from offers.context import Candidate, Context, Moment, StoreFacts
from offers.model import (
    Approval,
    Assignment,
    Condition,
    Offer,
    PercentOff,
    Product,
    ProductSet,
    Selector,
)

TODAY = date(2026, 11, 20)  # a Friday
NOON = Moment(
    utc=datetime(2026, 11, 20, 12, tzinfo=UTC),
    trusted=True,
    business_date=TODAY,
    weekday=4,
    minute=720,
)


def product(gtin, **fields):
    fields = {"name": f"P{gtin}", "brand": "Alpro", "category": "dairy/yogurt", **fields}
    return Product(gtin=gtin, **fields)


def selector(*gtins, brands=(), categories=()):
    return Selector(gtins, brands, categories)


def offer(offer_id="O1", gtins=("1",), **fields):
    """Make a card offer of 20 % on product 1; `include` and `exclude` are selectors."""
    include = fields.pop("include", Selector(tuple(gtins)))
    exclude = fields.pop("exclude", Selector())
    title = fields.pop("set_title", "Alpro yogurt 500 g")
    condition = {
        name: fields.pop(name)
        for name in ("min_quantity", "min_spend_minor", "basket_min_minor", "dayparts")
        if name in fields
    }
    base = {
        "offer_id": offer_id,
        "version": 1,
        "campaign_id": "C1",
        "objective": "value",
        "title": {"en": f"Offer {offer_id}"},
        "products": ProductSet({"en": title}, include, exclude),
        "condition": Condition(**condition),
        "reward": PercentOff(20),
        "starts": date(2026, 11, 1),
        "ends": date(2026, 11, 30),
        "use": "card",
        "coupon_number": "9800000000014",
        "approval": Approval("Ann", date(2026, 10, 1)),
    }
    return Offer(**{**base, **fields})


def assignment(offer_id="O1", score=1.0, **fields):
    fields = {"starts": date(2026, 11, 1), "ends": date(2026, 11, 30), **fields}
    return Assignment(offer_id, score, **fields)


def candidate(an_offer=None, presented=None, **fields):
    an_offer = an_offer or offer()
    return Candidate(an_offer, assignment(an_offer.offer_id, **fields), presented)


def line(line_id, gtin, amount_minor, quantity=1, **fields):
    return Line(line_id, gtin, quantity, amount_minor, **fields)


def basket(*lines):
    key = TransactionKey("S1", "T1", TODAY, "1")
    return Basket(key, 1, "live", "EUR", tuple(lines))


def context(candidates, lines, **fields):
    """Make the facts of a known shopper at noon; offers stand for their assigned candidates."""
    candidates = tuple(it if isinstance(it, Candidate) else candidate(it) for it in candidates)
    products = fields.pop("products", {it.gtin: product(it.gtin) for it in lines})
    fields = {"moment": NOON, "store": StoreFacts("S1"), "shopper_known": True, **fields}
    return Context(basket=basket(*lines), candidates=candidates, products=products, **fields)


def exact_units(a_line):
    """Cut a line's amount into whole unit prices, by counting pennies round."""
    prices = [0] * (1 if a_line.weight_g is not None else a_line.quantity)
    for penny in range(a_line.amount_minor):
        prices[penny % len(prices)] += 1
    return prices


def reward_of(reward, prices):
    """Compute a reward in the words of the docs, with fractions."""
    name, total = type(reward).__name__, sum(prices)
    if name in ("PercentOff", "BasketPercentOff"):
        off = int(total * reward.percent / 100 + 0.5)
        return off if reward.max_minor is None else min(off, reward.max_minor)
    if name in ("AmountOff", "BasketAmountOff"):
        return min(reward.amount_minor, total)
    return max(0, total - reward.price_minor) if name == "FixedPrice" else min(prices)


def allowed(an_offer, prices):
    """Tell whether one use may take units of these prices: the words of `offers.rewards`."""
    need, spend = an_offer.condition.min_quantity, an_offer.condition.min_spend_minor

    def enough(some):
        return len(some) >= need and sum(some) >= spend

    if not spend:
        return len(prices) == need
    if type(an_offer.reward).__name__ == "PercentOff":
        return enough(prices)
    return enough(prices) and not any(
        enough(prices[:n] + prices[n + 1 :]) for n in range(len(prices))
    )


def brute_force(offers, lines):
    """Give the greatest discount of all ways to hand out units, found by trying them all."""
    units = [(a_line.gtin, price) for a_line in lines for price in exact_units(a_line)]
    whole = sum(price for _, price in units)

    def on_units(some):
        """Best over: give each use of each offer a disjoint set of units."""
        seen = {}

        def best(at, uses, free):
            if at == len(some):
                return 0
            key = (at, uses, free)
            if key in seen:
                return seen[key]
            an_offer = some[at]
            top = best(at + 1, 0, free)
            spends = an_offer.condition.min_spend_minor and hasattr(an_offer.reward, "percent")
            if uses < (1 if spends else an_offer.max_uses_per_basket):
                mine = [n for n in free if units[n][0] in an_offer.products.include.gtins]
                for size in range(1, len(mine) + 1):
                    for taken in itertools.combinations(mine, size):
                        prices = [units[n][1] for n in taken]
                        if allowed(an_offer, prices):
                            rest = frozenset(free) - set(taken)
                            gain = reward_of(an_offer.reward, prices)
                            top = max(top, gain + best(at, uses + 1, tuple(sorted(rest))))
            seen[key] = top
            return top

        return best(0, 0, tuple(range(len(units))))

    def total(some):
        plain = [it for it in some if "Basket" not in type(it.reward).__name__]
        off = on_units(plain)
        basket_rewards = [it for it in some if "Basket" in type(it.reward).__name__]
        return off + max(
            (reward_of(it.reward, [whole - off]) for it in basket_rewards if units), default=0
        )

    together = [it for it in offers if it.combinable]
    alone = [[it] for it in offers if not it.combinable]
    return max(total(some) for some in [together, *alone])


def builders():
    """Collect the builders under one name."""
    return SimpleNamespace(
        today=TODAY,
        noon=NOON,
        product=product,
        selector=selector,
        offer=offer,
        assignment=assignment,
        candidate=candidate,
        line=line,
        basket=basket,
        context=context,
        brute_force=brute_force,
    )


@pytest.fixture
def make():
    """Give the builders, by name."""
    return builders()


@pytest.fixture(scope="session")
def make_all():
    """Give the builders to property tests, which share them between examples."""
    return builders()
