"""Erasure end to end: headquarters' letters, a real lane, a scan of every byte that the lane keeps."""

import asyncio
import hashlib
import random

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.hq_link import HqLink
from agent.hq_news import Home
from agent.trust import TimeTrust
from cache.generation_writer import GenerationWriter
from ground.clock import settle
from offers.context import Policy, Risk, StoreFacts
from offers.model import Product
from offers.shopper_key import tombstone
from sync.letters import seal
from sync.messages import BlobAsk, Manifest, Status, Tombstones
from sync.payload import Packet, pack
from sync.pulls import Chunk, spans
from sync.reading import chunk_packet, read_up
from sync.session import Facts, Known, Me, Session
from sync.topics import down, store_down
from tests.lane_shop import ANNA, ANNA_KEY, COFFEE, COFFEE_LINE, NOON, basket, running_lane, tender

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ME = ("s001", "1")
GONE = (tombstone(ANNA_KEY),)


class Talk:
    """A lane and headquarters, with the wire in the test's hand."""

    up = True

    def __init__(self, shop, directory) -> None:
        self.shop, self.directory = shop, directory
        self.sent: list[Packet] = []
        public = {"hq1": PRIVATE.public_key().public_bytes_raw()}
        home = Home(*ME, shop.stock, directory, public, TimeTrust(NOON), shop.clock, lambda: None)
        known = Known(shop.journal.last_seq, tombstone_rev=shop.journal.tombstone_rev)
        me = Me(*ME, shop.journal.epoch, "test")
        self.link = HqLink(home, Session(me, known, random.Random(1), Facts), lambda: None)
        self.link.attach(self, shop.wired.line)

    def publish(self, packet: Packet) -> bool:
        self.sent.append(packet)
        return True

    def under_way(self, _) -> int:
        return 0

    def said(self, kind) -> list:
        return [m for p in self.sent if isinstance(m := read_up(p)[2], kind)]

    async def connect(self) -> None:
        self.link.ears.on_up(True)
        await settle(5)
        await asyncio.gather(*self.link._tasks)

    async def say(self, what, message) -> None:
        letter = seal(message, "hq1", PRIVATE.private_bytes_raw())
        await self.link.ears.on_message(pack(store_down("s001", what), letter))

    async def send_clean_generation(self, rev: int = 2) -> None:
        path = self.directory / "clean"
        with GenerationWriter(path) as writer:
            writer.put_store(StoreFacts("s001", time_zone="UTC"), Policy(), Risk())
            writer.put_product(Product(COFFEE, "Espresso", "Montebruno", "coffee/beans"))
            writer.finish(f"g{rev}", NOON, 0)
        raw = path.read_bytes()
        path.unlink()
        blob = zstandard.ZstdCompressor().compress(raw)
        sha = [hashlib.sha256(data).hexdigest() for data in (blob, raw)]
        sizes = (sha[0], len(blob), sha[1], len(raw))
        await self.say("manifest", Manifest("s001", f"g{rev}", rev, NOON, *sizes, 1, {}, 0))
        for ask in iter(self.asks().__next__, None):
            for offset, length in spans(ask, len(blob)):
                chunk = Chunk(ask.sha256, offset, blob[offset : offset + length])
                await self.link.ears.on_message(chunk_packet(down(*ME, "blob"), chunk))
        await self.link._pull.landed()

    def asks(self):
        answered = 0
        while answered < len(asks := self.said(BlobAsk)):
            yield asks[answered]
            answered += 1
        yield None

    @property
    def done(self) -> int:
        return self.said(Status)[-1].erased_rev

    def traces(self) -> list[str]:
        needles = (ANNA_KEY.encode(), bytes.fromhex(ANNA_KEY))
        found = []
        for path in self.directory.rglob("*"):
            if path.is_file() and any(n in path.read_bytes() for n in needles):
                found.append(path.name)
        return sorted(found)


async def sell_to_anna(shop, number: str = "42"):
    handle = f"/transactions/{number}"
    out = await shop.counter.put_basket(handle, basket(1, COFFEE_LINE, card=ANNA, number=number))
    await shop.counter.tender(handle, tender(out))
    return out


@pytest.fixture
async def talk(tmp_path):
    async with running_lane(tmp_path) as shop:
        yield Talk(shop, tmp_path / "data")


async def test_a_lane_forgets_at_once_and_says_so_when_no_file_knows(talk):
    """Hidden with the letter; acknowledged only with a clean generation and without the one before."""
    out = await sell_to_anna(talk.shop)
    assert out.verdicts
    assert talk.traces()
    await talk.connect()
    await talk.say("erased", Tombstones("s001", 1, GONE))
    assert talk.shop.wired.shelf.wallet(ANNA_KEY).assignments == ()
    assert talk.traces() == ["offers-g1.db"]  # headquarters' file, until the next one
    assert talk.done == 0
    await talk.send_clean_generation()
    assert talk.traces() == []
    assert talk.done == 1
    assert not list(talk.directory.glob("offers-g1.db"))
    kinds = await talk.shop.kinds()
    assert "tendered" in kinds  # what was sold stays, and names nobody
    again = await sell_to_anna(talk.shop, "43")
    assert not again.verdicts
    assert talk.traces() == []


async def test_a_lane_that_was_off_refuses_the_key_from_its_first_sync(tmp_path):
    """Sales of the time before are sent without a name; a restart keeps the tombstone."""
    async with running_lane(tmp_path) as shop:
        await sell_to_anna(shop)
    async with running_lane(tmp_path) as shop:
        talk = Talk(shop, tmp_path / "data")
        await talk.connect()
        await talk.say("erased", Tombstones("s001", 4, GONE))
        rows = await shop.journal.rows_after(0, 1000)
        assert {row.shopper_key for row in rows} == {None}
    async with running_lane(tmp_path) as shop:
        assert shop.wired.shelf.wallet(ANNA_KEY).assignments == ()
        talk = Talk(shop, tmp_path / "data")
        await talk.connect()
        assert talk.done == 0
        await talk.send_clean_generation()
        assert (talk.done, talk.traces()) == (4, [])


async def test_an_older_list_changes_nothing_and_a_strangers_letter_neither(talk):
    """Lists replace each other by their numbers; another store's is put aside."""
    await talk.connect()
    await talk.say("erased", Tombstones("s001", 5, GONE))
    await talk.say("erased", Tombstones("s001", 4, ()))
    await talk.say("erased", Tombstones("s002", 9, ()))
    assert talk.shop.journal.tombstone_rev == 5
    assert talk.shop.wired.shelf.wallet(ANNA_KEY).assignments == ()


async def test_a_damaged_journal_beside_it_keeps_the_lane_from_saying_done(talk):
    """It is never deleted by the lane; a person takes it away, and then it is done."""
    aside = talk.directory / "journal.db.damaged-20261101T120000"
    aside.write_bytes(ANNA_KEY.encode())
    await talk.connect()
    await talk.say("erased", Tombstones("s001", 1, GONE))
    await talk.send_clean_generation()
    assert (talk.done, aside.exists()) == (0, True)
    aside.unlink()
    await talk.connect()
    assert talk.done == 1
