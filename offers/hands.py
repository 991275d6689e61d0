"""The sets of units that one use of an offer may take, found without looking at hopeless ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from offers.claims import Hand, Taken, View, Worths
from offers.rewards import can_spare, is_enough

Sets = Iterator[tuple[Taken, int]]  # units, and a bound of what they add without the constant part


class Steps:
    """How many steps a search may still make."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.made = 0

    def spent(self) -> bool:
        """Make a step; tell whether there was none left."""
        self.made += 1
        return self.made > self.most


class Hands:
    """What one claim may take, when every unit has its worth: what is the same for all its uses."""

    def __init__(self, view: View, worths: Worths, free: list[int], steps: Steps) -> None:
        self.claim, self.view, self.worths, self.steps = view.claim, view, worths, steps
        self.rests = view.rests(worths, free)
        self.other_most = view.best_others(worths, free)[0]
        others = zip(view.claim.others, view.other_gains, strict=True)
        self.other_overs = [gain - worths[c] for c, gain in others]
        self.best_over = [*accumulate(reversed(self.other_overs), max)][::-1]

    def adding(self, free: list[int], floor: int, *, last: bool) -> Iterator[Hand]:
        """Give the hands that may add `floor` or more, units the dearest first.

        Args:
            free: units by class; changed between two hands, it must be changed back.
            floor: in hundredths of a weight, what the units are worth taken off.
            last: nobody else wants what this use leaves.
        """
        floor -= self.view.const
        for taken, value in _Walk(self, free, floor - self.other_most).sets(last=last):
            if not self.claim.quantity:
                yield Hand(taken)
                continue
            left = list(free)
            for c, minus in taken:
                left[c] += minus
            for reduced in _Walk(self, left, floor - value).others():
                yield Hand(taken, reduced)


class _Walk:
    """One way through the sets, with the units that are left and the least that is worth a look."""

    def __init__(self, hands: Hands, free: list[int], floor: int) -> None:
        self._claim, self._classes = hands.claim, hands.claim.classes
        self._hands, self._rests, self._worths = hands, hands.rests, hands.worths
        self._gains, self._first = hands.view.gains, hands.view.first
        self._condition = hands.claim.offer.condition
        self._spent = hands.steps.spent
        self._free, self._floor = free, floor
        self._supply: list[int] = []

    def sets(self, *, last: bool) -> Sets:
        free = [self._free[c] for c in self._classes]
        if self._claim.units is not None:
            self._supply = [*accumulate(reversed(free), initial=0)][::-1]
            return self._exact(self._claim.units, 0, 0, 0, ())
        whole = tuple((c, -n) for c, n in zip(self._classes, free, strict=True) if n)
        if not self._enough(whole):
            return iter(())
        if not self._claim.spare:
            return self._minimal(0, 0, ())
        return iter(((whole, 0),)) if last else self._any(0, 0, ())

    def _enough(self, taken: Taken) -> bool:
        return is_enough(self._condition, self._claim.pile(taken))

    def _exact(self, units: int, at: int, rank: int, value: int, head: Taken) -> Sets:
        """Give the sets of just so many units."""
        rests, free, floor = self._rests, self._free, self._floor
        for place in range(at, len(self._classes)):
            if value + rests[place][rank] < floor or self._supply[place] < units - rank:
                return
            c = self._classes[place]
            for count in range(min(free[c], units - rank), 0, -1):
                if self._spent():
                    return
                gaining = max(0, rank + count - max(rank, self._first))
                now = value + self._gains[place] * gaining - self._worths[c] * count
                if now + rests[place + 1][rank + count] < floor:
                    continue
                taken = (*head, (c, -count))
                if rank + count < units:
                    yield from self._exact(units, place + 1, rank + count, now, taken)
                elif self._distinct(taken):
                    yield taken, now

    def _distinct(self, taken: Taken) -> bool:
        need = self._condition.min_distinct
        return need == 1 or len({self._claim.lots[c].gtin for c, _ in taken}) >= need

    def _minimal(self, at: int, value: int, head: Taken) -> Sets:
        """Give the sets that are enough and of which no unit can be spared."""
        tail, floor = self._rests, self._floor
        for place in range(at, len(self._classes)):
            if value + tail[place][0] < floor or not self._may_reach(place, head):
                return
            c = self._classes[place]
            over = self._gains[place] - self._worths[c]
            fewest = self._fewest(c, head)
            for count in range(fewest, 0, -1):
                if self._spent():
                    return
                taken, now = (*head, (c, -count)), value + over * count
                if now + tail[place + 1][0] < floor:
                    continue
                if count < fewest or not self._enough(taken):
                    yield from self._minimal(place + 1, now, taken)
                elif not can_spare(self._condition, self._claim.pile(taken)):
                    yield taken, now

    def _may_reach(self, place: int, head: Taken) -> bool:
        rest = ((c, -self._free[c]) for c in self._classes[place:] if self._free[c])
        return self._enough((*head, *rest))

    def _fewest(self, c: int, head: Taken) -> int:
        """Give how many units of a class make a set enough; all that are free where none do."""
        low, high = 0, self._free[c]
        while low + 1 < high:
            middle = (low + high) // 2
            if self._enough((*head, (c, -middle))):
                high = middle
            else:
                low = middle
        return high

    def _any(self, at: int, value: int, head: Taken) -> Sets:
        """Give every set that is enough, with or without units to spare."""
        if value + self._rests[at][0] < self._floor:
            return
        if at == len(self._classes):
            if self._enough(head):
                yield head, value
            return
        c = self._classes[at]
        for count in range(self._free[c], -1, -1):
            if self._spent():
                return
            taken = (*head, (c, -count)) if count else head
            more = (self._gains[at] - self._worths[c]) * count
            yield from self._any(at + 1, value + more, taken)

    def others(self) -> Iterator[Taken]:
        return self._others(0, self._claim.quantity, self._floor, ())

    def _others(self, at: int, left: int, floor: int, head: Taken) -> Iterator[Taken]:
        """Give the units of the other set that may be reduced: just the quantity."""
        for place in range(at, len(self._claim.others)):
            if left * self._hands.best_over[place] < floor:
                return
            c, over = self._claim.others[place], self._hands.other_overs[place]
            for count in range(min(left, self._free[c]), 0, -1):
                if self._spent():
                    return
                taken, need = (*head, (c, -count)), floor - over * count
                if count < left:
                    yield from self._others(place + 1, left - count, need, taken)
                elif need <= 0:
                    yield taken
