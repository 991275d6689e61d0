"""What headquarters makes of disputes: rates by offer and reason, flags, halts, tickets."""

import json

import msgspec
import pytest

from ground.complaints import Complaint
from hq import disputes
from hq.authoring import DisputeRules
from hq.inbox import Inbox
from hq.store import text
from offers.model import OfferId
from offers.records import ClaimGranted, ClaimId, Claiming, Issued, Settled, Voided
from tests.hq.conftest import NOON
from tests.hq.test_inbox import ANNA, KEY, issue, ops, sale

SERIAL = "000000010007"
OAT = OfferId("oat-30")


def settled(uid="u1", outcome="explained", reason="EXPIRED", script="expired", **more) -> Settled:
    made = Settled(uid, OAT, reason, outcome, 0, "1204", "", "", offer_version=1, script=script)
    return msgspec.structs.replace(made, **more)


@pytest.fixture
def inbox(store, publish) -> Inbox:
    publish()
    return Inbox(store)


def limits(store, **rules) -> None:
    """Publish other limits, as an apply does."""
    body = text(DisputeRules(**rules))
    with store.change():
        store.conn.execute("UPDATE documents SET body = ? WHERE name = 'disputes'", (body,))


def collect(inbox, lane) -> None:
    inbox.rows("s001", "1", lane.everything(), NOON)


def sales(lane, shown: int, disputed: int, script="expired", reason="EXPIRED") -> None:
    """So many sales that show the offer, the first of them disputed."""
    for n in range(shown):
        lane.write(sale(uid=f"u{n}"), at=NOON)
        if n < disputed:
            lane.write(settled(f"u{n}", script=script, reason=reason), at=NOON)


def test_disputes_are_counted_by_offer_and_reason(inbox, store, lane1):
    """Ten sales show the offer: four are disputed for two reasons; the rates are of 1,000."""
    sales(lane1, 8, 2)
    lane1.write(Claiming("u8", SERIAL, "9520000900052", OAT, 60))  # shown, and not used
    lane1.write(settled("u9", "goodwill", "QUANTITY", "quantity", amount_minor=150, funder="store"))
    lane1.write(settled("u2", "escalated", ticket="s001-1-AB"))
    collect(inbox, lane1)
    first, second = disputes.by_offer(store, None)
    assert (first["reason"], first["disputes"], first["explained"], first["escalated"]) == (
        "EXPIRED",
        3,
        2,
        1,
    )
    assert (first["shown"], first["redeemed"]) == (10, 8)
    assert (first["per_1000_shown"], first["per_1000_redeemed"]) == (300, 375)
    assert (second["reason"], second["goodwill"], second["goodwill_minor"]) == ("QUANTITY", 1, 150)


def test_a_gift_of_a_sale_that_was_given_up_was_not_paid(inbox, store, lane1):
    """The row stands; the sum leaves it out."""
    lane1.write(settled("u1", "goodwill", amount_minor=150))
    lane1.write(Voided("u1", KEY))
    collect(inbox, lane1)
    (line,) = disputes.by_offer(store, None)
    assert (line["goodwill"], line["goodwill_minor"]) == (1, 0)
    assert [one["amount_minor"] for one in disputes.each(store, None)] == [150]


def test_a_dispute_tells_by_which_script_it_ended(inbox, store, lane1):
    """Script, version, hash, way, who, by whose leave."""
    lane1.write(
        settled(
            script_version=3,
            script_sha256="ab" * 32,
            path=("more", "told"),
            role="cashier",
            approver="m1",
        )
    )
    collect(inbox, lane1)
    (line,) = disputes.each(store, None)
    assert (line["script"], line["script_version"], line["script_sha256"]) == (
        "expired",
        3,
        "ab" * 32,
    )
    assert (json.loads(line["path"]), line["role"], line["approver"]) == (
        ["more", "told"],
        "cashier",
        "m1",
    )


def test_rows_of_older_lanes_are_listed_as_well(inbox, store, lane1):
    """A row without a script is a dispute settled by hand."""
    lane1.write(Settled("u4", OAT, "EXPIRED", "goodwill", 100, "b7", "sorry", "store"))
    collect(inbox, lane1)
    (line,) = disputes.each(store, None)
    assert (line["note"], line["script"], line["ticket"], line["path"]) == ("sorry", "", "", "[]")


@pytest.mark.parametrize(
    ("shown", "disputed", "state"),
    [(100, 5, ""), (100, 6, "flagged"), (99, 50, ""), (101, 5, "")],
)
def test_an_offer_is_flagged_above_its_limit_only(inbox, store, lane1, shown, disputed, state):
    """50 of 1,000 are the limit itself; below 100 sales nothing is said."""
    sales(lane1, shown, disputed)
    collect(inbox, lane1)
    assert disputes.by_offer(store, None)[0]["state"] == state
    assert store.recalls("s001").offers == ()


@pytest.mark.parametrize("script", ["system_offline", "printed_torn", "already_used", ""])
def test_what_machines_and_thieves_do_is_no_fault_of_the_wording(inbox, store, lane1, script):
    """A broken printer halts no offer, however many complain of it."""
    limits(store, halt_per_1000=1, least_shown=1)
    sales(lane1, 10, 10, script=script)
    collect(inbox, lane1)
    assert store.recalls("s001").offers == ()
    assert disputes.by_offer(store, None)[0]["state"] == ""


