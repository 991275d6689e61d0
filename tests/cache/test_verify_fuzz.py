"""One flipped bit anywhere in a row is found, and the row is named."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from cache import inspect
from cache.entries import Entry
from offers.records import Noted

ROWS = 12
COLUMNS = ("kind", "at", "body", "prev", "hash", "uid", "ref")


@pytest.fixture
async def journal_file(lane, make):
    async with lane.journal() as journal:
        for number in range(ROWS - 2):
            sale = make.tendered(f"{number:032x}", shopper=journal.ref(make.ANNA))
            await journal.append(Entry(sale, make.NOON))
        await journal.append(Entry(Noted("a", "b" * 300), make.NOON))
        await journal.append(Entry(make.issued(shopper=journal.ref(make.BERT)), make.NOON))
    return lane.path


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seq=st.integers(1, ROWS),
    column=st.sampled_from(COLUMNS),
    place=st.integers(0, 10**6),
    bit=st.integers(0, 7),
)
def test_a_flipped_bit_in_any_row_is_found_and_the_row_named(journal_file, seq, column, place, bit):
    """Kind, time, body, hashes, and the sale and the shopper that stand beside: all of it counts."""
    copy = journal_file.with_name("copy.db")
    shutil.copy(journal_file, copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as db:
        query = f"SELECT CAST({column} AS BLOB), typeof({column}) FROM row WHERE seq = ?"
        value, kind = db.execute(query, (seq,)).fetchone()
        if kind == "null":
            return
        flipped = bytearray(value)
        flipped[place % len(value)] ^= 1 << bit
        cast = "CAST(? AS TEXT)" if kind == "text" else "?"
        db.execute(f"UPDATE row SET {column} = {cast} WHERE seq = ?", (bytes(flipped), seq))
    report = inspect.verify(copy)
    assert (report.first_bad_seq, report.rows) == (seq, seq - 1)
    assert f"row {seq} " in report.what
    assert "restart the agent" in report.do


def test_a_whole_journal_is_whole(journal_file):
    """Nothing is found where nothing was flipped."""
    report = inspect.verify(journal_file)
    assert (report.rows, report.first_bad_seq, report.do) == (ROWS, None, "nothing")
