"""The words of `tillside explain` on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec


def explain_options(command: argparse.ArgumentParser) -> None:
    """Add what may be asked for."""
    command.add_argument(
        "transaction", metavar="TRANSACTION", help="the till's number, a uid, or a coupon's serial"
    )
    command.add_argument("--journal", type=Path, metavar="FILE", help="this one, not the lane's")
    command.add_argument("--till", metavar="NAME", help="only this till's sales")
    command.add_argument("--date", metavar="YYYY-MM-DD", help="only this business date's sales")
    command.add_argument(
        "--what-if",
        action="append",
        default=[],
        metavar="CHANGE",
        help='say only what would change: "L2 +1", "L2 -1", "GTIN +2 @199", "remove L2"',
    )
    command.add_argument("--language", metavar="TAG", help="say it anew in this language")
    command.add_argument("--all", action="store_true", help="holdouts too: nothing for the till")
    command.add_argument("--json", action="store_true", help="all of it, for programs")


def explained(journal: Path, options: argparse.Namespace) -> tuple[str, bool]:
    """Give what is said of a sale, and whether it is the same again and nothing of it was changed.

    Raises:
        Complaint: there is no such sale, or a what-if cannot be read.
    """
    from agent.explain import Wanted, explain
    from agent.explain_words import lines_of

    wanted = Wanted(
        options.transaction,
        options.till,
        options.date,
        tuple(options.what_if),
        options.language,
        options.all,
    )
    told = explain(journal, wanted)
    holds = bool(told.same) and not told.faults
    if options.json:
        return msgspec.json.format(msgspec.json.encode(told), indent=2).decode(), holds
    return "\n".join(lines_of(told)), holds
