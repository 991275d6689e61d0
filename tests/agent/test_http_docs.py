"""docs/till_api.md is true: its examples are read by the types, its codes are the lane's codes."""

import re
from pathlib import Path

import msgspec
import pytest

from agent import staff_types, till_types
from agent.http_limits import Limits
from agent.http_page import PageOut
from agent.openapi import EVERY, openapi
from staff_help.goodwill import REFUSALS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/till_api.md").read_text()
EXAMPLES = re.findall(r"```json (\w+)\n(.*?)```", TEXT, re.DOTALL)
KINDS = vars(till_types) | vars(staff_types) | {"PageOut": PageOut}
TABLE = set(re.findall(r"^\| \d{3} \| `(\w+)`", TEXT, re.MULTILINE))


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_each_example_is_read_by_its_type(kind, text):
    """An example passes as it stands, and holds no field that the type lacks."""
    value = msgspec.json.decode(text, type=KINDS[kind])
    assert_holds(msgspec.json.decode(msgspec.json.encode(value)), msgspec.json.decode(text))


def assert_holds(known, sent) -> None:
    """Everything that was sent came through; what was left out may have its default."""
    if isinstance(sent, dict):
        for key in sent:
            assert_holds(known[key], sent[key])
    elif isinstance(sent, list):
        for one, other in zip(known, sent, strict=True):
            assert_holds(one, other)
    else:
        assert known == sent


def test_each_call_has_an_example_of_what_it_takes_and_gives():
    """No type of the contract is left to guessing."""
    types = {call.gives.__name__ for call in EVERY}
    types |= {call.takes.__name__ for call in EVERY if call.takes}
    assert types | {"Problem"} <= {kind for kind, _ in EXAMPLES}


def test_each_call_is_in_the_table():
    """Every path and method of the contract stands in the table of calls."""
    for path, methods in openapi()["paths"].items():
        for method in methods:
            assert f"| `{method.upper()} {path}` |" in TEXT


def test_each_code_is_explained_and_no_other():
    """The table of refusals holds exactly the codes that the source can answer with."""
    source = "".join(file.read_text() for file in (ROOT / "agent").glob("*.py"))
    codes = set(re.findall(r'(?:Refused|Problem)\(\s*"(\w+)"', source)) | set(REFUSALS["en"])
    assert codes == TABLE


def test_the_bounds_in_the_text_are_the_servers():
    """The numbers a till is told are those that it meets."""
    limits = Limits()
    assert f"at most {limits.body_bytes // 1024} KiB" in TEXT
    assert f"The lane takes {limits.connections} at once" in TEXT
    assert f"longer than {limits.header_s:g} s is closed" in TEXT
    assert limits.header_s == limits.body_s
    assert f"After {limits.basket_s:g} s the lane answers 503" in TEXT
    assert f"| {limits.settle_s:g} s |" in TEXT
    assert f"Every {limits.beat_s:g} s of quiet" in TEXT
