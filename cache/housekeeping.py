"""What keeps the journal within bounds: pruning, quarantine, erasure, room for a full disk."""

from __future__ import annotations

import os
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from cache.chain import stamp
from cache.facts import Fact, revived, used_up
from cache.happened import REDEEMED, SALES
from cache.journal_store import JournalStore, record_of, undone
from cache.overlay import drop_sold_before
from cache.slots import slot_of
from offers.model import ShopperKey, ShopperRef
from offers.records import Issued, Voided
from offers.shopper_key import tombstone
from offers.spending import spending

PRUNE_ROWS = 2000  # at a time: some milliseconds of the journal's thread
QUARANTINE_ROWS = 1000
QUARANTINE_BYTES = 64 * 1024  # kept of one message
BALLAST_BYTES = 256 * 1024  # over 200 redemptions, measured with rows of 1 KB
PAGE_BYTES = 4096
OPEN_YET = timedelta(days=45)  # a part was noted up to two weeks before a sale paid a month later


def acknowledge(store: JournalStore, upto: int) -> str | None:
    """Store HQ's mark; return the time of the first row above it."""
    store.set_meta("hq_acked", str(upto))
    found = store.db.execute(
        "SELECT at FROM row WHERE seq > ? ORDER BY seq LIMIT 1", (upto,)
    ).fetchone()
    return None if found is None else str(found[0])


def settle(store: JournalStore) -> None:
    """Write what is kept beside the rows for all rows up to the head, many rows at once.

    Where each transaction's rows are, which serials are used up, how far the leases are used: a
    restart between two settlings derives the rest from the rows themselves.
    """
    db = store.db
    start = int(store.meta("settled"))
    db.execute(
        "INSERT OR IGNORE INTO place SELECT uid, seq FROM row WHERE seq > ? AND uid IS NOT NULL",
        (start,),
    )
    weighty = db.execute(
        "SELECT seq, at, body FROM row WHERE seq > ? "
        "AND kind IN ('tendered', 'voided', 'returned', 'issued') ORDER BY seq",
        (start,),
    )
    for seq, at, body in weighty.fetchall():
        record = record_of(body)
        sale = undone(db, record.uid, seq) if isinstance(record, Voided) else None
        _note_serials(db, Fact(seq, datetime.fromisoformat(at), record, sale), at)
    store.set_meta("settled", str(store.head.seq))
    _note_spending(store)


def _note_spending(store: JournalStore) -> None:
    """Add up what the rows since the last time spent; by a mark of its own, which older code leaves."""
    db = store.db
    for seq, body in db.execute(
        "SELECT seq, body FROM row WHERE seq > ? AND kind IN "
        "('tendered', 'voided', 'returned', 'issued', 'gave_back') ORDER BY seq",
        (int(store.meta("spent_upto")),),
    ).fetchall():
        record = record_of(body)
        sale = undone(db, record.uid, seq) if isinstance(record, Voided) else None
        db.executemany(_SPEND, spending(record, sale))
    store.set_meta("spent_upto", str(store.head.seq))


_SPEND = (
    "INSERT INTO spent VALUES (?, ?, ?, ?) ON CONFLICT (kind, offer_id) DO UPDATE "
    "SET used = used + excluded.used, gave_back = gave_back + excluded.gave_back"
)


def _note_serials(db: sqlite3.Connection, fact: Fact, at: str) -> None:
    for serial, uid in used_up(fact):
        db.execute("INSERT OR REPLACE INTO redeemed VALUES (?, ?, ?)", (serial, uid, at))
    for serial in revived(fact):
        db.execute("DELETE FROM redeemed WHERE serial = ?", (serial,))
    if isinstance(fact.record, Issued) and fact.record.serial is not None:
        lease, counter = slot_of(fact.record.serial)
        db.execute(
            "INSERT INTO lease_use VALUES (?, ?) ON CONFLICT (lease) DO UPDATE "
            "SET next_counter = max(next_counter, excluded.next_counter)",
            (lease, counter + 1),
        )


def prune(store: JournalStore, retention_from: datetime, now: datetime, keep_from: int) -> int:
    """Drop the oldest rows that HQ has, their evidence, and what is too old to count.

    Args:
        store: the journal.
        retention_from: what happened since then stays.
        now: the time that rolling counts go back from.
        keep_from: the first row that stays in any case: an open claim begins there.

    Returns:
        The last sequence number that is gone; the chain goes on from its hash.
    """
    settle(store)
    db, acked = store.db, int(store.meta("hq_acked"))
    last = int(store.meta("anchor_seq"))
    for seq, hashed, at in db.execute(
        "SELECT seq, hash, at FROM row ORDER BY seq LIMIT ?", (PRUNE_ROWS,)
    ).fetchall():
        if seq > acked or seq >= keep_from or at >= stamp(retention_from):
            break
        last = seq
        store.set_meta("anchor_hash", hashed.hex())
    store.set_meta("anchor_seq", str(last))
    db.execute(
        "DELETE FROM place WHERE (uid, seq) IN (SELECT uid, seq FROM row WHERE seq <= ?)", (last,)
    )
    db.execute("DELETE FROM row WHERE seq <= ?", (last,))
    _prune_evidence(db, stamp(retention_from))
    _prune_parts(db, (retention_from - OPEN_YET).toordinal())
    db.execute("DELETE FROM redeemed WHERE at < ?", (stamp(now - REDEEMED),))
    drop_sold_before(db, now - SALES)
    return last


