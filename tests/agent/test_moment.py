"""From UTC to the store's own day."""

from datetime import UTC, date, datetime

from agent.moment import moment
from offers.context import StoreFacts

BERLIN = StoreFacts("s1", time_zone="Europe/Berlin", day_ends_hour=3)


def test_a_sale_after_midnight_belongs_to_the_day_before():
    """With a day that ends at three, 01:30 on Tuesday is still Monday's business."""
    late = moment(datetime(2026, 11, 3, 0, 30, tzinfo=UTC), True, BERLIN)
    assert (late.business_date, late.weekday, late.minute) == (date(2026, 11, 2), 0, 90)


def test_the_tills_business_date_wins():
    """The till closes the day, not the clock; the minute stays the clock's."""
    there = moment(datetime(2026, 11, 3, 12, 0, tzinfo=UTC), True, BERLIN, date(2026, 11, 2))
    assert (there.business_date, there.weekday, there.minute) == (date(2026, 11, 2), 0, 780)


def test_summer_time_is_the_zones():
    """Noon UTC is two in the afternoon in July."""
    assert moment(datetime(2026, 7, 1, 12, tzinfo=UTC), True, BERLIN).minute == 14 * 60
