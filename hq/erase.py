"""Forgetting a shopper: in headquarters' file, in every store's offers, and at every lane.

What was sold, given and printed stays, and names nobody. A tombstone stays too: with it a row that
a lane sends later loses its shopper, and the next `apply` leaves the shopper out.
"""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from datetime import datetime

import msgspec

from ground.complaints import Complaint
from ground.key_files import KeyRing
from hq.publish import build
from hq.reports import lanes, table
from hq.store import OPS, HqStore, open_store, text
from hq.tombstones import tombstones
from offers.changes import AssignOp, PastOp
from offers.model import ShopperKey, StoreId
from offers.shopper_key import identity_key, tombstone

MOST = 20_000  # in one letter, of at most 1 MB; lift those that every lane has carried out
KINDS = ("card", "phone", "app")
_UNNAME = 'UPDATE quarantine SET row = replace("row", ?, \'\') WHERE instr("row", ?) > 0'
_ops = msgspec.json.Decoder(OPS)


def erase(store: HqStore, identity: ShopperKey, now: datetime) -> tuple[ShopperKey, ...]:
    """Forget a shopper; gives all the shopper's keys. What lanes must do, `serve` tells them.

    Raises:
        Complaint: the list is full.
    """
    with store.change():
        keys = _keys_of(store, identity)
        _bury(store, keys, now)
        _forget(store, keys)
        for row in store.stores():
            if row.generation:
                build(store, row, now)
        current = "SELECT generation FROM stores s WHERE s.store = generations.store"
        store.conn.execute(f"DELETE FROM generations WHERE generation <> ({current})")  # noqa: S608
        store.conn.execute("UPDATE generations SET previous = ''")
    sweep(store)
    return keys


def lift(store: HqStore, identity: ShopperKey, now: datetime) -> None:
    """Let a shopper be known again, under this identity.

    Raises:
        Complaint: there is no such tombstone.
    """
    with store.change():
        delete = "DELETE FROM tombstones WHERE tombstone = ?"
        if not store.conn.execute(delete, (tombstone(identity),)).rowcount:
            raise Complaint("this identity is not erased", "name it as it was erased: KIND:VALUE")
        _next_rev(store, now)


def sweep(store: HqStore) -> None:
    """Leave nothing of it on the disk: blobs that no manifest names, and the file's free pages."""
    named = "SELECT json_extract(manifest, '$.sha256') FROM generations"
    keep = {f"{sha256}.zst" for (sha256,) in store.conn.execute(named)}
    for path in store.blobs.iterdir():
        if path.name not in keep:
            path.unlink(missing_ok=True)
    store.shrink()


def erase_command(given: argparse.Namespace, now: datetime) -> str:
    """Forget a shopper, take one back, or say which lanes have forgotten all of them."""
    with closing(open_store(given.db)) as store:
        if given.identity is None:
            lines = progress(store, now)
            columns = "store lane erased_rev of done"
            return json.dumps(lines, indent=1) if given.json else table(lines, columns.split())
        _, secret = KeyRing.load(given.keys).current("shopper")
        kind, _, value = given.identity.partition(":")
        if kind not in KINDS or not value.strip():
            raise Complaint(
                f"{kind!r} is no identity", f"write KIND:VALUE, KIND being {', '.join(KINDS)}"
            )
        key = identity_key(kind, value, secret)
        if given.lift:
            lift(store, key, now)
            return "lifted: the next apply may name the shopper again"
        count = len(erase(store, key, now))
        return f"erased here, under {count} identities; tillside-hq erase shows which lanes have done it"


def progress(store: HqStore, now: datetime) -> list[dict[str, object]]:
    """Tell of each lane up to which list it has forgotten everyone."""
    rev = tombstones(store, StoreId("")).rev
    return [
        {
            "store": line["store"],
            "lane": line["lane"],
            "erased_rev": line.get("erased_rev", 0),
            "of": rev,
            "done": line.get("erased_rev", 0) >= rev,
        }
        for line in lanes(store, now)
    ]


def _keys_of(store: HqStore, identity: ShopperKey) -> tuple[ShopperKey, ...]:
    found = store.conn.execute("SELECT shopper FROM aliases WHERE alias = ?", (identity,))
    main = next((shopper for (shopper,) in found), identity)
    others = store.conn.execute("SELECT alias FROM aliases WHERE shopper = ?", (main,))
    return tuple(sorted({identity, main, *(alias for (alias,) in others)}))


def _bury(store: HqStore, keys: tuple[ShopperKey, ...], now: datetime) -> None:
    insert = "INSERT INTO tombstones VALUES (?, ?) ON CONFLICT DO NOTHING"
    store.conn.executemany(insert, [(tombstone(key), now.isoformat()) for key in keys])
    if store.conn.execute("SELECT count(*) FROM tombstones").fetchone()[0] > MOST:
        raise Complaint(f"there are {MOST} tombstones", "lift old ones that every lane has done")
    _next_rev(store, now)


def _next_rev(store: HqStore, now: datetime) -> None:
    rev = tombstones(store, StoreId("")).rev + 1
    store.conn.execute("DELETE FROM tombstone_rev")
    store.conn.execute("INSERT INTO tombstone_rev VALUES (?, ?)", (rev, now.isoformat()))


def _forget(store: HqStore, keys: tuple[ShopperKey, ...]) -> None:
    run = store.conn.execute
    for key in keys:
        run("DELETE FROM wallets WHERE shopper = ?", (key,))
        run("DELETE FROM aliases WHERE ? IN (alias, shopper)", (key,))
        run("UPDATE rows SET shopper = NULL WHERE shopper = ?", (key,))
        run("UPDATE provisionals SET shopper = NULL WHERE shopper = ?", (key,))
        run(_UNNAME, (key, key))
        run("DELETE FROM bad_packets WHERE instr(payload, ?) > 0", (key.encode(),))
    for name, rev, ops in run("SELECT store, rev, ops FROM deltas").fetchall():
        if any(key in ops for key in keys):
            run(
                "UPDATE deltas SET ops = ? WHERE store = ? AND rev = ?",
                (_without(ops, keys), name, rev),
            )


def _without(ops: str, keys: tuple[ShopperKey, ...]) -> str:
    kept = (
        op
        for op in _ops.decode(ops)
        if not (isinstance(op, AssignOp | PastOp) and op.shopper in keys)
    )
    return text(tuple(kept))