def _prune_evidence(db: sqlite3.Connection, before: str) -> None:
    oldest = db.execute("SELECT rowid, at, uid FROM evidence ORDER BY rowid LIMIT ?", (PRUNE_ROWS,))
    for rowid, at, uid in oldest.fetchall():
        if at >= before:
            return
        open_yet = "SELECT 1 FROM open_basket WHERE uid = ?"
        if db.execute(open_yet, (uid,)).fetchone() is None:
            db.execute("DELETE FROM evidence WHERE rowid = ?", (rowid,))


def _prune_parts(db: sqlite3.Connection, before_day: int) -> None:
    """Drop what no kept decision names: the day of its use is noted with the decision."""
    old = "SELECT rowid FROM part WHERE day < ? LIMIT ?"
    db.execute(f"DELETE FROM part WHERE rowid IN ({old})", (before_day, PRUNE_ROWS))  # noqa: S608


def forget_refs(store: JournalStore, refs: tuple[ShopperRef, ...]) -> None:
    """Drop references that no row uses any more."""
    store.db.executemany("DELETE FROM shopper WHERE ref = ?", ((ref,) for ref in refs))


def erase(store: JournalStore, shopper: ShopperKey, refs: tuple[ShopperRef, ...]) -> None:
    """Delete every trace of a person; the rows and their hashes stay whole, naming no one."""
    db = store.db
    db.execute("PRAGMA secure_delete = on")
    for ref in refs:
        uids = "SELECT uid FROM row WHERE ref = ?"
        db.execute(f"DELETE FROM evidence WHERE uid IN ({uids})", (ref,))  # noqa: S608
    db.execute("DELETE FROM shopper WHERE shopper = ?", (shopper,))
    db.execute("DELETE FROM overlay WHERE kind = 'assign' AND key = ?", (shopper,))
    db.execute(
        "DELETE FROM overlay WHERE kind = 'past' AND key >= ? AND key < ?",
        (f"{shopper}/", f"{shopper}0"),  # "0" is the character after "/"
    )
    # Letters are kept compressed: whom they name does not show.
    db.execute("DELETE FROM quarantine WHERE topic LIKE '%delta' OR instr(payload, ?)", (shopper,))
    scrub(db)


def bury(store: JournalStore, tombstones: frozenset[str]) -> tuple[ShopperKey, ...]:
    """Erase every shopper who is on the disk and has one of these tombstones; tell whom."""
    known: dict[ShopperKey, list[ShopperRef]] = {}
    for ref, shopper in store.db.execute("SELECT ref, shopper FROM shopper"):
        known.setdefault(shopper, []).append(ref)
    changed = "SELECT DISTINCT substr(key, 1, 32) FROM overlay WHERE kind IN ('assign', 'past')"
    for (key,) in store.db.execute(changed):
        known.setdefault(key, [])
    found = tuple(key for key in known if tombstone(key) in tombstones)
    for key in found:
        erase(store, key, tuple(known[key]))
    return found


def scrub(db: sqlite3.Connection) -> None:
    """Write over every free page: those that were given up earlier still hold what was on them."""
    (free,) = db.execute("PRAGMA freelist_count").fetchone()
    db.execute("INSERT INTO spare VALUES (zeroblob(?))", ((free + 8) * PAGE_BYTES,))
    db.execute("DELETE FROM spare")


def quarantine(store: JournalStore, at: datetime, topic: str, payload: bytes, why: str) -> None:
    """Keep a message that could not be used, and why; the oldest give way."""
    row = (stamp(at), topic, payload[:QUARANTINE_BYTES], why)
    kept = store.db.execute(
        "INSERT INTO quarantine (at, topic, payload, why) VALUES (?, ?, ?, ?)", row
    )
    assert kept.lastrowid is not None
    store.db.execute("DELETE FROM quarantine WHERE id <= ?", (kept.lastrowid - QUARANTINE_ROWS,))


def make_spare(db: sqlite3.Connection, pages: int) -> None:
    """Make file and WAL hold so many pages more than they need, written once and free again.

    A page that was written has its place on the disk: on a full disk commits still find room in
    the free pages and in the WAL, which is overwritten from its start after each checkpoint. An
    overwritten WAL is also cheaper to sync than a growing one (48 against 71 us).
    """
    db.execute("INSERT INTO spare VALUES (zeroblob(?))", (pages * PAGE_BYTES,))
    db.execute("DELETE FROM spare")
    db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def top_up(db: sqlite3.Connection, pages: int) -> None:
    """Make the reserve anew once half of it is used."""
    (free,) = db.execute("PRAGMA freelist_count").fetchone()
    if free < pages // 2:
        make_spare(db, pages)


def make_ballast(path: Path) -> None:
    """Put a file beside the journal that can be given up when the disk is full."""
    if not path.exists():
        with path.open("wb") as file:
            file.write(bytes(BALLAST_BYTES))
            file.flush()
            os.fsync(file.fileno())
