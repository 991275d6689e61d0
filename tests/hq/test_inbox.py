"""Rows are kept once, acknowledged as far as nothing is missing, and told to the other lanes."""

import random
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from hq.inbox import Inbox, merged
from hq.publish import collected_past
from hq.store import open_store
from offers.basket import Share, TransactionKey
from offers.changes import LeaseOp, PastOp, SoldOp, StockOp
from offers.model import Gtin, PastUse
from offers.records import (
    ClaimId,
    ClaimProvisional,
    ClaimReleased,
    Issued,
    Noted,
    Redemption,
    Returned,
    Reversal,
    Row,
    Settled,
    Sold,
    Tendered,
    Voided,
)
from sync.messages import Ask, Claim, ClaimAnswer, Delta, Rejected, Rows, Status
from sync.payload import read
from tests.hq.conftest import NOON, LaneJournal

OAT = Gtin("09520000005016")
KEY = TransactionKey("s001", "till1", date(2026, 3, 2), "7")
ANNA = "a0" * 16


def sale(serial=None, claim=None, mode="live", uid="u1", provisional=False) -> Tendered:
    used = Redemption("oat-30", 1, "c", 60, (Share("1", "oat-30", 60),), "drinks/plant")
    used = msgspec.structs.replace(used, serial=serial, claim=claim, provisional=provisional)
    return Tendered(uid, KEY, 1, mode, "ref", 199, 60, (used,), (), (Sold(OAT, 2),), "")


def issue(serial: str) -> Issued:
    number = "9520000900052"
    return Issued(
        "u",
        "j",
        "oat-30",
        1,
        "c",
        "drinks/plant",
        number,
        serial,
        date(2026, 3, 2),
        date(2026, 3, 30),
        "ref",
    )


@pytest.fixture
def inbox(store, publish) -> Inbox:
    publish()
    return Inbox(store)


def count(store, table: str) -> int:
    return store.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def ops(store) -> list:
    return [op for _, more in store.deltas_after("s001", 0) for op in more]


def test_rows_are_kept_and_acknowledged(inbox, store, lane1) -> None:
    """The acknowledgement covers what is there, and carries headquarters' time."""
    lane1.write(Noted("start", ""))
    lane1.write(sale(), shopper=ANNA)
    later = NOON + timedelta(seconds=3)
    ack = inbox.rows("s001", "1", lane1.everything(), later)
    assert (ack.epoch, ack.upto, ack.rejected, ack.at) == (lane1.epoch, 2, (), later)
    kept = store.conn.execute("SELECT body, hash_fits, shopper FROM rows WHERE seq = 2").fetchone()
    assert kept == (bytes(lane1.rows[1].body).decode(), 1, ANNA)


def test_a_gap_holds_the_acknowledgement_back(inbox, lane1) -> None:
    """Rows behind a gap are kept, but not promised until it is filled."""
    for number in range(5):
        lane1.write(Noted("n", str(number)))
    assert inbox.rows("s001", "1", lane1.message(1, 2, 5), NOON).upto == 2
    assert inbox.rows("s001", "1", lane1.message(4), NOON).upto == 2
    assert inbox.rows("s001", "1", lane1.message(3), NOON).upto == 5


def test_a_delta_never_tells_of_a_row_behind_a_gap(inbox, store, lane1) -> None:
    """What lane 2 hears of lane 1 comes in the order of lane 1's rows."""
    for number in range(3):
        lane1.write(sale(uid=f"u{number}"))
    inbox.rows("s001", "1", lane1.message(2, 3), NOON)
    assert ops(store) == []
    inbox.rows("s001", "1", lane1.message(1), NOON)
    assert [op.seq for op in ops(store)] == [1, 2, 3]


def test_two_lanes_and_two_incarnations_do_not_mix(inbox, store, lane1, lane2) -> None:
    """Each has a prefix of its own."""
    lane1.write(Noted("a", ""))
    lane2.write(Noted("b", ""))
    lane2.write(Noted("c", ""))
    assert inbox.rows("s001", "1", lane1.everything(), NOON).upto == 1
    assert inbox.rows("s001", "2", lane2.everything(), NOON).upto == 2
    assert inbox.rows("s001", "1", lane2.everything(), NOON).upto == 2
    assert count(store, "rows") == 5


