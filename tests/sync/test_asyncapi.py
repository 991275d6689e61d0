"""docs/asyncapi.json: what is said today, and a document that AsyncAPI 3.0 tools can read.

Its shape was checked once against the official schema of AsyncAPI 3.0.0, which is too large to keep
here; the rules of it that a change of ours could break are checked below.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from sync.messages import SCHEMAS
from tests.pages import ROOT
from tools.list_messages import TARGET, text

DOCUMENT = json.loads(TARGET.read_text())


def test_the_document_is_current() -> None:
    """Written anew it would be the same: python tools/list_messages.py."""
    assert TARGET.read_text() == text()
    assert TARGET.is_relative_to(ROOT / "docs")


def refs(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from refs(one)
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for one in value.values():
            yield from refs(one)


def look_up(ref: str) -> Any:
    found: Any = DOCUMENT
    for part in ref.removeprefix("#/").split("/"):
        found = found[part]
    return found


def test_every_reference_leads_somewhere() -> None:
    """And every message and schema is led to."""
    led = set(refs(DOCUMENT))
    for ref in led:
        look_up(ref)
    for kind in ("messages", "schemas"):
        for name in DOCUMENT["components"][kind]:
            assert f"#/components/{kind}/{name}" in led, name


@pytest.mark.parametrize("name", DOCUMENT["channels"])
def test_a_channel_has_its_parameters_its_message_and_its_operation(name: str) -> None:
    """A lane sends what goes up and receives what comes down, at QoS 1."""
    channel, operation = DOCUMENT["channels"][name], DOCUMENT["operations"][name]
    assert set(re.findall(r"\{(\w+)\}", channel["address"])) == set(channel["parameters"])
    assert operation["channel"]["$ref"] == f"#/channels/{name}"
    assert operation["action"] == ("send" if "/up/" in channel["address"] else "receive")
    assert operation["bindings"]["mqtt"]["qos"] == 1
    for ref in refs(operation["messages"]):
        assert look_up(ref)["$ref"].startswith("#/components/messages/")
    for key in channel["messages"]:
        assert re.fullmatch(r"[A-Za-z0-9.\-_]+", key)


def test_the_top_is_as_asyncapi_wants_it() -> None:
    """Version, info, a server with a protocol; every message names its schema as a property."""
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    assert DOCUMENT["servers"]["hq"]["protocol"] == "secure-mqtt"
    messages = DOCUMENT["components"]["messages"]
    named = {message["headers"]["properties"]["schema"]["const"] for message in messages.values()}
    inside = {m["x-text"]["schema"]["const"] for m in messages.values() if "x-text" in m}
    assert named | inside == {*SCHEMAS, "blob/1"}


def test_retained_is_what_the_wire_page_says() -> None:
    """The same five topics as in docs/wire.md."""
    page = (ROOT / "docs" / "wire.md").read_text()
    told = set(re.findall(r"^\| `(retail/[^`]+)` \| [^|]+ \| yes", page, re.MULTILINE))
    operations = DOCUMENT["operations"].items()
    kept = {name for name, one in operations if one["bindings"]["mqtt"]["retain"]}
    assert {DOCUMENT["channels"][name]["address"] for name in kept} == told
