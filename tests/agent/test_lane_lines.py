"""Baskets as tills really send them: nonsense in a line, points, coupons of others, paper on request."""

from datetime import timedelta

import msgspec
import pytest

from agent.till_types import LeftOutOut, LineIn, ReturnIn, TenderIn
from cache.generation import Generation
from cache.generation_writer import GenerationWriter
from offers.basket import LeftOut
from offers.context import Experiment, Policy, Risk, StoreFacts
from offers.coupon_code import element_string, gcn
from offers.model import Assignment, Points, Product, Wallet
from offers.reasons import Reason
from offers.records import Ghost, Issued, Tendered
from offers.sentences import left_out_sentence
from offers.shopper_key import identity_key
from tests.lane_shop import (
    ANNA,
    ANNA_KEY,
    COFFEE,
    COFFEE_GCN,
    COFFEE_LINE,
    NOON,
    OFFERS,
    SHOPPER_SECRET,
    TODAY,
    YOGURT,
    YOGURT_GCN,
    basket,
    offer,
    reasons,
    tender,
)

BERT = "2900000002012"
BERT_KEY = identity_key("card", BERT, SHOPPER_SECRET)
POINTS_GCN = gcn("952000090003")
POINTS = offer("points-50", COFFEE, Points(50), POINTS_GCN, use="card")
LONG = TODAY - timedelta(days=300), TODAY + timedelta(days=50)
YOGURTS = (YOGURT, 2, 398)


async def put_in_force(shop, tmp_path, experiments=(), place="", **policy):
    """Serve a generation with a points offer, for Anna and Bert."""
    path = tmp_path / "data" / "offers-g9.db"
    with GenerationWriter(path) as writer:
        writer.put_store(StoreFacts("s001", jurisdiction=place), Policy(**policy), Risk())
        for one in (*OFFERS, POINTS):
            writer.put_offer(one)
        writer.put_product(Product(COFFEE, "Espresso", "Montebruno", "coffee/beans"))
        writer.put_product(Product(YOGURT, "Yogurt", "Solenne", "dairy/yogurt"))
        given = tuple(Assignment(one.offer_id, 0.5, *LONG) for one in (*OFFERS, POINTS))
        for key in (ANNA_KEY, BERT_KEY):
            writer.put_wallet(key, Wallet(given))
        writer.put_experiments(experiments)
        writer.finish("g9", NOON, 0)
    shop.wired.shelf.swap(Generation.open(path)).close()


async def records(shop, kind):
    rows = await shop.journal.rows_after(0, 1000)
    tag = kind.__struct_config__.tag
    return [msgspec.json.decode(row.body, type=kind) for row in rows if row.kind == tag]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (LineIn("X", "4011", 1, 120), "unknown_product"),
        (LineIn("X", "Bananas", 1, 120), "unknown_product"),
        (LineIn("X", COFFEE, 0, 899), "quantity"),
        (LineIn("X", COFFEE, 2_000_000, 899), "quantity"),
        (LineIn("X", COFFEE, 1, -25), "amount"),
        (LineIn("X", COFFEE, 1, 2**53), "amount"),
        (LineIn("X", COFFEE, 1, 899, weight_g=0), "quantity"),
    ],
)
async def test_a_line_that_makes_no_sense_is_left_out_and_the_rest_gets_its_offers(shop, line, why):
    """The answer says which line and why; the coupon on the yogurts applies all the same."""
    message = basket(1, YOGURTS, coupons=(shop.coupon(YOGURT_GCN, 5),))
    message = msgspec.structs.replace(message, lines=(*message.lines, line))
    out = await shop.lane.basket("h1", message)
    said = left_out_sentence(LeftOut("X", why), "en")
    assert out.left_out == (LeftOutOut("X", why, said),)
    assert out.total_discount_minor == 80
    await shop.lane.tender("h1", tender(out))
    (sale,) = await records(shop, Tendered)
    assert max(it.quantity for it in sale.sold) == 2


async def test_a_basket_in_foreign_money_is_decided_without_its_lines(shop):
    """Swiss francs in a shop of euros: no discount, every line named, and the sale goes on."""
    message = basket(1, YOGURTS, COFFEE_LINE, card=ANNA)
    out = await shop.lane.basket("h1", msgspec.structs.replace(message, currency="CHF"))
    assert [(it.line_id, it.why) for it in out.left_out] == [("L1", "currency"), ("L2", "currency")]
    assert out.discounts == ()
    told = await shop.lane.tender("h1", tender(out))
    assert told.redeemed == ()


