"""A small year, written by hand: what every verdict and every redemption comes to is worked out here.

Coupon A is good for milk and bread, B for bread and jam, both in March; C for tea, in April. Each is
1.00 off one product. Anna holds all three, Bert A and B, Carl none; Dora is in no list.
"""

import io
import json
import re
import sqlite3
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent import cli
from agent.replay import BASKETS_FILE, played, replay
from cache import inspect
from cache.generation_writer import GenerationWriter
from cache.replay_file import (
    FORMAT,
    ReplayBasket,
    ReplayHeader,
    ReplayLine,
    ReplayRedemption,
    read_header,
    write_replay,
)
from offers.context import Policy, Risk, StoreFacts
from offers.coupon_code import gcn
from offers.model import (
    AmountOff,
    Approval,
    Assignment,
    Condition,
    Offer,
    Product,
    ProductSet,
    Selector,
    Wallet,
)

REPORT_TABLE = Path(__file__).parents[2] / "docs" / "replay.md"
ANNA, BERT, CARL, DORA = (f"{n:032x}" for n in (1, 2, 3, 4))
MILK, BREAD, JAM, TEA, SOAP = (f"{n:014d}" for n in (11, 12, 13, 14, 15))
MARCH = date(2017, 3, 1), date(2017, 3, 31)
APRIL = date(2017, 4, 1), date(2017, 4, 30)
SETS = {"A": ((MILK, BREAD), MARCH), "B": ((BREAD, JAM), MARCH), "C": ((TEA,), APRIL)}
NUMBERS = {name: gcn(f"99000000000{n}") for n, name in enumerate(SETS)}
WALLETS = {ANNA: "ABC", BERT: "AB"}
REDEEMED = [  # shopper, coupon, day, what becomes of it
    (ANNA, "A", (3, 5)),  # 0 applied: not in the morning's basket, but in the evening's
    (ANNA, "B", (3, 5)),  # 1 applied in the morning
    (BERT, "A", (3, 6)),  # 2 only soap: nothing counts
    (BERT, "C", (3, 6)),  # 3 not started
    (BERT, "A", (4, 2)),  # 4 expired
    (CARL, "A", (3, 7)),  # 5 applied: the paper is enough, nobody gave it to him
    (ANNA, "A", (3, 9)),  # 6 no basket that day
    (ANNA, "A", (3, 10)),  # 7 and
    (ANNA, "B", (3, 10)),  # 8 both want the only bread: one applied, one consumed
    (ANNA, "B", (3, 11)),  # 9 the bread is free already
    (BERT, "A", (3, 12)),  # 10 and
    (BERT, "A", (3, 12)),  # 11 the same row twice: one coupon, applied
]
BASKETS = [  # number, shopper, store, month, day, hour, lines, presented
    ("b1", ANNA, "1", (3, 5, 9), [(JAM, 1, 250)], (0, 1)),
    ("b2", ANNA, "1", (3, 5, 18), [(MILK, 2, 198)], (0, 1)),
    ("b3", BERT, "2", (3, 6, 10), [(SOAP, 1, 99)], (2, 3)),
    ("b4", CARL, "1", (3, 7, 10), [(MILK, 1, 99)], (5,)),
    ("b6", ANNA, "1", (3, 10, 10), [(BREAD, 1, 300)], (7, 8)),
    ("b7", ANNA, "1", (3, 11, 10), [(BREAD, 1, 0)], (9,)),
    ("b8", BERT, "2", (3, 12, 10), [(MILK, 1, 120)], (10, 11)),
    ("b9", DORA, "1", (3, 13, 10), [(TEA, 1, 500)], ()),
    ("b5", BERT, "2", (4, 2, 10), [(MILK, 1, 120)], (4,)),
]
VERDICTS = {
    "APPLIED": 5,  # b1 B, b2 A, b4 A, b6 A or B, b8 A
    "NO_QUALIFYING_ITEM": 3,  # b1 A, b2 B, b3 A
    "NOT_STARTED": 5,  # C in b1, b2, b6, b7 of Anna's wallet; in b3 by its paper
    "EXPIRED": 2,  # b5 A and B
    "COUPON_NOT_PRESENTED": 3,  # b3 B, b7 A, b8 B
    "CONSUMED_BY_OTHER_OFFER": 1,  # b6
    "BETTER_OFFER_CHOSEN": 1,  # b7 B: the price is already nothing
}
REDEMPTIONS = {
    "applied": 6,
    "NO_QUALIFYING_ITEM": 1,
    "NOT_STARTED": 1,
    "EXPIRED": 1,
    "CONSUMED_BY_OTHER_OFFER": 1,
    "BETTER_OFFER_CHOSEN": 1,
    "no_basket_that_day": 1,
}


