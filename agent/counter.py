"""The lane as the till and the cashier's page see it: its verbs, its page, its health."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib.metadata import version

from msgspec import Struct

from agent.desk import HealthOut, PartOut, PartState as State
from agent.events import Hub
from agent.lane import Lane
from agent.page_view import (
    Shown,
    cache_light,
    sale_view,
    verdict_of,
)
from agent.refusals import Refused
from agent.rooms import Rooms
from agent.sales import Finished
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
from cache.entries import Entry
from offers.model import LaneId, OfferId
from offers.records import Settled, Uid
from staff_help.goodwill import Case, GoodwillRules, Refusal, Wish, settle
from staff_help.lane_state import LaneState, Light, PrintResult

SHIFT = timedelta(hours=8)
BY_TASK: dict[str, State] = {
    "running": "up",
    "starting": "starting",
    "failed": "down",
    "stopped": "off",
}
BY_LIGHT: dict[str, State] = {"good": "up", "watch": "down", "bad": "down", "off": "off"}
SALES_SHOWN = 100  # whose disputes are kept in memory beside them


class Views(Struct, frozen=True):
    """Where the counter reads what it does not own."""

    printer: Callable[[], Light]
    hq: Callable[[], Light]
    print_result: Callable[[object], PrintResult]
    parts: Mapping[str, PartState]


def _part(name: str, part: PartState) -> PartOut:
    return PartOut(name, BY_TASK[part.state], part.what)


class Counter:
    """What `agent.desk.Desk` asks for, on top of one lane."""

    def __init__(
        self, lane: Lane, rooms: Rooms, lane_id: LaneId, rules: GoodwillRules, views: Views
    ) -> None:
        self._lane = lane
        self._rooms = rooms
        self._lane_id = lane_id
        self._rules = rules
        self._views = views
        self._focus: str | None = None
        self._settled: OrderedDict[Uid, tuple[Settled, ...]] = OrderedDict()
        self._telling = False
        self.events = Hub()
        self.ready = False

    async def put_basket(self, uid_path: str, basket: BasketIn) -> DecisionOut:
        """Decide one revision of a basket."""
        self._focus = uid_path
        return await self._lane.basket(uid_path, basket)

    async def tender(self, uid_path: str, tender: TenderIn) -> TenderOut:
        """Make a paid sale final."""
        self._focus = uid_path
        return await self._lane.tender(uid_path, tender)

    async def void(self, uid_path: str) -> DoneOut:
        """Give a sale up."""
        return await self._lane.void(uid_path)

    async def suspend(self, uid_path: str) -> DoneOut:
        """Park a sale."""
        return await self._lane.suspend(uid_path)

    async def return_sale(self, wanted: ReturnIn) -> ReturnOut:
        """Take lines of a past sale back."""
        return await self._lane.give_back(wanted)

    async def settle(self, wish: GoodwillIn) -> GoodwillOut:
        """Settle a refused offer as goodwill: the row first, then the gift."""
        async with self._rooms.book.turn(wish.transaction):
            shown = self._shown(wish.transaction)
            if shown is None:
                raise Refused(
                    "transaction_unknown",
                    f"No sale {wish.transaction!r} is known on this lane.",
                    "Settle while the sale is open, or soon after it.",
                    404,
                )
            uid, case = self._uid(wish.transaction), self._case(shown, wish.offer_id)
            asked = Wish(uid, OfferId(wish.offer_id), wish.amount_minor, wish.by, wish.note)
            result = settle(asked, case, self._rules, self._rooms.language)
            if isinstance(result, Refusal):
                raise Refused(result.code, result.what, result.do, 409)
            if result not in case.settled:
                await self._rooms.journal.append(Entry(result, self._rooms.clock.utc_now()))
                self._settled[uid] = (*case.settled, result)
                while len(self._settled) > SALES_SHOWN:
                    self._settled.popitem(last=False)
        self.tell()
        return GoodwillOut(wish.transaction, result.offer_id, result.amount_minor, result.funder)

    def tell(self) -> None:
        """Show the page what changed, once the call in hand is answered; nobody waits for it."""
        if self.events.listening and not self._telling:
            self._telling = True
            asyncio.get_running_loop().call_soon(self._tell_now)

    def _tell_now(self) -> None:
        self._telling = False
        self.events.publish("state", self._state())

    async def page_state(self) -> LaneState:
        """Give what the page shows now."""
        return self._state()

    async def health(self) -> HealthOut:
        """Tell how the lane and its parts are."""
        parts = {name: _part(name, state) for name, state in self._views.parts.items()}
        for name, light in (("printer", self._views.printer()), ("hq", self._views.hq())):
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
        generation = rooms.shelf.generation
        shown = self._shown(self._focus) if self._focus is not None else None
        trusted = rooms.moment_of(None).trusted
        return LaneState(
            lane=self._lane_id,
            language=rooms.language,
            printer=self._views.printer(),
            hq=self._views.hq(),
            cache=cache_light(generation.id, generation.built_at, now, trusted),
            training=shown is not None and shown.answered.basket.mode == "training",
            case_max_minor=self._rules.case_max_minor,
            sale=sale_view(shown, generation.offers, self._rules, rooms.language)
            if shown is not None
            else None,
        )

    def _shown(self, handle: str) -> Shown | None:
        """Find a sale, open or ended, with everything that the page tells of it."""
        book = self._rooms.book
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
                self._settled.get(sale.uid, ()),
            )
        finished = book.finished(handle)
        if finished is None or finished.answered is None:
            return None
        return self._ended(handle, finished)

    def _ended(self, handle: str, finished: Finished) -> Shown | None:
        assert finished.answered is not None
        result = self._views.print_result(finished.job)
        return Shown(
            handle,
            "voided" if finished.voided else "tendered",
            finished.answered,
            finished.shopper,
            frozenset(),
            finished.late,
            dict.fromkeys(finished.out.printing, result),
            self._settled.get(finished.uid, ()),
        )

    def _uid(self, handle: str) -> Uid:
        sale, finished = self._rooms.book.get(handle), self._rooms.book.finished(handle)
        known = sale or finished
        assert known is not None
        return known.uid

    def _case(self, shown: Shown, offer_id: str) -> Case:
        rooms, basket = self._rooms, shown.answered.basket
        since = rooms.clock.utc_now() - SHIFT
        return Case(
            verdict=verdict_of(shown.answered, offer_id, shown.late),
            currency=basket.currency,
            settled=shown.settled,
            given_in_shift_minor=rooms.journal.mirror.goodwill_since(since),
            training=basket.mode == "training",
            shopper=rooms.journal.ref(shown.shopper) if shown.shopper is not None else None,
        )
