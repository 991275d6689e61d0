"""The lane of the twenty disputes: the agent in a process of its own, its printer, scanner and till.

Behind it stands `tests.dispute_hq`: headquarters and mosquitto. It is noon of the stories' day.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec

from ground.clock import SystemClock
from hardware_sim.coupon_reader import coupons_on
from hardware_sim.network_printer import NetworkPrinter
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_models import MODELS
from hardware_sim.scanner import SerialScanner
from offers.coupon_code import element_string
from offers.model import Serial
from offers.records import Settled
from tests.brokers import start_mosquitto
from tests.dispute_hq import STORE, VISITS, Chain, read_only, start_python
from tests.dispute_shop import BANK, PRODUCTS
from tests.lane_shop import TODAY

PATIENCE_S = 60.0  # for processes on a busy machine; nothing here takes that long on purpose
RECALLED = "jam"
LANE = """
store = "s001"
lane = "1"
data_dir = "data"
keys_dir = "keys"
[hq]
host = "127.0.0.1"
port = {broker}
[scanner]
url = "{scanner}"
[printer]
url = "tcp://{printer}"
profile = "TM-T20III"
[http]
port = 0
token_file = "till.token"
[staff]
badge_prefix = "ST-"
"""


@dataclass
class Stage:
    """Everything that runs."""

    chain: Chain
    printer: NetworkPrinter
    scanner: SerialScanner
    till: httpx.AsyncClient = field(default_factory=httpx.AsyncClient)
    process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """Give the lane's folder."""
        return self.chain.home / "lane-1"

    @property
    def slips(self) -> list[Any]:
        """Give the paper that came out so far."""
        return self.printer.device.roll.slips

    async def run_lane(self) -> None:
        """Enrol the lane, start its agent, wait until it has its offers and serials."""
        chain, folder = self.chain, self.folder
        chain.command("enrol", STORE, "1", "--out", str(folder))
        await self.scanner.start()
        places = {"scanner": self.scanner.address, "printer": self.printer.address}
        (folder / "lane.toml").write_text(LANE.format(broker=chain.broker.port, **places))
        words = ["-m", "tests.dispute_agent", "lane.toml", chain.clock.utc_now().isoformat()]
        self.process = start_python(chain.home, "agent.log", words, folder)
        address = folder / "data" / "address.json"
        await until(address.exists, self.logs)
        headers = {"authorization": f"Bearer {(folder / 'till.token').read_text().strip()}"}
        base = json.loads(address.read_text())["http"]
        self.till = httpx.AsyncClient(base_url=base, headers=headers, timeout=20)
        async with asyncio.timeout(PATIENCE_S):
            while not await self._is_ready():
                await asyncio.sleep(0.05)

    async def _is_ready(self) -> bool:
        told = (await self.till.get("/healthz")).json()
        up = {part["name"]: part["state"] for part in told["parts"]}
        parts = ("offers", "serials", "printer", "hq", "scanner")
        return bool(told["ready"]) and all(up.get(name) == "up" for name in parts)

    async def address(self) -> str:
        """Give an address that opens the page once, as `tillside page` does."""
        return str((await self.till.post("/v1/page")).json()["address"])

    async def basket(self, handle: str, **more: Any) -> dict[str, Any]:
        """Send a basket; `handle` is its number, too."""
        body = {
            "till": "t1",
            "number": handle,
            "business_date": TODAY.isoformat(),
            "revision": 1,
            "currency": "EUR",
        }
        answer = await self.till.put(f"/v1/transactions/{handle}", json=body | more)
        answer.raise_for_status()
        return dict(answer.json())

    async def printed(self, offer_id: str, after: int) -> str:
        """Read an offer's code off the paper that came out behind so many slips."""
        number = BANK[offer_id].coupon_number
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for code in (it for slip in self.slips[after:] for it in coupons_on(slip)):
                    if number in code.text:
                        return element_string(number, Serial(code.text[-12:]))
                await asyncio.sleep(0.05)

    async def recall(self) -> None:
        """Let headquarters recall the jam, and see the lane obey."""
        gtin = PRODUCTS[RECALLED].gtin
        await asyncio.to_thread(self.chain.command, "recall", STORE, gtin)
        lines = [{"line_id": "L1", "gtin": gtin, "quantity": 1, "amount_minor": 399}]
        coupons = [self.chain.coupon(VISITS, "jam-75")]
        reasons: set[str] = set()
        async with asyncio.timeout(PATIENCE_S):
            for revision in range(1, 10_000):
                sent = {"lines": lines, "coupons": coupons, "revision": revision}
                told = await self.basket("probe", **sent)
                reasons = {it["reason"] for it in told["verdicts"]}
                if "RECALLED" in reasons:
                    break
                await asyncio.sleep(0.05)
        assert "RECALLED" in reasons
        await self.till.post("/v1/transactions/probe/void")

    def settled_after(self, seq: int) -> list[Settled]:
        """Read the disputes that the lane's journal has behind a row."""
        found = self._journal("SELECT body FROM row WHERE kind = 'settled' AND seq > ?", seq)
        return [msgspec.json.decode(body, type=Settled) for (body,) in found]

    def noted(self) -> list[str]:
        """List the codes of the lane's notes."""
        found = self._journal("SELECT body ->> '$.code' FROM row WHERE kind = 'noted' ORDER BY seq")
        return [str(code) for (code,) in found]

    def last_row(self) -> int:
        """Give the number of the lane's newest row."""
        return int(self._journal("SELECT max(seq) FROM row")[0][0])

    def _journal(self, query: str, *facts: object) -> list[tuple[Any, ...]]:
        with closing(read_only(self.folder / "data" / "journal.db")) as db:
            return db.execute(query, facts).fetchall()

    def logs(self) -> str:
        """Give what the processes said last."""
        names = [self.chain.home / name for name in ("hq.log", "agent.log")]
        return "\n".join(f"--- {it}\n{it.read_text()[-3000:]}" for it in names if it.exists())

    async def tear_down(self) -> None:
        """Stop everything, the lane first."""
        await self.till.aclose()
        if self.process is not None:
            self.process.terminate()
            await asyncio.to_thread(self.process.wait, 20)
        self.chain.stop_serving()
        self.chain.broker.kill()
        await self.scanner.stop()
        await self.printer.stop()


async def until(holds: Callable[[], object], why: Callable[[], str] = lambda: "") -> None:
    """Wait for another process, not for ever."""
    clock = SystemClock()
    deadline = clock.monotonic_s() + PATIENCE_S
    while not holds():
        assert clock.monotonic_s() < deadline, why()
        await asyncio.sleep(0.05)


@asynccontextmanager
async def stage_at(home: Path) -> AsyncIterator[Stage]:
    """Set the stage in a folder: published, enrolled, ready, the jam recalled."""
    printer = NetworkPrinter(PrinterDevice(MODELS["tm-t20iii"], random=random.Random(1)))
    await printer.start()
    stage = Stage(Chain(home, start_mosquitto(home)), printer, SerialScanner(home / "scanner"))
    try:
        stage.chain.publish()
        stage.chain.serve()
        await stage.run_lane()
        await stage.recall()
        yield stage
    finally:
        await stage.tear_down()