def offer(name: str) -> Offer:
    gtins, (starts, ends) = SETS[name]
    return Offer(
        offer_id=name,
        version=1,
        campaign_id="m",
        objective="value",
        title={"en": f"Coupon {name}"},
        products=ProductSet({"en": f"products of {name}"}, Selector(gtins)),
        condition=Condition(),
        reward=AmountOff(100),
        starts=starts,
        ends=ends,
        use="coupon",
        coupon_number=NUMBERS[name],
        single_use=False,
        approval=Approval("test", starts),
    )


def write_year(place: Path, baskets: list[ReplayBasket], zone: str = "UTC", redeemed=()) -> None:
    with GenerationWriter(place / "offers-small.db") as writer:
        writer.put_store(StoreFacts("small", "USD", time_zone=zone), Policy(), Risk())
        for name in SETS:
            writer.put_offer(offer(name))
        for gtin in (MILK, BREAD, JAM, TEA, SOAP):
            writer.put_product(Product(gtin, "Article", "Brand", "food"))
        for shopper, names in WALLETS.items():
            writer.put_wallet(
                shopper, Wallet(tuple(Assignment(n, 1.0, *SETS[n][1]) for n in names))
            )
        writer.finish("small", datetime(2017, 1, 1, tzinfo=UTC), 0)
    lines = sum(len(basket.lines) for basket in baskets)
    header = ReplayHeader(
        FORMAT, "test", "USD", "offers-small.db", len(baskets), lines, tuple(redeemed)
    )
    write_replay(place / BASKETS_FILE, header, baskets)


def redemption(shopper: str, name: str, day: tuple[int, int]) -> ReplayRedemption:
    return ReplayRedemption(shopper, NUMBERS[name], name, date(2017, *day))


def sale(number, shopper, at: datetime, lines, presented=(), store="1") -> ReplayBasket:
    return ReplayBasket(
        number, shopper, store, at, tuple(ReplayLine(*line) for line in lines), presented
    )


@pytest.fixture
def year(tmp_path: Path) -> Path:
    baskets = [
        sale(number, shopper, datetime(2017, *at, tzinfo=UTC), lines, presented, store)
        for number, shopper, store, at, lines, presented in BASKETS
    ]
    write_year(tmp_path, baskets, redeemed=[redemption(*row) for row in REDEEMED])
    return tmp_path


async def play(place: Path, store: str | None = None, journal: Path | None = None):
    """Play in a journal that stays, for a look into it."""
    there = journal or place / "journal"
    there.mkdir()
    header = read_header(place / BASKETS_FILE)
    return await played(place, header, store, there, lambda number, took_s: None)


async def test_every_verdict_and_every_redemption_comes_to_what_was_worked_out(year):
    """Twelve redemptions, each in one bucket; twenty verdicts by reason."""
    report = await play(year)
    assert report.baskets == 9
    assert report.verdicts == VERDICTS
    assert report.redemptions == REDEMPTIONS
    assert 0 < report.decision_ms["p50"] <= report.decision_ms["p99"] <= report.decision_ms["max"]
    assert report.decision_ms["p50"] < report.basket_ms["p50"]
    assert report.left_out_lines == 0
    assert report.baskets_per_s > 0
    assert report.peak_rss_mb > 1


async def test_one_stores_baskets_leave_the_others_redemptions_without_a_basket(year):
    """Store 2 is Bert's: b3, b5 and b8; all twelve redemptions still stand in one bucket each."""
    report = await play(year, "2")
    assert report.baskets == 3
    assert report.redemptions == {
        "applied": 2,
        "NO_QUALIFYING_ITEM": 1,
        "NOT_STARTED": 1,
        "EXPIRED": 1,
        "no_basket_that_day": 7,
    }
    assert (await play(year, "99", year / "none")).redemptions == {"no_basket_that_day": 12}


