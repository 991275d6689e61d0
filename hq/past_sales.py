"""What a lane must know of a sale that it did not make, to take goods of it back."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hq.ledger import HqLedger
from hq.statements import Statements
from offers.model import CouponNumber, LaneId, OfferId, ShopperKey, StoreId
from offers.records import Returned, Tendered, Uid
from sync.arbiter import Arbiter
from sync.messages import Claim, SaleAsk, SaleFacts
from sync.words import sale_right

_SALE = """
SELECT r.body, r.store, r.lane, r.shopper FROM rows r
WHERE r.kind = 'tendered' AND r.store = ? AND json_extract(r.body, '$.key.till') = ?
  AND json_extract(r.body, '$.key.number') = ? AND json_extract(r.body, '$.key.business_date') = ?
  AND json_extract(r.body, '$.mode') = 'live'
ORDER BY r.at DESC, r.seq DESC LIMIT 1
"""
_UNDONE = """
SELECT kind, body FROM rows WHERE kind IN ('returned', 'voided')
  AND json_extract(body, '$.uid') = ? ORDER BY at, store, lane, seq
"""


class PastSales:
    """Answers from the collected rows; every call is a piece of the caller's transaction."""

    def __init__(self, conn: Statements) -> None:
        self._conn = conn

    def facts(self, store: StoreId, lane: LaneId, ask: SaleAsk, now: datetime) -> SaleFacts:
        """Give a sale, and to one lane at a time the right to take goods of it back."""
        right = Claim(
            ask.claim, sale_right(ask.key), CouponNumber(""), OfferId(""), Uid(""), ask.at
        )
        answer = Arbiter(HqLedger(self._conn)).on_claim(right, f"{store}/{lane}", now)
        if answer.answer == "deny":
            return SaleFacts(ask.claim, ask.key, busy=answer.where or "another lane")
        key = ask.key
        row = self._conn.execute(
            _SALE, (key.store, key.till, key.number, key.business_date.isoformat())
        ).fetchone()
        if row is None:
            return SaleFacts(ask.claim, key)
        sale = msgspec.json.decode(row[0], type=Tendered)
        before, voided = self._undone(sale.uid)
        shopper = ShopperKey(row[3]) if row[3] else None
        place = f"{row[1]}/{row[2]}"
        return SaleFacts(ask.claim, key, sale, place, before, voided, "", shopper)

    def _undone(self, uid: Uid) -> tuple[tuple[Returned, ...], bool]:
        rows = self._conn.execute(_UNDONE, (uid,)).fetchall()
        decode = msgspec.json.Decoder(Returned).decode
        before = tuple(decode(body) for kind, body in rows if kind == "returned")
        return before, any(kind == "voided" for kind, _ in rows)
