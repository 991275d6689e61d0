"""What the cashier's page asks the lane beside disputes: search, look back, paper, wordings."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from agent.facts import candidates_of
from agent.look_back import View, look
from agent.page_types import (
    NextScanOut,
    PaperAskedIn,
    PaperAskedOut,
    ReprintIn,
    ReprintOut,
    ScannedOut,
    WordingIn,
    WordingOut,
)
from agent.paper_desk import PaperDesk
from agent.refusals import Refused
from agent.rooms import Rooms
from agent.sales import Answered, Finished, Sale
from agent.scan_decoder import AIM_LENGTH, Scan
from agent.scan_reading import CouponScan
from agent.search_desk import SearchDesk
from cache.entries import Entry
from offers.model import OfferId
from offers.records import JobId, Rated, Uid as OfUid
from staff_help.ask_words import Answers
from staff_help.lane_state import PrintResult
from staff_help.past_sale import PastSale
from staff_help.words import REFUSALS, spoken

log = logging.getLogger("tillside.page")

SCAN_S = 60.0  # so long the scanner answers the page


class Paper(Struct, frozen=True):
    """The printer as the page needs it; `NO_PAPER` is a lane that has none."""

    result: Callable[[JobId | None], PrintResult]
    again: Callable[[JobId, JobId], None]
    pictures: Callable[[JobId], int]
    picture: Callable[[JobId, int], Awaitable[bytes | None]]


async def no_picture(_job: JobId, _number: int) -> bytes | None:
    """Give no picture."""
    return None


async def nobody() -> str:
    """Say that nobody is signed in."""
    return ""


NO_PAPER = Paper(lambda _: "not_printed", lambda _, __: None, lambda _: 0, no_picture)


class HelpDesk:
    """The page's questions and wishes, each answered in the page's language."""

    def __init__(self, rooms: Rooms, journal: Path, paper: Paper) -> None:
        self._rooms = rooms
        self._journal = journal
        self._paper = paper
        self._scan_until_s = 0.0
        self.search = SearchDesk(rooms.shelf)
        self.paper = PaperDesk(rooms, paper.again)
        self.tell: Callable[[str, Struct], None] = lambda _, __: None
        self.in_hand: Callable[[], Sale | Finished | None] = lambda: None
        self.who: Callable[[], Awaitable[str]] = nobody  # is signed in

    async def ask(self, query: str) -> Answers:
        """Answer a question about offers, for the shopper of the sale in hand.

        Raises:
            Refused: the offers cannot be searched now.
        """
        rooms, sale = self._rooms, self.in_hand()
        shopper = sale.shopper if sale is not None else None
        answered = _answered(sale)
        return await self.search.ask(
            query,
            candidates_of(rooms.shelf, shopper) if shopper is not None else (),
            answered.decision.verdicts if answered is not None else (),
            rooms.moment_of(None).business_date,
            rooms.language,
        )

    async def look_back(self, wanted: str) -> PastSale:
        """Find a past sale by its number or its coupon, and decide it again, in a thread.

        Raises:
            Refused: there is no such sale on this lane, or it cannot be read.
        """
        rooms = self._rooms
        view = View(rooms.language, rooms.shelf.generation.offers, rooms.journal.shopper)
        try:
            found = await asyncio.to_thread(look, self._journal, self._number(wanted), view)
        except (sqlite3.Error, msgspec.MsgspecError, ValueError) as error:
            log.warning("! a past sale cannot be read: %s", error)
            raise self._refused("sale_unreadable", 409) from None
        if found is None:
            raise self._refused("sale_not_found", 404)
        return structs.replace(found, transaction=rooms.book.handle_of(found.uid) or "")

    async def rate(self, wording: WordingIn) -> WordingOut:
        """Write down how clear an offer's wording is; the row goes to headquarters.

        Raises:
            Refused: there is no such offer.
        """
        rooms = self._rooms
        offer = rooms.shelf.generation.offers.get(OfferId(wording.offer_id))
        if offer is None:
            raise self._refused("no_such_offer", 409)
        rated = Rated(
            offer.offer_id,
            offer.version,
            rooms.language,
            wording.clarity,
            wording.note,
            await self.who() or wording.by,
        )
        await rooms.journal.append(Entry(rated, rooms.clock.utc_now()))
        return WordingOut(offer.offer_id)

    async def paper_asked(self, wish: PaperAskedIn) -> PaperAskedOut:
        """Print coupons because the shopper asked.

        Raises:
            Refused: the sale is not known, was given up, or has no shopper.
        """
        return await self.paper.ask(wish.transaction, await self.who())

    async def reprint(self, wish: ReprintIn) -> ReprintOut:
        """Print a sale's coupons once more, under the same serials.

        Raises:
            Refused: the printer is not ready, or nothing of the sale may be printed again.
        """
        return await self.paper.again(OfUid(wish.uid), await self.who())

    async def next_scan(self) -> NextScanOut:
        """Take the next coupon that the lane's scanner reads for a look back, once."""
        self._scan_until_s = self._rooms.clock.monotonic_s() + SCAN_S
        return NextScanOut(int(SCAN_S))

    def takes(self, scan: Scan) -> bool:
        """Tell whether a scan was for the page, and tell the page."""
        if self._rooms.clock.monotonic_s() >= self._scan_until_s:
            return False
        read = self._rooms.read_scan(scan)
        if not isinstance(read, CouponScan) or read.serial is None:
            return False
        self._scan_until_s = 0.0
        self.tell("scan", ScannedOut(read.serial))
        return True

    async def slip(self, name: str) -> bytes | None:
        """Give a slip's picture by its name, or None; the name is only ever compared."""
        job, _, number = name.partition("-")
        return await self._paper.picture(JobId(job), int(number)) if number.isdecimal() else None

    def received(self, finished: Finished) -> tuple[dict[OfferId, PrintResult], dict[OfferId, str]]:
        """Give how each offer's paper came out, and its picture's name; the latest job counts."""
        later = self.paper.later(finished.uid)
        jobs = dict.fromkeys(finished.out.printing, finished.job) | later
        results = {it: self._paper.result(job) for it, job in jobs.items()}
        names: dict[OfferId, str] = {}
        for job in dict.fromkeys(jobs.values()):
            names |= self._names(job, [it for it, its in jobs.items() if its == job], finished)
        return results, names

    def _names(
        self, job: JobId | None, offers: Iterable[OfferId], finished: Finished
    ) -> dict[OfferId, str]:
        """Name the pictures of a job: its slips lie in the order of its offers."""
        if job is None:
            return {}
        order = list(finished.out.printing) if job == finished.job else list(offers)
        many = self._paper.pictures(job)
        return {it: f"{job}-{order.index(it)}" for it in offers if order.index(it) < many}

    def _number(self, wanted: str) -> str:
        """Give what to look for: a coupon's serial where a coupon was scanned or typed."""
        text = wanted.strip()
        aim = text[:AIM_LENGTH] if text.startswith("]") else ""
        read = self._rooms.read_scan(Scan(text.removeprefix(aim), aim)) if text else None
        if isinstance(read, CouponScan) and read.serial is not None:
            return read.serial
        bare = text.replace(" ", "")
        return bare if bare.isdecimal() else text

    def _refused(self, code: str, status: int) -> Refused:
        what, do = REFUSALS[spoken(self._rooms.language)][code]
        return Refused(code, what, do, status)


def _answered(sale: Sale | Finished | None) -> Answered | None:
    if sale is None:
        return None
    return sale.latest if isinstance(sale, Sale) else sale.answered
