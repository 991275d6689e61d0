"""The simulator as pytest fixtures: `pytest -p hardware_sim.pytest_plugin`.

`sim_printer`, `sim_scanner`, `sim_till`, `sim_lane`, and `make_sim_printer` for more than one. The
marks `sim_printer` and `sim_lane` say which model, line and faults. What a test's printers had on
paper is in the report of a test that failed.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from hardware_sim.loop_thread import LoopThread
from hardware_sim.network_printer import NetworkPrinter
from hardware_sim.print_head import AT_ONCE, pace_of
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_models import MODELS
from hardware_sim.printer_web import SimPrinter
from hardware_sim.scanner import SerialScanner
from hardware_sim.serial_printer import SerialPrinter
from hardware_sim.shop import read_shop
from hardware_sim.stand_ins import (
    LaneStandIn,
    PrinterStandIn,
    ScannerStandIn,
    TillStandIn,
    printer_on,
)
from hardware_sim.till import Till
from hardware_sim.world import World, known

PAPER = pytest.StashKey[list[PrinterStandIn]]()
START = "2026-11-02T10:00:00Z"
MakePrinter = Callable[..., PrinterStandIn]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini option."""
    parser.addini(
        "sim_shop", "directory with sim.toml, which says how a lane is started", default="examples"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Add the marks."""
    for mark in (
        "sim_printer(model, port, faults, timed, baud, flow): what the fixture sim_printer is",
        "sim_lane(time, printer, model, faults): what the fixture sim_lane starts with",
    ):
        config.addinivalue_line("markers", mark)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the paper of a test that failed."""
    report = yield
    if report.failed and report.when == "call":
        printers: list[PrinterStandIn] = item.stash.get(PAPER, [])
        for number, printer in enumerate(printers, start=1):
            report.sections.append((f"paper of simulated printer {number}", printer.text))
    return report


@pytest.fixture
def sim_loop() -> Iterator[LoopThread]:
    """Give the loop in which the simulated devices live."""
    loop = LoopThread()
    yield loop
    loop.close()


@pytest.fixture
def make_sim_printer(
    sim_loop: LoopThread, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[MakePrinter]:
    """Give a maker of printers: model, port ("tcp" or "pty"), faults, timed, baud, flow."""
    made: list[PrinterStandIn] = []

    def make(
        model: str = "tm-t20iii",
        port: str = "tcp",
        faults: tuple[str, ...] = (),
        *,
        timed: bool = False,
        baud: int = 0,
        flow: str = "none",
    ) -> PrinterStandIn:
        hardware = known("printer model", MODELS, model)
        device = PrinterDevice(hardware, pace_of(hardware) if timed else AT_ONCE)
        if port == "pty":
            path = tmp_path / f"sim-printer-{len(made) + 1}"
            printer: SimPrinter = SerialPrinter(device, path, baud, flow)
        elif port == "tcp" and not baud and flow == "none":
            printer = NetworkPrinter(device)
        else:
            raise ValueError(f"port is 'tcp', or 'pty' with baud and flow; not {port!r}")
        made.append(printer_on(sim_loop, printer))
        request.node.stash.setdefault(PAPER, []).append(made[-1])
        for fault in faults:
            made[-1].fault(fault)
        return made[-1]

    yield make
    for printer in made:
        printer.close()


@pytest.fixture
def sim_printer(make_sim_printer: MakePrinter, request: pytest.FixtureRequest) -> PrinterStandIn:
    """Give a printer: a TM-T20III on TCP that prints at once, or what the mark says."""
    mark = request.node.get_closest_marker("sim_printer")
    return make_sim_printer(**(mark.kwargs if mark else {}))


@pytest.fixture
def sim_scanner(sim_loop: LoopThread, tmp_path: Path) -> Iterator[ScannerStandIn]:
    """Give a scanner on a pty."""
    scanner = SerialScanner(tmp_path / "sim-scanner")
    sim_loop.run(scanner.start())
    stand_in = ScannerStandIn(sim_loop, scanner)
    yield stand_in
    stand_in.close()


@pytest.fixture
def sim_till(sim_loop: LoopThread) -> Callable[[str, Path], TillStandIn]:
    """Give a maker of tills: the lane's address and the file with the till's token."""
    return lambda api, token_file: TillStandIn(sim_loop, Till(api, token_file))


@pytest.fixture
def sim_lane(
    sim_loop: LoopThread, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[LaneStandIn]:
    """Give a whole lane: the real agent as a process of its own, with headquarters behind it."""
    folder = request.config.rootpath / str(request.config.getini("sim_shop"))
    work = tmp_path / "sim-lane"
    work.mkdir()
    lane = LaneStandIn(sim_loop, World(read_shop(folder), work))
    mark = request.node.get_closest_marker("sim_lane")
    said = dict(mark.kwargs) if mark else {}
    faults = said.pop("faults", ())
    try:
        lane.do(_opening(**said))
        request.node.stash.setdefault(PAPER, []).append(lane.printer)
        for fault in faults:
            lane.printer.fault(fault)
        yield lane
    finally:
        lane.close()


def _opening(time: str = START, printer: str = "tcp", model: str = "tm-t20iii") -> str:
    return f"time {time}\nlane 1 printer {printer} {model}"
