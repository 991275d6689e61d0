"""What a scan, a basket, a tender, a void and a return cause."""

import msgspec
import pytest

from agent.refusals import Refused
from agent.scan_decoder import Scan
from agent.till_types import GivenIn, ReturnIn, TenderIn
from offers.changes import AssignOp
from offers.model import Assignment
from offers.reasons import Reason
from offers.records import Printed, Tendered
from tests.lane_shop import (
    ANNA,
    ANNA_KEY,
    COFFEE,
    COFFEE_GCN,
    TODAY,
    YOGURT,
    YOGURT_GCN,
    basket,
    running_lane,
    tender,
)

COFFEE_LINE = (COFFEE, 1, 899)


def reasons(out):
    return {verdict.offer_id: verdict.reason for verdict in out.verdicts}


@pytest.fixture
async def shop(tmp_path):
    async with running_lane(tmp_path) as lane:
        yield lane


async def test_a_card_and_a_sale_print_the_offers_for_the_next_visit(shop):
    """Both of Anna's offers are printed best first, each under a serial of its own, rows before paper."""
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA))
    assert (out.shopper, out.total_discount_minor) == (True, 0)
    told = await shop.lane.tender("h1", tender(out))
    assert told.printing == ("yogurt-20", "coffee-1")
    assert [slip.headline for slip in shop.tray.slips] == ["yogurt-20", "coffee-1"]
    codes = [slip.code.data for slip in shop.tray.slips]
    assert codes[0].startswith("255" + YOGURT_GCN + "00012000")
    assert codes[1].startswith("255" + COFFEE_GCN + "00012001")
    assert await shop.kinds() == ["tendered", "issued", "issued"]


async def test_a_printed_coupon_applies_once_and_is_redeemed(shop):
    """Second visit: claimed, granted, given, final. Third: the lane itself knows that it is used."""
    code = shop.coupon(COFFEE_GCN, 5)
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    assert (out.total_discount_minor, reasons(out)) == (100, {"coffee-1": Reason.APPLIED})
    told = await shop.lane.tender("h1", tender(out))
    assert told.redeemed == ("coffee-1",)
    assert await shop.kinds() == ["claiming", "claim_granted", "tendered"]
    again = await shop.lane.basket("h2", basket(1, COFFEE_LINE, coupons=(code,), number="43"))
    assert (again.total_discount_minor, reasons(again)) == (
        0,
        {"coffee-1": Reason.ALREADY_REDEEMED},
    )
    assert len(shop.arbiter.asked) == 1


async def test_a_coupon_that_would_not_apply_is_not_claimed(shop):
    """One yogurt of two: a near miss says what is missing, and no right is taken from anyone."""
    code = shop.coupon(YOGURT_GCN, 1)
    out = await shop.lane.basket("h1", basket(1, (YOGURT, 1, 199), coupons=(code,)))
    assert reasons(out) == {"yogurt-20": Reason.NEAR_MISS_QTY}
    assert shop.arbiter.asked == []
    assert len(out.cues) == 1


async def test_an_arbiters_denial_is_told_with_where_and_when(shop):
    """The cashier's sentence names the other lane."""
    shop.arbiter.answer = "redeemed"
    code = shop.coupon(COFFEE_GCN, 5)
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    (verdict,) = out.verdicts
    assert verdict.reason is Reason.ALREADY_REDEEMED
    assert "s001/2" in verdict.sentence
    assert await shop.kinds() == ["claiming", "claim_denied"]


async def test_without_an_answer_a_coupon_is_provisional_within_the_caps(shop):
    """Two of three coupons are accepted, as the risk caps say; the third is refused, and released."""
    shop.arbiter.answer = "down"
    seen = []
    for n in range(3):
        code = shop.coupon(COFFEE_GCN, n)
        out = await shop.lane.basket(
            f"h{n}", basket(1, COFFEE_LINE, coupons=(code,), number=str(n))
        )
        seen.append((reasons(out)["coffee-1"], out.verdicts[0].provisional))
        await shop.lane.tender(f"h{n}", tender(out))
    assert seen == [(Reason.APPLIED, True), (Reason.APPLIED, True), (Reason.OFFLINE_LIMIT, False)]
    assert (await shop.kinds())[-3:] == ["claiming", "claim_released", "tendered"]


