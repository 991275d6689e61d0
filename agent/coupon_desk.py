"""What a presented coupon is worth: genuine, free, granted by its arbiter, or refused and why.

A claim is one attempt to use one serial. Its CLAIMING row is durable before the question leaves,
its outcome before the till is told (design of the protocol: `sync.claims`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, assert_never

from agent.claim_line import Answered, ClaimLine
from agent.sales import Held, Sale, SaleBook
from agent.scan_reading import CouponScan
from agent.stock import Stock
from cache.entries import Entry
from offers.basket import Presented, Standing
from offers.model import OfferId, Serial, ShopperKey
from offers.records import (
    ClaimDenied,
    ClaimGranted,
    Claiming,
    ClaimProvisional,
    ClaimReleased,
    Record,
)
from offers.serials import read_serial, serial_is_genuine
from sync.claims import LaneClaims, Outcome, Room, Why

FORGERIES_AN_HOUR = 3  # one guess in 10,000 passes the MAC: three misses are an attack
HOUR = timedelta(hours=1)
RETRIED = ("elsewhere", "unanswered", "offline_limit")  # may end otherwise at the next revision


class Wanted(NamedTuple):
    """A serial that would apply, for which offer, and how much it is worth on this basket."""

    coupon: CouponScan
    serial: Serial
    offer_id: OfferId
    value_minor: int


class CouponDesk:
    """Looks at serials, claims them, gives them back."""

    def __init__(
        self,
        stock: Stock,
        book: SaleBook,
        claims: LaneClaims,
        here: str,
        utc_now: Callable[[], datetime],
    ) -> None:
        self._journal, self._shelf, self._keys = stock.journal, stock.shelf, stock.serial_keys
        self._book = book
        self._claims = claims
        self._here = here
        self._utc_now = utc_now
        self._unwritten: list[Outcome] = []
        self._forgeries: OrderedDict[Serial, datetime] = (
            OrderedDict()
        )  # the last few, by first sight

    def look(self, sale: Sale, coupon: CouponScan) -> Presented:
        """Say how a coupon stands; "granted" where nothing that this lane knows speaks against it."""
        serial = coupon.serial
        if serial is None:
            return Presented(coupon.number, None, self._without_serial(coupon))
        if self._is_anothers(serial, sale.shopper):
            return Presented(coupon.number, serial, "other_shopper")
        held = sale.held.get(serial)
        if held is not None and held.presented.standing not in RETRIED:
            return held.presented
        redeemed = self._journal.mirror.redeemed_serial(serial)
        if redeemed is not None:
            return Presented(coupon.number, serial, "redeemed", self._here, redeemed[1])
        if any(other is not sale and other.holds(serial) for other in self._book):
            return Presented(coupon.number, serial, "elsewhere", self._here, self._utc_now())
        return Presented(coupon.number, serial, self._genuine(coupon, serial))

    def _is_anothers(self, serial: Serial, shopper: ShopperKey | None) -> bool:
        """Tell whether this lane printed a coupon for somebody else than the shopper in hand."""
        printed = self._journal.mirror.issued(serial)
        owner = self._journal.mirror.refs.key(printed.shopper) if printed is not None else None
        return owner is not None and shopper is not None and owner != shopper

    def _without_serial(self, coupon: CouponScan) -> Literal["mass", "unknown"]:
        """Take a bare number for what it names: not for a coupon that has to carry a serial."""
        offer = self._shelf.generation.offer_by_coupon(coupon.number)
        personal = offer is not None and offer.use == "coupon" and offer.single_use
        return "unknown" if personal else "mass"

    def _genuine(
        self, coupon: CouponScan, serial: Serial
    ) -> Literal["granted", "unknown", "forged"]:
        parts = read_serial(serial)
        lease = self._shelf.lease(parts.lease) if parts else None
        key = self._keys.get(lease.key_id) if lease else None
        if key is None:
            return "unknown"
        if serial_is_genuine(serial, coupon.number, key):
            return "granted"
        self._note_forgery(serial)
        return "forged"

    def _note_forgery(self, serial: Serial) -> None:
        """Count a forged serial once, however many revisions of a basket show it."""
        now = self._utc_now()
        if now - self._forgeries.get(serial, now - 2 * HOUR) > HOUR:
            self._forgeries[serial] = now
            self._forgeries.move_to_end(serial)
        while len(self._forgeries) > FORGERIES_AN_HOUR:
            self._forgeries.popitem(last=False)

    def room(self, shopper: ShopperKey | None) -> Room:
        """Say how much more may be accepted without an answer this hour. Under attack: nothing."""
        now = self._utc_now()
        if sum(now - seen <= HOUR for seen in self._forgeries.values()) >= FORGERIES_AN_HOUR:
            return Room()
        risk = self._shelf.generation.risk
        count, minor = self._journal.mirror.provisional_since(now - HOUR)
        left, money = risk.lane_count - count, risk.lane_minor - minor
        if shopper is not None:
            theirs, their_minor = self._journal.mirror.provisional_since(now - HOUR, shopper)
            left = min(left, risk.shopper_count - theirs)
            money = min(money, risk.shopper_minor - their_minor)
        return Room(max(0, left), max(0, money), risk.serial_max_minor)

    async def claim(self, line: ClaimLine, sale: Sale, wanted: Iterable[Wanted]) -> None:
        """Ask the arbiter for serials, all at once, and write down what came of each."""
        tries = tuple(wanted)
        now = self._utc_now()
        shopper = self._journal.ref(sale.shopper) if sale.shopper is not None else None
        claiming = [
            Claiming(sale.uid, w.serial, w.coupon.number, w.offer_id, w.value_minor, shopper)
            for w in tries
        ]
        rows = await self._journal.append(*(Entry(record, now) for record in claiming))
        questions = [(record, row.seq) for record, row in zip(claiming, rows, strict=True)]
        answers = await line.ask(questions, now, lambda: self.room(sale.shopper))
        for want, answer in zip(tries, answers, strict=True):
            sale.held[want.serial] = _held(want, answer)
        await self._write_outcomes([*self.owed(), *(answer.record for answer in answers)])

    async def _write_outcomes(self, records: list[Outcome]) -> None:
        now = self._utc_now()
        try:
            await self._journal.append(*(Entry(record, now) for record in records))
        except Exception:
            self._unwritten = records
            raise

    def owed(self) -> list[Outcome]:
        """Give the outcomes whose write failed: they go before the next rows, whosever these are."""
        claims = self._journal.mirror.claims
        self._unwritten = [
            it
            for it in self._unwritten
            if (asked := claims.get(it.claim)) is not None and asked.state == "claiming"
        ]
        return self._unwritten

    def release(self, sale: Sale, serials: Iterable[Serial], why: Why) -> list[Record]:
        """Give back the rights that a sale holds on these serials; the records say so to HQ."""
        records: list[Record] = []
        for serial in sorted(serials):
            held = sale.held.pop(serial, None)
            if held is not None and held.claim is not None:
                self._claims.cancel(held.claim, why)
                records.append(ClaimReleased(held.claim, serial, why))
        return records

    def used(self, sale: Sale, serials: Iterable[Serial]) -> None:
        """Forget the claims whose redemption is in the journal."""
        for serial in serials:
            held = sale.held.get(serial)
            if held is not None and held.claim is not None:
                self._claims.used(held.claim)

    def take_back(self) -> list[Record]:
        """After a crash: resume what reopened sales hold, and release every other claim."""
        records: list[Record] = []
        kept = {held.claim for sale in self._book for held in sale.held.values()}
        for claim, state in self._journal.mirror.claims.items():
            if claim in kept and state.state != "claiming":
                self._claims.resume(claim, state.serial, state.value_minor)
            else:
                records.append(ClaimReleased(claim, state.serial, "crash"))
        return records


def _held(want: Wanted, answer: Answered) -> Held:
    """Say what a sale has after an answer: the serial with its claim, or only the reason against it."""
    number, serial = want.coupon.number, want.serial
    record = answer.record
    match record:
        case ClaimGranted():
            return Held(Presented(number, serial, "granted"), record.claim)
        case ClaimProvisional():
            return Held(Presented(number, serial, "provisional"), record.claim)
        case ClaimReleased():
            return Held(Presented(number, serial, "offline_limit"), None)
        case ClaimDenied():
            standing: Standing = "redeemed" if answer.redeemed else "elsewhere"
            return Held(Presented(number, serial, standing, record.where, record.when), None)
        case _:
            assert_never(record)
