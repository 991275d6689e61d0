"""Claims between stores: carried to the one arbiter, and back, in the term that they belong to."""

from __future__ import annotations

import pytest

from ground.complaints import Complaint
from hq import cli
from hq.inbox import Inbox
from hq.relay import Relay
from hq.seats import Seats, appoint
from offers.model import OfferId, Serial
from offers.records import ClaimId, ClaimReleased, Incarnation, Uid
from sync.messages import Ask, Claim, ClaimAnswer, CopyAsk, Heard, Oath, Relayed, Word, Words
from sync.payload import Packet, read
from tests.hq.conftest import NOON

SERIAL = Serial("000000010007")  # of lane 1's block, and so of s001
AWAY = ClaimId(Incarnation("c" * 16), 5)  # a lane of s002
HERE = ClaimId(Incarnation("b" * 16), 9)  # lane 2 of s001
LEDGER = Incarnation("1" * 16)


@pytest.fixture
def relay(store, publish) -> Relay:
    publish()
    inbox = Inbox(store)
    inbox.leases("s001", "1", "a" * 16, "k1", NOON)
    return inbox.relay


def claim(which: ClaimId, term: int = 0) -> Claim:
    return Claim(which, SERIAL, "9520000900052", OfferId("oat-30"), Uid("u"), NOON, term)


def words(packets: list[Packet]) -> list[tuple[str, object]]:
    """Give where each packet goes, and what it says."""
    return [(p.topic, read(p.schema, p.content_type, p.payload)) for p in packets]


def seated(store, relay: Relay, lane: str = "2") -> int:
    return appoint(store, "s001", lane, NOON).term


def test_without_a_seat_headquarters_decides(relay) -> None:
    """For every store; a second claim hears where the serial is."""
    ((topic, answer),) = words(relay.take("s002", "1", claim(AWAY), NOON))
    assert (topic, answer.answer) == ("retail/v1/s002/1/down/claim", "grant")
    ((_, denied),) = words(relay.take("s001", "2", claim(HERE), NOON))
    assert (denied.answer, denied.where) == ("deny", "s002/1")


def test_a_claim_of_another_store_goes_to_the_home_and_back(store, relay) -> None:
    """Carried with the term and the place; what was granted is known before it is passed on."""
    term = seated(store, relay)
    ((topic, asked),) = words(relay.take("s002", "1", claim(AWAY), NOON))
    assert topic == "retail/v1/s001/2/down/relay"
    assert asked == Relayed(term, "s002/1", claim(AWAY, term))
    granted = ClaimAnswer(AWAY, SERIAL, "grant", term=term)
    ((topic, answer),) = words(relay.take("s001", "2", granted, NOON))
    assert (topic, answer) == ("retail/v1/s002/1/down/claim", granted)
    known = store.conn.execute("SELECT what, place FROM known_claims").fetchall()
    assert known == [("held", "s002/1")]


def test_nothing_of_a_term_that_is_over_is_passed_on(store, relay) -> None:
    """The old arbiter's grant comes after the appointment: nobody hears of it."""
    term = seated(store, relay)
    relay.take("s002", "1", claim(AWAY), NOON)
    seated(store, relay, "1")
    assert relay.take("s001", "2", ClaimAnswer(AWAY, SERIAL, "grant", term=term), NOON) == []
    assert store.conn.execute("SELECT count(*) FROM known_claims").fetchone() == (0,)


def test_a_claim_is_not_carried_in_a_second_term(store, relay) -> None:
    """A late copy of it is dropped: it was answered, or given up, long ago."""
    seated(store, relay)
    assert len(relay.take("s002", "1", claim(AWAY), NOON)) == 1
    assert len(relay.take("s002", "1", claim(AWAY), NOON)) == 1
    seated(store, relay, "1")
    assert relay.take("s002", "1", claim(AWAY), NOON) == []


def test_an_arbiter_answers_only_what_it_was_asked(store, relay) -> None:
    """Words to lanes that never asked are not carried; nor is the word of a lane that does not sit."""
    term = seated(store, relay)
    assert relay.take("s001", "2", ClaimAnswer(AWAY, SERIAL, "grant", term=term), NOON) == []
    relay.take("s002", "1", claim(AWAY), NOON)
    assert relay.take("s001", "1", ClaimAnswer(AWAY, SERIAL, "grant", term=term), NOON) == []


def test_a_lane_of_the_home_asks_under_its_term(store, relay) -> None:
    """By way of headquarters where its store link is down; with an older term it gets no answer."""
    term = seated(store, relay)
    assert relay.take("s001", "1", claim(HERE, term - 1), NOON) == []
    ((topic, _),) = words(relay.take("s001", "1", claim(HERE, term), NOON))
    assert topic == "retail/v1/s001/2/down/relay"


def test_headquarters_as_a_new_arbiter_waits_for_every_oath(store, relay) -> None:
    """Until both lanes of the store have sworn, and their rows are here, it grants nothing."""
    relay.take("s001", "2", claim(HERE), NOON)
    term = seated(store, relay, "")
    mine = ClaimId(Incarnation("a" * 16), 3)
    assert relay.take("s001", "1", claim(mine, term), NOON) == []
    assert Seats(store.conn).missing("s001") == ("1", "2")
    assert len(relay.take("s001", "1", Oath(term, Incarnation("a" * 16), 0), NOON)) == 1
    held = (Word("held", SERIAL, HERE, "s001/2", NOON),)
    ((_, heard),) = words(relay.take("s001", "2", Oath(term, Incarnation("b" * 16), 0, held), NOON))
    assert heard == Heard(term, Incarnation("b" * 16), 0)
    ((_, answer),) = words(relay.take("s001", "1", claim(mine, term), NOON))
    assert (answer.answer, answer.where) == ("deny", "s001/2")


