"""Everybody can use the page: WCAG 2.2 AA by axe-core, touch, keyboard, sizes, contrast, motion."""

import pytest

from tests.page_lane import RYE, VANILLA, page_lane

AXE = pytest.importorskip(
    "axe_playwright_python.async_playwright", reason="pip install axe-playwright-python"
)
pytestmark = pytest.mark.asyncio(loop_scope="module")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}
SIZES = {"small": (800, 480), "desktop": (1280, 900), "phone": (400, 800)}
SMALLEST = 44  # CSS pixels; WCAG 2.5.8 asks for 24, a finger for more
VIEWS = ("sale", "ask", "past")


async def filled(lane):
    """A sale with every kind of line, paid and printed."""
    lane.arbiter.answer = "redeemed"
    codes = [lane.coupon("coffee-1", 1), lane.coupon("solenne-20", 2)]
    lines = ((VANILLA, 1, 199), (RYE, 3, 597), ("4006381333931", 1, 100))
    told = await lane.put(*lines, coupons=codes, number="004711")
    await lane.tender(told)


async def show(page, view):
    """Go to a view and fill it."""
    await page.locator(f"#tab-{view}").click()
    if view == "ask":
        await page.locator("#ask-box").fill("joghurt kokos")
        await page.locator("#answers li").first.wait_for()
    if view == "past":
        await page.locator("#past-box").fill("004711")
        await page.keyboard.press("Enter")
        await page.locator("#past .replay").wait_for()


async def faults(page, passed_over=()):
    rules = RULES | {"rules": {name: {"enabled": False} for name in passed_over}}
    found = await AXE.Axe().run(page, options=rules)
    return [(it["id"], node["html"]) for it in found.response["violations"] for node in it["nodes"]]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", SIZES)
async def test_axe_finds_nothing(tmp_path, open_page, size, language):
    """Each view, its dialogs too, on each screen, in a language of each direction."""
    width, height = SIZES[size]
    async with page_lane(tmp_path, language) as lane:
        page = await open_page(lane, width, height, reduced_motion="reduce")
        assert await faults(page) == []
        await filled(lane)
        await page.locator("#received-list img").first.wait_for()
        for view in VIEWS:
            await show(page, view)
            assert await faults(page) == [], view
        await page.locator("#tab-sale").click()
        await page.locator("#lines .more").first.click()
        assert await faults(page) == []
        await page.keyboard.press("Escape")
        await page.locator("#received-list .picture").first.click()
        assert await faults(page) == []


@pytest.mark.parametrize("size", SIZES)
async def test_whatever_is_touched_is_big_enough(tmp_path, open_page, size):
    """Every button and field is at least 44 by 44; nothing lies outside the screen's width."""
    width, height = SIZES[size]
    async with page_lane(tmp_path) as lane:
        page = await open_page(lane, width, height, reduced_motion="reduce")
        await filled(lane)
        await page.locator("#received-list img").first.wait_for()
        for view in VIEWS:
            await show(page, view)
            boxes = await page.locator(
                "button:visible, input:visible, select:visible"
            ).evaluate_all(
                "all => all.map(n => [n.outerHTML, ...['left','right','width','height'].map(k => n.getBoundingClientRect()[k])])"
            )
            for html, left, right, wide, high in boxes:
                assert min(wide, high) >= SMALLEST, html
                assert 0 <= left < right <= width, html
            assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_all_by_keyboard(tmp_path, open_page):
    """Tab reaches everything in the order in which it is read, focus is seen, Enter and Escape work."""
    async with page_lane(tmp_path) as lane:
        page = await open_page(lane, reduced_motion="reduce")
        await filled(lane)
        await page.locator("#received-list img").first.wait_for()
        reached = []
        for _ in range(30):
            await page.keyboard.press("Tab")
            name = (
                "(n => n.id || n.getAttribute('aria-label') || n.tagName)(document.activeElement)"
            )
            reached.append(await page.evaluate(name))
            seen = "getComputedStyle(document.activeElement).outlineStyle"
            assert reached[-1] == "BODY" or await page.evaluate(seen) != "none"
        assert reached[:3] == ["tab-sale", "tab-ask", "tab-past"]
        wanted = await page.locator("main:not([hidden]) button:visible").count()
        assert len(set(reached) - {"BODY"}) >= wanted + 3
        await page.locator("#lines .more").first.focus()
        await page.keyboard.press("Enter")
        assert await page.locator("#more").is_visible()
        await page.keyboard.press("Escape")
        assert not await page.locator("#more").is_visible()
        assert await page.evaluate("document.activeElement.className") == "more"


