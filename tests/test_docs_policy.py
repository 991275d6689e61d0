"""docs/issue_policy.md lists the rules in their order, each setting where it acts, and every law file."""

from __future__ import annotations

import re
from pathlib import Path

import hq
from hq.law_files import shipped_laws
from offers.context import Policy
from offers.issue_rules import RULES
from tests.pages import rows_of, text_of

PAGE = text_of("issue_policy.md")


def test_the_rules_stand_in_their_order():
    """One row a rule, in the order in which they are asked."""
    told = [row[0].strip("`") for row in rows_of(PAGE) if len(row) == 4 and row[0][:1] == "`"]
    assert told == [rule.__name__ for rule in RULES]


def test_every_setting_of_the_policy_is_named():
    """No number of the policy acts without being said here."""
    named = set(re.findall(r"`(\w+)`", PAGE))
    assert set(Policy.__struct_fields__) <= named


def test_every_law_file_has_its_row():
    """The files that are shipped, and the first day of each of their rules."""
    rows = {row[0].strip("`"): row[2] for row in rows_of(PAGE) if len(row) == 3}
    files = {path.name for path in (Path(hq.__file__).parent / "laws").glob("*.toml")}
    assert {name for name in rows if name.endswith(".toml")} == files
    days = {rule.since.isoformat() for rule in shipped_laws() if rule.since}
    told = set(re.findall(r"\d{4}-\d\d-\d\d", PAGE))
    assert told == days
