"""The wire between a lane and headquarters, as values. JSON; unknown fields are ignored.

Every message carries its `schema` as an MQTT user property ("rows/1"); a reader takes its own
major version and quarantines another. `docs/wire.md` lists them all.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from offers.basket import TransactionKey
from offers.changes import Op
from offers.model import CouponNumber, Gtin, LaneId, OfferId, Serial, ShopperKey, StoreId
from offers.records import ClaimId, Incarnation, Returned, Row, Seq, Tendered, Uid

CHUNK_BYTES = (
    16 * 1024
)  # 0.27 s for a recall behind a 2 MB picture on a slow link, at a credit of 2


class Rows(Struct, frozen=True):
    """Up: rows of one journal, in order."""

    epoch: Incarnation
    rows: tuple[Row, ...]


class Rejected(Struct, frozen=True):
    """A row that headquarters keeps in quarantine; it counts as acknowledged."""

    seq: Seq
    code: str


class Ack(Struct, frozen=True):
    """Down, retained: everything up to `upto` is stored at headquarters. Only this prunes."""

    epoch: Incarnation
    upto: Seq
    rejected: tuple[Rejected, ...] = ()
    at: datetime | None = None  # HQ's own time: a floor for the lane's clock


class Claim(Struct, frozen=True):
    """Up: may this attempt have this serial?"""

    claim: ClaimId
    serial: Serial
    coupon_number: CouponNumber
    offer_id: OfferId
    uid: Uid
    at: datetime
    term: int = 0  # of the arbiter that is asked; 0: whoever headquarters knows to sit there


class ClaimAnswer(Struct, frozen=True):
    """Down: the arbiter's word on one attempt, once and for ever."""

    claim: ClaimId
    serial: Serial
    answer: Literal["grant", "deny"]
    where: str = ""  # for a denial: the store/lane that holds the serial
    when: datetime | None = None
    redeemed: bool = False  # for a denial: used up, not only held
    term: int = 0  # of the arbiter that answers


class Status(Struct, frozen=True):
    """Up, retained: a lane's birth, and its will with `online` false."""

    online: bool
    store: StoreId
    lane: LaneId
    epoch: Incarnation
    generation: str = ""
    delta_rev: int = 0
    recall_rev: int = 0
    outbox: int = 0
    oldest_s: int = 0
    app: str = ""
    clock: datetime | None = None
    erased_rev: int = 0  # no file of the lane knows any of these tombstones' shoppers
    boot: str = ""  # of one run of the agent: a second one that lives tells of a second machine
    schema: int = 0  # of the generations that it reads; 0 before it said so


class Ask(Struct, frozen=True):
    """Up: send me the deltas after `from_rev`, or new serial blocks.

    "term": the arbiter here has lost its ledger of the term `from_rev`, and needs a new one.
    """

    what: Literal["deltas", "leases", "term"]
    epoch: Incarnation
    generation: str = ""
    from_rev: int = 0


class BlobAsk(Struct, frozen=True):
    """Up: send `credit` chunks of the named blob from `offset` on."""

    sha256: str
    offset: Seq
    credit: Annotated[int, Meta(ge=1, le=8)]


class Manifest(Struct, frozen=True):
    """Down, retained, signed: the store's current generation.

    `sha256` and `size` are of the blob as pulled (zstd), `raw_*` of the SQLite file in it.
    `delta_rev` is the last delta folded into it.
    """

    store: StoreId
    generation: str
    rev: int
    built_at: datetime
    sha256: str
    size: int
    raw_sha256: str
    raw_size: int
    schema: int
    counts: dict[str, int]
    delta_rev: int


class Recalls(Struct, frozen=True):
    """Down, retained, signed: everything recalled or killed now. A newer `rev` replaces it whole."""

    store: StoreId
    rev: int
    gtins: tuple[Gtin, ...] = ()
    offers: tuple[OfferId, ...] = ()
    at: datetime | None = None


class Tombstones(Struct, frozen=True):
    """Down, retained, signed: every shopper who is erased, by tombstone. A newer `rev` replaces it.

    A tombstone is made of a shopper key and tells nothing of it (`offers.shopper_key`).
    """

    store: StoreId
    rev: int
    tombstones: tuple[str, ...] = ()
    at: datetime | None = None


