"""Disputes at the lane: open one, lead it by its script, end it in words, money, paper or a ticket.

Row first: what is promised to a cashier is in the journal before. A call that is sent twice settles
once: the same end of the same dispute is found again by its transaction's rows.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets

from msgspec import structs

from agent.answers import title
from agent.dispute_facts import matter_of, verdict_of, was_looked_at
from agent.dispute_opening import Opening, Tools, authority
from agent.dispute_view import Open, paper, settled_out, step_out
from agent.refusals import Refused
from agent.rooms import Rooms
from agent.staff_desk import SignedIn, StaffDesk
from agent.staff_types import (
    ApprovalIn,
    DisputeIn,
    DisputeOut,
    PaperIn,
    PaperOut,
    SettledOut,
    SettleIn,
)
from agent.till_types import GiftOut, GoodwillIn, GoodwillOut
from cache.entries import Entry
from offers.model import OfferId
from offers.records import Noted, Record, Settled
from staff_help.goodwill import Case, GoodwillRules, Refusal, Told, Wish, record, settle
from staff_help.roles import Member
from staff_help.script import Asked, Ended, fingerprint

TICKET_DIGITS = 8


class DisputeDesk:
    """The verbs of disputes. Each writes its row before it answers, prints or takes money off."""

    def __init__(self, rooms: Rooms, tools: Tools) -> None:
        self._rooms = rooms
        self._tools = tools
        self._opening = Opening(rooms, tools)
        self._giving = asyncio.Lock()  # sums are read, then written: one gift at a time

    @property
    def staff(self) -> StaffDesk:
        """Give who stands here."""
        return self._tools.staff

    @property
    def rules(self) -> GoodwillRules:
        """Give what may be given without a PIN."""
        return self._opening.rules("cashier")

    async def step(self, asked: DisputeIn) -> DisputeOut:
        """Give a step of a dispute. Nothing changes by it."""
        opening, here = self._opening, await self._tools.staff.current()
        offer_id = OfferId(asked.offer_id)
        opened = await opening.open(asked.transaction, offer_id, asked.script, here)
        at = opening.walked(opened, asked.path)
        if isinstance(at, Ended):
            raise self._tools.staff.refused("no_such_choice")
        return step_out(opened, at, lambda amount: opening.needs_pin(opened, amount, here))

    def gifts(self, handle: str) -> tuple[GiftOut, ...]:
        """List what the till is to take off a sale as goodwill, oldest first."""
        rooms = self._rooms
        matter = matter_of(rooms, handle)
        if matter is None:
            return ()
        given = [one for one in self._opening.settled(matter.uid) if one.outcome == "goodwill"]
        offers, language = rooms.shelf.generation.offers, rooms.language
        names = {one: title(offers[one], language) for one in offers.keys() & _offers(given)}
        return tuple(
            GiftOut(
                one.offer_id, names.get(one.offer_id, one.offer_id), one.amount_minor, one.funder
            )
            for one in given
        )

    async def end(self, wanted: SettleIn) -> SettledOut:
        """End a dispute by the last choice of its way."""
        tools, rooms, opening = self._tools, self._rooms, self._opening
        here = await self._signed_in()
        async with rooms.book.turn(wanted.transaction):
            offer_id = OfferId(wanted.offer_id)
            opened = await opening.open(wanted.transaction, offer_id, wanted.script, here)
            at = opening.walked(opened, wanted.path)
            if isinstance(at, Asked):
                raise tools.staff.refused("no_such_choice")
            approver = await self._approver(wanted.approval)
            wish = self._wish(opened, at, wanted, here, approver)
            async with self._giving:
                case = opening.case(opened.matter, opened.verdict)
                if at.choice.ends == "goodwill":
                    rules = opening.rules(authority(here, approver))
                    done = await self._give(wish, case, rules)
                else:
                    done = await self._carry_out(opened, at, wish, case, wanted.serial)
        rooms.changed()
        return settled_out(opened, at.choice, done)

    async def give(self, wish: GoodwillIn) -> GoodwillOut:
        """Settle a refused offer as goodwill by hand, within a cashier's limits."""
        rooms, opening = self._rooms, self._opening
        here = await self._signed_in()
        by = here.id if here is not None else wish.by
        async with rooms.book.turn(wish.transaction), self._giving:
            matter = opening.matter(wish.transaction)
            offer_id = OfferId(wish.offer_id)
            verdict = await verdict_of(rooms, matter, offer_id, None)
            known = verdict if verdict is not None and was_looked_at(matter, verdict) else None
            asked = Wish(matter.uid, offer_id, wish.amount_minor, by, wish.note)
            given = await self._give(asked, opening.case(matter, known), opening.rules("cashier"))
        rooms.changed()
        return GoodwillOut(wish.transaction, given.offer_id, given.amount_minor, given.funder)

    async def paper(self, asked: PaperIn) -> PaperOut:
        """Print what counts for an offer and what does not, without a code: it is no coupon."""
        rooms, here = self._rooms, await self._tools.staff.current()
        offer_id = OfferId(asked.offer_id)
        opened = await self._opening.open(asked.transaction, offer_id, None, here)
        if opened.offer is None or not rooms.issues.ready:
            raise self._tools.staff.refused("printer_away")
        who = here.id if here is not None else "nobody signed in"
        await self._write(
            Noted("dispute_paper", f"{offer_id} {opened.verdict.reason.value} by {who}")
        )
        rooms.issues.hand_over(paper(opened, secrets.token_hex(16), self._tools.brand_line))
        return PaperOut(asked.transaction, opened.offer.offer_id, printing=True)

    async def _signed_in(self) -> SignedIn | None:
        """Give who is here; None where headquarters publishes no staff.

        Raises:
            Refused: somebody must be signed in, and nobody is.
        """
        staff = self._tools.staff
        here = await staff.current()
        if staff.staff is not None and here is None:
            raise staff.refused("sign_in_first")
        return here

    def _wish(
        self,
        opened: Open,
        at: Ended,
        wanted: SettleIn,
        here: SignedIn | None,
        approver: Member | None,
    ) -> Wish:
        """Say who wants to end what, by which script.

        Raises:
            Refused: nobody says who it is.
        """
        by = here.id if here is not None else wanted.by
        if not by:
            raise self._tools.staff.refused("sign_in_first")
        script = at.script
        role = here.role if here is not None else "cashier"
        return Wish(
            opened.matter.uid,
            opened.verdict.offer_id,
            wanted.amount_minor or opened.proposal(at.choice),
            by,
            wanted.note,
            Told(script.script, script.version, fingerprint(script), at.path, role),
            approver.id if approver is not None else "",
        )

    async def _give(self, wish: Wish, case: Case, rules: GoodwillRules) -> Settled:
        result = settle(wish, case, rules, self._rooms.language)
        if isinstance(result, Refusal):
            raise Refused(result.code, result.what, result.do, 409)
        if result not in case.settled:
            await self._write(result)
        return result

    async def _carry_out(
        self, opened: Open, at: Ended, wish: Wish, case: Case, serial: str
    ) -> Settled:
        """End it without money; what was ended just so before is not ended again."""
        assert at.choice.ends is not None
        new = record(wish, case, at.choice.ends)
        standing = next((one for one in case.settled if _is_same(one, new)), None)
        if standing is not None:
            return standing
        if new.outcome == "reissued":
            return await self._reissue(opened, new, serial)
        if new.outcome == "escalated":
            new = structs.replace(new, ticket=self._ticket(new))
        await self._write(new)
        return new

    async def _reissue(self, opened: Open, new: Settled, named: str) -> Settled:
        reissues, matter, offer = self._tools.reissues, opened.matter, opened.offer
        assert offer is not None  # the script offers it for known offers only
        old = reissues.old_serial(matter, offer.offer_id, named)
        if old is None:
            raise self._tools.staff.refused("reissue_serial")
        done = await reissues.reissue(matter, offer, old, new)
        if not isinstance(done, Settled):
            raise self._tools.staff.refused(done.code)
        return done

    async def _approver(self, approval: ApprovalIn | None) -> Member | None:
        if approval is None:
            return None
        return await self._tools.staff.checked(approval.by, approval.pin)

    def _ticket(self, new: Settled) -> str:
        """Name a ticket by its dispute, so that it is the same however often it is asked for."""
        text = f"{new.uid}|{new.offer_id}|{new.script}|{new.reason}"
        digits = hashlib.sha256(text.encode()).hexdigest()[:TICKET_DIGITS].upper()
        return f"{self._rooms.store}-{self._tools.lane}-{digits}"

    async def _write(self, record: Record) -> None:
        await self._rooms.journal.append(Entry(record, self._rooms.clock.utc_now()))


def _offers(settled: list[Settled]) -> set[OfferId]:
    return {one.offer_id for one in settled}


def _is_same(one: Settled, other: Settled) -> bool:
    """Tell whether a dispute was ended so before: a repeat of the call."""
    return (one.offer_id, one.outcome, one.script, one.path) == (
        other.offer_id,
        other.outcome,
        other.script,
        other.path,
    )
