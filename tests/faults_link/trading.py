"""Four days of one lane, an act an hour, drawn from a seed; and what may go wrong meanwhile.

A coupon is asked for only outside the 72 hours in which the line may be cut: within them it would be
accepted unasked, or refused, and the sale be another one.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import structs

from agent.till_types import BasketIn, ReturnIn, TenderIn
from tests.faults_link.ledger_world import LedgerWorld, Line
from tests.lane_shop import (
    ANNA,
    COFFEE,
    COFFEE_GCN,
    TODAY,
    YOGURT,
    YOGURT_GCN,
    basket,
    tender,
)

HOURS = 96
CUT_FROM, CUT_TO = 12, 84
RANDOM = re.compile(r"\b[0-9a-f]{32,64}\b")
ATTEMPT = re.compile(r'(?<="attempt": )\d+')  # a row's number: others may stand before it
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


class Act(NamedTuple):
    """One hour's act at the till."""

    what: str
    number: int
    basket: BasketIn


def acts(seed: int, hours: int) -> list[Act]:
    """Draw what people do."""
    dice = random.Random(seed)
    kinds = ("paid", "paid", "paid", "void", "undone", "back", "parked", "training", "not_given")
    return [act(number, dice.choice(kinds), dice) for number in range(hours)]


def act(number: int, what: str, dice: random.Random) -> Act:
    """Draw one basket."""
    line = dice.choice(((COFFEE, 1, 899), (YOGURT, 2, 398), (YOGURT, 1, 199)))
    mode = "training" if what == "training" else "live"
    asks = not CUT_FROM <= number < CUT_TO and dice.random() < 0.6
    card = ANNA if dice.random() < 0.7 else None
    said = basket(1, line, card=card, number=str(number), mode=mode)
    return Act("coupon " + what if asks else what, number, said)


async def perform(world: LedgerWorld, act: Act) -> None:
    """Do one act, as a till does it."""
    lane, handle, said = world.shop.lane, f"s{act.number}", act.basket
    if act.what.startswith("coupon"):
        gcn = COFFEE_GCN if said.lines[0].gtin == COFFEE else YOGURT_GCN
        said = with_coupon(said, world.shop.coupon(gcn, act.number))
    out = await world.during(lane.basket(handle, said))
    what = act.what.rpartition(" ")[2]
    if what == "parked":
        await world.during(lane.suspend(handle))
        out = await world.during(lane.basket(handle, later(said)))
    if what == "void":
        await world.during(lane.void(handle))
        return
    paid = TenderIn(out.revision, ()) if what == "not_given" else tender(out)
    await world.during(lane.tender(handle, paid))
    if what == "undone":
        await world.during(lane.void(handle))
    elif what == "back":
        back = ReturnIn("t1", str(act.number), TODAY)
        await world.during(lane.give_back(back))


def with_coupon(said: BasketIn, code: str) -> BasketIn:
    """Show a coupon with the basket."""
    return structs.replace(said, coupons=(code,))


def later(said: BasketIn) -> BasketIn:
    """Send the basket once more."""
    return structs.replace(said, revision=said.revision + 1)


Trouble = Callable[[LedgerWorld, int, random.Random], Awaitable[None]]


async def nothing(world: LedgerWorld, hour: int, dice: random.Random) -> None:
    """Let nothing go wrong."""


async def cut(world: LedgerWorld, hour: int, dice: random.Random) -> None:
    """Cut the line for 72 hours."""
    if hour == CUT_FROM:
        await world.cut()
    elif hour == CUT_TO:
        await world.mend()


async def thrice(world: LedgerWorld, hour: int, dice: random.Random) -> None:
    """Let every message come three times, in any order."""
    world.line.copies, world.line.mixed = 3, True


async def losses(world: LedgerWorld, hour: int, dice: random.Random) -> None:
    """Let every third message get lost, while no coupon is asked for."""
    world.line.loses = 0.34 if CUT_FROM <= hour < CUT_TO else 0.0


