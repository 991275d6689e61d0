"""`tillside-sim`: plays scenarios, and stands in for a printer, a scanner or a till by hand.

Exit status: 0 all held, 1 something did not, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from datetime import date
from pathlib import Path

from hardware_sim.demo import run_demo
from hardware_sim.http_client import BadAnswerError
from hardware_sim.printer_cli import add_options, be_printer
from hardware_sim.scanner import NetworkScanner, SerialScanner
from hardware_sim.scenario import ScenarioError, articles, read_scenario
from hardware_sim.scenario_run import Outcome, play_file
from hardware_sim.shop import ShopError, read_shop
from hardware_sim.till import Till

OK, PROBLEM, USAGE = 0, 1, 2


def parser() -> argparse.ArgumentParser:
    """Make the command line's parser."""
    top = argparse.ArgumentParser(
        prog="tillside-sim", description="Stand in for a lane's devices, and play stories on them."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_run(commands)
    _add_printer(commands)
    _add_scanner(commands)
    _add_till(commands)
    _add_demo(commands)
    return top


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    about: str,
    example: str,
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=about, description=about, epilog=f"Example: tillside-sim {example}"
    )


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = _command(
        commands,
        "run",
        "Play a scenario on the real agent.",
        "run story.lane --out out/sim",
    )
    run.add_argument("file", type=Path, metavar="FILE", help="the scenario")
    run.add_argument("--shop", type=Path, default=Path("examples"), help="directory with sim.toml")
    run.add_argument("--out", type=Path, help="keep the working directory, the papers included")
    run.add_argument("--check", action="store_true", help="only read the scenario")


def _add_printer(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    printer = _command(
        commands,
        "printer",
        "Be a receipt printer; write each slip as PNG and text.",
        "printer --tcp 9100 --web 9101 --out out/paper",
    )
    add_options(printer)


def _add_scanner(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    scanner = _command(
        commands,
        "scanner",
        "Be a scanner: each line of standard input is a scan.",
        "scanner --pty /tmp/scanner --aim ]E0",
    )
    line = scanner.add_mutually_exclusive_group(required=True)
    line.add_argument("--tcp", type=int, metavar="PORT", help="listen on this loopback port")
    line.add_argument("--pty", type=Path, metavar="PATH", help="be a serial line behind this name")
    scanner.add_argument("--aim", default="", help="AIM identifier before each scan, as ]E0")
    scanner.add_argument("--prefix", default="")
    scanner.add_argument("--suffix", default="\r")


def _add_till(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    till = _command(
        commands,
        "till",
        "Be a till: send one basket, print the answer, tender.",
        'till --api http://127.0.0.1:8370 --token till.token "4006381333931 x 2 @ 1.99" --tender',
    )
    till.add_argument("basket", help="GTIN x 2 @ 1.99, GTIN ...")
    till.add_argument("--api", default="http://127.0.0.1:8370")
    till.add_argument("--token", type=Path, required=True, help="file with the till's token")
    till.add_argument("--card", help="the shopper's card number")
    till.add_argument("--coupon", action="append", default=[], help="a code scanned at the till")
    till.add_argument("--number", help="the till's transaction number")
    till.add_argument("--date", type=date.fromisoformat, help="business date (default: today)")
    till.add_argument("--tender", action="store_true", help="pay, giving what was decided")


def _add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = _command(
        commands,
        "demo",
        "Play a day in a small shop: headquarters, two lanes, every step checked.",
        "demo --out out/demo",
    )
    demo.add_argument("--shop", type=Path, default=Path("examples/shop"), help="the shop's files")
    demo.add_argument("--out", type=Path, default=Path("out/demo"), help="made anew each time")
    demo.add_argument(
        "--broker",
        choices=("auto", "mosquitto", "iotcore"),
        default="auto",
        help="auto: mosquitto where it is on PATH, else iotcore",
    )
    demo.add_argument("--keep", action="store_true", help="leave everything running until Ctrl-C")


async def demo_command(options: argparse.Namespace) -> int:
    """Play the demo."""
    return await run_demo(options.shop, options.out, options.keep, options.broker)


def run_command(options: argparse.Namespace) -> int:
    """Play a scenario."""
    try:
        if options.check:
            steps = read_scenario(options.file.read_text(encoding="utf-8"))
            print(f"{options.file}: {len(steps)} steps")
            return OK
        outcomes = play_file(options.file, read_shop(options.shop), options.out, print)
    except (ScenarioError, ShopError, OSError) as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return USAGE if isinstance(error, OSError) else PROBLEM
    return summary(outcomes)


def summary(outcomes: list[Outcome]) -> int:
    """Say how many steps held; give the exit status."""
    failed = sum(not outcome.held for outcome in outcomes)
    print(f"{len(outcomes) - failed} of {len(outcomes)} steps held")
    return PROBLEM if failed else OK


async def be_scanner(options: argparse.Namespace) -> int:
    """Send each line of standard input as a scan."""
    if options.pty:
        scanner: SerialScanner | NetworkScanner = SerialScanner(
            options.pty, options.prefix, options.suffix
        )
    else:
        scanner = NetworkScanner(port=options.tcp, prefix=options.prefix, suffix=options.suffix)
    await scanner.start()
    print(f"scanner at {scanner.address}", flush=True)
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            scanner.scan(line.rstrip("\n"), options.aim)
            await asyncio.sleep(0)
        await scanner.sent()
    finally:
        await scanner.stop()
    return OK


async def be_till(options: argparse.Namespace) -> int:
    """Send one basket, and perhaps the tender."""
    till = Till(options.api, options.token)
    till.begin(options.date or date.today(), options.number)  # noqa: DTZ011  # the till's own day
    for gtin, quantity, unit_minor in articles(1, options.basket):
        till.add(gtin, quantity, unit_minor)
    if options.card:
        till.identify("card", options.card)
    for coupon in options.coupon:
        till.present(coupon)
    answer = await till.put()
    print(json.dumps(answer.json(), indent=2, ensure_ascii=False))
    if answer.status == 200 and options.tender:
        answer = await till.tender()
        print(json.dumps(answer.json(), indent=2, ensure_ascii=False))
    return OK if answer.status == 200 else PROBLEM


async def _printer_command(options: argparse.Namespace) -> int:
    return await be_printer(options, _stop_event())


def _stop_event() -> asyncio.Event:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; give the exit status."""
    options = parser().parse_args(arguments)
    if options.command == "run":
        return run_command(options)
    devices = {
        "printer": _printer_command,
        "scanner": be_scanner,
        "till": be_till,
        "demo": demo_command,
    }
    try:
        return asyncio.run(devices[options.command](options))
    except ScenarioError as error:
        print(f"tillside-sim: {error.what}", file=sys.stderr)
        return USAGE
    except (OSError, ValueError, BadAnswerError) as error:
        print(f"tillside-sim: {error}", file=sys.stderr)
        return PROBLEM


if __name__ == "__main__":
    sys.exit(main())
