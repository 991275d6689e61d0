"""Branch and bound over offers that compete for the same units: one component of a basket.

A greedy set comes first (`offers.greedy`). Then the search goes through the offers in a stated order;
for each it tries the sets of units that one use may take, the dearest first, and then goes on
without it. Each choice loses something against a bound of all sets; what loses more than can be lost
is not looked at.

Most baskets are done in a few steps. Where they are not, the units get a worth (`offers.worth`), which
brings the bound down, with more greedy sets on the way. Then the search goes through everything
three times, and may lose more each time: so the best sets are met early, and a search that is cut
has proven something.

Offers whose use is a single unit stand last and are paired with the remaining units exactly. Units
that are alike for all offers are one class: they need not be told apart.
"""

from __future__ import annotations

from offers.claims import Claim, Found, Hand, Rival, Worths
from offers.greedy import fitting
from offers.hands import Hands, Steps
from offers.matching import best_pairs
from offers.rewards import cost
from offers.shelf import Lot
from offers.worth import ROUNDS, Settled, price, settle

NODE_BUDGET = 4_000  # steps of all searches of one decision: some 20 ms on a small store PC
DEPTH_BUDGET = 250  # nested steps; Python's own stack ends at 1,000 frames
START_PERCENT = 70  # of what units bring in a greedy set: what they may be worth
QUICK = 80  # steps of the first attempt
PARTS = (8, 3, 1)  # of what may be lost, the part that each pass goes through


def slots_of(claims: list[Claim]) -> list[list[int]]:
    """Put offers of one group together, and sort as the search goes through them.

    Several units a use come first, then one unit, then percentages on a spend, which take all that
    is left. Among equals: what may give more, the higher priority, the lower id.
    """
    groups: dict[tuple[str, int], list[int]] = {}
    for n, claim in enumerate(claims):
        if claim.most:
            group = claim.offer.group
            groups.setdefault((group, -1) if group else ("", n), []).append(n)

    def key(n: int, *, lone: bool) -> tuple[bool, bool, int, int, str]:
        claim, offer = claims[n], claims[n].offer
        alone = lone and claim.single
        return (claim.spare, alone, -claim.most, -offer.priority, offer.offer_id)

    slots = [
        sorted(group, key=lambda n: key(n, lone=False)) if len(group) > 1 else group
        for group in groups.values()
    ]
    return sorted(slots, key=lambda slot: key(slot[0], lone=len(slot) == 1))


