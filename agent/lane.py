"""One lane: what a scan, a basket, a tender, a void, a return cause. Read this file first."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from datetime import datetime

from msgspec import structs

from agent.answering import answer
from agent.ending import end_sale
from agent.issue_desk import Issue, Occasion
from agent.refunds import SaleEvidence
from agent.refusals import Refused
from agent.returning import give_back, undo
from agent.rooms import Rooms
from agent.sales import Answered, Sale
from agent.scan_decoder import Scan
from agent.scan_gate import ScanGate
from agent.scan_reading import CouponScan, Identity, NotOurs
from agent.till_reading import ReadBasket, Shopper, digest, read_basket
from agent.till_types import (
    BasketIn,
    DecisionOut,
    DoneOut,
    ReturnIn,
    ReturnOut,
    TenderIn,
    TenderOut,
)
from cache.entries import Entry
from cache.journal import NO_PARTS
from cache.journal_store import OpenBasket
from cache.parts import PartName
from offers.context import Moment
from offers.model import PastUse
from offers.records import Printed, Record, Uid, Voided

log = logging.getLogger("tillside.lane")


class Lane:
    """The verbs of one lane. Each writes its rows before it answers, prints or sends."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._gate = ScanGate()
        self._undoing = asyncio.Lock()  # what came back before is read, then written: one at a time
        self.refused_scans = 0

    async def scan(self, scan: Scan) -> None:
        """Take what the lane's own scanner read: a shopper, a coupon, or nothing for us."""
        now = self._rooms.clock.utc_now()
        if not self._gate.lets_in(scan, self._rooms.clock.monotonic_s()):
            return
        reading = self._rooms.read_scan(scan)
        if isinstance(reading, NotOurs):
            self.refused_scans += reading.why != "product"
            log.info("scan refused: %s", reading.why)
            return
        what = self._known(reading)
        sale = self._rooms.book.in_hand()
        if sale is not None:
            sale.scan(what)
            log.info("scan bound to sale %s", sale.uid[:8])
        elif self._rooms.till_attached or isinstance(what, CouponScan):
            self._rooms.book.wait(what, now)
        else:
            await self._print_for(what)
        self._rooms.changed()

    async def basket(self, handle: str, message: BasketIn) -> DecisionOut:
        """Decide on a basket, and remember the answer before giving it."""
        rooms = self._rooms
        async with rooms.book.turn(handle):
            read = read_basket(message, rooms.store, rooms.identify, rooms.read_scan)
            mark = digest(read, message)
            ended = await self._ended(handle, read, mark)
            if ended is not None:
                return ended
            sale = await self._sale(handle, read, message)
            told = sale.told(message.revision, mark)
            if told is not None:
                return told
            with sale.as_it_was_on_failure():
                answered = await self._decide(sale, message, read, mark)
        rooms.changed()
        return answered.out

    async def tender(self, handle: str, message: TenderIn) -> TenderOut:
        """Make a sale final: redeem what the till gave, release the rest, print for the next visit."""
        rooms = self._rooms
        async with rooms.book.turn(handle):
            finished = rooms.book.finished(handle)
            sale = rooms.book.get(handle)
            if sale is None and finished is not None:
                return finished.out
            sale = _open(sale, handle)
            moment = rooms.moment_of(sale.key.business_date)
            ending = end_sale(sale, message, rooms.shelf)
            issue = self._issue(sale, moment, ending.past, message.paper_asked or sale.paper_asked)
            tendered = ending.tendered(rooms.journal, rooms.shelf.generation.id)
            out = ending.out(issue, rooms.shelf, rooms.language)
            evidence = ending.evidence(tendered, out, moment, rooms.shelf.generation.id)
            with sale.as_it_was_on_failure():
                unused = sale.held.keys() - ending.used
                releases = rooms.coupons.release(sale, unused, "not_given")
                records: list[Record] = [tendered, *releases, *issue.records]
                with rooms.issues.making(issue):
                    await self._write(records, {sale.uid: None}, {sale.uid: evidence})
            rooms.coupons.used(sale, ending.used)
            rooms.book.finish(sale, ending.finished(out, issue))
            rooms.issues.print(issue)
        log.info("sale %s tendered: %s", sale.uid[:8], ending.line(issue))
        rooms.changed()
        return out

    async def void(self, handle: str) -> DoneOut:
        """Give a transaction up; after its tender, undo it whole."""
        rooms = self._rooms
        async with rooms.book.turn(handle):
            sale = rooms.book.get(handle)
            if sale is not None:
                await self._abandon(sale)
            else:
                await self._undo(handle)
        rooms.changed()
        return DoneOut(handle, "voided")

    async def suspend(self, handle: str) -> DoneOut:
        """Put a sale aside: its claims are given back, and made anew when it goes on."""
        rooms = self._rooms
        async with rooms.book.turn(handle):
            sale = _open(rooms.book.get(handle), handle)
            with sale.as_it_was_on_failure():
                sale.suspended = True
                sale.answers = []  # the next basket decides anew, with claims of its own
                releases = rooms.coupons.release(sale, list(sale.held), "suspended")
                await self._write(releases, {sale.uid: sale.saved()})
        rooms.changed()
        return DoneOut(handle, "suspended")

    async def give_back(self, message: ReturnIn) -> ReturnOut:
        """Take lines of a past sale back, and what of its discounts goes with them."""
        rooms = self._rooms
        async with self._undoing:
            records, out = await give_back(rooms.journal, rooms.store, message, rooms.past_sales)
            await self._write(records)
        rooms.changed()
        return out

    async def restore(self) -> None:
        """Before the first answer: reopen what a crash left open, and end what it left half done.

        Whether the paper of an unfinished job came out, nobody can say: it is not printed again.
        """
        rooms = self._rooms
        for basket in rooms.journal.open_baskets():
            rooms.book.add(Sale.restored(basket.body))
        jobs = rooms.journal.mirror.unfinished_jobs
        unknown: list[Record] = [Printed(job, "unknown", "restart") for job in jobs]
        await self._write([*unknown, *rooms.coupons.take_back()])

    def _known(self, reading: Identity | CouponScan) -> Shopper | CouponScan:
        if isinstance(reading, CouponScan):
            return reading
        return Shopper(
            self._rooms.identify(reading.kind, reading.value), strong=reading.kind != "phone"
        )

    async def _ended(self, handle: str, read: ReadBasket, mark: str) -> DecisionOut | None:
        """Give the recorded answer where this very basket was tendered before."""
        finished = self._rooms.book.finished(handle)
        if finished is None and self._rooms.journal.mirror.tendered(read.key) is not None:
            body = await self._rooms.journal.sale(read.key)
            finished = SaleEvidence.decode(body).finished() if body is not None else None
            if finished is not None:
                self._rooms.book.recall(handle, finished)
        if finished is None or self._rooms.book.get(handle) is not None:
            return None
        answered = finished.answered
        same = finished.key == read.key and answered is not None and answered.digest == mark
        return answered.out if same and answered is not None else None

    async def _sale(self, handle: str, read: ReadBasket, message: BasketIn) -> Sale:
        """Find the open sale of this handle, or begin one."""
        book = self._rooms.book
        sale = book.get(handle)
        if sale is not None and (sale.key, sale.mode) != (read.key, message.mode):
            log.warning("! handle %s names a new sale; the old one is given up", handle)
            await self._abandon(sale)
            sale = None
        if sale is None:
            if self._rooms.journal.mirror.tendered(read.key) is not None:
                log.info("the till's number %s begins a new sale", read.key.number)
            sale = Sale(Uid(secrets.token_hex(16)), handle, read.key, message.mode)
            book.add(sale)
            book.give_waiting(sale, self._rooms.clock.utc_now())
        return sale

    async def _decide(self, sale: Sale, message: BasketIn, read: ReadBasket, mark: str) -> Answered:
        """Decide on a new revision, and write it down with what it gives back."""
        coupons = self._rooms.coupons
        sale.bind(read)
        records = coupons.release(sale, sale.dropped(), "removed")
        if message.suspended:
            records += coupons.release(sale, list(sale.held), "suspended")
            sale.answers = []
        sale.suspended = message.suspended
        fresh = await answer(self._rooms, sale, message, read, mark)
        sale.take(fresh.answered)
        await self._write(records, {sale.uid: sale.saved()}, parts=fresh.parts)
        return fresh.answered

    def _issue(self, sale: Sale, moment: Moment, past: tuple[PastUse, ...], asked: bool) -> Issue:
        if sale.shopper is None:
            return Issue()
        occasion = Occasion(sale.uid, moment, sale.mode == "training", asked)
        return self._rooms.issues.prepare(occasion, sale.shopper, past)

    async def _print_for(self, shopper: Shopper) -> None:
        """Without a till: a card that is scanned gets its offers at once."""
        moment = self._rooms.moment_of(None)
        uid = Uid(secrets.token_hex(16))
        issue = self._rooms.issues.prepare(Occasion(uid, moment), shopper.key)
        with self._rooms.issues.making(issue):
            await self._write(list(issue.records))
        self._rooms.issues.print(issue)
        log.info("scan %s printed %d", shopper.key[:8], len(issue.slips))

    async def _abandon(self, sale: Sale) -> None:
        with sale.as_it_was_on_failure():
            releases = self._rooms.coupons.release(sale, list(sale.held), "void")
            await self._write([Voided(sale.uid, sale.key), *releases], {sale.uid: None})
        self._rooms.book.close(sale)

    async def _undo(self, handle: str) -> None:
        finished = self._rooms.book.finished(handle)
        if finished is None:
            raise _unknown(handle)
        async with self._undoing:
            await self._write(await undo(self._rooms.journal, finished, self._rooms.past_sales))
        self._rooms.book.recall(handle, structs.replace(finished, voided=True))

    async def _write(
        self,
        records: list[Record],
        open_baskets: dict[Uid, OpenBasket | None] | None = None,
        evidence: dict[Uid, bytes] | None = None,
        parts: Mapping[PartName, object] = NO_PARTS,
    ) -> None:
        now: datetime = self._rooms.clock.utc_now()
        if records or open_baskets or evidence:
            entries = [Entry(it, now) for it in (*self._rooms.coupons.owed(), *records)]
            await self._rooms.journal.append(
                *entries, open_baskets=open_baskets or {}, evidence=evidence or {}, parts=parts
            )


def _open(sale: Sale | None, handle: str) -> Sale:
    if sale is None:
        raise _unknown(handle)
    return sale


def _unknown(handle: str) -> Refused:
    return Refused(
        "transaction_unknown",
        f"No transaction {handle!r} is open on this lane.",
        "Send its basket first (PUT), then this call again.",
        404,
    )
