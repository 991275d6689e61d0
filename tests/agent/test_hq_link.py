"""What comes from headquarters, and what goes there: over a link in the test's hand, on a real journal."""

import asyncio
import hashlib
import random
import sqlite3
from contextlib import closing
from datetime import timedelta

import msgspec
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.hq_link import HqLink
from agent.hq_news import Home
from agent.trust import TimeTrust
from cache.entries import Entry
from ground.clock import settle
from offers.basket import TransactionKey
from offers.changes import StockOp
from offers.records import ClaimId, Noted
from sync.letters import seal
from sync.messages import CHUNK_BYTES, Ack, BlobAsk, Claim, Delta, Manifest, Recalls, Rows, Status
from sync.payload import Packet, pack
from sync.pulls import Chunk, spans
from sync.reading import chunk_packet, read_up
from sync.session import Facts, Known, Me, Session
from sync.topics import down, store_down, up
from tests.lane_shop import (
    COFFEE,
    NOON,
    TODAY,
    basket,
    build_generation,
    running_lane,
    tender,
)

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw()
ME = ("s001", "1")


class Wire:
    """The client's place: keeps what the lane sends, and is up or down as told."""

    def __init__(self) -> None:
        self.up = True
        self.sent: list[Packet] = []
        self.on_the_way: dict[str, int] = {}

    def publish(self, packet: Packet) -> bool:
        if self.up:
            self.sent.append(packet)
        return self.up

    def under_way(self, topic) -> int:
        return self.on_the_way.get(topic, 0)

    def said(self, kind):
        return [m for p in self.sent if isinstance(m := read_up(p)[2], kind)]


class Hq:
    """Headquarters' side of the test: seals letters, cuts blobs."""

    def __init__(self, link: HqLink) -> None:
        self.link = link

    async def say(self, topic, message, key=PRIVATE) -> None:
        letter = seal(message, "hq1", key.private_bytes_raw())
        await self.link.ears.on_message(pack(topic, letter))
        await self.link._pull.landed()

    async def offer(self, path, rev=1, **lies) -> bytes:
        raw = path.read_bytes()
        blob = zstandard.ZstdCompressor(level=3).compress(raw)
        facts = {
            "store": "s001",
            "generation": f"g{rev}",
            "rev": rev,
            "built_at": NOON,
            "sha256": hashlib.sha256(blob).hexdigest(),
            "size": len(blob),
            "raw_sha256": hashlib.sha256(raw).hexdigest(),
            "raw_size": len(raw),
            "schema": 1,
            "counts": {},
            "delta_rev": 0,
        }
        await self.say(store_down("s001", "manifest"), Manifest(**(facts | lies)))
        return blob

    async def send_blob(self, wire: Wire, blob: bytes) -> None:
        answered = 0
        while answered < len(asks := wire.said(BlobAsk)):
            ask = asks[answered]
            answered += 1
            for offset, length in spans(ask, len(blob)):
                chunk = Chunk(ask.sha256, offset, blob[offset : offset + length])
                await self.link.ears.on_message(chunk_packet(down(*ME, "blob"), chunk))
        await self.link._pull.landed()


class Desk:
    """A lane with a link whose client is a `Wire`."""

    def __init__(self, shop, directory) -> None:
        self.shop = shop
        self.lost = asyncio.Event()
        journal = shop.journal
        trust = TimeTrust(NOON)
        home = Home(*ME, shop.stock, directory, {"hq1": PUBLIC}, trust, shop.clock, self.lost.set)
        session = Session(
            Me(*ME, journal.epoch, "test"),
            Known(journal.last_seq, journal.acked, "g0", 0, journal.delta_rev, journal.recall_rev),
            random.Random(1),
            Facts,
        )
        self.link = HqLink(home, session, lambda: None)
        self.wire = Wire()
        self.link.attach(self.wire, shop.wired.line)
        self.hq = Hq(self.link)

    async def connect(self) -> None:
        self.link.ears.on_up(True)
        await settle(50)


@pytest.fixture
async def desk(tmp_path):
    async with running_lane(tmp_path) as shop:
        yield Desk(shop, tmp_path / "data")


async def quarantined(desk, tmp_path) -> list[str]:
    from cache import inspect

    await desk.shop.journal.rows_after(0, 1)  # behind whatever was asked of the thread before
    return list(inspect.rows(tmp_path / "data/journal.db", "quarantine", 99))[1:]


