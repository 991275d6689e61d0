"""Day after day: deliveries, recalls, messages, visits; each visit ends with the real choice."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from msgspec import structs

from offers.context import Availability, IssueContext, Moment
from offers.issue import choose
from offers.model import PastUse
from offers.reasons import Reason
from tests.simulation.lanes import Cut, Line, Memory
from tests.simulation.log import Delivered, Event, Ghost, Issued, Recalled, Redeemed, Sold, Told
from tests.simulation.world import DAYS, FIRST, LANES, World

VISIT, MAIL, USE, DELIVERY = 0.07, 0.06, 0.3, 0.25  # chances: a day, a day, a visit, a day
BASKET = 2  # units bought at a visit, coupons aside


class Store:
    """One run: the log is what happened."""

    def __init__(self, world: World, seed: int, cuts: Iterable[Cut] = ()) -> None:
        self.world = world
        self.log: list[Event] = []
        self.reasons: Counter[Reason] = Counter()
        self._dice = random.Random(seed)
        budgets = {o.offer_id: o.max_issued for o in world.offers.values() if o.max_issued}
        self._memory = Memory(Line(cuts), LANES, budgets)
        self.supply = max(40, len(world.shoppers) // 40)  # units of one delivery
        self._on_hand = dict.fromkeys(world.products, self.supply)
        self._figures: dict[str, tuple[datetime, dict[str, int]]] = {}  # by lane: HQ's count
        self._sold: defaultdict[str, Counter[str]] = defaultdict(Counter)  # by lane, since it
        self._recalled: dict[str, frozenset[str]] = dict.fromkeys(LANES, frozenset())
        self._all_recalled: frozenset[str] = frozenset()
        self._pockets: defaultdict[int, list[tuple[str, date]]] = defaultdict(list)
        self._slips = 0

    def run(self, days: int = DAYS) -> list[Event]:
        """Play the days; gives the log."""
        for number in range(days):
            day = FIRST + timedelta(days=number)
            self._morning(number, day)
            for shopper in range(len(self.world.shoppers)):
                if self._dice.random() < VISIT:
                    self._visit(day, shopper, self._dice.choice(LANES))
        return self.log

    def _morning(self, number: int, day: date) -> None:
        for gtin, on_hand in self._on_hand.items():
            if on_hand < self.supply / 4 and self._dice.random() < DELIVERY:
                self._on_hand[gtin] += self.supply
                self.log.append(Delivered(day, gtin, self.supply))
        if number % 20 == 10:
            gtin = f"{number % 41:03}"
            self._all_recalled |= {gtin}
            self.log.append(Recalled(day, gtin))
        for lane in LANES:
            if not self._memory.line.cut(lane, day):
                self._figures[lane] = _at(day, 6), dict(self._on_hand)
                self._sold[lane].clear()
                self._recalled[lane] = self._all_recalled
        for shopper in range(len(self.world.shoppers)):
            if self._dice.random() < MAIL:
                self._memory.note("", day, shopper, PastUse("contact", "news", day, "", "email"))
                self.log.append(Told(day, shopper, "email"))
        self._memory.share_out(day)

    def _visit(self, day: date, shopper: int, lane: str) -> None:
        for gtin in self._dice.choices(list(self._on_hand), k=BASKET):
            self._sell(day, lane, gtin)
        self._use_coupons(day, shopper, lane)
        context = self._context(day, shopper, lane)
        decision = choose(context)
        self._slips += 1
        for chosen in decision.chosen:
            self._issue(day, shopper, lane, chosen.offer.offer_id)
        for verdict in decision.verdicts:
            self.reasons[verdict.reason] += 1
            if verdict.reason is Reason.HOLDOUT:
                self.log.append(Ghost(day, lane, shopper, verdict.offer_id))

    def _sell(self, day: date, lane: str, gtin: str) -> None:
        if self._on_hand[gtin] > 0:
            self._on_hand[gtin] -= 1
            self.log.append(Sold(day, lane, gtin))
            line = self._memory.line
            for other in LANES:  # a lane that is away neither tells nor hears
                if other == lane or not (line.cut(other, day) or line.cut(lane, day)):
                    self._sold[other][gtin] += 1

    def _use_coupons(self, day: date, shopper: int, lane: str) -> None:
        pocket = [it for it in self._pockets[shopper] if it[1] >= day]
        self._pockets[shopper] = []
        for offer, last in pocket:
            gtin = self.world.offers[offer].products.include.gtins[0]
            if self._dice.random() < USE and self._on_hand[gtin] > 0:
                self._sell(day, lane, gtin)
                self.log.append(Redeemed(day, lane, shopper, offer))
                self._memory.note(lane, day, shopper, PastUse("redeemed", offer, day))
            else:
                self._pockets[shopper].append((offer, last))

    def _issue(self, day: date, shopper: int, lane: str, offer: str) -> None:
        card = self.world.rules.cards[offer]
        last = min(card.ends, day + timedelta(days=card.coupon_days - 1))
        self._pockets[shopper].append((offer, last))
        self.log.append(Issued(day, lane, shopper, offer, self._slips))
        self._memory.note(lane, day, shopper, PastUse("issued", offer, day, card.category))

    def _context(self, day: date, shopper: int, lane: str) -> IssueContext:
        world, who = self.world, self.world.shoppers[shopper]
        as_of, figure = self._figures[lane]
        sold = self._sold[lane]
        stock = {
            gtin: Availability(max(0, figure[gtin] - sold[gtin]), as_of, world.pace[gtin])
            for gtin in who.products
        }
        return structs.replace(
            self._base(day),
            candidates=who.candidates,
            products=who.products,
            availability=stock,
            past=self._memory.past(lane, day, shopper),
            recalled=self._recalled[lane],
            panel=who.panel,
            lane=lane,
            issues_left=self._memory.issues_left(lane),
        )

    def _base(self, day: date) -> IssueContext:
        moment = Moment(_at(day, 15), True, day, day.weekday(), 900)
        world = self.world
        return IssueContext(
            moment,
            world.store,
            world.policy,
            (),
            {},
            {},
            rivals=world.rules.rivals,
            mass_promotions=world.promoted,
        )


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC)
