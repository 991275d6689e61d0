"""kill -9 at a journal's operations, and half a write before it."""

from collections import Counter

import pytest

from tests.faults_disk.crash_images import killed


@pytest.mark.parametrize("fault", ["kill", "torn"])
def test_what_was_told_survives_a_kill_at_any_operation(shim, fault):
    """A lane killed at one operation after another has every answered row, in a whole chain."""
    first = Counter(verdict.what for verdict in killed(shim, fault, 1, 24, 5))
    later = Counter(verdict.what for verdict in killed(shim, fault, 150, 2400, 211))
    assert set(first + later) <= {"new", "whole"}  # new: killed before the first answer
    assert later["whole"] >= 10