async def test_points_are_redeemed_without_a_word_of_the_till_and_go_back_with_the_goods(
    shop, tmp_path
):
    """They are no money: headquarters credits them from the row, and takes them back by the return's."""
    await put_in_force(shop, tmp_path)
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA))
    assert (out.points, out.discounts, reasons(out)["points-50"]) == (50, (), Reason.APPLIED)
    told = await shop.lane.tender("h1", TenderIn(1, ()))
    assert (told.redeemed, told.points) == (("points-50",), 50)
    (sale,) = await records(shop, Tendered)
    assert [(use.offer_id, use.points, use.amount_minor) for use in sale.redemptions] == [
        ("points-50", 50, 0)
    ]
    back = await shop.lane.give_back(ReturnIn("t1", "42", TODAY))
    assert [(r.offer_id, r.points, r.whole) for r in back.reversals] == [("points-50", 50, True)]
    assert "redeemed" not in {use.kind for use in shop.wired.shelf.past(ANNA_KEY)}


# Coupons of others.


async def printed_for_anna(shop) -> str:
    """Let the lane print Anna a coffee coupon; give its code."""
    out = await shop.lane.basket("h0", basket(1, YOGURTS, card=ANNA, number="40"))
    await shop.lane.tender("h0", tender(out))
    issued = await records(shop, Issued)
    serial = next(it.serial for it in issued if it.offer_id == "coffee-1")
    return element_string(COFFEE_GCN, serial)


async def test_a_coupon_of_another_shopper_is_refused_whatever_was_scanned_first(shop):
    """Printed for Anna here, shown with Bert's card: OTHER_SHOPPER; without a card it applies."""
    code = await printed_for_anna(shop)
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    assert out.total_discount_minor == 100
    out = await shop.lane.basket("h1", basket(2, COFFEE_LINE, card=BERT, coupons=(code,)))
    assert reasons(out)["coffee-1"] is Reason.OTHER_SHOPPER
    out = await shop.lane.basket("h1", basket(3, COFFEE_LINE, card=ANNA, coupons=(code,)))
    assert out.total_discount_minor == 100


async def test_a_coupon_used_without_its_card_starts_its_shopper_s_quiet_time(shop):
    """Anna's coffee coupon is used by hand; her next slip has none of it. A void takes it back."""
    code = await printed_for_anna(shop)
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    await shop.lane.tender("h1", tender(out))
    used = [use.offer_id for use in shop.wired.shelf.past(ANNA_KEY) if use.kind == "redeemed"]
    assert used == ["coffee-1"]
    out = await shop.lane.basket("h2", basket(1, YOGURTS, card=ANNA, number="43"))
    told = await shop.lane.tender("h2", tender(out))
    assert reasons(told)["coffee-1"] is Reason.QUIET_TIME
    await shop.lane.void("h1")
    assert not [use for use in shop.wired.shelf.past(ANNA_KEY) if use.kind == "redeemed"]


# Experiments, and the law.


async def test_an_experiment_s_holdout_gets_no_paper_and_leaves_a_ghost(shop, tmp_path):
    """All but one in a thousand are held out: nothing is printed, and what would have been is noted."""
    held = Experiment("x1", "salt", 999)
    await put_in_force(shop, tmp_path, (held,))
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA))
    assert out.verdicts == ()
    await shop.lane.tender("h1", tender(out))
    assert await records(shop, Issued) == []
    assert {ghost.offer_id for ghost in await records(shop, Ghost)} == {"yogurt-20", "coffee-1"}


@pytest.mark.parametrize("asked", [False, True])
async def test_in_france_paper_comes_only_when_it_is_asked_for(shop, tmp_path, asked):
    """AGEC, article 49: the till says that the shopper wants the coupons."""
    await put_in_force(shop, tmp_path, place="FR")
    await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA))
    told = await shop.lane.tender("h1", TenderIn(1, (), paper_asked=asked))
    assert bool(told.printing) is asked
    assert (Reason.LEGAL_PRINT_ON_REQUEST in reasons(told).values()) is not asked
