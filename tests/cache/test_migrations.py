import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cache import inspect, migrations
from cache.journal import Entry
from cache.migrations import SCHEMA, Step, bring_up, statements, steps
from offers.records import Noted

DATABASES = Path(__file__).parent.parent / "databases"


@pytest.mark.parametrize("version", range(1, SCHEMA + 1))
async def test_todays_code_opens_a_journal_of_every_released_schema(lane, make, version):
    """Each released schema is kept as a file for ever, and every fact in it is still known."""
    shutil.copy(DATABASES / f"journal_{version:03}.db", lane.path)
    async with lane.journal() as journal:
        assert (journal.set_aside, journal.epoch) == (None, "0123456789abcdef")
        assert (journal.last_seq, journal.acked) == (3, 1)
        assert journal.mirror.redeemed_serial("000070001234") == ("u1", make.NOON)
        assert [use.offer_id for use in journal.mirror.past(make.ANNA)] == ["O1"]
        assert [claim.serial for claim in journal.unfinished_claims()] == ["000070011234"]
        assert [basket.body for basket in journal.open_baskets()] == [b"basket"]
        assert await journal.evidence("u1") == b"why"
        (row,) = await journal.append(Entry(Noted("new", ""), make.NOON))
        assert row.seq == 4
    assert inspect.verify(lane.path).first_bad_seq is None


def test_every_table_is_strict(tmp_path):
    """A number never becomes a text by itself: each of our tables says STRICT."""
    with closing(sqlite3.connect(tmp_path / "j.db", isolation_level=None)) as db:
        bring_up(tmp_path / "j.db", db, steps())
        lax = "SELECT name FROM pragma_table_list WHERE NOT strict AND name NOT LIKE '%sqlite%'"
        assert db.execute(lax).fetchall() == []
        assert migrations.version(db) == SCHEMA


async def test_a_migration_copies_the_journal_first_and_keeps_every_row(lane, make):
    """The next version adds; the copy beside it is the journal as it was."""
    async with lane.journal() as journal:
        await journal.append(Entry(Noted("a", ""), make.NOON))
    extra = Step(SCHEMA + 1, "ALTER TABLE row ADD COLUMN extra TEXT;\n", min_reader=1)
    with closing(sqlite3.connect(lane.path, isolation_level=None)) as db:
        copy = bring_up(lane.path, db, (*steps(), extra))
        assert migrations.version(db) == SCHEMA + 1
        assert db.execute("SELECT seq, extra FROM row").fetchall() == [(1, None)]
    assert copy.name == f"journal.db.schema-{SCHEMA}"
    assert inspect.verify(copy).rows == 1


def test_a_migration_that_fails_changes_nothing(tmp_path):
    """Its statements are one transaction: the first is undone with the second."""
    path = tmp_path / "j.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        bring_up(path, db, steps())
        broken = Step(SCHEMA + 1, "CREATE TABLE more (a TEXT) STRICT;\nCREATE NONSENSE;\n", 1)
        with pytest.raises(sqlite3.OperationalError):
            bring_up(path, db, (*steps(), broken))
        assert migrations.version(db) == SCHEMA
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (
            0,
        )


def test_a_script_is_split_at_its_statements():
    """A semicolon in a comment or a text ends nothing."""
    script = "-- one; two\nCREATE TABLE a (b TEXT);\nINSERT INTO a VALUES (';\n');\n"
    assert [part.count("\n") for part in statements(script)] == [2, 2]


async def test_a_newer_journal_that_we_may_still_write_is_taken_up(lane, make):
    """Version N-1 goes on with version N's journal where its `min_reader` allows."""
    async with lane.journal() as journal:
        epoch = journal.epoch
    with closing(sqlite3.connect(lane.path, isolation_level=None)) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    async with lane.journal() as journal:
        assert (journal.epoch, journal.set_aside) == (epoch, None)
        await journal.append(Entry(Noted("a", ""), make.NOON))
