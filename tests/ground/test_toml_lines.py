"""Every key of a TOML text is found on the line where it stands, however it is written."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from ground.toml_lines import KeyPath, toml_lines

EXAMPLES = Path(__file__).parents[2] / "examples"

WRITTEN = """\
# a shop
name = "x" # [not.a.table]
"quo\\u0074ed # key" = 1

[products]
title = { en = "a, b", 'd e' = '}]' }
include = { gtins = [
  "1",   # the first ] one
  "2",
], brands = [] }
a.b."c" = true

[[shopper]]
words = '''
[[shopper]]
= " '''
[[shopper.assignment]]
score = 0.5
on = 2026-01-01 07:00:00

[[shopper.assignment]]
score = 1

[[shopper]]
text = \"\"\"one \\\"\"\" two\"\"\"\"\"

[[shopper.assignment]]
grid = [[1,
 2], [3]]
[deep . "er"]
last = nan
"""

BY_HAND: list[tuple[KeyPath, int]] = [
    (("name",), 2),
    (("quoted # key",), 3),
    (("products",), 5),
    (("products", "title", "d e"), 6),
    (("products", "include", "gtins"), 7),
    (("products", "include", "gtins", 0), 8),
    (("products", "include", "gtins", 1), 9),
    (("products", "include", "brands"), 10),
    (("products", "a", "b", "c"), 11),
    (("shopper",), 13),
    (("shopper", 0, "words"), 14),
    (("shopper", 0, "assignment", 0, "score"), 18),
    (("shopper", 0, "assignment", 0, "on"), 19),
    (("shopper", 0, "assignment", 1), 21),
    (("shopper", 0, "assignment", 1, "score"), 22),
    (("shopper", 1, "text"), 25),
    (("shopper", 1, "assignment", 0, "grid", 0, 1), 29),
    (("shopper", 1, "assignment", 0, "grid", 1, 0), 29),
    (("deep", "er", "last"), 31),
]


@pytest.mark.parametrize(("path", "line"), BY_HAND)
def test_each_way_of_writing_is_found(path: KeyPath, line: int) -> None:
    """Counted by hand in the text above, which has every form that TOML has."""
    assert toml_lines(WRITTEN).line(path) == line


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("products", "exclude", "gtins"), 5),
        (("shopper", 1, "identities"), 24),
        (("shopper", 7), 13),
        (("nothing",), 1),
        ((), 1),
    ],
)
def test_what_is_not_there_is_looked_for_in_its_table(path: KeyPath, line: int) -> None:
    """A missing key is said on the line of the table that lacks it."""
    assert toml_lines(WRITTEN).line(path) == line


def leaves(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    """Give every value that is neither table nor list, with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from leaves(inner, (*path, at))
    else:
        yield path, value


@pytest.mark.parametrize("file", sorted(EXAMPLES.rglob("*.toml")), ids=lambda file: file.name)
def test_every_value_of_the_examples_has_its_line(file: Path) -> None:
    """Every path that tomllib reads is known, on a line that holds the key or the item."""
    text = file.read_text()
    lines = toml_lines(text)
    for path, value in leaves(tomllib.loads(text)):
        line = text.splitlines()[lines.known[path] - 1]
        assert (path[-1] if isinstance(path[-1], str) else str(value).partition(chr(34))[0]) in line


KEYS = st.sampled_from(["a", "b-1", "7", '"x y"', "'q#'", '"tab\\t"', '"a.b"'])
GAPS = st.sampled_from(["", "\n", "# a = 1\n", "   \n\t# [x]\n", "\r\n"])


class Pen:
    """Writes a table in ways that hypothesis chooses; every value is a number of its own."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.numbers = itertools.count(1000)

    def value(self, depth: int) -> str:
        ways = ["plain", "word", "many", "literal"] + (["list", "table"] if depth else [])
        way, mark = self.draw(st.sampled_from(ways)), next(self.numbers)
        if way == "list":
            gap = self.draw(GAPS)
            items = [gap + self.value(depth - 1) for _ in range(self.draw(st.integers(0, 3)))]
            return f"[{','.join(items)}{self.draw(GAPS)}]"
        if way == "table":
            pairs = [f"{key} = {self.value(depth - 1)}" for key in self.keys()]
            return "{" + ", ".join(pairs) + "}"
        forms = {
            "word": f'"{mark} # ] \\" }}"',
            "many": f'"""{mark}\n[a]\n"""',
            "literal": f"'{mark}\"'",
        }
        return forms.get(way, str(mark))

    def keys(self) -> list[str]:
        return self.draw(st.lists(KEYS, unique=True, max_size=3))

    def pairs(self, depth: int) -> str:
        written = ""
        for key in self.keys():
            dots = self.draw(st.sampled_from(["", ".z", " . z.'z'"]))
            written += f"{self.draw(GAPS)}{key}{dots} = {self.value(depth)}\n"
        return written

    def text(self) -> str:
        written = self.pairs(2)
        for table in self.draw(st.lists(st.sampled_from(["t", "u . w"]), unique=True)):
            written += f"[{table}] # ]\n{self.pairs(1)}"
        for _ in range(self.draw(st.integers(0, 2))):
            written += f"{self.draw(GAPS)}[[rows]]\n{self.pairs(1)}"
            for _ in range(self.draw(st.integers(0, 2))):
                written += f"  [[rows . inner]]\n{self.pairs(1)}[rows.inner.leaf]\n{self.pairs(0)}"
        return written


@st.composite
def toml_texts(draw: st.DrawFn) -> str:
    return Pen(draw).text()


@settings(max_examples=200, deadline=None)
@given(toml_texts())
def test_every_value_that_tomllib_reads_is_on_its_line(text: str) -> None:
    """The value's own number stands on the line that is found for its path."""
    lines = toml_lines(text)
    written = text.split("\n")
    for path, value in leaves(tomllib.loads(text)):
        assert path in lines.known
        assert str(value)[:4] in written[lines.line(path) - 1]
