"""A good applied set at once: each offer in turn takes what adds most of what is left.

It gives the search something to beat, and is what stands where the search is cut.
"""

from __future__ import annotations

from collections.abc import Callable

from offers.claims import Claim, Hand, Taken, View, Worths
from offers.rewards import is_enough


def fitting(claim: Claim, worths: Worths, free: list[int]) -> Hand | None:
    """Find a hand of the units that are left, near the best by what they are worth, if there is any."""
    view = None
    if claim.units is None or claim.offer.condition.min_distinct > 1:
        view = claim.closest(worths, free)
        taken = _gathered(claim, view, worths, free)
    else:
        taken = claim.best(worths, free)[1]
    if not taken or not claim.quantity:
        return Hand(taken) if taken else None
    left = list(free)
    for c, minus in taken:
        left[c] += minus
    reduced = (view or claim.closest(worths, free)).best_others(worths, left)[1]
    return Hand(taken, reduced) if reduced else None


def _gathered(claim: Claim, view: View, worths: Worths, free: list[int]) -> Taken:
    """Add the units that add most until they are enough, then give back those that can be spared."""
    over = zip(claim.classes, view.gains, strict=True)
    order = [c for _, c in sorted((worths[c] - gain, c) for c, gain in over if free[c])]
    have = _different(claim, order)

    def enough() -> bool:
        return is_enough(claim.offer.condition, claim.pile(_as_taken(have)))

    if claim.spare:
        have = {c: free[c] for c in order}
        return _as_taken(have) if enough() else ()
    for c in order:
        if enough():
            break
        first = have.get(c, 0)
        _lowest(have, c, first, free[c], enough)
    if not enough():
        return ()
    for c in reversed(list(have)):
        _lowest(have, c, 0, have[c], enough)
    return _as_taken(have)


def _different(claim: Claim, order: list[int]) -> dict[int, int]:
    """Start with one unit each of as many GTINs as the offer asks for."""
    gtins: set[str] = set()
    have = {}
    for c in order:
        if len(gtins) < claim.offer.condition.min_distinct > 1:
            gtin = claim.lots[c].gtin
            if gtin not in gtins:
                gtins.add(gtin)
                have[c] = 1
    return have


def _lowest(have: dict[int, int], c: int, low: int, high: int, enough: Callable[[], bool]) -> None:
    """Set the units of a class to the fewest that are enough, or to the most where none are."""
    while low < high:
        have[c] = (low + high) // 2
        if enough():
            high = have[c]
        else:
            low = have[c] + 1
    have[c] = high


def _as_taken(have: dict[int, int]) -> Taken:
    return tuple((c, -units) for c, units in sorted(have.items()) if units)
