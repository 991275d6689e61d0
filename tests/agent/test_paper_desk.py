"""Paper that the cashier asks for: on request, and once more; never another serial, never unasked."""

import msgspec
import pytest

from agent.page_types import PaperAskedIn, ReprintIn, WordingIn
from agent.refusals import Refused
from offers.context import Policy
from offers.records import Issued, Rated
from tests.lane_shop import (
    ANNA,
    COFFEE,
    COFFEE_GCN,
    LEASE_OF_LANE_2,
    basket,
    build_generation,
    running_lane,
    tender,
)

LINE = (COFFEE, 1, 899)


@pytest.fixture
async def asking(tmp_path):
    """A lane of a place where nothing is printed unasked."""
    (tmp_path / "data").mkdir(mode=0o700)
    from ground.key_files import write_key
    from tests.lane_shop import SERIAL_KEY, SHOPPER_SECRET

    write_key(tmp_path / "keys", "shopper", "a", SHOPPER_SECRET)
    write_key(tmp_path / "keys", "serial", "s001a", SERIAL_KEY)
    build_generation(tmp_path / "data/offers-g1.db", LEASE_OF_LANE_2, print_mode="on_request")
    async with running_lane(tmp_path) as lane:
        yield lane


async def paper(lane, handle="h1"):
    return (await lane.counter.help.paper_asked(PaperAskedIn(handle))).state


async def shown(lane):
    return (await lane.counter.page_state()).sale


async def issued(lane) -> list[Issued]:
    rows = await lane.journal.rows_after(0, 1000)
    return [msgspec.json.decode(row.body, type=Issued) for row in rows if row.kind == "issued"]


async def test_asked_before_the_payment_it_comes_with_the_payment(asking):
    """The page offers the tap, then says that it was taken; the tender prints though the till is silent."""
    out = await asking.counter.put_basket("h1", basket(1, LINE, card=ANNA))
    assert (await shown(asking)).paper == "ask"
    assert await paper(asking) == "noted"
    assert (await shown(asking)).paper == "asked"
    told = await asking.counter.tender("h1", tender(out))
    assert told.printing == ("yogurt-20", "coffee-1")
    assert len(asking.tray.slips) == len(await issued(asking)) == 2


async def test_the_wish_outlives_a_crash(asking, tmp_path):
    """A sale that is open when the power goes still knows that the shopper asked."""
    await asking.counter.put_basket("h1", basket(1, LINE, card=ANNA))
    await paper(asking)
    (saved,) = asking.journal.open_baskets()
    assert msgspec.json.decode(saved.body)["paper_asked"] is True


async def test_asked_behind_the_payment_it_comes_at_once_and_once(asking):
    """Nothing was printed unasked; one tap prints, the next finds nothing more to print."""
    out = await asking.counter.put_basket("h1", basket(1, LINE, card=ANNA))
    told = await asking.counter.tender("h1", tender(out))
    assert told.printing == ()
    assert (await shown(asking)).paper == "ask"
    assert await paper(asking) == "printing"
    sale = await shown(asking)
    assert [one.offer_id for one in sale.received] == ["yogurt-20", "coffee-1"]
    assert sale.paper == "asked"
    assert await paper(asking) == "nothing"
    assert len(asking.tray.slips) == len(await issued(asking)) == 2


async def test_where_paper_comes_by_itself_nobody_is_asked(shop):
    """The tap is there only where it is needed."""
    await shop.counter.put_basket("h1", basket(1, LINE, card=ANNA))
    assert (await shown(shop)).paper == ""


@pytest.mark.parametrize(
    ("card", "handle", "code"), [(None, "h1", "no_shopper_yet"), (ANNA, "h9", "not_paid")]
)
async def test_paper_needs_a_sale_and_a_shopper(asking, card, handle, code):
    """A sale that is not there, or a shopper whom nobody knows, gets none."""
    await asking.counter.put_basket("h1", basket(1, LINE, card=card))
    with pytest.raises(Refused) as refused:
        await paper(asking, handle)
    assert refused.value.code == code


