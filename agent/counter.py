"""The lane as the till and the cashier's page see it: its verbs, its page, its health."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct, structs

from agent.desk import HealthOut, PartOut, PartState as State
from agent.dispute_desk import DisputeDesk
from agent.dispute_facts import returned
from agent.events import Hub
from agent.help_desk import HelpDesk
from agent.lane import Lane
from agent.page_beside import next_slip, of_others
from agent.page_parts import Views
from agent.page_view import Shown, sale_view
from agent.rooms import Rooms
from agent.sales import Answered, Finished, Sale
from agent.scan_decoder import Scan
from agent.supervise import PartState
from agent.till_types import (
    BasketIn,
    DecisionOut,
    DoneOut,
    GoodwillIn,
    GoodwillOut,
    ReturnIn,
    ReturnOut,
    TenderIn,
    TenderOut,
)
from offers.basket import TransactionKey
from offers.model import LaneId, Language, ShopperKey, StoreId
from offers.reasons import Reason, Verdict
from staff_help.lane_state import LaneState
from staff_help.lights import cache_light
from staff_help.words import ENGLISH

BY_TASK: dict[str, State] = {
    "running": "up",
    "starting": "starting",
    "failed": "down",
    "stopped": "off",
}
BY_LIGHT: dict[str, State] = {"good": "up", "watch": "down", "bad": "down", "off": "off"}


def _part(name: str, part: PartState) -> PartOut:
    return PartOut(name, BY_TASK[part.state], part.what)


class Counter:
    """What `agent.desk.Desk` asks for, on top of one lane."""

    def __init__(
        self,
        lane: Lane,
        rooms: Rooms,
        lane_id: LaneId,
        disputes: DisputeDesk,
        views: Views,
        journal: Path,
    ) -> None:
        self._lane = lane
        self._rooms = rooms
        self._lane_id = lane_id
        self.disputes = disputes
        self._views = views
        self._focus: str | None = None
        self._back: tuple[Verdict, ...] = ()  # what came back of the sale in focus
        self._telling = False
        self.events = Hub()
        self.ready = False
        self.help = HelpDesk(rooms, journal, views.paper)
        self.help.tell = self._publish
        self.help.in_hand = self._in_hand
        self.help.who = self.disputes.staff.who

    @property
    def language(self) -> Language:
        """Give the language of the cashier's page."""
        return self._rooms.language

    async def put_basket(self, uid_path: str, basket: BasketIn) -> DecisionOut:
        """Decide one revision of a basket."""
        self._look_at(uid_path)
        out = await self._lane.basket(uid_path, basket)
        gifts = self.disputes.gifts(uid_path)
        return structs.replace(out, gifts=gifts) if gifts else out

    async def tender(self, uid_path: str, tender: TenderIn) -> TenderOut:
        """Make a paid sale final."""
        self._look_at(uid_path)
        return await self._lane.tender(uid_path, tender)

    async def void(self, uid_path: str) -> DoneOut:
        """Give a sale up."""
        return await self._lane.void(uid_path)

    async def suspend(self, uid_path: str) -> DoneOut:
        """Park a sale."""
        return await self._lane.suspend(uid_path)

    async def return_sale(self, wanted: ReturnIn) -> ReturnOut:
        """Take lines of a past sale back."""
        out = await self._lane.give_back(wanted)
        book, store = self._rooms.book, wanted.store or self._rooms.store
        key = TransactionKey(StoreId(store), wanted.till, wanted.business_date, wanted.number)
        handle = book.handle_of(key)
        sold = book.finished(handle) if handle is not None else None
        if handle is not None and sold is not None:
            self._focus, self._back = handle, tuple(await returned(self._rooms, sold.uid))
            self.tell()
        return out

    async def settle(self, wish: GoodwillIn) -> GoodwillOut:
        """Settle a refused offer as goodwill by hand."""
        return await self.disputes.give(wish)

    async def scan(self, scan: Scan) -> None:
        """Take what the lane's scanner read: a badge, what the page waits for, else a shopper's scan."""
        if not await self.disputes.staff.takes(scan.text) and not self.help.takes(scan):
            await self._lane.scan(scan)

    def _look_at(self, handle: str) -> None:
        self._focus, self._back = handle, ()

    def _publish(self, name: str, value: Struct) -> None:
        self.events.publish(name, value)  # the hub of this moment: the server may begin anew

    def _in_hand(self) -> Sale | Finished | None:
        book, focus = self._rooms.book, self._focus
        return (book.get(focus) or book.finished(focus)) if focus is not None else None

    def tell(self) -> None:
        """Show the page what changed, once the call in hand is answered; nobody waits for it."""
        if self.events.listening and not self._telling:
            self._telling = True
            asyncio.get_running_loop().call_soon(self._tell_now)

    def _tell_now(self) -> None:
        self._telling = False
        self.help.search.prepare()
        self.events.publish("state", self._state())

    async def page_state(self) -> LaneState:
        """Give what the page shows now."""
        return self._state()

    async def health(self) -> HealthOut:
        """Tell how the lane and its parts are."""
        parts = {name: _part(name, state) for name, state in self._views.parts.items()}
        lights = {"printer": self._views.printer(ENGLISH), "hq": self._views.hq(ENGLISH)}
        for name, light in lights.items():
            if name not in parts or parts[name].state == "up":
                parts[name] = PartOut(name, BY_LIGHT[light.level], light.words)
        shelf = self._rooms.shelf
        offers: State = "up" if shelf.generation.offers else "starting"
        serials: State = "up" if shelf.leases_left else "starting"
        parts["offers"] = PartOut("offers", offers, shelf.generation.id)
        parts["serials"] = PartOut("serials", serials, f"{shelf.leases_left} blocks left")
        words = version("tillside")
        return HealthOut(self.ready, self._lane_id, words, tuple(parts.values()))

    def _state(self) -> LaneState:
        rooms, now = self._rooms, self._rooms.clock.utc_now()
        generation, tongue = rooms.shelf.generation, rooms.language
        rules = self.disputes.rules
        shown = self._shown(self._focus) if self._focus is not None else None
        trusted = rooms.moment_of(None).trusted
        return LaneState(
            lane=self._lane_id,
            language=tongue,
            printer=self._views.printer(tongue),
            hq=self._views.hq(tongue),
            cache=cache_light(generation.id, generation.built_at, now, trusted, tongue),
            training=shown is not None and shown.answered.basket.mode == "training",
            case_max_minor=rules.case_max_minor,
            notices=self._views.notices(tongue),
            sale=sale_view(shown, generation.offers, rules, tongue, generation.policy.greeting)
            if shown is not None
            else None,
        )

    def _shown(self, handle: str) -> Shown | None:
        """Find a sale, open or ended, with everything that the page tells of it."""
        rooms, book = self._rooms, self._rooms.book
        sale = book.get(handle)
        if sale is not None and sale.latest is not None:
            return Shown(
                handle,
                "suspended" if sale.suspended else "open",
                sale.latest,
                sale.shopper,
                sale.provisional,
                (),
                {},
                rooms.journal.mirror.settled(sale.uid),
                uid=sale.uid,
                paper=self.help.paper.asks(sale),
                beside=self._of_others(sale.latest, sale.shopper, ()),
            )
        finished = book.finished(handle)
        if finished is None or finished.answered is None:
            return None
        return self._ended(handle, finished)

    def _ended(self, handle: str, finished: Finished) -> Shown | None:
        assert finished.answered is not None
        results, slips = self.help.received(finished)
        told = finished.answered.out.verdicts
        return Shown(
            handle,
            "voided" if finished.voided else "tendered",
            finished.answered,
            finished.shopper,
            frozenset(it.serial for it in told if it.serial is not None and it.provisional),
            finished.late,
            results,
            self._rooms.journal.mirror.settled(finished.uid),
            uid=finished.uid,
            slips=slips,
            paper=self.help.paper.asks(finished),
            reprint=bool(results) and not finished.voided,
            beside=self._beside(handle, finished),
        )

    def _beside(self, handle: str, finished: Finished) -> tuple[Verdict, ...]:
        assert finished.answered is not None
        if finished.voided:
            return ()
        back = self._back if handle == self._focus else ()
        slip = next_slip(finished.out.verdicts)
        told = (*slip, *(Verdict(it, 0, "printed", Reason.APPLIED) for it in finished.out.printing))
        return (
            *back,
            *slip,
            *self._of_others(finished.answered, finished.shopper, told),
        )

    def _of_others(
        self, answered: Answered, shopper: ShopperKey | None, told: tuple[Verdict, ...]
    ) -> tuple[Verdict, ...]:
        known = (*answered.decision.verdicts, *told)
        return of_others(self._rooms.shelf.generation, answered, shopper, known)
