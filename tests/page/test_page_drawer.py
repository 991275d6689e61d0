"""The drawer of disputes in a real Chromium: for everybody, for each complaint, and in whose name."""

import asyncio

import msgspec
import pytest
from msgspec import structs

from offers.records import Noted, Rated, Settled
from staff_help.pins import hash_pin
from staff_help.roles import Member, RoleLimits, Staff
from tests.page_lane import ESPRESSO, PEPPER, RYE, VANILLA, page_lane

AXE = pytest.importorskip(
    "axe_playwright_python.async_playwright", reason="pip install axe-playwright-python"
)
pytestmark = pytest.mark.asyncio(loop_scope="module")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}
SIZES = {"small": (800, 480), "desktop": (1280, 900), "phone": (400, 800)}
SMALLEST = 44  # CSS pixels: a finger's
PIN = "802604"
STAFF = Staff(
    cashier=RoleLimits(case_max_minor=50),
    member=(
        Member("1204", "cashier", pin=hash_pin(PIN, PEPPER)),
        Member("m1", "manager", pin=hash_pin(PIN, PEPPER)),
    ),
)
COUPON_USED = (ESPRESSO, 1, 1299)


async def refused(lane, handle="h1", number=1):
    """A sale whose coupon was used elsewhere."""
    lane.arbiter.answer = "redeemed"
    return await lane.put(COUPON_USED, handle=handle, coupons=[lane.coupon("coffee-1", number)])


def reachable(lane):
    """Let headquarters be there."""
    opening = lane.wired.counter.disputes._opening
    opening._tools = structs.replace(opening._tools, online=lambda: True)


async def open_drawer(page, title="Montebruno"):
    line = page.locator("#lines li[data-kind=refused]", has_text=title)
    await line.locator(".end button:not(.more)").click()
    await page.locator("#drawer[open]").wait_for()


async def sign_in(page, who="1204"):
    if not await page.locator("#drawer-staff_id").is_visible():
        await page.get_by_role("button", name="Sign in").click()
    await page.locator("#drawer-staff_id").fill(who)
    await page.locator("#drawer-pin").fill(PIN)
    await page.locator("#drawer form .strong").click()
    await page.locator("#drawer .choices").wait_for()


async def check(page, width):
    """Nothing for axe to find; whatever is touched is big enough and on the screen."""
    found = await AXE.Axe().run(page, options=RULES)
    assert [(it["id"], it["nodes"][0]["html"]) for it in found.response["violations"]] == []
    measure = (
        "all => all.map(n => { const b = n.getBoundingClientRect();"
        " return [n.outerHTML, b.left, b.right, b.width, b.height]; })"
    )
    touched = page.locator("#drawer button, #drawer input, #drawer select")
    for html, left, right, wide, high in await touched.evaluate_all(measure):
        assert min(wide, high) >= SMALLEST, html
        assert 0 <= left < right <= width, html


async def rows(lane, kind, tag):
    return [msgspec.json.decode(row, type=kind) for row in await lane.rows(tag)]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", SIZES)
async def test_axe_finds_nothing_in_the_drawer(tmp_path, open_page, size, language):
    """Sign-in, the script's step with every other complaint, a manager's word, an old coupon's number."""
    width, height = SIZES[size]
    async with page_lane(tmp_path, language, staff=STAFF) as lane:
        reachable(lane)
        page = await open_page(lane, width, height, reduced_motion="reduce")
        await refused(lane)
        await open_drawer(page)
        await page.locator("#drawer .choices").wait_for()
        await page.locator("#drawer .actions button").first.click()
        await page.locator("#drawer-staff_id").wait_for()
        await check(page, width)
        await sign_in(page)
        assert await page.locator("#drawer .complaints button").count() == 19
        await check(page, width)
        await page.locator("#drawer [data-choice=gift]").click()
        await page.locator("#drawer select").wait_for()
        await check(page, width)
        await page.keyboard.press("Escape")
        await lane.put((VANILLA, 2, 398), handle="h2", revision=1)
        other = page.locator("#lines li[data-kind=other]", has_text="Solenne").first
        await other.locator(".end button:not(.more)").click()
        await page.locator("#drawer [data-choice=again]").click()
        await page.locator("#drawer-serial").wait_for()
        await check(page, width)


async def test_another_complaint_is_one_tap_away(tmp_path, open_page):
    """The reason proposed one script; the shopper means another, and that one is settled."""
    async with page_lane(tmp_path) as lane:
        page = await open_page(lane)
        await refused(lane)
        await open_drawer(page)
        assert await page.locator("#drawer .offer-title").inner_text() == "I have not used it"
        await page.locator("#drawer-badge").fill("1204")
        await page.get_by_role("button", name="The shelf shows another price").click()
        await page.locator("#drawer .offer-title >> text=The shelf shows").wait_for()
        others = await page.locator("#drawer .complaints button").all_inner_texts()
        assert "I have not used it" in others
        assert "The shelf shows another price" not in others
        await page.locator("#drawer-badge").fill("1204")
        await page.locator("#drawer [data-choice=ask]").click()
        await page.locator("#settled-list li").wait_for()
        (row,) = await rows(lane, Settled, "settled")
        assert (row.script, row.reason, row.outcome) == (
            "shelf_price",
            "ALREADY_REDEEMED",
            "escalated",
        )


