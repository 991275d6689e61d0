"""A lane for the HTTP tests that keeps state but decides nothing: one offer, one euro off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import msgspec

from agent.desk import HealthOut, PartOut
from agent.events import Hub
from agent.http_app import make_app
from agent.http_limits import Limits
from agent.http_server import serve
from agent.page_keys import PageKeys
from agent.page_types import (
    NextScanOut,
    PaperAskedIn,
    PaperAskedOut,
    ReprintIn,
    ReprintOut,
    WordingIn,
    WordingOut,
)
from agent.refusals import Refused
from agent.staff_types import (
    ChoiceOut,
    DisputeIn,
    DisputeOut,
    PaperIn,
    PaperOut,
    SettledOut,
    SettleIn,
    SignInIn,
    StaffOut,
)
from agent.till_types import (
    BasketIn,
    DecisionOut,
    DoneOut,
    GoodwillIn,
    GoodwillOut,
    ReturnIn,
    ReturnOut,
    ShareOut,
    TenderIn,
    TenderOut,
)
from ground.clock import SystemClock
from offers.model import LaneId, Language, OfferId
from offers.reasons import Reason
from staff_help.ask_words import Answers
from staff_help.lane_state import LaneState, Light, Sale
from staff_help.past_sale import PastSale
from staff_help.words import ENGLISH

TOKEN = "a token of the tests, long enough to look like one"
OFFER = OfferId("O1")
SLIP = "0" * 32 + "-0"
PNG = b"\x89PNG\r\n\x1a\n of a slip"


def no_such_sale() -> Refused:
    return Refused("no_such_sale", "The lane knows no such sale.", "Send its basket first.", 404)


@dataclass
class FakeDesk:
    """Takes the newest revision; tenders, voids and parks what it has; gives 100 off each basket."""

    events: Hub = field(default_factory=Hub)
    baskets: dict[str, BasketIn] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)
    gifts: list[GoodwillIn] = field(default_factory=list)
    rated: list[WordingIn] = field(default_factory=list)
    tongue: Language = ENGLISH
    stuck: asyncio.Event | None = None  # a verb waits for it, where it is there
    ready: bool = True
    broken: bool = False
    who: str = ""

    @property
    def help(self) -> FakeDesk:
        return self

    @property
    def language(self) -> Language:
        return self.tongue

    async def ask(self, query: str) -> Answers:
        return Answers(query, f"Nothing found for {query}.")

    async def look_back(self, wanted: str) -> PastSale:
        raise Refused("sale_not_found", "No such sale.", "Check the number.", 404)

    async def slip(self, name: str) -> bytes | None:
        return PNG if name == SLIP else None

    async def paper_asked(self, wish: PaperAskedIn) -> PaperAskedOut:
        return PaperAskedOut(wish.transaction, "noted")

    async def reprint(self, wish: ReprintIn) -> ReprintOut:
        return ReprintOut(wish.uid, (OFFER,))

    async def rate(self, wording: WordingIn) -> WordingOut:
        self.rated.append(wording)
        return WordingOut(OfferId(wording.offer_id))

    async def next_scan(self) -> NextScanOut:
        return NextScanOut(60)

    async def put_basket(self, uid_path: str, basket: BasketIn) -> DecisionOut:
        if self.broken:
            raise RuntimeError("a bug")
        if self.stuck is not None:
            await self.stuck.wait()
        held = self.baskets.get(uid_path)
        if held is None or basket.revision >= held.revision:
            self.baskets[uid_path] = basket
        self.events.publish("state", await self.page_state())
        return self.decision(uid_path)

    def decision(self, uid_path: str) -> DecisionOut:
        basket = self.baskets[uid_path]
        shares = tuple(ShareOut(line.line_id, OFFER, 100) for line in basket.lines[:1])
        return DecisionOut(
            uid_path, basket.revision, shares, 100 * len(shares), (), (), False, "g1", True
        )

    async def tender(self, uid_path: str, tender: TenderIn) -> TenderOut:
        if uid_path not in self.baskets:
            raise no_such_sale()
        if tender.revision > self.baskets[uid_path].revision:
            raise Refused("unknown_revision", "That revision was never sent.", "Send it first.")
        self.done[uid_path] = "tendered"
        return TenderOut(uid_path, (OFFER,) if tender.given else (), (), (), ())

    async def void(self, uid_path: str) -> DoneOut:
        if uid_path not in self.baskets:
            raise no_such_sale()
        self.done[uid_path] = "voided"
        return DoneOut(uid_path, "voided")

    async def suspend(self, uid_path: str) -> DoneOut:
        if uid_path not in self.baskets:
            raise no_such_sale()
        self.done[uid_path] = "suspended"
        return DoneOut(uid_path, "suspended")

    async def return_sale(self, wanted: ReturnIn) -> ReturnOut:
        for basket in self.baskets.values():
            if (basket.till, basket.number) == (wanted.till, wanted.number):
                return ReturnOut(sum(line.amount_minor for line in basket.lines), ())
        raise no_such_sale()

    async def settle(self, wish: GoodwillIn) -> GoodwillOut:
        if wish.transaction not in self.baskets:
            raise no_such_sale()
        self.gifts.append(wish)
        return GoodwillOut(wish.transaction, OfferId(wish.offer_id), wish.amount_minor, "store")

    @property
    def disputes(self) -> FakeDesk:
        return self

    @property
    def staff(self) -> FakeDesk:
        return self

    async def step(self, asked: DisputeIn) -> DisputeOut:
        if asked.transaction not in self.baskets:
            raise no_such_sale()
        choice = ChoiceOut("told", "Explained", "explained")
        reason = Reason.EXPIRED
        return DisputeOut(
            asked.transaction,
            OFFER,
            "O1",
            reason,
            "It ended.",
            {},
            "",
            "",
            "expired",
            1,
            "",
            "",
            (choice,),
        )

    async def end(self, wanted: SettleIn) -> SettledOut:
        if wanted.transaction not in self.baskets:
            raise no_such_sale()
        return SettledOut(wanted.transaction, OFFER, "explained", "Noted.")

    async def paper(self, asked: PaperIn) -> PaperOut:
        if asked.transaction not in self.baskets:
            raise no_such_sale()
        return PaperOut(asked.transaction, OFFER, True)

    async def signed_in(self) -> StaffOut:
        return StaffOut(True, self.who)

    async def sign_in(self, wanted: SignInIn) -> StaffOut:
        if wanted.pin != "802604":
            raise Refused("sign_in_refused", "It is not right.", "Try again.")
        self.who = wanted.id
        return StaffOut(True, self.who)

    async def sign_out(self) -> StaffOut:
        self.who = ""
        return StaffOut(True)

    async def page_state(self) -> LaneState:
        light = Light("good", "ready")
        newest = next(reversed(self.baskets.items()), None)
        sale = None
        if newest is not None:
            uid_path, basket = newest
            state = self.done.get(uid_path, "open")
            sale = msgspec.convert(
                {
                    "transaction": uid_path,
                    "till": basket.till,
                    "number": basket.number,
                    "revision": basket.revision,
                    "state": state,
                    "currency": basket.currency,
                },
                Sale,
            )
        return LaneState(LaneId("lane1"), Language("en"), light, light, light, sale=sale)

    async def health(self) -> HealthOut:
        return HealthOut(self.ready, "lane1", "0", (PartOut("printer", "up"),))


@dataclass
class Face:
    """A running server over a fake lane, and a client that is the till."""

    desk: FakeDesk
    page: PageKeys
    host: str
    port: int
    till: httpx.AsyncClient

    @property
    def authority(self) -> str:
        return f"{self.host}:{self.port}"

    async def raw(self, request: bytes) -> bytes:
        """Send bytes as they are; give everything until the server closes."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(request)
        try:
            return await asyncio.wait_for(reader.read(), 20)
        finally:
            writer.close()


@asynccontextmanager
async def face(desk: FakeDesk | None = None, limits: Limits | None = None) -> AsyncIterator[Face]:
    """Serve a fake lane on a free port."""
    desk = desk or FakeDesk()
    limits = limits or Limits()
    page = PageKeys(TOKEN, SystemClock())
    app = make_app(desk, TOKEN, page, limits)
    async with serve(app, "127.0.0.1", 0, limits, desk.events.close) as (host, port):
        headers = {"authorization": f"Bearer {TOKEN}"}
        base = f"http://{host}:{port}"
        async with httpx.AsyncClient(base_url=base, headers=headers, timeout=20) as till:
            yield Face(desk, page, host, port, till)


def basket(**changes: object) -> dict[str, object]:
    """A small basket as a till sends it."""
    line = {"line_id": "1", "gtin": "4006381333931", "quantity": 1, "amount_minor": 250}
    return {
        "till": "1",
        "number": "77",
        "business_date": "2026-03-02",
        "revision": 1,
        "currency": "EUR",
        "lines": [line],
    } | changes
