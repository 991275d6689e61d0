"""The steps that expect something. Each function is one sentence's action.

What comes out of a device is waited for in real time, at most `PATIENCE_S`; what is in an answer
is there or is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from hardware_sim.scenario import Step, minor
from hardware_sim.world import NotHeldError, World

PATIENCE_S = 5.0
POLL_S = 0.02


async def until(holds: Callable[[], bool], saw: Callable[[], str]) -> None:
    """Wait, in real time, until something holds.

    Raises:
        NotHeldError: it did not within `PATIENCE_S`.
    """
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while not holds():
        if asyncio.get_running_loop().time() > deadline:
            raise NotHeldError(saw())
        await asyncio.sleep(POLL_S)


def _paper(world: World) -> str:
    return "\n".join(slip.transcript() for slip in world.lane_here.new_slips)


def _say_paper(world: World) -> str:
    return f"on paper: {_paper(world)!r}"


def say_codes(world: World) -> str:
    """Say which codes are on the new paper."""
    return f"codes on paper: {[code.text for code in world.lane_here.codes()]}"


async def expect_printed(world: World, step: Step) -> None:
    """Words are on the paper since the last scan or tender."""
    await until(lambda: step.words["text"] in _paper(world), partial(_say_paper, world))


async def expect_not_printed(world: World, step: Step) -> None:
    """Words are not on that paper, once the agent has nothing left to do."""
    await world.lane_here.settle()
    if step.words["text"] in _paper(world):
        raise NotHeldError(_say_paper(world))


async def expect_slips(world: World, step: Step) -> None:
    """So many slips came since the last scan or tender."""
    wanted = int(step.words["count"])
    await world.lane_here.settle()
    lane = world.lane_here
    await until(lambda: len(lane.new_slips) == wanted, lambda: f"{len(lane.new_slips)} slips")


async def expect_code(world: World, step: Step) -> None:
    """A code on that paper reads so, or starts so."""
    codes = world.lane_here.codes
    wanted = step.words["text"]
    await until(lambda: any(c.text.startswith(wanted) for c in codes()), partial(say_codes, world))


def _answer(world: World) -> Any:
    last = world.lane_here.till.last
    if last is None:
        raise NotHeldError("the till has asked nothing yet")
    return last.json() or {}


async def expect_discount(world: World, step: Step) -> None:
    """The last decision takes so much off."""
    _same(world, minor(step.words["amount"]), _answer(world).get("total_discount_minor"))


async def expect_refund(world: World, step: Step) -> None:
    """The last return pays so much back."""
    _same(world, minor(step.words["amount"]), _answer(world).get("refund_minor"))


def _same(world: World, wanted: object, seen: object) -> None:
    if wanted != seen:
        last = world.lane_here.till.last
        raise NotHeldError(f"{seen} instead of {wanted} (answer {last.status if last else '-'})")


async def expect_verdict(world: World, step: Step) -> None:
    """An offer ended with a reason, in the last answer."""
    verdicts = {v["offer_id"]: v["reason"] for v in _answer(world).get("verdicts", [])}
    seen = verdicts.get(step.words["offer"])
    if seen != step.words["reason"]:
        raise NotHeldError(f"{seen}; verdicts: {verdicts}")


async def expect_sentence(world: World, step: Step) -> None:
    """A verdict's sentence holds these words."""
    _holds(step, [v["sentence"] for v in _answer(world).get("verdicts", [])])


def _holds(step: Step, sentences: list[str]) -> None:
    if not any(step.words["text"] in sentence for sentence in sentences):
        raise NotHeldError(f"sentences: {sentences}")


async def expect_cue(world: World, step: Step) -> None:
    """A cue for the cashier holds these words."""
    _holds(step, _answer(world).get("cues", []))


async def expect_shopper(world: World, step: Step) -> None:
    """The last decision had a known shopper in hand: "known" or "unknown"."""
    _same(world, step.words["word"] == "known", _answer(world).get("shopper"))


async def expect_answer(world: World, step: Step) -> None:
    """The last call was answered with this HTTP status."""
    last = world.lane_here.till.last
    _same(world, int(step.words["count"]), last.status if last else None)


async def expect_state(world: World, step: Step) -> None:
    """A part says so of itself in /healthz, as a word or as its "state"."""
    part, wanted = step.words["word"], step.words["value"]
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while (seen := state_of(await world.lane_here.till.health(), part)) != wanted:
        if asyncio.get_running_loop().time() > deadline:
            raise NotHeldError(f"{part} is {seen}")
        await asyncio.sleep(POLL_S)


def state_of(health: Any, part: str) -> str | None:
    """Find a part in a health page, wherever it stands: {part: word} or {part: {"state": word}}."""
    if isinstance(health, list):
        return next((s for item in health if (s := state_of(item, part)) is not None), None)
    if not isinstance(health, dict):
        return None
    if health.get("name") == part and "state" in health:
        return str(health["state"])
    if part in health:
        found = health[part]
        return str(found.get("state")) if isinstance(found, dict) else str(found)
    return state_of(list(health.values()), part)
