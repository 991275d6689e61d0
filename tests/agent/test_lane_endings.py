"""How a sale ends, and what is left of it after a crash, a void, a return or a pause."""

import asyncio

import msgspec
import pytest

from agent.refusals import Refused
from agent.till_types import ReturnIn, TenderIn
from cache.errors import JournalLostTail
from offers.records import Printed, Tendered
from tests.lane_shop import (
    ANNA,
    COFFEE,
    COFFEE_GCN,
    COFFEE_LINE,
    TODAY,
    YOGURT,
    YOGURT_GCN,
    basket,
    running_lane,
    tender,
)


async def test_a_void_frees_the_coupon_and_a_tendered_sale_can_be_voided_once(shop):
    """Before the tender the claim goes back; after it the redemption is undone; twice is once."""
    code = shop.coupon(COFFEE_GCN, 5)
    await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    await shop.lane.void("h1")
    assert (await shop.kinds())[-2:] == ["voided", "claim_released"]
    out = await shop.lane.basket("h2", basket(1, COFFEE_LINE, coupons=(code,), number="43"))
    await shop.lane.tender("h2", tender(out))
    await shop.lane.void("h2")
    rows = await shop.kinds()
    await shop.lane.void("h2")
    assert await shop.kinds() == rows
    out = await shop.lane.basket("h3", basket(1, COFFEE_LINE, coupons=(code,), number="44"))
    assert out.total_discount_minor == 100


async def test_partial_returns_sum_to_the_sale_and_revive_the_coupon_with_the_last_line(shop):
    """Two lines, one discount: refunds add up to what was paid, and nothing is paid twice."""
    code = shop.coupon(YOGURT_GCN, 5)
    lines = ((YOGURT, 1, 200), (YOGURT, 1, 200), COFFEE_LINE)
    out = await shop.lane.basket("h1", basket(1, *lines, coupons=(code,)))
    assert out.total_discount_minor == 80
    await shop.lane.tender("h1", tender(out))
    first = await shop.lane.give_back(ReturnIn("t1", "42", TODAY, ("L1",)))
    second = await shop.lane.give_back(ReturnIn("t1", "42", TODAY))
    assert first.refund_minor + second.refund_minor == 400 - 80 + 899
    assert [r.whole for r in first.reversals + second.reversals] == [False, True]
    assert await shop.lane.give_back(ReturnIn("t1", "42", TODAY, ("L1",))) == first
    assert await shop.lane.give_back(ReturnIn("t1", "42", TODAY)) == second
    with pytest.raises(Refused) as refused:
        await shop.lane.give_back(ReturnIn("t1", "42", TODAY, ("L1", "L2")))
    assert refused.value.code == "returned_before"
    assert (await shop.kinds()).count("returned") == 2
    out = await shop.lane.basket("h2", basket(1, *lines, coupons=(code,), number="43"))
    assert out.total_discount_minor == 80


async def test_a_return_that_is_sent_twice_at_once_is_counted_once(shop):
    """The till repeats a call that it believes lost: the same words, one row; a void is no other way in."""
    code = shop.coupon(COFFEE_GCN, 5)
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    await shop.lane.tender("h1", tender(out))
    wanted = ReturnIn("t1", "42", TODAY)
    calls = (shop.lane.give_back(wanted), shop.lane.give_back(wanted), shop.lane.void("h1"))
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert ends[0] == ends[1]
    assert (ends[0].refund_minor, type(ends[2])) == (799, Refused)
    assert (await shop.kinds()).count("returned") == 1


@pytest.mark.parametrize("verb", ["tender", "suspend", "void"])
async def test_what_a_failed_write_did_not_give_back_is_given_back_by_the_next_call(shop, verb):
    """The journal refuses, nothing is kept: the sale still knows its right, and ends it later."""
    code = shop.coupon(COFFEE_GCN, 5)
    await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    call = {
        "tender": lambda: shop.lane.tender("h1", TenderIn(1, ())),
        "suspend": lambda: shop.lane.suspend("h1"),
        "void": lambda: shop.lane.void("h1"),
    }[verb]
    shop.journal._lost = JournalLostTail(0, 1)
    with pytest.raises(JournalLostTail):
        await call()
    shop.journal._lost = None
    await call()
    assert (await shop.kinds()).count("claim_released") == 1


async def test_a_suspended_sale_gives_its_claims_back_and_makes_them_anew(shop):
    """While it waits, another lane may use the coupon; taken up, it is a new attempt."""
    code = shop.coupon(COFFEE_GCN, 5)
    await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    await shop.lane.suspend("h1")
    assert (await shop.kinds())[-1] == "claim_released"
    out = await shop.lane.basket("h1", basket(2, COFFEE_LINE, coupons=(code,)))
    assert out.total_discount_minor == 100
    assert len({claim.claim for claim in shop.arbiter.asked}) == 2


