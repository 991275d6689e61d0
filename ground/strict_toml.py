"""Typed, ranged TOML: a file becomes a value, or complaints say what is wrong, line by line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from ground.complaints import Complaint
from ground.toml_lines import KeyPath, Lines, toml_lines
from ground.toml_types import Misfit, misfits

T = TypeVar("T")


class TomlComplaint(Complaint):
    """A file that may not be used as it is: where, what, and what to do.

    `table` is the dotted path of the table ("" for the top), `key` the key in it, `line` 0 where
    none is known. `others` is what else is wrong with the file.
    """

    def __init__(self, file: str, line: int, misfit: Misfit) -> None:
        self.file = file
        self.line = line
        self.table, self.key = dotted(misfit.path)
        self.nearest = misfit.nearest
        self.fault = misfit.what
        self.others: tuple[TomlComplaint, ...] = ()
        place = place_words(f"{file}:{line}" if line else file, self.table, self.key)
        super().__init__(f"{place}: {misfit.what}", misfit.do)


def place_words(file: str, table: str, key: str) -> str:
    """Write a place as a person reads it: `offers/a.toml:17 [condition] min_distinct`."""
    table = re.sub(r"\[\d+\]", "", table)  # the line tells which of them
    return " ".join(part for part in (file, f"[{table}]" if table else "", key) if part)


def dotted(path: KeyPath) -> tuple[str, str]:
    """Split a key path into the table's name and the key: ("shopper[0].assignment[1]", "score")."""
    names = list(path)
    while names and isinstance(names[-1], int):  # an item of a list: its line tells which
        names.pop()
    *table, key = names or [""]
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in table)
    return words.lstrip("."), str(key)


def read_toml(path: Path, kind: type[T]) -> T:
    """Read a TOML file into a value of the given type.

    Raises:
        TomlComplaint: not TOML, an unknown key, a missing key, a wrong type or a wrong range.
        OSError: the file cannot be read.
    """
    return parse_toml(read_text(path), kind, str(path))


def read_text(path: Path) -> str:
    """Read a file as UTF-8.

    Raises:
        TomlComplaint: it is in another encoding.
        OSError: the file cannot be read.
    """
    data = path.read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"byte {error.start} is not UTF-8"
        raise TomlComplaint(str(path), line, Misfit((), what, "save it as UTF-8")) from None


def parse_toml(text: str, kind: type[T], file: str) -> T:
    """Read TOML text into a value; `file` is its name in complaints.

    Raises:
        TomlComplaint: as `read_toml`; the first of the file, with the others in `others`.
    """
    return parse_with_lines(text, kind, file)[0]


def parse_with_lines(text: str, kind: type[T], file: str) -> tuple[T, Lines]:
    """Read TOML text into a value, and tell where each key of it stands.

    Raises:
        TomlComplaint: as `parse_toml`. Duplicate keys are refused by the TOML reader itself.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(text, file, str(error)) from None
    found = misfits(data, kind)
    lines = toml_lines(text)
    if found:
        each = [TomlComplaint(file, lines.line(misfit.path), misfit) for misfit in found]
        each[0].others = tuple(each[1:])
        raise each[0]
    return msgspec.convert(data, kind), lines


_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


def _not_toml(text: str, file: str, message: str) -> TomlComplaint:
    """Say tomllib's sentence, its "(at line 3, column 5)" as a line."""
    at = _PLACE.search(message)
    line = int(at[1]) if at else text.count("\n") + 1
    what = f"not TOML: {_PLACE.sub('', message)}"
    do = f"look at column {at[2]} of this line" if at else "look at the end of the file"
    return TomlComplaint(file, line, Misfit((), what, do))
