"""What a lane's slips carry besides the words: the till's code, and the words for a poorer printer."""

from tests.lane_shop import ANNA, COFFEE_LINE, basket, tender


async def test_a_slip_has_the_words_for_a_lane_without_its_letters(shop):
    """Behind the shopper's language stand the store's others, English last, each the same coupon."""
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA))
    await shop.lane.tender("h1", tender(out))
    slip = shop.tray.slips[0]
    spoken = [slip]
    while spoken[-1].otherwise is not None:
        spoken.append(spoken[-1].otherwise)
    languages = shop.lane._rooms.issues._shelf.generation.store.languages
    assert len(spoken) == len({*languages, "en"})
    assert {(one.code, one.job, one.brand_line) for one in spoken} == {
        (slip.code, slip.job, slip.brand_line)
    }


async def test_the_code_is_the_one_that_the_till_reads(shop):
    """Set to DataBar, every single-use coupon carries the same element string in DataBar."""
    shop.lane._rooms.issues._carrier = "databar"
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA))
    await shop.lane.tender("h1", tender(out))
    codes = [slip.code for slip in shop.tray.slips]
    assert {code.kind for code in codes} == {"databar"}
    assert all(code.data.startswith("255") and len(code.data) == 28 for code in codes)
    assert all(code.serial.replace(" ", "") == code.data[16:] for code in codes)
