"""The law packs, `laws/*.toml`: one file for each place, each rule with its source.

`tillside-hq apply` ships a store the rules of its jurisdiction (`laws_for`). They are not advice: a
file says what it does not cover, and where it is wider than the law.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from ground.strict_toml import TomlComplaint, parse_with_lines
from ground.toml_types import Misfit
from offers.law import LawFlag, LawRule, What, rules_of
from offers.model import Value
from offers.reasons import Reason

LEGAL = "LEGAL_"


class RuleEntry(Value, frozen=True):
    """One rule as it stands in a file; fields mean what `offers.law.LawRule` says of them."""

    forbids: What
    reason: Reason
    source: Annotated[str, Meta(min_length=10)]
    flag: LawFlag | None = None
    since: date | None = None
    until: date | None = None
    url: Annotated[str, Meta(pattern="^(https://.+)?$")] = ""


class LawFile(Value, frozen=True):
    """One file: where it holds, what it leaves out, and its rules."""

    title: Annotated[str, Meta(min_length=1)]
    places: Annotated[tuple[str, ...], Meta(min_length=1)]
    not_covered: Annotated[str, Meta(min_length=10)]
    rule: Annotated[tuple[RuleEntry, ...], Meta(min_length=1)]


def read_law(text: str, file: str) -> tuple[LawRule, ...]:
    """Read one file.

    Raises:
        TomlComplaint: it is not what it must be; with the place, and what to do.
    """
    law, lines = parse_with_lines(text, LawFile, file)
    for at, entry in enumerate(law.rule):
        fault = _fault(entry)
        if fault:
            path = ("rule", at, fault[0])
            raise TomlComplaint(file, lines.line(path), Misfit(path, *fault[1:]))
    return tuple(_rule(entry, law.places) for entry in law.rule)


def _fault(entry: RuleEntry) -> tuple[str, str, str] | None:
    """Give the key that does not fit the others, what is wrong, and what to do."""
    if not entry.reason.value.startswith(LEGAL):
        return "reason", f"{entry.reason.value} is no law's reason", f"take one of {LEGAL}..."
    if (entry.flag is None) != (entry.forbids == "unasked_paper"):
        what = f"{entry.forbids} with flag {entry.flag}"
        return "flag", what, "name a flag for offers, and none for paper"
    if entry.since and entry.until and entry.until < entry.since:
        return "until", f"the rule would end before it begins, on {entry.since}", "correct a date"
    return None


def _rule(entry: RuleEntry, places: tuple[str, ...]) -> LawRule:
    return LawRule(
        places=places,
        forbids=entry.forbids,
        reason=entry.reason,
        flag=entry.flag,
        since=entry.since,
        until=entry.until,
        source=entry.source,
        url=entry.url,
    )


def read_laws(directory: Path) -> tuple[LawRule, ...]:
    """Read every law file of a directory, in the order of their names.

    Raises:
        TomlComplaint: one of them is not what it must be.
    """
    return _all((path.name, path.read_text("utf-8")) for path in directory.glob("*.toml"))


@cache
def shipped_laws() -> tuple[LawRule, ...]:
    """Read the law files that come with this program."""
    folder = files("hq").joinpath("laws")
    return _all((it.name, it.read_text("utf-8")) for it in folder.iterdir())


def _all(texts: Iterable[tuple[str, str]]) -> tuple[LawRule, ...]:
    found = sorted((name, text) for name, text in texts if name.endswith(".toml"))
    return tuple(rule for name, text in found for rule in read_law(text, name))


def laws_for(jurisdiction: str, laws: tuple[LawRule, ...] | None = None) -> tuple[LawRule, ...]:
    """Give the rules of a store's place, for `StoreFacts.laws`; of those shipped if none are named."""
    return rules_of(jurisdiction, shipped_laws() if laws is None else laws)
