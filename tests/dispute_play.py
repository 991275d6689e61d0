"""Plays the stories of tests/disputes on a lane in process, as its till and its cashier would."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import msgspec
from msgspec import structs

from agent.config import StaffTable
from agent.dispute_desk import DisputeDesk
from agent.staff_types import DisputeIn, DisputeOut, SettledOut, SettleIn
from agent.till_types import BasketIn, DecisionOut, IdentityIn, LineIn, ReturnIn
from ground.key_files import write_key
from offers.coupon_code import element_string
from offers.records import Issued, Settled
from staff_help.roles import Staff
from tests.dispute_shop import BANK, CARDS, PHONES, PRODUCTS, Happens, Story, build
from tests.lane_shop import SERIAL_KEY, SHOPPER_SECRET, TODAY, TestLane, running_lane, tender

PEPPER = bytes(range(2, 34))
COUNTERS = {offer_id: place for place, offer_id in enumerate(BANK)}  # of lane 2's lease
BADGE = "cashier 7"


@dataclass
class Player:
    """One lane and who stands at it. `taps` counts what the cashier touches after the basket is there."""

    lane: TestLane
    online: bool = True
    taps: int = 0
    today: date = TODAY
    answers: dict[str, DecisionOut] = field(default_factory=dict)

    @property
    def disputes(self) -> DisputeDesk:
        return self.lane.counter.disputes

    async def play(self, story: Story) -> None:
        """Let everything happen that comes before the complaint."""
        for number, one in enumerate(story.happens, 1):
            await getattr(self, f"do_{one.do}")(one, number)

    async def do_sale(self, one: Happens, number: int) -> None:
        printed = [await self._printed(offer_id) for offer_id in one.printed]
        codes = [self.lane.coupon(BANK[it].coupon_number, COUNTERS[it]) for it in one.coupons]
        who = [IdentityIn("card", CARDS[one.card])] if one.card else []
        who += [IdentityIn("phone", PHONES[one.phone])] if one.phone else []
        lines = tuple(
            LineIn(
                f"L{n}",
                PRODUCTS[it.product].gtin,
                it.quantity,
                it.minor,
                mass_promotion=it.promotion,
            )
            for n, it in enumerate(one.lines, 1)
        )
        basket = BasketIn(
            "t1", str(number), self.today, 1, "EUR", lines, tuple(who), tuple(codes + printed)
        )
        self.answers[one.handle] = await self.lane.counter.put_basket(one.handle, basket)

    async def do_tender(self, one: Happens, number: int) -> None:
        await self.lane.counter.tender(one.handle, tender(self.answers[one.handle]))

    async def do_return(self, one: Happens, number: int) -> None:
        finished = self.lane.wired.lane._rooms.book.finished(one.handle)
        key = finished.key
        await self.lane.counter.return_sale(ReturnIn(key.till, key.number, key.business_date))

    async def do_recall(self, one: Happens, number: int) -> None:
        await self.lane.journal.set_recalls(1, (PRODUCTS[one.product].gtin,), ())

    async def do_printer(self, one: Happens, number: int) -> None:
        self.lane.tray.ready = False

    async def do_arbiter(self, one: Happens, number: int) -> None:
        self.lane.arbiter.answer = one.answer

    async def _printed(self, offer_id: str) -> str:
        """Give the code of the coupon that this lane printed last."""
        issued = [one for one in await self.records(Issued) if one.offer_id == offer_id]
        return element_string(issued[-1].coupon_number, issued[-1].serial)

    async def open(self, story: Story) -> DisputeOut:
        """Tap the offer, or its complaint in the drawer."""
        self.taps += 1
        chosen = story.script if story.chosen else None
        return await self.disputes.step(DisputeIn("dispute", story.offer, chosen))

    async def tap(self, opened: DisputeOut, path: tuple[str, ...], **more: object) -> SettledOut:
        """Take the choices one by one, the last of which ends it."""
        walked: tuple[str, ...] = ()
        for choice in path[:-1]:
            self.taps += 1
            walked = (*walked, choice)
            again = DisputeIn(opened.transaction, opened.offer_id, opened.script, walked)
            opened = await self.disputes.step(again)
        self.taps += 1
        ends = {"by": BADGE, **more}
        wanted = SettleIn(opened.transaction, opened.offer_id, path, opened.script, **ends)
        return await self.disputes.end(wanted)

    async def records(self, kind: type) -> list:
        """Read this lane's rows of one kind."""
        tag = kind.__struct_config__.tag
        rows = await self.lane.journal.rows_after(0, 1000)
        return [msgspec.json.decode(row.body, type=kind) for row in rows if row.kind == tag]

    async def settled(self) -> list[Settled]:
        """Read the disputes that ended."""
        return await self.records(Settled)


@asynccontextmanager
async def at_a_lane(
    home: Path, online: bool = True, staff: Staff | None = None, **table: object
) -> AsyncIterator[Player]:
    """Open the shop's lane 1; headquarters answers, or is not there at all."""
    data = home / "data"
    if not data.exists():
        data.mkdir(mode=0o700)
        write_key(home / "keys", "shopper", "a", SHOPPER_SECRET)
        write_key(home / "keys", "serial", "s001a", SERIAL_KEY)
        write_key(home / "keys", "pin", "a", PEPPER)
        build(data / "offers-g1.db", staff)
    table = {"staff": StaffTable(badge_prefix="ST-"), **table}
    async with running_lane(home, **table) as lane:
        player = Player(lane, online)
        lane.arbiter.answer = "grant" if online else "down"
        opening = lane.counter.disputes._opening
        opening._tools = structs.replace(opening._tools, online=lambda: player.online)
        yield player
