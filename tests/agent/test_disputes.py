"""Twenty complaints on a real lane: the right sentence and script, two taps, a row here and at headquarters."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import get_args

import msgspec
import pytest

from agent.refusals import Refused
from agent.staff_types import DisputeIn, PaperIn, SettleIn
from agent.till_types import TenderIn
from cache.changes import Assignment
from cache.entries import Entry
from hq import disputes as at_hq
from hq.inbox import Inbox
from hq.store import open_store
from offers.catalogue import Script
from offers.changes import AssignOp
from offers.records import Issued, Noted, Settled
from printer.plan import plan
from printer.profile import find_profile
from staff_help.script import built_in, fingerprint
from sync.messages import Rows
from tests.dispute_play import BADGE, at_a_lane
from tests.dispute_shop import BANK, Bought, Happens, stories
from tests.lane_shop import ANNA_KEY, NOON, TODAY

STORIES = stories()
COFFEE = (Bought("coffee", 1, 899),)


@pytest.fixture
async def desk(tmp_path):
    """A lane with headquarters in reach, and nobody published who could sign in."""
    async with at_a_lane(tmp_path) as player:
        yield player


async def expired(player, handle="dispute"):
    """A sale with a coupon whose last day was yesterday."""
    bought = Happens("sale", handle, "anna", "", (Bought("tea", 1, 349),), ("tea-50",))
    await player.do_sale(bought, len(player.answers) + 1)


def wanted(*path: str, offer="tea-50", handle="dispute", **more) -> SettleIn:
    return SettleIn(handle, offer, path, by=more.pop("by", BADGE), **more)


async def refusal(coroutine) -> str:
    with pytest.raises(Refused) as refused:
        await coroutine
    assert refused.value.what
    assert refused.value.do
    return refused.value.code


# The twenty.


def test_there_is_a_story_for_each_complaint():
    """Each built-in script is played."""
    assert {story.script for story in STORIES.values()} == set(get_args(Script))
    assert len(STORIES) == 20


@pytest.mark.parametrize("online", [True, False], ids=["online", "offline"])
@pytest.mark.parametrize("name", STORIES)
async def test_a_complaint_is_settled_in_two_taps(tmp_path, name, online):
    """Sentence, script, step, outcome, journal row and headquarters' row; the rows arrive later where HQ is away."""
    story = STORIES[name]
    expected = story.expected(online)
    async with at_a_lane(tmp_path, online) as player:
        await player.play(story)
        slips = len(player.lane.tray.slips)
        opened = await player.open(story)
        script = built_in()[story.script]
        assert (opened.reason.value, opened.sentence) == (expected.reason, expected.sentence)
        assert (opened.script, opened.say) == (
            story.script,
            script.step[expected.step].say["en"],
        )
        done = await player.tap(opened, expected.path)
        assert player.taps == 2
        assert (done.outcome, done.amount_minor) == (expected.outcome, expected.amount_minor)
        (row,) = await player.settled()
        assert (row.offer_id, row.reason, row.outcome, row.amount_minor, row.by) == (
            story.offer,
            expected.reason,
            expected.outcome,
            expected.amount_minor,
            BADGE,
        )
        assert (row.script, row.script_version, row.path) == (story.script, 1, expected.path)
        assert row.script_sha256 == fingerprint(script)
        assert (row.funder == "store") == (expected.outcome == "goodwill")
        assert bool(row.ticket) == (expected.outcome == "escalated")
        assert (len(player.lane.tray.slips) > slips) == expected.prints
        rows = await player.lane.journal.rows_after(0, 1000)
        epoch = player.lane.journal.epoch
    store = open_store(tmp_path / "hq.db", make=True)
    with store.change():
        ack = Inbox(store).rows("s001", "1", Rows(epoch, rows), NOON)
    (line,) = at_hq.each(store, None)
    breaks = store.conn.execute("SELECT count(*) FROM chain_breaks").fetchone()[0]
    store.close()
    assert (ack.upto, ack.rejected, breaks) == (len(rows), (), 0)
    assert (line["offer_id"], line["reason"], line["outcome"], line["amount_minor"]) == (
        story.offer,
        expected.reason,
        expected.outcome,
        expected.amount_minor,
    )
    assert (line["script"], json.loads(line["path"]), line["by"]) == (
        story.script,
        list(expected.path),
        BADGE,
    )