async def test_a_lane_says_who_it_is_when_the_link_comes_up(desk):
    """The birth names incarnation and generation, retained."""
    await desk.connect()
    (status,) = desk.wire.said(Status)
    assert (status.online, status.epoch, status.generation) == (True, desk.shop.journal.epoch, "g0")
    assert desk.wire.sent[0].retain


async def test_a_recall_is_durable_before_the_broker_hears_that_it_came(desk):
    """When the message is taken, the journal has it and the shelf obeys it."""
    await desk.hq.say(store_down("s001", "recall"), Recalls("s001", 1, (COFFEE,)))
    assert desk.shop.wired.shelf.recalled == {COFFEE}
    assert desk.shop.journal.recall_rev == 1


@pytest.mark.parametrize("topic", ["recall", "manifest", "delta"])
async def test_words_that_headquarters_did_not_sign_change_nothing(desk, tmp_path, topic):
    """A letter under another key is kept in quarantine, counted, and obeyed by nobody."""
    forger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    before = desk.shop.wired.shelf.generation
    await desk.hq.say(store_down("s001", topic), Recalls("s001", 9, (COFFEE,)), forger)
    assert desk.shop.wired.shelf.recalled == frozenset()
    assert desk.shop.wired.shelf.generation is before
    assert len(await quarantined(desk, tmp_path)) == 1


async def test_an_unknown_message_is_kept_and_stops_nothing(desk, tmp_path):
    """A schema of the future goes to quarantine; the next message is taken."""
    odd = Packet(store_down("s001", "delta"), b"{}", "novelty/7", "application/json")
    await desk.link.ears.on_message(odd)
    await desk.hq.say(store_down("s001", "recall"), Recalls("s001", 1, (COFFEE,)))
    assert desk.shop.wired.shelf.recalled == {COFFEE}
    assert len(await quarantined(desk, tmp_path)) == 1


async def test_a_new_stock_figure_is_on_the_shelf_at_once(desk):
    """A delta that follows the last one is applied; the same one again changes nothing."""
    delta = Delta("s001", 1, 0, (StockOp(COFFEE, 3, NOON.replace(hour=13)),))
    for _ in range(2):
        await desk.hq.say(store_down("s001", "delta"), delta)
    found = desk.shop.wired.shelf.availability(COFFEE)
    assert (found.on_hand, desk.shop.journal.delta_rev) == (3, 1)


async def test_a_generation_is_pulled_verified_and_swapped(desk, tmp_path):
    """Chunk by chunk; then the next basket is decided on the new one, also after a restart."""
    build_generation(tmp_path / "new.db", slip_offers=1)
    blob = await desk.hq.offer(tmp_path / "new.db", 2)
    await desk.hq.send_blob(desk.wire, blob)
    assert desk.shop.wired.shelf.generation.policy.slip_offers == 1
    assert desk.shop.journal.generation_file == "offers-g2.db"
    assert {p.name for p in (tmp_path / "data").glob("offers-*")} == {
        "offers-g1.db",
        "offers-g2.db",
    }


async def test_an_offer_that_this_version_cannot_read_is_told_to_headquarters(desk, tmp_path):
    """The rest of the generation is in force; a row names the offer and says why."""
    build_generation(tmp_path / "new.db")
    with closing(sqlite3.connect(tmp_path / "new.db")) as db, db:
        (offer_id,) = db.execute("SELECT max(offer_id) FROM offer").fetchone()
        lottery = '{"offer_id": "' + offer_id + '", "reward": {"type": "lottery"}}'
        db.execute("UPDATE offer SET body = ? WHERE offer_id = ?", (lottery.encode(), offer_id))
    blob = await desk.hq.offer(tmp_path / "new.db", 2)
    await desk.hq.send_blob(desk.wire, blob)
    assert desk.shop.journal.generation_file == "offers-g2.db"
    assert offer_id not in desk.shop.wired.shelf.generation.offers
    rows = await desk.shop.journal.rows_after(0, 99)
    noted = [msgspec.json.decode(row.body, type=Noted) for row in rows if row.kind == "noted"]
    told = [note.detail for note in noted if note.code == "offer_refused"]
    assert len(told) == 1
    assert told[0].startswith(f"{offer_id}: ")


