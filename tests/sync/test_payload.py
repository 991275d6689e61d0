"""Messages as bytes: what is packed how, and what is refused with which reason."""

import json
from datetime import UTC, datetime

import pytest
import zstandard
from hypothesis import given, strategies as st

from offers.records import Incarnation
from sync.errors import BadPayload, BadWords, UnknownSchema
from sync.messages import Ack, BlobAsk, Rejected
from sync.payload import JSON, ZSTD_JSON, pack, read, unpack, write

EPOCH = Incarnation("a" * 16)
SMALL = Ack(EPOCH, 7, at=datetime(2026, 3, 2, 9, tzinfo=UTC))
BIG = Ack(EPOCH, 900, tuple(Rejected(seq, "malformed") for seq in range(200)))


def test_a_small_message_is_plain_json() -> None:
    """Anyone can read it on the wire."""
    content_type, payload = write(SMALL)
    assert content_type == JSON
    assert json.loads(payload) == {
        "epoch": "a" * 16,
        "upto": 7,
        "rejected": [],
        "at": "2026-03-02T09:00:00Z",
    }


def test_a_big_message_is_compressed() -> None:
    """Above 1 KB the payload is a zstd frame of the same JSON."""
    content_type, payload = write(BIG)
    assert content_type == ZSTD_JSON
    assert len(payload) < 1024
    assert json.loads(zstandard.ZstdDecompressor().decompress(payload))["upto"] == 900


@pytest.mark.parametrize("message", [SMALL, BIG])
def test_what_is_packed_reads_the_same(message: Ack) -> None:
    """A packet says what it holds, and its reader gets it."""
    packet = pack("a/topic", message, retain=True)
    assert (packet.schema, packet.retain) == ("ack/1", True)
    assert read(packet.schema, packet.content_type, packet.payload) == message


def test_unknown_fields_are_ignored() -> None:
    """A newer headquarters may say more."""
    payload = b'{"epoch":"aaaaaaaaaaaaaaaa","upto":7,"mood":{"a":[1]}}'
    assert read("ack/1.4", JSON, payload) == Ack(EPOCH, 7)


@pytest.mark.parametrize("schema", ["ack/2", "ack", "", "gossip/1", "x" * 1000])
def test_an_unknown_schema_is_its_own_refusal(schema: str) -> None:
    """The shell can tell a newer peer from rubbish."""
    with pytest.raises(UnknownSchema) as caught:
        read(schema, JSON, b"{}")
    assert len(caught.value.why) < 120


@pytest.mark.parametrize(
    ("content_type", "payload"),
    [
        (JSON, b""),
        (JSON, b"{"),
        (JSON, b'{"epoch":"a"}'),
        (JSON, b'{"epoch":"a","upto":-1}'),
        (JSON, b'{"epoch":"a","upto":NaN}'),
        (JSON, b'{"epoch":"a","upto":12345678901234567890123}'),
        (JSON, b'{"epoch":"\xff","upto":1}'),
        (JSON, b'{"epoch":"a","upto":1,"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        (ZSTD_JSON, b"no frame"),
        (ZSTD_JSON, zstandard.compress(b'{"epoch":"a","upto":1}' * 9)[:-9]),
        ("text/plain", b'{"epoch":"a","upto":1}'),
    ],
)
def test_malformed_payloads_are_refused(content_type: str, payload: bytes) -> None:
    """Whatever is wrong, it is BadPayload and nothing else."""
    with pytest.raises(BadPayload):
        read("ack/1", content_type, payload)


def test_a_bomb_stops_at_the_limit() -> None:
    """Forty kilobytes that unpack to a gigabyte, declared or not, give up after the limit."""
    declared = zstandard.compress(bytes(64 * 1024 * 1024))
    writer = zstandard.ZstdCompressor().compressobj()
    hidden = b"".join(writer.compress(bytes(1 << 20)) for _ in range(64)) + writer.flush()
    for bomb in (declared, hidden):
        assert len(bomb) < 40_000
        with pytest.raises(BadPayload, match="longer than 1000 bytes"):
            unpack(ZSTD_JSON, bomb, limit=1000)


def test_the_limit_itself_is_allowed() -> None:
    """One byte more is refused, packed or plain."""
    for content_type, data in ((JSON, bytes(1000)), (ZSTD_JSON, zstandard.compress(bytes(1000)))):
        assert unpack(content_type, data, limit=1000) == bytes(1000)
        with pytest.raises(BadPayload):
            unpack(content_type, data, limit=999)


@given(st.binary(max_size=300), st.sampled_from([JSON, ZSTD_JSON]))
def test_no_bytes_do_anything_but_read_or_refuse(payload: bytes, content_type: str) -> None:
    """Rubbish never raises anything the shell does not expect."""
    try:
        message = read("blob-ask/1", content_type, payload)
    except BadWords:
        return
    assert isinstance(message, BlobAsk)
