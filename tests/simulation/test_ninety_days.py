"""Ninety days, ten thousand shoppers, four lanes, the real choice; and an auditor who only has the log.

TILLSIDE_SIMULATION_SHOPPERS sets another number of shoppers.
"""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import date, timedelta

import pytest

from offers.reasons import Reason
from tests.simulation.auditor import Auditor, slips
from tests.simulation.days import Store
from tests.simulation.lanes import Cut
from tests.simulation.log import Ghost, Issued, Recalled
from tests.simulation.world import DAYS, FIRST, LANES, make_world

SHOPPERS = int(os.environ.get("TILLSIDE_SIMULATION_SHOPPERS", "10000"))
CUTS = (
    Cut("2", FIRST + timedelta(days=12), FIRST + timedelta(days=16)),
    Cut("1", FIRST + timedelta(days=35), FIRST + timedelta(days=38)),
    Cut("4", FIRST + timedelta(days=36), FIRST + timedelta(days=45)),
    Cut("3", FIRST + timedelta(days=70), FIRST + timedelta(days=71)),
)
EXPECTED = {  # the reasons that ninety days must have met: no rule is idle
    Reason.APPLIED, Reason.HOLDOUT, Reason.QUIET_TIME, Reason.CAP_PERSON, Reason.CAP_CATEGORY,
    Reason.CONTACT_CAP, Reason.RIVAL_BRAND, Reason.BETTER_OFFER_CHOSEN, Reason.BUDGET_EXHAUSTED,
    Reason.OUT_OF_STOCK, Reason.LOW_MOVER, Reason.RECALLED, Reason.MASS_PROMO_CLASH,
    Reason.NOT_APPROVED, Reason.NOT_ASSIGNED, Reason.LEGAL_ALCOHOL, Reason.NOT_STARTED, Reason.EXPIRED,
}  # fmt: skip


@pytest.fixture(scope="module")
def world():
    """Give the same world to both runs."""
    return make_world(20261101, SHOPPERS)


def opening(store):
    return dict.fromkeys(store.world.products, store.supply)


def cut_of(lane, day):
    """Give the cut that a lane is in on a day."""
    return next((it for it in CUTS if it.lane == lane and it.first <= day <= it.last), None)


def known_from(event):
    """Give the day from which lanes in touch know of an event."""
    cut = cut_of(getattr(event, "lane", ""), event.day)
    return cut.last + timedelta(days=1) if cut else event.day


def could_know(now, before):
    """Tell whether a lane could know of an earlier event: its own, or one it was told of in time."""
    if getattr(before, "lane", "") == now.lane:
        return True
    cut = cut_of(now.lane, now.day)
    return known_from(before) < cut.first if cut else known_from(before) <= now.day


def all_in_touch(event):
    """Tell whether no lane was cut off on a day: only then is every sale known everywhere."""
    return not any(it.first <= event.day <= it.last for it in CUTS)


def days_away(event):
    """Give the days since a lane last heard anything; 0 for one in touch."""
    cut = cut_of(event.lane, event.day)
    return (event.day - cut.first).days + 1 if cut else 0


@pytest.mark.timeout(900)
def test_no_cap_is_broken_while_lanes_share_their_counters(world):
    """Not one breach of any rule; every rule was needed; budgets were given out to the last one."""
    store = Store(world, seed=1)
    log = store.run()
    auditor = Auditor(world.rules, opening(store))
    assert auditor.audit(log) == []
    assert set(store.reasons) >= EXPECTED
    printed = sum(isinstance(it, Issued) for it in log)
    assert printed > SHOPPERS  # more than one each: the rules do not hold by printing nothing
    assert {it.lane for it in log if isinstance(it, Issued)} == set(LANES)
    spent = [auditor.given[name] / it.most for name, it in world.rules.cards.items() if it.most]
    assert max(spent) == 1.0 or SHOPPERS < 5000


@pytest.mark.timeout(900)
def test_while_lanes_are_cut_off_the_stated_bound_holds(world):
    """A cut-off lane keeps every rule as far as it can know; in all, each side counts for itself.

    A shopper's caps hold at each side: at the lanes in touch, and at each lane that is cut off. So
    a shopper who visits k lanes while they are cut off gets at most (1 + k) times a cap. A recall
    stops a cut-off lane once it is back; what it sold is missing from the others' stock figures until
    the next count. What a slip holds, first N, dates, law, panel, holdout: never broken at all.
    """
    store = Store(world, seed=2, cuts=CUTS)
    log = store.run()
    auditor = Auditor(world.rules, opening(store), could_know)
    auditor.away, auditor.counted = days_away, all_in_touch
    assert auditor.audit(log) == []
    blind = Auditor(world.rules, opening(store))
    blind.away = days_away
    broken = {breach.rule for breach in blind.audit(log)}
    # These, and no others, can be broken in all; a cut that broke none would prove nothing.
    assert broken <= {
        "person and month", "category and month", "contacts", "slips", "quiet time", "still out",
        "recall", "stock",
    }  # fmt: skip
    assert {"still out", "contacts"} <= broken or SHOPPERS < 5000
    assert beyond_the_bound(log, world.rules) == []
    assert all(it.day <= FIRST + timedelta(days=DAYS) for it in log)


def beyond_the_bound(log, rules):
    """List what is above cap x sides for a shopper and month, category, or week."""
    printed = defaultdict(list)
    for event in log:
        if isinstance(event, Issued):
            printed[event.shopper].append(event)
    return [
        (shopper, what, group)
        for shopper, events in printed.items()
        for what, group, cap in groups(events, rules)
        if len(group) > cap * sides(group)
    ]


def groups(events, rules):
    """Give what a cap counts together: (its name, the events, the cap)."""
    for month in {it.day.replace(day=1) for it in events}:
        mine = [it for it in events if it.day.replace(day=1) == month]
        yield "month", mine, rules.person_month
        for category in {rules.cards[it.offer].category for it in mine}:
            alike = [it for it in mine if rules.cards[it.offer].category == category]
            yield "category", alike, rules.category_month
    for last in {it.day for it in events}:
        week = [it for it in events if timedelta(0) <= last - it.day < timedelta(days=7)]
        yield "slips", week, rules.receipt_week


def sides(group):
    """Count the sides that printed: those in touch are one, each cut-off lane is one more."""
    return len({it.lane if cut_of(it.lane, it.day) else "together" for it in group})


@pytest.mark.timeout(900)
def test_the_same_seed_plays_the_same_days():
    """Two runs of a small store, line for line; another seed gives other lines."""
    small = make_world(7, 60)
    logs = [Store(small, seed).run(30) for seed in (3, 3, 4)]
    assert logs[0] == logs[1] != logs[2]


def test_recalls_and_holdouts_are_in_the_log():
    """A run that met neither would not prove that they hold."""
    small = make_world(7, 300)
    log = Store(small, 5).run(40)
    assert {type(it) for it in log} >= {Recalled, Ghost}
    assert len(slips(log)) > 100
    assert min(it.day for it in log) == date(2026, 8, 1)
