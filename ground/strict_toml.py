"""Typed, ranged TOML: a file becomes a value, or one complaint says what is wrong and where."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import inspect

from ground.complaints import Complaint

T = TypeVar("T")


class TomlComplaint(Complaint):
    """A file that may not be used as it is: where, what, and the nearest key that exists.

    `table` is the dotted path of the table ("" for the top), `key` the key in it.
    """

    def __init__(self, file: str, table: str, key: str, what: str, nearest: str = "") -> None:
        self.file = file
        self.table = table
        self.key = key
        self.nearest = nearest
        places = [file, f"[{table}]" if table else "", key]
        cure = f"did you mean {nearest!r}?" if nearest else "correct it and try again"
        super().__init__(f"{', '.join(p for p in places if p)}: {what}", cure)


def read_toml(path: Path, kind: type[T]) -> T:
    """Read a TOML file into a value of the given type.

    Raises:
        TomlComplaint: not TOML, an unknown key, a missing key, a wrong type or a wrong range.
        OSError: the file cannot be read.
    """
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise TomlComplaint(str(path), "", "", f"byte {error.start} is not UTF-8") from None
    return parse_toml(text, kind, str(path))


def parse_toml(text: str, kind: type[T], file: str) -> T:
    """Read TOML text into a value; `file` is its name in complaints.

    Raises:
        TomlComplaint: as `read_toml`. Duplicate keys are refused by the TOML reader itself.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlComplaint(file, "", "", f"not TOML: {error}") from None
    for stranger in _strangers(data, inspect.type_info(kind), ""):
        nearest = difflib.get_close_matches(stranger.key, stranger.known, 1, 0.5)
        what = f"unknown key; known are {', '.join(stranger.known)}"
        raise TomlComplaint(file, stranger.table, stranger.key, what, "".join(nearest))
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        table, key, what = _place(str(error))
        raise TomlComplaint(file, table, key, what) from None


class _Stranger(NamedTuple):
    table: str
    key: str
    known: list[str]


def _strangers(value: Any, kind: inspect.Type, table: str) -> Iterator[_Stranger]:
    """Find the keys that no field takes, outermost first.

    The types' own strictness is not relied on: a value that also travels on the wire lets unknown
    fields pass there, and must not here.
    """
    if isinstance(kind, inspect.UnionType):
        kind = _member(value, kind)
    if isinstance(kind, inspect.StructType) and isinstance(value, dict):
        fields = {field.encode_name: field.type for field in kind.fields}
        for key, inner in value.items():
            if key in fields:
                yield from _strangers(inner, fields[key], f"{table}.{key}".lstrip("."))
            elif key != kind.tag_field:
                yield _Stranger(table, key, sorted(fields))
    elif isinstance(kind, inspect.DictType) and isinstance(value, dict):
        for key, inner in value.items():
            yield from _strangers(inner, kind.value_type, f"{table}.{key}".lstrip("."))
    elif isinstance(kind, (inspect.VarTupleType, inspect.ListType)) and isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _strangers(inner, kind.item_type, f"{table}[{at}]")


def _member(value: Any, union: inspect.UnionType) -> inspect.Type:
    """Choose the member that the value claims to be: the struct of its tag, or the only one."""
    members = [t for t in union.types if not isinstance(t, inspect.NoneType)]
    structs = [t for t in members if isinstance(t, inspect.StructType)]
    if isinstance(value, dict) and structs:
        tagged = [t for t in structs if t.tag_field and value.get(t.tag_field) == t.tag]
        if tagged:
            return tagged[0]
        return inspect.AnyType() if structs[0].tag_field else structs[0]
    return next((t for t in members if not isinstance(t, inspect.StructType)), inspect.AnyType())


_AT = re.compile(r"^(?P<what>.*) - at `(?P<path>[^`]*)`$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(?P<key>[^`]+)`$")


def _place(message: str) -> tuple[str, str, str]:
    """Split msgspec's sentence ("Expected `int` >= 1 - at `$.a.b`") into table, key and what."""
    found = _AT.match(message)
    what, path = (found["what"], found["path"]) if found else (message, "$")
    path = path.removeprefix("$").lstrip(".")
    missing = _MISSING.match(what)
    if missing:
        return path, missing["key"], "this key is required"
    table, _, key = path.rpartition(".")
    return table, key, what.replace("`", "")
