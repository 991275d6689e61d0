"""How every use that was accepted without an answer ends, and who pays for it.

A use is *accepted* where its serial's arbiter counts it as the rightful one. A second use is
*honoured* where the lane kept within the caps: headquarters set them, and bears what they let through.
Beyond the caps it is *charged* to the store. What was given back costs nobody anything.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
from msgspec import Struct

from hq.statements import Statements
from offers.context import Risk
from offers.model import Offer, Serial
from offers.records import ClaimId, ClaimProvisional, Row

Outcome = Literal["open", "accepted", "duplicate_honoured", "duplicate_charged", "given_back"]
HOUR = timedelta(hours=1)
HEADQUARTERS = "headquarters"
_CASE = (
    "SELECT p.store, p.lane, p.at, p.value_minor, p.shopper, k.what, k.verdict, p.by_hand"
    " FROM provisionals p LEFT JOIN known_claims k"
    " ON k.serial = p.serial AND k.epoch = p.epoch AND k.attempt = p.attempt"
    " WHERE p.serial = ? AND p.epoch = ? AND p.attempt = ?"
)


class Case(Struct, frozen=True):
    """One use that was accepted without an answer."""

    store: str
    lane: str
    at: datetime
    value_minor: int
    shopper: str | None = None


class Before(Struct, frozen=True):
    """What a lane had accepted in the hour up to a case, the case itself included."""

    count: int
    minor: int
    of_shopper: int
    minor_of_shopper: int


def within_caps(case: Case, before: Before, risk: Risk) -> bool:
    """Tell whether a lane was allowed to accept a use unasked."""
    lane = before.count <= risk.lane_count and before.minor <= risk.lane_minor
    single = case.value_minor <= risk.serial_max_minor
    shopper = case.shopper is None or (
        before.of_shopper <= risk.shopper_count and before.minor_of_shopper <= risk.shopper_minor
    )
    return lane and single and shopper


def lane_risk(risk: Risk, lanes: int) -> Risk:
    """Cut a lane's caps to its share of the store's: cut off from each other, lanes keep within it."""
    return msgspec.structs.replace(
        risk,
        lane_count=min(risk.lane_count, risk.store_count // max(1, lanes)),
        lane_minor=min(risk.lane_minor, risk.store_minor // max(1, lanes)),
    )


class Reconciler:
    """Decides each case once its row and its arbiter's word are here; piece of the caller's change."""

    def __init__(self, conn: Statements) -> None:
        self._conn = conn

    def accepted_unasked(
        self, store: str, lane: str, row: Row, record: ClaimProvisional, now: datetime
    ) -> None:
        """Open a case: a lane's row says that it accepted a use without an answer."""
        place = (record.serial, record.claim.epoch, record.claim.attempt)
        at = row.at.astimezone(UTC).isoformat()
        self._conn.execute(
            "INSERT INTO provisionals(serial, epoch, attempt, store, lane, at,"
            " value_minor, shopper) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (*place, store, lane, at, record.value_minor, row.shopper_key),
        )
        self.settle(record.serial, record.claim, now)

    def settle(self, serial: Serial, claim: ClaimId, now: datetime) -> None:
        """Decide a case by what is known of its claim; nothing to do where there is no case."""
        place = (serial, claim.epoch, claim.attempt)
        row = self._conn.execute(_CASE, place).fetchone()
        if row is None or (row[7] and row[6] == "second"):
            return
        case = Case(row[0], row[1], datetime.fromisoformat(row[2]), row[3], row[4])
        verdict = "released" if row[5] == "released" else row[6]
        outcome, owner = self._ends(case, verdict, place)
        self._conn.execute(
            "UPDATE provisionals SET outcome = ?, owner = ?, decided_at = ?"
            " WHERE serial = ? AND epoch = ? AND attempt = ? AND outcome <> ?",
            (outcome, owner, now.isoformat(), *place, outcome),
        )

    def charge(self, serial: str, owner: str, now: datetime) -> int:
        """Charge the honoured second uses of a serial to somebody; give how many there were."""
        return self._conn.execute(
            "UPDATE provisionals SET outcome = 'duplicate_charged', owner = ?, decided_at = ?,"
            " by_hand = 1 WHERE serial = ? AND outcome = 'duplicate_honoured'",
            (owner, now.isoformat(), serial),
        ).rowcount

    def _ends(
        self, case: Case, verdict: str | None, place: tuple[str, str, int]
    ) -> tuple[Outcome, str]:
        if verdict is None:
            return "open", ""
        if verdict == "released":
            return "given_back", ""
        if verdict == "counts":
            return "accepted", self._funders(place)
        if within_caps(case, self._before(case), self._risk(case.store)):
            return "duplicate_honoured", HEADQUARTERS
        return "duplicate_charged", case.store

    def _before(self, case: Case) -> Before:
        since = (case.at - HOUR).isoformat()
        row = self._conn.execute(
            "SELECT count(*), coalesce(sum(value_minor), 0), count(*) FILTER (WHERE shopper = ?),"
            " coalesce(sum(CASE WHEN shopper = ? THEN value_minor END), 0) FROM provisionals"
            " WHERE store = ? AND lane = ? AND at > ? AND at <= ? AND outcome <> 'given_back'",
            (case.shopper, case.shopper, case.store, case.lane, since, case.at.isoformat()),
        ).fetchone()
        return Before(*row)

    def _risk(self, store: str) -> Risk:
        row = self._conn.execute("SELECT body FROM documents WHERE name = 'risk'").fetchone()
        lanes = self._conn.execute("SELECT lanes FROM stores WHERE store = ?", (store,)).fetchone()
        risk = msgspec.json.decode(row[0], type=Risk) if row else Risk()
        return lane_risk(risk, len(msgspec.json.decode(lanes[0])) if lanes else 1)

    def _funders(self, place: tuple[str, str, int]) -> str:
        """Name who pays for the offer as agreed; headquarters where nobody else does."""
        row = self._conn.execute(
            "SELECT o.body FROM rows r JOIN offers o"
            " ON o.offer_id = json_extract(r.body, '$.offer_id')"
            " WHERE r.kind = 'claiming' AND r.epoch = ? AND r.seq = ?",
            place[1:],
        ).fetchone()
        offer = msgspec.json.decode(row[0], type=Offer) if row else None
        funders = [share.funder for share in offer.funding] if offer is not None else []
        return ", ".join(funders) or HEADQUARTERS
