"""Who may give how much, and what a badge is good for."""

from __future__ import annotations

import msgspec
import pytest

from staff_help.goodwill import GoodwillRules
from staff_help.roles import (
    Member,
    RoleLimits,
    Staff,
    SupervisorLimits,
    at_least,
    money_role,
    rules_for,
)

STAFF = Staff(
    supervisor=SupervisorLimits(15_00, 80_00, 30_00),
    member=(
        Member("1204", "cashier", badge="ab" * 16),
        Member("s7", "supervisor", pin="$argon2id$x"),
        Member("m1", "manager", badge="cd" * 16, pin="$argon2id$y", stores=("s002",)),
        Member("m2", "manager"),
    ),
)
LANE = GoodwillRules(case_max_minor=300, funder="store 7", usual_minor=70)


def test_each_role_may_do_what_the_one_before_may():
    """A manager passes for a cashier, never the other way round."""
    assert at_least("manager", "cashier")
    assert at_least("supervisor", "supervisor")
    assert not at_least("cashier", "supervisor")


@pytest.mark.parametrize(
    ("role", "proof", "money"),
    [
        ("manager", "pin", "manager"),
        ("manager", "badge", "cashier"),
        ("supervisor", "badge", "cashier"),
        ("cashier", "pin", "cashier"),
    ],
)
def test_a_badge_gives_a_cashiers_limits_alone(role, proof, money):
    """It can be borrowed; only a PIN gives the role's own limits."""
    assert money_role(role, proof) == money


def test_headquarters_limits_take_the_place_of_the_lanes():
    """What the lane says of funder and usual amount stays its own."""
    rules = rules_for("supervisor", STAFF, LANE)
    assert (rules.case_max_minor, rules.shift_max_minor, rules.shopper_max_minor) == (
        1500,
        8000,
        3000,
    )
    assert (rules.funder, rules.usual_minor) == ("store 7", 70)
    assert rules_for("manager", None, LANE) is LANE


def test_people_are_found_by_id_and_by_badge():
    """A person without a badge is not found by an empty one."""
    assert STAFF.known("s7").role == "supervisor"
    assert STAFF.known("nobody") is None
    assert STAFF.by_badge("ab" * 16).id == "1204"
    assert STAFF.by_badge("") is None


def test_who_may_approve_has_a_pin_and_more_than_a_cashiers_role():
    """A manager without a PIN cannot; nor can somebody of another store."""
    assert [one.id for one in STAFF.approvers()] == ["s7", "m1"]
    assert [one.id for one in STAFF.of_store("s001").member] == ["1204", "s7", "m2"]
    assert [one.id for one in STAFF.of_store("s002").approvers()] == ["s7", "m1"]


@pytest.mark.parametrize("bad", ["", "a b", "x" * 33, "*", ".x", "x\n"])
def test_an_id_is_plain(bad):
    """It stands in rows and beside lockouts: letters, digits, dot, dash, underscore."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"id": bad, "role": "cashier"}, Member)


@pytest.mark.parametrize("minor", [-1, 100_001])
def test_limits_are_ranged(minor):
    """0 to 1,000.00."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"case_max_minor": minor}, RoleLimits)
