"""From a UTC reading to the store's own time: business date, weekday, minute. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from offers.context import Moment, StoreFacts


def moment(
    utc: datetime, trusted: bool, store: StoreFacts, till_date: date | None = None
) -> Moment:
    """Say when it is in the store.

    Args:
        utc: the clock's reading, aware.
        trusted: whether that reading can be believed.
        store: zone name, and the hour until which a sale belongs to the day before.
        till_date: the till's own business date, which wins where there is a till.
    """
    local = utc.astimezone(ZoneInfo(store.time_zone))
    business_date = till_date or (local - timedelta(hours=store.day_ends_hour)).date()
    return Moment(
        utc=utc,
        trusted=trusted,
        business_date=business_date,
        weekday=business_date.weekday(),
        minute=local.hour * 60 + local.minute,
        past_midnight=local.date() > business_date,
    )
