"""Packets in, packets out: what a lane is answered, and what every lane is told."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from ground.complaints import Complaint
from ground.key_files import KeyRing
from hq.desk import HqDesk, open_desk
from hq.keys import make_keys
from hq.publish import recall, rollback, set_stock
from offers.records import ClaimId, Noted
from sync.messages import (
    Ack,
    Ask,
    BlobAsk,
    Claim,
    ClaimAnswer,
    Delta,
    Manifest,
    Recalls,
    Status,
)
from sync.payload import Packet, pack
from sync.pulls import Chunk
from sync.reading import read_down
from sync.topics import up
from tests.hq.conftest import NOON

OAT = "09520000005016"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    make_keys(tmp_path / "keys", NOON)
    return tmp_path / "keys"


@pytest.fixture
def desk(store, keys, publish) -> HqDesk:
    publish()
    return open_desk(store, keys)


def heard(packet: Packet, keys: Path):
    """Read a packet as the lane does, its signature with it."""
    return read_down(packet, KeyRing.load(keys).every("hq-public"))


def told(desk: HqDesk, keys: Path) -> list:
    """Announce all that is due."""
    found = []
    for due in desk.due():
        found.append(heard(due.packet, keys))
        due.done()
    return found


def say(what, message) -> Packet:
    return pack(up("s001", "1", what), message)


def test_rows_are_answered_by_a_retained_acknowledgement(desk, keys, lane1) -> None:
    """On the lane's own topic, after the commit."""
    lane1.write(Noted("a", ""))
    (answer,) = desk.answer(say("rows", lane1.everything()), NOON)
    assert (answer.topic, answer.retain) == ("retail/v1/s001/1/down/ack", True)
    assert heard(answer, keys) == Ack(lane1.epoch, 1, (), NOON)


def test_a_claim_is_answered(desk, keys) -> None:
    """Grant first, then deny with the place."""
    for lane, expected in (("1", "grant"), ("2", "deny")):
        claim = Claim(ClaimId(lane * 16, 1), "000000010000", "9520000900052", "oat-30", "u", NOON)
        (answer,) = desk.answer(pack(up("s001", lane, "claim"), claim), NOON)
        word = heard(answer, keys)
        assert isinstance(word, ClaimAnswer)
        assert (answer.topic, word.answer) == (f"retail/v1/s001/{lane}/down/claim", expected)


def test_leases_come_signed_and_under_the_stores_own_key(desk, keys) -> None:
    """The key's id is made for this store; the key is in the store's folder."""
    (answer,) = desk.answer(say("ask", Ask("leases", "a" * 16)), NOON)
    given = heard(answer, keys)
    assert answer.topic == "retail/v1/s001/1/down/lease"
    (key_id,) = {op.lease.key_id for op in given.ops}
    assert KeyRing.load(keys / "stores/s001").ids("serial") == [key_id]
    assert [op.lease.lease for op in given.ops] == [0, 1]


def test_a_store_that_nobody_named_gets_nothing_and_no_folder(desk, keys) -> None:
    """A name from a topic does not become a path."""
    ask = pack("retail/v1/../1/up/ask", Ask("leases", "a" * 16))
    assert desk.answer(ask, NOON) == []
    assert desk.answer(pack(up("s009", "1", "ask"), Ask("deltas", "a" * 16)), NOON) == []
    assert not (keys / "stores").exists()


def test_a_blob_comes_in_chunks_of_the_published_file(desk, keys, store) -> None:
    """Put together they have the manifest's hash; an unknown name gives nothing."""
    manifest = store.manifest("s001", store.store("s001").generation)
    data = b""
    while len(data) < manifest.size:
        answers = desk.answer(say("blob", BlobAsk(manifest.sha256, len(data), 2)), NOON)
        for answer in answers:
            chunk = heard(answer, keys)
            assert isinstance(chunk, Chunk)
            assert (chunk.offset, len(chunk.data) <= 16384) == (len(data), True)
            data += chunk.data
    assert hashlib.sha256(data).hexdigest() == manifest.sha256
    for strange in ("0" * 64, "../../etc/passwd", manifest.raw_sha256):
        assert desk.answer(say("blob", BlobAsk(strange, 0, 1)), NOON) == []


