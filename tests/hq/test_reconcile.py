"""Every use that was accepted unasked ends: accepted, honoured, charged or given back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from hq import cli
from hq.claim_commands import cases
from hq.inbox import Inbox
from hq.reconcile import Before, Case, lane_risk, within_caps
from offers.context import Risk
from offers.model import OfferId, Serial
from offers.records import ClaimId, Claiming, ClaimProvisional, ClaimReleased, Uid
from tests.hq.conftest import NOON, LaneJournal

RISK = Risk(lane_count=2, lane_minor=1000, shopper_count=1, shopper_minor=500, serial_max_minor=600)
FULL = Before(2, 1000, 1, 500)
CASE = Case("s001", "1", NOON, 500, "anna")


@pytest.mark.parametrize(
    ("case", "before", "allowed"),
    [
        (CASE, FULL, True),
        (CASE, Before(3, 900, 1, 500), False),
        (CASE, Before(2, 1001, 1, 500), False),
        (CASE, Before(2, 1000, 2, 500), False),
        (CASE, Before(2, 1000, 1, 501), False),
        (Case("s001", "1", NOON, 601, "anna"), FULL, False),
        (Case("s001", "1", NOON, 500, None), Before(2, 1000, 9, 9000), True),
    ],
)
def test_each_cap_binds(case: Case, before: Before, allowed: bool) -> None:
    """Count and money of the lane, of the shopper, and the worth of one coupon."""
    assert within_caps(case, before, RISK) is allowed


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 40))
def test_lanes_apart_keep_within_the_caps_of_the_store(cap: int, store: int, lanes: int) -> None:
    """However many lanes are cut off from each other, their shares sum to no more than the store's."""
    share = lane_risk(
        Risk(lane_count=cap, store_count=store, lane_minor=cap, store_minor=store), lanes
    )
    assert share.lane_count * lanes <= store
    assert share.lane_minor * lanes <= store
    assert share.lane_count <= cap


SERIAL = Serial("000000010007")


@pytest.fixture
def inbox(store, publish) -> Inbox:
    publish()
    return Inbox(store)


def accept(journal: LaneJournal, value: int, minutes: int, serial: Serial = SERIAL) -> ClaimId:
    """Let a lane accept a coupon unasked."""
    at = NOON + timedelta(minutes=minutes)
    row = Claiming(Uid("u"), serial, "9520000900052", OfferId("oat-30"), value)
    claim = ClaimId(journal.epoch, journal.write(row, at).seq)
    journal.write(ClaimProvisional(claim, serial, value), at)
    return claim


def ends(store) -> list[tuple[str, str]]:
    return [(case["outcome"], case["owner"]) for case in cases(store)]


def test_the_first_is_accepted_and_the_second_honoured(inbox, store, lane1, lane2) -> None:
    """Both lanes kept within their caps: headquarters bears the second use, the brand the first."""
    accept(lane1, 60, 0)
    accept(lane2, 60, 1)
    inbox.rows("s001", "1", lane1.everything(), NOON)
    assert ends(store) == [("accepted", "Granella")]
    inbox.rows("s001", "2", lane2.everything(), NOON)
    assert ends(store) == [("accepted", "Granella"), ("duplicate_honoured", "headquarters")]


def test_beyond_its_caps_a_lane_pays_for_its_store(inbox, store, lane1, lane2) -> None:
    """A coupon worth more than any may be: the second use is the store's."""
    accept(lane1, 60, 0)
    accept(lane2, 1001, 1)
    for name, journal in (("1", lane1), ("2", lane2)):
        inbox.rows("s001", name, journal.everything(), NOON)
    assert ends(store)[1] == ("duplicate_charged", "s001")


def test_what_was_given_back_costs_nobody(inbox, store, lane1, lane2) -> None:
    """The first use is voided: it ends so, and the second one becomes the rightful."""
    first = accept(lane1, 60, 0)
    accept(lane2, 60, 1)
    lane1.write(ClaimReleased(first, SERIAL, "void"))
    for name, journal in (("1", lane1), ("2", lane2)):
        inbox.rows("s001", name, journal.everything(), NOON)
    assert ends(store) == [("given_back", ""), ("accepted", "Granella")]


def test_a_person_may_charge_what_was_honoured(inbox, store, lane1, lane2, where, capsys) -> None:
    """By hand, to whoever is named; and nothing that comes later takes it back."""
    accept(lane1, 60, 0)
    accept(lane2, 60, 1)
    for name, journal in (("1", lane1), ("2", lane2)):
        inbox.rows("s001", name, journal.everything(), NOON)
    command = ["provisional", "--db", str(where)]
    assert cli.main([*command, "--charge", SERIAL, "--to", "cashier pool"]) == 0
    inbox.rows("s001", "2", lane2.everything(), NOON)
    assert ends(store)[1] == ("duplicate_charged", "cashier pool")
    assert cli.main([*command, "--charge", SERIAL, "--to", "again"]) == 1
    capsys.readouterr()
    assert cli.main([*command, "--outcome", "duplicate_charged"]) == 0
    heading, line = capsys.readouterr().out.splitlines()
    assert heading.split()[:4] == ["at", "store", "lane", "serial"]
    assert "cashier pool" in line
