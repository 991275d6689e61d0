"""Paper that the cashier asks for: coupons on request, and the same coupons once more."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import date

import msgspec
from msgspec import Struct

from agent.issue_desk import Issue, Occasion
from agent.page_types import PaperAskedOut, ReprintOut
from agent.refusals import Refused
from agent.rooms import Rooms
from agent.sales import Finished, Sale
from cache.entries import Entry
from offers.law import paper_on_request
from offers.model import OfferId, ShopperKey
from offers.reasons import Reason
from offers.records import Issued, JobId, Noted, Uid
from staff_help.lane_state import Paper
from staff_help.words import REFUSALS, spoken

SALES_KEPT = 50  # whose later jobs the page can tell of
_issued = msgspec.json.Decoder(Issued).decode


class Later(Struct, frozen=True):
    """What of a sale was printed after its tender's own slip: the latest job of each offer."""

    jobs: dict[OfferId, JobId] = {}


class PaperDesk:
    """Prints when the cashier says so. Rows first; the serials of a reprint are those there are."""

    def __init__(self, rooms: Rooms, note_again: Callable[[JobId, JobId], None]) -> None:
        self._rooms = rooms
        self._note_again = note_again
        self._later: OrderedDict[Uid, Later] = OrderedDict()

    def later(self, uid: Uid) -> dict[OfferId, JobId]:
        """Give the jobs that a sale got after its tender, by offer."""
        found = self._later.get(uid)
        return found.jobs if found is not None else {}

    def asks(self, sale: Sale | Finished) -> Paper:
        """Tell whether the page shows that coupons may be asked for, or were."""
        if sale.shopper is None or not self._on_request():
            return ""
        if isinstance(sale, Sale):
            return "asked" if sale.paper_asked else "ask"
        held_back = {Reason.LEGAL_PRINT_ON_REQUEST}
        withheld = any(it.reason in held_back for it in sale.out.verdicts)
        if not withheld or sale.voided:
            return ""
        return "asked" if self.later(sale.uid) else "ask"

    async def ask(self, handle: str, by: str = "") -> PaperAskedOut:
        """Note that the shopper asks for coupons, and who said so; print them if the sale is paid.

        Raises:
            Refused: the sale is not known, was given up, or has no shopper.
        """
        rooms = self._rooms
        async with rooms.book.turn(handle):
            sale, finished = rooms.book.get(handle), rooms.book.finished(handle)
            known = sale or finished
            if known is None or (isinstance(known, Finished) and known.voided):
                raise self._refused("not_paid")
            if known.shopper is None:
                raise self._refused("no_shopper_yet")
            if isinstance(known, Sale):
                known.paper_asked = True
                note = self._note("paper_asked", known.uid, by)
                await rooms.journal.append(note, open_baskets={known.uid: known.saved()})
                state = "noted"
            else:
                printing = await self._print_now(known, known.shopper, by)
                state = "printing" if printing else "nothing"
        rooms.changed()
        return msgspec.convert({"transaction": handle, "state": state}, PaperAskedOut)

    async def again(self, uid: Uid, by: str = "") -> ReprintOut:
        """Print a sale's coupons once more: those that are still good, under their own serials.

        Who wanted it is written down first.

        Raises:
            Refused: the printer is not ready, or nothing of the sale may be printed again.
        """
        rooms = self._rooms
        if not rooms.issues.ready:
            raise self._refused("printer_not_ready", 503)
        rows = [row for row in await rooms.journal.rows_of(uid) if row.kind == "issued"]
        issued = tuple(it for row in rows if self._is_good(it := _issued(row.body)))
        owner = issued[0].shopper if issued else None
        shopper = rooms.journal.shopper(owner) if owner is not None else None
        issue = rooms.issues.once_more(issued, shopper)
        if issue.job is None:
            raise self._refused("nothing_to_reprint")
        await rooms.journal.append(self._note("paper_again", uid, by))
        self._note_again(issue.job, issued[0].job)
        self._started(uid, issue)
        rooms.issues.print(issue)
        rooms.changed()
        return ReprintOut(uid, tuple(offer.offer_id for offer in issue.offers))

    def _note(self, code: str, uid: Uid, by: str) -> Entry:
        who = by or "nobody signed in"
        return Entry(Noted(code, f"{uid} by {who}"), self._rooms.clock.utc_now())

    async def _print_now(self, finished: Finished, shopper: ShopperKey, by: str) -> bool:
        rooms, answered = self._rooms, finished.answered
        training = answered is not None and answered.basket.mode == "training"
        moment = rooms.moment_of(finished.key.business_date)
        issue = rooms.issues.prepare(Occasion(finished.uid, moment, training, True), shopper)
        if issue.job is None:
            return False
        now = rooms.clock.utc_now()
        with rooms.issues.making(issue):
            entries = [Entry(record, now) for record in issue.records]
            await rooms.journal.append(self._note("paper_asked", finished.uid, by), *entries)
        self._started(finished.uid, issue)
        rooms.issues.print(issue)
        return True

    def _started(self, uid: Uid, issue: Issue) -> None:
        assert issue.job is not None
        jobs = self.later(uid) | dict.fromkeys((it.offer_id for it in issue.offers), issue.job)
        self._later[uid] = Later(jobs)
        self._later.move_to_end(uid)
        while len(self._later) > SALES_KEPT:
            self._later.popitem(last=False)

    def _is_good(self, issued: Issued) -> bool:
        """Tell whether a coupon may be printed again: not used here, and not past its last day."""
        used = (
            issued.serial is not None
            and self._rooms.journal.mirror.redeemed_serial(issued.serial) is not None
        )
        return not used and issued.valid_to >= self._today()

    def _today(self) -> date:
        return self._rooms.moment_of(None).business_date

    def _on_request(self) -> bool:
        generation = self._rooms.shelf.generation
        store = generation.store
        if generation.policy.print_mode != "always":
            return generation.policy.print_mode == "on_request"
        return paper_on_request(store.laws, store.jurisdiction, self._today()) is not None

    def _refused(self, code: str, status: int = 409) -> Refused:
        what, do = REFUSALS[spoken(self._rooms.language)][code]
        return Refused(code, what, do, status)