async def test_a_repeated_late_or_reordered_call_changes_nothing(shop):
    """The same revision gives the same answer; an older one gives the newest; a tender counts once."""
    first = await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA))
    assert await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA)) == first
    second = await shop.lane.basket("h1", basket(3, COFFEE_LINE, (YOGURT, 2, 398), card=ANNA))
    late = await shop.lane.basket("h1", basket(2, (YOGURT, 2, 398), card=ANNA))
    assert late == second
    told = await shop.lane.tender("h1", tender(second))
    rows = await shop.kinds()
    assert await shop.lane.tender("h1", tender(second)) == told
    assert (
        await shop.lane.basket("h1", basket(3, COFFEE_LINE, (YOGURT, 2, 398), card=ANNA)) == second
    )
    assert await shop.kinds() == rows


async def test_one_revision_cannot_carry_two_baskets(shop):
    """A till that forgets to count is told so."""
    await shop.lane.basket("h1", basket(1, COFFEE_LINE))
    with pytest.raises(Refused) as refused:
        await shop.lane.basket("h1", basket(1, COFFEE_LINE, COFFEE_LINE))
    assert (refused.value.code, refused.value.status) == ("revision_reused", 409)


async def test_what_the_till_did_not_give_is_released(shop):
    """Less given is less redeemed; nothing given is no redemption, and the coupon is free again."""
    code = shop.coupon(COFFEE_GCN, 5)
    await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    told = await shop.lane.tender("h1", TenderIn(1, ()))
    assert (told.redeemed, told.released) == ((), ("coffee-1",))
    assert [v.reason for v in told.verdicts] == [Reason.DECISION_LATE]
    assert (await shop.kinds())[-2:] == ["tendered", "claim_released"]
    out = await shop.lane.basket("h2", basket(1, COFFEE_LINE, coupons=(code,), number="43"))
    part = await shop.lane.tender("h2", TenderIn(1, (GivenIn("L1", "coffee-1", 60),)))
    assert (out.total_discount_minor, part.redeemed) == (100, ("coffee-1",))
    rows = await shop.journal.rows_after(0, 100)
    sale = msgspec.json.decode(rows[-1].body, type=Tendered)
    assert [r.amount_minor for r in sale.redemptions] == [60]


async def test_an_answered_revision_is_honoured_though_the_product_is_recalled_meanwhile(shop):
    """The recall changes the next revision, not the promise that the till already shows."""
    code = shop.coupon(COFFEE_GCN, 5)
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    await shop.journal.set_recalls(1, (COFFEE,), ())
    told = await shop.lane.tender("h1", tender(out))
    assert told.redeemed == ("coffee-1",)
    code = shop.coupon(COFFEE_GCN, 6)
    out = await shop.lane.basket("h2", basket(1, COFFEE_LINE, coupons=(code,), number="43"))
    assert reasons(out) == {"coffee-1": Reason.RECALLED}


async def test_a_void_frees_the_coupon_and_a_tendered_sale_can_be_voided_once(shop):
    """Before the tender the claim goes back; after it the redemption is undone; twice is once."""
    code = shop.coupon(COFFEE_GCN, 5)
    await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    await shop.lane.void("h1")
    assert (await shop.kinds())[-2:] == ["voided", "claim_released"]
    out = await shop.lane.basket("h2", basket(1, COFFEE_LINE, coupons=(code,), number="43"))
    await shop.lane.tender("h2", tender(out))
    await shop.lane.void("h2")
    rows = await shop.kinds()
    await shop.lane.void("h2")
    assert await shop.kinds() == rows
    out = await shop.lane.basket("h3", basket(1, COFFEE_LINE, coupons=(code,), number="44"))
    assert out.total_discount_minor == 100


