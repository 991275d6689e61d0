"""What headquarters remembers of claims: as arbiter, and as the one that hears every arbiter.

`known_claims` holds of each claim the most that any row or arbiter said of it; it is what a new
arbiter gets as its copy. The tables of `sync.ledger_file` decide for the stores that headquarters
arbitrates itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import structs

from hq.reconcile import Reconciler
from hq.statements import Statements, put
from offers.model import LaneId, Serial, StoreId
from offers.records import ClaimId, Incarnation, Seq
from sync.arbiter import Arbiter, Duplicate
from sync.ledger_file import SqliteLedger
from sync.messages import Word
from sync.store_arbiter import Sworn

_SWEAR = put("oaths", "store lane term epoch head", "store lane")
EVERY = 2**31 - 1
RANK = "instr('held used redeemed released', what)"  # a later word says more than an earlier one
_KNOW = """
INSERT INTO known_claims(serial, epoch, attempt, what, place, at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT(serial, epoch, attempt) DO UPDATE SET what = excluded.what, place = excluded.place, at = excluded.at
WHERE instr('held used redeemed released', excluded.what) > instr('held used redeemed released', known_claims.what)
"""
HOME = (  # a serial begins with its lease, in five digits
    "substr(serial, 1, 5) IN"
    " (SELECT substr(CAST(100000 + lease AS TEXT), 2) FROM leases WHERE store = ?)"
)


class HqLedger(SqliteLedger):
    """`sync.arbiter.Ledger`; what is decided goes to reconciliation at once."""

    def __init__(self, conn: Statements) -> None:
        super().__init__(conn)
        self._reconciler = Reconciler(conn)

    def know(self, word: Word) -> None:
        """Remember the most that was said of a claim."""
        claim = word.claim
        place = (word.serial, claim.epoch, claim.attempt)
        self._conn.execute(_KNOW, (*place, word.what, word.where, word.at.isoformat()))
        if word.what == "released":
            self._reconciler.settle(word.serial, claim, word.at)

    def note(self, word: Word) -> None:
        """Take an arbiter's decision, its own or a store's."""
        place = (word.serial, word.claim.epoch, word.claim.attempt)
        at_claim = "WHERE serial = ? AND epoch = ? AND attempt = ?"
        second = word.what == "second"
        if second:
            self.flag(Duplicate(word.serial, word.claim, word.where, word.at))
        else:
            self._conn.execute(f"DELETE FROM duplicates {at_claim}", place)  # noqa: S608
        self.know(structs.replace(word, what="used") if second else word)
        verdict = "second" if second else "counts"
        self._conn.execute(
            f"UPDATE known_claims SET verdict = ? {at_claim}",  # noqa: S608 - a constant
            (verdict, *place),
        )
        self._reconciler.settle(word.serial, word.claim, word.at)

    def claims_of(self, store: StoreId, after: str, limit: int) -> list[Word]:
        """List what is known of a home store's serials after one, used up ones first for each."""
        query = (
            "SELECT what, serial, epoch, attempt, place, at FROM known_claims"  # noqa: S608 - constants
            f" WHERE serial > ? AND what <> 'released' AND {HOME}"
            f" ORDER BY serial, {RANK} DESC, at LIMIT ?"
        )
        return list(_words(self._conn.execute(query, (after, store, limit))))

    def begin_anew(self, store: StoreId) -> None:
        """Forget what was decided for a store in earlier terms, and begin with what is known now."""
        for table in ("holdings", "graves", "duplicates"):
            self._conn.execute(f"DELETE FROM {table} WHERE {HOME}", (store,))  # noqa: S608
        self._conn.execute(
            "INSERT INTO graves SELECT serial, epoch, attempt, 'released' FROM known_claims"  # noqa: S608
            f" WHERE what = 'released' AND {HOME}",
            (store,),
        )
        arbiter = Arbiter(self)
        for word in self.claims_of(store, "", EVERY):
            arbiter.apply(word)


class HqTerm(HqLedger):
    """`sync.store_arbiter.TermLedger` for a store that headquarters arbitrates: rows are its words."""

    def __init__(self, conn: Statements, store: StoreId, term: int) -> None:
        super().__init__(conn)
        self._store = store
        self._term = term

    def sworn(self, lane: LaneId) -> Sworn | None:
        """Give a lane's oath to this term."""
        query = "SELECT epoch, head FROM oaths WHERE store = ? AND lane = ? AND term = ?"
        row = self._conn.execute(query, (self._store, lane, self._term)).fetchone()
        return Sworn(Incarnation(row[0]), row[1]) if row else None

    def swear(self, lane: LaneId, sworn: Sworn) -> None:
        """Remember an oath."""
        row = (self._store, lane, self._term, *sworn)
        self._conn.execute(_SWEAR, row)

    def cursor(self, source: Incarnation) -> Seq | None:
        """Tell up to where an incarnation's rows are here; None: it has not sworn."""
        query = (
            "SELECT coalesce(c.upto, 0) FROM oaths o LEFT JOIN cursors c"
            " ON c.store = o.store AND c.lane = o.lane AND c.epoch = o.epoch"
            " WHERE o.store = ? AND o.term = ? AND o.epoch = ?"
        )
        row = self._conn.execute(query, (self._store, self._term, source)).fetchone()
        return row[0] if row else None

    def move(self, source: Incarnation, upto: Seq) -> None:
        """Do nothing: rows move the cursor."""

    def copied(self) -> str | None:
        """Say that nothing is missing: the copy is headquarters' own."""
        return None

    def copied_to(self, serial: str | None) -> None:
        """Do nothing: there is no copy."""

    def feed(self) -> Incarnation:
        """Give no name: headquarters does not feed itself."""
        return Incarnation("")

    def fed_by(self, source: Incarnation) -> None:
        """Do nothing: headquarters does not feed itself."""


def _words(rows: Iterable[tuple[str, str, str, int, str, str]]) -> Iterable[Word]:
    for what, serial, epoch, attempt, place, at in rows:
        claim = ClaimId(Incarnation(epoch), attempt)
        yield Word(what, Serial(serial), claim, place, datetime.fromisoformat(at))  # type: ignore[arg-type]