def test_a_sale_tells_the_store_what_was_sold_and_used(inbox, store, lane1) -> None:
    """Sold units and the shopper's use travel with lane, epoch and sequence number."""
    lane1.write(sale(), shopper=ANNA)
    inbox.rows("s001", "1", lane1.everything(), NOON)
    assert ops(store) == [
        SoldOp("1", lane1.epoch, 1, OAT, 2, NOON),
        PastOp(
            "1",
            lane1.epoch,
            1,
            ANNA,
            PastUse("redeemed", "oat-30", date(2026, 3, 2), "drinks/plant"),
        ),
    ]


def test_training_tells_nothing(inbox, store, lane1) -> None:
    """A training sale is kept, and counts nowhere."""
    lane1.write(sale(mode="training"), shopper=ANNA)
    assert inbox.rows("s001", "1", lane1.everything(), NOON).upto == 1
    assert ops(store) == []
    assert count(store, "redemptions") == 0


def test_an_issue_a_return_and_a_void_are_told(inbox, store, lane1) -> None:
    """A void takes back the units of the sale that it undoes."""
    lane1.write(issue("000000010000"), shopper=ANNA)
    lane1.write(Returned("u1", KEY, ("1",), 100, (), (Sold(OAT, -1),), "ref"), shopper=ANNA)
    lane1.write(sale(uid="u9"))
    lane1.write(Voided("u9", KEY))
    lane1.write(Voided("never tendered", KEY))
    inbox.rows("s001", "1", lane1.everything(), NOON)
    told = ops(store)
    assert told[0] == PastOp(
        "1", lane1.epoch, 1, ANNA, PastUse("issued", "oat-30", date(2026, 3, 2), "drinks/plant")
    )
    assert [(op.seq, op.quantity) for op in told[1:]] == [(2, -1), (3, 2), (4, -2)]


def test_a_coupon_used_without_a_card_counts_for_whom_it_was_printed(inbox, store, lane1, lane2):
    """Its shopper's quiet time begins; the lane that printed it has counted it by itself."""
    lane1.write(issue("000000011111"), shopper=ANNA)
    inbox.rows("s001", "1", lane1.everything(), NOON)
    lane2.write(sale("000000011111", ClaimId(lane2.epoch, 1)))
    inbox.rows("s001", "2", lane2.everything(), NOON)
    used = PastUse("redeemed", "oat-30", date(2026, 3, 2), "drinks/plant")
    assert PastOp("2", "", 1, ANNA, used) in ops(store)
    lane1.write(issue("000000012222"), shopper=ANNA)
    lane1.write(sale("000000012222", ClaimId(lane1.epoch, 1), uid="u2"))
    inbox.rows("s001", "1", lane1.everything(), NOON)
    assert PastOp("1", lane1.epoch, 3, ANNA, used) in ops(store)
    assert [use.kind for use in collected_past(store, NOON)[ANNA]].count("redeemed") == 2


def test_a_coupon_used_with_its_own_card_counts_once(inbox, store, lane1):
    """Card and coupon name the same person: one use."""
    lane1.write(issue("000000011111"), shopper=ANNA)
    lane1.write(sale("000000011111", ClaimId(lane1.epoch, 1)), shopper=ANNA)
    inbox.rows("s001", "1", lane1.everything(), NOON)
    redeemed = [op for op in ops(store) if isinstance(op, PastOp) and op.past.kind == "redeemed"]
    assert len(redeemed) == 1
    assert [use.kind for use in collected_past(store, NOON)[ANNA]].count("redeemed") == 1


