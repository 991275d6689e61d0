"""The first five of an offer, shared by two lanes and headquarters: never six, whatever is cut off."""

import random
from collections import deque
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from agent.hq_link import HqLink
from agent.hq_news import Home
from agent.trust import TimeTrust
from cache.entries import Entry
from cache.generation_writer import GenerationWriter
from ground.key_files import KeyRing, write_key
from hq.desk import HqDesk
from hq.keys import make_keys
from hq.store import open_store, text
from offers.context import Policy, Risk, StoreFacts
from offers.coupon_code import element_string, gcn
from offers.model import AmountOff, Product
from offers.reasons import Reason
from offers.records import Noted
from sync.payload import Packet, pack
from sync.session import Facts, Known, Me, Session
from tests.lane_shop import (
    COFFEE,
    COFFEE_LINE,
    NOON,
    SERIAL_KEY,
    SHOPPER_SECRET,
    TestLane,
    basket,
    offer,
    reasons,
    running_lane,
    tender,
)

NUMBER = gcn("952000090007")
FIVE = offer(
    "first-5", COFFEE, AmountOff(50), NUMBER, use="mass", single_use=False, max_redemptions=5
)
CODE = element_string(NUMBER, None)


def make_home(home, number: int) -> None:
    """Lay a lane's folder out: its keys, and a generation with the offer of which there are five."""
    (home / "data").mkdir(mode=0o700, parents=True)
    write_key(home / "keys", "shopper", "a", SHOPPER_SECRET)
    write_key(home / "keys", "serial", "s001a", SERIAL_KEY)
    with GenerationWriter(home / "data" / "offers-g1.db") as writer:
        writer.put_store(StoreFacts("s001"), Policy(), Risk())
        writer.put_offer(FIVE)
        writer.put_product(Product(COFFEE, "Espresso", "Montebruno", "coffee/beans"))
        writer.finish("g1", NOON, 0)


@dataclass
class Linked:
    """A lane with its link in the test's hand; what headquarters says waits while it is cut off."""

    shop: TestLane
    link: HqLink
    online: bool = False
    sent: list[Packet] = field(default_factory=list)
    waiting: deque[Packet] = field(default_factory=deque)
    sales: int = 0
    up: bool = True

    def under_way(self, _: str) -> int:
        return 0

    def publish(self, packet: Packet) -> bool:
        if self.online:
            self.sent.append(packet)
        return self.online

    async def sell(self) -> bool:
        """Sell one coffee with the coupon; tell whether the offer was given."""
        self.sales += 1
        handle = f"h{self.sales}"
        message = basket(1, COFFEE_LINE, coupons=(CODE,), number=str(self.sales))
        out = await self.shop.lane.basket(handle, message)
        await self.shop.lane.tender(handle, tender(out))
        return reasons(out)["first-5"] is Reason.APPLIED


class Chain:
    """Headquarters' desk over its file, and two lanes."""

    def __init__(self, folder) -> None:
        self.folder = folder
        make_keys(folder / "keys", NOON)
        self.store = open_store(folder / "hq.db", make=True)
        with self.store.change():
            self.store.conn.execute(
                "INSERT INTO stores(store, facts, lanes) VALUES ('s001', ?, ?)",
                (text(StoreFacts("s001")), text(["1", "2"])),
            )
            row = (FIVE.offer_id, 1, text(FIVE))
            self.store.conn.execute("INSERT INTO offers VALUES (?, ?, ?)", row)
        self.desk = HqDesk(self.store, folder / "keys")
        self.lanes: dict[str, Linked] = {}

    async def join(self, stack: AsyncExitStack, name: str) -> Linked:
        home = self.folder / f"lane{name}"
        if not home.exists():
            make_home(home, int(name))
        shop = await stack.enter_async_context(running_lane(home, name))
        journal, quotas = shop.journal, shop.wired.lane._rooms.evaluation._here.quotas
        keys = KeyRing.load(self.folder / "keys").every("hq-public")
        place = ("s001", name)
        trust, data = TimeTrust(NOON), home / "data"
        ends = (trust, shop.clock, lambda: None, quotas.give_back)
        known = Known(journal.last_seq, journal.acked, "g1", 1, journal.delta_rev, 0)
        session = Session(Me(*place, journal.epoch), known, random.Random(1), Facts)
        link = HqLink(Home(*place, shop.stock, data, keys, *ends), session, lambda: None)
        lane = self.lanes[name] = Linked(shop, link)
        link.attach(lane, shop.wired.line)
        journal.on_rows = link.row_written
        return lane

    async def connect(self, lane: Linked) -> None:
        lane.online = True
        await lane.link._greet(False)
        await self.pump()

    async def cut(self, lane: Linked) -> None:
        lane.online = False
        lane.sent.clear()
        lane.link._session.disconnected()
        will = lane.link.will()
        await self._hear(pack(will.topic, will.message, will.retain))

    async def pump(self) -> None:
        """Carry everything that is under way, until nobody has anything more to say."""
        busy = True
        while busy:
            busy = False
            for lane in self.lanes.values():
                busy |= await self._carry(lane)

    async def _carry(self, lane: Linked) -> bool:
        if not lane.online:
            return False
        if lane.link._written:
            seq, lane.link._written = lane.link._written, 0
            await lane.link._carry(lane.link._session.row_written(seq, 0.0))
        sent, lane.sent = lane.sent, []
        for packet in sent:
            await self._hear(packet)
        waiting, lane.waiting = lane.waiting, deque()
        for packet in waiting:
            await lane.link.ears.on_message(packet)
        return bool(sent or waiting or lane.link._written)

    async def _hear(self, packet: Packet) -> None:
        for answer in self.desk.answer(packet, NOON):
            name = answer.topic.split("/")[3]
            if name in self.lanes:
                self.lanes[name].waiting.append(answer)

    def given(self) -> int:
        return self.store.conn.execute("SELECT count(*) FROM redemptions").fetchone()[0]