async def test_a_pull_goes_on_where_a_restart_cut_it(desk, tmp_path):
    """Two chunks were kept; after the restart the first ask is for the third."""
    build_generation(tmp_path / "new.db", slip_offers=1)
    with closing(sqlite3.connect(tmp_path / "new.db")) as db, db:
        noise = random.Random(1).randbytes(100_000)
        db.execute("INSERT INTO picture VALUES ('noise', ?)", (noise,))
    blob = await desk.hq.offer(tmp_path / "new.db", 2)
    (ask,) = desk.wire.said(BlobAsk)
    for offset, length in spans(ask, len(blob)):
        chunk = Chunk(ask.sha256, offset, blob[offset : offset + length])
        await desk.link.ears.on_message(chunk_packet(down(*ME, "blob"), chunk))
    later = Desk(desk.shop, tmp_path / "data")
    await later.hq.offer(tmp_path / "new.db", 2)
    assert later.wire.said(BlobAsk)[0].offset == 2 * CHUNK_BYTES
    await later.hq.send_blob(later.wire, blob)
    assert desk.shop.wired.shelf.generation.policy.slip_offers == 1


async def test_a_rollback_takes_the_kept_file_and_pulls_nothing(desk, tmp_path):
    """Headquarters names the generation before again, under a newer revision."""
    first = desk.shop.wired.shelf.generation.path
    build_generation(tmp_path / "new.db", slip_offers=1)
    await desk.hq.send_blob(desk.wire, await desk.hq.offer(tmp_path / "new.db", 2))
    desk.wire.sent.clear()
    await desk.hq.offer(first, 3, generation="g1")
    assert desk.wire.said(BlobAsk) == []
    assert desk.shop.wired.shelf.generation.policy.slip_offers == 3
    assert desk.shop.journal.generation_file == "offers-g1.db"


@pytest.mark.parametrize(
    "lie", [{"sha256": "0" * 64}, {"raw_sha256": "0" * 64}, {"raw_size": 5000}]
)
async def test_a_generation_that_is_not_what_its_manifest_names_is_refused(desk, tmp_path, lie):
    """A wrong hash or size: the last good set stays, and the part is gone."""
    build_generation(tmp_path / "new.db", slip_offers=1)
    before = desk.shop.wired.shelf.generation
    blob = await desk.hq.offer(tmp_path / "new.db", 2, **lie)
    await desk.hq.send_blob(desk.wire, blob)
    assert desk.shop.wired.shelf.generation is before
    assert desk.link._pull.refused == 1
    assert {p.name for p in (tmp_path / "data").glob("offers-*")} == {"offers-g1.db"}