# What a step shows.


async def test_a_step_changes_nothing(desk):
    """However often it is asked for, no row is written."""
    await expired(desk)
    kinds = await desk.lane.kinds()
    for _ in range(3):
        await desk.disputes.step(DisputeIn("dispute", "tea-50"))
    assert await desk.lane.kinds() == kinds


async def test_the_page_speaks_the_lanes_language(tmp_path):
    """Complaint, step, labels and last words in German; the offer's own title is as it is worded."""
    async with at_a_lane(tmp_path, language="de") as player:
        await expired(player)
        opened = await player.disputes.step(DisputeIn("dispute", "tea-50"))
        assert opened.complaint == "Gestern galt es noch"
        assert [choice.label for choice in opened.choices] == [
            "Erklärt",
            "0,50\u00a0€ geben",
            "Zentrale fragen",
        ]
        done = await player.disputes.end(wanted("gift"))
        assert done.say == "0,50\u00a0€ an der Kasse abziehen."


async def test_a_language_nobody_wrote_falls_back_to_english(tmp_path):
    """A lane in Danish still says something."""
    async with at_a_lane(tmp_path, language="da") as player:
        await expired(player)
        opened = await player.disputes.step(DisputeIn("dispute", "tea-50"))
        assert opened.complaint == "It was still valid yesterday"


async def test_counts_and_does_not_count_come_with_the_step(desk):
    """What the slip says, generated from the same rule."""
    await desk.play(STORIES["01_wrong_variant"])
    opened = await desk.disputes.step(DisputeIn("dispute", "yogurt-20"))
    assert "Solenne yogurt" in opened.counts
    assert "Coconut" in opened.not_counts
    assert opened.evidence["variant"] == "Coconut"


async def test_another_complaint_than_the_reason_s_may_be_chosen(desk):
    """The script is the one that was named; the sentence stays that of the verdict."""
    await expired(desk)
    opened = await desk.disputes.step(DisputeIn("dispute", "tea-50", "shelf_price"))
    assert (opened.script, opened.reason.value) == ("shelf_price", "EXPIRED")
    await desk.disputes.end(wanted("ask", script="shelf_price"))
    assert [row.script for row in await desk.settled()] == ["shelf_price"]


async def test_who_is_held_out_looks_like_who_was_never_given_the_offer(desk):
    """The same reason, sentence and choices: nobody at the till can tell an experiment."""
    mine = (Assignment("coffee-5", 0.5, BANK["coffee-5"].starts, BANK["coffee-5"].ends, "holdout"),)
    await desk.lane.journal.apply_delta(1, (AssignOp(ANNA_KEY, mine),))
    await desk.do_sale(Happens("sale", "dispute", "anna", lines=COFFEE), 1)
    held = await desk.disputes.step(DisputeIn("dispute", "coffee-5"))
    never = await desk.disputes.step(DisputeIn("dispute", "mail-2"))
    assert held.reason == never.reason
    assert held.evidence == never.evidence == {}
    assert [c.id for c in held.choices] == [c.id for c in never.choices]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (DisputeIn("nobody", "tea-50"), "transaction_unknown"),
        (DisputeIn("dispute", "no-such-offer"), "no_such_offer"),
        (DisputeIn("dispute", "tea-50", None, ("nothing",)), "no_such_choice"),
        (DisputeIn("dispute", "tea-50", None, ("told",)), "no_such_choice"),
    ],
)
async def test_what_cannot_be_opened_is_refused(desk, asked, code):
    """Unknown sale, unknown offer, a choice that is not there, one that has ended already."""
    await expired(desk)
    assert await refusal(desk.disputes.step(asked)) == code


# How it ends.


