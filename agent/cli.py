"""`tillside`: run a lane, check its configuration, explain a sale, look into its files."""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import sys
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from agent.config import Config, read_config
from agent.explain_options import explain_options, explained
from agent.printer_commands import add_printer_commands
from agent.secrets_files import till_token
from agent.unswept import unswept
from ground import log_lines
from ground.complaints import Complaint, say
from printer.errors import ProfileError

OK, PROBLEM, USAGE = 0, 1, 2
CONFIG = Path("lane.toml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 found a problem, 2 wrong usage."""
    options = parser().parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except KeyboardInterrupt:
        return OK
    except ProfileError as error:
        return _complain(
            Complaint(str(error), "name a built-in profile, or a file of printer probe")
        )
    except (Complaint, OSError, sqlite3.Error, LookupError, ValueError) as error:
        return _complain(error)


def _complain(error: Exception) -> int:
    what, do = say(error)
    print(f"{what}\n  -> {do}", file=sys.stderr)
    return PROBLEM


def parser() -> argparse.ArgumentParser:
    """Make the command line's grammar."""
    top = argparse.ArgumentParser(
        prog="tillside", description="The agent of one lane: decides, prints, explains, syncs."
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    run = _command(commands, "run", _run, "Run the lane until SIGTERM.", "--config lane.toml")
    _config(run)
    run.add_argument("--log", default="INFO", metavar="LEVEL", help="DEBUG shows the wires")
    run.add_argument(
        "--test-clock",
        metavar="HOST:PORT",
        help='take the time from a simulator that listens there; only with mode = "test"',
    )
    check = _command(
        commands,
        "check-config",
        _check,
        "Read the configuration and say what is wrong with it.",
        "--config lane.toml",
    )
    _config(check)
    page = _command(
        commands,
        "page",
        _page,
        "Print an address that opens the cashier's page once.",
        "--config lane.toml",
    )
    _config(page)
    explain = _command(
        commands,
        "explain",
        _explain,
        "Say why each offer of a sale ended as it did; decide it again, and check that it holds.",
        '4711 --config lane.toml --what-if "L2 +1"',
    )
    _config(explain)
    explain_options(explain)
    _db(commands)
    add_printer_commands(commands, _command, CONFIG)
    replay = _command(
        commands, "replay", _replay, "Play a year of real baskets through the lane.", "out/year"
    )
    replay.add_argument("directory", type=Path, metavar="DIR")
    replay.add_argument("--store", metavar="N", help="only this store's baskets")
    replay.add_argument("--json", type=Path, metavar="FILE", help="write the report here")
    return top


def _db(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    db = commands.add_parser("db", help="Look into the lane's databases; reads only.")
    parts = db.add_subparsers(required=True, metavar="WHAT")
    tables = _command(
        parts, "tables", _tables, "List the tables and their rows.", "data/journal.db"
    )
    tables.add_argument("file", type=Path)
    rows = _command(
        parts, "rows", _rows, "Print a table's rows.", "data/journal.db row --limit 5 --csv"
    )
    rows.add_argument("file", type=Path)
    rows.add_argument("table")
    rows.add_argument("--limit", type=int, default=20)
    rows.add_argument("--csv", action="store_true")
    verify = _command(
        parts,
        "verify",
        _verify,
        "Check the journal's chain; name the first bad row.",
        "data/journal.db",
    )
    verify.add_argument("file", type=Path)


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    sentence: str,
    example: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=sentence,
        description=sentence,
        epilog=f"Example: %(prog)s {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run)
    return command


def _config(command: argparse.ArgumentParser) -> None:
    command.add_argument("--config", type=Path, default=CONFIG, metavar="FILE")


def _run(options: argparse.Namespace) -> int:
    with unswept():
        from agent.life import live

    config = read_config(options.config)
    if options.test_clock and config.lane.mode != "test":
        raise Complaint(
            "--test-clock moves the time from outside, and this lane is live",
            'set mode = "test" in the configuration of a test lane',
        )
    log_lines.configure(options.log)
    asyncio.run(live(config, options.test_clock))
    return OK


def _check(options: argparse.Namespace) -> int:
    from ground.key_files import KeyRing
    from printer.ports import parse_address
    from printer.profile import find_profile

    config = read_config(options.config)
    lane = config.lane
    ring = KeyRing.load(config.path(lane.keys_dir))
    ring.current("shopper")
    ring.current("hq-public")
    if lane.printer.url:
        parse_address(lane.printer.url)
        name = lane.printer.profile
        find_profile(str(config.path(name)) if name.endswith(".json") else name)
    print(f"{options.config}: lane {lane.store}/{lane.lane} is well configured")
    return OK


def _page(options: argparse.Namespace) -> int:
    config: Config = read_config(options.config)
    place = json.loads((config.path(config.lane.data_dir) / "address.json").read_text())
    token = till_token(config.path(config.lane.http.token_file))
    asked = urllib.request.Request(
        place["http"] + "/v1/page", method="POST", headers={"authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(asked, timeout=5) as answer:
        print(json.load(answer)["address"])
    return OK


def _explain(options: argparse.Namespace) -> int:
    journal: Path | None = options.journal
    if journal is None:
        config = read_config(options.config)
        journal = config.path(config.lane.data_dir) / "journal.db"
    text, holds = explained(journal, options)
    print(text)
    return OK if holds else PROBLEM


def _tables(options: argparse.Namespace) -> int:
    from cache import inspect

    for name, count in inspect.tables(options.file):
        print(f"{count:10}  {name}")
    return OK


def _rows(options: argparse.Namespace) -> int:
    from cache import inspect

    for line in inspect.rows(options.file, options.table, options.limit, as_csv=options.csv):
        print(line)
    return OK


def _verify(options: argparse.Namespace) -> int:
    from cache import inspect

    report = inspect.verify(options.file)
    print(f"{options.file}: {report.what}")
    whole = report.first_bad_seq is None and report.do == "nothing"
    if not whole:
        print(f"  -> {report.do}")
    return OK if whole else PROBLEM


def _replay(options: argparse.Namespace) -> int:
    from agent.replay import replay

    return replay(options.directory, options.store, options.json)


if __name__ == "__main__":
    sys.exit(main())
