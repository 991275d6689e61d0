"""The words of `tillside-hq`: each command with its sentence, its example and its arguments."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from hq.store import is_url

Adder = Callable[[argparse.ArgumentParser], None]


class Command(NamedTuple):
    """One command as a person meets it."""

    name: str
    sentence: str
    example: str
    add: Adder


class Broker(NamedTuple):
    """Where a broker is; `secure` where only TLS will do."""

    host: str
    port: int
    secure: bool


def broker(text: str) -> Broker:
    """Read mqtt://HOST[:PORT] or mqtts://HOST[:PORT]; the ports are MQTT's own by default."""
    url = urlsplit(text)
    if url.scheme not in ("mqtt", "mqtts") or not url.hostname:
        raise argparse.ArgumentTypeError("write it as mqtt://HOST:PORT")
    try:
        port = url.port
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    secure = url.scheme == "mqtts"
    return Broker(url.hostname, port or (8883 if secure else 1883), secure)


def database(text: str) -> Path | str:
    """Read a file's name, or a PostgreSQL URL."""
    return text if is_url(text) else Path(text)


def count(text: str) -> int:
    """Read a number of units, 0 to 1,000,000."""
    if not text.isascii() or not text.isdigit() or int(text) > 1_000_000:
        raise argparse.ArgumentTypeError("write a number from 0 to 1000000")
    return int(text)


