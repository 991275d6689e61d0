import asyncio
import contextlib
import itertools
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from cache import inspect
from cache.errors import JournalFull, JournalUnwritable
from cache.journal import Entry
from offers.records import Noted

APPENDER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from cache.journal import Entry, Journal
from offers.records import Incarnation, Noted
NOW = datetime(2026, 11, 21, tzinfo=UTC)

async def main(path):
    journal = await Journal.open(
        path, incarnation=lambda: Incarnation("e"), now=lambda: NOW, spare_pages=4
    )
    async def produce():
        while True:
            for row in await journal.append(Entry(Noted("a", "x" * 300), NOW)):
                print(row.seq, flush=True)
    await asyncio.gather(*(produce() for _ in range(4)))

asyncio.run(main(Path(sys.argv[1])))
"""


async def three_rows(lane, make):
    async with lane.journal() as journal:
        for code in "abc":
            await journal.append(Entry(Noted(code, "x" * 100), make.NOON))
        return journal.epoch


def change(path, sql: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE row SET body = CAST(replace(CAST(body AS TEXT), 'xx', 'xy') AS BLOB) WHERE seq = 2",
        "UPDATE row SET at = '2026-11-21T12:00:01.000000+00:00' WHERE seq = 2",
        "UPDATE row SET kind = 'other' WHERE seq = 2",
        "UPDATE row SET kind = CAST(x'ff' AS TEXT) WHERE seq = 2",
        "UPDATE row SET hash = zeroblob(32) WHERE seq = 2",
        "DELETE FROM row WHERE seq = 2",
        "DELETE FROM row WHERE seq = 1",
        "DELETE FROM meta WHERE name = 'epoch'",
        "UPDATE meta SET value = '9' WHERE name = 'min_reader'",
        "UPDATE meta SET value = '4' WHERE name = 'hq_acked'",
    ],
)
async def test_a_damaged_journal_is_set_aside_whole_and_a_new_incarnation_begins(lane, make, sql):
    """Whatever does not hold, the file is renamed as it is, and the lane goes on with a new one."""
    epoch = await three_rows(lane, make)
    if "hq_acked" in sql:
        change(lane.path, "INSERT INTO meta VALUES ('hq_acked', '0')")
    change(lane.path, sql)
    before = lane.path.read_bytes()
    async with lane.journal() as journal:
        assert journal.set_aside is not None
        assert journal.set_aside.read_bytes() == before
        assert journal.set_aside.name == "journal.db.damaged-20261121T120000"
        assert (journal.epoch != epoch, journal.last_seq) == (True, 0)
        assert await journal.append(Entry(Noted("d", ""), make.NOON))


@pytest.mark.parametrize("junk", [b"\0" * 5000, b"SQLite format 3\0" + b"\xff" * 5000, b"short"])
async def test_a_file_that_is_no_database_is_set_aside(lane, make, junk):
    """Rubbish under the journal's name is kept, not written over."""
    lane.path.write_bytes(junk)
    async with lane.journal() as journal:
        assert journal.set_aside is not None
        assert journal.set_aside.read_bytes() == junk
        assert journal.last_seq == 0


async def test_two_damaged_journals_in_one_second_do_not_meet(lane, make):
    """A second one gets a name of its own."""
    for _ in range(2):
        lane.path.write_bytes(b"junk")
        async with lane.journal():
            pass
    assert len(list(lane.path.parent.glob("*.damaged-*T120000*"))) == 2


async def test_a_cut_wal_leaves_a_whole_prefix_and_hqs_mark_reveals_it(lane, make):
    """Half a -wal still reads well in itself; only HQ's acknowledgement tells that rows are gone."""
    journal = await lane.open()
    for number in range(20):
        await journal.append(Entry(Noted(str(number), "x" * 3000), make.NOON))
    await lane.crash(journal)
    wal = lane.path.with_name("journal.db-wal")
    wal.write_bytes(wal.read_bytes()[: 32 + 4120 * 12])
    again = await lane.open()
    assert (again.set_aside, again.epoch) == (None, journal.epoch)
    assert 0 < again.last_seq < 20
    assert inspect.verify(lane.path).first_bad_seq is None
    with pytest.raises(Exception, match="headquarters has rows up to 20"):
        await again.hq_has(20)
    await again.close()
    async with lane.journal() as renewed:
        assert (renewed.set_aside is None, renewed.epoch == journal.epoch) == (False, False)


