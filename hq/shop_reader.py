"""Reads file after file of a shop, keeps what is wrong with them, and where each key stands."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from ground.complaints import Complaint
from ground.strict_toml import TomlComplaint, parse_with_lines, read_text
from ground.toml_lines import KeyPath, Lines
from ground.toml_types import Misfit, misfits

T = TypeVar("T")
SEPARATOR = ";"  # between the items of a list in one cell


class ShopComplaint(Complaint):
    """Files that could not be read: every one of them, not only the first."""

    def __init__(self, complaints: list[TomlComplaint]) -> None:
        self.complaints = complaints
        first = complaints[0]
        more = f" (and {len(complaints) - 1} more)" if len(complaints) > 1 else ""
        super().__init__(first.what + more, first.do)


class ShopReader:
    """One run over a directory. Files are named as a person there would: "offers/oat-30.toml"."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.complaints: list[TomlComplaint] = []
        self.lines: dict[str, Lines] = {}

    def read(self, name: str, kind: type[T]) -> T:
        """Read a TOML file; one that is left out, or wrong, is empty."""
        found = self.read_one(name, kind) if (self.directory / name).is_file() else None
        return kind() if found is None else found

    def read_one(self, name: str, kind: type[T]) -> T | None:
        """Read a TOML file that is there; None where it is wrong."""
        try:
            text = read_text(self.directory / name)
            value, self.lines[name] = parse_with_lines(text, kind, name)
        except TomlComplaint as complaint:
            self.complaints += [complaint, *complaint.others]
            return None
        return value

    def read_csv(self, name: str, kind: type[T]) -> list[T]:
        """Read a CSV file whose heading has the fields of a type; a left out file has no rows."""
        path = self.directory / name
        try:
            text = read_text(path).removeprefix("\ufeff") if path.is_file() else ""
        except TomlComplaint as complaint:
            self.complaints.append(complaint)
            return []
        rows, found, self.lines[name] = csv_rows(text, kind)
        self.complaints += [TomlComplaint(name, self.lines[name].line(m.path), m) for m in found]
        return rows

    def complain(self, name: str, path: KeyPath, what: str, do: str) -> None:
        """Add what only a look over several files can find."""
        lines = self.lines.get(name, Lines({}))
        self.complaints.append(TomlComplaint(name, lines.line(path), Misfit(path, what, do)))

    def done(self) -> None:
        """End the run.

        Raises:
            ShopComplaint: something was wrong.
        """
        if self.complaints:
            raise ShopComplaint(self.complaints)


def csv_rows(text: str, kind: type[T]) -> tuple[list[T], list[Misfit], Lines]:
    """Read rows of CSV into values: (values, what is wrong, the line of each row).

    An empty cell takes the field's default. Lists are joined by ";".
    """
    table = csv.DictReader(io.StringIO(text, newline=""))
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    fields = {field.name: field.type for field in info.fields}
    strangers = [name for name in table.fieldnames or () if name not in fields]
    if strangers:
        what = f"unknown column; known are {', '.join(fields)}"
        return [], [Misfit((strangers[0],), what, "take the column out, or rename it")], Lines({})
    values: list[T] = []
    wrong: list[Misfit] = []
    lines: dict[KeyPath, int] = {}
    for at, (line, row) in enumerate(_numbered(table)):
        lines[(at,)] = line
        cells = {name: _cell(row[name], fields[name]) for name in fields if row.get(name)}
        found = _row_faults(row, cells, kind, at)
        wrong += found
        if not found:
            values.append(msgspec.convert(cells, kind))
    return values, wrong, Lines(lines)


def _numbered(table: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give each row with the line on which it begins; a quoted cell may run over several."""
    for row in table:
        cells = itertools.chain.from_iterable(
            c if isinstance(c, list) else [c] for c in row.values()
        )
        yield table.line_num - sum((cell or "").count("\n") for cell in cells), row


def _row_faults(row: dict[str, Any], cells: dict[str, Any], kind: Any, at: int) -> list[Misfit]:
    if None in row:
        return [Misfit((at,), "more cells than the heading has", "put text with commas in quotes")]
    return misfits(cells, kind, (at,))


def _cell(cell: str, kind: inspect.Type) -> Any:
    """Take a cell for what its column holds; what it is not stays text, to be complained about."""
    if isinstance(kind, inspect.VarTupleType):
        return [item.strip() for item in cell.split(SEPARATOR) if item.strip()]
    return int(cell) if isinstance(kind, inspect.IntType) and cell.isdecimal() else cell
