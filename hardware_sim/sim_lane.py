"""One lane of a scenario: its devices, its till, and the real agent as a child process."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

from hardware_sim import shop as shops
from hardware_sim.coupon_reader import ReadCode, coupons_on
from hardware_sim.http_client import BadAnswerError
from hardware_sim.network_printer import NetworkPrinter
from hardware_sim.paper import Slip
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_models import MODELS
from hardware_sim.scanner import SerialScanner
from hardware_sim.serial_printer import SerialPrinter
from hardware_sim.shop import Shop, ShopError
from hardware_sim.test_clock import ClockLineError, ClockServer
from hardware_sim.till import Till

START_S = 30.0  # for the agent to answer for the first time
STOP_S = 10.0  # for it to finish the job in hand
POLL_S = 0.02


@dataclass
class SimLane:
    """A lane's devices and agent. `values` fill the shop's placeholders."""

    name: str
    shop: Shop
    values: dict[str, str]
    printer_kind: str
    model: str
    child: asyncio.subprocess.Process | None = None
    clock: ClockServer = field(default_factory=ClockServer)
    seen_slips: int = 0

    @property
    def work(self) -> Path:
        """Give the scenario's working directory."""
        return Path(self.values["work"])

    async def set_up(self) -> None:
        """Put up the devices, write the lane's config, run its preparing commands."""
        folder = self.work / f"lane-{self.name}"
        folder.mkdir(parents=True, exist_ok=True)
        device = PrinterDevice(MODELS[self.model], random=Random(self.name))
        if self.printer_kind == "tcp":
            self.printer: NetworkPrinter | SerialPrinter = NetworkPrinter(device)
        else:
            self.printer = SerialPrinter(device, folder / "printer")
        self.scanner = SerialScanner(folder / "scanner")
        await self.printer.start()
        await self.scanner.start()
        self.values |= {
            "lane": self.name,
            "clock": await self.clock.start(),
            "api_port": str(shops.free_port()),
            "printer": self.printer.address,
            "printer_url": self.printer.url,
            "printer_kind": self.printer_kind,
            "scanner": self.scanner.address,
            "model": self.model,
        }
        self.config = self.work / f"lane-{self.name}.toml"
        self.config.write_text(shops.fill(self.shop.config, self.values), encoding="utf-8")
        for command in self.shop.prepare_lane:
            await shops.run_command(shops.filled(command, self.values), folder / "prepare.log")
        self.api = shops.fill(self.shop.api, self.values)
        self.token_file = Path(shops.fill(self.shop.token, self.values))
        self.till = Till(self.api, self.token_file, self.name)

    async def start(self, now: datetime) -> None:
        """Start the agent, give it the time, wait until it answers.

        Raises:
            ShopError: it did not come up; with the end of its log.
        """
        log = self.work / f"lane-{self.name}" / "agent.log"
        self.child = await shops.start(shops.filled(self.shop.run, self.values), log)
        try:
            async with asyncio.timeout(START_S):
                await self._greet()
                await self.clock.set(now)
                await self._answers()
        except (TimeoutError, ClockLineError) as error:
            said = f"{error}\n{shops.end_of(log)}"
            raise ShopError(f"lane {self.name} did not come up: {said}") from error

    async def _greet(self) -> None:
        greeting = asyncio.ensure_future(self.clock.greet())
        ended = asyncio.ensure_future(self._child_ends())
        await asyncio.wait({greeting, ended}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if not greeting.done():
            greeting.cancel()
            raise ClockLineError("the agent ended")
        greeting.result()

    async def _child_ends(self) -> None:
        if self.child:
            await self.child.wait()

    async def _answers(self) -> None:
        while True:
            with suppress(OSError, BadAnswerError, ValueError):
                await self.till.health()
                return
            await asyncio.sleep(POLL_S)

    async def settle(self) -> None:
        """Wait until the agent has read every scan and has done all that is due."""
        async with asyncio.timeout(STOP_S):
            await self.scanner.sent()
        await self.clock.advance(0)

    async def kill(self) -> None:
        """Kill the agent as a power cut would."""
        if self.child and self.child.returncode is None:
            self.child.kill()
            await self.child.wait()

    async def stop(self) -> None:
        """Ask the agent to end, and kill it if it does not."""
        if self.child and self.child.returncode is None:
            self.child.terminate()
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_S):
                    await self.child.wait()
        await self.kill()

    async def tear_down(self) -> None:
        """Stop everything of this lane."""
        await self.stop()
        if hasattr(self, "till"):
            await self.clock.stop()
            await self.printer.stop()
            await self.scanner.stop()

    def mark_paper(self) -> None:
        """From here on `new_slips` counts."""
        self.seen_slips = len(self.printer.device.roll.slips)

    @property
    def new_slips(self) -> list[Slip]:
        """Give the slips cut since the mark, and what hangs out uncut."""
        roll = self.printer.device.roll
        hanging = [] if roll.hanging.is_blank else [roll.hanging]
        return roll.slips[self.seen_slips :] + hanging

    def codes(self) -> list[ReadCode]:
        """Read the codes on the new slips."""
        return [code for slip in self.new_slips for code in coupons_on(slip)]