async def test_a_voided_sale_gets_no_paper(asking):
    """What was given up is not printed for."""
    out = await asking.counter.put_basket("h1", basket(1, LINE, card=ANNA))
    await asking.counter.tender("h1", tender(out))
    await asking.counter.void("h1")
    with pytest.raises(Refused) as refused:
        await paper(asking)
    assert refused.value.code == "not_paid"
    assert (await shown(asking)).paper == ""


async def paid(shop):
    """A paid sale whose two coupons were printed; give its uid."""
    out = await shop.counter.put_basket("h1", basket(1, LINE, card=ANNA))
    await shop.counter.tender("h1", tender(out))
    return (await shown(shop)).uid


async def test_printed_again_are_the_same_serials(shop):
    """The slips are the same but for their job; no row says that a coupon was made."""
    uid = await paid(shop)
    first, rows = list(shop.tray.slips), await issued(shop)
    told = await shop.counter.help.reprint(ReprintIn(uid))
    assert told.printing == ("yogurt-20", "coffee-1")
    again = shop.tray.slips[len(first) :]
    assert [slip.code for slip in again] == [slip.code for slip in first]
    assert [slip.validity for slip in again] == [slip.validity for slip in first]
    assert {slip.job for slip in again}.isdisjoint({slip.job for slip in first})
    assert await issued(shop) == rows


async def test_a_used_coupon_is_not_printed_again(shop):
    """One of the two was used in the next sale: the other alone comes out."""
    uid = await paid(shop)
    coffee = next(it for it in await issued(shop) if it.offer_id == "coffee-1")
    from offers.coupon_code import element_string

    code = element_string(COFFEE_GCN, coffee.serial)
    out = await shop.counter.put_basket(
        "h2", basket(1, LINE, card=ANNA, coupons=(code,), number="43")
    )
    await shop.counter.tender("h2", tender(out))
    assert (await shop.counter.help.reprint(ReprintIn(uid))).printing == ("yogurt-20",)


async def test_what_ended_or_was_withdrawn_is_not_printed_again(shop):
    """After the coupons' last day nothing is left to print."""
    uid = await paid(shop)
    await shop.clock.advance(29 * 86_400)
    with pytest.raises(Refused) as refused:
        await shop.counter.help.reprint(ReprintIn(uid))
    assert refused.value.code == "nothing_to_reprint"


async def test_nothing_is_begun_that_cannot_be_printed(shop):
    """A printer that is not ready is said at once; a sale without coupons has none."""
    uid = await paid(shop)
    shop.tray.ready = False
    with pytest.raises(Refused) as refused:
        await shop.counter.help.reprint(ReprintIn(uid))
    assert refused.value.code == "printer_not_ready"
    shop.tray.ready = True
    with pytest.raises(Refused) as refused:
        await shop.counter.help.reprint(ReprintIn("0" * 32))
    assert refused.value.code == "nothing_to_reprint"


async def test_a_wording_that_is_unclear_is_a_row(shop):
    """With the offer's version and the page's language; of an offer that is not there, none."""
    await shop.counter.help.rate(WordingIn("coffee-1", 2, "what is a kilo?", "1204"))
    rows = [row for row in await shop.journal.rows_after(0, 100) if row.kind == "rated"]
    rated = msgspec.json.decode(rows[0].body, type=Rated)
    assert rated == Rated("coffee-1", 1, "en", 2, "what is a kilo?", "1204")
    with pytest.raises(Refused):
        await shop.counter.help.rate(WordingIn("no-such", 2))


def test_nobody_is_greeted_by_a_name():
    """The policy's greeting is words of the chain; what it names is the pseudonym alone."""
    from agent.page_view import greeting
    from offers.model import Language

    texts = Policy(greeting={"en": "Hi {shopper} {0} {x}", "de": "Hallo {shopper}"}).greeting
    key = "e25a8e" + "0" * 26
    assert greeting(key, texts, Language("en")) == "Hi e25a8e {0} {x}"
    assert greeting(key, texts, Language("de-at")) == "Hallo e25a8e"
    assert greeting(key, {}, Language("ar")) == "أهلًا بالعميل e25a8e"
    assert greeting(None, texts, Language("en")) == ""
