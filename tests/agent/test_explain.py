"""A sale explained months later, in another process, from what its lane kept: the same to the byte."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import zstandard

from agent.explain import Wanted, explain
from agent.explain_words import lines_of
from agent.kept_facts import facts_of, keep
from agent.past_decision import NEVER_KEPT
from agent.refunds import SaleEvidence
from cache.generation import Generation
from cache.journal_store import unpack
from cache.parts import Parts, part_name
from cache.past_sales import past_sales
from ground.complaints import Complaint
from offers.context import Context
from offers.decide import decide
from tests.lane_shop import (
    ANNA,
    COFFEE_LINE,
    TODAY,
    YOGURT,
    YOGURT_GCN,
    basket,
    build_generation,
    running_lane,
    tender,
)

TWO_YOGURTS = (YOGURT, 2, 398)


async def a_sale(shop, number="42", lines=(TWO_YOGURTS, COFFEE_LINE)):
    """Anna buys two yogurts with a coupon, and coffee without one; 0.80 off."""
    code = shop.coupon(YOGURT_GCN, int(number))
    message = basket(1, *lines, card=ANNA, coupons=(code,), number=number)
    out = await shop.lane.basket(f"h{number}", message)
    await shop.lane.tender(f"h{number}", tender(out))
    return out


def run(tmp_path, *words) -> tuple[int, str]:
    """Ask as a person does: by the command, in a process of its own."""
    command = [sys.executable, "-m", "agent.cli", "explain", *words]
    journal = ("--journal", str(tmp_path / "data" / "journal.db"))
    done = subprocess.run(
        [*command, *journal], check=False, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


def told(tmp_path, number, *wishes, **more):
    return explain(tmp_path / "data" / "journal.db", Wanted(number, what_if=wishes, **more))


async def test_another_process_decides_a_running_lane_s_sale_again_to_the_byte(tmp_path):
    """Number, uid and serial lead to it; verdicts, amounts by line and the search are told."""
    async with running_lane(tmp_path) as shop:
        out = await a_sale(shop)
        serial = out.discounts[0].serial
        code, text = run(tmp_path, "42")
        assert code == 0, text
        assert "decided again: the same, byte for byte; as the journal vouches" in text
        assert "L1  09520000001018  2 x Yogurt 398  -80 yogurt-20" in text
        assert f"applied     yogurt-20 -80 coupon {serial}" in text
        assert "COUPON_NOT_PRESENTED" in text
        assert "nothing gives more than 80" in text
        uid = json.loads(run(tmp_path, "42", "--json")[1])["uid"]
        for name in (uid, serial):
            assert told(tmp_path, name).uid == uid


async def test_after_a_new_generation_a_restart_and_a_quarter_it_is_still_the_same(tmp_path):
    """The offer is another one by then, and its file gone: the sale keeps the one it was decided by."""
    async with running_lane(tmp_path) as shop:
        await a_sale(shop)
        build_generation(tmp_path / "data" / "offers-g2.db", slip_offers=0)
        await shop.journal.point_to("offers-g2.db", 2)
        shop.wired.shelf.swap(Generation.open(tmp_path / "data" / "offers-g2.db")).close()
        (tmp_path / "data" / "offers-g1.db").unlink()
    async with running_lane(tmp_path) as shop:
        shop.clock.set_time(shop.clock.utc_now() + timedelta(days=91))
        await shop.journal.hq_has(shop.journal.last_seq)
        again = told(tmp_path, "42")
        assert (again.same, again.faults, again.total_discount_minor) == (True, (), 80)


async def test_an_open_sale_is_explained_too_even_one_that_a_restart_reopened(tmp_path):
    """The cashier asks before the sale is paid; the facts of the basket are on disk already."""
    async with running_lane(tmp_path) as shop:
        await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA))
    async with running_lane(tmp_path) as shop:
        again = told(tmp_path, "42")
        assert (again.state, again.same, again.faults) == ("open", True, ())
        out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA))
        await shop.lane.tender("h1", tender(out))
        assert told(tmp_path, "42").state == "tendered"
        assert told(tmp_path, "42").same


async def test_the_newest_sale_of_a_number_comes_first_and_a_date_narrows(shop, tmp_path):
    """Numbers begin again: the others are named, and found by their day."""
    await a_sale(shop)
    second = basket(1, COFFEE_LINE, business_date=TODAY + timedelta(days=1))
    out = await shop.lane.basket("h2", second)
    await shop.lane.tender("h2", tender(out))
    newest = told(tmp_path, "42")
    assert (newest.business_date, len(newest.others)) == ("2026-11-03", 1)
    first = told(tmp_path, "42", day=TODAY.isoformat())
    assert (first.uid, first.others) == (newest.others[0], ())
    assert "1 more by this number" in "\n".join(lines_of(newest))
    with pytest.raises(Complaint):
        told(tmp_path, "42", till="t9")


async def test_a_refused_coupon_leads_to_the_sale_that_it_was_shown_at(shop, tmp_path):
    """Forged: no row names it, the sale itself does."""
    code = shop.coupon(YOGURT_GCN, 7)
    forged = code[:-1] + str((int(code[-1]) + 1) % 10)
    out = await shop.lane.basket("h1", basket(1, TWO_YOGURTS, coupons=(forged,)))
    await shop.lane.tender("h1", tender(out))
    again = told(tmp_path, forged[-12:])
    assert (again.found_by, again.verdicts[0].reason.value) == ("presented", "SERIAL_FORGED")


# What if.


async def test_what_if_says_only_what_would_change(shop, tmp_path):
    """One yogurt more at the same price: 20 % of three are 119; one less, and it is a near miss."""
    await a_sale(shop)
    more = told(tmp_path, "42", "L1 +1").what_if[0]
    assert (more.total_before_minor, more.total_after_minor) == (80, 80)
    fewer = told(tmp_path, "42", "L1 -1").what_if[0]
    assert (fewer.total_before_minor, fewer.total_after_minor) == (80, 0)
    assert [(it.offer_id, it.before, it.after) for it in fewer.changed] == [
        ("yogurt-20", "APPLIED", "NEAR_MISS_QTY")
    ]
    assert fewer.lines == (("L1", 80, 0),)
    text = "\n".join(lines_of(told(tmp_path, "42", "remove L2")))
    assert "nothing would change" in text
    assert "verdicts:" not in text


async def test_what_if_takes_an_article_that_was_not_bought(shop, tmp_path):
    """At a price that is said; what any sale told of the article is used."""
    await a_sale(shop)
    out = await shop.lane.basket(
        "h2", basket(1, COFFEE_LINE, coupons=(shop.coupon(YOGURT_GCN, 9),), number="43")
    )
    await shop.lane.tender("h2", tender(out))
    found = told(tmp_path, "43", f"{YOGURT} +2 @200").what_if[0]
    assert found.total_after_minor == 80
    for nonsense in ("L9 +1", f"{YOGURT} +2", "remove L9", "more", "L1 +x"):
        with pytest.raises(Complaint):
            told(tmp_path, "43", nonsense)


# What was changed behind the lane's back.


def spoil(path: Path, sql: str, *values) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        assert db.execute(sql, values).rowcount == 1


REPLACED = "CAST(replace(CAST(body AS TEXT), ?, ?) AS BLOB)"


def rewritten(path: Path, change) -> None:
    """Change the evidence as somebody would who knows its form."""
    with closing(sqlite3.connect(path)) as db, db:
        (body,) = db.execute("SELECT body FROM evidence").fetchone()
        plain = change(zstandard.ZstdDecompressor().stream_reader(body).read())
        db.execute("UPDATE evidence SET body = ?", (plain,))


async def test_what_was_changed_is_told_and_ends_with_a_fault(tmp_path):
    """A verdict, a fact, an offer, the row: each change is seen, and the command fails."""
    async with running_lane(tmp_path) as shop:
        await a_sale(shop)
    path = tmp_path / "data" / "journal.db"
    whole = path.read_bytes()
    rewritten(path, lambda body: body.replace(b'"amount_minor":80', b'"amount_minor":70'))
    code, text = run(tmp_path, "42")
    assert code == 1
    assert "the evidence was changed: the row names another hash of it" in text
    path.write_bytes(whole)
    rewritten(path, lambda body: body.replace(b'"quantity":2', b'"quantity":3'))
    assert "another hash" in " ".join(told(tmp_path, "42").faults)
    path.write_bytes(whole)
    spoil(
        path, f"UPDATE part SET body = {REPLACED} WHERE instr(body, '\"percent\":20')", "20", "10"
    )
    assert "was changed" in " ".join(told(tmp_path, "42").faults)
    path.write_bytes(whole)
    spoil(path, "UPDATE part SET body = x'28b52ffd00' WHERE instr(body, ?)", b'"Espresso"')
    assert "was changed" in " ".join(told(tmp_path, "42").faults)
    path.write_bytes(whole)
    spoil(path, f"UPDATE row SET body = {REPLACED} WHERE kind = 'tendered'", "1297", "1298")
    assert "the row was changed" in " ".join(told(tmp_path, "42").faults).replace("sale's ", "")


async def test_an_older_sale_without_its_facts_says_so(tmp_path):
    """What was recorded is told; whether it holds, nobody can know."""
    async with running_lane(tmp_path) as shop:
        await a_sale(shop)
    path = tmp_path / "data" / "journal.db"

    def older(body: bytes) -> bytes:
        plain = msgspec.json.decode(body)
        del plain["facts"], plain["app"]
        return msgspec.json.encode(plain)

    rewritten(path, older)
    code, text = run(tmp_path, "42")
    assert code == 1
    assert NEVER_KEPT in text
    assert "applied     yogurt-20" in text
    with pytest.raises(Complaint):
        told(tmp_path, "42", "L1 +1")


# How it is kept.


async def test_every_fact_comes_back_as_it_was(shop):
    """The context that was decided on, rebuilt from its pieces, field by field."""
    await shop.journal.set_recalls(1, (YOGURT,), ("coffee-1",))
    await shop.lane.basket("h1", basket(1, TWO_YOGURTS, COFFEE_LINE, card=ANNA))
    sale = shop.wired.lane._rooms.book.get("h1")
    evaluation = shop.wired.lane._rooms.evaluation
    context, decision = evaluation.decide(sale, sale.latest.basket)
    raw, parts = keep(context, Parts())
    found = facts_of(raw, lambda name, kind: msgspec.convert(parts[name], kind))
    for field in msgspec.structs.fields(Context):
        assert getattr(found, field.name) == getattr(context, field.name), field.name
    assert msgspec.json.encode(decide(found)) == msgspec.json.encode(decision)


async def test_an_offer_is_written_once_however_many_sales_name_it(shop, tmp_path):
    """Five sales, one text of each offer and article; a week later only its day is noted."""
    for number in range(50, 55):
        await a_sale(shop, str(number))
    with past_sales(tmp_path / "data" / "journal.db") as sales:
        names = [(n, unpack(b)) for n, b in sales._db.execute("SELECT name, body FROM part")]
    assert sum(b"coupon_number" in body for _, body in names) == 2
    assert all(part_name(body) == name for name, body in names)
    shop.clock.set_time(shop.clock.utc_now() + timedelta(days=7))
    await a_sale(shop, "60")
    with past_sales(tmp_path / "data" / "journal.db") as sales:
        days = sales._db.execute("SELECT count(DISTINCT day), count(*) FROM part").fetchone()
        assert days == (1, len(names))


async def test_parts_go_a_month_after_the_last_sale_that_names_them(shop, tmp_path):
    """Kept with the sales, and 45 days longer: a sale may be paid long after its last basket."""
    await a_sale(shop)
    journal = tmp_path / "data" / "journal.db"
    for days, left in ((92, True), (138, False)):
        shop.clock.set_time(
            shop.clock.utc_now().replace(year=2026, month=11, day=2) + timedelta(days=days)
        )
        await shop.journal.append()
        await shop.journal.hq_has(shop.journal.last_seq)
        with past_sales(journal) as sales:
            assert (sales._db.execute("SELECT count(*) FROM part").fetchone()[0] > 0) is left


async def test_the_facts_of_an_ended_sale_are_not_kept_in_memory(shop):
    """They are in the journal; the answer alone stays, for a till that asks again."""
    await a_sale(shop)
    book = shop.wired.lane._rooms.book
    assert bytes(book.finished("h42").answered.facts) == b"null"
    body = await shop.journal.evidence(book.finished("h42").uid)
    assert len(SaleEvidence.decode(body).facts) > 100
