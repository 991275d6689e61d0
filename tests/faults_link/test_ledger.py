"""Whatever the line, the clock and the processes do: headquarters has the fault-free days' rows."""

import pytest

from tests.faults_link.trading import TROUBLES, ledger, same

HOURS = 22  # of the four days that `make chaos` lives; the line is cut after twelve


@pytest.fixture(scope="module")
def good() -> list:
    """The same hours on a good line."""
    return []


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda it: it.__name__)
async def test_headquarters_has_the_fault_free_runs_ledger(good, trouble):
    """To the row: what was sold, claimed, given back, in its order, each exactly once."""
    if not good:
        good += await ledger(3, hours=HOURS)
        assert len(good) > 25
        assert {kind for kind, _, _ in good} >= {"tendered", "claim_granted", "returned", "voided"}
    assert same(await ledger(3, trouble, HOURS), good, trouble)
