"""Write `docs/asyncapi.json`: every topic and message between lane and headquarters, made from the types.

`python tools/list_messages.py`; a test holds the file to what the code reads today. AsyncAPI 3.0,
seen from a lane: it sends what goes up, it receives what comes down.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import msgspec

from offers.records import Record
from sync.link_options import SESSION_EXPIRY_S
from sync.messages import CHUNK_BYTES, SCHEMAS, Letter
from sync.payload import BYTES, COMPRESS_ABOVE_BYTES, JSON, LIMIT_BYTES, NAMES, ZSTD_JSON
from sync.reading import CARRIED, CHUNK_SCHEMA
from sync.topics import Down, StoreDown, Up, down, store_down, up

TARGET = Path(__file__).parent.parent / "docs" / "asyncapi.json"
Json = dict[str, Any]
RETAINED = {"up.status", "lane.down.ack", "store.down.manifest", "store.down.recall"}
RETAINED |= {"store.down.seat", "store.down.erased"}
BINDING = "0.2.0"
STORE, LANE = "{store}", "{lane}"
PARAMETERS: Json = {
    "store": {"description": "The store's id, a level of its own."},
    "lane": {"description": "The lane's id in its store, a level of its own."},
}
SERVER: Json = {
    "host": "hq.example:8883",
    "protocol": "secure-mqtt",
    "protocolVersion": "5",
    "description": "Headquarters' broker; a client is named by its certificate, STORE/LANE.",
    "security": [{"$ref": "#/components/securitySchemes/certificate"}],
    "bindings": {
        "mqtt": {
            "clientId": "{store}-{lane}-lane",
            "cleanSession": False,
            "keepAlive": 25,
            "sessionExpiryInterval": SESSION_EXPIRY_S,
            "maximumPacketSize": LIMIT_BYTES + 4096,
            "lastWill": {
                "topic": "retail/v1/{store}/{lane}/up/status",
                "qos": 1,
                "retain": True,
                "message": "status/1 with online false, 15 s after the lane fell silent",
            },
            "bindingVersion": BINDING,
        }
    },
}


def document() -> Json:
    """Give the whole document."""
    channels = _channels()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "tillside: a lane and headquarters",
            "version": "1.0.0",
            "description": "Made by tools/list_messages.py. wire.md says when what is said.",
        },
        "defaultContentType": JSON,
        "servers": {"hq": SERVER},
        "channels": channels,
        "operations": {name: _operation(name, channel) for name, channel in channels.items()},
        "components": {
            "messages": _messages(),
            "schemas": _schemas(),
            "securitySchemes": {"certificate": {"type": "X509"}},
        },
    }


def _channels() -> Json:
    found: Json = {}
    for what in get_args(Up):
        kind = CARRIED["up"][what]
        found[f"up.{what}"] = _channel(up(STORE, LANE, what), [NAMES[kind]])  # type: ignore[arg-type]
    for what in get_args(Down):
        topic = down(STORE, LANE, what)  # type: ignore[arg-type]
        found[f"lane.down.{what}"] = _channel(topic, _carried_down(what))
    for what in get_args(StoreDown):
        topic = store_down(STORE, what)  # type: ignore[arg-type]
        found[f"store.down.{what}"] = _channel(topic, _carried_down(what))
    return found


def _carried_down(what: str) -> list[str]:
    if what == "blob":
        return [CHUNK_SCHEMA]
    if what in CARRIED["letters"]:
        return [f"letter/1 {NAMES[CARRIED['letters'][what]]}"]
    return [NAMES[CARRIED["down"][what]]]


def _channel(address: str, messages: list[str]) -> Json:
    known = {name: text for name, text in PARAMETERS.items() if f"{{{name}}}" in address}
    refs = {_key(name): {"$ref": f"#/components/messages/{_key(name)}"} for name in messages}
    return {"address": address, "parameters": known, "messages": refs}


def _operation(name: str, channel: Json) -> Json:
    ours = f"#/channels/{name}"
    return {
        "action": "send" if name.startswith("up.") else "receive",
        "channel": {"$ref": ours},
        "messages": [{"$ref": f"{ours}/messages/{key}"} for key in channel["messages"]],
        "bindings": {
            "mqtt": {"qos": 1, "retain": name in RETAINED, "bindingVersion": BINDING},
        },
    }


def _messages() -> Json:
    sealed = {Letter, *CARRIED["letters"].values()}  # these travel inside letters only
    plain = {name: kind for name, kind in SCHEMAS.items() if kind not in sealed}
    found = {_key(name): _message(name, name, kind.__name__) for name, kind in plain.items()}
    for kind in CARRIED["letters"].values():
        held = NAMES[kind]
        key = _key(f"letter/1 {held}")
        found[key] = _message(f"letter/1 holding {held}", "letter/1", "Letter")
        found[key]["x-text"] = {
            "schema": {"const": held},
            "body": {"$ref": f"#/components/schemas/{kind.__name__}"},
        }
    found[_key(CHUNK_SCHEMA)] = {
        "name": CHUNK_SCHEMA,
        "title": f"A chunk of a blob: {CHUNK_BYTES} raw bytes, the last one fewer",
        "contentType": BYTES,
        "headers": _headers(CHUNK_SCHEMA, {"sha256": "^[0-9a-f]{64}$", "offset": "^[0-9]{1,18}$"}),
        "payload": {"type": "string", "format": "binary", "maxLength": CHUNK_BYTES},
    }
    return found


def _message(title: str, schema: str, kind: str) -> Json:
    return {
        "name": schema,
        "title": title,
        "contentType": JSON,
        "description": f"{ZSTD_JSON} where the JSON is longer than {COMPRESS_ABOVE_BYTES} bytes.",
        "headers": _headers(schema, {}),
        "payload": {"$ref": f"#/components/schemas/{kind}"},
    }


def _headers(schema: str, more: dict[str, str]) -> Json:
    """Say which MQTT user properties a packet has."""
    texts = {name: {"type": "string", "pattern": pattern} for name, pattern in more.items()}
    known: Json = {"schema": {"type": "string", "const": schema}, **texts}
    return {"type": "object", "required": list(known), "properties": known}


def _schemas() -> Json:
    kinds = (*SCHEMAS.values(), *get_args(Record))
    _, found = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    records = [{"$ref": f"#/components/schemas/{kind.__name__}"} for kind in get_args(Record)]
    found["Row"]["properties"]["body"] = {"anyOf": records}
    return {name: _plain(found[name]) for name in sorted(found)}


def _plain(schema: Any) -> Any:
    """Drop OpenAPI's discriminators, which AsyncAPI spells otherwise: each tag is a constant anyway."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if isinstance(schema, dict):
        return {name: _plain(one) for name, one in schema.items() if name != "discriminator"}
    return schema


def _key(name: str) -> str:
    """Make a key of a message's name: AsyncAPI allows letters, digits, dots, dashes, underscores."""
    return name.replace("/", "-").replace(" ", "-")


def text() -> str:
    """Give the file as it should be."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
