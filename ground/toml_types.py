"""What of a file's data does not fit its type: every fault, each with its path and its cure.

The types' own strictness is not relied on: a value that also travels on the wire lets unknown
fields pass there, and must not here.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import FieldInfo

from ground.toml_lines import KeyPath

_NEAR = 0.5  # of difflib's likeness: "quite_days" is near "quiet_days", "zzz" is near nothing


class Misfit(NamedTuple):
    """One thing that does not fit. `nearest` is the key that was perhaps meant."""

    path: KeyPath
    what: str
    do: str
    nearest: str = ""


def misfits(value: Any, kind: Any, path: KeyPath = ()) -> list[Misfit]:
    """List what in data read from TOML does not fit a type; nothing means that it converts."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        return list(_within(value, kind, path, misfits)) or [_named(value, kind, path, str(error))]
    return list(_strangers(value, kind, path))


def _strangers(value: Any, kind: Any, path: KeyPath) -> Iterator[Misfit]:
    """Find the keys that no field takes, in data whose values all fit."""
    return _within(value, kind, path, _strangers)


Ask = Callable[[Any, Any, KeyPath], Iterable[Misfit]]


def _within(value: Any, kind: Any, path: KeyPath, ask: Ask) -> Iterator[Misfit]:
    """Go into a table or a list, and ask of each part."""
    if not isinstance(value, (dict, list)):
        return
    kind = _member(value, kind)
    parts = get_args(kind)
    if isinstance(value, list):
        if get_origin(kind) in (tuple, list):
            for at, inner in enumerate(value):
                yield from ask(inner, parts[0], (*path, at))
    elif isinstance(kind, type) and issubclass(kind, Struct):
        yield from _of_table(value, kind, path, ask)
    elif get_origin(kind) is dict:
        for key, inner in value.items():
            yield from ask(inner, parts[1], (*path, key))


def _of_table(
    value: dict[str, Any], kind: type[Struct], path: KeyPath, ask: Ask
) -> Iterator[Misfit]:
    fields = _fields(kind)
    for key, inner in value.items():
        if key in fields:
            yield from ask(inner, fields[key].type, (*path, key))
        elif key != kind.__struct_config__.tag_field:
            yield _stranger(key, sorted(fields), path)
    for name, field in fields.items():
        if field.required and name not in value:
            yield Misfit((*path, name), "this key is required", f"add {name} = ...")


@cache
def _fields(kind: type[Struct]) -> dict[str, FieldInfo]:
    """Read a type's fields; the annotations are looked up once."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _stranger(key: str, known: list[str], path: KeyPath) -> Misfit:
    nearest = "".join(difflib.get_close_matches(key, known, 1, _NEAR))
    do = f"did you mean {nearest!r}?" if nearest else "take it out, or write a key that is known"
    return Misfit((*path, key), f"unknown key; known are {', '.join(known)}", do, nearest)


def _member(value: Any, kind: Any) -> Any:
    """Take ranges off a type, and choose the member of a union that the value claims to be."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) not in (Union, UnionType):
        return kind
    members = [each for each in get_args(kind) if each is not type(None)]
    structs = [each for each in members if isinstance(each, type) and issubclass(each, Struct)]
    if isinstance(value, dict) and structs:
        configs = [(each, each.__struct_config__) for each in structs]
        tagged = [each for each, c in configs if c.tag_field and value.get(c.tag_field) == c.tag]
        return tagged[0] if tagged else Any if configs[0][1].tag_field else structs[0]
    return _member(value, members[0]) if len(members) == 1 else kind


_AT = re.compile(r"^(?P<what>.*) - at `(?P<path>[^`]*)`$", re.DOTALL)
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+)\]")
_NAMES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list in [ ]",
    "object": "a table",
    "date": "a date such as 2026-11-02",
    "datetime": "a time such as 2026-11-02T10:00:00Z",
}


def _named(value: Any, kind: Any, path: KeyPath, message: str) -> Misfit:
    """Put msgspec's sentence ("Expected `int` >= 1 - at `$.a.b`") into the words of a shop."""
    at = _AT.match(message)
    what, inner = (at["what"], at["path"]) if at else (message, "")
    steps = [int(number) if number else name for name, number in _STEP.findall(inner)]
    place = (*path, *steps)
    choice, limits = _choices(kind), _limits(kind)
    if choice and isinstance(value, str):
        return Misfit(place, f"{value!r} is no choice here", f"write {_either(choice)}")
    if tags := _tags(value, kind):
        return Misfit((*path, "type"), _no_tag(value), f"write {_either(tags)}")
    if wrong := re.match(r"Expected `(.+?)`, got `(.+?)`$", what):
        asked = " or ".join(_NAMES.get(w, w) for w in wrong[1].split(" | ") if w != "null")
        this = "this" if isinstance(value, (dict, list)) else repr(value)
        got = _NAMES.get(wrong[2], wrong[2])
        return Misfit(place, f"{this} is {got}, and should be {asked}", f"write {asked}")
    if said := re.match(r"Invalid RFC3339 encoded (date|datetime)", what):
        asked = _NAMES[said[1]]
        return Misfit(place, f"{value!r} is not {asked}", f"write {asked}, without quotes")
    if limits and isinstance(value, (int, float)):
        return Misfit(place, f"{value} is out of range ({limits})", f"write a number {limits}")
    return Misfit(place, what.replace("`", ""), "correct it and try again")


def _tags(value: Any, kind: Any) -> list[str]:
    """List the types that a table may have, where it has none of them."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    members = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    structs = (each for each in members if isinstance(each, type) and issubclass(each, Struct))
    tags = [each.__struct_config__.tag for each in structs]
    known = [tag for tag in tags if isinstance(tag, str)]
    return known if isinstance(value, dict) and value.get("type") not in known else []


def _no_tag(value: dict[str, Any]) -> str:
    return f"{value['type']!r} is no choice here" if "type" in value else "this key is required"


def _choices(kind: Any) -> list[str]:
    """List the words that a value may be."""
    kind = _member(None, kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(each.value) for each in kind]
    return [w for w in get_args(kind) if isinstance(w, str)] if get_origin(kind) is Literal else []


def _either(words: list[str]) -> str:
    *others, last = [f'"{word}"' for word in words]
    return f"{', '.join(others)} or {last}" if others else last


def _limits(kind: Any) -> str:
    """Say a number's range, or nothing."""
    if get_origin(kind) in (Union, UnionType):
        return next((said for each in get_args(kind) if (said := _limits(each))), "")
    metas = [each for each in getattr(kind, "__metadata__", ()) if isinstance(each, Meta)]
    for meta in metas:
        if meta.ge is not None and meta.le is not None:
            return f"from {meta.ge} to {meta.le}"
    return ""
