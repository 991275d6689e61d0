"""docs/disputes.md is as the code is: scripts and reasons, conditions, limits, what counts."""

from __future__ import annotations

import re
from typing import get_args

import msgspec

from ground.strict_toml import parse_toml
from hq.disputes import WORDING
from offers.catalogue import CATALOGUE, Script as Complaint
from offers.money import money
from staff_help import pins
from staff_help.roles import ROLES, Staff
from staff_help.script import WORDS_IN, Ending, Script, When, built_in
from staff_help.script_lint import TEXT_MOST, faults
from tests.pages import FENCE, rows_of, text_of

PAGE = text_of("disputes.md")
ROWS = {row[0].strip("`"): row for row in rows_of(PAGE)}


def test_each_script_stands_there_with_its_reasons():
    """The complaint in the shopper's words, and every reason that leads to it; no other script."""
    for name in get_args(Complaint):
        reasons = [reason.value for reason, entry in CATALOGUE.items() if entry.script == name]
        _, says, told = ROWS[name]
        assert says == built_in()[name].title["en"]
        assert re.findall(r"`(\w+)`", told) == reasons


def test_each_condition_and_each_ending_is_told():
    """The keys of `when`, the outcomes, and what a text may name."""
    keys = {name for row in ROWS for name in re.findall(r"\w+", row)}
    assert set(When.__struct_fields__) <= keys
    assert set(get_args(Ending)) <= set(ROWS)
    assert all(f"`{{{name}}}`" in PAGE for name in WORDS_IN)
    assert f"at most {TEXT_MOST} characters" in PAGE


def test_the_example_is_a_good_script():
    """It is read as it stands, and lint has nothing to say."""
    ((_, text),) = [block for block in FENCE.findall(PAGE) if block[0] == "toml"]
    assert faults(parse_toml(text, Script, "disputes.md"), ("en",)) == []


def test_the_limits_are_those_of_the_code():
    """Each role's three figures, in the store's currency."""
    for role in ROLES:
        limits = msgspec.structs.astuple(Staff().limits(role))
        figures = [money(minor, "en", "EUR").removesuffix("\u00a0€") for minor in limits]
        assert ROWS[role][1:] == figures


def test_the_numbers_of_pins_are_those_of_the_code():
    """Six digits, five tries, twenty of all, a quarter of an hour, a day; 19 MiB and two passes."""
    assert (pins.FREE_TRIES, pins.LANE_TRIES) == (5, 20)
    assert (pins.LOCKED.total_seconds(), pins.LOCKED_MOST.total_seconds()) == (900, 86400)
    assert (pins.MEMORY_KIB, pins.PASSES) == (19 * 1024, 2)
    for words in (
        "6 to 12 digits",
        "19 MiB, two passes",
        "After five misses",
        "15 minutes",
        "after twenty",
    ):
        assert words in PAGE


def test_what_counts_towards_a_halt_is_told():
    """The scripts that are about the wording, all of them."""
    (told,) = re.findall(r"\((`wrong_variant`[^)]*)\)", PAGE)
    assert tuple(re.findall(r"`(\w+)`", told)) == WORDING