def test_the_copy_has_what_rows_and_arbiters_said(store, relay, lane1) -> None:
    """Held by another store's lane, by the arbiter's word; what was given back is not in it."""
    term = seated(store, relay)
    gone, other = ClaimId(Incarnation("d" * 16), 1), Serial("000000020007")
    said = (
        Word("held", SERIAL, HERE, "s001/2", NOON),
        Word("held", other, gone, "s001/1", NOON),
    )
    relay.take("s001", "2", Words(term, LEDGER, 0, 2, 0, said), NOON)
    lane1.write(ClaimReleased(gone, other, "void"))
    Inbox(store).rows("s001", "1", lane1.everything(), NOON)
    term = seated(store, relay, "1")
    ((topic, copy),) = words(relay.take("s001", "1", CopyAsk(term), NOON))
    assert topic == "retail/v1/s001/1/down/copy"
    assert [(w.serial, w.claim) for w in copy.words] == [(SERIAL, HERE)]
    assert (copy.last, copy.cursors) == (True, {lane1.epoch: 1})


def test_a_long_copy_comes_in_parts(store, relay, monkeypatch) -> None:
    """Each part begins behind the one before; together they are everything, once."""
    monkeypatch.setattr("hq.relay.PART", 3)
    term = seated(store, relay)
    said = tuple(
        Word("held", Serial(f"00000{n:03d}0000"), ClaimId(LEDGER, n), "s001/1", NOON)
        for n in range(8)
    )
    relay.take("s001", "2", Words(term, LEDGER, 0, 8, 0, said), NOON)
    term, after, got = seated(store, relay, "1"), "", []
    while True:
        ((_, part),) = words(relay.take("s001", "1", CopyAsk(term, after), NOON))
        got += [word.serial for word in part.words]
        after = part.upto
        if part.last:
            break
    assert got == [word.serial for word in said]


def test_what_other_stores_do_is_fed_to_the_arbiter(store, relay, lane2) -> None:
    """A release at s002 reaches the home's arbiter, again and again until it has it."""
    term = seated(store, relay)
    name = store.conn.execute("SELECT name FROM feed_name").fetchone()[0]
    inbox = Inbox(store)
    lane2.write(ClaimReleased(AWAY, SERIAL, "void"))
    inbox.rows("s002", "1", lane2.everything(), NOON)
    assert inbox.relay.feeds_due() == []  # its copy is not there: it could not place them
    ((topic, fed),) = words(relay.take("s001", "2", Heard(term, name, 0), NOON))
    assert topic == "retail/v1/s001/2/down/words"
    assert [(w.what, w.claim) for w in fed.words] == [("released", AWAY)]
    assert relay.take("s001", "2", Heard(term, name, fed.upto), NOON) == []


def test_decisions_are_acknowledged_as_far_as_nothing_is_missing(store, relay) -> None:
    """A batch that begins too late waits for the one before it."""
    term = seated(store, relay)
    word = (Word("held", SERIAL, HERE, "s001/2", NOON),)
    ((_, early),) = words(relay.take("s001", "2", Words(term, LEDGER, 1, 2, 0, word), NOON))
    ((_, first),) = words(relay.take("s001", "2", Words(term, LEDGER, 0, 1, 0, word), NOON))
    assert (early.upto, first.upto) == (0, 1)


def test_an_arbiter_that_lost_its_ledger_gets_a_new_term(store, relay) -> None:
    """By its own word, or because it asks for a copy that it had; each once."""
    term = seated(store, relay)
    relay.take("s001", "2", Ask("term", LEDGER, "", term), NOON)
    relay.take("s001", "2", Ask("term", LEDGER, "", term), NOON)
    assert Seats(store.conn).of("s001").term == term + 1
    name = store.conn.execute("SELECT name FROM feed_name").fetchone()[0]
    relay.take("s001", "2", Heard(term + 1, name, 0), NOON)
    assert relay.take("s001", "2", CopyAsk(term + 1), NOON) == []
    seat = Seats(store.conn).of("s001")
    assert (seat.term, seat.lane) == (term + 2, "2")


def test_the_command_appoints_and_tells(store, publish, where, capsys) -> None:
    """A lane of the store, or headquarters; another lane's name is refused."""
    publish()
    command = ["arbiter", "--db", str(where), "s001"]
    for words_, told in (
        ([], "headquarters arbitrates, term 0"),
        (["2"], "lane 2 arbitrates, term 1"),
    ):
        capsys.readouterr()
        assert cli.main([*command, *words_]) == 0
        assert told in capsys.readouterr().out
    assert cli.main([*command, "hq"]) == 0
    capsys.readouterr()
    assert cli.main(command) == 0
    assert "waits for lane 1, 2" in capsys.readouterr().out
    with pytest.raises(Complaint):
        appoint(store, "s001", "7", NOON)
