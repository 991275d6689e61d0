"""A lane and headquarters of different releases: packets recorded once are read by today's code.

The other way round, that an older release reads what is sent today, follows from the types: today's
may only have more fields than the recorded ones, each of them with a default.
"""

import base64
import json
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from cache.chain import intact
from offers.records import Record
from sync.errors import UnknownSchema
from sync.letters import open_letter
from sync.messages import SCHEMAS, Letter, Rows, encode
from sync.payload import Packet, read, unpack
from sync.pulls import Chunk
from sync.reading import read_down, read_up
from tests.pages import ROOT

FILES = sorted((ROOT / "tests" / "messages").glob("v*/*-*.json"))
VERSIONS = sorted((ROOT / "tests" / "messages").glob("v*"))
_record = msgspec.json.Decoder(Record)


def packets(file: Path) -> list[Packet]:
    return [
        Packet(
            one["topic"],
            base64.b64decode(one["payload"]),
            one["properties"].pop("schema"),
            one["content_type"],
            one["retain"],
            one["properties"],
        )
        for one in json.loads(file.read_text())
    ]


EVERY = [
    pytest.param(p, f.parent, id=f"{f.parent.name}-{f.stem}") for f in FILES for p in packets(f)
]


def keys(version: Path) -> dict[str, bytes]:
    """Give every name that the recorded letters know the one key by."""
    secret = bytes.fromhex((version / "hq-public.txt").read_text())
    letters = (p for f in FILES if f.parent == version for p in packets(f))
    texts = (unpack(p.content_type, p.payload) for p in letters if p.schema == "letter/1")
    return {json.loads(text)["key_id"]: secret for text in texts}


def contains(now: Any, then: Any) -> bool:
    """Tell whether everything that was said then is still there."""
    if isinstance(then, dict):
        return all(name in now and contains(now[name], then[name]) for name in then)
    if isinstance(then, list):
        return len(now) == len(then) and all(map(contains, now, then))
    return bool(now == then)


@pytest.mark.parametrize(("packet", "version"), EVERY)
def test_a_recorded_packet_is_read_and_nothing_of_it_is_lost(packet: Packet, version: Path) -> None:
    """By the reader of its end, letters with their signature; said again, it holds every field."""
    if "/up/" in packet.topic:
        message: Any = read_up(packet)[2]
    else:
        message = read_down(packet, keys(version))
    if isinstance(message, Chunk):
        assert message.data == packet.payload
        return
    then = json.loads(unpack(packet.content_type, packet.payload))
    if packet.schema == "letter/1":
        then = json.loads(then["text"])["body"]
    assert contains(json.loads(encode(message)), then)


@pytest.mark.parametrize(("packet", "version"), [p for p in EVERY if "up-rows" in p.id])
def test_recorded_rows_keep_their_hash_and_their_meaning(packet: Packet, version: Path) -> None:
    """Each row's hash fits by today's rule, and its body is the record that it says it is."""
    del version
    message = read(packet.schema, packet.content_type, packet.payload)
    assert isinstance(message, Rows)
    for row in message.rows:
        assert intact(row)
        record = _record.decode(row.body)
        assert record.__struct_config__.tag == row.kind
        assert contains(json.loads(encode(record)), json.loads(bytes(row.body)))


def test_every_message_of_the_first_version_was_recorded() -> None:
    """Each of its kinds is among the packets, those in letters too."""
    told = {p.schema for file in FILES for p in packets(file)}
    texts = [
        json.loads(unpack(p.content_type, p.payload))["text"]
        for file in FILES
        for p in packets(file)
        if p.schema == "letter/1"
    ]
    told |= {json.loads(text)["schema"] for text in texts}
    assert told == {
        *("rows/1", "ack/1", "claim/1", "claim-answer/1", "status/1", "ask/1", "blob-ask/1"),
        *("blob/1", "letter/1", "manifest/1", "recalls/1", "delta/1"),
    }


# What a newer release may do, and what it may not.


@pytest.mark.parametrize(("packet", "version"), [p for p in EVERY if "blob" not in p.id])
def test_what_a_newer_release_adds_is_ignored(packet: Packet, version: Path) -> None:
    """An unknown field and a later minor version change nothing; a letter is refused, being signed whole."""
    plain = json.loads(unpack(packet.content_type, packet.payload))
    more = plain | {"field_of_tomorrow": {"a": [1]}}
    later = json.dumps(more, separators=(",", ":"), ensure_ascii=False).encode()
    if packet.schema != "letter/1":
        newer = read(packet.schema + ".7", "application/json", later)
        assert newer == read(packet.schema, packet.content_type, packet.payload)
        return
    inside = json.loads(plain["text"])
    body = inside["body"] | {"field_of_tomorrow": 1}
    kind = SCHEMAS[inside["schema"]]
    assert msgspec.json.decode(json.dumps(body), type=kind) == open_letter(
        json.dumps(plain).encode(), kind, keys(version)
    )


@pytest.mark.parametrize(("packet", "version"), [p for p in EVERY if "blob" not in p.id])
def test_another_major_version_is_refused_in_a_sentence(packet: Packet, version: Path) -> None:
    """Which goes into the quarantine with the packet."""
    del version
    newer = packet.schema.replace("/1", "/2")
    strange = Packet(packet.topic, packet.payload, newer, packet.content_type)
    with pytest.raises(UnknownSchema, match=f"this release does not read '{newer}'"):
        read_up(strange) if "/up/" in packet.topic else read_down(strange, {})


def today() -> dict[str, Any]:
    kinds = (*SCHEMAS.values(), *get_args(Record))
    return msgspec.json.schema_components(kinds, ref_template="#/{name}")[1]


CLOSED = {Letter.__name__}  # no unknown fields: whoever adds one makes letter/2


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: path.name)
def test_today_speaks_so_that_the_older_release_understands(version: Path) -> None:
    """No field is gone or has another type, and no new one is needed to read what was sent then."""
    now = today()
    for name, then in json.loads((version / "schemas.json").read_text()).items():
        mine = now[name]
        if "properties" not in then:
            assert mine == then, name
            continue
        assert set(mine.get("required", ())) <= set(then.get("required", ())), name
        for field, kind in then["properties"].items():
            assert field in mine["properties"], f"{name}.{field}"
            assert narrows(mine["properties"][field], kind), f"{name}.{field}"
        if name in CLOSED:
            assert mine["properties"].keys() == then["properties"].keys()


def narrows(now: dict[str, Any], then: dict[str, Any]) -> bool:
    """Tell whether a field is as it was, apart from its default and further choices of a union."""
    ignored = {"default", "description", "discriminator", "enum", "anyOf", "items", "prefixItems"}
    same = all(now.get(key) == then[key] for key in then if key not in ignored)
    choices = all(one in now.get(key, ()) for key in ("enum", "anyOf") for one in then.get(key, ()))
    if isinstance(then.get("items"), dict):
        return same and choices and narrows(now.get("items", {}), then["items"])
    return same and choices
