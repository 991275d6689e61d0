"""What the page tells beside the decision: the next slip, what came back, offers that others hold."""

import pytest
from msgspec import structs

from agent.page_beside import MOST_OF_OTHERS, of_others as others_of
from cache.changes import Assignment
from offers.changes import AssignOp
from tests.dispute_play import at_a_lane
from tests.dispute_shop import BANK, Bought, Happens
from tests.lane_shop import ANNA_KEY, NOON

MUESLI, COFFEE = (Bought("muesli", 1, 499),), (Bought("coffee", 1, 899),)


@pytest.fixture
async def desk(tmp_path):
    async with at_a_lane(tmp_path) as player:
        yield player


async def sale(desk, lines, handle="dispute", card="anna", **more):
    await desk.do_sale(Happens("sale", handle, card, lines=lines, **more), len(desk.answers) + 1)


async def lines(desk, kind):
    state = await desk.lane.counter.page_state()
    return {one.offer_id: one for one in state.sale.lines if one.kind == kind}


async def test_an_offer_that_others_hold_is_told_where_its_product_is_bought(desk):
    """Promised by e-mail, perhaps: it stands there with its sentence and its script."""
    await sale(desk, MUESLI)
    (found,) = (await lines(desk, "not_given")).values()
    assert (found.offer_id, found.script, found.disputable) == (
        "mail-2",
        "promised_by_email",
        True,
    )
    assert found.sentence == "2.00 off muesli is not among the offers of this card."
    await sale(desk, (Bought("tea", 1, 349),), "other")
    assert await lines(desk, "not_given") == {}


async def test_without_a_card_nobody_knows_what_is_not_on_it(desk):
    """A basket alone proves nothing of a shopper's offers."""
    await sale(desk, MUESLI, card="")
    assert await lines(desk, "not_given") == {}


async def test_who_is_held_out_sees_what_anybody_sees(desk):
    """The line of a holdout is the line of a stranger."""
    await sale(desk, COFFEE)
    stranger = (await lines(desk, "not_given"))["coffee-5"]
    mine = (Assignment("coffee-5", 0.5, BANK["coffee-5"].starts, BANK["coffee-5"].ends, "holdout"),)
    await desk.lane.journal.apply_delta(1, (AssignOp(ANNA_KEY, mine),))
    await sale(desk, COFFEE, "held")
    assert (await lines(desk, "not_given"))["coffee-5"] == stranger


@pytest.mark.parametrize(
    "spoilt",
    [
        {"approval": None},
        {"panel_only": True},
        {"stores": ("s002",)},
        {"store_groups": ("city",)},
        {"ends": NOON.date().replace(day=1)},
        {"starts": NOON.date().replace(day=3)},
    ],
    ids=lambda it: next(iter(it)),
)
async def test_what_holds_for_nobody_here_is_not_told(desk, spoilt):
    """Drafts, panels, other stores, other days."""
    await sale(desk, MUESLI)
    rooms = desk.lane.wired.lane._rooms
    generation, answered = rooms.shelf.generation, rooms.book.get("dispute").latest
    told = answered.decision.verdicts
    assert len(others_of(generation, answered, ANNA_KEY, told)) == 1
    generation.offers["mail-2"] = structs.replace(generation.offers["mail-2"], **spoilt)
    assert others_of(generation, answered, ANNA_KEY, told) == ()


async def test_three_at_most_and_what_is_bought_most_comes_first(desk):
    """Beyond that the search is quicker."""
    await sale(desk, (Bought("coffee", 2, 1798), *MUESLI, Bought("tea", 5, 1745)))
    rooms = desk.lane.wired.lane._rooms
    answered = rooms.book.get("dispute").latest
    found = others_of(rooms.shelf.generation, answered, ANNA_KEY, ())
    assert len(found) == MOST_OF_OTHERS
    assert [it.offer_id for it in found] == ["coffee-1", "coffee-5", "mail-2"]  # tea-50 has ended


async def test_what_was_not_printed_is_told_after_the_payment(desk):
    """Out of stock: a line of its own, until the next basket; none while the sale is open."""
    water = (Bought("water", 1, 99),)
    await sale(desk, water)
    assert await lines(desk, "withheld") == {}
    await desk.do_tender(Happens("tender"), 1)
    oat = (await lines(desk, "withheld"))["oat-30"]
    assert (oat.reason.value, oat.script) == ("OUT_OF_STOCK", "out_of_stock")
    await sale(desk, water, "next")
    assert await lines(desk, "withheld") == {}


async def test_a_return_shows_the_sale_and_what_went_back(desk):
    """In the place of the verdict of then; the next basket ends it."""
    await sale(desk, COFFEE, coupons=("coffee-1",))
    await desk.do_tender(Happens("tender"), 1)
    await sale(desk, MUESLI, "meanwhile")
    await desk.do_return(Happens("return"), 1)
    state = await desk.lane.counter.page_state()
    assert state.sale.transaction == "dispute"
    (back,) = (
        one for one in state.sale.lines if one.offer_id == "coffee-1" and one.kind != "withheld"
    )
    assert (back.reason.value, back.script, back.goodwill_minor) == (
        "RETURNED_LINE",
        "returned_item",
        0,
    )
    await sale(desk, MUESLI, "next")
    state = await desk.lane.counter.page_state()
    assert state.sale.transaction == "next"
