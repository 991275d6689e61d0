"""A shopper who is erased is a stranger at once, and nothing of the person stays on the disk."""

import json
import random

from cache.entries import Entry
from cache.shelf import Shelf
from offers.changes import AssignOp, PastOp
from offers.model import LaneId, PastUse, ShopperKey
from offers.records import Incarnation, Noted
from offers.shopper_key import tombstone

ELSEWHERE = Incarnation("f" * 16)


def on_disk(lane, key: str) -> list[str]:
    """Name the lane's files that hold a key, as text or as bytes."""
    needles = (key.encode(), bytes.fromhex(key))
    files = [path for path in lane.path.parent.iterdir() if path.is_file()]
    return [path.name for path in files if any(n in path.read_bytes() for n in needles)]


def some_keys(number: int) -> list[ShopperKey]:
    dice = random.Random(7)
    return [ShopperKey(dice.randbytes(16).hex()) for _ in range(number)]


async def busy_weeks(journal, make, keys) -> None:
    """Let shoppers leave traces wherever a journal can hold them."""
    for number in range(300):
        key = keys[number % len(keys)]
        record = make.tendered(f"{number:032x}", shopper=journal.ref(key))
        text = json.dumps(
            {"shopper": key, "why": "x" * (number * 13 % 3000)}, separators=(",", ":")
        )
        basket = make.basket(record.uid, record.key, 1, text.encode())
        await journal.append(Entry(Noted("o", ""), make.NOON), open_baskets={record.uid: basket})
        evidence = {record.uid: text.encode()}
        gone = {record.uid: None} if number < 290 else {}
        await journal.append(Entry(record, make.NOON), evidence=evidence, open_baskets=gone)
    for rev, key in enumerate(keys, 1):
        use = PastUse("issued", "O1", make.NOON.date(), "dairy")
        past = PastOp(LaneId("L2"), ELSEWHERE, rev, key, use)
        await journal.apply_delta(rev, (AssignOp(key, (make.assignment(1, 0.5),)), past))
    await journal.quarantine("s/down/delta", f"... {keys[0]} ...".encode(), "nonsense")


async def test_nothing_of_an_erased_shopper_is_left_in_any_file(lane, make):
    """Rows, baskets, evidence, overlay, quarantine, free pages, WAL: no byte of the key; others stay."""
    keys = some_keys(20)
    gone, other = keys[0], keys[1]
    async with lane.journal(spare_pages=64) as journal:
        await busy_weeks(journal, make, keys)
        assert on_disk(lane, gone)
        rows = [row.hash for row in await journal.rows_after(0, 10_000)]
        assert await journal.set_tombstones(1, (tombstone(gone),))
        assert journal.wiped
        assert on_disk(lane, gone) == []
        assert on_disk(lane, other)
        after = await journal.rows_after(0, 10_000)
        assert [row.hash for row in after] == rows
        assert gone not in {row.shopper_key for row in after}
        assert other in {row.shopper_key for row in after}
        assert lane.path.with_name("journal.db-wal").stat().st_size == 0


async def test_an_erased_shopper_is_a_stranger_from_then_on(lane, make, generation):
    """The wallet is hidden though the generation has it; new rows and deltas name nobody."""
    async with lane.journal() as journal:
        shelf = Shelf(generation, journal.mirror)
        assert shelf.wallet(make.ANNA).assignments
        await journal.set_tombstones(1, (tombstone(make.ANNA),))
        assert shelf.wallet(make.ANNA).assignments == ()
        assert shelf.candidates(make.ANNA, ()) == ()
        use = PastUse("redeemed", "O1", make.NOON.date(), "dairy")
        ops = (AssignOp(make.ANNA, ()), PastOp(LaneId("L2"), ELSEWHERE, 1, make.ANNA, use))
        assert await journal.apply_delta(1, ops)
        assert journal.mirror.past(make.ANNA) == ()
        sale = make.tendered("u9", shopper=journal.ref(make.ANNA))
        evidence = {"u9": b'{"shopper":"%b"}' % make.ANNA.encode()}
        (row,) = await journal.append(Entry(sale, make.NOON), evidence=evidence)
        assert row.shopper_key is None
        assert on_disk(lane, make.ANNA) == []
    async with lane.journal() as journal:
        assert journal.tombstone_rev == 1
        assert journal.mirror.is_erased(make.ANNA)
        assert not await journal.set_tombstones(1, ())
        assert await journal.set_tombstones(2, ())  # lifted: the same card may come back
        assert not journal.mirror.is_erased(make.ANNA)
        assert journal.shopper(journal.ref(make.ANNA)) == make.ANNA


async def test_a_kept_text_names_its_shopper_by_reference(lane, make):
    """The disk has the reference; who reads gets the key back, from baskets and from evidence."""
    text = b'{"shopper":"%b","n":1}' % make.ANNA.encode()
    record = make.tendered("u1", shopper=None)
    basket = make.basket(record.uid, record.key, 1, text)
    async with lane.journal() as journal:
        entry = Entry(Noted("a", ""), make.NOON)
        await journal.append(entry, open_baskets={"u1": basket}, evidence={"u1": text})
        assert await journal.evidence("u1") == text
        assert journal.open_baskets() == (basket,)
    async with lane.journal() as journal:
        assert journal.open_baskets() == (basket,)
        assert await journal.evidence("u1") == text
        assert await journal.sale(record.key) == text
        ref = journal.ref(make.ANNA)
        await journal.erase(make.ANNA)
    async with lane.journal() as journal:
        assert journal.open_baskets()[0].body == b'{"shopper":"%b","n":1}' % ref.encode()


async def test_a_reader_who_holds_the_wal_delays_the_wiping(lane, make):
    """While somebody reads, the WAL cannot be cut: `wiped` says so until it was."""
    from contextlib import closing

    from cache import inspect

    async with lane.journal() as journal:
        sale = make.tendered("u1", shopper=journal.ref(make.ANNA))
        await journal.append(Entry(sale, make.NOON))
        with inspect.reading(lane.path) as db, closing(db.cursor()) as cursor:
            db.execute("BEGIN")
            cursor.execute("SELECT * FROM row").fetchone()
            await journal.set_tombstones(1, (tombstone(make.ANNA),))
            assert not journal.wiped
        await journal.append(Entry(Noted("next", ""), make.NOON))
        assert journal.wiped
        assert on_disk(lane, make.ANNA) == []
