"""A slip is given again by itself only where nothing of it was sent, and only to whom it is for."""

from __future__ import annotations

import pytest

from agent.second_try import CURABLE, WAITS_S, SecondTry, second_name
from offers.records import JobId
from printer.session import JobResult
from printer.slip import Slip

FIRST, OTHER = JobId("1" * 32), JobId("2" * 32)
SLIPS = (Slip(job=FIRST, headline="Greek yogurt"),)


def good() -> bool:
    return True


def ended(result: JobResult, now_s: float = 100.0) -> SecondTry:
    """A job was given, and ended so."""
    second = SecondTry()
    second.given(FIRST, SLIPS, good)
    second.ended(FIRST, result, now_s)
    return second


@pytest.mark.parametrize("why", CURABLE)
def test_what_a_cashier_can_cure_is_printed_when_it_is_cured(why: str) -> None:
    """The same slips, with the same recall check, once, under a name of its own."""
    second = ended(JobResult("not_printed", why))
    due = second.due(100.0 + WAITS_S - 1)
    assert due is not None
    assert (due.first, due.job, due.slips) == (FIRST, second_name(FIRST), SLIPS)
    assert due.still_good is good
    assert second.due(100.0) is None


@pytest.mark.parametrize(
    "result",
    [
        JobResult("unknown", "paper out"),
        JobResult("unconfirmed"),
        JobResult("accepted"),
        JobResult("printed"),
        JobResult("not_printed", "recalled"),
        JobResult("not_printed", "late"),
        JobResult("not_printed", "ean13: check digit"),
    ],
)
def test_what_may_be_on_paper_or_should_not_be_is_never_given_again(result: JobResult) -> None:
    """Only a person can see what came out; a recalled coupon has no second try."""
    assert ended(result).due(100.0) is None


def test_a_shopper_who_has_gone_gets_nothing() -> None:
    """After half a minute the next shopper would get the slip."""
    assert ended(JobResult("not_printed", "paper out")).due(100.0 + WAITS_S) is None


def test_the_next_shopper_s_job_ends_the_waiting() -> None:
    """Another job was given: the one that waited is not for who stands there now."""
    second = ended(JobResult("not_printed", "paper out"))
    second.given(OTHER, SLIPS, good)
    assert second.due(101.0) is None


def test_a_second_try_has_no_third() -> None:
    """Its result is not that of the job that was given."""
    second = ended(JobResult("not_printed", "paper out"))
    due = second.due(101.0)
    assert due is not None
    second.ended(due.job, JobResult("not_printed", "paper out"), 102.0)
    assert second.due(103.0) is None


def test_the_name_of_a_second_try_is_a_job_s_name_and_always_the_same() -> None:
    """32 hex digits, so that a restart cannot print it under another one."""
    assert second_name(FIRST) == second_name(FIRST) != FIRST
    assert len(second_name(FIRST)) == 32
    assert int(second_name(FIRST), 16) > 0
