"""Looking back from the page: the same, not the same, not to be known; and only what a cashier may see."""

import sqlite3
from datetime import timedelta

import pytest

from agent.refusals import Refused
from agent.scan_decoder import Scan
from offers.context import Candidate
from offers.model import Assignment, Language
from tests.lane_shop import ANNA, COFFEE, COFFEE_GCN, TODAY, YOGURT, basket, tender

LINE = (COFFEE, 1, 899)


async def paid(shop, handle="h1", number="42", **more):
    out = await shop.counter.put_basket(handle, basket(1, LINE, card=ANNA, number=number, **more))
    await shop.counter.tender(handle, tender(out))


async def test_a_sale_comes_out_the_same(shop):
    """Its lines by name, its verdicts with evidence, what was printed, and no fault."""
    await paid(shop, coupons=(shop.coupon(COFFEE_GCN, 5),))
    sale = await shop.counter.help.look_back("42")
    assert (sale.replay, sale.faults, sale.state, sale.till) == ("same", (), "tendered", "t1")
    assert sale.notes == ("Decided again from the facts that were kept: the same, to the cent.",)
    assert [(line.name, line.amount, line.discount) for line in sale.lines] == [
        ("Montebruno Espresso", "8.99\u00a0€", "-1.00\u00a0€")
    ]
    assert sale.verdicts[0].kind == "applied"
    assert dict(sale.verdicts[0].evidence)["uses"] == "1"
    assert sale.shopper == (await shop.counter.page_state()).sale.shopper


async def test_an_open_sale_is_found_too(shop):
    """Before the payment: its state says so."""
    await shop.counter.put_basket("h1", basket(1, (YOGURT, 1, 199), card=ANNA))
    assert (await shop.counter.help.look_back("42")).state == "open"


@pytest.mark.parametrize("form", ["{}", " {} ", "]Q3{}"])
async def test_a_coupon_leads_to_its_sale(shop, form):
    """As a scanner sends it; the page says by what it was found."""
    code = shop.coupon(COFFEE_GCN, 5)
    await paid(shop, coupons=(code,))
    sale = await shop.counter.help.look_back(form.format(code))
    assert "Found by a coupon that was used in this sale." in sale.notes


async def test_of_several_sales_the_newest_is_shown_and_the_others_are_counted(shop):
    """Numbers begin again each day."""
    for days, handle in enumerate(("a", "b", "c")):
        await paid(shop, handle, business_date=TODAY + timedelta(days=days))
    sale = await shop.counter.help.look_back("42")
    assert sale.day == "4 November 2026"
    assert "2 more sales have this number; this is the newest." in sale.notes


@pytest.mark.parametrize("wanted", ["43", "nothing", "]Q3", "4" * 250])
async def test_no_such_sale_says_so(shop, wanted):
    """Whatever is typed, the answer is a sentence."""
    await paid(shop)
    with pytest.raises(Refused) as refused:
        await shop.counter.help.look_back(wanted)
    assert (refused.value.code, refused.value.status) == ("sale_not_found", 404)


async def test_a_sale_whose_facts_are_gone_says_that_it_cannot_be_decided_again(shop, tmp_path):
    """What was recorded is shown, and what is missing is told for store IT."""
    await paid(shop)
    with sqlite3.connect(next(tmp_path.rglob("journal.db"))) as db:
        db.execute("DELETE FROM part")
    sale = await shop.counter.help.look_back("42")
    assert sale.replay == "unknown"
    assert sale.notes[0] == "It cannot be decided again. Shown is what was recorded then."
    assert any("is not in the journal any more" in fault for fault in sale.faults)
    assert sale.verdicts


async def test_a_scan_is_for_the_page_once_and_for_a_minute(shop):
    """The next coupon only, within the minute only; a card is never taken."""
    told = []
    help_ = shop.counter.help
    help_.tell = lambda name, value: told.append((name, value.code))
    coupon = Scan(shop.coupon(COFFEE_GCN, 5), "]Q3")
    assert not help_.takes(coupon)
    await help_.next_scan()
    assert not help_.takes(Scan(ANNA))
    assert help_.takes(coupon)
    assert not help_.takes(coupon)
    await help_.next_scan()
    await shop.clock.advance(60)
    assert not help_.takes(coupon)
    assert [name for name, _ in told] == ["scan"]
    assert len(told[0][1]) == 12


async def test_the_search_follows_the_generation(shop, tmp_path):
    """A new generation has an index of its own; the old one's answers are gone with it."""
    from cache.generation import Generation
    from tests.lane_shop import build_generation

    search = shop.counter.help
    assert (await search.ask("espreso")).found[0].offer_id == "coffee-1"
    first = search.search._index
    assert (await search.ask("coffe")).found
    assert search.search._index is first
    build_generation(tmp_path / "offers-g2.db")
    old = shop.wired.shelf.swap(Generation.open(tmp_path / "offers-g2.db"))
    assert (await search.ask("espreso")).found[0].offer_id == "coffee-1"
    assert search.search._index is not first
    old.close()


async def test_the_shopper_in_hand_is_asked_for(shop):
    """The offers of the sale's shopper are said to be so."""
    await shop.counter.put_basket("h1", basket(1, (YOGURT, 1, 199), card=ANNA))
    mine = (await shop.counter.help.ask("yogrt")).found[0]
    assert (mine.offer_id, mine.mine) == ("yogurt-20", True)


@pytest.mark.parametrize(("arm", "mine"), [("treat", True), ("holdout", False)])
async def test_who_is_held_out_was_not_given_the_offer(shop, arm, mine):
    """The answer to a holdout is the answer to a stranger."""
    offer = shop.stock.shelf.generation.offers["coffee-1"]
    given = Assignment("coffee-1", 0.9, offer.starts, offer.ends, arm)
    search = shop.counter.help.search
    told = await search.ask("espresso", (Candidate(offer, given),), (), TODAY, Language("en"))
    stranger = await search.ask("espresso", (), (), TODAY, Language("en"))
    assert told.found[0].mine is mine
    assert (told == stranger) is not mine
