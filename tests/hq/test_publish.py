"""Plan, apply, rollback, recall and stock, and the generation that a lane then reads."""

import hashlib
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
import zstandard

from ground.complaints import Complaint
from hq.inbox import Inbox
from hq.plan import make_plan
from hq.publish import collected_past, recall, rollback, set_stock
from hq.shop_files import read_shop
from hq.store import open_store
from offers.basket import TransactionKey
from offers.changes import StockOp
from offers.model import Gtin, Offer, PastUse, Wallet
from offers.records import Issued, Redemption, Tendered, Voided
from offers.shopper_key import identity_key
from tests.hq.conftest import NOON, SECRET

OAT = Gtin("09520000005016")
ANNA = identity_key("card", "2900000001015", SECRET)
ANNAS_APP = identity_key("app", "app:anna-7f3a", SECRET)


def changes(shop_dir: Path, store) -> list[tuple[str, str, str]]:
    plan = make_plan(read_shop(shop_dir), store, SECRET)
    return [(c.kind, c.name, c.what) for c in plan.changes]


def unpacked(store, manifest, folder: Path) -> sqlite3.Connection:
    blob = (store.blobs / f"{manifest.sha256}.zst").read_bytes()
    assert (hashlib.sha256(blob).hexdigest(), len(blob)) == (manifest.sha256, manifest.size)
    raw = zstandard.ZstdDecompressor().decompress(blob, max_output_size=50_000_000)
    assert (hashlib.sha256(raw).hexdigest(), len(raw)) == (manifest.raw_sha256, manifest.raw_size)
    file = folder / f"{manifest.generation}.db"
    file.write_bytes(raw)
    return sqlite3.connect(file)


def test_nothing_changed_is_an_empty_plan(shop_dir, store, publish) -> None:
    """The same files again change nothing."""
    publish()
    assert changes(shop_dir, store) == []


def test_a_changed_reward_is_a_new_version_of_one_offer(shop_dir, store, publish, spoil) -> None:
    """The plan names the offer, its versions, the field, and how many shoppers hold it."""
    publish()
    spoil("offers/oat-30.toml", "percent = 30", "percent = 40")
    (change,) = make_plan(read_shop(shop_dir), store, SECRET).changes
    assert (change.kind, change.name, change.what) == ("offer", "oat-30", "changed")
    assert (change.detail, change.shoppers) == ("v1 -> v2: reward", 2)
    publish(NOON + timedelta(hours=1))
    assert store.offers()["oat-30"].version == 2


def test_an_offer_that_goes_and_comes_back_gets_a_new_version(shop_dir, store, publish) -> None:
    """A version number never means two contents."""
    file = shop_dir / "offers/tea-50.toml"
    publish()
    text = file.read_text()
    file.unlink()
    assert ("offer", "tea-50", "removed") in changes(shop_dir, store)
    publish(NOON + timedelta(hours=1))
    file.write_text(text.replace("amount_minor = 50", "amount_minor = 60"))
    publish(NOON + timedelta(hours=2))
    assert store.offers()["tea-50"].version == 2


@pytest.mark.parametrize(
    ("file", "old", "new", "change"),
    [
        ("policy.toml", "quiet_days = 7", "quiet_days = 8", ("document", "policy", "changed")),
        ("policy.toml", "lane_count = 20", "lane_count = 2", ("document", "risk", "changed")),
        ("rivals.toml", '"Havrelund"', '"Granella"', ("document", "rivals", "changed")),
        ("stores.toml", '["1", "2"]', '["1"]', ("store", "s001", "changed")),
        ("stock.toml", "on_hand = 1 ", "on_hand = 3 ", ("stock", f"s001 {OAT}", "changed")),
        ("products.toml", '"Oat drink"', '"Oats"', ("product", OAT, "changed")),
        ("assignments.toml", "score = 0.9", "score = 0.4", ("wallet", ANNA, "changed")),
        ("assignments.toml", "app:anna-7f3a", "app:anna-0000", ("identity", ANNAS_APP, "removed")),
    ],
)
def test_each_file_shows_in_the_plan(
    shop_dir, store, publish, spoil, file, old, new, change
) -> None:
    """Whatever file is edited, the plan says what of it is different."""
    publish()
    (shop_dir / "stock.toml").write_text(
        (shop_dir / "stock.toml").read_text().replace("on_hand = 1\n", "on_hand = 1 \n")
    )
    spoil(file, old, new)
    assert change in changes(shop_dir, store)


