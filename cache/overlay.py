"""HQ's changes on disk: deltas since the generation, recalls, and which rows of ours HQ has folded.

Each change has a key, so that a delta that comes twice changes nothing. What is this lane's own
comes back from HQ too: it is not kept, only noted, as it tells up to which of our rows the next
generation's wallets are complete.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from cache.chain import stamp
from cache.journal_store import JournalStore, encode
from offers.changes import (
    AssignOp,
    LeaseOp,
    Op,
    PastOp,
    QuotaBackOp,
    QuotaOp,
    RevivedOp,
    SoldOp,
    StockOp,
)
from offers.records import Incarnation

EVERY_REV = 2**63 - 1
op_of = msgspec.json.Decoder(Op).decode


def keep_delta(
    store: JournalStore, epoch: Incarnation, rev: int, ops: Iterable[Op]
) -> tuple[Op, ...] | None:
    """Write a delta; return what is new in it, or None where the revision is not a newer one."""
    if rev <= int(store.meta("delta_rev")):
        return None
    foreign = []
    own_seq = 0
    for op in ops:
        if isinstance(op, SoldOp | PastOp) and op.epoch == epoch:
            own_seq = max(own_seq, op.seq if isinstance(op, PastOp) else 0)
        elif isinstance(op, QuotaOp | QuotaBackOp) and op.epoch != epoch:
            pass  # another lane's; the keys of ours alone are bounded by the offers
        else:
            foreign.append(op)
    if own_seq:
        _put(store.db, "mine", str(rev), rev, str(own_seq).encode())
    store.set_meta("delta_rev", str(rev))
    return keep_ops(store.db, rev, foreign)


def keep_ops(db: sqlite3.Connection, rev: int, ops: Iterable[Op]) -> tuple[Op, ...]:
    """Write changes; return those that were not there before."""
    seen: Counter[str] = Counter()
    new = []
    for op in ops:
        kind, key, lasting = _name(op)
        seen[key] += 1
        if lasting:
            new.append(op)
            _put(db, kind, key, rev, encode(op))
        elif _put_once(db, kind, f"{key}/{seen[key]}", rev, encode(op)):
            new.append(op)
    return tuple(new)


def fold(store: JournalStore, delta_rev: int) -> tuple[int, int, int]:
    """Drop what a generation holds.

    Going back to an older generation drops all changes: HQ is asked again from `delta_rev` on.

    Returns:
        Up to which revision changes were dropped, up to which row our past is in the generation,
        and the revision that holds now.
    """
    back = delta_rev < int(store.meta("overlay_base"))
    upto = EVERY_REV if back else delta_rev
    now_rev = delta_rev if back else max(delta_rev, int(store.meta("delta_rev")))
    own = [
        int(body)
        for (body,) in store.db.execute(
            "SELECT body FROM overlay WHERE kind = 'mine' AND rev <= ?", (delta_rev,)
        )
    ]
    own_seq = max(own, default=0)
    store.db.execute(
        "DELETE FROM overlay WHERE kind IN ('stock', 'assign', 'past') AND rev <= ?", (upto,)
    )
    for name, value in (
        ("overlay_base", delta_rev),
        ("delta_rev", now_rev),
        ("folded_seq", own_seq),
    ):
        store.set_meta(name, str(value))
    return upto, own_seq, now_rev


def load(db: sqlite3.Connection) -> Iterator[tuple[int, Op]]:
    """Read all changes with their revisions, in order."""
    rows = db.execute("SELECT rev, body FROM overlay WHERE kind <> 'mine' ORDER BY rev, kind, key")
    for rev, body in rows:
        yield rev, op_of(body)


def drop_sold_before(db: sqlite3.Connection, at: datetime) -> None:
    """Drop sales of other lanes that are too old to count."""
    db.execute("DELETE FROM overlay WHERE kind = 'sold' AND key < ?", (stamp(at),))


def _name(op: Op) -> tuple[str, str, bool]:
    """Give kind and key of a change, and whether a later one takes its place."""
    match op:
        case StockOp():
            return "stock", op.gtin, True
        case AssignOp():
            return "assign", op.shopper, True
        case LeaseOp() | RevivedOp():
            return (*_block_or_serial(op), True)
        case QuotaOp() | QuotaBackOp():
            kind = "quota" if isinstance(op, QuotaOp) else "quota_back"
            return kind, f"{op.lane}/{op.epoch}/{op.kind}/{op.offer_id}", True
        case SoldOp():
            return "sold", f"{stamp(op.at)}/{op.lane}/{op.epoch}/{op.seq}/{op.gtin}", False
        case PastOp():
            what = f"{op.past.kind}/{op.past.offer_id}"
            return "past", f"{op.shopper}/{op.lane}/{op.epoch}/{op.seq}/{what}", False


def _block_or_serial(op: LeaseOp | RevivedOp) -> tuple[str, str]:
    if isinstance(op, LeaseOp):
        return "lease", str(op.lease.lease)
    return "revived", op.serial


def _put(db: sqlite3.Connection, kind: str, key: str, rev: int, body: bytes) -> None:
    db.execute("INSERT OR REPLACE INTO overlay VALUES (?, ?, ?, ?)", (kind, key, rev, body))


def _put_once(db: sqlite3.Connection, kind: str, key: str, rev: int, body: bytes) -> bool:
    row = (kind, key, rev, body)
    return db.execute("INSERT OR IGNORE INTO overlay VALUES (?, ?, ?, ?)", row).rowcount == 1
