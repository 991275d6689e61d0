"""The demo's stage: a broker, headquarters, two lanes with their devices; each a process of its own."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from hardware_sim.broker import HOST, start_broker
from hardware_sim.http_client import call
from hardware_sim.network_printer import NetworkPrinter
from hardware_sim.paper import Slip
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_models import MODELS
from hardware_sim.scanner import SerialScanner
from hardware_sim.serial_printer import SerialPrinter
from hardware_sim.shop import ShopError, end_of, environment, free_port, start
from hardware_sim.tcp_proxy import TcpProxy
from hardware_sim.till import Till

STORE = "s001"
MODEL = "tm-t20iii"
PROFILE = "TM-T20III"
READY_S = 20.0
STOP_S = 10.0

LANE = """
store = "s001"
lane = "{name}"
data_dir = "data"
keys_dir = "keys"
brand_line = "Corner Market"

[hq]
host = "127.0.0.1"
port = {hq_port}

[scanner]
url = "{scanner}"

[printer]
url = "{printer}"
profile = "{profile}"
deadline_s = 8.0

[http]
port = {http_port}
token_file = "till.token"
"""


@dataclass
class DemoLane:
    """One lane: scanner, printer, till, and the agent as a child."""

    name: str
    folder: Path
    printer: SerialPrinter | NetworkPrinter
    scanner: SerialScanner
    till: Till
    port: int
    child: asyncio.subprocess.Process | None = None
    seen: int = 0

    def new_slips(self) -> list[Slip]:
        """Give the slips that were cut since the last call of `mark`."""
        return self.printer.device.roll.slips[self.seen :]

    def mark(self) -> None:
        """Begin to count slips anew."""
        self.seen = len(self.printer.device.roll.slips)

    @property
    def journal(self) -> Path:
        """Give the lane's journal file."""
        return self.folder / "data" / "journal.db"

    async def post(self, path: str, body: Any) -> tuple[int, Any]:
        """Call the lane's local API as its cashier's page does."""
        answer = await self.till.send("POST", path, body)
        return answer.status, answer.json()


@dataclass
class Stage:
    """Everything that runs, and headquarters' commands."""

    work: Path
    shop: Path
    broker: str = "auto"
    lanes: dict[str, DemoLane] = field(default_factory=dict)
    link: TcpProxy | None = None
    children: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def hq(self, *words: str) -> str:
        """Run one of headquarters' commands.

        Raises:
            ShopError: it failed; with what it said.
        """
        command = ["tillside-hq", words[0], *self._where(), *words[1:]]
        return await _output(command)

    async def hq_json(self, *words: str) -> Any:
        """Run a command of headquarters that answers in JSON."""
        return json.loads(await self.hq(*words, "--json"))

    async def lane_db(self, lane: DemoLane, table: str) -> str:
        """Read a table of a lane's journal, as store IT would."""
        words = ["tillside", "db", "rows", str(lane.journal), table, "--limit", "100000", "--csv"]
        return await _output(words)

    def _where(self) -> list[str]:
        return ["--db", str(self.work / "hq" / "hq.db"), "--keys", str(self.work / "hq" / "keys")]

    async def set_up(self, shop: Path) -> None:
        """Copy the shop, start the broker and headquarters; nothing is published yet."""
        shutil.rmtree(self.work, ignore_errors=True)
        (self.work / "hq").mkdir(parents=True)
        shutil.copytree(shop, self.shop)
        port = free_port()
        self.broker, child = await start_broker(port, self.work / "broker", self.broker)
        self.children.append(child)
        self.link = TcpProxy(HOST, port)
        await self.link.start()
        await self.hq("init")
        serve = ["tillside-hq", "serve", *self._where(), "--broker", f"mqtt://{HOST}:{port}"]
        self.children.append(await start(serve, self.work / "hq" / "serve.log"))

    async def add_lane(self, name: str, over: str) -> None:
        """Enrol a lane, plug its devices in, start its agent, wait until it is ready."""
        folder = self.work / f"lane-{name}"
        await self.hq("enrol", STORE, name, "--out", str(folder))
        device = PrinterDevice(MODELS[MODEL], random=Random(name))
        printer: SerialPrinter | NetworkPrinter = (
            SerialPrinter(device, folder / "printer") if over == "pty" else NetworkPrinter(device)
        )
        scanner = SerialScanner(folder / "scanner")
        await printer.start()
        await scanner.start()
        port = free_port()
        assert self.link is not None
        text = LANE.format(
            name=name,
            hq_port=self.link.address.split(":")[-1],
            scanner=scanner.address,
            printer=printer.address if over == "pty" else f"tcp://{printer.address}",
            profile=PROFILE,
            http_port=port,
        )
        (folder / "lane.toml").write_text(text)
        till = Till(f"http://{HOST}:{port}", folder / "till.token", f"t{name}")
        lane = DemoLane(name, folder, printer, scanner, till, port)
        self.lanes[name] = lane
        command = ["tillside", "run", "--config", str(folder / "lane.toml")]
        lane.child = await start(command, folder / "agent.log")
        await self._ready(lane)

    async def _ready(self, lane: DemoLane) -> None:
        try:
            async with asyncio.timeout(READY_S):
                while True:
                    with suppress(OSError, ValueError):
                        if (
                            await call("GET", f"http://{HOST}:{lane.port}/healthz", {})
                        ).status == 200:
                            return
                    if lane.child is not None and lane.child.returncode is not None:
                        break
                    await asyncio.sleep(0.05)
        except TimeoutError:
            pass
        raise ShopError(f"lane {lane.name} is not ready: {end_of(lane.folder / 'agent.log')}")

    async def tear_down(self) -> None:
        """Stop everything, lanes first."""
        for lane in self.lanes.values():
            if lane.child is not None:
                await _end(lane.child)
            await lane.printer.stop()
            await lane.scanner.stop()
        if self.link is not None:
            await self.link.stop()
        for child in reversed(self.children):
            await _end(child)

    async def page_address(self, name: str) -> str:
        """Give an address that opens a lane's cashier page once."""
        config = self.lanes[name].folder / "lane.toml"
        return (await _output(["tillside", "page", "--config", str(config)])).strip()


async def _output(command: list[str]) -> str:
    child = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        stdin=asyncio.subprocess.DEVNULL,
        env=environment(),
    )
    out, err = await child.communicate()
    if child.returncode:
        raise ShopError(f"{' '.join(command)}: {err.decode().strip() or out.decode().strip()}")
    return out.decode()


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    child.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_S):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()
