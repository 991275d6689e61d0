"""Where a TOML text says what: the line of each key, so that a complaint can point at it.

`tomllib` gives values without places. This reads the text a second time, for places only: it takes
for granted that `tomllib` has accepted it (TOML 1.0.0, https://toml.io/en/v1.0.0).
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping

KeyPath = tuple[str | int, ...]  # ("shopper", 0, "assignment", 2, "score")

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY_PART = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_SCALAR = re.compile(
    r'"""(?:[^\\]|\\.)*?""""{0,2}'
    r"|'''.*?''''{0,2}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|[^,\]}#\n]+",  # a number, a date, true, false
    re.DOTALL,
)


class Lines:
    """The lines of a file by key path, the first line being 1."""

    def __init__(self, known: Mapping[KeyPath, int]) -> None:
        self.known = known

    def line(self, path: KeyPath) -> int:
        """Give the line of a key; what stands nowhere has the line of the table that lacks it."""
        while path and path not in self.known:
            path = path[:-1]
        return self.known.get(path, 1)


def toml_lines(text: str) -> Lines:
    """Find the line of every table, key and list item of a text that is TOML."""
    reader = _Reader(text)
    reader.read()
    return Lines(reader.found)


class _Reader:
    """Goes through the text once, from left to right."""

    def __init__(self, text: str) -> None:
        self.found: dict[KeyPath, int] = {}
        self._text = text
        self._at = 0
        self._line_ends = [place for place, sign in enumerate(text) if sign == "\n"]
        self._rows: dict[KeyPath, int] = {}  # tables of a list so far, less one

    def read(self) -> None:
        table: KeyPath = ()
        self._skip()
        while self._at < len(self._text):
            if self._next() == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip()

    def _header(self) -> KeyPath:
        """Read `[table]` or `[[table]]`; gives the table's path."""
        line = self._line()
        brackets = 2 if self._text.startswith("[[", self._at) else 1
        self._at += brackets
        *outer, last = self._key()
        self._at += brackets
        table: KeyPath = ()
        for part in outer:
            table = (*table, part)
            self.found.setdefault(table, line)
            if table in self._rows:
                table = (*table, self._rows[table])
        table = (*table, last)
        self.found.setdefault(table, line)
        if brackets == 2:
            self._rows[table] = self._rows.get(table, -1) + 1
            table = (*table, self._rows[table])
        self.found[table] = line
        return table

    def _pair(self, table: KeyPath) -> None:
        """Read `key = value`; a dotted key makes tables on its way."""
        line = self._line()
        path = table
        for part in self._key():
            path = (*path, part)
            self.found.setdefault(path, line)
        self._at += 1  # the "="
        self._skip()
        self._value(path)

    def _key(self) -> list[str]:
        parts: list[str] = []
        while not parts or self._next() == ".":
            if parts:
                self._at += 1
            self._skip()
            raw = self._take(_KEY_PART)
            quoted = raw[0] in "\"'"
            parts.append(next(iter(tomllib.loads(f"{raw} = 0"))) if quoted else raw)
            self._skip()
        return parts

    def _value(self, path: KeyPath) -> None:
        opening = self._next()
        if opening not in ("[", "{"):
            self._take(_SCALAR)
            return
        self._at += 1
        number = 0
        while self._skip() not in ("]", "}"):
            if self._next() == ",":
                self._at += 1
            elif opening == "{":
                self._pair(path)
            else:
                self.found[(*path, number)] = self._line()
                self._value((*path, number))
                number += 1
        self._at += 1

    def _skip(self) -> str:
        self._take(_BLANK)
        return self._next()

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise ValueError(f"line {self._line()} is not TOML")
        self._at = found.end()
        return found.group()

    def _line(self) -> int:
        return bisect_right(self._line_ends, self._at - 1) + 1