def test_nonsense_is_kept_and_not_answered(desk, store) -> None:
    """A wrong schema, broken bytes, a topic that no lane has."""
    for packet in (
        Packet(up("s001", "1", "rows"), b"{}", "rows/9", "application/json"),
        Packet(up("s001", "1", "rows"), b"\xff\xfe", "rows/1", "application/json"),
        Packet(up("s001", "1", "rows"), b"x" * 50, "rows/1", "application/json;enc=zstd"),
        Packet("elsewhere", b"", "rows/1", "application/json"),
    ):
        assert desk.answer(packet, NOON) == []
    assert store.conn.execute("SELECT count(*) FROM bad_packets").fetchone() == (4,)


def test_a_publication_is_announced_once(desk, keys, store) -> None:
    """The manifest with its revision, and then nothing more."""
    (manifest,) = told(desk, keys)
    assert isinstance(manifest, Manifest)
    assert (manifest.store, manifest.rev) == ("s001", 1)
    assert told(desk, keys) == []


def test_what_could_not_be_sent_is_due_again(desk) -> None:
    """Only `done` makes it told."""
    assert [due.packet.topic for due in desk.due()] == ["retail/v1/s001/down/manifest"]
    assert len(list(desk.due())) == 1


def test_recalls_go_out_first(desk, keys, store) -> None:
    """Before deltas and manifests."""
    set_stock(store, "s001", OAT, 9, NOON)
    recall(store, ["s001"], [OAT], [], False, NOON)
    assert [type(word) for word in told(desk, keys)] == [Recalls, Delta, Manifest]


def test_changes_of_two_commands_come_as_one_delta(desk, keys, store) -> None:
    """Each delta follows the one that was told before."""
    told(desk, keys)
    set_stock(store, "s001", OAT, 9, NOON)
    set_stock(store, "s001", OAT, 8, NOON)
    (first,) = told(desk, keys)
    set_stock(store, "s001", OAT, 7, NOON)
    (second,) = told(desk, keys)
    assert [(d.prev_rev, d.rev, len(d.ops)) for d in (first, second)] == [(0, 2, 2), (2, 3, 1)]


def test_a_rollback_is_a_newer_manifest_of_the_older_generation(desk, keys, store, publish) -> None:
    """The lane takes it because its revision is higher."""
    (first,) = told(desk, keys)
    publish(NOON + timedelta(hours=1))
    rollback(store, "s001")
    (manifest,) = told(desk, keys)
    assert (manifest.generation, manifest.rev) == (first.generation, 3)


def test_a_new_broker_is_told_the_retained_words_again(desk, keys, store) -> None:
    """Manifest and recalls, not the deltas: those are asked for."""
    set_stock(store, "s001", OAT, 9, NOON)
    recall(store, ["s001"], [OAT], [], False, NOON)
    told(desk, keys)
    desk.tell_again()
    assert [type(word) for word in told(desk, keys)] == [Recalls, Manifest]


def test_a_store_that_is_gone_has_its_words_emptied(desk, keys, store, publish, spoil) -> None:
    """A lane of a closed store finds nothing retained."""
    told(desk, keys)
    for file in ("stores.toml", "stock.toml"):
        path = spoil.__closure__[0].cell_contents / file
        path.write_text(path.read_text().replace('"s001"', '"s002"'))
    publish(NOON + timedelta(hours=1))
    packets = []
    for due in desk.due():
        packets.append(due.packet)
        due.done()
    emptied = [(p.topic, p.retain) for p in packets if not p.payload]
    assert emptied == [
        ("retail/v1/s001/down/manifest", True),
        ("retail/v1/s001/down/erased", True),
        ("retail/v1/s001/down/recall", True),
    ]
    assert list(desk.due()) == []


def test_a_missed_delta_is_sent_to_the_one_lane(desk, keys, store) -> None:
    """On its own topic; an ask that reaches too far back gets the manifest."""
    set_stock(store, "s001", OAT, 9, NOON)
    (answer,) = desk.answer(say("ask", Ask("deltas", "a" * 16, "", 0)), NOON)
    assert (answer.topic, heard(answer, keys).rev) == ("retail/v1/s001/1/down/delta", 1)
    (answer,) = desk.answer(say("ask", Ask("deltas", "a" * 16, "", 7)), NOON)
    assert isinstance(heard(answer, keys), Manifest)


