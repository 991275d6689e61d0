"""kill -9 at a journal's operations, and half a write before it."""

from collections import Counter

import pytest

from tests.faults_disk.crash_images import killed


@pytest.mark.parametrize("fault", ["kill", "torn"])
def test_what_was_told_survives_a_kill_at_any_operation(shim, fault):
    """A lane killed at one operation after another has every answered row, in a whole chain."""
    found = Counter(verdict.what for verdict in killed(shim, fault, 1, 1000, 17, sales=1))
    assert set(found) == {"new", "whole"}  # new: killed before the first answer
    assert found["whole"] >= 10
