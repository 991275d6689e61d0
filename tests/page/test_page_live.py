"""The page in a real Chromium, on a real lane with a printer: what a cashier sees and can do."""

import asyncio

import msgspec
import pytest
import pytest_asyncio
from msgspec import structs

from hq.shop_files import read_shop
from offers.records import Printed, Rated, Settled
from tests.page_lane import COCONUT, ESPRESSO, RYE, SHOP, VANILLA, page_lane

pytestmark = pytest.mark.asyncio(loop_scope="module")
YOGURT = (VANILLA, 1, 199)


@pytest_asyncio.fixture(loop_scope="module")
async def lane(tmp_path):
    async with page_lane(tmp_path) as running:
        yield running


async def texts(page, selector):
    return await page.locator(selector).all_inner_texts()


async def test_a_basket_is_on_the_screen_as_sentences(lane, open_page):
    """Refused first, then what is missing, then what applied; the sum is the lane's own words."""
    page = await open_page(lane)
    assert await page.locator("#idle").is_visible()
    lane.arbiter.answer = "redeemed"
    await lane.put(
        YOGURT, (RYE, 3, 597), coupons=[lane.coupon("coffee-1", 1), lane.coupon("solenne-20", 2)]
    )
    await page.locator("#lines li").first.wait_for()
    kinds = await page.locator("#lines li").evaluate_all("all => all.map(li => li.dataset.kind)")
    order = ["refused", "near_miss", "applied", "other", "not_given"]
    assert kinds == sorted(kinds, key=order.index)
    sentences = await texts(page, "#lines .sentence")
    assert "1 more Solenne yogurt" in " ".join(sentences)
    assert await page.locator("#total").inner_text() == "1.99\u00a0€"
    assert await page.locator("#greeting").inner_text() == "Welcome, shopper " + (
        await page.locator("#shopper").inner_text()
    )
    assert "2900000001015" not in await page.content()


async def test_lights_say_in_words_what_their_colour_says(lane, open_page):
    """The printer, headquarters and the offers' age; a cover that opens is told within a moment."""
    page = await open_page(lane)
    printer, hq, cache = await texts(page, "#lights b")
    assert (printer, hq) == ("ready", "none: this lane works alone")
    assert cache.endswith("old")
    lane.printer.fault("cover-open")
    light = page.locator("#light-printer[data-level=bad]")
    await light.wait_for()
    assert "cover open" in await light.inner_text()


async def test_a_use_that_nobody_confirmed_is_marked(lane, open_page):
    """Accepted while headquarters cannot be reached: the line says so, also after the payment."""
    page = await open_page(lane)
    lane.arbiter.answer = "down"
    told = await lane.put((ESPRESSO, 1, 899), coupons=[lane.coupon("coffee-1", 1)])
    await page.locator(".tag.provisional").wait_for()
    await lane.tender(told)
    await page.locator("#state-word >> text=Paid").wait_for()
    assert await texts(page, ".tag.provisional") == ["Headquarters not asked yet"]


async def test_what_was_printed_is_shown_with_its_picture_and_can_be_printed_again(lane, open_page):
    """The slip as it came out; the reprint is the same serial, and its row names the first job."""
    page = await open_page(lane)
    told = await lane.put(YOGURT)
    paid = await lane.tender(told)
    names = await texts(page, "#received-list b")
    await page.locator("#received-list li[data-result=accepted]").first.wait_for()
    assert len(await texts(page, "#received-list b")) == len(paid["printing"]) > 0, names
    sizes = "all => Promise.all(all.map(i => i.decode().then(() => i.naturalWidth)))"
    assert set(await page.locator("#received-list img").evaluate_all(sizes)) == {576}
    await page.locator("#received-list .picture").first.click()
    assert await page.locator("#slip-picture").is_visible()
    await page.keyboard.press("Escape")
    before = lane.printer.device.roll.slips[:]
    await page.locator("#reprint").click()
    await page.locator("#said >> text=the same numbers").wait_for()
    while len(await lane.rows("printed")) < 2:
        await asyncio.sleep(0.02)
    first, second = (msgspec.json.decode(row, type=Printed) for row in await lane.rows("printed"))
    assert (first.again_of, second.again_of) == (None, first.job)
    again = lane.printer.device.roll.slips[len(before) :]
    assert [slip.transcript() for slip in again] == [slip.transcript() for slip in before]
    assert len(await lane.rows("issued")) == len(paid["printing"])


