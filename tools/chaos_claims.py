"""Single use under a line that loses, repeats and mixes, with crashes at every step: on the real code."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.sync.story_world import World, stop
from tests.sync.test_stories import HUNDRED, at_both, in_use, opened, play
from tools.chaos import Result

STORIES = 1_500
ROUNDS = 10
CAP = 20  # a lane's, of a hundred coupons


def results(share: float) -> Iterator[Result]:
    """Tell stories of three lanes, an arbiter and headquarters; and a hundred coupons shown twice at once."""
    stories, rounds = max(20, round(STORIES * share)), max(2, round(ROUNDS * share))
    name = "stories: 3 lanes, arbiter, headquarters"
    yield judged(f"{name}; nothing unasked", stories, lambda seed: ended(seed, 0))
    yield judged(f"{name}; within caps", stories, lambda seed: ended(10_000_000 + seed, 2))
    yield judged("100 coupons at two lanes at once, an arbiter", rounds, with_arbiter)
    yield judged("100 coupons at two lanes at once, nobody to ask", rounds, without)


def judged(name: str, stories: int, tell: Callable[[int], str]) -> Result:
    """Tell so many stories, and count those that end badly; the first one's seed is in the detail."""
    bad = [(seed, why) for seed in range(stories) if (why := tell(seed))]
    detail = f"first: seed {bad[0][0]}, {bad[0][1][:60]}" if bad else ""
    return Result(name, stories, len(bad), "0 wrong", not bad, detail)


def ended(seed: int, cap: int) -> str:
    """Play a story to its end; say what is wrong, "" for nothing."""
    try:
        world = play(seed, cap)
        world.heal()
        world.check_healed()
    except AssertionError as error:
        return str(error) or "an assertion"
    stop(world)
    return ""


def with_arbiter(seed: int) -> str:
    """Show a hundred coupons at both lanes, one in twenty messages lost, with crashes."""
    return shown(seed, 0, 0.95, lambda uses, _: "" if max(uses) == 1 else "a double use")


def without(seed: int) -> str:
    """Show them where no message gets through."""

    def judge(uses: list[int], flagged: int) -> str:
        if sum(uses) > 2 * CAP:
            return "beyond the caps"
        return "" if uses.count(2) == flagged else "a second use that is not flagged"

    return shown(seed, CAP, 0.0, judge)


def shown(seed: int, cap: int, arrives: float, judge: Callable[[list[int], int], str]) -> str:
    """Show all coupons, look at the uses, heal the line, and count what headquarters has flagged."""
    world = World(random.Random(seed), cap, serials=HUNDRED)
    try:
        opened(world)
        at_both(world, random.Random(seed), arrives)
        uses = in_use(world)
        world.heal()
        world.check_healed()
    except AssertionError as error:
        return str(error) or "an assertion"
    query = "SELECT count(*) FROM provisionals WHERE outcome = 'duplicate_honoured'"
    flagged: int = world.hq.conn.execute(query).fetchone()[0]
    stop(world)
    return judge(uses, flagged)
