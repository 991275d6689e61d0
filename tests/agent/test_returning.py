"""Goods come back at any lane: by headquarters' facts, each line once, and the coupon lives again."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent.past_sales import PastSales
from agent.refusals import Refused
from agent.till_types import ReturnIn
from ground.clock import settle
from hq.inbox import Inbox
from hq.store import open_store
from offers.basket import TransactionKey
from sync.messages import Rows, SaleAsk
from sync.payload import read
from tests.lane_shop import (
    ANNA,
    COFFEE_GCN,
    COFFEE_LINE,
    NOON,
    TODAY,
    YOGURT,
    TestLane,
    basket,
    reasons,
    running_lane,
    tender,
)

TWO_LINES = (COFFEE_LINE, (YOGURT, 1, 100))
WHOLE = ReturnIn("t1", "42", TODAY)
SALE = TransactionKey("s001", "t1", TODAY, "42")


class Chain:
    """Headquarters' real inbox between two real lanes; the wire is in the test's hand."""

    def __init__(self, folder: Path, *lanes: TestLane) -> None:
        self.store = open_store(folder / "hq.db", make=True)
        self.inbox = Inbox(self.store)
        self.lanes = dict(zip(("1", "2"), lanes, strict=True))
        self.asked: list[SaleAsk] = []
        self.silent = False
        for name in self.lanes:
            desk = self.desk(name)
            desk.up = lambda: True
            desk.send = lambda ask, name=name: self.take(name, ask)

    def desk(self, name: str) -> PastSales:
        return self.lanes[name].lane._rooms.past_sales

    def take(self, name: str, ask: SaleAsk) -> bool:
        self.asked.append(ask)
        if not self.silent:
            self.desk(name).heard(self.facts(name, ask))
        return True

    def facts(self, name: str, ask: SaleAsk):
        with self.store.change():
            (packet,) = self.inbox.relay.take("s001", name, ask, NOON)
        return read(packet.schema, packet.content_type, packet.payload)

    async def collect(self) -> None:
        """Let every row of every lane come in."""
        for name, lane in self.lanes.items():
            rows = await lane.journal.rows_after(0, 1000)
            with self.store.change():
                self.inbox.rows("s001", name, Rows(lane.journal.epoch, rows), NOON)

    def right_is_free(self) -> bool:
        held = "SELECT count(*) FROM holdings WHERE serial LIKE 'sale %'"
        return self.store.conn.execute(held).fetchone() == (0,)


@pytest.fixture
async def chain(tmp_path):
    async with two_lanes(tmp_path) as made:
        yield made


@asynccontextmanager
async def two_lanes(folder: Path):
    for name in ("1", "2"):
        (folder / name).mkdir(exist_ok=True)
    async with running_lane(folder / "1") as one, running_lane(folder / "2", lane="2") as two:
        made = Chain(folder, one, two)
        yield made
        made.store.close()


async def sell(chain: Chain, lane: str = "1") -> str:
    """Sell coffee with its coupon (1.00 off 8.99), and a yogurt."""
    shop = chain.lanes[lane]
    code = shop.coupon(COFFEE_GCN, 7)
    told = await shop.lane.basket("h1", basket(1, *TWO_LINES, card=ANNA, coupons=(code,)))
    assert told.total_discount_minor == 100
    await shop.lane.tender("h1", tender(told))
    await chain.collect()
    return code


async def test_a_sale_comes_back_whole_at_another_lane(chain) -> None:
    """Lane 2 never saw it: it refunds 8.99 + 1.00 less 1.00, and the coupon is free again."""
    await sell(chain)
    back = await chain.lanes["2"].lane.give_back(WHOLE)
    assert back.refund_minor == 899 + 100 - 100
    assert [(r.offer_id, r.amount_minor, r.whole) for r in back.reversals] == [
        ("coffee-1", 100, True)
    ]
    assert (await chain.lanes["2"].kinds())[-3:] == [
        "returned",
        "claim_released",
        "claim_released",
    ]
    await chain.collect()
    holdings = chain.store.conn.execute("SELECT serial FROM holdings").fetchall()
    assert holdings == []


async def test_parts_at_two_lanes_sum_to_the_whole(chain) -> None:
    """The yogurt at lane 2, the rest at lane 1: together the full refund, and nothing twice."""
    await sell(chain)
    first = await chain.lanes["2"].lane.give_back(ReturnIn("t1", "42", TODAY, ("L2",)))
    await chain.collect()
    second = await chain.lanes["1"].lane.give_back(WHOLE)
    assert (first.refund_minor, second.refund_minor) == (100, 799)
    assert first.reversals == ()
    assert [r.whole for r in second.reversals] == [True]
    await chain.collect()
    with pytest.raises(Refused) as refused:
        await chain.lanes["2"].lane.give_back(WHOLE)
    assert refused.value.code == "returned_before"
    assert (await chain.lanes["2"].kinds())[-1] == "claim_released"
    await chain.collect()
    assert chain.right_is_free()


async def test_the_lane_of_the_receipt_may_be_gone(tmp_path) -> None:
    """Its PC is dead; its rows are at headquarters, and that is enough."""
    async with two_lanes(tmp_path) as chain:
        await sell(chain)
        chain.lanes["1"].lane._rooms.past_sales.send = None
        back = await chain.lanes["2"].lane.give_back(WHOLE)
        assert back.refund_minor == 899


async def test_one_lane_at_a_time_takes_goods_of_a_sale_back(chain) -> None:
    """While lane 1 is at it, lane 2 is told where; afterwards it sees what came back."""
    await sell(chain)
    desk = chain.desk("1")
    facts = await desk.ask(SALE)
    with pytest.raises(Refused) as refused:
        await chain.lanes["2"].lane.give_back(WHOLE)
    assert (refused.value.code, "s001/1" in refused.value.what) == ("return_elsewhere", True)
    await desk.write(*desk.over(facts, "not_given"))
    await chain.collect()
    assert (await chain.lanes["2"].lane.give_back(WHOLE)).refund_minor == 899


async def test_headquarters_away_the_cashier_is_told_so(chain) -> None:
    """Lane 2 cannot know the sale, and writes nothing; lane 1 takes its own back."""
    await sell(chain)
    for name in ("1", "2"):
        chain.desk(name).up = lambda: False
    with pytest.raises(Refused) as refused:
        await chain.lanes["2"].lane.give_back(WHOLE)
    assert (refused.value.code, refused.value.status) == ("sale_not_asked", 503)
    assert "receipt" in refused.value.do
    assert await chain.lanes["2"].kinds() == []
    assert (await chain.lanes["1"].lane.give_back(WHOLE)).refund_minor == 899


async def test_an_answer_that_is_too_late_is_nobodys(chain) -> None:
    """After 800 ms the right is given back; what headquarters granted meanwhile is buried by the row."""
    await sell(chain)
    chain.silent = True
    asking = asyncio.ensure_future(chain.lanes["2"].lane.give_back(WHOLE))
    while not chain.asked:
        await asyncio.sleep(0.001)
    await settle()
    await chain.lanes["2"].clock.advance(0.81)
    with pytest.raises(Refused) as refused:
        await asking
    assert refused.value.code == "sale_not_asked"
    chain.desk("2").heard(chain.facts("2", chain.asked[0]))
    assert not chain.right_is_free()
    await chain.collect()
    assert chain.right_is_free()


async def test_a_crash_amid_a_return_gives_the_right_back(tmp_path) -> None:
    """Headquarters gave the right, the lane died: at its next start the tombstone goes out."""
    async with two_lanes(tmp_path) as chain:
        await sell(chain)
        await chain.desk("2").ask(SALE)
        assert not chain.right_is_free()
    async with running_lane(tmp_path / "2", lane="2") as two:
        assert (await two.kinds())[-1] == "claim_released"


async def test_nobody_knows_the_sale(chain) -> None:
    """Asked and not found: the right is given back at once."""
    with pytest.raises(Refused) as refused:
        await chain.lanes["2"].lane.give_back(WHOLE)
    assert (refused.value.code, refused.value.status) == ("sale_unknown", 404)
    await chain.collect()
    assert chain.right_is_free()


async def test_a_sale_that_came_back_elsewhere_cannot_be_voided(chain) -> None:
    """Lane 2 refunded the yogurt: lane 1's void of the whole sale would refund it again."""
    await sell(chain)
    await chain.lanes["2"].lane.give_back(ReturnIn("t1", "42", TODAY, ("L2",)))
    await chain.collect()
    with pytest.raises(Refused) as refused:
        await chain.lanes["1"].lane.void("h1")
    assert refused.value.code == "returned_in_part"


async def test_a_coupon_lives_again_where_it_was_used(chain) -> None:
    """Used at lane 1, brought back at lane 2: lane 1 hears of it."""
    code = await sell(chain)
    shop = chain.lanes["1"]
    again = basket(1, *TWO_LINES, card=ANNA, coupons=(code,), number="43")
    assert reasons(await shop.lane.basket("h2", again))["coffee-1"].value == "ALREADY_REDEEMED"
    await chain.lanes["2"].lane.give_back(WHOLE)
    chain.store.conn.execute(
        "INSERT INTO stores(store, facts, lanes) VALUES ('s001', '{\"store\": \"s001\"}', '[]')"
    )
    await chain.collect()
    for rev, ops in chain.store.deltas_after("s001", 0):
        await shop.journal.apply_delta(rev, ops)
    told = await shop.lane.basket(
        "h3", basket(1, *TWO_LINES, card=ANNA, coupons=(code,), number="44")
    )
    assert told.total_discount_minor == 100
