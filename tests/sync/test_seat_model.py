"""A store's arbiter can be replaced under way, and claims be relayed: every state, and each rule."""

import os

import pytest

from tests.sync.seat_model import Bug, SeatModel, larger

WORLDS = int(os.environ.get("TILLSIDE_MODEL_WORLDS", "0"))  # how many, of the larger settings


@pytest.mark.parametrize(
    "model",
    [
        SeatModel(home=2, voids=False),
        SeatModel(home=1, away=1, voids=False),
        SeatModel(home=1, cap=1, crashes=1),
    ],
    ids=["2 lanes", "one of another store", "offline"],
)
def test_a_change_of_arbiter_keeps_the_promises(model: SeatModel) -> None:
    """Whatever is lost, repeated or late around the change, S1, S2, L1 and L2 hold."""
    found, seen = model.search()
    assert found is None
    assert seen > 1000


@pytest.mark.parametrize(
    ("bug", "setting", "promise"),
    [
        ("grants_before_copy", {"home": 1, "away": 1}, "S1"),
        ("grants_before_oaths", {}, "S1"),
        ("old_grants_count", {}, "S1"),
        ("oath_without_held", {}, "S1"),
        ("relay_forgets", {"home": 1, "away": 1}, "S1"),
        ("relay_of_the_old", {"home": 1, "away": 1}, "S1"),
        ("failover", {}, "S1"),
        ("second_use_forgotten", {"cap": 1}, "L2"),
    ],
)
def test_each_rule_of_the_change_is_needed(bug: Bug, setting: dict[str, int], promise: str) -> None:
    """Grant before copy, fail over, trust an old grant: each ends in a broken promise."""
    found, _ = SeatModel(bug=bug, voids=False, **setting).search()
    assert found is not None
    assert found.promise.startswith(promise)


def test_a_claim_stays_in_the_term_that_it_was_relayed_in() -> None:
    """Carried to the next arbiter, a late copy of a denied claim would lock the serial for ever."""
    found, _ = SeatModel(home=1, away=1, bug="relayed_anew").search()
    assert found is not None
    assert found.promise.startswith("L1")


@pytest.mark.skipif(not WORLDS, reason="TILLSIDE_MODEL_WORLDS says how many worlds to visit")
@pytest.mark.parametrize("model", larger(), ids=repr)
@pytest.mark.timeout(7200)
def test_larger_settings_keep_the_promises(model: SeatModel) -> None:
    """As far as the number of worlds reaches."""
    found, _ = model.search(WORLDS)
    assert found is None
