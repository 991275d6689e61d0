"""The page's files, read once: a fixed table, so that no request ever becomes a path."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from staff_help.words import WORDS, direction

PAGE_FILES = {
    "index.html": "text/html; charset=utf-8",
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "closed.html": "text/html; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


class Asset(Struct, frozen=True):
    """One file as it is served. `etag` is quoted, as the header wants it (RFC 9110, 8.8.3)."""

    body: bytes
    content_type: str
    etag: str


@cache
def assets() -> dict[str, Asset]:
    """Read every file of the page by its name; `words.json` is made from the word table."""
    page = files("staff_help").joinpath("page")
    table = {name: asset(page.joinpath(name).read_bytes(), t) for name, t in PAGE_FILES.items()}
    table["words.json"] = asset(word_table(), "application/json")
    return table


def asset(body: bytes, content_type: str) -> Asset:
    """Name a body by what it holds."""
    return Asset(body, content_type, f'"{hashlib.sha256(body).hexdigest()[:20]}"')


def word_table() -> bytes:
    """Give the words of every language as JSON, each with its direction under "dir"."""
    table = {code: {**one, "dir": direction(code)} for code, one in WORDS.items()}
    return msgspec.json.encode(table, order="sorted")
