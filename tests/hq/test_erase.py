"""A shopper is forgotten at headquarters: in the file, in every generation, in plans, in late rows."""

from datetime import UTC, datetime, timedelta

import pytest
import zstandard

from cache.erasure import knows
from ground.complaints import Complaint
from hq.erase import erase, lift, progress
from hq.inbox import Inbox
from hq.plan import make_plan
from hq.publish import apply, rollback
from hq.shop_files import read_shop
from hq.tombstones import tombstones, untold
from offers.changes import AssignOp
from offers.records import Issued
from offers.shopper_key import tombstone
from sync.messages import Status

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
SECRET = b"s" * 32


def issued(number: int) -> Issued:
    return Issued(
        f"{number:032x}", "j", "O1", 1, "C1", "dairy", "0000000000001", None, NOON.date(), NOON.date(), None
    )  # fmt: skip


@pytest.fixture
def whom(store, publish):
    """Publish the example shop; give a shopper who has another identity."""
    publish()
    publish(NOON + timedelta(minutes=1))
    alias, main = store.aliases()[0]
    return alias, main


def everywhere(store, disk) -> bytes:
    """Give every byte that headquarters keeps: its tables' files, and its generations unpacked."""
    data = disk()
    for blob in store.blobs.iterdir():
        data += zstandard.ZstdDecompressor().stream_reader(blob.read_bytes()).read()
    return data


def test_no_byte_of_an_erased_shopper_is_left(store, whom, lane1, disk):
    """Wallet, other identities, rows, deltas, old generations: all of it; the rows themselves stay."""
    alias, main = whom
    for number, key in enumerate((alias, main, "9" * 32), 1):
        lane1.write(issued(number), shopper=key)
    inbox = Inbox(store)
    with store.change():
        inbox.rows("s001", "1", lane1.everything(), NOON)
        store.add_ops("s001", [AssignOp(main, ())], NOON)
        inbox.bad_packet("t", f"..{alias}..".encode(), "nonsense", NOON)
    assert main.encode() in everywhere(store, disk)
    assert bytes.fromhex(main) in everywhere(store, disk)
    assert set(erase(store, alias, LATER)) >= {alias, main}
    data = everywhere(store, disk)
    for key in (alias, main):
        assert key.encode() not in data
        assert bytes.fromhex(key) not in data
    shoppers = store.conn.execute("SELECT shopper FROM rows ORDER BY seq").fetchall()
    assert shoppers == [(None,), (None,), ("9" * 32,)]
    assert store.conn.execute("SELECT count(*) FROM chain_breaks").fetchone() == (0,)


def test_the_next_generation_is_clean_and_there_is_no_way_back(store, whom, tmp_path):
    """Each store has a new generation without the shopper; the ones before it are gone."""
    erase(store, whom[0], LATER)
    row = store.store("s001")
    manifest = store.manifest("s001", row.generation)
    blob = store.blob(manifest.sha256)
    file = tmp_path / "offers.db"
    file.write_bytes(zstandard.ZstdDecompressor().stream_reader(blob.read_bytes()).read())
    assert not knows(file, frozenset(tombstones(store, "s001").tombstones))
    with pytest.raises(Complaint, match="no generation before this one"):
        rollback(store, "s001")


def test_a_row_that_comes_late_names_nobody_and_is_acknowledged(store, whom, lane1):
    """A lane that was off for a week still knows the shopper: its rows count, without the name."""
    erase(store, whom[1], LATER)
    lane1.write(issued(1), shopper=whom[1])
    with store.change():
        ack = Inbox(store).rows("s001", "1", lane1.everything(), LATER)
    assert ack.upto == 1
    assert store.conn.execute("SELECT shopper FROM rows").fetchall() == [(None,)]


def test_an_apply_leaves_an_erased_shopper_out_until_it_is_lifted(store, whom, shop_dir):
    """The files may still name the card; no wallet is made of it before `--lift`."""
    alias, main = whom
    erase(store, alias, LATER)
    apply(store, make_plan(read_shop(shop_dir), store, SECRET), LATER)
    assert main not in dict(store.wallets())
    assert main not in {shopper for _, shopper in store.aliases()}
    for key in (alias, main):
        lift(store, key, LATER)
    apply(store, make_plan(read_shop(shop_dir), store, SECRET), LATER + timedelta(hours=1))
    assert main in dict(store.wallets())
    with pytest.raises(Complaint, match="not erased"):
        lift(store, main, LATER)


def test_stores_are_told_and_a_lane_is_done_when_it_says_so(store, whom):
    """A list that was not announced is due; a lane's status tells how far it is."""
    assert untold(store) == ()
    erase(store, whom[0], LATER)
    letter = tombstones(store, "s001")
    assert (letter.rev, letter.at) == (1, LATER)
    assert set(letter.tombstones) >= {tombstone(whom[0]), tombstone(whom[1])}
    assert "s001" in untold(store)
    status = Status(True, "s001", "1", "e" * 16, erased_rev=1)
    with store.change():
        Inbox(store).status("s001", "1", status, LATER)
    done = {(line["store"], line["lane"]): line["done"] for line in progress(store, LATER)}
    assert done["s001", "1"] is True
    assert set(done.values()) == {True, False}
