"""Plays the stories of tests/disputes on the cashier's page: a till and a finger, nothing else.

A till's calls go over HTTP, a badge over the scanner's line, a choice by a tap on the screen. What
the page did is kept as `Played`, for the tests to judge.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from msgspec import Struct

from offers.model import OfferId
from offers.records import Settled
from tests.dispute_hq import BADGE, card, phone
from tests.dispute_shop import BANK, PRODUCTS, Happens, Story
from tests.dispute_stage import RECALLED, Stage, until
from tests.lane_shop import TODAY

COUNT_TAPS = """window.taps = 0;
addEventListener('click', event => { if (event.isTrusted && event.detail) window.taps += 1; }, true);"""
STORY_S = 20.0


class Played(Struct, frozen=True):
    """One story as it went on the page. `taps` are counted by the page, from the basket on."""

    complaint: str = ""
    sentence: str = ""
    say: str = ""
    taps: int = 0
    last_words: str = ""
    hq_light: str = ""
    slips: int = 0
    rows: tuple[Settled, ...] = ()
    failed: str = ""


class PagePlayer:
    """One screen of 800 x 480 at the lane of a stage; a cashier is signed in."""

    def __init__(self, stage: Stage, page: Any) -> None:
        self.stage, self.page = stage, page
        self._answers: dict[str, dict[str, Any]] = {}
        self._visit, self._slips_before = 0, 0
        self._online = True

    @classmethod
    async def open(cls, stage: Stage, browser: Any) -> PagePlayer:
        """Open the page on a touch screen, and sign in by the badge at the lane's scanner."""
        screen = {"width": 800, "height": 480}
        wishes = {"has_touch": True, "reduced_motion": "reduce"}
        context = await browser.new_context(viewport=screen, **wishes)
        page = await context.new_page()
        await page.add_init_script(COUNT_TAPS)
        page.set_default_timeout(STORY_S * 1000)
        await page.goto(await stage.address())
        await page.locator("body[data-link=live]").wait_for()
        stage.scanner.scan(BADGE)
        await until(lambda: "staff_in" in stage.noted())
        return cls(stage, page)

    async def play(self, visit: int, story: Story, online: bool) -> Played:
        """Play one story to its end; whatever fails is told, and the next one begins anew."""
        self._visit, self._online, self._answers = visit, online, {}
        try:
            return await self._play(story)
        except Exception as error:  # noqa: BLE001 - the story's own test tells it
            await self.page.reload()
            return Played(failed=f"{type(error).__name__}: {error}")
        finally:
            await self._put_right(story)

    async def _play(self, story: Story) -> Played:
        page, stage, expected = self.page, self.stage, story.expected(self._online)
        for one in story.happens:
            await getattr(self, f"_{one.do}")(one)
        await page.locator("#receipt >> text=" + self._name("dispute")).wait_for()
        line = page.locator("#lines li", has_text=BANK[OfferId(story.offer)].title["en"])
        line = line.filter(has=page.get_by_text(expected.sentence, exact=True))
        await line.wait_for()
        before, slips = stage.last_row(), len(stage.slips)
        await page.evaluate("window.taps = 0")
        await line.get_by_role("button", name="Settle").tap()
        await page.locator("#drawer .choices").wait_for()
        complaint = await page.locator("#drawer .offer-title").inner_text()
        sentence = await page.locator("#drawer .verdict").inner_text()
        say = await page.locator("#drawer .sentence").inner_text()
        for choice in expected.path:
            await page.locator(f"#drawer [data-choice={choice}]").tap()
        await page.locator("#drawer").wait_for(state="hidden")
        last_words = await page.locator("#said").inner_text()
        if expected.prints:
            await until(lambda: len(stage.slips) > slips)
        return Played(
            complaint,
            sentence,
            say,
            await page.evaluate("window.taps"),
            last_words,
            await page.locator("#light-hq b").inner_text(),
            len(stage.slips) - slips,
            tuple(stage.settled_after(before)),
        )

    # What a till, a printer and headquarters do.

    async def _sale(self, one: Happens) -> None:
        codes = [self.stage.chain.coupon(self._visit, it) for it in one.coupons]
        codes += [await self.stage.printed(it, self._slips_before) for it in one.printed]
        who = [{"kind": "card", "value": card(self._visit, one.card)}] if one.card else []
        who += [{"kind": "phone", "value": phone(self._visit)}] if one.phone else []
        lines = [
            {
                "line_id": f"L{n}",
                "gtin": PRODUCTS[it.product].gtin,
                "quantity": it.quantity,
                "amount_minor": it.minor,
                "mass_promotion": it.promotion,
            }
            for n, it in enumerate(one.lines, 1)
        ]
        told = await self.stage.basket(
            self._name(one.handle), lines=lines, identities=who, coupons=codes
        )
        self._answers[one.handle] = told

    async def _tender(self, one: Happens) -> None:
        told = self._answers[one.handle]
        self._slips_before = len(self.stage.slips)
        keys = ("line_id", "offer_id", "amount_minor")
        given = [{key: it[key] for key in keys} for it in told["discounts"]]
        body = {"revision": told["revision"], "given": given}
        path = f"/v1/transactions/{self._name(one.handle)}/tender"
        paid = _checked(await self.stage.till.post(path, json=body)).json()
        expected = self._slips_before + len(paid["printing"])
        await until(lambda: len(self.stage.slips) >= expected)

    async def _return(self, one: Happens) -> None:
        number = self._name(one.handle)
        body = {"till": "t1", "number": number, "business_date": TODAY.isoformat()}
        _checked(await self.stage.till.post("/v1/returns", json=body))

    async def _recall(self, one: Happens) -> None:
        assert one.product == RECALLED  # headquarters said so before it went away

    async def _printer(self, one: Happens) -> None:
        self.stage.printer.fault("cover-open")
        await self.page.locator("#light-printer[data-level=bad]").wait_for()

    async def _arbiter(self, one: Happens) -> None:
        assert one.answer == "down"
        await asyncio.to_thread(self.stage.chain.stop_serving)

    async def _put_right(self, story: Story) -> None:
        """Leave the lane as the next story finds it."""
        for handle in self._answers:
            await self.stage.till.post(f"/v1/transactions/{self._name(handle)}/void")
        did = {one.do for one in story.happens}
        if "printer" in did:
            await self.stage.printer.heal()
            await self.page.locator("#light-printer[data-level=good]").wait_for()
        if "arbiter" in did and self._online:
            self.stage.chain.serve()

    def _name(self, handle: str) -> str:
        return f"{handle}-{self._visit}."


def _checked(answer: httpx.Response) -> httpx.Response:
    answer.raise_for_status()
    return answer