def test_the_generation_holds_the_shop(store, publish, tmp_path) -> None:
    """Offers, wallets under keys, aliases, pictures, stock: what a lane must know, and no card number."""
    (manifest,) = publish()
    db = unpacked(store, manifest, tmp_path)
    offers = [
        msgspec.json.decode(row[0], type=Offer) for row in db.execute("SELECT body FROM offer")
    ]
    assert sorted(o.offer_id for o in offers)[:2] == ["apples-kg", "coffee-1"]
    body = db.execute(
        "SELECT body FROM wallet WHERE shopper = ?", (bytes.fromhex(ANNA),)
    ).fetchone()
    wallet = msgspec.msgpack.decode(body[0], type=Wallet)
    assert [a.offer_id for a in wallet.assignments] == [
        "solenne-20",
        "coffee-1",
        "crispbread-3for2",
        "hazelnut-75",
    ]
    assert wallet.assignments[0].ends == date(2035, 12, 31)
    alias = db.execute("SELECT shopper FROM alias WHERE identity = ?", (bytes.fromhex(ANNAS_APP),))
    assert alias.fetchone()[0].hex() == ANNA
    assert db.execute("SELECT on_hand FROM stock WHERE gtin = ?", (OAT,)).fetchone() == (1,)
    assert manifest.counts["picture"] == 13
    db.close()
    raw = (tmp_path / f"{manifest.generation}.db").read_bytes()
    assert b"2900000001015" not in raw


def test_no_card_number_is_in_headquarters_file(publish, disk) -> None:
    """Even at headquarters the file holds keys; the numbers stay in assignments.toml."""
    publish()
    assert ANNA.encode() in disk()
    assert b"2900000001015" not in disk()


def test_a_failed_apply_leaves_everything_as_it_was(store, publish, shop_dir, spoil) -> None:
    """No offer, no revision, no leftover file: the transaction is one piece."""
    publish()
    spoil("offers/oat-30.toml", "percent = 30", "percent = 40")
    store.conn.execute("ALTER TABLE generations RENAME TO elsewhere")
    with pytest.raises(Exception, match=r"generations|no such table"):
        publish(NOON + timedelta(hours=1))
    store.conn.execute("ALTER TABLE elsewhere RENAME TO generations")
    assert (store.offers()["oat-30"].version, store.store("s001").manifest_rev) == (1, 1)
    assert [p.name for p in store.blobs.iterdir() if p.suffix != ".zst"] == []


def test_a_figure_of_the_command_outlives_an_unchanged_file(store, publish) -> None:
    """An apply does not bring an old count back; a new count in the file does win."""
    publish()
    assert set_stock(store, "s001", OAT, 9, NOON + timedelta(hours=1)) == 1
    assert store.deltas_after("s001", 0) == [(1, (StockOp(OAT, 9, NOON + timedelta(hours=1)),))]
    (manifest,) = publish(NOON + timedelta(hours=2))
    assert store.stock("s001")[OAT] == (9, NOON + timedelta(hours=1))
    assert manifest.delta_rev == 1


def test_stock_of_nothing_is_refused(store, publish) -> None:
    """An unknown store and an unknown product are named."""
    publish()
    with pytest.raises(Complaint, match="no store"):
        set_stock(store, "s9", OAT, 1, NOON)
    with pytest.raises(Complaint, match="no product"):
        set_stock(store, "s001", Gtin("1"), 1, NOON)


def test_a_rollback_brings_the_generation_before_back(store, publish, shop_dir, spoil) -> None:
    """The same blob under a higher revision; a second step back finds nothing."""
    (first,) = publish()
    spoil("offers/oat-30.toml", "percent = 30", "percent = 40")
    publish(NOON + timedelta(hours=1))
    back = rollback(store, "s001")
    assert (back.generation, back.sha256, back.rev) == (first.generation, first.sha256, 3)
    with pytest.raises(Complaint, match="no generation before"):
        rollback(store, "s001")
    with pytest.raises(Complaint, match="no store"):
        rollback(store, "s9")