async def test_training_decides_and_prints_but_uses_up_nothing(shop):
    """No claim, no serial, no redemption: the coupon still works for real."""
    code = shop.coupon(COFFEE_GCN, 5)
    out = await shop.lane.basket(
        "h1", basket(1, COFFEE_LINE, card=ANNA, coupons=(code,), mode="training")
    )
    assert out.total_discount_minor == 100
    await shop.lane.tender("h1", tender(out))
    assert shop.arbiter.asked == []
    assert await shop.kinds() == ["tendered"]
    assert {(slip.training, slip.code.kind) for slip in shop.tray.slips} == {(True, "none")}
    live = await shop.lane.basket("h2", basket(1, COFFEE_LINE, coupons=(code,), number="43"))
    assert live.total_discount_minor == 100


async def test_the_same_till_number_on_the_next_business_date_is_a_new_sale(shop):
    """Numbers restart at day end: yesterday's tender is not today's."""
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE))
    await shop.lane.tender("h1", tender(out))
    tomorrow = TODAY.replace(day=3)
    out = await shop.lane.basket("h1", basket(1, (COFFEE, 2, 1798), business_date=tomorrow))
    await shop.lane.tender("h1", tender(out))
    rows = await shop.journal.rows_after(0, 100)
    sales = [msgspec.json.decode(r.body, type=Tendered) for r in rows if r.kind == "tendered"]
    assert len({sale.uid for sale in sales}) == 2
    assert [sale.key.business_date for sale in sales] == [TODAY, tomorrow]


async def test_a_restart_reopens_the_sale_and_knows_the_tendered_one(tmp_path):
    """A crash between basket and tender keeps the promise; one after the tender repeats the answer."""
    async with running_lane(tmp_path) as shop:
        code = shop.coupon(COFFEE_GCN, 5)
        out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    async with running_lane(tmp_path) as shop:
        told = await shop.lane.tender("h1", tender(out))
        assert told.redeemed == ("coffee-1",)
    async with running_lane(tmp_path) as shop:
        rows = await shop.kinds()
        assert await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,))) == out
        assert await shop.lane.tender("h1", tender(out)) == told
        assert await shop.kinds() == rows


async def test_a_claim_that_a_crash_left_without_answer_is_released_at_start(tmp_path):
    """Power cut while HQ thinks: the next start gives the right back before its first answer."""
    async with running_lane(tmp_path) as shop:
        shop.arbiter.answer = "silent"
        call = asyncio.create_task(
            shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(shop.coupon(COFFEE_GCN, 5),)))
        )
        while not shop.arbiter.asked:
            await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        assert await shop.kinds() == ["claiming"]
    async with running_lane(tmp_path) as shop:
        assert await shop.kinds() == ["claiming", "claim_released"]


async def test_a_job_that_a_crash_left_without_an_end_is_unknown_and_not_printed_again(tmp_path):
    """The rows stood before the paper: the next start says what nobody can know, once."""
    async with running_lane(tmp_path) as shop:
        out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA))
        await shop.lane.tender("h1", tender(out))
    for _ in range(2):
        async with running_lane(tmp_path) as shop:
            assert await shop.kinds() == ["tendered", "issued", "issued", "printed"]
            (row,) = [r for r in await shop.journal.rows_after(0, 9) if r.kind == "printed"]
            assert msgspec.json.decode(row.body, type=Printed).result == "unknown"
            assert shop.tray.slips == []


async def test_a_basket_that_is_parked_asks_for_no_coupon(shop):
    """Suspended by the basket itself: what it held is given back, and nothing is claimed."""
    code = shop.coupon(COFFEE_GCN, 5)
    await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    parked = await shop.lane.basket("h1", basket(2, COFFEE_LINE, coupons=(code,), suspended=True))
    assert (parked.total_discount_minor, len(shop.arbiter.asked)) == (0, 1)
    assert (await shop.kinds())[-1] == "claim_released"
    out = await shop.lane.basket("h1", basket(3, COFFEE_LINE, coupons=(code,)))
    assert (out.total_discount_minor, len(shop.arbiter.asked)) == (100, 2)


async def test_an_older_revision_is_honoured_with_the_right_that_it_was_given(shop):
    """The coupon is gone from the newest basket, the till tenders the one before: used once, claimed."""
    code = shop.coupon(COFFEE_GCN, 5)
    first = await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    await shop.lane.basket("h1", basket(2, COFFEE_LINE))
    assert "claim_released" not in await shop.kinds()
    told = await shop.lane.tender("h1", tender(first))
    assert told.redeemed == ("coffee-1",)
    rows = await shop.journal.rows_after(0, 100)
    (use,) = msgspec.json.decode(rows[-1].body, type=Tendered).redemptions
    assert use.claim is not None


async def test_a_coupon_taken_off_again_is_free_after_the_tender(shop):
    """Nobody used it: the right goes back with the sale's last row."""
    code = shop.coupon(COFFEE_GCN, 5)
    await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    out = await shop.lane.basket("h1", basket(2, COFFEE_LINE))
    await shop.lane.tender("h1", tender(out))
    assert (await shop.kinds())[-1] == "claim_released"
