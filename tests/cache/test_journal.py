import asyncio
import sqlite3
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from cache.chain import genesis, intact, link
from cache.errors import JournalLostTail
from cache.journal import Entry
from cache.journal_store import OpenBasket
from offers.model import ShopperRef
from offers.records import ClaimDenied, ClaimGranted, ClaimId, Noted, Printed


async def test_rows_are_numbered_and_chained_from_the_incarnation(lane, make):
    """Each row follows from the row before it, the first from the incarnation's name."""
    async with lane.journal() as journal:
        one, two = await journal.append(
            Entry(Noted("a", ""), make.NOON), Entry(Noted("b", ""), make.NOON)
        )
        (three,) = await journal.append(Entry(Noted("c", ""), make.NOON))
        assert [one.seq, two.seq, three.seq] == [1, 2, 3]
        assert [one.prev, two.prev, three.prev] == [genesis(journal.epoch), one.hash, two.hash]
        assert all(map(intact, (one, two, three)))
        assert await journal.rows_after(0, 10) == (one, two, three)
        assert await journal.rows_after(1, 1) == (two,)


def test_the_hash_is_the_documented_one():
    """SHA-256 over the five parts, each behind its length in four bytes: worked out by hand."""
    parts = (
        b"\1" * 32,
        (7).to_bytes(8, "big"),
        b"noted",
        b"2026-11-21T12:00:00.000000+00:00",
        b"{}",
    )
    by_hand = sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()
    assert link(b"\1" * 32, 7, "noted", "2026-11-21T12:00:00.000000+00:00", b"{}") == by_hand


async def test_an_appended_row_outlives_a_power_cut(lane, make):
    """What a call returned is in the files at that moment, without any close."""
    journal = await lane.open()
    rows = await journal.append(Entry(make.tendered(), make.NOON))
    await lane.crash(journal)
    async with lane.journal() as again:
        assert await again.rows_after(0, 10) == rows
        assert (again.epoch, again.last_seq, again.set_aside) == (journal.epoch, 1, None)


async def test_rows_name_a_shopper_by_reference_only(lane, make):
    """The key stands beside the row for sending, never in its body, and once in the file."""
    async with lane.journal() as journal:
        ref = journal.ref(make.ANNA)
        assert journal.ref(make.ANNA) == ref
        assert journal.ref(make.BERT) != ref
        await journal.append(Entry(make.tendered(shopper=ref), make.NOON))
        (row,) = await journal.rows_after(0, 9)
        assert row.shopper_key == make.ANNA
        assert make.ANNA.encode() not in bytes(row.body)
        assert ref.encode() in bytes(row.body)
    async with lane.journal() as journal:
        assert journal.ref(make.ANNA) == ref
        assert journal.shopper(ref) == make.ANNA
        assert journal.shopper(ShopperRef("nobody")) is None


async def test_an_erased_shopper_is_nowhere_in_the_files_and_the_chain_is_whole(lane, make):
    """An erasure leaves no key on the disk, and every row as it was."""
    async with lane.journal() as journal:
        ref = journal.ref(make.ANNA)
        uid = make.tendered().uid
        rows = await journal.append(
            Entry(make.tendered(shopper=ref, redemptions=(make.redemption(),)), make.NOON),
            evidence={uid: make.ANNA.encode() * 9},
        )
        assert journal.mirror.past(make.ANNA)
        await journal.erase(make.ANNA)
        for part in lane.path.parent.iterdir():
            assert make.ANNA.encode() not in part.read_bytes()
        (row,) = await journal.rows_after(0, 9)
        assert (row.hash, row.shopper_key) == (rows[0].hash, None)
        assert journal.mirror.past(make.ANNA) == ()
        assert await journal.evidence(uid) is None
    async with lane.journal() as journal:
        assert (journal.set_aside, journal.shopper(ref)) == (None, None)


async def test_a_call_is_written_whole_or_not_at_all(lane, make):
    """A row that cannot be written takes the baskets of its call with it, and nothing else."""
    async with lane.journal() as journal:
        basket = OpenBasket("u1", make.key(), 1, b"x")
        broken = OpenBasket("u2", make.key(), "no number", b"x")
        with pytest.raises(sqlite3.IntegrityError):
            await journal.append(
                Entry(Noted("a", ""), make.NOON), open_baskets={"u1": basket, "u2": broken}
            )
        assert (journal.last_seq, journal.open_baskets()) == (0, ())
        (row,) = await journal.append(Entry(Noted("b", ""), make.NOON))
        assert row.seq == 1
        assert row.prev == genesis(journal.epoch)


async def test_a_spoilt_call_does_not_spoil_its_neighbours_in_the_group(lane, make):
    """Of three calls in one commit the middle one fails alone."""
    async with lane.journal() as journal:
        broken = OpenBasket("u2", make.key(), "no number", b"x")
        results = await asyncio.gather(
            journal.append(Entry(Noted("a", ""), make.NOON)),
            journal.append(Entry(Noted("b", ""), make.NOON), open_baskets={"u2": broken}),
            journal.append(Entry(Noted("c", ""), make.NOON)),
            return_exceptions=True,
        )
        assert isinstance(results[1], sqlite3.IntegrityError)
        rows = await journal.rows_after(0, 9)
        assert rows == results[0] + results[2]
        assert [b"a" in bytes(rows[0].body), b"c" in bytes(rows[1].body)] == [True, True]


