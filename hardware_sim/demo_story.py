"""What the demo shows, step by step: each step says what it expects and what it saw."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from PIL import Image, ImageChops

from hardware_sim.coupon_reader import ReadCode, coupons_on
from hardware_sim.demo_stage import DemoLane, Stage
from hardware_sim.http_client import Answer

ANNA, BEN, CHRIS = "2900000001015", "2900000002029", "2900000003033"
VANILLA, COCONUT, ESPRESSO = "9520000001025", "9520000001049", "9520000003012"
OAT, HAZELNUT, TEA = "9520000005016", "9520000006013", "9520000007010"
WAIT_S = 8.0
RECALL_S = 2.0
SAME_SCAN_S = 1.1


class StepFailedError(Exception):
    """A step did not come out as expected; the message says what was seen."""


@dataclass
class Told:
    """One step as it is reported."""

    step: str
    at_s: float
    expected: str
    saw: str
    held: bool


@dataclass
class Story:
    """The stage, what was kept on the way, and the report."""

    stage: Stage
    begun: float = field(default_factory=time.monotonic)
    steps: list[Told] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)
    scanned: dict[tuple[str, str], float] = field(default_factory=dict)
    numbers: int = 0

    @property
    def one(self) -> DemoLane:
        """Lane 1: its printer is on a serial line."""
        return self.stage.lanes["1"]

    @property
    def two(self) -> DemoLane:
        """Lane 2: its printer is on the network."""
        return self.stage.lanes["2"]

    async def step(self, name: str, expected: str, act: Callable[[], Awaitable[str]]) -> None:
        """Carry a step out; whatever goes wrong is what it saw."""
        try:
            saw, held = await act(), True
        except (StepFailedError, OSError, LookupError, ValueError) as error:
            saw, held = str(error) or type(error).__name__, False
        told = Told(name, round(time.monotonic() - self.begun, 2), expected, saw, held)
        self.steps.append(told)
        mark = "ok  " if held else "FAIL"
        print(f"{mark} {told.at_s:6.2f} s  {name}\n               {saw}", flush=True)

    def report(self) -> list[dict[str, Any]]:
        """Give the steps as the summary file holds them."""
        return [asdict(told) for told in self.steps]

    # What steps are made of.

    async def sale(
        self, lane: DemoLane, *articles: tuple[str, int, int], card: str = "", coupon: str = ""
    ) -> Answer:
        """Begin a sale: scan the card at the lane's scanner, present a coupon, send the basket."""
        if card:
            await self._scan(lane, card)
        self.numbers += 1
        lane.till.begin(today(), f"{self.numbers:04}")
        for gtin, quantity, unit_minor in articles:
            lane.till.add(gtin, quantity, unit_minor)
        if coupon:
            lane.till.present(coupon)
        answer = checked(await lane.till.put())
        for _ in range(50 if card else 0):  # the scan may arrive behind the first basket
            if answer.json()["shopper"]:
                break
            await asyncio.sleep(0.02)
            answer = checked(await lane.till.put())
        return answer

    async def _scan(self, lane: DemoLane, card: str) -> None:
        """Scan a card; the same one twice within a second is one scan, so wait that second."""
        wait_s = self.scanned.get((lane.name, card), 0.0) + SAME_SCAN_S - time.monotonic()
        await asyncio.sleep(max(0.0, wait_s))
        lane.scanner.scan(card)
        await lane.scanner.sent()
        self.scanned[lane.name, card] = time.monotonic()

    async def tender(self, lane: DemoLane, slips: int | None = None) -> dict[str, Any]:
        """Tender the sale, and wait for its slips where some are expected."""
        lane.mark()
        answer: dict[str, Any] = checked(await lane.till.tender()).json()
        count = len(answer["printing"]) if slips is None else slips
        await until(
            lambda: len(lane.new_slips()) >= count, lambda: f"{len(lane.new_slips())} slips"
        )
        return answer

    def keep_paper(self, lane: DemoLane, name: str) -> list[list[ReadCode]]:
        """Save the new slips as PNG files and read their codes back."""
        folder = self.stage.work / "paper"
        codes = []
        for number, slip in enumerate(lane.new_slips(), 1):
            self.pictures.append(str(slip.save(folder, f"{name}-{number}")))
            codes.append(coupons_on(slip))
        return codes

    async def hq_sees(self, holds: Callable[[Any], bool], *words: str) -> Any:
        """Wait until one of headquarters' lists holds."""
        found: list[Any] = [None]

        async def look() -> bool:
            found[0] = await self.stage.hq_json(*words)
            return holds(found[0])

        await until_async(look, lambda: f"headquarters says {found[0]}")
        return found[0]


def today() -> date:
    """Give the business date that the tills sell on."""
    return datetime.now(UTC).date()


def checked(answer: Answer) -> Answer:
    """Give an answer that is one.

    Raises:
        StepFailedError: the lane refused.
    """
    if answer.status != 200:
        raise StepFailedError(f"the lane answered {answer.status}: {answer.body.decode()}")
    return answer


def see(holds: bool, saw: str) -> str:
    """Give what was seen.

    Raises:
        StepFailedError: it is not what was expected.
    """
    if not holds:
        raise StepFailedError(saw)
    return saw


def verdict(answer: dict[str, Any], offer_id: str) -> dict[str, Any]:
    """Find an offer's verdict in an answer."""
    found = [v for v in answer["verdicts"] if v["offer_id"] == offer_id]
    if not found:
        raise StepFailedError(f"no verdict on {offer_id} in {answer['verdicts']}")
    one: dict[str, Any] = found[0]
    return one


async def until(holds: Callable[[], bool], saw: Callable[[], str], seconds: float = WAIT_S) -> None:
    """Wait for something that another process does."""

    async def look() -> bool:
        return holds()

    await until_async(look, saw, seconds)


async def until_async(
    holds: Callable[[], Awaitable[bool]], saw: Callable[[], str], seconds: float = WAIT_S
) -> None:
    """Wait for something that takes asking.

    Raises:
        StepFailedError: it did not come about in time.
    """
    end = time.monotonic() + seconds
    while not await holds():
        if time.monotonic() > end:
            raise StepFailedError(f"not within {seconds:g} s; {saw()}")
        await asyncio.sleep(0.02)


def words_on(lane: DemoLane) -> str:
    """Give all that is printed in words on the new slips."""
    return " / ".join(" ".join(slip.lines) for slip in lane.new_slips())


def same_picture(first: Image.Image, second: Image.Image) -> bool:
    """Compare two slips dot by dot."""
    if first.size != second.size:
        return False
    return ImageChops.difference(first.convert("L"), second.convert("L")).getbbox() is None


def serial_of(code: str) -> str:
    """Give the serial that a coupon's code carries behind AI 255 and the coupon's number."""
    found = re.fullmatch(r"255[0-9]{13}([0-9]{12})", code)
    return found[1] if found else ""