async def test_an_offer_of_the_bank_is_disputed_from_the_search(tmp_path, open_page):
    """Promised by e-mail, and not on this card: the search's answer opens the drawer."""
    async with page_lane(tmp_path) as lane:
        page = await open_page(lane)
        await lane.put((VANILLA, 1, 199))
        await page.locator("#lines li").first.wait_for()
        await page.locator("#tab-ask").click()
        await page.locator("#ask-box").fill("green tea")
        tea = page.locator("#answers li", has_text="0.50 off")
        await tea.get_by_role("button", name="Settle").click()
        await page.locator("#drawer .offer-title >> text=promised it by e-mail").wait_for()
        await page.locator("#drawer-badge").fill("1204")
        await page.locator("#drawer [data-choice=ask]").click()
        await page.locator("#said >> text=number for the shopper").wait_for()
        (row,) = await rows(lane, Settled, "settled")
        assert (row.offer_id, row.reason) == ("tea-50", "NOT_ASSIGNED")


async def test_a_sale_of_before_is_disputed_from_the_look_back(tmp_path, open_page):
    """The shopper comes back while another sale is in hand: the row is of the sale of then."""
    async with page_lane(tmp_path) as lane:
        page = await open_page(lane)
        await lane.tender(await refused(lane, "h1"))
        await lane.put((RYE, 3, 597), handle="h2", number="78", card="")
        await page.locator("#receipt >> text=78").wait_for()
        await page.locator("#tab-past").click()
        await page.locator("#past-box").fill("h1")
        await page.keyboard.press("Enter")
        then = page.locator("#past li[data-kind=refused]", has_text="Montebruno")
        await then.get_by_role("button", name="Settle").click()
        await page.locator("#drawer .verdict >> text=already used").wait_for()
        await page.locator("#drawer-badge").fill("1204")
        await page.locator("#drawer [data-choice=gift]").click()
        await page.locator("#said >> text=Take 1.00").wait_for()
        (row,) = await rows(lane, Settled, "settled")
        assert row.uid == lane.wired.book.finished("h1").uid
        assert (row.offer_id, row.outcome) == ("coffee-1", "goodwill")


async def test_a_coupon_of_another_lane_is_named_by_its_digits(tmp_path, open_page):
    """The lane does not know the old serial: it asks for the number under the code."""
    async with page_lane(tmp_path) as lane:
        page = await open_page(lane)
        reachable(lane)
        await lane.put((VANILLA, 2, 398))
        line = page.locator("#lines li[data-kind=other]", has_text="Solenne").first
        await line.get_by_role("button", name="Settle").click()
        await page.locator("#drawer-badge").fill("1204")
        await page.locator("#drawer [data-choice=again]").click()
        serial = lane.coupon("solenne-20", 7)[-12:]
        await page.locator("#drawer-serial").fill(f"{serial[:6]} {serial[6:]}")
        await page.locator("#drawer form .strong").click()
        await page.locator("#said >> text=The new coupon is printing").wait_for()
        (row,) = await rows(lane, Settled, "settled")
        assert (row.outcome, row.serial) == ("reissued", serial)
        assert row.new_serial not in (None, serial)


async def test_each_deed_names_who_is_signed_in(tmp_path, open_page):
    """A gift that a manager allows, paper, a wording, a reprint: who, when and why are in the rows."""
    async with page_lane(tmp_path, staff=STAFF) as lane:
        page = await open_page(lane)
        await refused(lane)
        await open_drawer(page)
        await sign_in(page)
        await page.locator("#drawer .actions button", has_text="Print what counts").click()
        await page.locator("#said >> text=on its way").wait_for()
        await page.locator("#drawer [data-choice=gift]").click()
        await page.locator("#drawer select").select_option("m1")
        await page.locator("#drawer-pin").fill(PIN)
        await page.locator("#drawer form .strong").click()
        await page.locator("#settled-list li").wait_for()
        (row,) = await rows(lane, Settled, "settled")
        assert (row.by, row.role, row.approver) == ("1204", "cashier", "m1")
        assert (row.outcome, row.amount_minor, row.reason) == ("goodwill", 100, "ALREADY_REDEEMED")
        await page.locator("#lines .more").first.click()
        await page.locator("#clarity label", has_text="2").click()
        await page.locator("#clarity-form .strong").click()
        await page.locator("#said >> text=Headquarters will read it").wait_for()
        assert [it.by for it in await rows(lane, Rated, "rated")] == ["1204"]
        told = await lane.put((RYE, 3, 597), handle="h2")
        await lane.tender(told)
        await page.locator("#received-list li[data-result=accepted]").first.wait_for()
        await page.locator("#reprint").click()
        await page.locator("#said >> text=the same numbers").wait_for()
        noted = {it.code: it.detail for it in await rows(lane, Noted, "noted")}
        assert noted["staff_in"] == "1204 cashier pin"
        assert noted["dispute_paper"].endswith("by 1204")
        assert noted["paper_again"].endswith("by 1204")
        while len(await lane.rows("printed")) < 2:
            await asyncio.sleep(0.02)


async def test_all_of_the_drawer_by_keyboard(tmp_path, open_page):
    """Enter opens it at its first choice, Tab goes round in it, Escape leads back to the line."""
    async with page_lane(tmp_path) as lane:
        page = await open_page(lane, reduced_motion="reduce")
        await refused(lane)
        button = page.locator("#lines li[data-kind=refused] .end button:not(.more)")
        await button.focus()
        await page.keyboard.press("Enter")
        await page.locator("#drawer .choices").wait_for()
        name = "document.activeElement.dataset.choice"
        assert await page.evaluate(name) == await page.locator(
            "#drawer .choices button"
        ).first.get_attribute("data-choice")
        reached = set()
        for _ in range(40):
            await page.keyboard.press("Tab")
            reached.add(await page.evaluate("document.activeElement.textContent"))
        every = await page.locator("#drawer button").all_inner_texts()
        assert set(every) <= reached
        await page.keyboard.press("Escape")
        assert not await page.locator("#drawer").is_visible()
        label = "document.activeElement.getAttribute('aria-label')"
        assert (await page.evaluate(label)).startswith("Settle")
