"""`make demo`: a day in a small shop, every part a process of its own, every claim checked."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

from hardware_sim.demo_stage import Stage
from hardware_sim.demo_steps import STEPS
from hardware_sim.demo_story import Story
from hardware_sim.shop import ShopError


async def run_demo(shop: Path, out: Path, keep: bool, broker: str = "auto") -> int:
    """Play the whole story; 0 only if every step held."""
    stage = Stage(out.resolve(), out.resolve() / "shop", broker)
    story = Story(stage)
    try:
        await play(story, shop)
        _write_summary(story, out)
        if keep:
            await _stay(stage)
    except ShopError as error:
        print(f"the demo cannot go on: {error}")
        return 1
    finally:
        await stage.tear_down()
    return 0 if all(told.held for told in story.steps) else 1


async def play(story: Story, shop: Path) -> None:
    """Go through the steps in order."""
    await story.stage.set_up(shop)
    for name, expected, act in STEPS:
        await story.step(name, expected, lambda act=act: act(story))  # type: ignore[misc]


def _write_summary(story: Story, out: Path) -> None:
    path = out / "summary.json"
    path.write_text(json.dumps(story.report(), indent=2, ensure_ascii=False) + "\n")
    held = sum(told.held for told in story.steps)
    print(f"\n{held} of {len(story.steps)} steps held in {story.steps[-1].at_s:.1f} s")
    for picture in story.pictures:
        print(f"  {picture}")
    print(f"  {path}")


async def _stay(stage: Stage) -> None:
    """Keep everything running until Ctrl-C."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    print(f"\nlane 1's cashier page: {await stage.page_address('1')}")
    print(f"lane 2's cashier page: {await stage.page_address('2')}\nCtrl-C ends it.")
    await stop.wait()