async def test_coupons_are_printed_because_the_shopper_asks(tmp_path, open_page):
    """Where nothing is printed unasked: one tap before the payment, or after it, and never twice."""
    async with page_lane(tmp_path, print_mode="on_request") as lane:
        page = await open_page(lane)
        told = await lane.put(YOGURT)
        await page.locator("#paper").click()
        await page.locator("#said >> text=printed with the payment").wait_for()
        await page.locator("#paper").wait_for(state="hidden")
        assert (await lane.tender(told))["printing"]
        later = await lane.put(YOGURT, handle="h2")
        assert not (await lane.tender(later))["printing"]
        assert len(await lane.rows("issued")) > 0
        await page.locator("#receipt >> text=h2").wait_for()


async def test_the_answer_comes_before_the_question_is_typed_out(lane, open_page):
    """Misspelt and in German: what was asked is answered first, then what proves it."""
    page = await open_page(lane)
    await lane.put(YOGURT)
    await page.locator("#tab-ask").click()
    await page.keyboard.type("joghurt koko")
    answer = page.locator("#answers li").first
    await answer.wait_for()
    assert await answer.locator(".sentence").inner_text() == (
        "Coconut is not included: counts for Natural, Vanilla and Cherry 500 g."
    )
    assert "Shopper has it" in await answer.inner_text()
    await page.locator("#ask-box").fill("qqqqqq")
    await page.locator("#ask-said >> text=Nothing found").wait_for()


async def test_a_past_sale_is_decided_again(lane, open_page):
    """By its number: the same to the cent, each verdict with its evidence, and what was printed."""
    page = await open_page(lane)
    told = await lane.put(
        (VANILLA, 2, 398), coupons=[lane.coupon("solenne-20", 1)], number="004711"
    )
    await lane.tender(told)
    await page.locator("#tab-past").click()
    await page.keyboard.type("004711")
    await page.keyboard.press("Enter")
    await page.locator("#past .replay[data-replay=same]").wait_for()
    assert "Decided again from the facts that were kept: the same, to the cent." in await texts(
        page, ".replay li"
    )
    assert await page.locator("#past .fault").count() == 0
    text = await page.locator("#past").inner_text()
    assert "Solenne Yogurt alternative Vanilla" in text
    assert "You save 0.80" in text or "0.80" in text
    assert "units" in await page.locator("#past .evidence").first.inner_text()


async def test_a_past_sale_is_found_by_its_coupon(lane, open_page):
    """Typed by a scanner in the box, or read by the lane's own scanner while the page waits for it."""
    from agent.scan_decoder import Scan

    page = await open_page(lane)
    code = lane.coupon("solenne-20", 5)
    await lane.tender(await lane.put((VANILLA, 2, 398), coupons=[code], number="77"))
    await page.locator("#tab-past").click()
    await page.keyboard.type(f"]Q3{code}")
    await page.keyboard.press("Enter")
    await page.locator("#past .replay >> text=a coupon that was used in this sale").wait_for()
    await page.locator("#past-box").fill("12345")
    await page.keyboard.press("Enter")
    await page.locator("#past-said >> text=No sale and no coupon").wait_for()
    await page.locator("#past-scan").click()
    await page.locator("#said >> text=Scan the coupon now").wait_for()
    await lane.wired.counter.scan(Scan(code, "]Q3"))
    await page.locator("#past .replay >> text=a coupon that was used in this sale").wait_for()
    assert lane.wired.lane._rooms.book._waiting == []


