"""Whether the lane's time can be believed."""

from datetime import UTC, datetime, timedelta

from agent.trust import TimeTrust

FLOOR = datetime(2026, 11, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_a_clock_that_boots_in_1970_is_not_believed():
    """Below the floor nothing is trusted; above it the next reading is, once HQ agrees."""
    trust = TimeTrust(FLOOR)
    assert not trust.look(datetime(1970, 1, 1, tzinfo=UTC), 0.0)
    assert not trust.look(NOON, 1.0)  # from 1970 to today is a jump as well
    trust.heard_from_hq(NOON, NOON)
    assert trust.look(NOON + timedelta(seconds=1), 2.0)


def test_a_clock_that_runs_is_believed():
    """Wall and monotonic time in step are trusted."""
    trust = TimeTrust(FLOOR)
    assert all(trust.look(NOON + timedelta(minutes=n), 60.0 * n) for n in range(200))


def test_a_jump_of_a_day_is_not_believed_until_headquarters_agrees():
    """Forward or back, a jump stays untrusted, however long ago it was."""
    for day in (timedelta(days=1), timedelta(days=-1)):
        trust = TimeTrust(FLOOR)
        assert trust.look(NOON, 0.0)
        assert not trust.look(NOON + day, 1.0)
        assert not trust.look(NOON + day + timedelta(hours=1), 3601.0)
        trust.heard_from_hq(NOON, NOON + day)
        assert not trust.look(NOON + day, 3602.0)


def test_a_drift_of_less_than_five_minutes_is_believed():
    """A time server that sets the clock by minutes does no harm."""
    trust = TimeTrust(FLOOR)
    assert trust.look(NOON, 0.0)
    assert trust.look(NOON + timedelta(minutes=4, seconds=59), 0.0)


def test_headquarters_time_raises_the_floor():
    """What HQ has stamped has passed: an older clock is wrong."""
    trust = TimeTrust(FLOOR)
    trust.heard_from_hq(NOON, NOON)
    assert trust.floor == NOON
    assert not trust.look(NOON - timedelta(minutes=6), 0.0)
