"""The arbiter and headquarters of the stories: the product's code, one transaction a message."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from hq.inbox import Inbox
from hq.schema import migrations
from hq.store import HqStore
from offers.model import LaneId
from offers.records import Incarnation
from sync.messages import Claim, Copy, Heard, Oath, Relayed, Rows, Seat, Words
from sync.payload import Packet, read
from sync.store_arbiter import StoreArbiter
from sync.term_file import TermFile
from tests.sync.story_lane import AWAY, HOME

if TYPE_CHECKING:
    from tests.sync.story_world import World


_TEMPLATE: list[sqlite3.Connection] = []


class StoryArbiter:
    """What the arbiter's agent does around `StoreArbiter`: one transaction a message, then the answer."""

    def __init__(self, world: World, lane: str) -> None:
        self.world, self.lane = world, lane
        self.name = f"arbiter {lane}"
        self.files: dict[int, TermFile] = {}
        self.seat: Seat | None = None
        self.term = 0
        self.told = 0  # in memory: what headquarters acknowledged

    def hear(self, message: Any, by: str) -> None:
        if isinstance(message, Seat):
            self.sit(message)
            return
        arbiter = self.arbiter
        if arbiter is None:
            return
        file = self.files[self.term]
        answer: Any = None
        with file.change():
            match message:
                case Claim():
                    answer = arbiter.on_claim(message, by, self.world.now)
                case Relayed() if message.term == arbiter.term:
                    answer = arbiter.on_relayed(message.claim, message.where, self.world.now)
                case Oath():
                    answer = arbiter.on_oath(LaneId(by.partition("/")[2]), message)
                case Words():
                    answer = arbiter.on_words(message)
                case Copy():
                    arbiter.on_copy(message)
                case Heard() if message.source == file.name:
                    assert message.upto <= file.last_decided()
                    self.told = max(self.told, message.upto)
            self.world.may_die()
        self.world.may_die()
        if answer is not None:
            self.world.send(by, self, answer)

    @property
    def arbiter(self) -> StoreArbiter | None:
        seat = self.seat
        file = self.files.get(self.term)
        return StoreArbiter(seat, file) if seat is not None and file is not None else None

    def sit(self, seat: Seat) -> None:
        if seat.term <= self.term:
            return
        self.seat, self.term, self.told = seat, seat.term, 0
        if seat.lane == self.lane:
            name = Incarnation(f"{seat.term:016x}")
            self.files[seat.term] = TermFile.make(":memory:", seat.term, name)

    def reboot(self) -> None:
        self.told = 0

    def speak(self) -> None:
        arbiter = self.arbiter
        if arbiter is None:
            return
        file = self.files[self.term]
        for message in (arbiter.copy_ask(), arbiter.feed_heard()):
            if message is not None:
                self.world.send("hq", self, message)
        found = file.decided(self.told, 5)
        if found:
            words = tuple(word for _, word in found)
            told = Words(self.term, file.name, self.told, found[-1][0], self.told, words)
            self.world.send("hq", self, told)


class StoryHq:
    """Headquarters' real inbox and relay, on a file in memory."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.name = "hq"
        self.conn = sqlite3.connect(":memory:", isolation_level=None)
        template().backup(self.conn)
        self.store = HqStore(self.conn, Path())
        self.reboot()

    def reboot(self) -> None:
        self.inbox = Inbox(self.store)

    def hear(self, message: Any, by: str) -> None:
        store, lane = self.world.address(by)
        packets: list[Packet] = []
        with self.store.change():
            if isinstance(message, Rows):
                ack = self.inbox.rows(store, lane, message, self.world.now)
                packets = self.inbox.relay.feeds_due()
                self.world.may_die()
            else:
                ack = None
                packets = self.inbox.relay.take(store, lane, message, self.world.now)
                self.world.may_die()
        self.world.may_die()
        if ack is not None:
            self.world.send(by, self, ack)
        for packet in packets:
            self.post(packet)

    def post(self, packet: Packet) -> None:
        _, _, store, lane, _, what = packet.topic.split("/")
        message = read(packet.schema, packet.content_type, packet.payload)
        mirror = isinstance(message, Heard) and message.source not in self.world.epochs
        to_arbiter = what in ("words", "copy", "relay") or mirror
        self.world.send(f"arbiter {lane}" if to_arbiter else f"{store}/{lane}", self, message)

    def appoint(self, lane: str) -> None:
        with self.store.change():
            lanes = (LaneId("1"), LaneId("2"))
            self.inbox.relay.seats.appoint(HOME, LaneId(lane), lanes, self.world.now)
            self.world.may_die()
        self.speak()

    def speak(self) -> None:
        """Say again who arbitrates: the word is retained."""
        seat = self.inbox.relay.seats.of(HOME)
        if seat.term:
            for name in ("s001/1", "s001/2", "arbiter 1", "arbiter 2"):
                self.world.send(name, self, seat)


def template() -> sqlite3.Connection:
    """Make headquarters' tables once; each story begins with a copy."""
    if not _TEMPLATE:
        conn = sqlite3.connect(":memory:", isolation_level=None)
        migrations.apply(Database(conn))
        for number, name in ((0, HOME), (1, AWAY)):
            conn.execute("INSERT INTO leases VALUES (?, ?, '1', 'e', 'k', '')", (number, name))
        _TEMPLATE.append(conn)
    return _TEMPLATE[0]
