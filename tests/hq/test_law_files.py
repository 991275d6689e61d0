"""The law packs that are shipped: whole, sourced, and the same as what lanes have built in."""

from __future__ import annotations

import shutil
import tomllib
from datetime import date
from pathlib import Path

import pytest

import hq
from ground.strict_toml import TomlComplaint
from hq.law_files import laws_for, read_law, read_laws, shipped_laws
from offers.law import BUILT_IN, bans_in_force, paper_on_request

LAWS = Path(hq.__file__).parent / "laws"
GOOD = """
title = "Nowhere"
places = ["ZZ"]
not_covered = "Everything else."
[[rule]]
forbids = "offers"
flag = "alcohol"
reason = "LEGAL_ALCOHOL"
since = 2024-01-01
source = "Act of 2024, section 1"
"""

PLACES = ["", "DE", "FR", "FR-75C", "IE", "GB-ENG", "GB-WLS", "GB-SCT", "GB-NIR", "US-CA"]
DAYS = [date(y, m, d) for y in (2021, 2023, 2025, 2026) for m, d in ((1, 11), (8, 1), (10, 1))]


@pytest.mark.parametrize("place", PLACES)
def test_lanes_have_the_same_built_in(place):
    """A store with its shipped rules and one with none decide alike, from 2021 on."""
    mine = laws_for(place)
    assert mine
    for day in (*DAYS, date(2025, 9, 30), date(2026, 3, 26)):
        assert set(bans_in_force(mine, place, day)) == set(bans_in_force((), place, day))
        asked = [bool(paper_on_request(laws, place, day)) for laws in (mine, BUILT_IN)]
        assert asked[0] == asked[1]


def test_every_rule_has_a_source():
    """House rules say that they are; every other one has a day and names where it can be read."""
    for rule in shipped_laws():
        house = rule.source.startswith("House rule")
        assert house or (rule.since and rule.url.startswith("https://")), rule


@pytest.mark.parametrize("file", sorted(path.name for path in LAWS.glob("*.toml")))
def test_every_file_says_what_it_leaves_out(file):
    """No pack pretends to be the whole law of its place."""
    law = tomllib.loads((LAWS / file).read_text())
    assert len(law["not_covered"].strip()) > 40


def test_a_directory_is_read_in_the_order_of_names(tmp_path):
    """The shipped files, copied, read the same; other files there are passed over."""
    shutil.copytree(LAWS, tmp_path / "laws")
    (tmp_path / "laws" / "notes.txt").write_text("not a law")
    assert read_laws(tmp_path / "laws") == shipped_laws()


def test_a_good_file_gives_its_rules():
    """Each rule takes the places of its file."""
    (rule,) = read_law(GOOD, "zz.toml")
    assert (rule.places, rule.flag, rule.since) == (("ZZ",), "alcohol", date(2024, 1, 1))
    assert laws_for("ZZ-1", (rule,)) == (rule,)
    assert laws_for("YY", (rule,)) == ()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('reason = "LEGAL_ALCOHOL"', 'reason = "CAP_PERSON"', "reason"),
        ('flag = "alcohol"\n', "", "flag"),
        ('forbids = "offers"', 'forbids = "unasked_paper"', "flag"),
        ("since = 2024-01-01", "since = 2024-01-02\nuntil = 2024-01-01", "until"),
        ('source = "Act of 2024, section 1"\n', "", "source"),
        ('flag = "alcohol"', 'flag = "chocolate"', "flag"),
        ("not_covered", "notcovered", "notcovered"),
    ],
)
def test_a_faulty_file_is_refused(old, new, key):
    """The complaint names file and key."""
    with pytest.raises(TomlComplaint) as caught:
        read_law(GOOD.replace(old, new), "zz.toml")
    assert (caught.value.file, caught.value.key) == ("zz.toml", key)