async def test_partial_returns_sum_to_the_sale_and_revive_the_coupon_with_the_last_line(shop):
    """Two lines, one discount: refunds add up to what was paid, and nothing is paid twice."""
    code = shop.coupon(YOGURT_GCN, 5)
    lines = ((YOGURT, 1, 200), (YOGURT, 1, 200), COFFEE_LINE)
    out = await shop.lane.basket("h1", basket(1, *lines, coupons=(code,)))
    assert out.total_discount_minor == 80
    await shop.lane.tender("h1", tender(out))
    first = await shop.lane.give_back(ReturnIn("t1", "42", TODAY, ("L1",)))
    second = await shop.lane.give_back(ReturnIn("t1", "42", TODAY))
    assert first.refund_minor + second.refund_minor == 400 - 80 + 899
    assert [r.whole for r in first.reversals + second.reversals] == [False, True]
    with pytest.raises(Refused) as refused:
        await shop.lane.give_back(ReturnIn("t1", "42", TODAY, ("L1",)))
    assert refused.value.code == "returned_before"
    out = await shop.lane.basket("h2", basket(1, *lines, coupons=(code,), number="43"))
    assert out.total_discount_minor == 80


async def test_a_suspended_sale_gives_its_claims_back_and_makes_them_anew(shop):
    """While it waits, another lane may use the coupon; taken up, it is a new attempt."""
    code = shop.coupon(COFFEE_GCN, 5)
    await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    await shop.lane.suspend("h1")
    assert (await shop.kinds())[-1] == "claim_released"
    out = await shop.lane.basket("h1", basket(2, COFFEE_LINE, coupons=(code,)))
    assert out.total_discount_minor == 100
    assert len({claim.claim for claim in shop.arbiter.asked}) == 2


async def test_training_decides_and_prints_but_uses_up_nothing(shop):
    """No claim, no serial, no redemption: the coupon still works for real."""
    code = shop.coupon(COFFEE_GCN, 5)
    out = await shop.lane.basket(
        "h1", basket(1, COFFEE_LINE, card=ANNA, coupons=(code,), mode="training")
    )
    assert out.total_discount_minor == 100
    await shop.lane.tender("h1", tender(out))
    assert shop.arbiter.asked == []
    assert await shop.kinds() == ["tendered"]
    assert {(slip.training, slip.code.kind) for slip in shop.tray.slips} == {(True, "none")}
    live = await shop.lane.basket("h2", basket(1, COFFEE_LINE, coupons=(code,), number="43"))
    assert live.total_discount_minor == 100


async def test_a_scan_belongs_to_the_open_sale_or_to_the_next_within_a_minute(shop):
    """Scanned before the first article, the card counts; a minute later it is somebody else's sale."""
    await shop.lane.scan(Scan(ANNA, "]E0"))
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE))
    assert out.shopper
    await shop.lane.void("h1")
    await shop.clock.advance(10)
    await shop.lane.scan(Scan(ANNA, "]E0"))
    await shop.clock.advance(61)
    out = await shop.lane.basket("h2", basket(1, COFFEE_LINE, number="43"))
    assert not out.shopper
    await shop.lane.scan(Scan(ANNA, "]E0"))
    assert (await shop.lane.basket("h2", basket(2, COFFEE_LINE, number="43"))).shopper


async def test_the_same_till_number_on_the_next_business_date_is_a_new_sale(shop):
    """Numbers restart at day end: yesterday's tender is not today's."""
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE))
    await shop.lane.tender("h1", tender(out))
    tomorrow = TODAY.replace(day=3)
    out = await shop.lane.basket("h1", basket(1, (COFFEE, 2, 1798), business_date=tomorrow))
    await shop.lane.tender("h1", tender(out))
    rows = await shop.journal.rows_after(0, 100)
    sales = [msgspec.json.decode(r.body, type=Tendered) for r in rows if r.kind == "tendered"]
    assert len({sale.uid for sale in sales}) == 2
    assert [sale.key.business_date for sale in sales] == [TODAY, tomorrow]