async def test_open_baskets_come_back_after_a_restart(lane, make):
    """A basket that was put is there, one that was ended is not."""
    async with lane.journal() as journal:
        one = OpenBasket("u1", make.key(1), 1, b"one")
        two = OpenBasket("u2", make.key(2), 5, b"two")
        await journal.append(open_baskets={"u1": one, "u2": two})
        await journal.append(open_baskets={"u1": None})
        assert journal.open_baskets() == (two,)
    async with lane.journal() as journal:
        assert journal.open_baskets() == (two,)


async def test_a_past_sale_is_found_by_the_tills_key_the_latest_first(lane, make):
    """Till numbers restart: the same key leads to the last transaction that had it."""
    async with lane.journal() as journal:
        for uid in ("u1", "u2"):
            sale = make.tendered(uid)
            await journal.append(Entry(sale, make.NOON), evidence={uid: uid.encode() * 1000})
        await journal.append(evidence={"u1": b"seen again"})
        assert await journal.sale(make.key()) == b"u2" * 1000
        assert await journal.evidence("u1") == b"seen again"
        assert await journal.sale(make.key(99)) is None
        assert await journal.evidence("u99") is None


async def test_evidence_of_an_open_basket_is_found_by_its_key(lane, make):
    """A basket that is not tendered yet lends its key to its evidence."""
    async with lane.journal() as journal:
        basket = OpenBasket("u1", make.key(7), 1, b"")
        await journal.append(open_baskets={"u1": basket})
        await journal.append(evidence={"u1": b"why"})
        assert await journal.sale(make.key(7)) == b"why"


async def test_rows_of_a_transaction_include_its_claims_and_its_print_jobs(lane, make):
    """Records that name a claim or a job are found with the transaction they belong to."""
    async with lane.journal() as journal:
        (first,) = await journal.append(Entry(make.claiming(uid="u1"), make.NOON))
        await journal.append(Entry(make.claiming("000070002234", uid="u2"), make.NOON))
        claim = ClaimId(journal.epoch, first.seq)
        await journal.append(Entry(ClaimGranted(claim, "000070001234"), make.NOON))
        await journal.append(Entry(make.issued(), make.NOON))
        await journal.append(Entry(Printed("j1", "printed"), make.NOON))
        kinds = [row.kind for row in await journal.rows_of("u1")]
        assert kinds == ["claiming", "claim_granted", "issued", "printed"]


async def test_claims_without_an_answer_are_told_at_the_next_start(lane, make):
    """Of three claims only the one still asked for is unfinished; a granted one is still open."""
    journal = await lane.open()
    serials = ("000070001234", "000070002234", "000070003234")
    rows = await journal.append(*(Entry(make.claiming(s), make.NOON) for s in serials))
    ids = [ClaimId(journal.epoch, row.seq) for row in rows]
    await journal.append(Entry(ClaimGranted(ids[1], serials[1]), make.NOON))
    await journal.append(Entry(ClaimDenied(ids[2], serials[2], "S1/L2", None), make.NOON))
    await lane.crash(journal)
    async with lane.journal() as again:
        assert [claim.claim for claim in again.unfinished_claims()] == [ids[0]]
        assert {c: again.mirror.claims[c].state for c in again.mirror.claims} == {
            ids[0]: "claiming",
            ids[1]: "granted",
        }


async def test_only_hqs_own_acknowledgement_prunes_and_the_chain_goes_on(lane, make):
    """Old rows go once HQ has them; rows it has not stay however old; the chain still verifies."""
    async with lane.journal(retention=timedelta(days=10)) as journal:
        for day in range(3):
            await journal.append(Entry(Noted(str(day), ""), make.NOON + timedelta(days=day)))
        lane.now = make.NOON + timedelta(days=11, hours=1)
        await journal.hq_has(1)
        assert [row.seq for row in await journal.rows_after(0, 9)] == [2, 3]
        assert (journal.acked, journal.oldest_unacked_at) == (1, make.NOON + timedelta(days=1))
        lane.now += timedelta(days=30)
        await journal.hq_has(1)
        assert [row.seq for row in await journal.rows_after(0, 9)] == [2, 3]
        lane.now += timedelta(days=1)
        await journal.hq_has(3)
        assert (await journal.rows_after(0, 9), journal.oldest_unacked_at) == ((), None)
    async with lane.journal() as journal:
        assert (journal.set_aside, journal.last_seq, journal.acked) == (None, 3, 3)
        (row,) = await journal.append(Entry(Noted("d", ""), make.NOON))
        assert row.seq == 4
        assert journal.oldest_unacked_at == make.NOON


