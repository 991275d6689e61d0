import hashlib
import sqlite3
import tracemalloc
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings, strategies as st

from cache.errors import GenerationError
from cache.generation import Generation
from cache.generation_writer import GenerationWriter
from offers.context import Policy, Risk, StoreFacts
from offers.model import Product, ShopperKey, Wallet
from offers.records import Incarnation
from offers.serials import Lease


def fill_all(writer, make, turned: bool = False):
    """Put one or more of everything, in one order or the other."""
    lease = Lease(7, "S1", "L1", Incarnation("e"), "k1")
    keys = [ShopperKey(f"{n:032x}") for n in range(300)]
    puts = [
        *(lambda n=n: writer.put_offer(make.offer(n)) for n in range(50)),
        *(lambda k=k: writer.put_wallet(k, Wallet((make.assignment(1, 0.5),) * 10)) for k in keys),
        lambda: writer.put_products(
            [Product(make.YOGURT, "Yogurt", "Alm", "dairy"), Product(make.BREAD, "B", "", "bread")]
        ),
        lambda: writer.put_alias(make.BERT, make.ANNA),
        lambda: writer.put_picture("ab" * 32, b"\x89PNG" * 5000),
        lambda: writer.put_lease(lease),
        lambda: writer.put_stock(make.YOGURT, 12, make.NOON),
        lambda: writer.put_rivals([("Zett", "Alm"), ("Alm", "Bio")]),
        lambda: writer.put_mass_promotion(make.BREAD, date(2026, 11, 20), date(2026, 11, 22)),
        lambda: writer.put_document("scripts", b"{}"),
    ]
    for put in reversed(puts) if turned else puts:
        put()


@pytest.fixture
def full(tmp_path, make):
    path = tmp_path / "full.db"
    counts = make.generation(path, lambda writer: fill_all(writer, make))
    generation = Generation.open(path)
    yield generation, counts
    generation.close()


def test_what_was_put_is_read_back(full, make):
    """Every part of a generation comes back as it went in."""
    generation, counts = full
    assert counts == generation.counts
    assert (counts["offer"], counts["wallet"], counts["product"]) == (50, 300, 2)
    assert (generation.id, generation.built_at, generation.delta_rev) == ("g1", make.NOON, 0)
    assert generation.store.store == "S1"
    assert generation.offers["O3"] == make.offer(3)
    assert generation.offer_by_coupon("0000000000003") == make.offer(3)
    assert generation.offer_by_coupon("9") is None
    assert generation.wallet(ShopperKey(f"{7:032x}")) == Wallet((make.assignment(1, 0.5),) * 10)
    assert generation.wallet(make.ANNA) is None
    assert generation.shopper(make.BERT) == make.ANNA
    assert generation.shopper(make.ANNA) == make.ANNA
    assert generation.product(make.YOGURT).name == "Yogurt"
    assert generation.product("0") is None
    assert generation.picture("ab" * 32) == b"\x89PNG" * 5000
    assert generation.picture("cd" * 32) is None
    assert generation.lease(7).lane == "L1"
    assert generation.lease(8) is None
    assert generation.stock(make.YOGURT) == (12, make.NOON)
    assert generation.stock(make.BREAD) is None
    assert generation.rivals == (("Alm", "Bio"), ("Alm", "Zett"))
    assert generation.document("scripts") == b"{}"
    assert generation.document("none") is None
    assert generation.bad_wallets == 0


def test_a_mass_promotion_holds_on_its_last_day(full, make):
    """First and last day are in, the days around them are not."""
    generation, _ = full
    on = [generation.mass_promotions(date(2026, 11, day)) for day in (19, 20, 22, 23)]
    assert on == [frozenset(), {make.BREAD}, {make.BREAD}, frozenset()]


def test_the_same_input_gives_the_same_bytes_in_any_order(tmp_path, make):
    """Two builds agree to the byte, so that a hash names what is in a generation."""
    for name, turned in (("a", False), ("b", True), ("a2", False)):
        make.generation(tmp_path / name, lambda writer, t=turned: fill_all(writer, make, t))
    one, two, again = ((tmp_path / name).read_bytes() for name in ("a", "b", "a2"))
    assert one == two == again
    make.generation(tmp_path / "c", lambda writer: writer.put_offer(make.offer(1)))
    assert (tmp_path / "c").read_bytes() != one


