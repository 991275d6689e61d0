"""A lane and the arbiter of its store: oaths, words, a term that opens, a file that remembers."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from offers.model import CouponNumber, LaneId, OfferId, Serial, StoreId
from offers.records import ClaimId, Incarnation, Uid
from sync.allegiance import Allegiance
from sync.arbiter import Holding
from sync.messages import Claim, Copy, Heard, Oath, Seat, Word, Words
from sync.store_arbiter import StoreArbiter, TailLost
from sync.teller import Teller
from sync.term_file import TermFile
from tests.arbiter_suite import NINE, SERIAL, ArbiterSuite

ONE, TWO = Incarnation("1" * 16), Incarnation("2" * 16)
NAME, HQ = Incarnation("f" * 16), Incarnation("e" * 16)
SEAT = Seat(StoreId("s001"), 3, LaneId("2"), (LaneId("1"), LaneId("2")))
MINE = ClaimId(ONE, 7)
EMPTY = Copy(3, "", "", True, (), {ONE: 4}, HQ, 9)


@pytest.fixture
def file(tmp_path: Path):
    made = TermFile.make(tmp_path / "arbiter-3.db", 3, NAME)
    yield made
    made.close()


class TestTermFile(ArbiterSuite):
    """The arbiter's rules on its own file."""

    @pytest.fixture
    def ledger(self, file: TermFile) -> TermFile:
        return file


@pytest.fixture
def arbiter(file: TermFile) -> StoreArbiter:
    return StoreArbiter(SEAT, file)


def claim(which: ClaimId = MINE, term: int = 3) -> Claim:
    return Claim(which, SERIAL, CouponNumber("9501101530003"), OfferId("jam"), Uid("u"), NINE, term)


def words(after: int, upto: int, *said: Word, acked: int = 0, source: Incarnation = ONE) -> Words:
    return Words(3, source, after, upto, acked, said)


def opened(arbiter: StoreArbiter) -> None:
    arbiter.on_copy(EMPTY)
    arbiter.on_oath(LaneId("1"), Oath(3, ONE, 4))
    arbiter.on_oath(LaneId("2"), Oath(3, TWO, 0))


def test_a_term_opens_with_the_copy_and_every_oath(arbiter: StoreArbiter) -> None:
    """Each is missed by name, and before the last of them there is no answer."""
    assert arbiter.missing() == ("hq", "1", "2")
    assert arbiter.on_oath(LaneId("1"), Oath(3, ONE, 4)) is None  # what the copy says comes first
    arbiter.on_copy(EMPTY)
    assert arbiter.on_oath(LaneId("1"), Oath(3, ONE, 6)) == Heard(3, ONE, 4)
    assert arbiter.on_oath(LaneId("2"), Oath(3, TWO, 0)) == Heard(3, TWO, 0)
    assert arbiter.missing() == ("1",)  # its rows 5 and 6 are not here
    assert arbiter.on_claim(claim(), "s001/1", NINE) is None
    assert arbiter.on_words(words(4, 6)) == Heard(3, ONE, 6)
    assert arbiter.open
    answer = arbiter.on_claim(claim(), "s001/1", NINE)
    assert answer is not None
    assert (answer.answer, answer.term) == ("grant", 3)


def test_what_a_lane_holds_comes_with_its_oath(arbiter: StoreArbiter) -> None:
    """A grant of the arbiter before, that headquarters never heard of, is not given again."""
    arbiter.on_copy(EMPTY)
    held = (Word("held", SERIAL, ClaimId(TWO, 5), "s001/2", NINE),)
    arbiter.on_oath(LaneId("2"), Oath(3, TWO, 0, held))
    arbiter.on_oath(LaneId("1"), Oath(3, ONE, 4))
    answer = arbiter.on_claim(claim(), "s001/1", NINE)
    assert answer is not None
    assert (answer.answer, answer.where) == ("deny", "s001/2")


def test_nobody_of_another_term_is_answered(arbiter: StoreArbiter) -> None:
    """Neither an older claim, nor one of a lane that has not sworn, nor an older oath."""
    opened(arbiter)
    assert arbiter.on_claim(claim(term=2), "s001/1", NINE) is None
    assert arbiter.on_claim(claim(ClaimId(NAME, 1)), "s001/1", NINE) is None
    assert arbiter.on_oath(LaneId("1"), Oath(2, ONE, 4)) is None
    assert arbiter.on_words(Words(2, ONE, 4, 5, 0, ())) is None


def test_words_are_taken_in_order_and_once(arbiter: StoreArbiter, file: TermFile) -> None:
    """A hole waits; a repeat is answered with what is here."""
    opened(arbiter)
    used = Word("used", SERIAL, MINE, "s001/1", NINE)
    assert arbiter.on_words(words(6, 8, used)) == Heard(3, ONE, 4)
    assert file.holding(SERIAL) is None
    assert arbiter.on_words(words(4, 6, used)) == Heard(3, ONE, 6)
    assert arbiter.on_words(words(4, 5, used)) == Heard(3, ONE, 6)
    assert file.holding(SERIAL) == Holding(MINE, "s001/1", NINE)


def test_a_ledger_that_is_older_than_it_was_is_noticed(arbiter: StoreArbiter) -> None:
    """A lane was told that row 6 is here; this file knows up to row 4: it was copied back."""
    opened(arbiter)
    with pytest.raises(TailLost):
        arbiter.on_words(words(6, 7, acked=6))