async def test_a_restart_reopens_the_sale_and_knows_the_tendered_one(tmp_path):
    """A crash between basket and tender keeps the promise; one after the tender repeats the answer."""
    async with running_lane(tmp_path) as shop:
        code = shop.coupon(COFFEE_GCN, 5)
        out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    async with running_lane(tmp_path) as shop:
        told = await shop.lane.tender("h1", tender(out))
        assert told.redeemed == ("coffee-1",)
    async with running_lane(tmp_path) as shop:
        rows = await shop.kinds()
        assert await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,))) == out
        assert await shop.lane.tender("h1", tender(out)) == told
        assert await shop.kinds() == rows


async def test_a_claim_that_a_crash_left_without_answer_is_released_at_start(tmp_path):
    """Power cut while HQ thinks: the next start gives the right back before its first answer."""
    async with running_lane(tmp_path) as shop:
        shop.arbiter.answer = "silent"
        import asyncio

        call = asyncio.create_task(
            shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(shop.coupon(COFFEE_GCN, 5),)))
        )
        while not shop.arbiter.asked:
            await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        assert await shop.kinds() == ["claiming"]
    async with running_lane(tmp_path) as shop:
        assert await shop.kinds() == ["claiming", "claim_released"]


async def test_a_job_that_a_crash_left_without_an_end_is_unknown_and_not_printed_again(tmp_path):
    """The rows stood before the paper: the next start says what nobody can know, once."""
    async with running_lane(tmp_path) as shop:
        out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA))
        await shop.lane.tender("h1", tender(out))
    for _ in range(2):
        async with running_lane(tmp_path) as shop:
            assert await shop.kinds() == ["tendered", "issued", "issued", "printed"]
            (row,) = [r for r in await shop.journal.rows_after(0, 9) if r.kind == "printed"]
            assert msgspec.json.decode(row.body, type=Printed).result == "unknown"
            assert shop.tray.slips == []


async def test_a_forged_serial_is_refused_and_three_close_the_offline_door(shop):
    """After three forgeries in an hour nothing is accepted without the arbiter."""
    shop.arbiter.answer = "down"
    good = shop.coupon(COFFEE_GCN, 5)
    for n in range(3):
        forged = good[:-1] + str((int(good[-1]) + 1 + n) % 10)
        out = await shop.lane.basket(
            f"f{n}", basket(1, COFFEE_LINE, coupons=(forged,), number=f"f{n}")
        )
        assert reasons(out) == {"coffee-1": Reason.SERIAL_FORGED}
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(good,)))
    assert reasons(out) == {"coffee-1": Reason.OFFLINE_LIMIT}


async def test_a_printer_that_is_down_issues_nothing(shop):
    """No paper, no coupon: the offers wait for the next sale."""
    shop.tray.ready = False
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA))
    told = await shop.lane.tender("h1", tender(out))
    assert told.printing == ()
    assert {v.reason for v in told.verdicts} == {Reason.PRINTER_DOWN}
    assert await shop.kinds() == ["tendered"]


async def test_a_clock_that_jumped_a_day_issues_nothing_and_still_redeems(shop):
    """Untrusted time: claims go on, nothing new is promised."""
    await shop.lane.basket("h0", basket(1, COFFEE_LINE, number="1"))
    shop.clock.set_time(shop.clock.utc_now().replace(day=4))
    code = shop.coupon(COFFEE_GCN, 5)
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA, coupons=(code,)))
    assert (out.trusted_clock, out.total_discount_minor) == (False, 100)
    told = await shop.lane.tender("h1", tender(out))
    assert (told.redeemed, told.printing) == (("coffee-1",), ())
    assert {v.reason for v in told.verdicts} == {Reason.STALE_DATA}


