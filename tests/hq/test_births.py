"""What headquarters learns from births: a clock that is off, a release, a second machine of one name."""

from datetime import timedelta

from msgspec import structs

from hq.inbox import Inbox
from hq.reports import lanes
from sync.messages import Status
from tests.hq.conftest import NOON

BORN = Status(True, "s001", "1", "a" * 16, app="tillside 0.2.0", clock=NOON, boot="b1", schema=1)


def line(store, now=NOON):
    return next(one for one in lanes(store, now) if one["lane"] == "1")


def hear(store, minute: int, stored: bool = False, **facts) -> None:
    now = NOON + timedelta(minutes=minute)
    status = structs.replace(BORN, **({"clock": now} | facts))
    Inbox(store).status("s001", "1", status, now, stored)


def test_a_clock_that_is_off_is_seen_at_once(store) -> None:
    """Three minutes slow, then right; the release and the schema that the lane reads stand beside."""
    hear(store, 0, clock=NOON - timedelta(minutes=3))
    assert line(store)["skew_s"] == -180
    hear(store, 1)
    assert line(store)["skew_s"] == 0
    assert (line(store)["app"], line(store)["schema"]) == ("tillside 0.2.0", 1)


def test_a_kept_word_and_a_will_say_nothing_of_the_clock(store) -> None:
    """Both are old when they come: the broker kept them."""
    hear(store, 60, stored=True, clock=NOON)
    assert line(store)["skew_s"] is None
    hear(store, 61, online=False, clock=NOON)
    assert line(store)["skew_s"] is None


def test_a_kept_word_that_is_known_makes_no_lane_fresher(store) -> None:
    """Headquarters connects anew an hour later: the lane was last seen then, not now."""
    hear(store, 0)
    hear(store, 60, stored=True, clock=NOON)
    assert line(store, NOON + timedelta(minutes=60))["seen_s"] == 3600


def test_a_restart_is_no_second_machine(store) -> None:
    """Each run of the agent has a word of its own; an older one never speaks again."""
    for minute, boot in enumerate(["b1", "b1", "b2", "b3", "b3"]):
        hear(store, minute, boot=boot)
    assert line(store)["twin"] is False


def test_a_run_that_comes_back_after_another_is_a_second_machine(store) -> None:
    """Two clones take turns: flagged at the third word."""
    for minute, boot in enumerate(["b1", "b2"]):
        hear(store, minute, boot=boot)
    assert line(store)["twin"] is False
    hear(store, 2, boot="b1")
    assert line(store)["twin"] is True


def test_boots_are_not_kept_without_end(store) -> None:
    """Twenty of a lane, however often it restarts; other lanes' stay."""
    Inbox(store).status("s001", "2", structs.replace(BORN, lane="2"), NOON)
    for number in range(30):
        hear(store, number, boot=f"boot{number}")
    counts = dict(store.conn.execute("SELECT lane, count(*) FROM boots GROUP BY 1"))
    assert counts == {"1": 20, "2": 1}