def test_a_status_is_kept(desk, store) -> None:
    """The lane's word is what `lanes` shows; a lane that has just come hears its shares of first Ns."""
    answers = desk.answer(say("status", Status(True, "s001", "1", "e", "g", 3)), NOON)
    assert {answer.topic for answer in answers} <= {"retail/v1/s001/1/down/lease"}
    assert desk.answer(say("status", Status(True, "s001", "1", "e", "g", 3)), NOON) == []
    (body,) = store.conn.execute("SELECT status FROM lanes").fetchone()
    assert msgspec.json.decode(body)["delta_rev"] == 3


def test_without_keys_there_is_no_desk(store, tmp_path) -> None:
    """The complaint says which command makes them."""
    with pytest.raises(Complaint) as caught:
        open_desk(store, tmp_path / "nowhere")
    assert "tillside-hq init" in caught.value.do


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    what=st.sampled_from(["rows", "claim", "ask", "blob", "status", "elsewhere"]),
    schema=st.sampled_from(["rows/1", "claim/1", "ask/1", "blob-ask/1", "status/1", "", "x/1"]),
    payload=st.binary(max_size=60) | JSON_VALUES.map(lambda value: json.dumps(value).encode()),
    packed=st.sampled_from(["application/json", "application/json;enc=zstd", ""]),
)
def test_no_bytes_end_the_desk(desk, what, schema, payload, packed) -> None:
    """Whatever comes on a lane's topic is answered or kept, never raised."""
    packet = Packet(f"retail/v1/s001/1/up/{what}", payload, schema, packed)
    assert isinstance(desk.answer(packet, NOON), list)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=JSON_VALUES,
    kind=st.text(max_size=9),
    prev=st.text(max_size=9),
    seq=st.integers(1, 2**63 - 1),
)
def test_no_row_ends_the_desk(desk, body, kind, prev, seq) -> None:
    """A row with any body, kind, chain and number is stored or set apart, and acknowledged."""
    row = {"seq": seq, "kind": kind, "at": NOON, "body": body, "prev": prev, "hash": prev}
    payload = msgspec.json.encode({"epoch": "e" * 16, "rows": [row]})
    packet = Packet(up("s001", "1", "rows"), payload, "rows/1", "application/json")
    (answer,) = desk.answer(packet, NOON)
    assert answer.topic.endswith("/down/ack")


def test_what_is_told_is_noted_in_one_commit(store, publish, tmp_path) -> None:
    """Each note by itself would wait for the disk: a chain has hundreds of stores."""
    publish()
    make_keys(tmp_path / "keys", NOON)
    desk = open_desk(store, tmp_path / "keys")
    recall(store, ["s001"], [], ["oat-30"], False, NOON)
    due = list(desk.due())
    assert len(due) >= 2
    changes, change = [], store.change
    store.change = lambda: changes.append(1) or change()
    desk.told(due)
    assert changes == [1]
    assert list(desk.due()) == []


def test_rows_of_several_messages_are_one_commit(store, publish, tmp_path, lane1, lane2) -> None:
    """One acknowledgement a lane, for the last of it; what cannot be read stands by itself."""
    publish()
    make_keys(tmp_path / "keys", NOON)
    desk = open_desk(store, tmp_path / "keys")
    for number in range(4):
        lane1.write(Noted("n", str(number)))
    lane2.write(Noted("n", "other"))
    topic = up("s001", "1", "rows")
    packets = [pack(topic, lane1.message(seq)) for seq in (2, 1, 3)]
    packets.insert(1, Packet(topic, b"rubbish", "rows/1", "application/json"))
    packets.append(pack(up("s001", "2", "rows"), lane2.message(1)))
    commits, beside = [], store.beside
    store.beside = lambda names, work: commits.append(names) or beside(names, work)
    answers = desk.answer_rows(packets, NOON)
    assert commits == [{"s001"}]
    acks = {packet.topic: msgspec.json.decode(packet.payload, type=Ack) for packet in answers}
    assert {topic: ack.upto for topic, ack in acks.items()} == {
        "retail/v1/s001/1/down/ack": 3,
        "retail/v1/s001/2/down/ack": 1,
    }
    assert store.conn.execute("SELECT count(*) FROM bad_packets").fetchone() == (1,)