async def test_every_sale_is_a_row_of_a_whole_chain(year):
    """Nine sales, nine rows by the simulated clock; what was given is in them."""
    await play(year)
    path = year / "journal" / "journal.db"
    assert inspect.verify(path).do == "nothing"
    db = sqlite3.connect(path)
    rows = db.execute(
        "SELECT seq, at, body FROM row WHERE kind = 'tendered' ORDER BY seq"
    ).fetchall()
    db.close()
    assert [seq for seq, _, _ in rows] == list(range(1, 10))
    assert [at[:13] for _, at, _ in rows[:2]] == ["2017-03-05T09", "2017-03-05T18"]
    # 1.00, then milk at 0.99 twice (a coupon takes one), 0.99, 1.00 once, nothing, 1.00
    discounts = [json.loads(body)["discount_minor"] for _, _, body in rows]
    assert discounts == [100, 99, 0, 99, 100, 0, 100, 0, 0]


async def test_a_basket_belongs_to_the_stores_own_day(tmp_path):
    """03:30 UTC on 1 April is 31 March in New York: the coupon's last day, not the day after."""
    late = datetime(2017, 4, 1, 3, 30, tzinfo=UTC)
    redeemed = [redemption(BERT, "A", (3, 31))]
    for zone, came in (("America/New_York", "applied"), ("UTC", "EXPIRED")):
        place = tmp_path / came
        place.mkdir()
        write_year(place, [sale("b1", BERT, late, [(MILK, 1, 199)], (0,))], zone, redeemed)
        assert (await play(place)).redemptions == {came: 1}


async def test_the_journal_stays_small_however_long_the_year(tmp_path):
    """400 sales over 100 days: rows go as headquarters has them, what is left is days, not months."""
    begin = datetime(2017, 1, 1, tzinfo=UTC)
    sales = [
        sale(f"b{n}", BERT, begin + timedelta(hours=6 * n), [(SOAP, 1, 99)]) for n in range(400)
    ]
    write_year(tmp_path, sales)
    await play(tmp_path)
    db = sqlite3.connect(tmp_path / "journal" / "journal.db")
    counts = [db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("row", "evidence")]
    ((last,),) = db.execute("SELECT max(seq) FROM row").fetchall()
    db.close()
    assert last == 400
    assert max(counts) < 100  # 2 days of retention are 8 rows; 64 baskets lie between two answers


def test_the_command_prints_a_report_and_writes_it(year, capsys):
    """The keys are those of the documentation; no bar where nobody looks on; nothing is left over."""
    before = sorted(path.name for path in year.iterdir())
    assert cli.main(["replay", str(year), "--json", str(year / "out" / "r.json")]) == 0
    said = capsys.readouterr()
    assert "9 baskets" in said.out
    assert "redemptions, 12 in all:" in said.out
    assert said.err == ""
    written = json.loads((year / "out" / "r.json").read_text())
    told = set(re.findall(r"`([a-z_0-9]+)`", REPORT_TABLE.read_text().partition("The buckets")[0]))
    assert written.keys() <= told
    spread = written["decision_ms"], written["basket_ms"]
    assert all(took.keys() == {"p50", "p99", "max"} for took in spread)
    assert sum(written["outcomes"].values()) == sum(written["verdicts"].values())
    assert sum(written["redemptions"].values()) == len(REDEEMED)
    assert sorted(path.name for path in year.iterdir()) == [*before, "out"]


def test_a_person_at_a_terminal_sees_how_far_it_is(year, monkeypatch, capsys):
    """The last bar is full and ends its line."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert replay(year, None, None) == 0
    assert screen.getvalue().split("\r")[-1] == f"[{'#' * 40}] 9 of 9,    0 s left \n"


def test_a_folder_without_baskets_or_half_a_file_ends_with_a_sentence(year, capsys):
    """Status 1 and what to do, whatever is wrong; and the temporary folder goes all the same."""
    file = year / BASKETS_FILE
    file.write_bytes(file.read_bytes()[:-20])
    assert cli.main(["replay", str(year)]) == 1
    assert "make it again" in capsys.readouterr().err
    assert not list(year.glob("replay-*"))
    assert cli.main(["replay", str(year / "nowhere")]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_a_generation_that_is_missing_is_named(year, capsys):
    """The baskets alone are not enough."""
    (year / "offers-small.db").unlink()
    assert cli.main(["replay", str(year)]) == 1
    assert "offers-small.db" in capsys.readouterr().err
