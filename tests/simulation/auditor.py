"""Reads a log and the rules, and finds what was done against them. Imports nothing of the product."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

from tests.simulation.log import (
    Delivered,
    Event,
    Ghost,
    Issued,
    Recalled,
    Redeemed,
    Rules,
    Sold,
    Told,
)

Knows = Callable[[Issued, Event], bool]  # whether the lane that prints knows of an earlier event
WEEK = timedelta(days=7)


class Breach(NamedTuple):
    """What was broken, and by which line of the log."""

    rule: str
    by: Event


def all_know(_: Issued, __: Event) -> bool:
    """Every lane knows everything at once."""
    return True


class Auditor:
    """Goes through a log once, keeping books of its own."""

    def __init__(self, rules: Rules, opening: dict[str, int], knows: Knows = all_know) -> None:
        self.rules = rules
        self.knows = knows
        self.on_hand = dict(opening)
        self.recalls: list[Recalled] = []
        self.given: Counter[str] = Counter()
        self.past: defaultdict[int, list[Issued | Redeemed | Told]] = defaultdict(list)
        self.away: Callable[[Issued], int] = lambda _: 0  # days since the lane last heard anything
        self.counted: Callable[[Issued], bool] = lambda _: True  # it knows of every lane's sales

    def audit(self, log: Iterable[Event]) -> list[Breach]:
        """List what was done against the rules, in the order of the log."""
        log = list(log)
        found = [Breach(rule, slip[0]) for slip in slips(log) for rule in self.slip(slip)]
        for event in log:
            found += [Breach(rule, event) for rule in self.take(event)]
        return found

    def take(self, event: Event) -> Iterator[str]:
        """Take one line of the log; give the rules that it breaks."""
        match event:
            case Delivered(_, gtin, units):
                self.on_hand[gtin] += units
            case Sold(_, _, gtin):
                self.on_hand[gtin] -= 1
                if self.on_hand[gtin] < 0:
                    yield "sold out"
            case Recalled():
                self.recalls.append(event)
            case Issued():
                yield from self.offer(event)
                yield from self.product(event)
                yield from self.shopper(event)
                self.past[event.shopper].append(event)
            case Redeemed() | Told():
                self.past[event.shopper].append(event)
            case Ghost(_, _, shopper, offer):
                if not self.is_held(shopper, offer):
                    yield "ghost of a treated shopper"

    def is_held(self, shopper: int, offer: str) -> bool:
        """Tell whether the experiment keeps an offer from a shopper."""
        campaign = self.rules.cards[offer].campaign
        return shopper in self.rules.held_out and campaign == self.rules.held_campaign

    def offer(self, event: Issued) -> Iterator[str]:
        """Check what depends on the offer alone."""
        card = self.rules.cards[event.offer]
        self.given[event.offer] += 1
        if card.most is not None and self.given[event.offer] > card.most:
            yield "budget"
        if not card.starts <= event.day <= card.ends:
            yield "dates"
        if not card.lawful:
            yield "law"
        if not (card.approved or card.panel):
            yield "approval"
        if card.panel and event.shopper not in self.rules.panel:
            yield "panel"
        if self.is_held(event.shopper, event.offer):
            yield "holdout"

    def product(self, event: Issued) -> Iterator[str]:
        """Check what depends on the products of the offer."""
        rules, gtins = self.rules, self.rules.cards[event.offer].gtins
        if any(it.gtin in gtins and self.knows(event, it) for it in self.recalls):
            yield "recall"
        if all(gtin in rules.promoted for gtin in gtins):
            yield "mass promotion"
        if all(rules.pace[gtin] < rules.slow_below for gtin in gtins):
            yield "low mover"
        if self.counted(event) and not any(self.enough(gtin) for gtin in gtins):
            yield "stock"
        if self.away(event) >= rules.figure_days:
            yield "old stock figure"

    def enough(self, gtin: str) -> bool:
        """Tell whether the shelf holds enough of a product for its sales."""
        units = self.on_hand[gtin]
        lasts = units * 28 >= self.rules.cover_days * self.rules.pace[gtin]
        return units >= self.rules.least_on_hand and lasts

    def shopper(self, event: Issued) -> Iterator[str]:
        """Check what depends on the shopper's past, as the lane could know it."""
        rules, card = self.rules, self.rules.cards[event.offer]
        past = [it for it in self.past[event.shopper] if self.knows(event, it)]
        printed = [it for it in past if isinstance(it, Issued)]
        month = [it for it in printed if it.day.strftime("%Y%m") == event.day.strftime("%Y%m")]
        if len(month) >= rules.person_month:
            yield "person and month"
        category = [it for it in month if rules.cards[it.offer].category == card.category]
        if len(category) >= rules.category_month:
            yield "category and month"
        week = [it for it in past if it.day > event.day - WEEK and not isinstance(it, Redeemed)]
        if len(week) >= rules.contact_week:
            yield "contacts"
        if sum(isinstance(it, Issued) for it in week) >= rules.receipt_week:
            yield "slips"
        yield from self.again(event, [it for it in past if getattr(it, "offer", "") == event.offer])

    def again(self, event: Issued, past: list[Issued | Redeemed | Told]) -> Iterator[str]:
        """Check an offer against its own past with the shopper."""
        quiet = timedelta(days=self.rules.quiet_days)
        used = [it for it in past if isinstance(it, Redeemed)]
        if any(event.day - it.day < quiet for it in used):
            yield "quiet time"
        lasts = timedelta(days=self.rules.cards[event.offer].coupon_days - 1)
        out = [it for it in past if isinstance(it, Issued) and it.day + lasts >= event.day]
        since = min((it.day for it in out), default=event.day)
        if len(out) > sum(it.day >= since for it in used):
            yield "still out"

    def slip(self, slip: list[Issued]) -> Iterator[str]:
        """Check what stands on one slip."""
        rules = self.rules
        if len(slip) > rules.slip:
            yield "slip"
        cards = [rules.cards[event.offer] for event in slip]
        for one, other in itertools.combinations(cards, 2):
            if one.gtins & other.gtins:
                yield "one discount a product"
            for a, b in rules.rivals:
                if (a in one.brands and b in other.brands) or (
                    b in one.brands and a in other.brands
                ):
                    yield "rival brands"


def slips(log: Iterable[Event]) -> list[list[Issued]]:
    """Put together what was printed at one visit."""
    found: defaultdict[int, list[Issued]] = defaultdict(list)
    for event in log:
        if isinstance(event, Issued):
            found[event.slip].append(event)
    return list(found.values())
