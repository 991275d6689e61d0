import asyncio

import pytest

from ground.clock import SteppedClock, settle
from printer.probe import probe
from printer.profile import PROFILES, Profile
from tests.printer.fake_printer import FakePrinter

START = PROFILES["generic-80mm"]


class SlowPaper(FakePrinter):
    """An honest unit: its process id comes only once the paper has moved, `head` rows a second."""

    def __init__(self, clock: SteppedClock, head: float) -> None:
        super().__init__()
        self._clock = clock
        self._head = head
        self._rows = 0
        self._late: list[asyncio.Task[None]] = []

    def _carry_out(self, command: bytes) -> None:
        if command[:2] == b"\x1bJ":
            self._rows += command[2]
        if command[:3] != b"\x1d(H":
            super()._carry_out(command)
            return
        rows, self._rows = self._rows, 0
        self._late.append(asyncio.ensure_future(self._answer(command[7:11], rows / self._head)))

    async def _answer(self, four: bytes, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self.say(b"\x37\x22" + four + b"\x00")


async def probed(printer: FakePrinter, clock: SteppedClock) -> Profile:
    asking = asyncio.ensure_future(probe(await printer.open(), clock, START))
    for _ in range(400):
        if asking.done():
            break
        await settle()
        await clock.advance(0.05)
    return await asking


async def test_an_honest_unit_proves_that_its_fence_follows_the_paper(clock: SteppedClock) -> None:
    """800 rows at 2,000 a second: the answer comes 0.4 s later than an idle one."""
    profile = await probed(SlowPaper(clock, 2000.0), clock)
    assert profile.fence_follows_paper
    assert (profile.asb, profile.gs_r, profile.process_id, profile.realtime_status) == (True,) * 4
    assert profile.name == "generic-80mm (TM-FAKE)"


async def test_a_unit_that_answers_before_the_paper_proves_nothing(clock: SteppedClock) -> None:
    """It answers at once, whatever it has still to print: jobs on it are accepted at most."""
    profile = await probed(FakePrinter(), clock)
    assert profile.process_id
    assert not profile.fence_follows_paper


async def test_a_unit_that_only_answers_some_is_taken_as_it_is(clock: SteppedClock) -> None:
    """No automatic status and no process id: those are off, the rest is on."""
    profile = await probed(FakePrinter(asb=False, ids=False), clock)
    assert (profile.asb, profile.gs_r, profile.process_id) == (False, True, False)
    assert not profile.fence_follows_paper


async def test_a_mute_unit_is_believed_in_nothing(clock: SteppedClock) -> None:
    """Nothing was heard: nothing is expected of it later."""
    printer = FakePrinter()
    printer.mute = True
    profile = await probed(printer, clock)
    answers = (
        profile.asb,
        profile.gs_r,
        profile.process_id,
        profile.realtime_status,
        profile.info_text,
    )
    assert not any(answers)
    assert profile.name == START.name


@pytest.mark.parametrize("head", [700.0, 3000.0])
async def test_slow_and_fast_heads_are_honest_alike(clock: SteppedClock, head: float) -> None:
    """90 mm/s and 375 mm/s both prove it."""
    assert (await probed(SlowPaper(clock, head), clock)).fence_follows_paper
