"""Hours of the day and days of the week in which an offer holds, by the clock on the store's wall."""

from __future__ import annotations

from offers.context import Moment
from offers.model import Daypart


def holds_now(daypart: Daypart, moment: Moment) -> bool:
    """Tell whether a moment lies in a daypart. The end minute is not in it.

    Minutes are those of the clock on the wall: an hour that summer time skips never comes, one that
    winter time repeats holds twice. The weekday is that of the business date, so that "Friday" ends
    when the store's Friday does. A daypart that ends before it starts runs past midnight, and its
    weekday is the one on which it began: "Friday 22:00 to 02:00" holds on Saturday's wall at 01:00,
    whether or not the store still counts that as Friday.
    """
    since, until, minute = daypart.from_minute, daypart.to_minute, moment.minute
    if since <= until:
        return since <= minute < until and moment.weekday in daypart.weekdays
    if minute >= since:
        return moment.weekday in daypart.weekdays
    began = moment.weekday if moment.past_midnight else (moment.weekday - 1) % 7
    return minute < until and began in daypart.weekdays


def next_today(dayparts: tuple[Daypart, ...], moment: Moment) -> Daypart:
    """Give the first daypart that still comes today, else the first of today, else the first."""
    today = [it for it in dayparts if moment.weekday in it.weekdays]
    later = [it for it in today if it.from_minute > moment.minute]
    return (later or today or dayparts)[0]


def clock_time(minute: int) -> str:
    """Write a minute of the day as a clock shows it: "17:30"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