async def test_a_call_that_is_sent_twice_settles_once(desk):
    """Words, money and tickets: the same answer, one row each."""
    await expired(desk)
    for path in ("told", "gift", "ask"):
        first = await desk.disputes.end(wanted(path))
        assert await desk.disputes.end(wanted(path)) == first
    assert [row.outcome for row in await desk.settled()] == ["explained", "goodwill", "escalated"]


async def test_a_call_that_is_sent_again_after_a_restart_settles_once(tmp_path):
    """What was settled stands in the journal, not in somebody's memory."""
    async with at_a_lane(tmp_path) as player:
        await expired(player)
        first = await player.disputes.end(wanted("gift"))
    async with at_a_lane(tmp_path) as player:
        assert await player.disputes.end(wanted("gift")) == first
        assert len(await player.settled()) == 1
        assert player.lane.counter.disputes.gifts("dispute")[0].amount_minor == 50


async def test_many_calls_at_once_give_once(desk):
    """Ten taps on a slow screen are one gift."""
    await expired(desk)
    done = await asyncio.gather(*(desk.disputes.end(wanted("gift")) for _ in range(10)))
    assert {one.amount_minor for one in done} == {50}
    assert len(await desk.settled()) == 1


async def test_the_till_hears_of_a_gift_by_its_next_answer(desk):
    """With the same revision again, with the next one, and no more of another sale."""
    await expired(desk)
    assert desk.answers["dispute"].gifts == ()
    await desk.disputes.end(wanted("gift"))
    bought = Happens("sale", "dispute", "anna", "", (Bought("tea", 1, 349),), ("tea-50",))
    await desk.do_sale(bought, 1)
    (gift,) = desk.answers["dispute"].gifts
    assert (gift.offer_id, gift.amount_minor, gift.funder) == ("tea-50", 50, "store")
    assert gift.title == "0.50 off green tea"
    await expired(desk, "other")
    assert desk.answers["other"].gifts == ()


async def test_a_gift_never_exceeds_what_the_sale_costs(desk):
    """3.49 of tea: 3.50 is refused though the case may have 5.00; a second gift counts the first."""
    await expired(desk)
    assert await refusal(desk.disputes.end(wanted("gift", amount_minor=350))) == "over_basket"
    assert (await desk.disputes.end(wanted("gift", amount_minor=349))).amount_minor == 349
    assert [row.amount_minor for row in await desk.settled()] == [349]


@pytest.mark.parametrize("amount", [-1, 100_001])
def test_amounts_out_of_range_are_refused_by_their_type(amount):
    """Below nothing and above 1,000.00, before the lane looks at it."""
    text = json.dumps(
        {"transaction": "t", "offer_id": "o", "path": ["gift"], "amount_minor": amount}
    )
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=SettleIn)


async def test_a_shopper_has_a_limit_over_all_sales(desk):
    """Four gifts of 5.00 in four weeks; the fifth needs a manager. After 28 days it begins anew."""
    for n in range(4):
        bought = Happens("sale", f"h{n}", "anna", "", (Bought("tea", 5, 1745),), ("tea-50",))
        await desk.do_sale(bought, n + 1)
        await desk.disputes.end(wanted("gift", handle=f"h{n}", amount_minor=500))
    bought = Happens("sale", "last", "anna", "", (Bought("tea", 5, 1745),), ("tea-50",))
    await desk.do_sale(bought, 9)
    last = wanted("gift", handle="last", amount_minor=1)
    assert await refusal(desk.disputes.end(last)) == "over_shopper_limit"
    opened = await desk.disputes.step(DisputeIn("last", "tea-50"))
    assert [choice.needs_pin for choice in opened.choices] == [False, True, False]
    await desk.lane.clock.advance(28 * 86400 + 1)
    assert (await desk.disputes.end(last)).amount_minor == 1


