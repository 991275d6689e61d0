"""Opening a journal: look at it read-only, set it aside whole if it is damaged, else take it up."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from cache import migrations, overlay
from cache.chain import genesis, link
from cache.errors import JournalDamagedError
from cache.facts import Fact
from cache.housekeeping import make_ballast, make_spare, settle
from cache.journal_store import (
    Head,
    JournalStore,
    OpenBasket,
    key_of,
    record_of,
    undone,
    unpack,
)
from cache.mirror import Mirror
from cache.quotas import Spent
from cache.refs import Refs
from cache.veil import unveiled
from offers.model import Gtin, OfferId, ShopperKey, ShopperRef
from offers.records import Incarnation, Uid, Voided

PRAGMAS = (
    "synchronous = full",  # with normal, a power cut takes rows that were acknowledged
    "wal_autocheckpoint = 0",  # the thread does it, when nobody waits
    "secure_delete = fast",
    "busy_timeout = 0",  # there is one writer; a second one is a mistake to be told at once
)

# Anything else (locked, cannot open, disk error) may be gone at the next try.
DAMAGE = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(frozen=True)
class Loaded:
    """What was in the journal at start."""

    mirror: Mirror
    head: Head
    meta: dict[str, str]
    baskets: dict[Uid, OpenBasket] = field(default_factory=dict)
    oldest_unacked: datetime | None = None


def take_up(
    path: Path,
    *,
    incarnation: Callable[[], Incarnation],
    new_ref: Callable[[], ShopperRef],
    now: datetime,
    spare_pages: int,
) -> tuple[JournalStore, Loaded, Path | None]:
    """Open the journal, or begin a new one; tell where a damaged one was set aside.

    Raises:
        sqlite3.OperationalError: the disk or the directory does not let us; nothing was changed.
    """
    aside = None
    try:
        if path.exists() and path.stat().st_size:
            _roll_back(path)
            _bring_up(path)
            loaded = examine(path, new_ref, now)
        else:
            loaded = None
    except JournalDamagedError:
        aside, loaded = set_aside(path, now), None
    db = _connect(path)
    if loaded is None:
        migrations.bring_up(path, db, migrations.steps())
        loaded = _begin(db, incarnation(), new_ref)
    store = JournalStore(db, loaded.head)
    _make_ready(path, store, spare_pages)
    return store, loaded, aside


def _make_ready(path: Path, store: JournalStore, spare_pages: int) -> None:
    with suppress(sqlite3.Error, OSError):  # a disk that is full already: go on with what there is
        store.db.execute("BEGIN IMMEDIATE")
        settle(store)
        store.db.execute("COMMIT")
        make_spare(store.db, spare_pages)
        make_ballast(path.with_name(path.name + ".ballast"))
    if store.db.in_transaction:
        store.db.execute("ROLLBACK")


def examine(path: Path, new_ref: Callable[[], ShopperRef], now: datetime | None = None) -> Loaded:
    """Read a journal whole, checking the chain; never writes, nor moves its WAL into it.

    With `now`, what no longer counts is forgotten on the way: a year of rows takes no more memory
    than the weeks that count.

    Raises:
        JournalDamagedError: not SQLite, of a schema that is too new, or with a broken chain.
    """
    with _reading(path) as db:
        meta = dict(db.execute("SELECT name, value FROM meta"))
        refs = Refs(new_ref)
        for ref, shopper in db.execute("SELECT ref, shopper FROM shopper"):
            refs.known(ShopperRef(ref), ShopperKey(shopper))
        mirror = Mirror(Incarnation(meta["epoch"]), refs)
        _load_changes(db, mirror, meta)
        head = _load_rows(path, db, mirror, meta, now)
        acked = int(meta.get("hq_acked", 0))
        if acked > head.seq:
            raise JournalDamagedError(path, f"lost its tail: HQ has {acked}, it ends at {head.seq}")
        refs.settle(head.seq)
        baskets = {basket.uid: basket for basket in _baskets(db, refs)}
        return Loaded(mirror, head, meta, baskets, _oldest_after(db, acked))


@contextmanager
def _reading(path: Path, mode: str = "ro") -> Iterator[sqlite3.Connection]:
    """Open read-only; what is wrong with the file, and not with the disk, is damage."""
    db = sqlite3.connect(path.resolve().as_uri() + f"?mode={mode}", uri=True, isolation_level=None)
    try:
        db.execute("PRAGMA query_only = 1")
        db.execute("PRAGMA cache_size = -256")  # it is read once, from end to end
        yield db
    except (msgspec.MsgspecError, LookupError, ValueError, TypeError) as error:
        raise JournalDamagedError(path, str(error)) from error
    except sqlite3.DatabaseError as error:
        # Text that is no text has no code: the module, not SQLite, finds it.
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in DAMAGE:
            raise JournalDamagedError(path, str(error)) from error
        raise
    finally:
        db.close()


def _roll_back(path: Path) -> None:
    """Undo what was cut short before the file had its WAL: no reader may do that by itself."""
    if path.with_name(path.name + "-journal").exists():
        with _reading(path, "rw") as db:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _bring_up(path: Path) -> None:
    with _reading(path) as db:
        version = migrations.version(db)
        found = db.execute("SELECT value FROM meta WHERE name = 'min_reader'").fetchone()
    if found is None or int(found[0]) > migrations.SCHEMA:
        raise JournalDamagedError(path, f"has schema {version}, too new for {migrations.SCHEMA}")
    if version < migrations.SCHEMA:
        db = _connect(path)
        migrations.bring_up(path, db, migrations.steps())
        db.close()


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode = wal")
    for pragma in PRAGMAS:
        db.execute(f"PRAGMA {pragma}")
    return db


def _begin(db: sqlite3.Connection, epoch: Incarnation, new_ref: Callable[[], ShopperRef]) -> Loaded:
    anchor = {"epoch": epoch, "anchor_seq": "0", "anchor_hash": genesis(epoch)}
    db.execute("BEGIN IMMEDIATE")
    db.executemany("INSERT INTO meta VALUES (?, ?)", anchor.items())
    db.execute("COMMIT")
    head = Head(0, bytes.fromhex(anchor["anchor_hash"]))
    return Loaded(Mirror(epoch, Refs(new_ref)), head, anchor)


def set_aside(path: Path, now: datetime) -> Path:
    """Rename a journal with all that belongs to it; the new name opens like the old one."""
    stem = f"{path.name}.damaged-{now:%Y%m%dT%H%M%S}"
    names = (stem if n == 0 else f"{stem}-{n}" for n in range(1000))
    target = next(path.with_name(name) for name in names if not path.with_name(name).exists())
    for suffix in ("-wal", "-shm", "-journal", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(target.with_name(target.name + suffix))
    return target


def _load_changes(db: sqlite3.Connection, mirror: Mirror, meta: dict[str, str]) -> None:
    for serial, uid, at in db.execute("SELECT serial, uid, at FROM redeemed ORDER BY at"):
        mirror.take_redeemed(serial, uid, datetime.fromisoformat(at))
    for lease, next_counter in db.execute("SELECT lease, next_counter FROM lease_use"):
        mirror.take_lease_use(lease, next_counter)
    for kind, offer_id, used, gave_back in db.execute("SELECT * FROM spent"):
        mirror.quotas.take((kind, offer_id), Spent(used, gave_back))
    mirror.quotas.begin_after(int(meta.get("spent_upto", 0)))
    for rev, op in overlay.load(db):
        mirror.apply(rev, (op,))
    mirror.folded_seq = int(meta.get("folded_seq", 0))
    mirror.recalled, mirror.killed = recalls(meta.get("recalls", "[[],[]]"))
    mirror.refs.tombstones = tombstones(meta.get("tombstones", "[]"))


def recalls(text: str) -> tuple[frozenset[Gtin], frozenset[OfferId]]:
    """Read what is recalled and killed from its stored form."""
    gtins, offers = msgspec.json.decode(text, type=tuple[list[Gtin], list[OfferId]])
    return frozenset(gtins), frozenset(offers)


def tombstones(text: str) -> frozenset[str]:
    """Read who is erased from its stored form."""
    return msgspec.json.decode(text, type=frozenset[str])


def _load_rows(
    path: Path,
    db: sqlite3.Connection,
    mirror: Mirror,
    meta: dict[str, str],
    now: datetime | None,
) -> Head:
    for seq, at, body, bad in walk(db, meta):
        if bad:
            raise JournalDamagedError(path, f"row {seq} does not follow from the row before it")
        record = record_of(body)
        sale = undone(db, record.uid, seq) if isinstance(record, Voided) else None
        fact = Fact(seq, datetime.fromisoformat(at), record, sale)
        mirror.fold(fact)
        if now is not None:  # a row of a clock that ran ahead forgets nothing early
            mirror.forget(min(fact.at, now))
    return head_of(db, meta)


def walk(db: sqlite3.Connection, meta: dict[str, str]) -> Iterator[tuple[int, str, bytes, bool]]:
    """Go along the chain: sequence number, time, body, and whether the row is bad."""
    last = int(meta["anchor_seq"])
    before = bytes.fromhex(meta["anchor_hash"])
    rows = db.execute("SELECT seq, kind, at, body, prev, hash FROM row ORDER BY seq")
    for seq, kind, at, body, prev, hashed in rows:
        follows = seq == last + 1 and prev == before
        yield seq, at, body, not follows or link(prev, seq, kind, at, body) != hashed
        last, before = seq, hashed


def head_of(db: sqlite3.Connection, meta: dict[str, str]) -> Head:
    """Give the chain's end: the last row, or the anchor where all rows are pruned."""
    found = db.execute("SELECT seq, hash FROM row ORDER BY seq DESC LIMIT 1").fetchone()
    if found is None:
        return Head(int(meta["anchor_seq"]), bytes.fromhex(meta["anchor_hash"]))
    return Head(*found)


def _baskets(db: sqlite3.Connection, refs: Refs) -> Iterator[OpenBasket]:
    for uid, key, revision, body in db.execute("SELECT uid, key, revision, body FROM open_basket"):
        yield OpenBasket(uid, key_of(key), revision, unveiled(unpack(body), refs.key))


def _oldest_after(db: sqlite3.Connection, seq: int) -> datetime | None:
    found = db.execute("SELECT at FROM row WHERE seq > ? ORDER BY seq LIMIT 1", (seq,)).fetchone()
    return None if found is None else datetime.fromisoformat(found[0])
