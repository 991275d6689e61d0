"""The steps about time, lanes, headquarters and faults. Each function is one sentence's action."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta

from hardware_sim import shop as shops
from hardware_sim.printer_models import MODELS
from hardware_sim.scenario import Step, fault_text
from hardware_sim.shop import ShopError
from hardware_sim.sim_lane import SimLane
from hardware_sim.world import World, known

SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86400, "days": 86400}


async def set_time(world: World, step: Step) -> None:
    """Set the wall clock, of every lane that runs."""
    world.now = datetime.fromisoformat(step.words["time"]).astimezone(UTC)
    for lane in world.lanes.values():
        await lane.clock.set(world.now)


async def advance(world: World, step: Step) -> None:
    """Let time pass on every lane."""
    seconds = float(step.words["number"]) * SECONDS[step.words["unit"]]
    world.now = world.time() + timedelta(seconds=seconds)
    for lane in world.lanes.values():
        await lane.settle()
        await lane.clock.advance(seconds)


async def lane(world: World, step: Step) -> None:
    """Put a lane up and start its agent."""
    now = world.time()
    if not world.values:
        await world.prepare(now)
    model = step.words.get("model", "tm-t20iii")
    known("printer model", MODELS, model)
    name = step.words["name"]
    lane = SimLane(name, world.shop, dict(world.values), step.words["port"], model)
    world.lanes[name], world.here = lane, name
    await lane.set_up()
    await lane.start(now)


async def at_lane(world: World, step: Step) -> None:
    """Go on at another lane."""
    known("lane", world.lanes, step.words["name"])
    world.here = step.words["name"]


async def kill_lane(world: World, step: Step) -> None:
    """Kill a lane's agent."""
    await known("lane", world.lanes, step.words["name"]).kill()


async def restart_lane(world: World, step: Step) -> None:
    """End a lane's agent and start it again."""
    lane = known("lane", world.lanes, step.words["name"])
    await lane.stop()
    await lane.start(world.time())


async def hq(world: World, step: Step) -> None:
    """Run a command of headquarters."""
    words = (*world.shop.hq, *shlex.split(step.words["rest"]))
    await shops.run_command(shops.filled(words, world.values), world.work / "hq.log")


async def fault_printer(world: World, step: Step) -> None:
    """Let the printer misbehave."""
    try:
        world.lane_here.printer.fault(fault_text(step.words))
    except ValueError as error:
        raise ShopError(str(error)) from error
    await world.lane_here.settle()


async def heal_printer(world: World, _step: Step) -> None:
    """Put the printer right."""
    await world.lane_here.printer.heal()
    await world.lane_here.settle()


async def fault_scanner(world: World, _step: Step) -> None:
    """Pull the scanner's cable and put it back."""
    world.lane_here.scanner.unplug()


async def fault_link(world: World, step: Step) -> None:
    """Break the link to headquarters."""
    if world.link is None:
        raise ShopError("no link yet: write a lane first")
    delay = step.words.get("count")
    try:
        world.link.fault("delay" if delay else step.words["word"], int(delay or 0) / 1000)
    except ValueError as error:
        raise ShopError(str(error)) from error


async def heal_link(world: World, _step: Step) -> None:
    """Put the link right."""
    if world.link:
        await world.link.heal()
