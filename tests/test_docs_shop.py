"""docs/shop_files.md has every field of every file, as the types have it, with a good example."""

from __future__ import annotations

import re
import tomllib
from typing import get_args

import msgspec
import pytest

from ground.strict_toml import read_toml
from hq.authoring import OfferFile
from offers.model import Offer, Reward
from tests.pages import ROOT, rows_of, text_of
from tests.shop_fields import FILES, Field, fields

EXAMPLES = ROOT / "examples" / "shop"
REAL = list(fields())


def told() -> dict[tuple[str, str, str], list[str]]:
    """Read the page's tables: (file, table, key) -> the other cells."""
    found = {}
    parts = re.split(r"^(##+) +(.*)$", text_of("shop_files.md"), flags=re.MULTILINE)
    file = table = ""
    for level, heading, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        words = " ".join(re.findall(r"`([^`]+)`", heading))
        file, table = (words, "") if level == "##" else (file, words)
        for row in rows_of(body):
            if row[0].startswith("`"):
                found[file, table, row[0].strip("`")] = row[1:]
    return found


TOLD = told()


def test_every_field_is_documented():
    """Each key of each file with its type, range and default; no other."""
    real = {(f.file, f.table, f.key): [f.type, f.range, f.default] for f in REAL}
    assert {place: cells[:3] for place, cells in TOLD.items()} == real


@pytest.mark.parametrize("field", REAL, ids=lambda field: f"{field.file}-{field.table}-{field.key}")
def test_every_example_of_a_field_is_allowed(field: Field):
    """The example in each row passes the type of its key, and each key has a meaning."""
    *_, meaning, example = TOLD[field.file, field.table, field.key]
    assert meaning
    value = tomllib.loads(f"{field.key} = {example.strip('`')}")[field.key]
    msgspec.convert(value, field.kind)


def test_every_reward_has_its_heading():
    """One that has no key of its own is told, too."""
    page = text_of("shop_files.md")
    for kind in get_args(Reward):
        assert f'### `[reward]` `type = "{kind.__struct_config__.tag}"`' in page


def test_an_offer_file_has_every_field_of_an_offer():
    """What a lane decides by can be written: all but the version, which apply counts up."""
    assert set(OfferFile.__struct_fields__) == set(Offer.__struct_fields__) - {"version"}


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.toml")), ids=lambda path: path.name)
def test_each_file_of_the_example_shop_is_one_of_these(path):
    """It is good, and begins by saying what it is."""
    name = path.relative_to(EXAMPLES).as_posix()
    read_toml(path, FILES[re.sub(r"^(laws|offers)/.*", r"\1/NAME.toml", name)])
    assert path.read_text().startswith("# ")
