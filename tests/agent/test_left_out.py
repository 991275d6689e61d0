"""Lines that make no sense, sent by a till over the wire: the sale goes on, and the cashier is told."""

from __future__ import annotations

import pytest

from agent.http_limits import Limits
from offers.basket import LeftOut
from offers.sentences import left_out_sentence
from tests.page_lane import NATURAL, RYE, page_lane

GOOD = (NATURAL, 2, 398)
PATIENT = Limits(basket_s=20.0)  # what is late is another test's


@pytest.fixture
async def shop(tmp_path):
    async with page_lane(tmp_path, limits=PATIENT) as shop:
        yield shop


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"gtin": "04006381333931"}, "unknown_product"),
        ({"gtin": "40042"}, "unknown_product"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": -3}, "quantity"),
        ({"quantity": 2**53}, "quantity"),
        ({"weight_g": -1}, "quantity"),
        ({"amount_minor": -25}, "amount"),
        ({"amount_minor": 2**53}, "amount"),
    ],
)
async def test_a_line_without_sense_leaves_the_others_as_they_are(shop, fields, why):
    """200, the same discounts and verdicts as without the line, and a sentence that names it."""
    coupons = [shop.coupon("solenne-20", 5)]
    without = await shop.put(GOOD, handle="plain", coupons=coupons)
    await shop.till.post("/v1/transactions/plain/void")
    line = {"line_id": "X", "gtin": RYE, "quantity": 1, "amount_minor": 249} | fields
    plain = {"line_id": "1", "gtin": NATURAL, "quantity": 2, "amount_minor": 398}
    told = await shop.put(lines=[plain, line], coupons=coupons)
    said = left_out_sentence(LeftOut("X", why), "en")
    assert "X" in said
    assert told["left_out"] == [{"line_id": "X", "why": why, "sentence": said}]
    assert told["discounts"] == without["discounts"] != []
    assert told["verdicts"] == without["verdicts"]
    assert (await shop.tender(told))["redeemed"]


async def test_a_basket_in_foreign_money_is_answered(shop):
    """200, no discount, each line told, and the tender goes through."""
    told = await shop.put(GOOD, (RYE, 1, 249), currency="USD")
    assert [it["sentence"] for it in told["left_out"]] == [
        f"Line {n}: this is another currency, so no offer counts it." for n in ("1", "2")
    ]
    assert told["discounts"] == []
    assert (await shop.tender(told))["redeemed"] == []


async def test_the_stores_language_is_spoken(tmp_path):
    """A German till tells it in German."""
    async with page_lane(tmp_path, "de", PATIENT) as shop:
        told = await shop.put((RYE, 0, 0))
        (left,) = told["left_out"]
        assert left["sentence"] == left_out_sentence(LeftOut("1", "quantity"), "de")