async def test_a_generation_of_a_newer_schema_is_refused(desk, tmp_path):
    """This release cannot read it: it goes on with the old one."""
    import sqlite3

    build_generation(tmp_path / "new.db")
    db = sqlite3.connect(tmp_path / "new.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = desk.shop.wired.shelf.generation
    await desk.hq.send_blob(desk.wire, await desk.hq.offer(tmp_path / "new.db", 2))
    assert desk.shop.wired.shelf.generation is before
    assert desk.link._pull.refused == 1


async def test_a_generation_id_cannot_become_a_path(desk, tmp_path):
    """Nothing from outside names a file."""
    build_generation(tmp_path / "new.db")
    await desk.hq.offer(tmp_path / "new.db", 2, generation="../../evil")
    assert desk.wire.said(BlobAsk) == []
    assert not list(tmp_path.parent.glob("*evil*"))


def sent_rows(desk) -> int:
    return sum(len(message.rows) for message in desk.wire.said(Rows))


async def until(holds, clock=None) -> None:
    """Let the journal's thread and the loop work, and time pass if it must."""
    for _ in range(2000):
        if holds():
            return
        if clock is not None:
            await clock.advance(0.1)
        await asyncio.sleep(0.001)
    raise AssertionError("not in time")


async def test_rows_go_up_in_order_and_are_kept_until_headquarters_has_them(desk):
    """A row is sent, sent again without an answer, and owed no more after HQ's own word."""
    await desk.connect()
    journal = desk.shop.journal
    journal.on_rows = desk.link.row_written
    running = asyncio.create_task(desk.link._keep_time())
    for n in range(3):
        await journal.append(Entry(Noted("test", str(n)), NOON))
    await settle(200)
    await until(lambda: sent_rows(desk) >= journal.last_seq)
    sent = [row.seq for message in desk.wire.said(Rows) for row in message.rows]
    assert sent == list(range(1, journal.last_seq + 1))
    await until(lambda: sent_rows(desk) >= 2 * journal.last_seq, desk.shop.clock)
    await desk.link.ears.on_message(pack(down(*ME, "ack"), Ack(journal.epoch, journal.last_seq)))
    assert desk.link.view.outbox == 0
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_lane_whose_clock_runs_ahead_prunes_nothing_early(desk):
    """Rows are old by headquarters' time, not by a PC's that woke up next year."""
    journal = desk.shop.journal
    desk.shop.clock.set_time(NOON.replace(year=2027))
    for at, kept in ((NOON, True), (NOON.replace(year=2027), False)):
        await journal.append(Entry(Noted("test", "kept"), NOON))
        await desk.shop.clock.advance(2 * 3600)
        link = Desk(desk.shop, desk.link._home.directory).link
        ack = Ack(journal.epoch, journal.last_seq, at=at)
        await link.ears.on_message(pack(down(*ME, "ack"), ack))
        assert bool(await journal.rows_after(0, 9)) is kept


async def test_history_waits_while_the_line_is_full_and_a_claim_does_not(desk):
    """With two messages of rows on their way the next stay in the journal; a claim is sent at once."""
    rows = up(*ME, "rows")
    await desk.shop.journal.append(*(Entry(Noted("test", str(n)), NOON) for n in range(300)))
    desk.link.row_written(desk.shop.journal.last_seq)
    running = asyncio.create_task(desk.link._keep_time())
    desk.wire.on_the_way[rows] = 2
    await desk.connect()
    await settle(200)
    assert sent_rows(desk) == 0
    claim = Claim(ClaimId(desk.shop.journal.epoch, 1), "0" * 12, "1" * 13, "jam", "0" * 32, NOON)
    assert desk.link.send_claim(claim)
    assert desk.wire.said(Claim) == [claim]
    desk.wire.on_the_way[rows] = 1
    desk.link.ears.on_sent(rows)
    await until(lambda: sent_rows(desk) == desk.shop.journal.last_seq)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("jumped", [False, True])
async def test_a_lane_without_headquarters_forgets_what_no_longer_counts(desk, jumped):
    """Two weeks after a sale its number is free in memory, unless the clock only jumped there."""
    shop, clock = desk.shop, desk.shop.clock
    out = await shop.counter.put_basket("/transactions/42", basket(1, (COFFEE, 1, 899)))
    await shop.counter.tender("/transactions/42", tender(out))
    key = TransactionKey("s001", "t1", TODAY, "42")
    if not jumped:
        await clock.advance(20 * 86400)
    running = asyncio.create_task(desk.link._keep_time())
    await settle(50)
    if jumped:
        clock.set_time(NOON + timedelta(days=20))
    desk.link.row_written(shop.journal.last_seq)
    await settle(200)
    assert (shop.journal.mirror.tendered(key) is not None) is jumped
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_acknowledgement_beyond_the_last_row_means_a_lost_tail(desk):
    """HQ has rows that the journal has not: the lane must begin a new incarnation."""
    journal = desk.shop.journal
    await desk.link.ears.on_message(
        pack(down(*ME, "ack"), Ack(journal.epoch, journal.last_seq + 5))
    )
    assert desk.lost.is_set()


async def noted(desk) -> list[str]:
    rows = await desk.shop.journal.rows_after(0, 100)
    bodies = [msgspec.json.decode(row.body) for row in rows if row.kind == "noted"]
    return [body["code"] for body in bodies]


async def test_a_broker_that_forgot_the_lane_is_noted(desk) -> None:
    """Not at the first connection, which any broker meets as new; the row goes to headquarters."""
    desk.link.ears.on_up(False)
    desk.link.ears.on_up(True)
    await settle(50)
    assert "broker_forgot" not in await noted(desk)
    desk.link.ears.on_up(False)
    await settle(50)
    assert (await noted(desk)).count("broker_forgot") == 1


async def test_another_client_of_our_name_is_noted(desk) -> None:
    """One row for headquarters, once the client says so."""
    assert desk.link.ears.on_rival is not None
    desk.link.ears.on_rival("another client goes by our name")
    await settle(50)
    assert await noted(desk) == ["name_taken"]
