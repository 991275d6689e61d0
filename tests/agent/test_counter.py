"""The lane as the cashier's page sees it: its state, its one dispute action, its health."""

import pytest

from agent.refusals import Refused
from agent.till_types import GoodwillIn, TenderIn
from offers.records import Settled
from tests.lane_shop import (
    ANNA,
    COFFEE,
    COFFEE_GCN,
    YOGURT,
    YOGURT_GCN,
    basket,
    tender,
)

LINE = (COFFEE, 1, 899)


def wish(**changes) -> GoodwillIn:
    fields = {
        "transaction": "h1",
        "offer_id": "coffee-1",
        "amount_minor": 100,
        "by": "badge-17",
        "note": "Wording misled the shopper",
    }
    return GoodwillIn(**(fields | changes))


async def refused_coupon(shop, handle="h1", card=ANNA):
    """A sale whose coupon another lane has used."""
    shop.arbiter.answer = "redeemed"
    code = shop.coupon(COFFEE_GCN, 5)
    return await shop.counter.put_basket(handle, basket(1, LINE, card=card, coupons=(code,)))


async def test_the_page_shows_the_refused_coupon_first(shop):
    """Refused, then almost, then the rest; each with the sentence to say."""
    shop.arbiter.answer = "redeemed"
    codes = (shop.coupon(YOGURT_GCN, 1), shop.coupon(COFFEE_GCN, 5))
    await shop.counter.put_basket("h1", basket(1, (YOGURT, 1, 199), LINE, coupons=codes))
    state = await shop.counter.page_state()
    assert state.sale is not None
    assert [(line.offer_id, line.kind) for line in state.sale.lines] == [
        ("coffee-1", "refused"),
        ("yogurt-20", "near_miss"),
    ]
    assert all(line.disputable for line in state.sale.lines)
    assert "store s001, till 2" in state.sale.lines[0].sentence


async def test_after_the_tender_the_page_shows_what_the_shopper_received(shop):
    """Both printed offers, and how the printer took them."""
    out = await shop.counter.put_basket("h1", basket(1, LINE, card=ANNA))
    await shop.counter.tender("h1", tender(out))
    sale = (await shop.counter.page_state()).sale
    assert sale is not None
    assert sale.state == "tendered"
    assert [line.offer_id for line in sale.received] == ["yogurt-20", "coffee-1"]


async def test_goodwill_is_a_row_once_however_often_it_is_sent(shop):
    """The record names verdict, amount, badge, funder; a repeat gives the same answer and no row."""
    await refused_coupon(shop)
    given = await shop.counter.settle(wish())
    assert await shop.counter.settle(wish()) == given
    rows = [row for row in await shop.journal.rows_after(0, 100) if row.kind == "settled"]
    assert len(rows) == 1
    import msgspec

    record = msgspec.json.decode(rows[0].body, type=Settled)
    assert (record.reason, record.outcome, record.amount_minor) == (
        "ALREADY_REDEEMED",
        "goodwill",
        100,
    )
    assert (record.by, record.funder, given.funder) == ("badge-17", "store", "store")
    sale = (await shop.counter.page_state()).sale
    assert [dispute.amount_minor for dispute in sale.disputes] == [100]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"transaction": "nobody"}, "transaction_unknown"),
        ({"offer_id": "no-such"}, "no_such_offer"),
        ({"amount_minor": 501}, "over_case_limit"),
    ],
)
async def test_goodwill_has_limits(shop, changes, code):
    """Each refusal says what happened and what to do; nothing is written."""
    await refused_coupon(shop)
    rows = await shop.kinds()
    with pytest.raises(Refused) as refused:
        await shop.counter.settle(wish(**changes))
    assert refused.value.code == code
    assert refused.value.do
    assert await shop.kinds() == rows


async def test_a_shifts_goodwill_ends_and_begins_again_eight_hours_later(shop):
    """Ten times five euros are given, the next cent is not; the next shift may."""
    for n in range(10):
        await refused_coupon(shop, f"h{n}", card=None)  # a known shopper's own limit is lower
        await shop.counter.settle(wish(transaction=f"h{n}", amount_minor=500))
    await refused_coupon(shop, "last", card=None)
    with pytest.raises(Refused) as refused:
        await shop.counter.settle(wish(transaction="last", amount_minor=1))
    assert refused.value.code == "over_shift_limit"
    await shop.clock.advance(8 * 3600 + 1)
    assert (await shop.counter.settle(wish(transaction="last", amount_minor=1))).amount_minor == 1


async def test_an_applied_offer_and_a_training_sale_are_nothing_to_settle(shop):
    """What was given needs no gift."""
    code = shop.coupon(COFFEE_GCN, 5)
    await shop.counter.put_basket("h1", basket(1, LINE, coupons=(code,)))
    with pytest.raises(Refused) as refused:
        await shop.counter.settle(wish())
    assert refused.value.code == "not_disputable"
    shop.arbiter.answer = "redeemed"
    await shop.counter.put_basket(
        "h2", basket(1, (YOGURT, 1, 199), card=ANNA, mode="training", number="43")
    )
    with pytest.raises(Refused) as refused:
        await shop.counter.settle(wish(transaction="h2", offer_id="yogurt-20"))
    assert refused.value.code == "training"


async def test_what_the_till_did_not_give_can_be_settled_after_the_tender(shop):
    """DECISION_LATE is the till's fault, not the shopper's."""
    code = shop.coupon(COFFEE_GCN, 5)
    await shop.counter.put_basket("h1", basket(1, LINE, coupons=(code,)))
    await shop.counter.tender("h1", TenderIn(1, ()))
    sale = (await shop.counter.page_state()).sale
    assert [line.reason.value for line in sale.lines] == ["DECISION_LATE"]
    assert (await shop.counter.settle(wish())).amount_minor == 100


async def test_health_names_each_part_in_words(shop):
    """A lane without HQ and printer says so; it is ready once it is warm."""
    health = await shop.counter.health()
    parts = {part.name: part.state for part in health.parts}
    assert parts == {"printer": "off", "hq": "off", "offers": "up", "serials": "up"}
    assert not health.ready
    shop.counter.ready = True
    assert (await shop.counter.health()).ready


async def test_listeners_hear_of_a_change_after_the_call_is_answered(shop):
    """The till's answer never waits for the page."""
    import asyncio

    with shop.counter.events.listen() as listener:
        await shop.counter.put_basket("h1", basket(1, LINE, card=ANNA))
        event = await asyncio.wait_for(listener.next(), 5)
    assert event is not None
    assert event.name == "state"
    assert b'"transaction":"h1"' in event.data