class Delta(Struct, frozen=True):
    """Down, signed: changes between generations. `prev_rev` not mine means that I missed one."""

    store: StoreId
    rev: int
    prev_rev: int
    ops: tuple[Op, ...]


class Seat(Struct, frozen=True):
    """Down, retained, signed: who arbitrates the serials of a store, from this term on.

    No lane: headquarters. `lanes` must all have sworn before the first answer.
    """

    store: StoreId
    term: int
    lane: LaneId = LaneId("")
    lanes: tuple[LaneId, ...] = ()


class Word(Struct, frozen=True):
    """What is known of one claim on one serial; words may come twice and in any order.

    From lanes: "held" (granted, not used yet), "used" (accepted without an answer), "redeemed",
    "released". From arbiters: "held" (granted), "used" (an unasked use is the rightful one),
    "second" (it is a second use).
    """

    what: Literal["held", "used", "redeemed", "released", "second"]
    serial: Serial
    claim: ClaimId
    where: str
    at: datetime


class Words(Struct, frozen=True):
    """Either way: everything about serials that `source` has between two of its numbers."""

    term: int
    source: Incarnation
    after: Seq
    upto: Seq
    acked: Seq  # up to where the source has an answer: an arbiter that knows less has lost its tail
    words: tuple[Word, ...]


class Heard(Struct, frozen=True):
    """The answer to words: everything of `source` up to here is stored."""

    term: int
    source: Incarnation
    upto: Seq


class Oath(Struct, frozen=True):
    """Up: no grant of an earlier term counts at this lane any more, and this is what it holds.

    The arbiter opens once it also has the words of all rows up to `head`.
    """

    term: int
    epoch: Incarnation
    head: Seq
    held: tuple[Word, ...] = ()


class CopyAsk(Struct, frozen=True):
    """Up: a new arbiter asks for what headquarters knows, serial by serial."""

    term: int
    after: str = ""


class Copy(Struct, frozen=True):
    """Down: what headquarters knows of serials after `after`; none after `upto` where it is the `last`.

    `cursors`: up to where each incarnation's rows are in it. `feed`: the same of the words that
    come from other stores; `source` names their numbering.
    """

    term: int
    after: str
    upto: str
    last: bool
    words: tuple[Word, ...]
    cursors: dict[Incarnation, Seq] = {}
    source: Incarnation = Incarnation("")
    feed: Seq = 0


class Relayed(Struct, frozen=True):
    """Down: a claim that came by way of headquarters; the answer goes back the same way."""

    term: int
    where: str
    claim: Claim


class SaleAsk(Struct, frozen=True):
    """Up: what was this sale, and may I take goods of it back? One lane at a time."""

    claim: ClaimId
    key: TransactionKey
    at: datetime


class SaleFacts(Struct, frozen=True):
    """Down: what headquarters knows of a sale, and what of it came back or was voided before.

    `busy`: another lane takes goods of it back right now.
    """

    claim: ClaimId
    key: TransactionKey
    sale: Tendered | None = None
    where: str = ""
    before: tuple[Returned, ...] = ()
    voided: bool = False
    busy: str = ""
    shopper: ShopperKey | None = None


class Letter(Struct, frozen=True, forbid_unknown_fields=True):
    """Signed words of headquarters: the Ed25519 signature covers the bytes of `text` as they are."""

    text: str
    key_id: str
    signature: str  # base64


SCHEMAS: dict[str, type[Struct]] = {
    "rows/1": Rows,
    "ack/1": Ack,
    "claim/1": Claim,
    "claim-answer/1": ClaimAnswer,
    "status/1": Status,
    "ask/1": Ask,
    "blob-ask/1": BlobAsk,
    "letter/1": Letter,
    "manifest/1": Manifest,
    "recalls/1": Recalls,
    "tombstones/1": Tombstones,
    "delta/1": Delta,
    "seat/1": Seat,
    "words/1": Words,
    "heard/1": Heard,
    "oath/1": Oath,
    "copy-ask/1": CopyAsk,
    "copy/1": Copy,
    "relayed/1": Relayed,
    "sale-ask/1": SaleAsk,
    "sale-facts/1": SaleFacts,
}

encode = msgspec.json.Encoder(order="deterministic").encode