def test_a_build_that_fails_leaves_no_file(tmp_path, make):
    """A generation is there whole or not at all."""

    def fail(writer):
        writer.put_offer(make.offer(1))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make.generation(tmp_path / "g.db", fail)
    assert list(tmp_path.iterdir()) == []


def test_the_hash_of_the_manifest_decides(tmp_path, make):
    """A file with one flipped bit is refused by its hash, and the true one opens."""
    path = tmp_path / "g.db"
    make.generation(path, lambda writer: fill_all(writer, make))
    data = bytearray(path.read_bytes())
    right = hashlib.sha256(data).hexdigest()
    Generation.open(path, raw_sha256=right).close()
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(GenerationError, match="not the file that the manifest names"):
        Generation.open(path, raw_sha256=right)


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda data: data[:-4096], "is truncated"),
        (lambda data: data[:2000], "is truncated"),
        (lambda data: b"", "is not an SQLite file"),
        (lambda data: b"GIF89a" + data[6:], "is not an SQLite file"),
        (lambda data: data[:60] + (2).to_bytes(4, "big") + data[64:], "has schema 2"),
        (lambda data: data[:68] + bytes(4) + data[72:], "not a generation"),
        (lambda data: data[:100] + b"\xff" * 4096 + data[4196:], "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_reason(tmp_path, make, spoil, what):
    """Truncated, foreign, newer, spoilt: one error that names the file and the trouble."""
    path = tmp_path / "g.db"
    make.generation(path)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(GenerationError, match=what) as told:
        Generation.open(path)
    assert told.value.path == path


def test_a_missing_file_is_refused(tmp_path):
    """No file, no generation, and none is made by looking."""
    with pytest.raises(GenerationError, match="No such file"):
        Generation.open(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_generation_without_its_policy_is_refused(tmp_path, make):
    """A store must know its policy."""
    path = tmp_path / "g.db"
    make.generation(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DELETE FROM document WHERE name = 'policy'")
    with pytest.raises(GenerationError, match="no document 'policy'"):
        Generation.open(path)


@settings(max_examples=60, deadline=None)
@given(blob=st.binary(max_size=80))
def test_a_wallet_that_does_not_decode_is_no_wallet(tmp_path_factory, blob):
    """Whatever stands in a wallet's blob, the lane goes on without it and counts it."""
    path = tmp_path_factory.mktemp("g") / "g.db"
    anna = ShopperKey("a" * 32)
    with GenerationWriter(path) as writer:
        writer.put_store(StoreFacts("S1"), Policy(), Risk())
        writer._put("INSERT INTO wallet VALUES (?, ?)", (bytes.fromhex(anna), blob))
        writer.finish("g", datetime(2026, 11, 21, tzinfo=UTC), 0)
    generation = Generation.open(path)
    found = generation.wallet(anna)
    assert (found is None) == (generation.bad_wallets == 1)
    assert generation.wallet(ShopperKey("not hex")) is None
    generation.close()


def test_warming_reads_and_changes_nothing(full):
    """The warm-up leaves answers as they are."""
    generation, _ = full
    generation.warm()
    assert generation.wallet(ShopperKey(f"{1:032x}")) is not None


def test_wallets_stream_through_bounded_memory(tmp_path, make):
    """Thirty thousand wallets pass without being held: the traced peak stays under a megabyte."""
    wallet = Wallet(tuple(make.assignment(n, 0.5) for n in range(10)))
    pairs = ((ShopperKey(f"{n:032x}"), wallet) for n in range(30_000))

    def fill(writer):
        tracemalloc.start()
        writer.put_wallets(pairs)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
        tracemalloc.stop()

    assert make.generation(tmp_path / "g.db", fill)["wallet"] == 30_000


def test_a_product_asked_for_twice_is_the_same(full, make):
    """Decoded products are kept, within a bound."""
    generation, _ = full
    assert generation.product(make.BREAD) is generation.product(make.BREAD)