def test_poison_is_kept_apart_acknowledged_and_named(inbox, store, lane1) -> None:
    """A row that cannot be read never stops the rows behind it."""
    good = lane1.write(Noted("a", ""))
    strange = msgspec.structs.replace(
        good, seq=2, kind="teleported", body=msgspec.Raw(b'{"type":"teleported"}')
    )
    broken = msgspec.structs.replace(good, seq=3, body=msgspec.Raw(b'{"type":"noted","code":7}'))
    lying = msgspec.structs.replace(good, seq=4, kind="issued")
    last = msgspec.structs.replace(good, seq=5)
    ack = inbox.rows("s001", "1", Rows(lane1.epoch, (good, strange, broken, lying, last)), NOON)
    assert ack.upto == 5
    assert ack.rejected == (Rejected(2, "bad_row"), Rejected(3, "bad_row"), Rejected(4, "bad_kind"))
    assert count(store, "rows") == 2
    again = inbox.rows("s001", "1", Rows(lane1.epoch, (strange,)), NOON)
    assert (again.upto, len(again.rejected), count(store, "quarantine")) == (5, 3, 3)


def test_a_broken_chain_is_flagged_and_never_blocks(inbox, store, lane1) -> None:
    """A row whose body was changed does not fit its hash; a row that was replaced does not fit the next."""
    for number in range(4):
        lane1.write(Noted("n", str(number)))
    forged = msgspec.structs.replace(
        lane1.rows[1], body=msgspec.Raw(b'{"type":"noted","code":"x","detail":""}')
    )
    nonsense = msgspec.structs.replace(lane1.rows[3], prev="zz")
    rows = (lane1.rows[0], forged, lane1.rows[2], nonsense)
    assert inbox.rows("s001", "1", Rows(lane1.epoch, rows), NOON).upto == 4
    breaks = store.conn.execute("SELECT seq, hash_fits FROM chain_breaks ORDER BY seq").fetchall()
    assert breaks == [(2, 0), (4, 0)]


def test_a_missing_link_is_a_break(inbox, store) -> None:
    """Two rows that each fit their own hash, but not each other."""
    one, other = LaneJournal("a" * 16), LaneJournal("a" * 16)
    one.write(Noted("a", ""))
    other.write(Noted("b", ""))
    other.write(Noted("c", ""))
    inbox.rows("s001", "1", Rows(one.epoch, (one.rows[0], other.rows[1])), NOON)
    assert store.conn.execute("SELECT seq, hash_fits FROM chain_breaks").fetchall() == [(2, 1)]


def test_a_second_row_under_one_number_is_kept_as_a_fork(inbox, store) -> None:
    """The first one counts; the other is evidence."""
    one, other = LaneJournal("a" * 16), LaneJournal("a" * 16)
    one.write(Noted("a", ""))
    other.write(Noted("b", ""))
    inbox.rows("s001", "1", one.everything(), NOON)
    ack = inbox.rows("s001", "1", other.everything(), NOON)
    assert (ack.upto, ack.rejected) == (1, ())
    assert store.conn.execute("SELECT seq, code FROM quarantine").fetchall() == [(1, "forked")]


SERIAL = "000000010007"
ONE, TWO = ClaimId("a" * 16, 1), ClaimId("b" * 16, 1)


def ask(claim: ClaimId) -> Claim:
    return Claim(claim, SERIAL, "9520000900052", "oat-30", "u", NOON)


def claimed(inbox, lane: str, claim: ClaimId) -> ClaimAnswer:
    (packet,) = inbox.relay.claim("s001", lane, ask(claim), NOON)
    assert packet.topic == f"retail/v1/s001/{lane}/down/claim"
    return read(packet.schema, packet.content_type, packet.payload)


def test_a_redemption_uses_the_serial_up(inbox, lane1) -> None:
    """After the sale the other lane hears that the coupon is used, where and when."""
    assert claimed(inbox, "1", ONE).answer == "grant"
    lane1.write(sale(SERIAL, ONE))
    inbox.rows("s001", "1", lane1.everything(), NOON)
    answer = claimed(inbox, "2", TWO)
    assert (answer.answer, answer.where, answer.redeemed) == ("deny", "s001/1", True)