class Component:
    """One search. `scale` weighs a minor unit against priorities, which only break ties."""

    def __init__(
        self, rivals: list[Rival], lots: list[Lot], free: list[int], scale: int, budget: int
    ) -> None:
        self._claims = [Claim(rival, lots, free, scale) for rival in rivals]
        self._slots = slots_of(self._claims)
        self._free = list(free)
        self._steps = Steps(budget)
        self._paired_from = self._first_paired()
        self._path: list[tuple[int, Hand]] = []
        self._weights: list[int] = []
        self._weight = 0
        self._best: tuple[tuple[int, Hand], ...] = ()
        self._best_weight = 0
        self._cut = False
        self._limit = 0
        self._seen: dict[tuple[int, ...], int] = {}
        self._round = 1 + sum(claim.effort for claim in self._claims) // 8  # its cost, in steps
        self._settled = Settled(0, [], [], {})
        self._hands: dict[int, Hands] = {}
        self._adds: list[int] = []
        self._done: list[list[int]] = []

    def run(self) -> Found:
        """Search, and give the best set found and what no set can beat."""
        if self._paired_from == 0:  # nothing to search
            self._pair_the_rest()
            return Found(self._best, self._best_weight, self._best_weight, self._steps.made, True)
        bound = self._quickly()
        if self._cut:
            self._cut = False
            start = self._shared_out()
            rounds = max(1, (self._steps.most - self._steps.made) // (2 * self._round))
            self._steps.made += min(rounds, ROUNDS) * self._round
            self._settled = settle(self._slots, self._claims, self._free, start, self._try, rounds)
            bound = min(bound, self._search(PARTS) if self._gap() >= 0 else self._settled.bound)
        finished = self._gap() < 0 or not self._cut
        return Found(
            self._best,
            self._best_weight,
            self._best_weight if finished else max(self._best_weight, bound // 100),
            self._steps.made,
            finished,
        )

    def gives_something(self) -> bool:
        """Tell whether there is a set that weighs anything, or none is known not to."""
        if self._slots and self._try([0] * len(self._free)):
            return True
        found = self.run()
        return found.bound > 0

    def _first_paired(self) -> int:
        claims = self._claims
        if any(claims[n].spare for slot in self._slots for n in slot):
            return len(self._slots)
        return sum(len(it) > 1 or not claims[it[0]].single for it in self._slots)

    def _gap(self) -> int:
        """Tell how much a set may lose against the bound and still be better than the best one."""
        return self._settled.bound - 100 * (self._best_weight + 1)

    def _try(self, worths: Worths) -> int:
        """Put a set together greedily; give the weight of the best one known."""
        free = self._free
        for slot in self._slots[: self._paired_from]:
            n = max(slot, key=lambda n: self._claims[n].most * self._claims[n].uses)
            hand = None
            for _ in range(self._claims[n].uses):
                if hand is None or not self._fits(
                    hand
                ):  # what was best and still fits is still best
                    hand = fitting(self._claims[n], worths, free)
                if hand is None or not self._take(n, hand):
                    break
        self._record()
        self._pair_the_rest()
        while self._path:
            self._give_back()
        self._steps.made += self._round
        return self._best_weight

    def _fits(self, hand: Hand) -> bool:
        wanted: dict[int, int] = {}  # a class may be on both sides
        for c, minus in hand.taken + hand.reduced:
            wanted[c] = wanted.get(c, 0) - minus
        return all(self._free[c] >= units for c, units in wanted.items())

    def _take(self, n: int, hand: Hand) -> int:
        """Use an offer on a hand, if it weighs anything."""
        weight = self._claims[n].weight(hand)
        if weight:
            self._path.append((n, hand))
            self._weights.append(weight)
            self._weight += weight
            for c, minus in hand.taken + hand.reduced:
                self._free[c] += minus
        return weight

    def _give_back(self) -> None:
        _, hand = self._path.pop()
        self._weight -= self._weights.pop()
        for c, minus in hand.taken + hand.reduced:
            self._free[c] -= minus

    def _record(self) -> None:
        if self._weight > self._best_weight:
            self._best_weight, self._best = self._weight, tuple(self._path)

    def _quickly(self) -> int:
        """Try a search in which units have no worth: it settles most baskets in a few steps."""
        self._settled = price(self._slots, self._claims, self._free, [0] * len(self._free))
        self._try(self._settled.worths)
        if self._gap() < 0:
            return self._settled.bound
        most, self._steps.most = self._steps.most, min(self._steps.made + QUICK, self._steps.most)
        bound = self._search((1,))
        self._steps.most = most
        return bound

    def _shared_out(self) -> Worths:
        """Share most of what each use of the best set gives over its units, by their prices."""
        sums = [0] * len(self._free)
        for n, (taken, reduced) in self._best:
            claim = self._claims[n]
            weight, units = claim.weight(Hand(taken, reduced)), taken + reduced
            whole = cost(claim.pile(units)) or 1
            for c, minus in units:
                sums[c] -= START_PERCENT * weight * claim.lots[c].price_minor * minus // whole
        return [total // (count or 1) for total, count in zip(sums, self._free, strict=True)]

    def _search(self, parts: tuple[int, ...]) -> int:
        """Go through what may be lost, part by part; give the bound that this proves."""
        self._prepare()
        bound = self._settled.bound
        gap = self._gap()
        for part in parts:
            self._limit = gap // part
            self._seen.clear()
            self._visit(0, 0)
            if self._cut or self._gap() <= self._limit:
                break
            bound = self._settled.bound - self._limit
        return bound

    def _prepare(self) -> None:
        """Fix what is looked up at each step: hands, what slots add, when classes are done with."""
        worths = self._settled.worths
        adds, self._adds, last = self._settled.adds, [], dict[int, int]()
        for at, slot in enumerate(self._slots):
            self._adds.append(max(adds[n] * self._claims[n].uses for n in slot))
            for n in slot:
                claim = self._claims[n]
                if at < self._paired_from:
                    view = claim.closest(worths, self._free)
                    self._hands[n] = Hands(view, worths, self._free, self._steps)
                last.update(dict.fromkeys(claim.classes + claim.others, at))
        self._done = [
            [c for c, when in last.items() if when == at] for at in range(len(self._slots))
        ]

    def _may_lose(self) -> int:
        return min(self._limit, self._gap())

    def _visit(self, at: int, lost: int) -> None:
        """Try everything from slot `at` on."""
        self._record()
        if at == len(self._slots) or lost > self._may_lose():
            return
        if at == self._paired_from:
            self._pair_the_rest()
            return
        if self._steps.spent() or len(self._path) + at >= DEPTH_BUDGET:
            self._cut = True
            return
        if self._seen_as_good(at):
            return
        for n in self._slots[at]:
            claim = self._claims[n]
            self._use(
                at, n, claim.uses, None, lost + self._adds[at] - self._settled.adds[n] * claim.uses
            )
        self._leave(at, lost + self._adds[at])

    def _seen_as_good(self, at: int) -> bool:
        """Tell whether the search stood here before, with the same units left and no less weight."""
        here = (at, *self._free)
        if self._seen.get(here, -1) >= self._weight:
            return True
        self._seen[here] = self._weight
        return False

    def _use(self, at: int, n: int, left: int, before: Hand | None, lost: int) -> None:
        """Try each hand that one more use of an offer may take, and then more uses, or none."""
        if len(self._path) + at >= DEPTH_BUDGET:
            self._cut = True
            return
        adds = self._settled.adds[n]
        last = at == len(self._slots) - 1
        floor = adds - (self._may_lose() - lost)
        for hand in self._hands[n].adding(self._free, floor, last=last):
            if before is not None and hand < before:
                continue
            weight = self._take(n, hand)
            if not weight:
                continue
            worth = sum(self._settled.worths[c] * -minus for c, minus in hand.taken + hand.reduced)
            now = lost + adds - (100 * weight - worth)
            if now <= self._may_lose():
                if left > 1:
                    self._use(at, n, left - 1, hand, now)
                self._leave(at, now + (left - 1) * adds)
            self._give_back()
            if self._cut or lost > self._may_lose():
                return
        if self._steps.made > self._steps.most:
            self._cut = True

    def _leave(self, at: int, lost: int) -> None:
        """Go on with the next slot; what nobody wants any more is lost."""
        worths = self._settled.worths
        lost += sum(worths[c] * self._free[c] for c in self._done[at] if worths[c])
        self._visit(at + 1, lost)

    def _pair_the_rest(self) -> None:
        rest = [slot[0] for slot in self._slots[self._paired_from :]]
        if not rest:
            return
        weights = [self._claims[n].singles for n in rest]
        free = {c: self._free[c] for mine in weights for c in mine}
        total, pairs = best_pairs(weights, [self._claims[n].uses for n in rest], free)
        self._steps.made += 2 * len(rest)  # about what as many steps of the search cost
        if self._weight + total > self._best_weight:
            self._best_weight = self._weight + total
            single = [
                (rest[which], Hand(((c, -1),)))
                for (which, c), units in sorted(pairs.items())
                for _ in range(units)
            ]
            self._best = (*self._path, *single)
