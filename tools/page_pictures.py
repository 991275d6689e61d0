"""Take the pictures of docs/page.md: python tools/page_pictures.py. Needs chromium and Playwright.

A lane of the example shop is run for each, with a simulated printer, and shown what a cashier sees.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.page_lane import ESPRESSO, RYE, VANILLA, PageLane, page_lane

OUT = Path("docs/pictures")
SMALL, DESKTOP = (800, 480), (1280, 800)
SHOTS: tuple[tuple[str, str, tuple[int, int], dict[str, str]], ...] = (
    ("page.png", "en", SMALL, {}),
    ("page-ask.png", "en", SMALL, {}),
    ("page-past.png", "en", SMALL, {}),
    ("page-dispute.png", "en", SMALL, {}),
    ("page-evidence.png", "en", SMALL, {}),
    ("page-desktop.png", "de", DESKTOP, {}),
    ("page-rtl.png", "ar", SMALL, {}),
    ("page-contrast.png", "es", SMALL, {"contrast": "more"}),
)


async def sale(lane: PageLane) -> dict[str, Any]:
    """Two coupons shown, one of them used elsewhere; three packs on the card."""
    lines = ((VANILLA, 1, 199), (RYE, 3, 597), (ESPRESSO, 1, 1299))
    lane.arbiter.answer = "redeemed"
    codes = [lane.coupon("coffee-1", 1), lane.coupon("solenne-20", 2)]
    return await lane.put(*lines, coupons=codes, number="004711")


async def prepare(lane: PageLane, page: Any, name: str) -> None:
    """Bring the page to what its picture shows."""
    told = await sale(lane)
    await page.locator("#lines li").first.wait_for()
    if name in ("page.png", "page-past.png", "page-desktop.png"):
        await lane.tender(told)
        await page.locator("#received-list img").first.wait_for()
        await page.locator("#received-list li:not([data-result=printing])").first.wait_for()
    if name == "page-ask.png":
        await page.locator("#tab-ask").click()
        await page.locator("#ask-box").fill("joghurt kokos")
        await page.locator("#answers li").first.wait_for()
    if name == "page-past.png":
        await page.locator("#tab-past").click()
        await page.locator("#past-box").fill("004711")
        await page.keyboard.press("Enter")
        await page.locator("#past .replay").wait_for()
    if name == "page-dispute.png":
        await page.locator("#lines .end button:not(.more)").first.click()
        await page.locator("#drawer .choices button").first.wait_for()
    if name == "page-evidence.png":
        await page.locator("#lines .more").nth(1).click()


async def main() -> int:
    """Take them all."""
    from playwright.async_api import async_playwright

    async with async_playwright() as driver:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, language, (width, height), wishes in SHOTS:
            with tempfile.TemporaryDirectory() as home:
                async with page_lane(Path(home), language) as lane:
                    size = {"width": width, "height": height}
                    context = await browser.new_context(
                        viewport=size, reduced_motion="reduce", **wishes
                    )
                    page = await context.new_page()
                    await page.goto(lane.address)
                    await page.locator("body[data-link=live]").wait_for()
                    await prepare(lane, page, name)
                    await page.screenshot(path=OUT / name, animations="disabled")
                    await context.close()
                    print(OUT / name)
        await browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
