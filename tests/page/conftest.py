"""Debian's Chromium by Playwright; the tests here are skipped, and say so, where there is none."""

from __future__ import annotations

import shutil
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE_MS = 15_000
OPTIONS = ("--no-sandbox", "--disable-gpu")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser():
    """A browser for the tests of one file; each page has a profile of its own."""
    playwright = pytest.importorskip("playwright.async_api", reason="pip install playwright")
    if CHROMIUM is None:
        pytest.skip("no Chromium here; install it as root: apt-get install chromium")
    async with playwright.async_playwright() as driver:
        started = await driver.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="module")
async def open_page(browser):
    """Open a lane's page; whatever it asks for elsewhere, and whatever it complains of, is a fault."""
    seen: list[str] = []
    complaints: list[str] = []
    contexts = []

    async def opened(lane, width=800, height=480, **more):
        context = await browser.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", lambda asked: seen.append(asked.url))
        page.on("console", lambda told: complaints.append(told.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(lane.address)
        await page.locator("body[data-link=live]").wait_for()
        page.seen, page.complaints = seen, complaints
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert {urlsplit(url).hostname for url in seen if url.startswith("http")} <= {"127.0.0.1"}
    assert not [said for said in complaints if "Failed to load resource" not in said]