async def forgetful(world: LedgerWorld, hour: int, dice: random.Random) -> None:
    """Let the broker die with all that it kept."""
    if dice.random() < 0.3:
        await world.cut()
        await world.mend(known=False)


async def lane_dies(world: LedgerWorld, hour: int, dice: random.Random) -> None:
    """Let the lane's process end, with messages on their way."""
    if dice.random() < 0.2:
        await world.half_said()
        await world.end_lane()
        await world.boot_lane()


async def hq_dies(world: LedgerWorld, hour: int, dice: random.Random) -> None:
    """Let headquarters' process end, and what it was about to say with it."""
    if dice.random() < 0.5:
        world.mail.clear()
        world.boot_hq()


async def clock_back(world: LedgerWorld, hour: int, dice: random.Random) -> None:
    """Set the lane's clock back a day."""
    if hour == CUT_FROM:
        world.clock.set_time(world.clock.utc_now() - timedelta(days=1))


async def clock_ahead(world: LedgerWorld, hour: int, dice: random.Random) -> None:
    """Set the lane's clock ahead a day, and right again a day later."""
    if hour in (CUT_FROM, CUT_FROM + 24):
        day = timedelta(days=1 if hour == CUT_FROM else -1)
        world.clock.set_time(world.clock.utc_now() + day)


async def everything(world: LedgerWorld, hour: int, dice: random.Random) -> None:
    """Let all of it go wrong, but for the clock."""
    if hour == 0:
        await thrice(world, hour, dice)
    await cut(world, hour, dice)
    if world.line.up:
        await losses(world, hour, dice)
        await forgetful(world, hour, dice)
    await lane_dies(world, hour, dice)
    await hq_dies(world, hour, dice)


TROUBLES = (cut, thrice, losses, forgetful, lane_dies, hq_dies, clock_back, clock_ahead, everything)
OF_CLOCKS = (clock_back, clock_ahead)  # then the rows' times differ, and nothing else


async def live(seed: int, trouble: Trouble, folder: Path, hours: int) -> LedgerWorld:
    """Live the hours, and let the line heal."""
    dice = random.Random(seed + 1)
    world = LedgerWorld(folder, Line(dice=random.Random(seed + 2)))
    await world.boot_lane()
    for act in acts(seed, hours):
        await trouble(world, act.number, dice)
        await perform(world, act)
        await world.move_to(act.number + 1)
    await world.heal()
    return world


async def ledger(seed: int, trouble: Trouble = nothing, hours: int = HOURS) -> list[Any]:
    """Give what headquarters has in the end, once it was seen to be the lane's own, hash for hash."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        world = await live(seed, trouble, Path(name), hours)
        rows = world.rows()
        own = await world.shop.journal.rows_after(0, 10_000)
        assert [(row.seq, row.hash) for row in own] == [(row[1], row[5]) for row in rows]
        assert all(row[6] for row in rows), "a hash does not fit"
        await world.end_lane()
        world.store.close()
    return named([(kind, minute(at), json.loads(body)) for _, _, kind, at, body, _, _ in rows])


def minute(at: str) -> str:
    """Round a time: the seconds of waiting are not the same on every line."""
    return (datetime.fromisoformat(at) + timedelta(seconds=30)).isoformat(timespec="minutes")


def same(one: list[Any], other: list[Any], trouble: Trouble) -> bool:
    """Tell whether two ledgers are equal, row by row."""
    if trouble in OF_CLOCKS:
        one, other = ([(kind, body) for kind, _, body in side] for side in (one, other))
    return one == other


def named(rows: list[Any]) -> list[Any]:
    """Number what is drawn at random, and attempts, in the order of their first use.

    Left out is what was told of the line, and that a lane which died cannot know of its paper.
    """
    known: dict[str, str] = {}
    said = [row for row in rows if row[0] not in ("noted", "printed")]

    def number(found: re.Match[str]) -> str:
        return known.setdefault(found[0], f"{len(known)}")

    return json.loads(ATTEMPT.sub(number, RANDOM.sub(number, json.dumps(said))))
