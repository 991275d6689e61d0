"""Devices as a plain test takes them in hand: each call blocks until it is done.

The devices live in a `LoopThread`; what is read here (slips, states) is read there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from hardware_sim.coupon_reader import ReadCode, coupons_on
from hardware_sim.http_client import Answer
from hardware_sim.loop_thread import LoopThread
from hardware_sim.paper import Slip
from hardware_sim.printer_web import SimPrinter, state_of
from hardware_sim.scanner import SerialScanner
from hardware_sim.scenario import read_scenario
from hardware_sim.scenario_run import play_step
from hardware_sim.till import Till
from hardware_sim.world import World

PATIENCE_S = 5.0
POLL_S = 0.01


def _until(holds: Callable[[], bool], saw: Callable[[], str], timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(saw())
        time.sleep(POLL_S)


class PrinterStandIn:
    """A printer; `url` is what a lane's config takes."""

    def __init__(self, loop: LoopThread, printer: SimPrinter) -> None:
        self._loop, self._printer = loop, printer
        self.url = printer.url
        self.address = printer.address

    def fault(self, text: str) -> None:
        """Let something of the catalogue go wrong: "paper-out", "paper-out=40"."""
        self._loop.call(lambda: self._printer.fault(text))

    def heal(self) -> None:
        """Put everything right."""
        self._loop.run(self._printer.heal())

    def press_feed(self) -> None:
        """Press the feed button."""
        self._loop.call(self._printer.host.press_feed)

    @property
    def state(self) -> dict[str, Any]:
        """Give sensors, faults and counters."""
        return self._loop.call(lambda: state_of(self._printer.device))

    @property
    def slips(self) -> list[Slip]:
        """Give the slips that were cut or torn off."""
        return self._loop.call(lambda: list(self._printer.device.roll.slips))

    @property
    def paper(self) -> list[Slip]:
        """Give the slips, and what hangs out of the printer."""

        def all_of_it() -> list[Slip]:
            roll = self._printer.device.roll
            return [*roll.slips, *([] if roll.hanging.is_blank else [roll.hanging])]

        return self._loop.call(all_of_it)

    @property
    def text(self) -> str:
        """Give all words on paper."""
        return "".join(slip.transcript() for slip in self.paper)

    def codes(self) -> list[ReadCode]:
        """Read all codes on paper with zxing-cpp."""
        return [code for slip in self.paper for code in coupons_on(slip)]

    def wait_for(self, words: str = "", slips: int = 0, timeout_s: float = PATIENCE_S) -> None:
        """Wait until words are on paper and so many slips were cut.

        Raises:
            AssertionError: they did not come; with what is on paper.
        """
        _until(
            lambda: words in self.text and len(self.slips) >= slips,
            lambda: f"expected {words!r} and {slips} slips; on paper:\n{self.text}{self.state}",
            timeout_s,
        )

    def wait_until_idle(self, timeout_s: float = PATIENCE_S) -> None:
        """Wait until everything that was received is on paper.

        Raises:
            AssertionError: it is not; with the printer's state.
        """
        device = self._printer.device
        _until(lambda: self._loop.call(lambda: device.is_idle), lambda: str(self.state), timeout_s)

    def close(self) -> None:
        """Switch it off and take it away."""
        self._loop.run(self._printer.stop())


class ScannerStandIn:
    """A scanner on a pty; `path` is what a lane's config takes."""

    def __init__(self, loop: LoopThread, scanner: SerialScanner) -> None:
        self._loop, self._scanner = loop, scanner
        self.path = scanner.address

    def scan(self, text: str, aim_id: str = "") -> None:
        """Scan one code."""
        self._loop.call(lambda: self._scanner.scan(text, aim_id))

    def garbage(self) -> None:
        """Send line noise."""
        self._loop.call(self._scanner.garbage)

    def burst(self) -> None:
        """Send 10,000 digits as one scan."""
        self._loop.call(self._scanner.burst)

    def unplug(self) -> None:
        """Pull the cable and put it back."""
        self._loop.call(self._scanner.unplug)

    def wait_until_read(self) -> None:
        """Wait until the lane has read every scan."""
        self._loop.run(self._scanner.sent())

    def close(self) -> None:
        """Take it away."""
        self._loop.run(self._scanner.stop())


class TillStandIn:
    """A till on a lane's API; what it keeps is its basket."""

    def __init__(self, loop: LoopThread, till: Till) -> None:
        self._loop, self._till = loop, till

    def begin(self, business_date: date, mode: str = "live") -> None:
        """Open a transaction."""
        self._till.begin(business_date, mode=mode)

    def ring(self, gtin: str, quantity: int = 1, unit_minor: int = 100) -> None:
        """Ring up an article."""
        self._till.add(gtin, quantity, unit_minor)

    def identify(self, kind: str, value: str) -> None:
        """Type in who the shopper is."""
        self._till.identify(kind, value)

    def present(self, code: str) -> None:
        """Scan a coupon at the till."""
        self._till.present(code)

    def put(self) -> Answer:
        """Send the basket."""
        return self._loop.run(self._till.put())

    def tender(self, at_most_minor: int | None = None) -> Answer:
        """Take the money."""
        return self._loop.run(self._till.tender(at_most_minor))

    def void(self) -> Answer:
        """Give the sale up."""
        return self._loop.run(self._till.void())


class LaneStandIn:
    """A whole lane: the real agent as a process of its own, its devices, its headquarters."""

    def __init__(self, loop: LoopThread, world: World) -> None:
        self._loop, self._world = loop, world

    def do(self, story: str) -> None:
        """Play steps of a scenario: docs/simulator.md has them all.

        Raises:
            ScenarioError: a line is no step; nothing was played.
            AssertionError: a step could not be done or did not hold; with what was seen.
        """
        for step in read_scenario(story):
            outcome, _ = self._loop.run(play_step(self._world, step))
            if not outcome.held:
                raise AssertionError(str(outcome))

    @property
    def printer(self) -> PrinterStandIn:
        """Give the printer of the lane that the story is at."""
        return PrinterStandIn(self._loop, self._world.lane_here.printer)

    @property
    def scanner(self) -> ScannerStandIn:
        """Give the scanner of the lane that the story is at."""
        return ScannerStandIn(self._loop, self._world.lane_here.scanner)

    @property
    def api(self) -> str:
        """Give the address of the lane's HTTP API, for a till of your own."""
        return self._world.lane_here.api

    @property
    def token_file(self) -> Path:
        """Give the file with the till's token."""
        return self._world.lane_here.token_file

    @property
    def answer(self) -> Any:
        """Give the last answer that the till got."""
        last = self._world.lane_here.till.last
        return last.json() if last else None

    @property
    def work(self) -> Path:
        """Give the directory with configs, logs and databases."""
        return self._world.work

    def close(self) -> None:
        """Stop all that was started."""
        self._loop.run(self._world.tear_down())


def printer_on(loop: LoopThread, printer: SimPrinter) -> PrinterStandIn:
    """Start a printer."""
    loop.run(printer.start())
    return PrinterStandIn(loop, printer)