async def test_two_sales_at_once_do_not_pass_a_limit_together(desk):
    """45.00 of the shift's 50.00 are given: of two gifts of 5.00 at the same moment one is."""
    for n in range(11):
        bought = Happens("sale", f"h{n}", "", "", (Bought("tea", 5, 1745),), ("tea-50",))
        await desk.do_sale(bought, n + 1)
    for n in range(9):
        await desk.disputes.end(wanted("gift", handle=f"h{n}", amount_minor=500))
    both = (desk.disputes.end(wanted("gift", handle=h, amount_minor=500)) for h in ("h9", "h10"))
    told = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(getattr(one, "code", "given") for one in told) == ["given", "over_shift_limit"]


async def test_an_offer_that_the_sale_did_not_look_at_is_no_reason_for_a_gift(desk):
    """Under whatever complaint: words and a ticket, no money for what somebody names."""
    await expired(desk)
    for script in get_args(Script):
        opened = await desk.disputes.step(DisputeIn("dispute", "mail-2", script))
        assert "goodwill" not in {choice.ends for choice in opened.choices}


async def test_nothing_is_given_in_training_for_a_voided_sale_or_without_a_name(desk):
    """No gift is offered, and none is taken by a path that nobody was shown."""
    await expired(desk)
    assert await refusal(desk.disputes.end(wanted("gift", by=""))) == "sign_in_first"
    await desk.lane.counter.tender("dispute", TenderIn(1, ()))
    await desk.lane.counter.void("dispute")
    assert await refusal(desk.disputes.end(wanted("gift"))) == "no_such_choice"
    assert (await desk.disputes.end(wanted("told"))).outcome == "explained"


async def test_what_is_never_bought_off_has_no_gift_on_any_path(desk):
    """A recall, under whatever complaint it is opened."""
    await desk.play(STORIES["09_recalled"])
    for script in get_args(Script):
        path = SettleIn("dispute", "jam-75", ("gift",), script, by=BADGE)
        assert await refusal(desk.disputes.end(path)) == "no_such_choice"
    assert await desk.settled() == []


async def test_a_full_disk_promises_nothing(desk):
    """The row could not be written: no gift is in the answers, and a repeat may give it."""
    await expired(desk)
    desk.lane.journal.append, append = _full, desk.lane.journal.append
    with pytest.raises(OSError, match="full"):
        await desk.disputes.end(wanted("gift"))
    desk.lane.journal.append = append
    assert desk.disputes.gifts("dispute") == ()
    assert (await desk.disputes.end(wanted("gift"))).amount_minor == 50


async def _full(*entries: Entry, **more: object) -> None:
    raise OSError("full")


# The paper.


async def test_the_small_paper_says_what_counts_and_is_no_coupon(desk):
    """No code, the words of the rule, the verdict's sentence; written down first, printed on any rung."""
    await desk.play(STORIES["01_wrong_variant"])
    told = await desk.disputes.paper(PaperIn("dispute", "yogurt-20"))
    assert told.printing
    (slip,) = desk.lane.tray.slips
    assert slip.code.kind == "none"
    assert slip.headline == "What counts, what does not: 20% off two Solenne yogurts"
    assert "Coconut" in slip.not_counts
    assert slip.terms == "This paper is no coupon."
    made = plan((slip,), find_profile("generic-80mm"), 10.0)
    assert made.items
    (noted,) = await desk.records(Noted)
    assert (noted.code, noted.detail) == (
        "dispute_paper",
        "yogurt-20 EXCLUDED_VARIANT by nobody signed in",
    )


async def test_without_a_printer_no_paper_is_promised(desk):
    """Refused, and nothing is written."""
    await expired(desk)
    desk.lane.tray.ready = False
    assert await refusal(desk.disputes.paper(PaperIn("dispute", "tea-50"))) == "printer_away"
    assert await desk.records(Noted) == []


# Printed again: the old serial is used up with the new one's making.


async def torn(player):
    await player.play(STORIES["10_printed_torn"])


def again(**more) -> SettleIn:
    return wanted("again", offer="coffee-1", script="printed_torn", **more)