async def test_an_unclear_wording_is_told_to_headquarters(lane, open_page):
    """One tap opens it, one chooses, one sends: a row with the offer, its version, and the note."""
    page = await open_page(lane)
    await lane.put(YOGURT, coupons=[lane.coupon("solenne-20", 1)])
    await page.locator("#lines .more").first.click()
    assert await page.locator("#more-evidence div").count() > 0
    await page.locator("#clarity label", has_text="2").click()
    await page.locator("#clarity-note").fill("what is a kind?")
    await page.locator("#clarity-form .strong").click()
    await page.locator("#said >> text=Headquarters will read it").wait_for()
    (row,) = await lane.rows("rated")
    rated = msgspec.json.decode(row, type=Rated)
    assert (rated.offer_id, rated.clarity, rated.note) == ("solenne-20", 2, "what is a kind?")
    assert (rated.version, rated.language) == (1, "en")


async def test_a_dispute_is_settled_in_two_taps(lane, open_page):
    """One tap opens the drawer at the script's step, one ends it; the badge is typed once a shift."""
    page = await open_page(lane)
    lane.arbiter.answer = "redeemed"
    for number, handle in enumerate(("h1", "h2"), 1):
        codes = [lane.coupon("coffee-1", number)]
        await lane.put((ESPRESSO, 1, 1299), handle=handle, coupons=codes)
        line = page.locator("#lines li[data-kind=refused]", has_text="Montebruno")
        await page.locator(f"#receipt >> text={handle}").wait_for()
        await line.get_by_role("button", name="Settle").click()
        gift = page.locator("#drawer .choices").get_by_role("button", name="Give 1.00")
        await gift.wait_for()
        if number == 1:
            await gift.click()
            assert "badge" in await page.locator("#drawer .problem").inner_text()
            await page.locator("#drawer-badge").fill("1204")
        await gift.click()
        await page.locator("#settled-list >> text=1.00").wait_for()
        assert not await page.locator("#drawer").is_visible()
        assert await page.locator("#said").inner_text()
        assert not await line.get_by_role("button", name="Settle").is_visible()
    rows = [msgspec.json.decode(row, type=Settled) for row in await lane.rows("settled")]
    assert [(it.outcome, it.amount_minor, it.by) for it in rows] == [("goodwill", 100, "1204")] * 2
    assert {(it.offer_id, it.reason) for it in rows} == {("coffee-1", "ALREADY_REDEEMED")}


async def test_a_line_that_makes_no_sense_is_said_to_be_left_out(lane, open_page):
    """The cashier sees which line no offer counts, and why."""
    page = await open_page(lane)
    await lane.put(YOGURT, ("4006381333931", 1, 100))
    await page.locator("#left-out").wait_for()
    assert "we do not know this product" in await page.locator("#left-out").inner_text()


async def test_a_script_in_an_offer_s_text_is_text(tmp_path, open_page):
    """What headquarters writes is never markup, wherever it is shown."""
    bad = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    shop = read_shop(SHOP)
    offers = tuple(
        structs.replace(it, title={"en": bad}) if it.offer_id == "solenne-20" else it
        for it in shop.offers
    )
    async with page_lane(tmp_path, shop=structs.replace(shop, offers=offers)) as lane:
        page = await open_page(lane)
        await lane.tender(await lane.put(YOGURT, coupons=[lane.coupon("solenne-20", 1)]))
        await page.locator("#lines .title").first.wait_for()
        assert bad in await texts(page, "#lines .title")
        await page.locator("#tab-ask").click()
        await page.keyboard.type("solenne")
        await page.locator("#answers li").first.wait_for()
        assert bad in "".join(await texts(page, "#answers .title"))
        assert await page.locator("main img[src='x']").count() == 0
        assert "owned" not in await page.title()


async def test_the_page_comes_back_by_itself(tmp_path, open_page):
    """A lane that is gone is said to be gone; when its stream is cut the page comes back alone."""
    async with page_lane(tmp_path) as lane:
        page = await open_page(lane)
        for listener in tuple(lane.wired.counter.events._listeners):
            listener.end()
        await page.locator("body[data-link=lost]").wait_for()
        assert "Not connected" in await page.locator("#link").inner_text()
        await page.locator("body[data-link=live]").wait_for(timeout=10_000)
        await lane.put((COCONUT, 1, 189))
        await page.locator("#sale").wait_for()
