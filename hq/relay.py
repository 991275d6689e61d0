"""Claims at headquarters: decided here, or carried to the store that must decide, and back.

Every call is a piece of the caller's transaction, and gives the packets to send after its commit. A
claim belongs to the term in which it first came: in a later one it is never carried again.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from msgspec import structs

from hq.effects import Origin
from hq.ledger import HqLedger, HqTerm
from hq.past_sales import PastSales
from hq.reconcile import Reconciler
from hq.seats import Seats
from hq.statements import put
from hq.store import HqStore
from offers.changes import RevivedOp
from offers.model import LaneId, Serial, StoreId
from offers.records import ClaimId, ClaimProvisional, Incarnation, Record, Returned, Row, Seq
from sync.arbiter import Arbiter
from sync.messages import (
    Ask,
    Claim,
    ClaimAnswer,
    Copy,
    CopyAsk,
    Heard,
    Oath,
    Relayed,
    SaleAsk,
    Seat,
    Word,
    Words,
)
from sync.payload import Packet, pack
from sync.reading import Up
from sync.store_arbiter import StoreArbiter
from sync.topics import down
from sync.words import words_of

_MIRROR = put("mirrored", "source upto", "source")
PART = 500  # words in one message: about 60 KB, before compression


class Relay:
    """What headquarters does about single use, in its file."""

    def __init__(self, store: HqStore) -> None:
        self._conn = store.conn
        self._ledger = HqLedger(store.conn)
        self._reconciler = Reconciler(store.conn)
        self._past_sales = PastSales(store.conn)
        self._store = store
        self.seats = Seats(store.conn)
        self._fed: set[StoreId] = set()

    def take(self, store: StoreId, lane: LaneId, message: Up, now: datetime) -> list[Packet]:
        """Take one message about claims; what is none of these gets no answer."""
        match message:
            case Claim():
                return self.claim(store, lane, message, now)
            case Oath():
                return self.oath(store, lane, message)
            case ClaimAnswer():
                return self.answered(store, lane, message, now)
            case SaleAsk():
                facts = self._past_sales.facts(store, lane, message, now)
                return [pack(down(store, lane, "sale"), facts)]
            case _:
                return self._from_arbiter(store, lane, message, now)

    def _from_arbiter(
        self, store: StoreId, lane: LaneId, message: Up, now: datetime
    ) -> list[Packet]:
        match message:
            case Words():
                return self.decisions(store, lane, message)
            case Heard():
                return self.fed(store, lane, message)
            case CopyAsk():
                return self.copy(store, lane, message, now)
            case Ask(what="term"):
                self.forgot(store, lane, message.from_rev, now)
            case _:
                pass
        return []

    # What lanes say.

    def row(self, origin: Origin, row: Row, record: Record, now: datetime) -> None:
        """Take what a new row says of serials."""
        if isinstance(record, ClaimProvisional):
            self._reconciler.accepted_unasked(origin.store, origin.lane, row, record, now)
        if isinstance(record, Returned):
            self._revive(record, row, now)
        for word in words_of(record, origin.place, row.at):
            self._ledger.know(word)
            home = self.seats.home(word.serial)
            seat = self.seats.of(home) if home is not None else None
            if seat is None or not seat.lane:
                Arbiter(self._ledger).apply(word)
            elif seat.store != origin.store:
                self._feed(seat.store, word)

    def _revive(self, record: Returned, row: Row, now: datetime) -> None:
        """Tell the lanes where a coupon was used that it lives again: its arbiter is to be asked."""
        whole = [undone.serial for undone in record.reversals if undone.whole and undone.serial]
        if whole:
            ops = [RevivedOp(serial, row.at) for serial in whole]
            self._store.add_ops(record.of.store, ops, now)

    def claim(self, store: StoreId, lane: LaneId, claim: Claim, now: datetime) -> list[Packet]:
        """Decide on a claim, or carry it to its arbiter; silence where nobody may decide now."""
        home = self.seats.home(claim.serial) or store
        seat = self.seats.of(home)
        if home == store and claim.term != seat.term:
            return []
        if (seat.lane or home != store) and not self._carries(store, lane, claim, seat):
            return []
        if seat.lane:
            asked = Relayed(seat.term, f"{store}/{lane}", structs.replace(claim, term=seat.term))
            return [pack(down(home, seat.lane, "relay"), asked)]
        answer = self.decide(claim, seat, f"{store}/{lane}", now)
        return [pack(down(store, lane, "claim"), answer)] if answer is not None else []

    def decide(self, claim: Claim, seat: Seat, where: str, now: datetime) -> ClaimAnswer | None:
        """Grant or deny as the arbiter of a store; None while its lanes have not all sworn."""
        if not seat.term:
            return Arbiter(self._ledger).on_claim(claim, where, now)
        term = HqTerm(self._conn, seat.store, seat.term)
        return StoreArbiter(seat, term).on_relayed(claim, where, now)

    def oath(self, store: StoreId, lane: LaneId, oath: Oath) -> list[Packet]:
        """Take a lane's oath, where headquarters arbitrates for its store."""
        seat = self.seats.of(store)
        if seat.lane:
            return []
        arbiter = StoreArbiter(seat, HqTerm(self._conn, store, seat.term))
        for word in oath.held if oath.term == seat.term else ():
            self._ledger.know(word)
        heard = arbiter.on_oath(lane, oath)
        return [pack(down(store, lane, "heard"), heard)] if heard is not None else []

    # What arbiters say.

    def answered(
        self, store: StoreId, lane: LaneId, answer: ClaimAnswer, now: datetime
    ) -> list[Packet]:
        """Carry an arbiter's answer back; what it granted is known here before anyone hears of it."""
        query = (
            "SELECT store, lane FROM relays"
            " WHERE epoch = ? AND attempt = ? AND serial = ? AND home = ? AND term = ?"
        )
        claim = answer.claim
        key = (claim.epoch, claim.attempt, answer.serial, store, answer.term)
        row = self._conn.execute(query, key).fetchone()
        if row is None or not self._sits(store, lane, answer.term):
            return []
        if answer.answer == "grant":
            self._ledger.know(Word("held", answer.serial, claim, f"{row[0]}/{row[1]}", now))
        return [pack(down(StoreId(row[0]), LaneId(row[1]), "claim"), answer)]

    def decisions(self, store: StoreId, lane: LaneId, words: Words) -> list[Packet]:
        """Keep what a store's arbiter decided."""
        if not self._sits(store, lane, words.term):
            return []
        query = "SELECT upto FROM mirrored WHERE source = ?"
        row = self._conn.execute(query, (words.source,)).fetchone()
        upto = max(row[0] if row else 0, words.acked)  # a restored file may know less than it said
        if words.after <= upto < words.upto:
            for word in words.words:
                self._ledger.note(word)
            upto = words.upto
        self._conn.execute(_MIRROR, (words.source, upto))
        return [pack(down(store, lane, "heard"), Heard(words.term, words.source, upto))]

    def copy(self, store: StoreId, lane: LaneId, ask: CopyAsk, now: datetime) -> list[Packet]:
        """Give a new arbiter the next part of what is known of its serials.

        One that had all of it before and begins anew has lost its ledger.
        """
        if not self._sits(store, lane, ask.term):
            return []
        if not ask.after and self._fed_upto(store) >= 0:
            self.forgot(store, lane, ask.term, now)
            return []
        found = self._ledger.claims_of(store, ask.after, PART + 1)
        last = len(found) <= PART
        serials = [list(words) for _, words in groupby(found, lambda word: word.serial)]
        whole = serials if last else serials[: max(1, len(serials) - 1)]
        words = tuple(word for some in whole for word in some)
        cursors = "SELECT epoch, upto FROM cursors WHERE store = ?"
        copy = Copy(
            term=ask.term,
            after=ask.after,
            upto=words[-1].serial if words else ask.after,
            last=last,
            words=words,
            cursors=dict(self._conn.execute(cursors, (store,))),
            source=self._feed_name(),
            feed=self._conn.execute("SELECT coalesce(max(n), 0) FROM feed").fetchone()[0],
        )
        return [pack(down(store, lane, "copy"), copy)]

    def fed(self, store: StoreId, lane: LaneId, heard: Heard) -> list[Packet]:
        """Note up to where an arbiter has the words of other stores; send what it has not."""
        if not self._sits(store, lane, heard.term) or heard.source != self._feed_name():
            return []
        update = "UPDATE seats SET fed = ? WHERE store = ? AND fed < ?"
        self._conn.execute(update, (heard.upto, store, heard.upto))
        return self._next_feed(store)

    def feeds_due(self) -> list[Packet]:
        """Give what arbiters must hear of the rows that came in; once."""
        stores, self._fed = sorted(self._fed), set()
        return [packet for store in stores for packet in self._next_feed(store)]

    def forgot(self, store: StoreId, lane: LaneId, term: int, now: datetime) -> None:
        """An arbiter's ledger of its term is gone: begin another term with the same arbiter."""
        if self._sits(store, lane, term):
            self.seats.appoint(store, lane, self.seats.of(store).lanes, now)

    # Pieces.

    def _sits(self, store: StoreId, lane: LaneId, term: int) -> bool:
        seat = self.seats.of(store)
        return bool(seat.lane) and (seat.lane, seat.term) == (lane, term)

    def _carries(self, store: StoreId, lane: LaneId, claim: Claim, seat: Seat) -> bool:
        """Bind a claim to the term in force; False where an earlier one has it."""
        key = (claim.claim.epoch, claim.claim.attempt, claim.serial)
        row = (*key, seat.store, seat.term, store, lane)
        insert = "INSERT INTO relays VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        self._conn.execute(insert, row)
        query = "SELECT home, term FROM relays WHERE epoch = ? AND attempt = ? AND serial = ?"
        bound: tuple[str, int] = self._conn.execute(query, key).fetchone()
        return bound == (seat.store, seat.term)

    def _feed(self, home: StoreId, word: Word) -> None:
        claim = word.claim
        row = (home, word.what, word.serial, claim.epoch, claim.attempt, word.where)
        self._conn.execute(
            "INSERT INTO feed(n, store, what, serial, epoch, attempt, place, at)"
            " SELECT coalesce(max(n), 0) + 1, ?, ?, ?, ?, ?, ?, ? FROM feed",
            (*row, word.at.isoformat()),
        )
        self._fed.add(home)

    def _next_feed(self, store: StoreId) -> list[Packet]:
        seat, after = self.seats.of(store), self._fed_upto(store)
        query = (
            "SELECT n, what, serial, epoch, attempt, place, at FROM feed"
            " WHERE store = ? AND n > ? ORDER BY n LIMIT ?"
        )
        rows = self._conn.execute(query, (store, after, PART)).fetchall()
        if not rows or not seat.lane or after < 0:
            return []  # before its copy is there it could not place them
        words = tuple(_word(row) for row in rows)
        message = Words(seat.term, self._feed_name(), after, rows[-1][0], after, words)
        return [pack(down(store, seat.lane, "words"), message)]

    def _fed_upto(self, store: StoreId) -> Seq:
        query = "SELECT fed FROM seats WHERE store = ?"
        return int(self._conn.execute(query, (store,)).fetchone()[0])

    def _feed_name(self) -> Incarnation:
        return Incarnation(self._conn.execute("SELECT name FROM feed_name").fetchone()[0])


def _word(row: tuple[int, str, str, str, int, str, str]) -> Word:
    _, what, serial, epoch, attempt, place, at = row
    claim = ClaimId(Incarnation(epoch), attempt)
    return Word(what, Serial(serial), claim, place, datetime.fromisoformat(at))  # type: ignore[arg-type]