def test_a_release_frees_the_serial_and_outlives_a_late_claim(inbox, lane1) -> None:
    """The released attempt is dead even if its question comes after."""
    lane1.write(ClaimReleased(ONE, SERIAL, "timeout"))
    inbox.rows("s001", "1", lane1.everything(), NOON)
    assert claimed(inbox, "1", ONE).answer == "deny"
    assert claimed(inbox, "2", TWO).answer == "grant"


def test_a_whole_return_frees_the_serial(inbox, lane1) -> None:
    """The coupon lives again, once."""
    claimed(inbox, "1", ONE)
    lane1.write(sale(SERIAL, ONE))
    back = Reversal("oat-30", 60, True, SERIAL, ONE)
    lane1.write(Returned("u1", KEY, (), 139, (back,), (Sold(OAT, -2),)))
    inbox.rows("s001", "1", lane1.everything(), NOON)
    assert claimed(inbox, "2", TWO).answer == "grant"


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_second_provisional_use_is_flagged_in_any_order(
    inbox, store, lane1, lane2, order
) -> None:
    """Whoever reports second is the duplicate: exactly one of two uses."""
    lanes = {1: (lane1, ONE), 2: (lane2, TWO)}
    for journal, claim in lanes.values():
        journal.write(ClaimProvisional(claim, SERIAL, 60))
        journal.write(sale(SERIAL, claim, provisional=True))
    for number in order:
        inbox.rows("s001", str(number), lanes[number][0].everything(), NOON)
    flagged = store.conn.execute("SELECT serial, place FROM duplicates").fetchall()
    assert flagged == [(SERIAL, f"s001/{order[1]}")]


def test_leases_are_two_ahead_and_repeats_give_the_same(inbox, store) -> None:
    """Asking again gives the same two; another lane and another incarnation get others."""
    first = inbox.leases("s001", "1", "a" * 16, "k1", NOON)
    assert [lease.lease for lease in first] == [0, 1]
    assert inbox.leases("s001", "1", "a" * 16, "k1", NOON) == first
    assert [x.lease for x in inbox.leases("s001", "2", "b" * 16, "k1", NOON)] == [2, 3]
    assert [x.lease for x in inbox.leases("s001", "1", "c" * 16, "k1", NOON)] == [4, 5]
    assert [op.lease.lease for op in ops(store) if isinstance(op, LeaseOp)] == [0, 1, 2, 3, 4, 5]


def test_a_nearly_used_block_is_followed_by_a_new_one(inbox, lane1) -> None:
    """Counter 899 leaves two in hand, counter 900 does not."""
    inbox.leases("s001", "1", lane1.epoch, "k1", NOON)
    lane1.write(issue("000008990000"))
    inbox.rows("s001", "1", lane1.everything(), NOON)
    assert [x.lease for x in inbox.leases("s001", "1", lane1.epoch, "k1", NOON)] == [0, 1]
    lane1.write(issue("000009000000"))
    inbox.rows("s001", "1", lane1.everything(), NOON)
    assert [x.lease for x in inbox.leases("s001", "1", lane1.epoch, "k1", NOON)] == [1, 2]


def test_a_lane_nobody_named_gets_no_serials(inbox) -> None:
    """Neither an unknown lane nor an unknown store."""
    assert inbox.leases("s001", "9", "a" * 16, "k1", NOON) == []
    assert inbox.leases("s009", "1", "a" * 16, "k1", NOON) == []


def test_missed_deltas_come_as_one(inbox, store) -> None:
    """An ask from revision 1 is answered with everything up to the last, in one letter."""
    for number in range(3):
        store.add_ops("s001", [StockOp(OAT, number, NOON)], NOON)
    (letter,) = inbox.deltas("s001", Ask("deltas", "a" * 16, "", 1))
    assert (letter.prev_rev, letter.rev) == (1, 3)
    assert [op.on_hand for op in letter.ops] == [1, 2]
    assert inbox.deltas("s001", Ask("deltas", "a" * 16, "", 3)) == [Delta("s001", 3, 3, ())]


