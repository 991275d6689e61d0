"""A lane of the example shop with its page on a real port, a simulated printer, and a till."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import msgspec
from msgspec import structs

from agent.config import Config, LaneConfig
from agent.http_app import make_app
from agent.http_limits import Limits
from agent.http_server import serve
from agent.page_keys import PageKeys
from agent.wiring import WiredLane, wire
from cache.generation_writer import GenerationWriter
from ground.clock import SystemClock
from ground.key_files import write_key
from hardware_sim.network_printer import NetworkPrinter
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_models import MODELS
from hq.shop_files import Shop, read_shop
from offers.context import StoreFacts
from offers.coupon_code import element_string
from offers.model import Assignment, Language, ShopperKey, Wallet
from offers.serials import Lease, make_serial
from offers.shopper_key import identity_key
from staff_help.roles import Staff
from tests.lane_shop import SERIAL_KEY, SHOPPER_SECRET, TestArbiter, point_to
from tests.pages import ROOT

SHOP = ROOT / "examples" / "shop"
TOKEN = "a token of the page's tests, as long as a real one"
ANNA = "2900000001015"
NATURAL, VANILLA, COCONUT = "9520000001018", "9520000001025", "9520000001049"
ESPRESSO, RYE = "9520000003012", "9520000004019"
LONG = date(2026, 1, 1), date(2035, 12, 31)
GIVEN = ("solenne-20", "coffee-1", "crispbread-3for2", "hazelnut-75")
PATIENT = Limits(basket_s=20, settle_s=20)  # two cores, and a browser on them
PEPPER = bytes(range(2, 34))
OTHER_LANE = Lease(77, "s001", "2", "0123456789abcdef", "s001a")


@dataclass
class PageLane:
    """The lane, its far ends, and the way to its page."""

    wired: WiredLane
    keys: PageKeys
    base: str
    till: httpx.AsyncClient
    arbiter: TestArbiter
    printer: NetworkPrinter | None

    @property
    def address(self) -> str:
        """Give an address that opens the page once."""
        return f"{self.base}/?code={self.keys.new_code()}"

    def coupon(self, offer_id: str, counter: int) -> str:
        """Give the code of a coupon that another lane printed."""
        number = self.wired.shelf.generation.offers[offer_id].coupon_number
        return element_string(number, make_serial(OTHER_LANE, counter, number, SERIAL_KEY))

    async def put(self, *lines, handle="h1", revision=1, card=ANNA, coupons=(), **more) -> dict:
        """Send a basket of (gtin, quantity, amount) lines."""
        body = {
            "till": "3",
            "number": more.pop("number", handle),
            "business_date": datetime.now(UTC).date().isoformat(),
            "revision": revision,
            "currency": "EUR",
            "lines": [
                {"line_id": str(n), "gtin": g, "quantity": q, "amount_minor": a}
                for n, (g, q, a) in enumerate(lines, 1)
            ],
            "identities": [{"kind": "card", "value": card}] if card else [],
            "coupons": list(coupons),
        }
        answer = await self.till.put(f"/v1/transactions/{handle}", json=body | more)
        answer.raise_for_status()
        return answer.json()

    async def tender(self, told: dict, **more) -> dict:
        """Pay: what was decided is what was given."""
        given = [
            {k: one[k] for k in ("line_id", "offer_id", "amount_minor")}
            for one in told["discounts"]
        ]
        body = {"revision": told["revision"], "given": given} | more
        answer = await self.till.post(f"/v1/transactions/{told['transaction']}/tender", json=body)
        answer.raise_for_status()
        return answer.json()

    async def rows(self, kind: str) -> list[bytes]:
        """Give the bodies of the journal's rows of a kind."""
        rows = await self.wired.journal.rows_after(0, 1000)
        return [bytes(row.body) for row in rows if row.kind == kind]


