"""kill -9 of a lane, of headquarters, of the broker between them: every answered row arrives, once."""

import pytest

from tests.faults_link.killed_ends import live

KILLS = 4


@pytest.mark.parametrize(
    ("who", "fault", "first"),
    [("lane", "netkill", 3), ("lane", "nettorn", 20), ("hq", "netkill", 9)],
)
def test_an_end_that_is_killed_at_a_socket_call_loses_nothing(shim, who, fault, first):
    """At one call after another, from the connection to the last acknowledgement; `make chaos` has all."""
    found = live(shim, fault, who, first, KILLS)
    assert (found.killed, found.lost, found.strange) == (KILLS, 0, 0)
    assert found.rows >= 6


def test_a_broker_that_is_killed_and_comes_back_empty_loses_nothing(shim):
    """Three times while rows are under way, with all that it had stored: they are sent anew."""
    found = live(shim, "none", "nobody", 1, 150, brokers=3)
    assert (found.rows, found.lost, found.strange) == (150, 0, 0)
