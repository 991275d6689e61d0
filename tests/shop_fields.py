"""Every field of a shop's files as the types know it, in the words of docs/shop_files.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

from hq.authoring import (
    AssignmentsFile,
    ExperimentsFile,
    Name,
    OfferFile,
    PolicyFile,
    ProductsFile,
    PromotionsFile,
    RivalsFile,
    StockFile,
    StoresFile,
)
from hq.law_files import LawFile
from hq.staff_files import StaffFile
from offers.model import ProductSet

FILES: dict[str, Any] = {
    "stores.toml": StoresFile,
    "policy.toml": PolicyFile,
    "products.toml": ProductsFile,
    "stock.toml": StockFile,
    "rivals.toml": RivalsFile,
    "mass_promotions.toml": PromotionsFile,
    "experiments.toml": ExperimentsFile,
    "assignments.toml": AssignmentsFile,
    "staff.toml": StaffFile,
    "laws/NAME.toml": LawFile,
    "offers/NAME.toml": OfferFile,
}


ID = inspect.type_info(Name).pattern


class Field(NamedTuple):
    """One key: the file, the table's heading, and the first cells of its row."""

    file: str
    table: str
    key: str
    type: str
    range: str
    default: str
    kind: Any


def fields() -> Iterator[Field]:
    """Go through every field of every file."""
    for file, kind in FILES.items():
        yield from _of(kind, file, "")


def _of(kind: Any, file: str, table: str, title: str = "") -> Iterator[Field]:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    hints = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for field in info.fields:
        path = f"{table}.{field.encode_name}".lstrip(".")
        inner = bare(field.type)
        if isinstance(inner, inspect.UnionType):
            for each in inner.types:
                assert isinstance(each, inspect.StructType)
                yield from _of(each.cls, file, path, f'[{path}] type = "{each.tag}"')
        elif isinstance(inner, inspect.StructType) and not (title and inner.cls is ProductSet):
            yield from _of(inner.cls, file, path, f"[{path}]")
        elif isinstance(inner, inspect.VarTupleType) and isinstance(
            inner.item_type, inspect.StructType
        ):
            yield from _of(inner.item_type.cls, file, path, f"[[{path}]]")
        else:
            default = "required" if field.required else default_of(field)
            kind_words = (word_of(inner), range_of(inner))
            hint = hints[field.name]
            yield Field(file, title, field.encode_name, *kind_words, default, hint)


def bare(kind: inspect.Type) -> inspect.Type:
    """Take "or nothing" off a type."""
    if isinstance(kind, inspect.UnionType):
        members = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
        if len(members) == 1:
            return members[0]
    return kind


def default_of(field: inspect.Field) -> str:
    """Write a default as TOML would have it; nothing is "none"."""
    made = field.default_factory
    value = field.default if field.default is not msgspec.NODEFAULT else made()
    if value is None:
        return "none"
    text = msgspec.json.encode(value).decode()
    return f"`{text.replace(',', ', ')}`"


WORDS = {
    inspect.StrType: "text",
    inspect.IntType: "whole number",
    inspect.FloatType: "number",
    inspect.BoolType: "true or false",
    inspect.LiteralType: "text",
    inspect.EnumType: "text",
    inspect.DateType: "date",
    inspect.DateTimeType: "time",
}


def word_of(kind: inspect.Type) -> str:
    """Name a type in plain words."""
    if isinstance(kind, inspect.StructType):
        return "table"
    if isinstance(kind, inspect.VarTupleType):
        return f"list of {word_of(kind.item_type)}"
    if isinstance(kind, inspect.DictType):
        return f"table of {word_of(kind.value_type)}"
    return WORDS[type(kind)]


def range_of(kind: inspect.Type) -> str:
    """Say what a type allows."""
    if isinstance(kind, inspect.DictType):
        return range_of(kind.value_type)
    if isinstance(kind, inspect.VarTupleType):
        least = f"at least {kind.min_length}" if kind.min_length else ""
        most = f"at most {kind.max_length}" if kind.max_length else ""
        inner = range_of(kind.item_type)
        return ", ".join(part for part in (least, most, inner) if part not in ("", "any")) or "any"
    if isinstance(kind, inspect.LiteralType):
        return " or ".join(f'`"{value}"`' for value in sorted(kind.values))
    if isinstance(kind, inspect.StrType):
        return _range_of_text(kind)
    if getattr(kind, "ge", None) is not None:
        return f"{kind.ge:g} to {kind.le:g}" if kind.le < 10**6 else f"{kind.ge:g} to {kind.le:,}"
    return "a reason" if isinstance(kind, inspect.EnumType) else "any"


def _range_of_text(kind: inspect.StrType) -> str:
    if kind.pattern:
        return "an id" if kind.pattern == ID else f"`{kind.pattern}`"
    if kind.min_length:
        most = f" to {kind.max_length}" if kind.max_length else " or more"
        return f"{kind.min_length}{most} characters"
    return "any"