def moment(text: str) -> datetime:
    """Read a time with its zone."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        when = None
    if when is None or when.tzinfo is None:
        raise argparse.ArgumentTypeError("write a time with its zone, as 2026-11-02T10:00:00Z")
    return when


def _directory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, metavar="DIR", help="the shop's files")


def _lint(parser: argparse.ArgumentParser) -> None:
    _directory(parser)
    _json(parser)


def _apply(parser: argparse.ArgumentParser) -> None:
    _directory(parser)
    parser.add_argument(
        "--force", action="store_true", help="build a new generation even if no file changed"
    )


def _enrol(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("store", metavar="STORE", help="the store's id, as in stores.toml")
    parser.add_argument("lane", metavar="LANE", help="the lane's id in its store")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    parser.add_argument(
        "--broker",
        type=broker,
        default=Broker("", 8883, True),
        metavar="URL",
        help="what the lane connects to",
    )


def _ca(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", metavar="HOST", help="the broker's name, as lanes call it")


def _sign(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("store", metavar="STORE", help="the store's id, as in stores.toml")
    parser.add_argument("lane", metavar="LANE", help="the lane's id in its store")
    parser.add_argument("request", type=Path, metavar="CSR", help="the lane's tls/lane.csr")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="its lane.pem")


def _acl(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="FILE", help="write them there, mode 0600")
    parser.add_argument("--store", metavar="STORE", help="for this store's own broker")
    parser.add_argument(
        "--arbiter", action="append", default=[], metavar="LANE", help="a lane that may arbitrate"
    )


def _store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("store", metavar="STORE", help="the store's id")


def _recall(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="*", metavar="STORE GTIN", help="the store, then products")
    parser.add_argument("--all", action="store_true", help="in every store: no STORE then")
    parser.add_argument("--offer", action="append", default=[], metavar="ID", help="stop an offer")
    parser.add_argument("--lift", action="store_true", help="allow them again")


def _erase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "identity", nargs="?", metavar="KIND:VALUE", help="one of the shopper's; none: who is done"
    )
    parser.add_argument("--lift", action="store_true", help="the shopper is a customer again")
    _json(parser)


def _stock(parser: argparse.ArgumentParser) -> None:
    _store(parser)
    parser.add_argument("gtin", metavar="GTIN", help="the product, 8 to 14 digits")
    parser.add_argument("on_hand", type=count, metavar="ON_HAND", help="units counted now")


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--broker", type=broker, required=True, metavar="URL", help="mqtt(s)://...")
    parser.add_argument("--user", metavar="NAME", help="the name for the broker")
    parser.add_argument("--password-file", type=Path, metavar="FILE", help="its password")
    parser.add_argument(
        "--ca", type=Path, metavar="FILE", help="who signed the broker's certificate"
    )
    parser.add_argument("--cert", type=Path, metavar="FILE", help="our own certificate")
    parser.add_argument("--key", type=Path, metavar="FILE", help="its key")


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as JSON, with every field")


def _arbiter(parser: argparse.ArgumentParser) -> None:
    _store(parser)
    parser.add_argument("lane", nargs="?", metavar="LANE", help="a lane of the store, or hq")


def _provisional(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--outcome", metavar="WORD", help="only these, such as open")
    parser.add_argument("--charge", metavar="SERIAL", help="charge its honoured second uses")
    parser.add_argument("--to", metavar="OWNER", help="who is charged")
    _json(parser)


def _experiments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--since", type=moment, metavar="TIME", help="when it began: count rows from then on"
    )
    _json(parser)


def _disputes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--each", action="store_true", help="every dispute by itself")
    parser.add_argument("--tickets", action="store_true", help="what waits for an answer")
    parser.add_argument("--close", metavar="TICKET", help="close a ticket")
    parser.add_argument("--note", default="", metavar="TEXT", help="with --close: what was decided")
    parser.add_argument("--since", type=moment, metavar="TIME", help="leave out what is older")
    _json(parser)


def _rows(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", metavar="KIND", help="only rows of this kind (tendered, issued)")
    parser.add_argument("--limit", type=count, default=20, metavar="N", help="how many, the newest")
    _json(parser)


def _preview(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, metavar="OFFERS_DIR", help="the offers' files")
    parser.add_argument(
        "--printer", required=True, metavar="PROFILE", help="a name, a file, or all"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where they go")
    parser.add_argument("--language", metavar="TAG", help="the slips' language: en, de, ... or all")
    rungs = ("nv", "full", "half", "words", "all")
    parser.add_argument("--rung", choices=rungs, default="full", help="how rich the slip is")
    carriers = ("qr", "databar", "code128")
    parser.add_argument("--carrier", choices=carriers, default="qr", help="a coupon's code")
    parser.add_argument("--brand-line", default="", metavar="TEXT", help="what heads every slip")


def _import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", choices=["completejourney"], help="which public data set")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where it goes")


def _nothing(parser: argparse.ArgumentParser) -> None:
    del parser


COMMANDS = (
    Command("init", "Make headquarters' file and the chain's keys.", "init", _nothing),
    Command(
        "ca",
        "Make the chain's own certificate authority, and the certificates of headquarters and broker.",
        "ca --host hq.example",
        _ca,
    ),
    Command(
        "enrol",
        "Write a lane's keys, certificate, token and configuration into a new folder.",
        "enrol s001 1 --out lanes/s001-1 --broker mqtts://hq.example:8883",
        _enrol,
    ),
    Command(
        "sign",
        "Sign a lane's certificate request, to renew its certificate.",
        "sign s001 1 lanes/s001-1/tls/lane.csr --out lane.pem",
        _sign,
    ),
    Command(
        "acl", "Give the broker's access rules for the published lanes.", "acl --out acl", _acl
    ),
    Command("lint", "Say what is wrong with a shop's files.", "lint examples/shop", _lint),
    Command("plan", "Say what an apply would change, for whom.", "plan examples/shop", _directory),
    Command("apply", "Publish a shop's files to its stores.", "apply examples/shop", _apply),
    Command("rollback", "Bring a store's generation before back.", "rollback s001", _store),
    Command(
        "recall",
        "Stop products and offers on every lane, within seconds.",
        "recall s001 9520000006013 --offer hazelnut-75",
        _recall,
    ),
    Command(
        "erase",
        "Forget a shopper, here and at every lane; show which lanes have.",
        "erase card:2000012345678",
        _erase,
    ),
    Command("stock", "Tell a store's lanes a new count.", "stock s001 9520000005016 24", _stock),
    Command(
        "serve",
        "Talk to the lanes: publish, collect, arbitrate. Runs until stopped.",
        "serve --broker mqtt://127.0.0.1:1883",
        _serve,
    ),
    Command(
        "collect",
        "Collect rows beside serve, as one of any number on the same file. Runs until stopped.",
        "collect --broker mqtt://127.0.0.1:1883",
        _serve,
    ),
    Command("lanes", "Show what each lane has, and what it owes.", "lanes", _json),
    Command("redemptions", "List every redemption, second uses marked.", "redemptions", _json),
    Command(
        "arbiter",
        "Say who arbitrates a store's serials, or appoint it.",
        "arbiter s001 2",
        _arbiter,
    ),
    Command(
        "provisional",
        "List every use that was accepted unasked, and how it ended.",
        "provisional --outcome duplicate_honoured",
        _provisional,
    ),
    Command(
        "disputes",
        "List what is disputed by offer and reason, with rates; each dispute; or open tickets.",
        "disputes --since 2026-11-02T00:00:00Z",
        _disputes,
    ),
    Command(
        "wordings", "List how clear cashiers find each offer's wording.", "wordings --json", _json
    ),
    Command(
        "pin", "Hash a PIN for staff.toml; it is asked for, and goes nowhere.", "pin", _nothing
    ),
    Command(
        "experiments",
        "Say of each experiment whether its arms came out as planned.",
        "experiments --since 2026-11-02T00:00:00Z",
        _experiments,
    ),
    Command("rows", "List the newest rows that lanes sent.", "rows --kind issued", _rows),
    Command(
        "preview",
        "Draw each offer as it will print: NAME.png and NAME.escpos.",
        "preview examples/shop/offers --printer generic-80mm --out out/preview",
        _preview,
    ),
    Command(
        "import",
        "Make offers and baskets of a year of real purchases (extra: realdata).",
        "import completejourney --out out/journey",
        _import,
    ),
)


def parser() -> argparse.ArgumentParser:
    """Make the parser of all commands."""
    top = argparse.ArgumentParser(
        prog="tillside-hq", description="Headquarters' end of tillside: offers out, results in."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        sub = commands.add_parser(
            command.name,
            help=command.sentence,
            description=command.sentence,
            epilog=f"example: tillside-hq {command.example}",
        )
        command.add(sub)
        sub.add_argument(
            "--db",
            type=database,
            default=Path("hq.db"),
            metavar="FILE",
            help="headquarters' file (hq.db), or postgresql://USER@HOST/DATABASE",
        )
        sub.add_argument(
            "--now",
            type=moment,
            metavar="TIME",
            help="rehearse: act as if it were this time (2026-11-02T10:00:00Z)",
        )
        sub.add_argument(
            "--keys", type=Path, default=Path("hq-keys"), metavar="DIR", help="the keys (hq-keys)"
        )
    return top