async def test_a_lanes_clock_that_runs_ahead_prunes_nothing_early(lane, make):
    """HQ's time, where told, bounds the lane's."""
    async with lane.journal(retention=timedelta(days=10)) as journal:
        await journal.append(Entry(Noted("a", ""), make.NOON))
        lane.now = make.NOON + timedelta(days=3650)
        await journal.hq_has(1, make.NOON + timedelta(days=1))
        assert len(await journal.rows_after(0, 9)) == 1


async def test_a_reference_goes_with_its_last_row_unless_it_is_used_again(lane, make):
    """References do not pile up: pruning the last row of a shopper forgets the reference."""
    async with lane.journal(retention=timedelta(days=10)) as journal:
        anna, bert = journal.ref(make.ANNA), journal.ref(make.BERT)
        await journal.append(Entry(make.tendered("u1", shopper=anna), make.NOON))
        await journal.append(Entry(make.tendered("u2", shopper=bert), make.NOON))
        later = make.NOON + timedelta(days=12)
        await journal.append(Entry(make.tendered("u3", shopper=bert), later))
        lane.now = later
        await journal.hq_has(3)
        assert [row.shopper_key for row in await journal.rows_after(0, 9)] == [make.BERT]
        assert (journal.shopper(anna), journal.shopper(bert)) == (None, make.BERT)
    async with lane.journal() as journal:
        assert (journal.shopper(anna), journal.shopper(bert)) == (None, make.BERT)


async def test_a_lost_tail_stops_the_journal_and_begins_a_new_incarnation(lane, make):
    """HQ has a row that we have not: nothing more is written there, and the next open starts anew."""
    journal = await lane.open()
    await journal.append(Entry(Noted("a", ""), make.NOON))
    with pytest.raises(JournalLostTail) as told:
        await journal.hq_has(2)
    assert (told.value.last_seq, told.value.hq_acked) == (1, 2)
    with pytest.raises(JournalLostTail):
        await journal.append(Entry(Noted("b", ""), make.NOON))
    await journal.close()
    async with lane.journal() as again:
        assert again.epoch != journal.epoch
        assert again.set_aside is not None
        assert again.last_seq == 0
        assert await again.append(Entry(Noted("c", ""), make.NOON))


async def test_what_could_not_be_used_is_kept_within_bounds(lane, make):
    """The quarantine keeps the newest thousand messages, and 64 KiB of each."""
    async with lane.journal() as journal:
        await journal.quarantine("t", b"x" * 100_000, "first")
        await asyncio.gather(*(journal.quarantine("t", b"x", str(n)) for n in range(1000)))
    with sqlite3.connect(lane.path) as db:
        kept = db.execute("SELECT count(*), min(CAST(why AS INTEGER)) FROM quarantine").fetchone()
        assert kept == (1000, 0)
        first = "SELECT count(*) FROM quarantine WHERE why = 'first'"
        assert db.execute(first).fetchone() == (0,)
    db.close()


async def test_values_of_the_agent_and_the_generation_in_force_come_back(lane, make):
    """Named values and the pointer to the generation outlive a restart."""
    async with lane.journal() as journal:
        assert journal.meta("lane") is None
        await journal.set_meta("lane", "L1")
        await journal.set_meta("epoch", "not the journal's own")
        await journal.point_to("offers-g7.db", 7)
        epoch = journal.epoch
    async with lane.journal() as journal:
        assert (journal.meta("lane"), journal.epoch) == ("L1", epoch)
        assert (journal.generation_file, journal.generation_rev) == ("offers-g7.db", 7)


SERVE = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from cache.journal import Entry, Journal
from offers.records import Noted
now = datetime(2026, 11, 21, tzinfo=UTC)
async def main():
    path = Path(sys.argv[1])
    journal = await Journal.open(path, incarnation=lambda: "x", now=lambda: now)
    await journal.append(Entry(Noted("a", ""), now))
    await journal.close()
asyncio.run(main())
print("sqlite_utils" in sys.modules)
"""


def serve(path: Path) -> str:
    command = [sys.executable, "-c", SERVE, str(path)]
    done = subprocess.run(command, timeout=60, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_the_serving_path_does_not_load_sqlite_utils(tmp_path):
    """Only the first start needs it, to make the tables; an up-to-date journal never does."""
    assert [serve(tmp_path / "journal.db") for _ in range(2)] == ["True", "False"]


async def test_a_closed_journal_says_so(lane, make):
    """A call after the close is refused, and a second close is fine."""
    journal = await lane.open()
    await journal.close()
    await journal.close()
    with pytest.raises(RuntimeError, match="closed"):
        await journal.append(Entry(Noted("a", ""), make.NOON))


async def test_a_caller_that_gave_up_leaves_memory_and_disk_in_step(lane, make):
    """A cancelled append is still committed, and the mirror knows it."""
    async with lane.journal() as journal:
        sale = make.tendered(redemptions=(make.redemption("000070001234"),))
        task = asyncio.ensure_future(journal.append(Entry(sale, make.NOON)))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        rows = await journal.rows_after(0, 9)
        assert len(rows) == journal.last_seq == 1
        assert journal.mirror.redeemed_serial("000070001234") == ("u1", make.NOON)
