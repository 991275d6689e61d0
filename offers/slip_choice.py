"""The best offers for one slip: what may not stand side by side, and the set of highest score.

An exact branch and bound over the candidates in the order of their scores. Where one falls out,
the next that fits takes its place, because the whole set is chosen anew. `NODE_BUDGET` bounds it;
a slip has a few places, so that real lists of assignments stay far below.
"""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

from offers.context import Candidate, Mix
from offers.model import Offer, ProductSet, Selector
from offers.offer_sets import is_wide, sets_of
from offers.reasons import Finding, Reason, found
from offers.shelf import is_basket_reward, prefixes
from offers.slip_facts import SlipFacts

NODE_BUDGET = 20_000
MICRO = 1_000_000  # scores are compared as whole millionths: sums do not depend on their order


def worth(candidate: Candidate) -> int:
    """Give HQ's score in millionths; a score that is no number counts as 0."""
    score = candidate.assignment.score if candidate.assignment else 0.0
    return round(score * MICRO) if isfinite(score) else 0


def clash(one: Offer, other: Offer, facts: SlipFacts) -> Reason | None:
    """Say why two offers may not stand on one slip, or None where they may."""
    if overlap(one, other, facts):
        return Reason.BETTER_OFFER_CHOSEN
    if rivals(one, other, facts):
        return Reason.RIVAL_BRAND
    return None


def overlap(one: Offer, other: Offer, facts: SlipFacts) -> bool:
    """Tell whether two offers are about one product, as far as it can be known here.

    They are if a product that one of them names, or any known one, counts for both; if both name a
    brand or an attribute, or categories of which one lies in the other; or if both are about the
    whole basket.
    """
    if is_basket_reward(one) or is_basket_reward(other):
        return is_basket_reward(one) and is_basket_reward(other)
    return any(_meet(a, b, facts) for a in sets_of(one) for b in sets_of(other))


def _meet(a: ProductSet, b: ProductSet, facts: SlipFacts) -> bool:
    one, other = a.include, b.include
    if is_wide(one) and is_wide(other):
        if _share(one.brands, other.brands) or _share(one.attributes, other.attributes):
            return True
        if _paths_meet(one, other) or _paths_meet(other, one):
            return True
    return not facts.known(a).keys().isdisjoint(facts.known(b))


def _share(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return any(name in other for name in one)


def _paths_meet(one: Selector, other: Selector) -> bool:
    return any(path in prefixes(its) for its in one.categories for path in other.categories)


def rivals(one: Offer, other: Offer, facts: SlipFacts) -> bool:
    """Tell whether two offers are about brands that never stand on one slip."""
    pairs = facts.context.rivals
    if not pairs:
        return False
    mine, its = facts.brands(one), facts.brands(other)
    return any((a in mine and b in its) or (b in mine and a in its) for a, b in pairs)


def merged(mix: tuple[Mix, ...]) -> dict[str, Mix]:
    """Give one rule for each objective: of several, the strictest numbers."""
    rules: dict[str, Mix] = {}
    for rule in mix:
        old = rules.get(rule.objective, Mix(rule.objective))
        least, most = max(old.least, rule.least), min(old.most, rule.most)
        rules[rule.objective] = Mix(rule.objective, least, most)
    return rules


class Mark(NamedTuple):
    """How good a set is, the greater the better: first the mix, then the scores, then the number."""

    short: int  # of what the mix asks for, as a negative number
    worth: int
    size: int


class SlipChoice:
    """The choice among candidates that no rule holds back; a negative score is never printed."""

    def __init__(self, candidates: list[Candidate], facts: SlipFacts, places: int) -> None:
        self._facts = facts
        self._places = places
        some = [candidate for candidate in candidates if worth(candidate) >= 0]
        self._all = sorted(some, key=lambda it: (-worth(it), it.offer.offer_id))
        self._worth = [worth(it) for it in self._all]
        self._category = [facts.category(it.offer) for it in self._all]
        self._room = {c: self._left_in(c) for c in set(self._category) if c}
        self._mix = merged(facts.context.policy.mix)
        self._clashes: dict[tuple[int, int], Reason | None] = {}
        self.nodes = 0
        self._best = Mark(0, 0, 0)
        self._best_set: tuple[int, ...] = ()

    def _left_in(self, category: str) -> int:
        return self._facts.context.policy.category_month_cap - self._facts.issued_in(category)

    def run(self) -> list[Candidate]:
        """Give the best set: nearest to the mix, of those the highest total score.

        Of equals the larger, then the earlier by score and id.
        """
        self._best = Mark(-self._short(()), 0, 0)
        self._visit(0, (), 0)
        return [self._all[n] for n in self._best_set]

    def _visit(self, start: int, chosen: tuple[int, ...], total: int) -> None:
        self.nodes += 1
        short = self._short(chosen)
        mark = Mark(-short, total, len(chosen))
        if mark > self._best:
            self._best, self._best_set = mark, chosen
        places = self._places - len(chosen)
        for n in range(start, len(self._all)):
            reach = self._worth[n : n + places]
            hope = Mark(-max(0, short - len(reach)), total + sum(reach), len(chosen) + len(reach))
            if not reach or hope <= self._best or self.nodes >= NODE_BUDGET:
                return
            if self._fits(n, chosen):
                self._visit(n + 1, (*chosen, n), total + self._worth[n])

    def _short(self, chosen: tuple[int, ...]) -> int:
        return sum(max(0, it.least - self._of(it, chosen)) for it in self._mix.values() if it.least)

    def _of(self, rule: Mix, chosen: tuple[int, ...]) -> int:
        return sum(self._all[n].offer.objective == rule.objective for n in chosen)

    def _fits(self, n: int, chosen: tuple[int, ...]) -> bool:
        category = self._category[n]
        taken = sum(self._category[other] == category for other in chosen)
        if category and taken >= self._room[category]:
            return False
        rule = self._mix.get(self._all[n].offer.objective)
        if rule is not None and self._of(rule, chosen) >= rule.most:
            return False
        return all(self._clash(other, n) is None for other in chosen)

    def _clash(self, one: int, other: int) -> Reason | None:
        pair = (one, other)
        if pair not in self._clashes:
            self._clashes[pair] = clash(self._all[one].offer, self._all[other].offer, self._facts)
        return self._clashes[pair]


def why_not_chosen(
    candidate: Candidate, chosen: list[Candidate], facts: SlipFacts, full: Finding
) -> Finding:
    """Say what of a chosen slip keeps a candidate off it; `full` where it only has no place."""
    offer, policy = candidate.offer, facts.context.policy
    for other in chosen:
        reason = clash(offer, other.offer, facts)
        if reason is not None:
            return found(reason, by=other.offer.offer_id)
    category, cap = facts.category(offer), policy.category_month_cap
    same = sum(facts.category(other.offer) == category for other in chosen)
    if category and same and facts.issued_in(category) + same >= cap:
        return found(Reason.CAP_CATEGORY, cap=cap, category=category)
    rule = merged(policy.mix).get(offer.objective)
    if rule and sum(other.offer.objective == offer.objective for other in chosen) >= rule.most:
        return found(Reason.BETTER_OFFER_CHOSEN, cap=rule.most, objective=offer.objective)
    return full
