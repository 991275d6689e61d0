"""What headquarters does with what a lane says. Every call is one piece of the caller's transaction.

Rows are kept once, by (store, lane, epoch, sequence number), in whatever order they come. A row's
serials reach the arbiter at once; what the store's other lanes must hear waits until the row belongs
to the unbroken prefix, so that a delta never tells of row 5 before row 4.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Raw

from cache.chain import intact
from hq.births import Births
from hq.disputes import disputed, halt
from hq.effects import Origin, PrintedFor, ops_of
from hq.first_n import FirstN, Word
from hq.leases import Leases
from hq.relay import Relay
from hq.statements import put
from hq.store import HqStore, StoreRow
from hq.tombstones import forgotten
from offers.changes import Op
from offers.model import LaneId, Serial, ShopperKey, StoreId
from offers.records import Incarnation, Record, Row, Seq, Tendered, Uid, Voided
from offers.serials import Lease
from offers.spending import Spending, spending
from sync.messages import Ack, Ask, Delta, Rejected, Rows, Status

REJECTED_KEPT = 100  # told again with each acknowledgement: a retained one replaces the one before
ASKED = 200  # numbers in one question
DELTA_OPS = 1_000  # in one letter: about 150 KB of JSON, before compression
_record = msgspec.json.Decoder(Record)


class Inbox:
    """The collector of headquarters, over its file; `hq.relay` takes what concerns serials."""

    def __init__(self, store: HqStore) -> None:
        self._store = store
        self._conn = store.conn
        self.relay = Relay(store)
        self._first_n = FirstN(store)
        self._words: list[Word] = []

    def rows(self, store: StoreId, lane: LaneId, message: Rows, now: datetime) -> Ack:
        """Keep the rows that are new, and say up to where nothing is missing."""
        origin = Origin(store, lane, message.epoch)
        self._take(origin, forgotten(self._store, message.rows), now)
        upto, ops, spent = self._advance(origin)
        if ops:
            self._store.add_ops(store, ops, now)
        self._words += self._first_n.after_rows(origin, spent)
        if about := disputed(message.rows):
            halt(self._store, about, now)
        return Ack(message.epoch, upto, self._rejected(origin), now)

    def status(
        self, store: StoreId, lane: LaneId, message: Status, now: datetime, stored: bool = False
    ) -> None:
        """Keep a lane's word on itself; a will carries no more than that it is offline."""
        if Births(self._conn).heard(store, lane, message, now, stored):
            self._words += self._first_n.born(Origin(store, lane, message.epoch))

    def take_words(self) -> list[Word]:
        """Give what lanes are to be told of their shares in first Ns, once."""
        words, self._words = self._words, []
        return words

    def bad_packet(self, topic: str, payload: bytes, why: str, now: datetime) -> None:
        """Keep what cannot be read; the newest 1,000 are enough to see a pattern."""
        row = (topic[:200], why[:500], now.isoformat(), payload[:4096])
        insert = (
            "INSERT INTO bad_packets(topic, why, received_at, payload) VALUES (?, ?, ?, ?)"
            " RETURNING id"
        )
        last = self._conn.execute(insert, row).fetchone()[0]
        self._conn.execute("DELETE FROM bad_packets WHERE id <= ?", (last - 1000,))

    def leases(
        self, store: StoreId, lane: LaneId, epoch: Incarnation, key_id: str, now: datetime
    ) -> list[Lease]:
        """Give an incarnation its unused blocks of serials, topped up; `hq.leases` has the rule."""
        return Leases(self._store).leases(store, lane, epoch, key_id, now)

    def deltas(self, store: StoreId, ask: Ask) -> list[Delta] | None:
        """Give what a lane missed, in few letters; None where only a whole generation helps."""
        known = next((row for row in self._store.stores() if row.store == store), None)
        if known is None or ask.from_rev > known.delta_rev:
            return None
        kept = self._store.deltas_after(store, ask.from_rev)
        if ask.from_rev == known.delta_rev:
            return [Delta(store, ask.from_rev, ask.from_rev, ())]  # nothing was missed
        if not kept or kept[0][0] != ask.from_rev + 1 or self._is_cheaper_whole(known, ask):
            return None
        return merged(store, ask.from_rev, kept)

    def _is_cheaper_whole(self, known: StoreRow, ask: Ask) -> bool:
        """Tell whether the generation is less to send than the changes that it holds."""
        whole = self._store.manifest(known.store, known.generation)
        if whole is None or ask.generation == known.generation:
            return False
        query = "SELECT coalesce(sum(length(ops)), 0) FROM deltas WHERE store = ? AND rev > ? AND rev <= ?"
        span = (known.store, ask.from_rev, whole.delta_rev)
        return int(self._conn.execute(query, span).fetchone()[0]) > whole.size

    def _take(self, origin: Origin, rows: list[Row], now: datetime) -> None:
        known = self._known(origin, rows)
        new: list[tuple[Row, Record]] = []
        for row in rows:
            if row.seq in known:
                if known[row.seq] not in ("", row.hash):
                    self._quarantine(origin, row, "forked", "another row has this number", now)
                continue
            record = self._read(origin, row, now)
            known[row.seq] = "" if record is None else row.hash
            if record is not None:
                new.append((row, record))
        values = [_stored(origin, row, now) for row, _ in new]
        if values:
            self._conn.executemany(_INSERT, values)
        for row, record in new:
            self.relay.row(origin, row, record, now)

    def _read(self, origin: Origin, row: Row, now: datetime) -> Record | None:
        """Read a row's body; what makes no sense goes into quarantine."""
        try:
            record: Record = _record.decode(row.body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            self._quarantine(origin, row, "bad_row", str(error), now)
            return None
        if record.__struct_config__.tag != row.kind:
            self._quarantine(origin, row, "bad_kind", "the body is of another kind", now)
            return None
        return record

    def _known(self, origin: Origin, rows: list[Row]) -> dict[Seq, str]:
        """Give the hashes kept under these rows' numbers, "" for a row in quarantine."""
        found: dict[Seq, str] = {}
        for start in range(0, len(rows), ASKED):
            seqs = [row.seq for row in rows[start : start + ASKED]]
            which = f"{_KEY} AND seq IN ({', '.join('?' * len(seqs))})"
            values = (*_key(origin), *seqs)
            for query in ("SELECT seq, '' FROM quarantine", "SELECT seq, hash FROM rows"):
                found |= dict(self._conn.execute(f"{query} WHERE {which}", values))
        return found

    def _quarantine(self, origin: Origin, row: Row, code: str, detail: str, now: datetime) -> None:
        body = msgspec.json.encode(row).decode(errors="replace")
        values = (*_key(origin), row.seq, code, detail[:500], now.isoformat(), body)
        insert = "INSERT INTO quarantine VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        self._conn.execute(insert, values)

    def _rejected(self, origin: Origin) -> tuple[Rejected, ...]:
        query = (
            f"SELECT seq, code FROM quarantine WHERE {_KEY} AND code <> 'forked'"  # noqa: S608
            " ORDER BY seq DESC LIMIT ?"
        )
        rows = self._conn.execute(query, (*_key(origin), REJECTED_KEPT)).fetchall()
        return tuple(Rejected(seq, code) for seq, code in reversed(rows))

    def _advance(self, origin: Origin) -> tuple[Seq, list[Op], list[Spending]]:
        """Move the end of the unbroken prefix; gather what its new rows tell the store, and spent."""
        upto = start = self._upto(origin)
        ops: list[Op] = []
        spent: list[Spending] = []
        for found in self._rows_after(origin, start):
            if found[0] != upto + 1:
                break
            upto += 1
            if found[1] in _TOLD:
                more, changes = self._meaning(origin, upto, *found[1:])
                ops += more
                spent += changes
        if upto > start:
            row = (*_key(origin), upto)
            self._conn.execute(_MOVE, row)
        self._first_n.count(origin, spent)
        return upto, ops, spent

    def _upto(self, origin: Origin) -> Seq:
        query = f"SELECT upto FROM cursors WHERE {_KEY}"  # noqa: S608 - a constant
        row = self._conn.execute(query, _key(origin)).fetchone()
        return int(row[0]) if row else 0

    def _rows_after(self, origin: Origin, seq: Seq) -> list[tuple[int, str, str, str, str]]:
        """List (seq, kind, at, shopper, body) after a number; a quarantined row has None for a kind."""
        query = (
            f"SELECT seq, kind, at, shopper, body FROM rows WHERE {_KEY} AND seq > ?"  # noqa: S608
            f" UNION ALL SELECT DISTINCT seq, CAST(NULL AS TEXT), '', '', '' FROM quarantine WHERE {_KEY}"
            " AND seq > ? AND code <> 'forked' ORDER BY seq"
        )
        key = (*_key(origin), seq)
        return self._conn.execute(query, (*key, *key)).fetchall()

    def _meaning(
        self, origin: Origin, seq: Seq, kind: str, at: str, shopper: str | None, body: str
    ) -> tuple[list[Op], list[Spending]]:
        record = _record.decode(body)
        when = datetime.fromisoformat(at)
        row = Row(seq, kind, when, Raw(b""), "", "", ShopperKey(shopper) if shopper else None)
        sale = self._sale(origin, record.uid, seq) if isinstance(record, Voided) else None
        ops = ops_of(origin, row, record, sale, self._printed(record))
        return ops, list(spending(record, sale))

    def _printed(self, record: Record) -> dict[Serial, PrintedFor]:
        """Find for whom, and by which incarnation, the coupons of a sale were printed."""
        uses = record.redemptions if isinstance(record, Tendered) else ()
        found = {use.serial: self._printing(use.serial) for use in uses if use.serial is not None}
        return {serial: printed for serial, printed in found.items() if printed is not None}

    def _printing(self, serial: Serial) -> PrintedFor | None:
        query = (
            "SELECT coalesce(a.shopper, r.shopper), r.epoch FROM rows r "
            "LEFT JOIN aliases a ON a.alias = r.shopper "
            "WHERE r.kind = 'issued' AND json_extract(r.body, '$.serial') = ?"
        )
        found = self._conn.execute(query, (serial,)).fetchone()
        return PrintedFor(*found) if found and found[0] else None

    def _sale(self, origin: Origin, uid: Uid, before: Seq) -> Tendered | None:
        query = (
            f"SELECT body FROM rows WHERE {_KEY} AND kind = 'tendered'"  # noqa: S608 - a constant
            " AND json_extract(body, '$.uid') = ? AND seq < ?"
        )
        found = self._conn.execute(query, (*_key(origin), uid, before)).fetchone()
        sale = _record.decode(found[0]) if found else None
        return sale if isinstance(sale, Tendered) and sale.mode == "live" else None


_INSERT = "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_MOVE = put("cursors", "store lane epoch upto", "store lane epoch")
_KEY = "store = ? AND lane = ? AND epoch = ?"
_TOLD = ("tendered", "returned", "issued", "voided", "gave_back")


def _key(origin: Origin) -> tuple[str, str, str]:
    return origin.store, origin.lane, origin.epoch


def _stored(origin: Origin, row: Row, now: datetime) -> tuple[object, ...]:
    place = (*_key(origin), row.seq, row.kind, row.at.isoformat(), now.isoformat())
    chain = (row.prev, row.hash, int(hash_fits(row)))
    return (*place, row.shopper_key, *chain, bytes(row.body).decode())


def hash_fits(row: Row) -> bool:
    """Tell whether the row has the hash that its lane gave it; nonsense does not fit."""
    try:
        return intact(row)
    except (ValueError, OverflowError):
        return False


def batched(ops: list[Op], most: int) -> list[list[Op]]:
    """Cut changes into pieces that fit into a letter."""
    return [ops[start : start + most] for start in range(0, len(ops), most)]


def merged(store: StoreId, from_rev: int, deltas: list[tuple[int, tuple[Op, ...]]]) -> list[Delta]:
    """Join deltas into letters of at most 1,000 changes, or one delta where that alone has more."""
    letters: list[Delta] = []
    ops: list[Op] = []
    last = from_rev
    for rev, more in deltas:
        if ops and len(ops) + len(more) > DELTA_OPS:
            letters.append(Delta(store, last, from_rev, tuple(ops)))
            from_rev, ops = last, []
        ops += more
        last = rev
    return [*letters, Delta(store, last, from_rev, tuple(ops))]
