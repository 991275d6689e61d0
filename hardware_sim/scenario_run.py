"""Plays a story: prepares the shop, does one step after another, says which held."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from hardware_sim import scenario_expect, scenario_lanes, scenario_sales
from hardware_sim.http_client import BadAnswerError
from hardware_sim.scenario import USAGES, Step, read_scenario
from hardware_sim.shop import Shop, ShopError
from hardware_sim.test_clock import ClockLineError
from hardware_sim.world import NotHeldError, World

Act = Callable[[World, Step], Awaitable[None]]


def _acts() -> dict[str, Act]:
    rooms = (scenario_lanes, scenario_sales, scenario_expect)
    found = {name: act for room in rooms for name, act in vars(room).items()}
    return {action: found[action] for action in set(USAGES.values())}


ACTS = _acts()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step went; `saw` says what was there where it did not hold."""

    step: Step
    held: bool
    saw: str = ""

    def __str__(self) -> str:
        word = "ok  " if self.held else "FAIL"
        saw = f"\n          {self.saw}" if self.saw else ""
        return f"{word} {self.step.line:4}  {self.step.text}{saw}"


async def play(
    text: str, shop: Shop, work: Path, say: Callable[[Outcome], None] = lambda _: None
) -> list[Outcome]:
    """Play a story in an empty directory; give each step's outcome.

    An expectation that does not hold is noted and the story goes on; a step that cannot be done
    ends it. The papers are saved to `work`/paper.

    Raises:
        ScenarioError: a line is no step; nothing was started.
    """
    steps = read_scenario(text)
    world = World(shop, work)
    outcomes: list[Outcome] = []
    try:
        for step in steps:
            outcome, go_on = await play_step(world, step)
            outcomes.append(outcome)
            say(outcome)
            if not go_on:
                break
    finally:
        await world.tear_down()
        save_paper(world)
    return outcomes


async def play_step(world: World, step: Step) -> tuple[Outcome, bool]:
    """Do one step; give how it went, and whether the story can go on."""
    try:
        await ACTS[step.action](world, step)
    except NotHeldError as error:
        return Outcome(step, False, f"saw {error}"), True
    except (ShopError, ClockLineError, BadAnswerError, OSError, RuntimeError) as error:
        return Outcome(step, False, f"could not be done: {error}"), False
    return Outcome(step, True), True


def save_paper(world: World) -> list[Path]:
    """Save every slip of every lane, uncut paper included; give the pictures' paths."""
    saved = []
    for lane in world.lanes.values():
        if not hasattr(lane, "printer"):
            continue
        roll = lane.printer.device.roll
        slips = roll.slips + ([] if roll.hanging.is_blank else [roll.hanging])
        for number, slip in enumerate(slips, start=1):
            saved.append(slip.save(world.work / "paper", f"lane-{lane.name}-slip-{number}"))
    return saved


def play_file(
    path: Path, shop: Shop, out: Path | None, say: Callable[[Outcome], None]
) -> list[Outcome]:
    """Play a file; without `out` in a directory that is gone afterwards."""
    text = path.read_text(encoding="utf-8")
    if out:
        out.mkdir(parents=True, exist_ok=True)
        return asyncio.run(_play_until_told(text, shop, out.resolve(), say))
    with tempfile.TemporaryDirectory(prefix="tillside-sim-") as work:
        return asyncio.run(_play_until_told(text, shop, Path(work), say))


async def _play_until_told(
    text: str, shop: Shop, work: Path, say: Callable[[Outcome], None]
) -> list[Outcome]:
    """Play; SIGTERM ends it as Ctrl-C does, with every child stopped."""
    playing = asyncio.ensure_future(play(text, shop, work, say))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, playing.cancel)
    return await playing
