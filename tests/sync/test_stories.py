"""Seeded stories on the real code: whatever happens to the line and the power, a coupon is used once."""

from __future__ import annotations

import os
import random
from functools import partial

import pytest

from offers.model import Serial
from tests.sync.story_lane import SERIALS, THEIRS, StoryLane
from tests.sync.story_world import World, stop

STORIES = int(os.environ.get("TILLSIDE_STORIES", "300"))
STEPS = 120


def play(seed: int, cap: int, crashes: bool = True) -> World:
    """Tell one story to its end."""
    dice = random.Random(seed)
    world = World(random.Random(seed + 1), cap, crashes)
    if dice.random() < 0.8:
        world.hq.appoint(dice.choice(("1", "2")))
    for _ in range(STEPS):
        if crashes and dice.random() < 0.15:
            world.fuse = dice.randint(1, 6)
        step(world, dice)
        world.check()
    return world


def step(world: World, dice: random.Random) -> None:
    """Let one thing happen."""
    what = dice.random()
    lane = dice.choice(world.lanes)
    if what < 0.14:
        serial = dice.choice((*SERIALS, THEIRS))
        world.do(lane, lambda: lane.present(serial))
    elif what < 0.22:
        person(world, lane, dice)
    elif what < 0.60:
        world.deliver(dice.randrange(1000), again=dice.random() < 0.15)
    elif what < 0.66:
        world.lose(dice.randrange(1000))
    elif what < 0.90:
        somebody = dice.choice(world.everybody())
        world.do(somebody, somebody.speak)
    elif what < 0.95:
        world.pass_time(dice.choice((0.1, 0.6, 3.0)))
    elif what < 0.97:
        world.store_link_down = not world.store_link_down
    else:
        name = dice.choice(("1", "2", ""))
        world.do(world.hq, lambda: world.hq.appoint(name))


def person(world: World, lane: StoryLane, dice: random.Random) -> None:
    """Pay, void or return something that is in use at a lane."""
    uses = sorted(lane.uses())
    if uses:
        claim = dice.choice(uses)
        act = dice.choice((lane.pay, lane.pay, lane.undo))
        world.do(lane, lambda: act(claim))


@pytest.mark.parametrize("part", range(4))
def test_stories_without_caps_end_well(part: int) -> None:
    """Deny where nobody answers: no second use at all, nothing locked, nothing lost."""
    for seed in range(part, STORIES, 4):
        ends_well(seed, cap=0)


@pytest.mark.parametrize("part", range(4))
def test_stories_within_the_caps_end_well(part: int) -> None:
    """Accept where nobody answers: within the caps, every second use flagged, every case decided."""
    for seed in range(part, STORIES, 4):
        ends_well(10_000 + seed, cap=2)


HUNDRED = tuple(Serial(f"00000{n:03d}2222") for n in range(100))


def at_both(world: World, dice: random.Random, arrives: float) -> None:
    """Show a hundred coupons at both lanes of the store at once; so many messages get through."""
    for serial in HUNDRED:
        for lane in world.lanes[:2]:
            world.fuse = dice.randint(2, 9) if dice.random() < 0.1 else None
            world.do(lane, partial(lane.present, serial))
        while world.line:
            world.fuse = dice.randint(1, 5) if dice.random() < 0.05 else None
            if dice.random() < arrives:
                world.deliver(dice.randrange(1000), again=dice.random() < 0.1)
            else:
                world.lose(dice.randrange(1000))
        world.pass_time(1.0)
        for lane in world.lanes[:2]:
            for claim, use in lane.uses().items():
                if not use.paid:
                    world.do(lane, partial(lane.pay, claim))
        world.check()


def in_use(world: World) -> list[int]:
    """Count the uses of each of the hundred serials."""
    uses = [use.serial for lane in world.lanes for use in lane.uses().values()]
    return [uses.count(serial) for serial in HUNDRED]


def opened(world: World) -> None:
    """Let lane 2 arbitrate, and wait until it is open."""
    world.hq.appoint("2")
    world.heal()


@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_coupons_at_both_lanes_with_an_arbiter(seed: int) -> None:
    """With crashes and losses, no coupon is used twice, and most of them are used."""
    world = World(random.Random(seed), 0, serials=HUNDRED)
    opened(world)
    at_both(world, random.Random(seed), arrives=0.95)
    assert max(in_use(world)) == 1
    assert sum(in_use(world)) > 50
    world.heal()
    world.check_healed()
    stop(world)


@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_coupons_at_both_lanes_with_nobody_to_ask(seed: int) -> None:
    """No word gets through: each lane keeps within its caps, and every second use is flagged."""
    world = World(random.Random(seed), 20, serials=HUNDRED)
    opened(world)
    at_both(world, random.Random(seed), arrives=0.0)
    assert sum(in_use(world)) <= 40
    doubles = in_use(world).count(2)
    assert doubles > 5
    world.heal()
    world.check_healed()
    outcomes = world.hq.conn.execute("SELECT outcome FROM provisionals").fetchall()
    assert outcomes.count(("duplicate_honoured",)) == doubles
    stop(world)


def ends_well(seed: int, cap: int) -> None:
    try:
        world = play(seed, cap)
        world.heal()
        world.check_healed()
    except AssertionError as error:
        raise AssertionError(f"story {seed}, cap {cap}: {error}") from error
    stop(world)
