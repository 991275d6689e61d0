"""`tillside-sim printer`: a printer by hand, with its paper in files and, if wanted, in a browser."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from hardware_sim.network_printer import NetworkPrinter
from hardware_sim.print_head import AT_ONCE, Pace, pace_of
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_faults import FaultCall, FaultError, read_fault
from hardware_sim.printer_models import MODELS
from hardware_sim.printer_web import PrinterPage, SimPrinter
from hardware_sim.serial_printer import FLOWS, SerialPrinter
from hardware_sim.web_server import serve

WATCH_S = 0.2  # how often new slips are looked for
ANY_PORT = 0


def add_options(printer: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    line = printer.add_mutually_exclusive_group(required=True)
    line.add_argument("--tcp", type=int, metavar="PORT", help="listen on this loopback port")
    line.add_argument("--pty", type=Path, metavar="PATH", help="be a serial line behind this name")
    printer.add_argument("--model", choices=sorted(MODELS), default="tm-t20iii")
    printer.add_argument("--baud", type=int, default=0, help="pace of the serial line")
    printer.add_argument("--flow", choices=FLOWS, default="none", help="of the serial line")
    printer.add_argument("--timed", action="store_true", help="print at the model's own speed")
    printer.add_argument("--dots-per-s", type=float, default=0.0, help="print at this speed")
    printer.add_argument(
        "--fault",
        action="append",
        default=[],
        type=_fault,
        metavar="FAULT[=NUMBER]",
        help="start with this fault; docs/simulator.md has the catalogue",
    )
    printer.add_argument("--out", type=Path, default=Path("out/paper"), help="where slips go")
    printer.add_argument("--slips", type=int, default=0, help="end after so many slips")
    printer.add_argument(
        "--web",
        type=int,
        nargs="?",
        const=ANY_PORT,
        metavar="PORT",
        help="show paper and faults in a browser page on this loopback port",
    )


def _fault(text: str) -> FaultCall:
    try:
        return read_fault(text)
    except FaultError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def make_printer(options: argparse.Namespace) -> SimPrinter:
    """Make the printer that the options describe."""
    model = MODELS[options.model]
    pace = pace_of(model) if options.timed else AT_ONCE
    if options.dots_per_s:
        pace = Pace(options.dots_per_s)
    device = PrinterDevice(model, pace)
    if options.pty:
        return SerialPrinter(device, options.pty, options.baud, options.flow)
    return NetworkPrinter(device, port=options.tcp)


async def be_printer(options: argparse.Namespace, stopped: asyncio.Event) -> int:
    """Serve a printer until it is stopped, or has cut enough slips."""
    printer = make_printer(options)
    await printer.start()
    print(f"{printer.device.model.name} at {printer.address}", flush=True)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(printer.stop)
        if options.web is not None:
            page = PrinterPage(printer)
            address = await stack.enter_async_context(serve(page.app(), options.web, page.close))
            print(f"paper and faults at {address}", flush=True)
        for call in options.fault:
            printer.fault(call)
        await _save_slips(printer, options, stopped)
    return 0


async def _save_slips(
    printer: SimPrinter, options: argparse.Namespace, stopped: asyncio.Event
) -> None:
    saved = 0
    while not stopped.is_set() and (not options.slips or saved < options.slips):
        for slip in printer.device.roll.slips[saved:]:
            saved += 1
            print(slip.save(options.out, f"slip-{saved:03}"), flush=True)
        try:
            async with asyncio.timeout(WATCH_S):
                await stopped.wait()
        except TimeoutError:
            pass
