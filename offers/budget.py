"""The first N of a whole chain, kept while lanes are cut off: a bounded counter, as pure values.

Headquarters hands N out in quotas, each to one incarnation of one lane. What was granted to an
incarnation only grows; a lane gives no more than it was granted, and asks nobody before it gives.
However messages are lost, repeated and reordered, and whatever crashes, no more than N are given:
each grant was taken off N before it was sent, and comes back only by the lane's own row, or from an
incarnation that is over and whose uses are all known.

Headquarters: `top_ups`, after rows came in. A lane: `newest` where a grant arrives, `left` before
it gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from offers.model import LaneId, StoreId
from offers.records import Incarnation

NOTHING: Mapping[Holder, int] = MappingProxyType({})


class Holder(NamedTuple):
    """Who holds a quota: one incarnation of one lane. Lane ids repeat from store to store."""

    store: StoreId
    lane: LaneId
    epoch: Incarnation


class Share(NamedTuple):
    """What one holder may give, in all since it began: never what is left of it."""

    holder: Holder
    granted: int


def left(granted: int, used: int, reserved: int = 0) -> int:
    """Give how many a lane may still give; no grant known means none.

    Args:
        granted: the greatest figure that this incarnation was ever told, less what it gave back.
        used: what it gave and did not undo itself.
        reserved: what open transactions have been promised.
    """
    return max(0, granted - used - reserved)


def newest(known: int, told: int) -> int:
    """Take a grant that arrived: late and repeated ones change nothing."""
    return max(known, told)


def committed(granted: Mapping[Holder, int], back: Mapping[Holder, int] = NOTHING) -> int:
    """Count what of N is gone or may be: all grants, less what came back."""
    return sum(granted.values()) - sum(back.get(holder, 0) for holder in granted)


def water_line(total: int, lanes: int) -> int:
    """Give a fair `low_water`: first grants of twice this put half of N out, and at least 1 a lane."""
    return max(1, total // (4 * max(1, lanes)))


def top_ups(
    total: int,
    granted: Mapping[Holder, int],
    used: Mapping[Holder, int],
    lanes: Sequence[Holder],
    low_water: int,
    back: Mapping[Holder, int] = NOTHING,
) -> list[Share]:
    """Give the quotas that grow now, with their new figures; to be stored before they are sent.

    A lane with less than `low_water` left is filled up to twice that. Where less is free, those
    that have least left get one each in turn; equals in the order of their names.

    Args:
        total: N.
        granted: what each holder was ever granted, those that are over included.
        used: what each holder gave, as far as its rows have come in.
        lanes: the holders that are open: the newest incarnation of each lane.
        low_water: when to top up, at least 1 (`water_line`).
        back: what each holder gave back unused, by its own rows; of a holder that is over, and
            whose last row is here, everything that it never used.
    """
    free = total - committed(granted, back)
    have = {it: granted.get(it, 0) - back.get(it, 0) - used.get(it, 0) for it in sorted(set(lanes))}
    poor = [it for it, rest in have.items() if rest < low_water]
    need = {it: 2 * low_water - have[it] for it in poor}
    gets = _in_turn(have, need, max(0, free))
    return [Share(it, granted.get(it, 0) + more) for it, more in gets.items() if more]


def _in_turn(
    have: Mapping[Holder, int], need: Mapping[Holder, int], free: int
) -> dict[Holder, int]:
    """Hand out what is free, always to one of those that would have least; never above the need."""
    if free >= sum(need.values()):
        return dict(need)
    line = 0  # everybody is filled up to here; found by halving, the rest goes round once
    low, high = (
        min((have[it] for it in need), default=0),
        max((have[it] + need[it] for it in need), default=0),
    )
    while low <= high:
        middle = (low + high) // 2
        if sum(_up_to(middle, have[it], need[it]) for it in need) <= free:
            line, low = middle, middle + 1
        else:
            high = middle - 1
    gets = {it: _up_to(line, have[it], need[it]) for it in need}
    rest = free - sum(gets.values())
    for it in [it for it in need if have[it] + gets[it] <= line and gets[it] < need[it]][:rest]:
        gets[it] += 1
    return gets


def _up_to(line: int, have: int, need: int) -> int:
    return min(max(0, line - have), need)
