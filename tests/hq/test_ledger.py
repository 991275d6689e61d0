"""The arbiter's rules hold on headquarters' file, and outlast the process."""

import pytest

from hq.ledger import HqLedger
from hq.store import open_store
from sync.arbiter import Arbiter
from tests.arbiter_suite import NINE, SERIAL, TEN, A, ArbiterSuite, B, ask


class TestHqLedger(ArbiterSuite):
    """Every rule of the suite, on SQLite."""

    @pytest.fixture
    def ledger(self, store) -> HqLedger:
        return HqLedger(store.conn)


def test_a_grant_survives_a_restart(tmp_path) -> None:
    """The second process denies what the first one gave away."""
    first = open_store(tmp_path / "hq.db", make=True)
    with first.change():
        assert Arbiter(HqLedger(first.conn)).on_claim(ask(A), "s1/1", NINE).answer == "grant"
    first.close()
    second = open_store(tmp_path / "hq.db")
    answer = Arbiter(HqLedger(second.conn)).on_claim(ask(B), "s1/2", TEN)
    assert (answer.answer, answer.where, answer.when) == ("deny", "s1/1", NINE)
    second.close()


def test_a_grant_that_was_not_committed_is_none(store) -> None:
    """A failure before the commit takes the grant back with everything else."""
    ledger = HqLedger(store.conn)

    def fail_after_the_grant() -> None:
        with store.change():
            Arbiter(ledger).on_claim(ask(A), "s1/1", NINE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_the_grant()
    assert ledger.holding(SERIAL) is None


def test_a_release_outlasts_a_denial(store) -> None:
    """A denial after a release changes nothing; a release after a denial does."""
    ledger = HqLedger(store.conn)
    ledger.bury(SERIAL, A, "released")
    ledger.bury(SERIAL, A, "denied")
    ledger.bury(SERIAL, B, "denied")
    assert (ledger.grave(SERIAL, A), ledger.grave(SERIAL, B)) == ("released", "denied")
    ledger.bury(SERIAL, B, "released")
    assert ledger.grave(SERIAL, B) == "released"
