"""Headquarters' side of the wire without the wire: packets in, packets out, the file between.

What a call answers is committed before it returns; the shell only has to send it. What is lost on
the way is asked for again by the lane.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct, structs

from ground.complaints import Complaint
from ground.key_files import KeyRing
from hq.inbox import DELTA_OPS, Inbox, batched, merged
from hq.keys import store_keys
from hq.store import HqStore, StoreRow
from hq.tombstones import tombstones, untold
from offers.budget import Holder
from offers.changes import LeaseOp, Op
from offers.model import LaneId, StoreId
from sync.delta_feed import KEPT_S
from sync.errors import BadWords
from sync.letters import seal
from sync.messages import Ask, BlobAsk, Delta, Rows, Seat, Status
from sync.payload import Packet, pack
from sync.pulls import Chunk, spans
from sync.reading import Up, chunk_packet, read_up
from sync.topics import StoreDown, down, store_down

log = logging.getLogger("tillside.hq")


class Due(NamedTuple):
    """Something to announce, and how to note that it is on its way, within `HqDesk.told`."""

    packet: Packet
    done: Callable[[], None]


class HqDesk:
    """Answers lanes, and knows what they have not been told yet."""

    def __init__(self, store: HqStore, keys: Path) -> None:
        self._store = store
        self._inbox = Inbox(store)
        self._keys = keys
        self._sign_id, self._sign_key = KeyRing.load(keys).current("hq-private")

    def answer(self, packet: Packet, now: datetime) -> list[Packet]:
        """Take one packet of a lane; give what to send back. Nonsense is kept and not answered."""
        try:
            store, lane, message = read_up(packet)
        except BadWords as bad:
            with self._store.change():
                self._inbox.bad_packet(packet.topic, packet.payload, bad.why, now)
            log.warning("! %s %s", packet.topic, bad.why)
            return []
        if isinstance(message, BlobAsk):
            return self._chunks(store, lane, message)

        def work() -> list[Packet]:
            self._inbox.take_words()  # of a change that was not committed: they were never granted
            if isinstance(message, Status):
                self._inbox.status(store, lane, message, now, packet.retain)
            packets = self._answer(store, lane, message, now)
            return packets + self._inbox.relay.feeds_due() + self._first_n_words()

        return self._store.beside([store], work)

    def answer_rows(self, packets: Iterable[Packet], now: datetime) -> list[Packet]:
        """Take several packets of rows in one commit; an acknowledgement stands for those before it."""
        said: list[tuple[StoreId, LaneId, Up]] = []
        nonsense: list[tuple[Packet, str]] = []
        for packet in packets:
            try:
                said.append(read_up(packet))
            except BadWords as bad:
                nonsense.append((packet, bad.why))

        def work() -> list[Packet]:
            self._inbox.take_words()  # of a change that was not committed: they were never granted
            acks: dict[str, Packet] = {}
            for packet, why in nonsense:
                self._inbox.bad_packet(packet.topic, packet.payload, why, now)
            for store, lane, message in said:
                for ack in self._answer(store, lane, message, now):
                    acks[f"{ack.topic} {getattr(message, 'epoch', '')}"] = ack
            return [*acks.values(), *self._inbox.relay.feeds_due(), *self._first_n_words()]

        return self._store.beside({store for store, _, _ in said}, work)

    def poison(self, topic: str, why: str, now: datetime) -> None:
        """Keep word of a packet that could not be taken or delivered."""
        with self._store.change():
            self._inbox.bad_packet(topic, b"", why, now)

    def due(self) -> Iterator[Due]:
        """Give what lanes have not been told: recalls of all stores first, then the rest."""
        stores = self._store.stores()
        told = self._told(stores)
        for row in stores:
            recalls = self._store.recalls(row.store)
            if recalls.rev > told[row.store][1]:
                packet = self._letter(row.store, "recall", recalls, retain=True)
                yield Due(packet, self._mark(row.store, "recall_rev", recalls.rev))
        for name in untold(self._store):
            letter = tombstones(self._store, name)
            packet = self._letter(name, "erased", letter, retain=True)
            yield Due(packet, self._mark(name, "erased_rev", letter.rev))
        yield from self._due_seats()
        for row in stores:
            yield from self._due_deltas(row, told[row.store][2])
        for row in stores:
            if row.manifest_rev > told[row.store][0] and (found := self._manifest(row)):
                yield Due(found, self._mark(row.store, "manifest_rev", row.manifest_rev))
        for store in told.keys() - {row.store for row in stores}:
            yield from self._withdrawn(store)

    def told(self, sent: Iterable[Due]) -> None:
        """Note what is on its way, in one commit; lost before it, it is sent once more."""
        with self._store.change():
            for due in sent:
                due.done()

    def tell_again(self) -> None:
        """Count the retained words as untold: a broker without a disk may have lost them."""
        with self._store.change():
            self._store.conn.execute(
                "UPDATE announced SET manifest_rev = 0, recall_rev = 0, erased_rev = 0"
            )
            self._inbox.relay.seats.tell_again()

    def _answer(self, store: StoreId, lane: LaneId, message: Up, now: datetime) -> list[Packet]:
        match message:
            case Rows():
                ack = self._inbox.rows(store, lane, message, now)
                return [pack(down(store, lane, "ack"), ack, retain=True)]
            case Status():
                return []
            case Ask(what="leases"):
                return self._leases(store, lane, message, now)
            case Ask(what="deltas"):
                return self._deltas(store, lane, message)
            case _:
                return self._inbox.relay.take(store, lane, message, now)

    def _first_n_words(self) -> list[Packet]:
        """Tell each lane by itself what it may give of offers' first Ns, and what is wanted back."""
        by_holder: dict[Holder, list[Op]] = {}
        for holder, op in self._inbox.take_words():
            by_holder.setdefault(holder, []).append(op)
        return [
            pack(down(it.store, it.lane, "lease"), self._sealed(Delta(it.store, 0, 0, tuple(some))))
            for it, ops in by_holder.items()
            for some in batched(ops, DELTA_OPS)
        ]

    def _leases(self, store: StoreId, lane: LaneId, ask: Ask, now: datetime) -> list[Packet]:
        if store not in {row.store for row in self._store.stores()}:
            return []  # only a name that headquarters gave becomes a path
        key_id, _ = store_keys(self._keys, store, now).current("serial")
        leases = self._inbox.leases(store, lane, ask.epoch, key_id, now)
        if not leases:
            log.warning("! %s/%s asks for serials, and stores.toml does not name it", store, lane)
            return []
        given = Delta(store, 0, 0, tuple(LeaseOp(lease) for lease in leases))
        return [pack(down(store, lane, "lease"), self._sealed(given))]

    def _deltas(self, store: StoreId, lane: LaneId, ask: Ask) -> list[Packet]:
        deltas = self._inbox.deltas(store, ask)
        if deltas is None:
            row = next((row for row in self._store.stores() if row.store == store), None)
            found = self._manifest(row) if row else None
            return [found] if found else []
        topic = down(store, lane, "delta")
        return [pack(topic, self._sealed(delta)) for delta in deltas]

    def _chunks(self, store: StoreId, lane: LaneId, ask: BlobAsk) -> list[Packet]:
        blob = self._store.blob(ask.sha256)
        if blob is None or not blob.is_file():
            log.warning("! %s/%s asks for the unknown blob %.12s", store, lane, ask.sha256)
            return []
        topic = down(store, lane, "blob")
        packets: list[Packet] = []
        with blob.open("rb") as file:
            for start, length in spans(ask, blob.stat().st_size):
                file.seek(start)
                packets.append(chunk_packet(topic, Chunk(ask.sha256, start, file.read(length))))
        return packets

    def _told(self, stores: Iterable[StoreRow]) -> dict[StoreId, tuple[int, int, int]]:
        query = "SELECT store, manifest_rev, recall_rev, delta_rev FROM announced"
        told = {row[0]: (row[1], row[2], row[3]) for row in self._store.conn.execute(query)}
        return {row.store: (0, 0, 0) for row in stores} | told

    def _due_seats(self) -> Iterator[Due]:
        for seat in self._inbox.relay.seats.untold():
            yield Due(self._letter(seat.store, "seat", seat, retain=True), self._told_seat(seat))

    def _told_seat(self, seat: Seat) -> Callable[[], None]:
        return lambda: self._inbox.relay.seats.told(seat)

    def _due_deltas(self, row: StoreRow, told: int) -> Iterator[Due]:
        if row.delta_rev <= told:
            return
        kept = self._store.deltas_after(row.store, told)
        if not kept:
            return
        for delta in merged(row.store, kept[0][0] - 1, kept):
            packet = structs.replace(self._letter(row.store, "delta", delta), expiry_s=KEPT_S)
            yield Due(packet, self._mark(row.store, "delta_rev", delta.rev))

    def _manifest(self, row: StoreRow) -> Packet | None:
        manifest = self._store.manifest(row.store, row.generation)
        if manifest is None:
            return None
        current = structs.replace(manifest, rev=row.manifest_rev)
        return self._letter(row.store, "manifest", current, retain=True)

    def _withdrawn(self, store: StoreId) -> Iterator[Due]:
        """Empty the retained words of a store that is no longer published."""

        def forget() -> None:
            self._store.conn.execute("DELETE FROM announced WHERE store = ?", (store,))

        yield Due(Packet(store_down(store, "manifest"), b"", retain=True), lambda: None)
        yield Due(Packet(store_down(store, "erased"), b"", retain=True), lambda: None)
        yield Due(Packet(store_down(store, "recall"), b"", retain=True), forget)

    def _mark(self, store: StoreId, what: str, rev: int) -> Callable[[], None]:
        def mark() -> None:
            insert = "INSERT INTO announced(store) VALUES (?) ON CONFLICT DO NOTHING"
            self._store.conn.execute(insert, (store,))
            update = f"UPDATE announced SET {what} = ? WHERE store = ?"  # noqa: S608 - our words
            self._store.conn.execute(update, (rev, store))

        return mark

    def _letter(
        self, store: StoreId, what: StoreDown, message: Struct, retain: bool = False
    ) -> Packet:
        return pack(store_down(store, what), self._sealed(message), retain)

    def _sealed(self, message: Struct) -> Struct:
        return seal(message, self._sign_id, self._sign_key)


def open_desk(store: HqStore, keys: Path) -> HqDesk:
    """Make the desk.

    Raises:
        Complaint: there is no key to sign with.
    """
    if not keys.is_dir():
        raise Complaint(f"{keys} is not there", f"make it: tillside-hq init --keys {keys}")
    return HqDesk(store, keys)
