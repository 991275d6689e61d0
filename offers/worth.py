"""What units are worth to the offers that compete for them, and so what no applied set can beat.

If every unit had to be bought at its worth, each offer would take the units that add most to it,
without asking the others. What all offers add then, and what all units are worth, bounds every
applied set (Lagrangian relaxation: M. L. Fisher, "The Lagrangian relaxation method for solving
integer programming problems", Management Science 27, 1981). Worths go up where units are wanted
more than once, and down where they are left over, in steps by B. T. Polyak's rule, as long as that
brings the bound down.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from offers.claims import Claim, Taken, Worths

ROUNDS = 24  # at most; after some twenty the bound comes down by a tenth of a percent each
PATIENCE = 2  # rounds without a better bound, then the steps are halved
HALVINGS = 6  # after so many there is little left to gain
TRY_EVERY = 3  # rounds between two attempts at a set with the worths reached


class Settled(NamedTuple):
    """Worths by class, the bound that they prove, and how much more units are wanted than there are."""

    bound: int
    worths: Worths
    over: list[int]
    adds: dict[int, int]  # by claim: what one use of it adds at most


def settle(
    slots: list[list[int]],
    claims: list[Claim],
    free: list[int],
    start: Worths,
    best_so_far: Callable[[Worths], int],
    rounds: int,
) -> Settled:
    """Find worths that bound the applied set closely.

    Args:
        slots: claims by index, in groups of which at most one claim is used.
        claims: all of them.
        free: units by class.
        start: worths to begin with; near the last ones, few rounds are needed.
        best_so_far: tries worths on a set, and gives the weight of the best one known.
        rounds: how many there is time for.
    """
    now = best = price(slots, claims, free, start)
    halved, waited, known = 0, 0, 0
    for n in range(min(rounds, ROUNDS)):
        if n % TRY_EVERY == 0:
            known = 100 * best_so_far(now.worths)
        if best.bound < known + 100 or halved == HALVINGS:
            return best
        if waited == PATIENCE:
            halved, waited, now = halved + 1, 0, best
        now = price(slots, claims, free, _moved(now, max(now.bound - known, 100), halved))
        if now.bound < best.bound:
            best, waited = now, 0
        else:
            waited += 1
    best_so_far(best.worths)
    return best


def _moved(now: Settled, distance: int, halved: int) -> Worths:
    """Step along what is wanted too much; a worth is never below nothing."""
    pairs = list(zip(now.worths, now.over, strict=True))
    norm = sum(more * more for worth, more in pairs if worth or more > 0) or 1
    return [max(0, worth + distance * more // (norm << halved)) for worth, more in pairs]


def price(slots: list[list[int]], claims: list[Claim], free: list[int], worths: Worths) -> Settled:
    """Compute the bound that worths prove, and what would be taken at them."""
    bound = sum(worth * units for worth, units in zip(worths, free, strict=True))
    over = [-units for units in free]
    adds: dict[int, int] = {}
    for slot in slots:
        most, uses = 0, 0
        wanted: Taken = ()
        for n in slot:
            value, taken, reduced = claims[n].best(worths, free)
            adds[n] = min(max(0, value), claims[n].most)
            if adds[n] * claims[n].uses > most:
                most, uses, wanted = adds[n] * claims[n].uses, claims[n].uses, taken + reduced
        bound += most
        for c, minus in wanted:
            over[c] -= uses * minus
    return Settled(bound, worths, over, adds)
