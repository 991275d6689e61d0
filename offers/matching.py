"""The best pairing of one-unit offers with units: a flow of greatest weight, exact.

Each step sends units along the path that adds most (successive best paths; Ahuja, Magnanti and
Orlin, "Network Flows", section 9.7, with the signs turned), until no path adds anything.
"""

from __future__ import annotations

Pairs = dict[tuple[int, int], int]  # (offer, class) -> units


def best_pairs(
    weights: list[dict[int, int]], uses: list[int], free: dict[int, int]
) -> tuple[int, Pairs]:
    """Pair offers with classes of units for the greatest sum of weights.

    Args:
        weights: for each offer, class -> weight of one unit; only positive ones.
        uses: how many units each offer may take.
        free: class -> units that are left.

    Returns:
        The sum, and how many units of which class each offer takes.
    """
    pairs: Pairs = {}
    holders: dict[int, set[int]] = {unit_class: set() for unit_class in free}
    left, spare, total = list(uses), dict(free), 0
    while path := _best_path(weights, left, spare, holders):
        gain, steps = path
        forward, back = steps[0::2], steps[1::2]
        units = min(left[steps[-1][0]], spare[steps[0][1]], *(pairs[step] for step in back))
        for step in forward:
            pairs[step] = pairs.get(step, 0) + units
            holders[step[1]].add(step[0])
        for step in back:
            pairs[step] -= units
            if not pairs[step]:
                holders[step[1]].discard(step[0])
        left[steps[-1][0]] -= units
        spare[steps[0][1]] -= units
        total += gain * units
    return total, {pair: units for pair, units in pairs.items() if units}


def _best_path(
    weights: list[dict[int, int]],
    left: list[int],
    spare: dict[int, int],
    holders: dict[int, set[int]],
) -> tuple[int, list[tuple[int, int]]] | None:
    """Find the path from an offer with uses left to a class with units left that adds most."""
    at_offer: dict[int, int] = {offer: 0 for offer, uses in enumerate(left) if uses}
    at_class: dict[int, int] = {}
    came_to_class: dict[int, int] = {}
    came_to_offer: dict[int, int] = {}
    queue = list(at_offer)
    for offer in queue:  # grows while it is walked
        for unit_class, weight in weights[offer].items():
            gain = at_offer[offer] + weight
            if unit_class in at_class and gain <= at_class[unit_class]:
                continue
            at_class[unit_class], came_to_class[unit_class] = gain, offer
            for other in sorted(holders[unit_class]):
                rest = gain - weights[other][unit_class]
                if other not in at_offer or rest > at_offer[other]:
                    at_offer[other], came_to_offer[other] = rest, unit_class
                    queue.append(other)
    ends = [(gain, -end) for end, gain in at_class.items() if spare.get(end)]
    gain, end = max(ends, default=(0, 0))
    return (gain, _steps(-end, came_to_class, came_to_offer)) if gain > 0 else None


def _steps(
    end: int, came_to_class: dict[int, int], came_to_offer: dict[int, int]
) -> list[tuple[int, int]]:
    """Walk back from the last class: pairs to add and pairs to undo, in turn."""
    offer = came_to_class[end]
    steps = [(offer, end)]
    while offer in came_to_offer:
        undone = came_to_offer[offer]
        steps.append((offer, undone))
        offer = came_to_class[undone]
        steps.append((offer, undone))
    return steps