async def test_a_payment_card_is_neither_stored_nor_logged(shop, caplog, tmp_path):
    """Scanned at the lane or sent by the till, its digits are in no file and no log line."""
    pan = "4111111111111111"
    with caplog.at_level("DEBUG"):
        await shop.lane.scan(Scan(pan))
        await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(pan,)))
    assert shop.lane.refused_scans == 1
    files = [path.read_bytes() for path in (tmp_path / "data").iterdir()]
    assert not any(pan.encode() in data for data in files)
    assert pan not in caplog.text


async def test_no_card_number_is_on_the_disk(shop, tmp_path):
    """A shopper's card leaves only a keyed hash."""
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA))
    await shop.lane.tender("h1", tender(out))
    files = [path.read_bytes() for path in (tmp_path / "data").iterdir()]
    assert not any(ANNA.encode() in data for data in files)


async def test_a_scanner_held_over_a_card_reads_it_once(shop):
    """Repetitions within a second are one scan; after a second without any it is a new one."""
    pan = Scan("4111111111111111")
    for _ in range(4):
        await shop.lane.scan(pan)
        await shop.clock.advance(0.9)
    assert shop.lane.refused_scans == 1
    await shop.clock.advance(0.2)
    await shop.lane.scan(pan)
    assert shop.lane.refused_scans == 2


async def test_a_basket_that_is_parked_asks_for_no_coupon(shop):
    """Suspended by the basket itself: what it held is given back, and nothing is claimed."""
    code = shop.coupon(COFFEE_GCN, 5)
    await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    parked = await shop.lane.basket("h1", basket(2, COFFEE_LINE, coupons=(code,), suspended=True))
    assert (parked.total_discount_minor, len(shop.arbiter.asked)) == (0, 1)
    assert (await shop.kinds())[-1] == "claim_released"
    out = await shop.lane.basket("h1", basket(3, COFFEE_LINE, coupons=(code,)))
    assert (out.total_discount_minor, len(shop.arbiter.asked)) == (100, 2)


async def test_an_older_revision_is_honoured_with_the_right_that_it_was_given(shop):
    """The coupon is gone from the newest basket, the till tenders the one before: used once, claimed."""
    code = shop.coupon(COFFEE_GCN, 5)
    first = await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    await shop.lane.basket("h1", basket(2, COFFEE_LINE))
    assert "claim_released" not in await shop.kinds()
    told = await shop.lane.tender("h1", tender(first))
    assert told.redeemed == ("coffee-1",)
    rows = await shop.journal.rows_after(0, 100)
    (use,) = msgspec.json.decode(rows[-1].body, type=Tendered).redemptions
    assert use.claim is not None


async def test_a_coupon_taken_off_again_is_free_after_the_tender(shop):
    """Nobody used it: the right goes back with the sale's last row."""
    code = shop.coupon(COFFEE_GCN, 5)
    await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(code,)))
    out = await shop.lane.basket("h1", basket(2, COFFEE_LINE))
    await shop.lane.tender("h1", tender(out))
    assert (await shop.kinds())[-1] == "claim_released"


async def test_a_holdout_is_told_to_nobody_even_where_the_printer_is_down(tmp_path):
    """By design she gets nothing: no verdict names the offer, neither at the basket nor at the tender."""
    async with running_lane(tmp_path) as shop:
        held = Assignment("coffee-1", 0.8, TODAY, TODAY, "holdout")
        await shop.journal.apply_delta(1, (AssignOp(ANNA_KEY, (held,)),))
        for ready in (True, False):
            shop.tray.ready = ready
            out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, card=ANNA, number=str(ready)))
            told = await shop.lane.tender("h1", tender(out))
            assert (out.verdicts, told.verdicts, told.printing) == ((), (), ())
        assert await shop.kinds() == ["tendered", "ghost", "tendered"]
