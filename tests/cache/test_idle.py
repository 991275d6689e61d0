"""A journal that nobody calls folds its WAL into the file."""

import asyncio
import sqlite3
import time
from contextlib import closing

from cache import journal_thread
from cache.entries import Entry
from offers.records import Noted


def rows_without_wal(path, copy) -> int:
    """Count what the file alone holds, as if the WAL were lost."""
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy.resolve().as_uri() + "?immutable=1", uri=True)) as db:
        try:
            return db.execute("SELECT count(*) FROM row").fetchone()[0]
        except sqlite3.OperationalError:
            return 0  # not even the table has left the WAL


async def test_an_idle_journal_folds_its_wal_and_keeps_its_room(lane, make, monkeypatch):
    """Some time without a call: all rows are in the file itself, and the WAL is as long as before."""
    monkeypatch.setattr(journal_thread, "IDLE_S", 0.05)
    copy = lane.path.with_name("copy.db")
    async with lane.journal(spare_pages=8) as journal:
        await journal.append(*(Entry(Noted("a", str(n)), make.NOON) for n in range(5)))
        wal = lane.path.with_name("journal.db-wal")
        before = wal.stat().st_size
        until = time.monotonic() + 20
        while rows_without_wal(lane.path, copy) < 5 and time.monotonic() < until:
            await asyncio.sleep(0.02)
        assert rows_without_wal(lane.path, copy) == 5
        assert wal.stat().st_size >= before
        (row,) = await journal.append(Entry(Noted("b", ""), make.NOON))
        assert row.seq == 6
