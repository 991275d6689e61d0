"""Builders of the values that the decision takes."""

from __future__ import annotations

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
    )


@pytest.fixture
def make():
    """Give the builders, by name."""
    return builders()


@pytest.fixture(scope="session")
def make_all():
    """Give the builders to property tests, which share them between examples."""
    return builders()
