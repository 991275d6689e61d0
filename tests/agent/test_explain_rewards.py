"""Each kind of reward through a lane: sold, explained from the journal, changed in thought, returned."""

from __future__ import annotations

import pytest
from msgspec import structs

from agent.explain import Wanted, explain
from agent.explain_words import lines_of
from agent.till_types import LineIn, ReturnIn
from cache.generation import Generation
from cache.generation_writer import GenerationWriter
from offers.context import Policy, Risk, StoreFacts
from offers.coupon_code import gcn
from offers.model import (
    AmountOff,
    AmountOffPerKg,
    Assignment,
    BasketAmountOff,
    BasketPercentOff,
    CheapestFree,
    Condition,
    FixedPrice,
    NForM,
    NthPercent,
    OtherReduced,
    PercentOff,
    Points,
    Product,
    ProductSet,
    Selector,
    Wallet,
)
from tests.lane_shop import ANNA, ANNA_KEY, COFFEE, NOON, TODAY, YOGURT, basket, offer, tender

APPLES = "09520000007010"
PAIR = Condition(min_quantity=2)
OTHER = ProductSet({"en": "coffee"}, Selector((COFFEE,)))
# The basket: three yogurts at 1.99 (L1), coffee at 8.99 (L2), 700 g of apples at 3.50 (L3). The
# offer is on yogurts and apples. Worked out by hand: discount and points, then without one line.
SALES = {
    "percent": (PercentOff(20), PAIR, (110, 0), "remove L3", 80),
    "percent of all": (PercentOff(20), Condition(min_spend_minor=600), (189, 0), "remove L3", 0),
    "amount": (AmountOff(150), PAIR, (150, 0), "remove L1", 0),
    "price": (FixedPrice(300), PAIR, (249, 0), "remove L3", 98),
    "cheapest": (CheapestFree(), PAIR, (199, 0), "remove L1", 0),
    "n for m": (NForM(1), PAIR, (199, 0), "remove L1", 0),
    "nth": (NthPercent(50), PAIR, (100, 0), "remove L1", 0),
    "per kg": (AmountOffPerKg(100), Condition(), (70, 0), "remove L3", 0),
    "other": (OtherReduced(OTHER), PAIR, (899, 0), "remove L2", 0),
    "points": (Points(50), PAIR, (0, 50), "remove L1", 0),
    "basket amount": (BasketAmountOff(200), PAIR, (200, 0), "remove L1", 0),
    "basket percent": (BasketPercentOff(10), PAIR, (185, 0), "remove L2", 95),
}


async def put_in_force(shop, tmp_path, reward, condition):
    """Serve a generation with one card offer, for Anna."""
    path = tmp_path / "data" / "offers-g9.db"
    one = offer("O1", YOGURT, reward, gcn("952000090003"), use="card", condition=condition)
    sets = ProductSet({"en": "breakfast"}, Selector((YOGURT, APPLES)))
    with GenerationWriter(path) as writer:
        writer.put_store(StoreFacts("s001"), Policy(), Risk())
        writer.put_offer(structs.replace(one, products=sets))
        for gtin, name in ((COFFEE, "Espresso"), (YOGURT, "Yogurt"), (APPLES, "Apples")):
            writer.put_product(Product(gtin, name, "Solenne", "food"))
        writer.put_wallet(ANNA_KEY, Wallet((Assignment("O1", 0.5, TODAY, TODAY),)))
        writer.finish("g9", NOON, 0)
    shop.wired.shelf.swap(Generation.open(path)).close()


@pytest.mark.parametrize("kind", SALES)
async def test_a_reward_is_sold_explained_and_brought_back(shop, tmp_path, kind):
    """The same to the byte; what if says what a line made; the whole return gives all of it back."""
    reward, condition, (off, points), wish, after = SALES[kind]
    await put_in_force(shop, tmp_path, reward, condition)
    message = basket(1, (YOGURT, 3, 597), (COFFEE, 1, 899), card=ANNA)
    apples = LineIn("L3", APPLES, 1, 350, weight_g=700)
    message = structs.replace(message, lines=(*message.lines, apples))
    out = await shop.lane.basket("h1", message)
    assert (out.total_discount_minor, out.points) == (off, points)
    await shop.lane.tender("h1", tender(out))
    again = explain(tmp_path / "data" / "journal.db", Wanted("42", what_if=(wish,)))
    assert (again.same, again.total_discount_minor, again.points) == (True, off, points)
    (what_if,) = again.what_if
    assert (what_if.total_before_minor, what_if.total_after_minor) == (off, after)
    (changed,) = what_if.changed
    assert changed.before == "APPLIED"
    assert (changed.after == "APPLIED") == (after > 0)
    assert changed.sentence in "\n".join(lines_of(again))
    back = await shop.lane.give_back(ReturnIn("t1", "42", TODAY))
    (reversal,) = back.reversals
    assert (reversal.amount_minor, reversal.points, reversal.whole) == (off, points, True)
    assert back.refund_minor == 597 + 899 + 350 - off
