"""The hours in which a printer's memory may be written."""

from __future__ import annotations

import pytest

from agent.picture_desk import in_hours


@pytest.mark.parametrize(
    ("hours", "clock", "so"),
    [
        ("", "03:00", False),
        ("02:00-05:00", "01:59", False),
        ("02:00-05:00", "02:00", True),
        ("02:00-05:00", "04:59", True),
        ("02:00-05:00", "05:00", False),
        ("23:00-04:00", "23:00", True),
        ("23:00-04:00", "00:30", True),
        ("23:00-04:00", "04:00", False),
        ("23:00-04:00", "12:00", False),
    ],
)
def test_the_hours_hold_across_midnight(hours: str, clock: str, so: bool) -> None:
    """The first minute belongs to them, the last does not; none named: never."""
    hour, minute = clock.split(":")
    assert in_hours(hours, int(hour) * 60 + int(minute)) is so
