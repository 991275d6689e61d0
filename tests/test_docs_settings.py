"""Every setting is documented as it is, and examples/lane.toml shows it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple, get_type_hints

import msgspec
from msgspec import inspect

from agent.config import LaneConfig
from ground.strict_toml import read_toml
from tests.pages import ROOT, rows_of, text_of


class Setting(NamedTuple):
    """One key as the types know it, in the words of docs/config.md."""

    table: str
    key: str
    type: str
    range: str
    default: str


WORDS = {
    inspect.StrType: "text",
    inspect.IntType: "whole number",
    inspect.FloatType: "number",
    inspect.BoolType: "true or false",
    inspect.VarTupleType: "list of text",
    inspect.LiteralType: "text",
}


def settings(kind: type[msgspec.Struct], table: str = "") -> Iterator[Setting]:
    """Walk the types of the file, tables within it included."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        if isinstance(field.type, inspect.StructType):
            yield from settings(field.type.cls, f"{table}.{field.encode_name}".lstrip("."))
        else:
            default = (
                "required" if field.required else f"`{msgspec.json.encode(field.default).decode()}`"
            )
            default = default.replace('","', '", "')
            word, limits = WORDS[type(field.type)], range_of(field.type)
            yield Setting(table, field.encode_name, word, limits, default)


def range_of(kind: inspect.Type) -> str:
    """Say what a type allows."""
    if isinstance(kind, inspect.LiteralType):
        return " or ".join(f'`"{value}"`' for value in sorted(kind.values))
    if getattr(kind, "ge", None) is not None:
        return f"{kind.ge:g} to {kind.le}"
    if getattr(kind, "pattern", None):
        return f"`{kind.pattern}`"
    if getattr(kind, "max_length", None):
        return f"at most {kind.max_length} characters"
    return "any"


def told_settings() -> dict[tuple[str, str], list[str]]:
    """Read the tables of docs/config.md: (table, key) -> the other cells."""
    parts = re.split(r"^## +(.*)$", text_of("config.md"), flags=re.MULTILINE)
    told = {}
    for heading, body in zip(parts[1::2], parts[2::2], strict=True):
        named = re.fullmatch(r"`\[(.+)\]`", heading)
        if named or heading == "The top of the file":
            for row in rows_of(body):
                if row[0].startswith("`"):
                    told[named[1] if named else "", row[0].strip("`")] = row[1:]
    return told


def test_every_setting_is_documented():
    """docs/config.md has each key with the type, range and default that the code has; no other."""
    told = {place: cells[:3] for place, cells in told_settings().items()}
    real = {(s.table, s.key): [s.type, s.range, s.default] for s in settings(LaneConfig)}
    assert told == real


def test_every_example_of_a_setting_is_allowed():
    """The example in each row passes the type of its key, and each key has a meaning."""
    hints = {"": get_type_hints(LaneConfig, include_extras=True)}
    for name, kind in hints[""].items():
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            hints[name] = get_type_hints(kind, include_extras=True)
    for (table, key), (*_, meaning, example) in told_settings().items():
        assert meaning, key
        value = tomllib.loads(f"{key} = {example.strip('`')}")[key]
        msgspec.convert(value, hints[table][key])


def test_the_example_lane_has_every_setting():
    """examples/lane.toml is a good configuration, complete, with a comment on every key."""
    path = ROOT / "examples" / "lane.toml"
    read_toml(path, LaneConfig)
    data = tomllib.loads(path.read_text())
    keys = {("", key) for key, value in data.items() if not isinstance(value, dict)}
    keys |= {
        (name, key) for name, table in data.items() if isinstance(table, dict) for key in table
    }
    assert keys == {(s.table, s.key) for s in settings(LaneConfig)}
    for line in path.read_text().splitlines():
        assert "=" not in line.partition("#")[0] or "  # " in line, line