async def test_a_screen_reader_hears_one_sentence_and_not_all(tmp_path, open_page):
    """A basket of many verdicts is one polite message: the most important sentence; a repeat is none."""
    async with page_lane(tmp_path) as lane:
        page = await open_page(lane)
        count = """() => { window.heard = []; new MutationObserver(() => window.heard.push(
            document.getElementById('heard').textContent)).observe(document.getElementById('heard'),
            { childList: true }); }"""
        await page.evaluate(count)
        lines = ((VANILLA, 1, 199), (RYE, 3, 597))
        told = await lane.put(*lines, coupons=[lane.coupon("solenne-20", 2)])
        await page.locator("#lines li").first.wait_for()
        assert await page.locator("#lines li").count() > 1
        first = await page.locator("#lines .sentence").first.inner_text()
        await lane.tender(told)  # the lines stay as they were
        await page.locator("#state-word >> text=Paid").wait_for()
        assert await page.evaluate("window.heard") == [first]
        live = await page.locator("[aria-live], [role=status], [role=alert]").evaluate_all(
            "all => all.filter(n => n.querySelector('button')).length"
        )
        assert live == 0


async def test_focus_stays_where_it_was_when_the_basket_changes(tmp_path, open_page):
    """A cashier's finger is on a button of a line: a new article does not take it away."""
    async with page_lane(tmp_path) as lane:
        page = await open_page(lane)
        await lane.put((VANILLA, 1, 199), coupons=[lane.coupon("solenne-20", 2)])
        button = page.locator("#lines .more").first
        await button.focus()
        label = await button.get_attribute("aria-label")
        await lane.put((VANILLA, 2, 398), coupons=[lane.coupon("solenne-20", 2)], revision=2)
        await page.locator("#lines [data-kind=applied]").wait_for()
        assert await page.evaluate("document.activeElement.getAttribute('aria-label')") == label


@pytest.mark.parametrize(
    ("wish", "holds"),
    [
        (
            {"reduced_motion": "reduce"},
            "getComputedStyle(document.querySelector('.line')).animationName == 'none'",
        ),
        (
            {"contrast": "more"},
            "getComputedStyle(document.querySelector('.line')).borderTopWidth == '2px'",
        ),
        (
            {"forced_colors": "active"},
            "getComputedStyle(document.querySelector('.line')).borderTopStyle == 'solid'",
        ),
    ],
)
async def test_what_a_person_asked_the_system_for_is_kept(tmp_path, open_page, wish, holds):
    """Less motion, more contrast, own colours; and axe finds nothing in it."""
    async with page_lane(tmp_path) as lane:
        page = await open_page(lane, **wish)
        await filled(lane)
        await page.locator("#lines li").first.wait_for()
        assert await page.evaluate(holds)
        # In forced colours the system paints; what axe reads is not what is seen.
        assert await faults(page, ["color-contrast"] if "forced_colors" in wish else ()) == []


async def test_arabic_runs_from_the_right(tmp_path, open_page):
    """The whole page is mirrored, and each name of other letters lies as it should."""
    async with page_lane(tmp_path, "ar") as lane:
        page = await open_page(lane)
        await filled(lane)
        await page.locator("#lines li").first.wait_for()
        lines = await page.locator("#lines").bounding_box()
        side = await page.locator("#side").bounding_box()
        assert side["x"] < lines["x"]
        assert await page.evaluate("document.documentElement.lang") == "ar"
        assert "هذه العملية" in await page.locator("#tab-sale").inner_text()


async def test_the_first_load_is_at_most_30_kb(tmp_path, open_page):
    """Everything that the browser fetches for an open page, pictures of slips left out."""
    async with page_lane(tmp_path) as lane:
        page = await open_page(lane)
        sizes = "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        told = await page.evaluate(f"{sizes}.map(e => [e.name, e.encodedBodySize, e.transferSize])")
        assert len(told) >= 10
        assert 5_000 < sum(size for _, size, _ in told) <= 30_000, told