def test_an_offer_is_halted_where_it_is_so_configured(inbox, store, lane1):
    """Switched off in every store with the row that passes the limit, once for each version."""
    limits(store, halt_per_1000=100, least_shown=10)
    sales(lane1, 11, 1)
    collect(inbox, lane1)
    assert store.recalls("s001").offers == ()
    lane1.write(settled("u5"))
    collect(inbox, lane1)
    assert store.recalls("s001").offers == (OAT,)
    assert store.recalls("s001").rev == 1
    assert disputes.by_offer(store, None)[0]["state"] == "halted"
    collect(inbox, lane1)
    assert store.recalls("s001").rev == 1


def test_a_halt_that_was_lifted_stays_lifted(inbox, store, lane1):
    """A person has decided: the next dispute of that version does not halt it again."""
    limits(store, halt_per_1000=1, least_shown=1)
    sales(lane1, 3, 3)
    collect(inbox, lane1)
    recalls = store.recalls("s001")
    with store.change():
        store.put_recalls(msgspec.structs.replace(recalls, rev=recalls.rev + 1, offers=()), NOON)
    lane1.write(settled("u9"))
    collect(inbox, lane1)
    assert store.recalls("s001").offers == ()


def test_without_a_limit_nothing_is_halted(inbox, store, lane1):
    """The shipped setting flags and halts nothing."""
    sales(lane1, 200, 200)
    collect(inbox, lane1)
    assert store.recalls("s001").offers == ()
    assert disputes.by_offer(store, None)[0]["state"] == "flagged"


def test_a_new_version_begins_anew(inbox, store, lane1):
    """What was said of the wording before does not count against the new one."""
    limits(store, flag_per_1000=1, least_shown=1)
    sales(lane1, 5, 5)
    collect(inbox, lane1)
    later = "2026-03-03T00:00:00+00:00"
    with store.change():
        body = store.conn.execute("SELECT body FROM offers WHERE offer_id = ?", (OAT,)).fetchone()[
            0
        ]
        newer = body.replace('"version":1', '"version":2')
        assert newer != body
        store.conn.execute(
            "UPDATE offers SET version = 2, body = ? WHERE offer_id = ?", (newer, OAT)
        )
        store.conn.execute("INSERT INTO offer_history VALUES (?, 2, ?, ?)", (OAT, newer, later))
    assert disputes.by_offer(store, None)[0]["state"] == ""
    assert disputes.rates(store) == [disputes.Rate(OAT, 2, 0, 0)]


def test_tickets_wait_until_they_are_closed(inbox, store, lane1):
    """Closing twice is fine; a ticket that nobody wrote is refused."""
    lane1.write(settled("u1", "escalated", ticket="s001-1-AB12CD34"))
    lane1.write(settled("u2", "explained"))
    collect(inbox, lane1)
    assert [line["ticket"] for line in disputes.tickets(store)] == ["s001-1-AB12CD34"]
    disputes.close(store, "s001-1-AB12CD34", "mailed a coupon", NOON)
    disputes.close(store, "s001-1-AB12CD34", "again", NOON)
    assert disputes.tickets(store) == []
    with pytest.raises(Complaint):
        disputes.close(store, "s001-1-00000000", "", NOON)


def test_a_coupon_printed_again_is_used_up_at_the_arbiter(inbox, store, lane1, lane2):
    """The old serial is redeemed for good: another lane's claim is denied as used; the new one lives."""
    claim = ClaimId(lane1.epoch, 1)
    lane1.write(Claiming("u1", SERIAL, "9520000900052", OAT, 0))
    lane1.write(ClaimGranted(claim, SERIAL))
    again = settled("u1", "reissued", "COUPON_NOT_PRESENTED", "printed_torn")
    serials = {"serial": SERIAL, "new_serial": "000000020007", "claim": claim}
    lane1.write(msgspec.structs.replace(again, **serials))
    collect(inbox, lane1)
    row = store.conn.execute("SELECT redeemed FROM holdings WHERE serial = ?", (SERIAL,)).fetchone()
    assert row == (1,)


def test_a_coupon_printed_again_is_no_further_one_of_its_shopper(inbox, store, lane1):
    """The other lanes hear of one issued coupon, not of two."""
    lane1.write(issue(SERIAL), shopper=ANNA)
    again = msgspec.structs.replace(issue("000000020007"), instead_of=SERIAL)
    assert isinstance(again, Issued)
    lane1.write(again, shopper=ANNA)
    collect(inbox, lane1)
    assert len([op for op in ops(store) if type(op).__name__ == "PastOp"]) == 1


def test_a_row_that_cannot_be_read_halts_nothing(inbox, store, lane1):
    """A settled row of another form is quarantined as any other."""
    limits(store, halt_per_1000=1, least_shown=1)
    row = lane1.write(settled())
    lane1.rows[0] = msgspec.structs.replace(row, body=msgspec.Raw(b'{"type":"settled"}'))
    collect(inbox, lane1)
    assert store.recalls("s001").offers == ()
    assert disputes.by_offer(store, None) == []
