"""The page's files, read once: a fixed table, so that no request ever becomes a path."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from offers.model import Language
from staff_help.words import ENGLISH, direction, spoken, words

SCRIPT = "text/javascript; charset=utf-8"
PAGE_FILES = {
    "index.html": "text/html; charset=utf-8",
    "page.css": "text/css; charset=utf-8",
    "page.js": SCRIPT,
    "words.js": SCRIPT,
    "sale.js": SCRIPT,
    "more.js": SCRIPT,
    "ask.js": SCRIPT,
    "past.js": SCRIPT,
    "drawer.js": SCRIPT,
    "closed.html": "text/html; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
PLAIN_PAGE = b'<html lang="en" dir="ltr">'


class Asset(Struct, frozen=True):
    """One file as it is served. `etag` is quoted, as the header wants it (RFC 9110, 8.8.3).

    `packed` is the body in gzip, for a browser that takes it: all of them do.
    """

    body: bytes
    content_type: str
    etag: str
    packed: bytes


@cache
def assets(language: Language = ENGLISH) -> dict[str, Asset]:
    """Read every file of the page by its name; `words.json` and the page itself are in a language."""
    page = files("staff_help").joinpath("page")
    table = {name: asset(page.joinpath(name).read_bytes(), t) for name, t in PAGE_FILES.items()}
    table["words.json"] = asset(word_table(language), "application/json")
    table["index.html"] = asset(
        spoken_page(table["index.html"].body, language), PAGE_FILES["index.html"]
    )
    return table


def asset(body: bytes, content_type: str) -> Asset:
    """Name a body by what it holds, and pack it."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    return Asset(body, content_type, etag, gzip.compress(body, mtime=0))


def word_table(language: Language) -> bytes:
    """Give the page's words in a language as JSON, with its tag and its direction."""
    told = {**words(language), "lang": language, "dir": direction(spoken(language))}
    return msgspec.json.encode(told, order="sorted")


def spoken_page(body: bytes, language: Language) -> bytes:
    """Say at the top of the page in which language it is, and which way that is written."""
    way = direction(spoken(language))
    return body.replace(PLAIN_PAGE, f'<html lang="{language}" dir="{way}">'.encode(), 1)