@pytest.fixture
async def chain(tmp_path):
    async with AsyncExitStack() as stack:
        chain = Chain(tmp_path)
        chain.stack = stack
        await chain.join(stack, "1")
        await chain.join(stack, "2")
        yield chain
    chain.store.close()


async def test_nothing_is_given_before_headquarters_has_shared_it_out(chain):
    """No word of a share is no share: the offer is exhausted, in words."""
    assert not await chain.lanes["1"].sell()


async def test_one_busy_lane_gives_all_five_while_the_other_is_idle_and_connected(chain):
    """Topped up as its rows arrive; at the end the idle lane gives back what it has left."""
    for lane in chain.lanes.values():
        await chain.connect(lane)
    given = []
    for _ in range(7):
        given.append(await chain.lanes["2"].sell())
        await chain.pump()
    assert given == [True] * 5 + [False] * 2
    assert not await chain.lanes["1"].sell()
    assert chain.given() == 5
    kinds = await chain.lanes["1"].shop.kinds()
    assert kinds.count("gave_back") == 2


async def test_both_lanes_cut_off_give_no_more_than_their_shares(chain):
    """Half of N is out, evenly: each lane gives its share by itself, and then no more."""
    for lane in chain.lanes.values():
        await chain.connect(lane)
    for lane in chain.lanes.values():
        await chain.cut(lane)
    given = [sum([await lane.sell() for _ in range(4)]) for lane in chain.lanes.values()]
    assert given == [2, 2]
    for lane in chain.lanes.values():
        await chain.connect(lane)
    assert chain.given() == 4
    assert [await chain.lanes["1"].sell(), await chain.lanes["2"].sell()].count(True) == 1


async def test_two_open_sales_of_one_lane_do_not_both_get_the_last_one(chain):
    """The first answered has it until its end; voided, it is there for the next."""
    lane = chain.lanes["1"]
    await chain.connect(lane)
    await chain.cut(lane)
    assert await lane.sell()
    baskets = [basket(1, COFFEE_LINE, coupons=(CODE,), number=str(n)) for n in (101, 102)]
    first = await lane.shop.lane.basket("a", baskets[0])
    second = await lane.shop.lane.basket("b", baskets[1])
    assert reasons(first)["first-5"] is Reason.APPLIED
    assert reasons(second)["first-5"] is Reason.BUDGET_EXHAUSTED
    await lane.shop.lane.void("a")
    second = await lane.shop.lane.basket("b", basket(2, COFFEE_LINE, coupons=(CODE,), number="102"))
    assert reasons(second)["first-5"] is Reason.APPLIED


async def test_a_void_and_a_whole_return_give_their_use_back(chain):
    """Here and at headquarters, and still after a restart of the lane."""
    lane = chain.lanes["1"]
    await chain.connect(lane)
    quotas = lane.shop.journal.mirror.quotas
    await lane.sell()
    left = quotas.left("redemptions", "first-5")
    await lane.shop.lane.void("h1")
    assert quotas.left("redemptions", "first-5") == left + 1
    await chain.pump()
    used = "SELECT sum(used), sum(gave_back) FROM quotas WHERE kind = 'redemptions'"
    assert chain.store.conn.execute(used).fetchone() == (0, 0)


async def test_what_was_used_is_known_after_a_restart_and_after_its_rows_are_gone(tmp_path):
    """The count outlives the rows: a lane that starts again gives no more than before."""
    chain = Chain(tmp_path)
    async with AsyncExitStack() as stack:
        lane = await chain.join(stack, "1")
        await chain.connect(lane)
        assert await lane.sell()
        await chain.cut(lane)
        left = lane.shop.journal.mirror.quotas.left("redemptions", "first-5")
        lane.shop.clock.set_time(NOON.replace(year=2027))
        await lane.shop.journal.append(Entry(Noted("later", ""), NOON.replace(year=2027)))
        await lane.shop.journal.hq_has(lane.shop.journal.last_seq)
        assert "tendered" not in await lane.shop.kinds()
    async with running_lane(tmp_path / "lane1") as again:
        assert again.journal.mirror.quotas.left("redemptions", "first-5") == left
    chain.store.close()


STEPS = st.lists(
    st.tuples(st.sampled_from(["sell", "void", "cut", "connect", "pump"]), st.sampled_from("12")),
    max_size=25,
)


@given(steps=STEPS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_never_six_whatever_happens(tmp_path_factory, steps):
    """Sales, voids, cuts and healings in any order: the chain's count never passes five."""
    folder = tmp_path_factory.mktemp("chain")
    chain = Chain(folder)
    async with AsyncExitStack() as stack:
        lanes = {name: await chain.join(stack, name) for name in "12"}
        given: dict[tuple[str, str], bool] = {}
        for what, name in steps:
            lane = lanes[name]
            if what == "sell":
                given[name, f"h{lane.sales + 1}"] = await lane.sell()
            elif what == "void" and lane.sales:
                await lane.shop.lane.void(f"h{lane.sales}")
                given[name, f"h{lane.sales}"] = False
            elif what == "cut" and lane.online:
                await chain.cut(lane)
            elif what == "connect" and not lane.online:
                await chain.connect(lane)
            elif what == "pump":
                await chain.pump()
            assert sum(given.values()) <= 5
    chain.store.close()