async def test_the_old_coupon_is_used_up_with_the_row_that_makes_the_new_one(desk):
    """Claimed as a sale would, granted; the rest is one commit: the end of the old, the new one."""
    await torn(desk)
    old = next(one for one in await desk.records(Issued) if one.offer_id == "coffee-1")
    before = len(await desk.lane.kinds())
    await desk.disputes.end(again())
    kinds = (await desk.lane.kinds())[before:]
    assert kinds == ["claiming", "claim_granted", "settled", "issued"]
    new = (await desk.records(Issued))[-1]
    (row,) = await desk.settled()
    assert (row.serial, row.new_serial) == (old.serial, new.serial)
    assert new.instead_of == old.serial
    assert new.serial != old.serial
    assert new.valid_to == old.valid_to
    assert desk.lane.tray.slips[-1].code.serial.replace(" ", "") == new.serial
    assert desk.lane.journal.mirror.claims == {}
    assert desk.lane.journal.mirror.redeemed_serial(old.serial) is not None


async def test_the_new_coupon_lives_no_longer_than_the_old_one(desk):
    """Printed again a week later, it ends on the day that stood on the first paper."""
    await torn(desk)
    old = next(one for one in await desk.records(Issued) if one.offer_id == "coffee-1")
    desk.today = TODAY + timedelta(days=7)
    await desk.lane.clock.advance(7 * 86400)
    await desk.do_sale(Happens("sale", "dispute", "anna", lines=COFFEE), 9)
    await desk.disputes.end(again())
    new = (await desk.records(Issued))[-1]
    assert (new.valid_from, new.valid_to) == (TODAY + timedelta(days=7), old.valid_to)


async def test_only_the_new_coupon_works_afterwards(desk):
    """The old one is refused as used, also after it turns up again; the new one applies."""
    await torn(desk)
    old, _ = await codes(desk)
    await desk.disputes.end(again())
    _, new = await codes(desk)
    assert await reason(desk, old, "h1") == "ALREADY_REDEEMED"
    assert await reason(desk, new, "h2") == "APPLIED"


async def codes(player) -> tuple[str, str]:
    """Give the codes of the first and of the last coupon for coffee."""
    from offers.coupon_code import element_string

    mine = [one for one in await player.records(Issued) if one.offer_id == "coffee-1"]
    first, last = mine[0], mine[-1]
    return (
        element_string(first.coupon_number, first.serial),
        element_string(last.coupon_number, last.serial),
    )


async def reason(player, code: str, handle: str) -> str:
    """Present a code in a sale of its own, and give the verdict's reason."""
    from tests.lane_shop import COFFEE_LINE, basket

    told = await player.lane.counter.put_basket(
        handle, basket(1, COFFEE_LINE, coupons=(code,), number=handle)
    )
    return next(v.reason.value for v in told.verdicts if v.offer_id == "coffee-1")


async def test_a_repeated_call_prints_no_second_paper(desk):
    """The same answer, one new coupon."""
    await torn(desk)
    first = await desk.disputes.end(again())
    papers = len(desk.lane.tray.slips)
    assert await desk.disputes.end(again()) == first
    assert len(desk.lane.tray.slips) == papers


async def test_a_coupon_printed_again_counts_as_the_same_one(desk):
    """For caps and quiet time the shopper has no more than before."""
    await torn(desk)
    before = desk.lane.journal.mirror.past(ANNA_KEY)
    await desk.disputes.end(again())
    assert desk.lane.journal.mirror.past(ANNA_KEY) == before


@pytest.mark.parametrize(
    ("answer", "code", "end"),
    [
        ("deny", "reissue_used", "claim_denied"),
        ("redeemed", "reissue_used", "claim_denied"),
        ("down", "reissue_offline", "claim_released"),
    ],
)
async def test_without_the_arbiters_grant_nothing_is_printed(desk, answer, code, end):
    """Used elsewhere, or no answer: the claim is over, the old coupon is as good as it was."""
    await torn(desk)
    desk.lane.arbiter.answer = answer
    papers = len(desk.lane.tray.slips)
    assert await refusal(desk.disputes.end(again())) == code
    assert (await desk.lane.kinds())[-2:] == ["claiming", end]
    assert len(desk.lane.tray.slips) == papers
    assert await desk.settled() == []
    assert desk.lane.journal.mirror.claims == {}


