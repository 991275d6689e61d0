"""Signed words, and every topic's reader: nothing unsigned, misdirected or altered gets through."""

import base64
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct, structs

from offers.model import Gtin, LaneId, StoreId
from offers.records import Incarnation
from sync import topics
from sync.errors import BadLetter, BadPayload, UnknownSchema
from sync.letters import open_letter, seal
from sync.messages import Ack, Delta, Letter, Manifest, Recalls, encode
from sync.payload import Packet, pack
from sync.pulls import Chunk
from sync.reading import chunk_packet, read_down, read_up

S, L = StoreId("S1"), LaneId("2")
PRIVATE = bytes(range(32))
SIGNER = Ed25519PrivateKey.from_private_bytes(PRIVATE)
PUBLIC = {"hq1": SIGNER.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)}
RECALLS = Recalls(S, 4, (Gtin("04006381333931"),))
MANIFEST = Manifest(
    S, "g7", 7, datetime(2026, 3, 2, tzinfo=UTC), "ab" * 32, 10, "cd" * 32, 20, 1, {"offer": 3}, 5
)


def signed(text: str, key_id: str = "hq1") -> bytes:
    """Write a letter by hand, without the code under test."""
    signature = base64.b64encode(SIGNER.sign(text.encode())).decode()
    return json.dumps({"text": text, "key_id": key_id, "signature": signature}).encode()


def test_a_sealed_letter_opens() -> None:
    """What headquarters seals, a lane with the public key reads."""
    assert open_letter(encode(seal(RECALLS, "hq1", PRIVATE)), Recalls, PUBLIC) == RECALLS


def test_a_letter_written_by_hand_opens() -> None:
    """The form that docs/wire.md gives is the form: schema and body in the signed text."""
    text = '{"schema": "recalls/1", "body": {"store": "S1", "rev": 4, "gtins": ["04006381333931"]}}'
    assert open_letter(signed(text), Recalls, PUBLIC) == RECALLS


def test_an_altered_word_breaks_the_signature() -> None:
    """Not a byte of the text may change."""
    letter = seal(RECALLS, "hq1", PRIVATE)
    altered = structs.replace(letter, text=letter.text.replace("04006381333931", "04006381333932"))
    with pytest.raises(BadLetter, match="signature"):
        open_letter(encode(altered), Recalls, PUBLIC)


@pytest.mark.parametrize("signature", ["", "AAAA", "not base64!", "é"])
def test_a_signature_that_is_none(signature: str) -> None:
    """Rubbish in the signature's place is refused like a wrong one."""
    letter = structs.replace(seal(RECALLS, "hq1", PRIVATE), signature=signature)
    with pytest.raises(BadLetter):
        open_letter(encode(letter), Recalls, PUBLIC)


def test_an_unknown_key_is_named() -> None:
    """Store IT reads which key the lane lacks."""
    with pytest.raises(BadLetter, match="'hq2'"):
        open_letter(encode(seal(RECALLS, "hq2", PRIVATE)), Recalls, PUBLIC)


def test_a_manifest_cannot_pass_for_recalls() -> None:
    """Both have a store and a rev; without the schema in the text, recalls would end."""
    with pytest.raises(BadLetter, match="'manifest/1'"):
        open_letter(encode(seal(MANIFEST, "hq1", PRIVATE)), Recalls, PUBLIC)


@pytest.mark.parametrize(
    "text",
    [
        '{"schema": "recalls/1", "schema": "recalls/1", "body": {"store": "S1", "rev": 4}}',
        '{"schema": "recalls/1", "body": {"store": "S1", "rev": 4, "rev": 5}}',
        '{"schema": "recalls/1", "body": {"store": "S1"}}',
        '{"schema": "recalls/1"}',
        "[]",
        "",
        "[" * 100_000,
    ],
)
def test_signed_rubbish_is_refused(text: str) -> None:
    """A right signature does not excuse a key that stands twice, or a missing field."""
    with pytest.raises(BadLetter):
        open_letter(signed(text), Recalls, PUBLIC)


@pytest.mark.parametrize("payload", [b"", b"{}", b"\xff", b'{"text":1,"key_id":"","signature":""}'])
def test_what_is_no_letter_is_refused(payload: bytes) -> None:
    """Unsigned bytes never reach a reader."""
    with pytest.raises(BadLetter):
        open_letter(payload, Recalls, PUBLIC)


DELTA = Delta(S, 3, 2, ())
CHUNK = Chunk("ab" * 32, 16384, b"\x00\x01")


@pytest.mark.parametrize(
    ("packet", "message"),
    [
        (pack(topics.store_down(S, "manifest"), seal(MANIFEST, "hq1", PRIVATE)), MANIFEST),
        (pack(topics.store_down(S, "recall"), seal(RECALLS, "hq1", PRIVATE)), RECALLS),
        (pack(topics.down(S, L, "delta"), seal(DELTA, "hq1", PRIVATE)), DELTA),
        (pack(topics.down(S, L, "lease"), seal(DELTA, "hq1", PRIVATE)), DELTA),
        (pack(topics.down(S, L, "ack"), Ack(Incarnation("a"), 1)), Ack(Incarnation("a"), 1)),
        (chunk_packet(topics.down(S, L, "blob"), CHUNK), CHUNK),
    ],
)
def test_each_topic_down_has_its_reader(packet: Packet, message: Struct | Chunk) -> None:
    """The topic says what is due; the reader gives it, verified."""
    assert read_down(packet, PUBLIC) == message


def test_unsigned_recalls_are_refused() -> None:
    """Recalls without a letter around them are not recalls."""
    with pytest.raises(BadPayload, match="letter/1 is due"):
        read_down(pack(topics.store_down(S, "recall"), RECALLS), PUBLIC)


def test_a_letter_of_a_newer_form_is_an_unknown_schema() -> None:
    """The lane says that it is too old, not that headquarters lies."""
    packet = Packet(topics.store_down(S, "recall"), b"{}", "letter/2", "application/json")
    with pytest.raises(UnknownSchema):
        read_down(packet, PUBLIC)


@pytest.mark.parametrize(
    "packet",
    [
        pack("retail/v1/S1/2/down/gossip", Ack(Incarnation("a"), 1)),
        pack(topics.down(S, L, "claim"), Ack(Incarnation("a"), 1)),
        Packet("x/blob", bytes(16385), "blob/1", extra={"offset": "0"}),
        Packet("x/blob", b"", "blob/1", extra={"offset": "-1"}),
        Packet("x/blob", b"", "blob/1"),
        Packet("x/blob", b"", "ack/1", extra={"offset": "0"}),
    ],
)
def test_the_wrong_thing_on_a_topic_is_refused(packet: Packet) -> None:
    """A topic carries what it is for."""
    with pytest.raises(BadPayload):
        read_down(packet, PUBLIC)


def test_up_says_who_spoke() -> None:
    """Store and lane come from the topic, which the broker's rules vouch for."""
    ask = pack(topics.up(S, L, "status"), Ack(Incarnation("a"), 1))
    with pytest.raises(BadPayload, match="status/1 is due"):
        read_up(ask)
    with pytest.raises(BadPayload, match="nothing is due"):
        read_up(Packet("retail/v1/S1/2/up/gossip", b""))


def test_a_letter_carries_its_key_id() -> None:
    """The id beside the signature is what a rotation needs."""
    letter = seal(RECALLS, "hq1", PRIVATE)
    assert isinstance(letter, Letter)
    assert letter.key_id == "hq1"
