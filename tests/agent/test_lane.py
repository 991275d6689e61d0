"""What a scan, a basket, a tender, a void and a return cause."""

import msgspec
import pytest

from agent.refusals import Refused
from agent.scan_decoder import Scan
from agent.till_types import GivenIn, TenderIn
from cache.errors import JournalLostTail
from offers.changes import AssignOp
from offers.model import Assignment
from offers.reasons import Reason
from offers.records import Tendered
from tests.lane_shop import (
    ANNA,
    ANNA_KEY,
    COFFEE,
    COFFEE_GCN,
    COFFEE_LINE,
    TODAY,
    YOGURT,
    YOGURT_GCN,
    basket,
    reasons,
    running_lane,
    tender,
)


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
    assert "store s001, till 2" in verdict.sentence
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


async def test_one_bad_coupon_seen_with_every_article_is_one_forgery(shop):
    """The same slip stands in each revision of the basket: that is no attack."""
    shop.arbiter.answer = "down"
    good = shop.coupon(COFFEE_GCN, 5)
    forged = good[:-1] + str((int(good[-1]) + 1) % 10)
    for revision in range(1, 5):
        lines = (COFFEE_LINE,) * revision
        await shop.lane.basket("f1", basket(revision, *lines, coupons=(forged,), number="f1"))
    out = await shop.lane.basket("h1", basket(1, COFFEE_LINE, coupons=(good,)))
    assert reasons(out) == {"coffee-1": Reason.APPLIED}


async def test_an_answer_that_could_not_be_written_down_was_never_given(shop):
    """The journal refuses the basket: the repeated call is decided and written, not remembered."""
    shop.journal._lost = JournalLostTail(0, 1)
    with pytest.raises(JournalLostTail):
        await shop.lane.basket("h1", basket(1, COFFEE_LINE))
    assert shop.journal.open_baskets() == ()
    shop.journal._lost = None
    await shop.lane.basket("h1", basket(1, COFFEE_LINE))
    assert [saved.revision for saved in shop.journal.open_baskets()] == [1]


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