async def test_a_silent_arbiter_is_waited_for_and_then_given_up(desk):
    """0.8 s, whatever the risk caps would allow a sale; then the old coupon is free again."""
    await torn(desk)
    desk.lane.arbiter.answer = "silent"
    ending = asyncio.ensure_future(desk.disputes.end(again()))
    async with asyncio.timeout(10):
        while not desk.lane.clock._sleepers:  # until it waits for the answer
            await asyncio.sleep(0.001)
    await desk.lane.clock.advance(1.0)
    assert await refusal(ending) == "reissue_offline"
    old, _ = await codes(desk)
    desk.lane.arbiter.answer = "grant"
    assert await reason(desk, old, "h1") == "APPLIED"


async def test_a_power_cut_between_claim_and_commit_gives_the_old_coupon_back(tmp_path):
    """The restart releases the claim; no new coupon exists."""
    async with at_a_lane(tmp_path) as player:
        await torn(player)
        append = player.lane.journal.append

        async def cut(*entries: Entry, **more: object):
            if any(isinstance(entry.record, Settled) for entry in entries):
                raise ConnectionError("power cut")
            return await append(*entries, **more)

        player.lane.journal.append = cut
        with pytest.raises(ConnectionError):
            await player.disputes.end(again())
        player.lane.journal.append = append
    async with at_a_lane(tmp_path) as player:
        assert (await player.lane.kinds())[-1] == "claim_released"
        old, new = await codes(player)
        assert old == new
        assert await reason(player, old, "h1") == "APPLIED"


async def test_a_coupon_of_another_lane_is_replaced_by_its_digits(desk):
    """Typed from below the code; a wrong digit is a forgery and stays unprinted."""
    await desk.do_sale(Happens("sale", "dispute", "anna", lines=COFFEE), 1)
    assert await refusal(desk.disputes.end(again())) == "reissue_serial"
    code = desk.lane.coupon(BANK["coffee-1"].coupon_number, 7)
    serial = code[-12:]
    wrong = serial[:-1] + str((int(serial[-1]) + 1) % 10)
    assert await refusal(desk.disputes.end(again(serial=wrong))) == "reissue_used"
    done = await desk.disputes.end(again(serial=serial))
    assert done.printing == ("coffee-1",)
    assert await reason(desk, code, "h1") == "ALREADY_REDEEMED"


async def test_a_coupon_that_this_very_sale_holds_is_not_printed_again(desk):
    """It applies already; a second one would be a gift."""
    bought = Happens("sale", "dispute", "", "", COFFEE, ("coffee-1",))
    await desk.do_sale(bought, 1)
    serial = desk.answers["dispute"].discounts[0].serial
    assert await refusal(desk.disputes.end(again(serial=serial))) == "reissue_used"


async def test_a_stopped_offer_or_a_silent_printer_prints_nothing_and_claims_nothing(desk):
    """The printer is asked first; a killed offer gives its claim back."""
    await torn(desk)
    desk.lane.tray.ready = False
    assert await refusal(desk.disputes.end(again())) == "printer_away"
    assert (await desk.lane.kinds())[-1] != "claim_released"
    desk.lane.tray.ready = True
    await desk.lane.journal.set_recalls(1, (), ("coffee-1",))
    assert await refusal(desk.disputes.end(again())) == "reissue_used"
    assert (await desk.lane.kinds())[-1] == "claim_released"


async def test_a_coupon_past_its_last_day_is_not_made_young_again(desk):
    """Printed with 28 days; after them there is nothing to replace."""
    await torn(desk)
    desk.today = TODAY + timedelta(days=28)
    await desk.lane.clock.advance(28 * 86400)
    await desk.do_sale(Happens("sale", "dispute", "anna", lines=COFFEE), 9)
    assert await refusal(desk.disputes.end(again())) == "reissue_used"