def test_a_recall_adds_and_lifts(store, publish) -> None:
    """Each list replaces the one before, under a higher revision."""
    publish()
    recall(store, ["s001"], [OAT], ["coffee-1"], False, NOON)
    recall(store, ["s001"], [Gtin("09520000006013")], [], False, NOON)
    now = store.recalls("s001")
    assert (now.rev, now.gtins, now.offers) == (2, (OAT, "09520000006013"), ("coffee-1",))
    recall(store, ["s001"], [OAT], ["coffee-1"], True, NOON)
    now = store.recalls("s001")
    assert (now.rev, now.gtins, now.offers) == (3, ("09520000006013",), ())


KEY = TransactionKey("s001", "till1", date(2026, 3, 2), "7")


def sold(uid: str, offer: str) -> Tendered:
    used = Redemption(offer, 1, "c", 60, (), "drinks/plant")
    return Tendered(uid, KEY, 1, "live", "r", 199, 60, (used,), (), (), "")


def test_what_lanes_reported_is_folded_into_the_wallets(store, publish, tmp_path, lane1) -> None:
    """Issued and redeemed offers count in the next generation, under any identity; voided ones do not."""
    publish()
    lane1.write(
        Issued(
            "u",
            "j",
            "oat-30",
            1,
            "c",
            "drinks/plant",
            "n",
            None,
            date(2026, 3, 1),
            date(2026, 3, 9),
            "r",
        ),
        shopper=ANNAS_APP,
    )
    lane1.write(sold("u1", "coffee-1"), shopper=ANNA)
    lane1.write(sold("u2", "solenne-20"), shopper=ANNA)
    lane1.write(Voided("u2", KEY))
    lane1.write(sold("u3", "hazelnut-75"), shopper=ANNA)
    lane1.write(sold("u4", "skyr-199"), shopper=ANNA)
    with store.change():
        Inbox(store).rows("s001", "1", lane1.message(1, 2, 3, 4, 6), NOON)
    expected = [
        PastUse("issued", "oat-30", date(2026, 3, 1), "drinks/plant"),
        PastUse("redeemed", "coffee-1", date(2026, 3, 2), "drinks/plant"),
    ]
    assert collected_past(store, NOON) == {ANNA: expected}
    (manifest,) = publish(NOON + timedelta(hours=1))
    db = unpacked(store, manifest, tmp_path)
    body = db.execute(
        "SELECT body FROM wallet WHERE shopper = ?", (bytes.fromhex(ANNA),)
    ).fetchone()
    assert msgspec.msgpack.decode(body[0], type=Wallet).past == tuple(expected)
    db.close()


def test_an_old_use_counts_no_more(store, publish, lane1) -> None:
    """After 400 days a use is in no wallet."""
    publish()
    lane1.write(sold("u1", "coffee-1"), shopper=ANNA)
    with store.change():
        Inbox(store).rows("s001", "1", lane1.everything(), NOON)
    assert ANNA in collected_past(store, NOON + timedelta(days=399))
    assert collected_past(store, NOON + timedelta(days=401)) == {}


def test_a_file_that_is_not_ours_is_refused(tmp_path) -> None:
    """A missing file and a file of something else are complaints, not traces."""
    with pytest.raises(Complaint, match="not there"):
        open_store(tmp_path / "gone.db")
    (tmp_path / "text.db").write_text("hello " * 500)
    with pytest.raises(Complaint, match="not a database"):
        open_store(tmp_path / "text.db")


def test_opening_twice_migrates_once(tmp_path) -> None:
    """The second open finds nothing to do."""
    open_store(tmp_path / "hq.db", make=True).close()
    again = open_store(tmp_path / "hq.db")
    names = [
        row[0] for row in again.conn.execute("SELECT name FROM _sqlite_migrations ORDER BY id")
    ]
    assert names[:4] == ["authoring", "collecting", "views", "sold"]
    assert len(names) == len(set(names))
    again.close()