def test_every_acknowledged_row_is_there_after_a_kill(tmp_path):
    """Four producers are killed with SIGKILL in the middle; what was answered is on the disk."""
    path = tmp_path / "journal.db"
    child = subprocess.Popen(
        [sys.executable, "-c", APPENDER, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    answered = [int(child.stdout.readline()) for _ in range(300)]
    os.kill(child.pid, signal.SIGKILL)
    answered += [int(line) for line in child.stdout.read().split("\n")[:-1] if line]
    child.stdout.close()
    child.wait(timeout=30)
    report = inspect.verify(path)
    assert (report.first_bad_seq, report.rows >= max(answered)) == (None, True)
    assert sorted(answered) == list(range(1, len(answered) + 1))


async def test_a_full_journal_refuses_cleanly_and_goes_on_when_there_is_room(lane, make):
    """At SQLite's own limit a call is refused whole; smaller things and later calls still work."""
    async with lane.journal(spare_pages=1) as journal:
        await journal.append(Entry(Noted("a", ""), make.NOON))
        limit = "PRAGMA max_page_count = 1"  # SQLite takes the present size for it
        (pages,) = await journal._thread.ask(lambda s: s.db.execute(limit).fetchone(), lambda v: v)
        with pytest.raises(JournalFull) as told:
            await journal.append(
                Entry(Noted("b", ""), make.NOON), evidence={"u1": os.urandom(100_000)}
            )
        assert told.value.path == lane.path
        assert (journal.last_seq, await journal.evidence("u1")) == (1, None)
        assert not lane.path.with_name("journal.db.ballast").exists()
        limit = f"PRAGMA max_page_count = {pages + 100}"
        await journal._thread.ask(lambda s: s.db.execute(limit).fetchone(), lambda v: v)
        rows = await journal.append(
            Entry(Noted("b", ""), make.NOON), evidence={"u1": os.urandom(100_000)}
        )
        assert rows[0].seq == 2
    async with lane.journal() as journal:
        assert (journal.set_aside, journal.last_seq) == (None, 2)


@pytest.fixture
def small_disk(lane):
    """Mount 12 MB in the lane's place."""
    place = lane.path.parent
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", place]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("mounting a small disk needs root")
    yield lane
    subprocess.run(["umount", place], check=True)


def use_up(path) -> None:
    """Write until the disk has no byte left."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


async def sell_until_refused(journal, make) -> int:
    """Redeem one coupon after another; return how many the journal took."""
    for done in itertools.count():
        use = make.redemption(f"{done:012}")
        sale = make.tendered(f"{done:032x}", redemptions=(use,))
        try:
            await journal.append(Entry(sale, make.NOON), evidence={sale.uid: b"e" * 2000})
        except JournalFull:
            return done
    raise AssertionError


async def test_two_hundred_sales_find_room_on_a_full_disk(small_disk, make):
    """On a disk with no byte left the reserve holds 200 redemptions; then a clean refusal."""
    photos = small_disk.path.with_name("photos")
    async with small_disk.journal(spare_pages=512) as journal:
        use_up(photos)
        done = await sell_until_refused(journal, make)
        assert done >= 200
        assert journal.last_seq == done
        photos.unlink()
        await journal.append(Entry(Noted("room again", ""), make.NOON))
    assert inspect.verify(small_disk.path).rows == done + 1


async def test_a_journal_on_a_full_disk_opens_and_keeps_what_it_had(small_disk, make):
    """A restart on a full disk loses nothing; once there is room, it goes on."""
    photos = small_disk.path.with_name("photos")
    async with small_disk.journal(spare_pages=512) as journal:
        use_up(photos)
        done = await sell_until_refused(journal, make)
    async with small_disk.journal(spare_pages=512) as journal:
        assert (journal.set_aside, journal.last_seq) == (None, done)
        photos.unlink()
        assert await journal.append(Entry(Noted("room again", ""), make.NOON))


async def test_a_failed_sync_fails_its_own_commit_only(lane, make):
    """An I/O error belongs to those who waited for that commit; the next one is sound."""

    def fail(store):
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        store.set_meta("never", "1")
        raise error

    async with lane.journal() as journal:
        lost = journal._thread.ask(fail, lambda v: v)
        with_it = journal.append(Entry(Noted("a", ""), make.NOON))
        results = await asyncio.gather(lost, with_it, return_exceptions=True)
        assert isinstance(results[0], JournalUnwritable)
        (row,) = await journal.append(Entry(Noted("b", ""), make.NOON))
        assert row.seq == journal.last_seq
        assert await journal._thread.ask(lambda s: s.meta("never", "no"), lambda v: v) == "no"
    assert inspect.verify(lane.path).first_bad_seq is None


async def test_looking_into_a_journal_in_use_changes_nothing(lane, make):
    """Tables, rows and the chain are read beside the writer, and the WAL is left as it was."""
    async with lane.journal() as journal:
        await journal.append(Entry(Noted("a", 'said "so", twice'), make.NOON))
        files = [lane.path, lane.path.with_name("journal.db-wal")]
        before = [file.read_bytes() for file in files]
        assert dict(inspect.tables(lane.path))["row"] == 1
        head, line = inspect.rows(lane.path, "row", 10)
        assert head.split() == ["seq", "kind", "at", "body", "prev", "hash", "uid", "ref"]
        assert line.startswith("1  noted  2026-11-21T12:00:00.000000+00:00  {")
        csv_line = list(inspect.rows(lane.path, "row", 10, as_csv=True))[1]
        assert '"{""type"":""noted""' in csv_line
        with pytest.raises(LookupError, match="it has evidence, lease_use, meta"):
            list(inspect.rows(lane.path, "rows", 10))
        assert inspect.verify(lane.path).what == "whole: 1 rows, the last is 1"
        assert [file.read_bytes() for file in files] == before


async def test_verify_names_the_first_bad_row_and_what_to_do(lane, make):
    """The walk stops at the row that does not hold."""
    await three_rows(lane, make)
    change(lane.path, "UPDATE row SET body = CAST('{}' AS BLOB) WHERE seq = 2")
    report = inspect.verify(lane.path)
    assert (report.rows, report.first_bad_seq) == (1, 2)
    assert report.what.startswith("row 2 does not follow")
    assert "restart the agent" in report.do


def test_verify_says_when_a_file_is_no_journal(tmp_path):
    """Rubbish is a finding, not a crash."""
    path = tmp_path / "x.db"
    path.write_bytes(b"junk" * 100)
    report = inspect.verify(path)
    assert (report.rows, report.first_bad_seq) == (0, None)
    assert report.what.startswith("cannot be read: ")


ONE_BY_ONE = """
import asyncio, os, sys
from datetime import UTC, datetime
from pathlib import Path
from cache.journal import Entry, Journal
from offers.records import Noted
NOW = datetime(2026, 11, 21, tzinfo=UTC)

async def main(path):
    journal = await Journal.open(path, incarnation=lambda: "e", now=lambda: NOW)
    os.write(2, b"begin")
    for _ in range(1100):
        await journal.append(Entry(Noted("a", "x" * 300), NOW))
    os.write(2, b"end")
    await journal.close()

asyncio.run(main(Path(sys.argv[1])))
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace counts the syncs")
def test_a_commit_costs_one_sync(tmp_path):
    """1,100 appends one by one, two checkpoints among them: at most 1.01 syncs each, never fewer."""
    trace = tmp_path / "trace"
    strace = ["strace", "-f", "-e", "trace=fdatasync,fsync,write", "-o", str(trace)]
    command = [*strace, sys.executable, "-c", ONE_BY_ONE, str(tmp_path / "journal.db")]
    if subprocess.run(command, timeout=120, check=False, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("this machine lets nobody trace")
    between = trace.read_text().split('"begin"')[1].split('"end"')[0]
    syncs = between.count("fdatasync(") + between.count("fsync(")
    assert 1100 <= syncs <= 1111