def write_generation(
    path: Path, shop: Shop, language: str, staff: Staff | None = None, **policy
) -> None:
    """Write the example shop as headquarters does, with Anna's wallet."""
    store = StoreFacts("s001", "EUR", (Language(language), Language("en")), time_zone="UTC")
    with GenerationWriter(path) as writer:
        writer.put_store(store, structs.replace(shop.policy, **policy), shop.risk)
        for offer in shop.offers:
            writer.put_offer(offer)
        writer.put_products(shop.products)
        for sha256, png in shop.pictures.items():
            writer.put_picture(sha256, png)
        given = tuple(Assignment(it, 0.9 - n / 10, *LONG) for n, it in enumerate(GIVEN))
        writer.put_wallet(_key(ANNA), Wallet(given, language=Language(language)))
        for product in shop.products:
            writer.put_stock(product.gtin, 50, datetime.now(UTC))
        writer.put_lease(OTHER_LANE)
        if staff is not None:
            writer.put_document("staff", msgspec.json.encode(staff))
        writer.finish("2026-11-20-1", datetime.now(UTC), 0)


def _key(card: str) -> ShopperKey:
    return identity_key("card", card, SHOPPER_SECRET)


@asynccontextmanager
async def page_lane(
    home: Path,
    language: str = "en",
    limits: Limits | None = None,
    shop: Shop | None = None,
    staff: Staff | None = None,
    **policy,
) -> AsyncIterator[PageLane]:
    """Run a lane in a folder; its printer takes everything at once."""
    data = home / "data"
    data.mkdir(mode=0o700, parents=True)
    write_key(home / "keys", "shopper", "a", SHOPPER_SECRET)
    write_key(home / "keys", "serial", "s001a", SERIAL_KEY)
    write_key(home / "keys", "pin", "a", PEPPER)
    write_generation(data / "offers-g1.db", shop or read_shop(SHOP), language, staff, **policy)
    await point_to(data / "journal.db", "offers-g1.db", "fedcba9876543210")
    async with AsyncExitStack() as stack:
        printer = NetworkPrinter(PrinterDevice(MODELS["tm-t20iii"], random=random.Random(1)))
        await printer.start()
        stack.push_async_callback(printer.stop)
        table = {"url": f"tcp://{printer.address}", "profile": "TM-T20III"}
        config = Config(_lane_config(language, table), home)
        wired = await wire(config, SystemClock(), random.Random(1), lambda: None)
        stack.callback(wired.shelf.generation.close)
        stack.push_async_callback(wired.journal.close)
        arbiter = TestArbiter(line=wired.line)
        wired.line._send = arbiter.send
        await wired.journal.add_leases(Lease(12, "s001", "1", wired.journal.epoch, "s001a"))
        assert wired.printing is not None
        printing = asyncio.ensure_future(wired.printing.run())
        stack.push_async_callback(_ended, wired, printing)
        wired.counter.ready = True
        keys, limits = PageKeys(TOKEN, SystemClock()), limits or PATIENT
        app = make_app(wired.counter, TOKEN, keys, limits)
        served = serve(app, "127.0.0.1", 0, limits, wired.counter.events.close)
        host, port = await stack.enter_async_context(served)
        base = f"http://{host}:{port}"
        headers = {"authorization": f"Bearer {TOKEN}"}
        till = await stack.enter_async_context(
            httpx.AsyncClient(base_url=base, headers=headers, timeout=20)
        )
        while not wired.printing.ready:
            await asyncio.sleep(0.01)
        yield PageLane(wired, keys, base, till, arbiter, printer)


async def _ended(wired: WiredLane, printing: asyncio.Task[None]) -> None:
    assert wired.printing is not None
    await wired.printing.queue.close()
    printing.cancel()
    await asyncio.gather(printing, return_exceptions=True)


def _lane_config(language: str, printer: dict[str, str]) -> LaneConfig:
    table = {"store": "s001", "lane": "1", "data_dir": "data", "keys_dir": "keys"}
    return msgspec.convert(
        table | {"language": language, "brand_line": "Corner Market", "printer": printer},
        LaneConfig,
    )
