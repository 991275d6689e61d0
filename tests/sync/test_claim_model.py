"""The claim protocol keeps its promises in every reachable state, and each rule is needed."""

import pytest

from tests.sync.claim_model import Bug, Model


@pytest.mark.parametrize(
    "model",
    [Model(lanes=2, attempts=2), Model(lanes=3, attempts=1), Model(attempts=1, cap=1, crashes=2)],
    ids=["deny, 2 lanes x 2", "deny, 3 lanes x 1", "offline, 2 lanes x 1"],
)
def test_the_protocol_keeps_its_promises(model: Model) -> None:
    """No way of losing, repeating, reordering, crashing and voiding breaks S1, S2, L1 or L2."""
    found, seen = model.search()
    assert found is None
    assert seen > 100


@pytest.mark.parametrize(
    ("bug", "cap", "promise"),
    [
        ("no_tombstone", 0, "L1"),
        ("release_by_serial", 0, "L1"),
        ("arbiter_not_durable", 0, "L1"),
        ("no_release", 0, "L1"),
        ("late_grant", 0, "L1"),
        ("claim_not_journaled", 0, "L1"),
        ("deny_not_final", 0, "L1"),
        ("report_after_deny_ignored", 1, "L2"),
        ("claims_expire", 0, "L1"),
        ("second_use_forgotten", 1, "L1"),
    ],
)
def test_each_rule_is_needed(bug: Bug, cap: int, promise: str) -> None:
    """Without the rule, a few steps break a promise: the search would see a fault like it."""
    found, _ = Model(cap=cap, bug=bug).search()
    assert found is not None
    assert found.promise.startswith(promise)
    assert 2 <= len(found.way) <= 8


def test_expiry_ends_in_two_online_redemptions() -> None:
    """A claim that expires at the arbiter lets a second lane redeem while the first one has."""
    found, _ = Model(bug="claims_expire", watch="S").search()
    assert found is not None
    assert found.promise.startswith("S1")
    assert len(found.way) == 7