def test_the_copy_comes_in_parts_and_its_place_is_that_of_the_first(
    arbiter: StoreArbiter, file: TermFile
) -> None:
    """A part out of turn is not taken; words from other stores go on behind the first part's place."""
    first = Word("held", SERIAL, MINE, "s001/1", NINE)
    later = Word("held", Serial("000010020002"), ClaimId(TWO, 1), "s001/2", NINE)
    arbiter.on_copy(Copy(3, SERIAL, later.serial, True, (later,)))
    assert arbiter.copy_ask() is not None
    arbiter.on_copy(Copy(3, "", SERIAL, False, (first,), {ONE: 4}, HQ, 9))
    assert arbiter.feed_heard() is None
    asked = arbiter.copy_ask()
    assert asked is not None
    assert asked.after == SERIAL
    arbiter.on_copy(Copy(3, SERIAL, later.serial, True, (later,), {ONE: 40}, HQ, 99))
    assert arbiter.copy_ask() is None
    assert arbiter.feed_heard() == Heard(3, HQ, 9)
    assert file.cursor(ONE) == 4


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    """Killed and opened again: who has what, who swore, what headquarters must still hear."""
    path = tmp_path / "arbiter-3.db"
    with TermFile.make(path, 3, NAME).change():
        pass
    file = TermFile.open(path)
    with file.change():
        opened(StoreArbiter(SEAT, file))
        StoreArbiter(SEAT, file).on_claim(claim(), "s001/1", NINE)
    again = TermFile.open(path)  # the first one is still open, as after a kill
    assert (again.term, again.name) == (3, NAME)
    assert StoreArbiter(SEAT, again).open
    assert again.decided(0, 10) == [(1, Word("held", SERIAL, MINE, "s001/1", NINE))]
    assert again.last_decided() == 1
    again.close()
    file.close()


def test_what_was_not_committed_was_not_granted(file: TermFile) -> None:
    """A failure before the commit takes the grant and its word back."""
    opened(StoreArbiter(SEAT, file))

    def fail() -> None:
        with file.change():
            StoreArbiter(SEAT, file).on_claim(claim(), "s001/1", NINE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert file.holding(SERIAL) is None
    assert file.last_decided() == 0


@pytest.mark.parametrize("rubbish", [None, b"", b"no database at all, but long enough to read" * 9])
def test_what_is_no_ledger_is_refused(tmp_path: Path, rubbish: bytes | None) -> None:
    """Not there, empty, or something else: never a fresh ledger by accident."""
    path = tmp_path / "arbiter-3.db"
    if rubbish is not None:
        path.write_bytes(rubbish)
    with pytest.raises(sqlite3.DatabaseError):
        TermFile.open(path)


# What a lane owes.


def lane(seat: Seat | None = None, last: int = 10) -> Allegiance:
    return Allegiance(ONE, seat, last, random.Random(1))


def test_a_lane_swears_first_and_tells_from_where_the_arbiter_says() -> None:
    """No words before the oath is answered; then everything behind the answer."""
    mine = lane(SEAT)
    mine.connected("store")
    assert (mine.oath_due, mine.words_due) == (True, None)
    mine.oath_said(0.0)
    assert not mine.oath_due
    mine.heard(Heard(3, ONE, 4))
    assert (mine.sworn, mine.words_due) == (True, 4)
    mine.words_said(0.0)
    assert mine.words_due is None
    mine.heard(Heard(3, ONE, 10))
    assert (mine.acked, mine.words_due) == (10, None)


def test_an_oath_without_answer_is_said_again() -> None:
    """After some seconds, and at once where the link comes back."""
    mine = lane(SEAT)
    mine.connected("store")
    mine.oath_said(0.0)
    due = mine.next_deadline()
    assert due is not None
    assert 2.0 <= due <= 4.0
    mine.on_deadline(due)
    assert mine.oath_due
    mine.oath_said(due)
    mine.disconnected("store")
    assert not mine.oath_due
    mine.connected("store")
    assert mine.oath_due


def test_a_newer_seat_ends_the_old_allegiance() -> None:
    """Sworn to term 3; term 4 names headquarters: an oath over its link, and no words."""
    mine = lane(SEAT)
    mine.connected("store")
    mine.connected("hq")
    mine.heard(Heard(3, ONE, 4))
    hq = Seat(SEAT.store, 4)
    assert mine.is_news(hq)
    mine.take(hq)
    assert (mine.term, mine.link, mine.sworn, mine.oath_due) == (4, "hq", False, True)
    mine.heard(Heard(3, ONE, 9))
    assert not mine.sworn
    mine.take(SEAT)
    assert mine.term == 4
    mine.heard(Heard(4, ONE, 0))
    assert (mine.sworn, mine.words_due) == (True, None)


def test_a_lane_that_nobody_named_an_arbiter_to_owes_nothing() -> None:
    """Term 0, headquarters, no oath."""
    mine = lane()
    mine.connected("hq")
    assert (mine.term, mine.lane, mine.oath_due, mine.words_due) == (0, "", False, None)


@given(st.lists(st.sampled_from(["say", "answer", "late", "write", "cut", "up"]), max_size=60))
def test_a_teller_says_everything_and_never_backs_up(steps: list[str]) -> None:
    """Whatever happens, what is acknowledged never shrinks, and nothing is wished for twice at once."""
    teller, now, upto = Teller(0, 5, random.Random(1)), 0.0, 0
    for step in steps:
        before, now = teller.acked, now + 0.5
        if step == "say" and teller.wish is not None:
            upto = min(teller.wish + 3, teller.last)
            teller.told(now)
            assert teller.wish is None
        elif step == "answer":
            teller.acknowledged(upto)
        elif step == "late":
            now += 100
            teller.on_deadline(now)
        elif step == "write":
            teller.written(teller.last + 2)
        else:
            (teller.connected if step == "up" else teller.disconnected)()
        assert before <= teller.acked <= teller.last
    teller.connected()
    while teller.wish is not None:
        teller.acknowledged(min(teller.wish + 3, teller.last))
    assert teller.acked == teller.last
