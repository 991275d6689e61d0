"""In which hours and on which days an offer holds, by the clock on the store's wall."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from agent.moment import moment
from offers.context import StoreFacts
from offers.gates import findings
from offers.hours import holds_now
from offers.model import Daypart
from offers.reasons import Reason

NIGHT = Daypart(weekdays=(4,), from_minute=1320, to_minute=120)  # Friday 22:00 to 02:00
THURSDAY, FRIDAY, SATURDAY = 3, 4, 5


@pytest.mark.parametrize(
    ("weekday", "clock", "past_midnight", "holds"),
    [
        (FRIDAY, "21:59", False, False),
        (FRIDAY, "22:00", False, True),
        (FRIDAY, "23:59", False, True),
        # the store's Friday goes on behind midnight
        (FRIDAY, "00:00", True, True),
        (FRIDAY, "01:59", True, True),
        (FRIDAY, "02:00", True, False),
        # the store's day ends at midnight: the night that began on Friday is Saturday's
        (SATURDAY, "01:59", False, True),
        (SATURDAY, "02:00", False, False),
        (SATURDAY, "22:00", False, False),
        # Friday before dawn belongs to Thursday's night
        (FRIDAY, "01:00", False, False),
        (THURSDAY, "23:00", False, False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_began(make, weekday, clock, past_midnight, holds):
    """Wherever the store's day ends, Friday's night is the same hours."""
    hour, minute = map(int, clock.split(":"))
    moment = msgspec.structs.replace(
        make.noon, weekday=weekday, minute=60 * hour + minute, past_midnight=past_midnight
    )
    assert holds_now(NIGHT, moment) is holds


def at(utc, day_ends_hour=0):
    store = StoreFacts("S1", time_zone="Europe/Berlin", day_ends_hour=day_ends_hour)
    return moment(datetime.fromisoformat(utc).replace(tzinfo=UTC), True, store)


@pytest.mark.parametrize("day_ends_hour", [0, 4])
def test_a_night_in_the_stores_zone(day_ends_hour):
    """2026-11-20 is a Friday; Berlin is an hour ahead of UTC: 22:00 to 02:00 is 21:00 to 01:00."""
    hours = {
        "2026-11-20T20:59": False,
        "2026-11-20T21:00": True,
        "2026-11-21T00:59": True,
        "2026-11-21T01:00": False,
        "2026-11-20T00:30": False,  # Thursday's night
    }
    for utc, holds in hours.items():
        assert holds_now(NIGHT, at(utc, day_ends_hour)) is holds, utc


def test_a_weekday_is_that_of_the_business_date():
    """All Friday: at 01:00 on Saturday's wall it holds still where the store's Friday does."""
    friday = Daypart(weekdays=(4,))
    assert holds_now(friday, at("2026-11-21T00:00", day_ends_hour=4))
    assert not holds_now(friday, at("2026-11-21T00:00", day_ends_hour=0))
    assert not holds_now(friday, at("2026-11-20T00:00", day_ends_hour=4))


def test_an_hour_that_winter_repeats_holds_twice():
    """On 2026-10-25, a Sunday, Berlin's clocks go from 03:00 back to 02:00 (at 01:00 UTC)."""
    between = Daypart(weekdays=(6,), from_minute=120, to_minute=180)
    hours = {"00:00": True, "00:59": True, "01:00": True, "01:59": True, "02:00": False}
    for utc, holds in hours.items():
        assert holds_now(between, at(f"2026-10-25T{utc}")) is holds, utc
    assert not holds_now(between, at("2026-10-24T23:59"))


def test_an_hour_that_summer_skips_never_comes():
    """On 2026-03-29 Berlin's clocks go from 02:00 to 03:00 (at 01:00 UTC)."""
    skipped = Daypart(from_minute=120, to_minute=180)
    around = Daypart(from_minute=60, to_minute=240)
    minutes = [f"2026-03-29T{hour:02d}:{minute:02d}" for hour in range(4) for minute in range(60)]
    assert not any(holds_now(skipped, at(utc)) for utc in minutes)
    assert sum(holds_now(around, at(utc)) for utc in minutes) == 2 * 60  # three hours on the wall


def test_the_night_of_a_clock_change_goes_by_the_wall():
    """Saturday 22:00 to 02:30: the half hour that winter time repeats holds again, as the wall says."""
    night = Daypart(weekdays=(5,), from_minute=1320, to_minute=150)
    hours = {
        "2026-10-24T19:59": False,
        "2026-10-24T20:00": True,  # 22:00 summer time
        "2026-10-24T22:30": True,  # 00:30 on Sunday's wall
        "2026-10-25T00:29": True,  # 02:29 summer time
        "2026-10-25T00:30": False,  # 02:30
        "2026-10-25T01:00": True,  # 02:00 again, winter time
        "2026-10-25T01:30": False,
    }
    for utc, holds in hours.items():
        assert holds_now(night, at(utc)) is holds, utc


@pytest.mark.parametrize(
    ("dayparts", "evidence"),
    [
        # it is Friday noon: the next hours of today are named, not those of another day
        (
            (Daypart((0,), 600, 660), Daypart((4,), 480, 540), Daypart((4,), 1020, 1140)),
            {"from": "17:00", "to": "19:00", "weekdays": "4"},
        ),
        # today's are over: they are named all the same
        (
            (Daypart((0,), 600, 660), Daypart((5, 4), 480, 540)),
            {"from": "08:00", "to": "09:00", "weekdays": "4, 5"},
        ),
        # none today
        (
            (Daypart((0, 1), 600, 660), Daypart((5,), 480, 540)),
            {"from": "10:00", "to": "11:00", "weekdays": "0, 1"},
        ),
        ((Daypart(to_minute=60),), {"from": "00:00", "to": "01:00"}),
    ],
)
def test_the_hours_that_are_said_come_next(make, dayparts, evidence):
    """Hours of today that still come are said first; weekdays where not every day is meant."""
    candidate = make.candidate(make.offer(dayparts=dayparts))
    (finding,) = findings(make.context([candidate], []))
    assert (finding.reason, finding.evidence) == (Reason.WRONG_DAYPART, evidence)