def test_an_ask_that_no_delta_answers_gets_the_manifest(inbox, store, publish) -> None:
    """Too old, from the future, or of an unknown store: None."""
    assert inbox.deltas("s001", Ask("deltas", "a" * 16, "", 5)) is None
    assert inbox.deltas("s009", Ask("deltas", "a" * 16, "", 0)) is None
    store.add_ops("s001", [StockOp(OAT, 1, NOON)], NOON)
    publish(NOON + timedelta(hours=1))
    publish(NOON + timedelta(hours=2))
    assert inbox.deltas("s001", Ask("deltas", "a" * 16, "", 0)) is None


def test_letters_stay_bounded() -> None:
    """2,500 changes in deltas of 100 become three letters that follow each other."""
    op = StockOp(OAT, 1, NOON)
    letters = merged("s001", 4, [(5 + n, (op,) * 100) for n in range(25)])
    assert [(x.prev_rev, x.rev, len(x.ops)) for x in letters] == [
        (4, 14, 1000),
        (14, 24, 1000),
        (24, 29, 500),
    ]


def test_a_status_replaces_the_one_before(inbox, store) -> None:
    """One row a lane."""
    inbox.status("s001", "1", Status(True, "s001", "1", "e", "g1"), NOON)
    inbox.status("s001", "1", Status(False, "s001", "1", "e", "g1"), NOON)
    (body,) = store.conn.execute("SELECT status FROM lanes").fetchone()
    assert msgspec.json.decode(body, type=Status).online is False


def test_bad_packets_are_kept_but_bounded(inbox, store) -> None:
    """A flood of nonsense leaves its newest thousand."""
    with store.change():
        for number in range(1005):
            inbox.bad_packet("t" * 999, b"x" * 9999, f"why {number}", NOON)
    assert count(store, "bad_packets") == 1000
    newest = store.conn.execute(
        "SELECT why, length(payload) FROM bad_packets ORDER BY id DESC"
    ).fetchone()
    assert newest == ("why 1004", 4096)


RECORDS = [
    sale(SERIAL, ONE, uid="u1"),
    Noted("n", ""),
    Voided("u1", KEY),
    issue("000000010000"),
    Settled("u1", "oat-30", "EXPIRED", "goodwill", 100, "b", "n", "store"),
    ClaimProvisional(ONE, SERIAL, 60),
    ClaimReleased(ONE, SERIAL, "void"),
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_any_order_and_any_repeats_give_what_one_go_gives(
    tmp_path_factory, kinds, dice: random.Random
) -> None:
    """Rows, deltas and acknowledgement are the same as if all rows had come once and in order."""
    journal = LaneJournal("a" * 16)
    for kind in kinds:
        journal.write(RECORDS[kind], shopper=ANNA)
    straight = _told(tmp_path_factory.mktemp("a"), [journal.rows])
    pieces = [[row] for row in journal.rows] + [
        dice.sample(journal.rows, dice.randint(1, len(journal.rows))) for _ in range(3)
    ]
    dice.shuffle(pieces)
    assert _told(tmp_path_factory.mktemp("b"), pieces) == straight


def _told(folder: Path, pieces: list[list[Row]]) -> tuple:
    opened = open_store(folder / "hq.db", make=True)
    opened.conn.execute("PRAGMA synchronous = OFF")
    opened.conn.execute(
        "INSERT INTO stores(store, facts, lanes) VALUES ('s001', '{\"store\":\"s001\"}', '[\"1\"]')"
    )
    inbox = Inbox(opened)
    upto = []
    for rows in pieces:
        with opened.change():
            upto.append(inbox.rows("s001", "1", Rows("a" * 16, tuple(rows)), NOON).upto)
    assert upto == sorted(upto)
    kept = opened.conn.execute("SELECT seq, kind, body, hash FROM rows ORDER BY seq").fetchall()
    result = (upto[-1], kept, ops(opened))
    opened.close()
    return result
