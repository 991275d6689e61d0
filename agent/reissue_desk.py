"""Print a coupon again under a new serial, so that never both can be used.

The old serial is claimed first, as for a sale, from its one arbiter; only a grant goes on. The grant,
the end of the old one and the new coupon are one commit; the paper follows. Without an answer
nothing is printed: the old coupon may be in use elsewhere at this moment. A crash before the commit
gives the old one back at the next start, a crash behind it leaves the new one alone.
"""

from __future__ import annotations

from datetime import date
from typing import assert_never

from msgspec import Struct, structs

from agent.claim_line import ClaimLine
from agent.coupon_desk import CouponDesk
from agent.dispute_facts import Matter
from agent.issue_desk import Issue, IssueDesk
from agent.rooms import Rooms
from agent.sales import Sale
from agent.scan_reading import CouponScan
from cache.entries import Entry
from offers.context import Candidate
from offers.issue import valid_to
from offers.model import Offer, OfferId, Serial
from offers.records import (
    ClaimDenied,
    ClaimGranted,
    Claiming,
    ClaimProvisional,
    ClaimReleased,
    Issued,
    Record,
    Settled,
)
from sync.claims import LaneClaims, Room


class Refused(Struct, frozen=True):
    """Why it is not printed again: a code of the refusals."""

    code: str


class ReissueDesk:
    """Replaces coupons; one at a time."""

    def __init__(self, rooms: Rooms, line: ClaimLine, claims: LaneClaims) -> None:
        self._rooms = rooms
        self._line = line
        self._claims = claims

    @property
    def _issues(self) -> IssueDesk:
        return self._rooms.issues

    @property
    def _coupons(self) -> CouponDesk:
        return self._rooms.coupons

    def may(self, matter: Matter, offer: Offer) -> bool:
        """Tell whether a coupon of an offer can be printed again at all."""
        return offer.use == "coupon" and offer.single_use and not matter.training

    def old_serial(self, matter: Matter, offer_id: OfferId, named: str) -> Serial | None:
        """Give the serial that is to be replaced: as named, else the last one printed here."""
        if named:
            return Serial(named)
        mirror = self._rooms.journal.mirror
        return mirror.issued_to(matter.shopper, offer_id) if matter.shopper is not None else None

    async def reissue(
        self, matter: Matter, offer: Offer, old: Serial, settled: Settled
    ) -> Settled | Refused:
        """Replace a coupon: the record as written, or why not; then nothing has changed."""
        rooms = self._rooms
        if not self._issues.ready:
            return Refused("printer_away")
        coupon = CouponScan(offer.coupon_number, old)
        today = rooms.moment_of(matter.answered.basket.key.business_date).business_date
        last = self._last_day(offer, old, today)
        if last < today or not self._is_free(matter, coupon, old):
            return Refused("reissue_used")
        granted = await self._claim(matter, offer, old, settled)
        if not isinstance(granted, ClaimGranted):
            return granted
        shopper = matter.shopper
        issue = self._issues.again(matter.uid, old, offer, shopper, (today, last))
        if issue is None:
            await self._give_back(granted)
            return Refused("reissue_used")
        done = structs.replace(settled, serial=old, new_serial=_serial(issue), claim=granted.claim)
        try:
            await self._write(granted, done, *issue.records)
        except Exception:
            self._claims.cancel(granted.claim, "not_given")  # its open row is released at the start
            raise
        self._claims.used(granted.claim)
        self._issues.print(issue)
        return done

    def _is_free(self, matter: Matter, coupon: CouponScan, old: Serial) -> bool:
        """Tell whether nothing that this lane knows speaks against it, this very sale included."""
        if matter.sale is not None and matter.sale.holds(old):
            return False
        sale = matter.sale or Sale(matter.uid, matter.handle, matter.answered.basket.key, "live")
        seen = self._coupons.look(structs.replace(sale, shopper=matter.shopper), coupon)
        return seen.standing == "granted"

    def _last_day(self, offer: Offer, old: Serial, today: date) -> date:
        """Give the last day of the coupon in hand; of one printed elsewhere, as if printed today."""
        printed = self._rooms.journal.mirror.issued(old)
        return printed.valid_to if printed is not None else valid_to(Candidate(offer), today)

    async def _claim(
        self, matter: Matter, offer: Offer, old: Serial, settled: Settled
    ) -> ClaimGranted | Refused:
        """Ask for the old serial; nothing is accepted without an answer."""
        claiming = Claiming(
            matter.uid, old, offer.coupon_number, offer.offer_id, 0, settled.shopper
        )
        now = self._rooms.clock.utc_now()
        (row,) = await self._rooms.journal.append(Entry(claiming, now))
        (answer,) = await self._line.ask([(claiming, row.seq)], now, Room)
        record = answer.record
        match record:
            case ClaimGranted():
                return record
            case ClaimProvisional():  # another asker's room was taken for it: not good enough
                await self._give_back(record)
                return Refused("reissue_offline")
            case ClaimReleased():
                await self._write(record)
                return Refused("reissue_offline")
            case ClaimDenied():
                await self._write(record)
                return Refused("reissue_used")
            case _:
                assert_never(record)

    async def _give_back(self, held: ClaimGranted | ClaimProvisional) -> None:
        released = self._claims.cancel(held.claim, "not_given")
        await self._write(held, *([released] if released is not None else []))

    async def _write(self, *records: Record) -> None:
        now = self._rooms.clock.utc_now()
        await self._rooms.journal.append(*(Entry(record, now) for record in records))


def _serial(issue: Issue) -> Serial | None:
    return next((one.serial for one in issue.records if isinstance(one, Issued)), None)
