"""The twenty disputes on the cashier's page: in Chromium, on a real agent, and at headquarters.

The stories are data (tests/disputes). Each is played twice on one lane: with headquarters there, and
with headquarters and its broker down, which come back afterwards.
"""

import json

import pytest
from msgspec import Struct

from staff_help.script import built_in, fingerprint
from tests.dispute_hq import CASHIER
from tests.dispute_page import PagePlayer, Played
from tests.dispute_shop import stories
from tests.dispute_stage import stage_at, until

pytestmark = pytest.mark.asyncio(loop_scope="module")
STORIES = stories()
MODES = {"online": True, "offline": False}


class Day(Struct):
    """A day at the lane: every story as it was played, and what headquarters had of it when."""

    played: dict[tuple[str, str], Played]
    while_away: list[dict]  # disputes at headquarters before it came back
    at_hq: list[dict]
    rows_at_hq: list[tuple]
    last_row: int  # of the lane, before headquarters was looked at for the last time


async def a_day(browser, home) -> Day:
    """Play all of them; what went wrong in one is told in its turn."""
    async with stage_at(home) as stage:
        chain, played = stage.chain, {}
        player = await PagePlayer.open(stage, browser)
        for n, (name, story) in enumerate(STORIES.items()):
            played[name, "online"] = await player.play(n, story, online=True)
        chain.stop_serving()
        chain.broker.kill()
        await player.page.locator("#light-hq:not([data-level=good])").wait_for()
        for n, (name, story) in enumerate(STORIES.items(), len(STORIES)):
            played[name, "offline"] = await player.play(n, story, online=False)
        while_away = chain.settled()
        chain.broker.start()
        chain.serve()
        last = stage.last_row()
        await until(lambda: len(chain.rows()) >= last, stage.logs)
        await player.page.context.close()
        return Day(played, while_away, chain.settled(), chain.rows(), last)


@pytest.mark.timeout(600)
async def test_twenty_complaints_are_settled_on_the_page_in_two_taps(browser, tmp_path, subtests):
    """With headquarters there and with it away; one lane plays them all, so this is one test."""
    day = await a_day(browser, tmp_path)
    for name, mode in day.played:
        with subtests.test(story=name, headquarters=mode):
            is_as_told(day, name, mode)
    with subtests.test("what was settled without headquarters"):
        arrived_once(day)


def is_as_told(day: Day, name: str, mode: str) -> None:
    """The sentence stood there, the right script opened, the end is as told; rows here and at HQ."""
    story, played = STORIES[name], day.played[name, mode]
    expected = story.expected(MODES[mode])
    script = built_in()[story.script]
    assert not played.failed
    assert (played.complaint, played.sentence, played.say) == (
        script.title["en"],
        expected.sentence,
        script.step[expected.step].say["en"],
    )
    assert played.taps == expected.taps <= 2
    assert played.last_words
    assert (played.slips > 0) == expected.prints
    assert played.hq_light.startswith("connected" if MODES[mode] else "not reached")
    (row,) = played.rows
    assert (row.offer_id, row.reason, row.outcome, row.amount_minor) == (
        story.offer,
        expected.reason,
        expected.outcome,
        expected.amount_minor,
    )
    assert (row.by, row.role) == (CASHIER, "cashier")
    assert (row.script, row.script_version, row.path) == (story.script, 1, expected.path)
    assert row.script_sha256 == fingerprint(script)
    assert (row.funder == "store") == (expected.outcome == "goodwill")
    assert bool(row.ticket) == (expected.outcome == "escalated")
    (line,) = (it for it in day.at_hq if (it["uid"], it["offer_id"]) == (row.uid, row.offer_id))
    assert (line["reason"], line["outcome"], line["amount_minor"], line["by"]) == (
        row.reason,
        row.outcome,
        row.amount_minor,
        CASHIER,
    )
    assert (line["script"], json.loads(line["path"])) == (story.script, list(expected.path))


def arrived_once(day: Day) -> None:
    """Nothing of it was there before; then every row of the lane, no gap, no double, and the chain holds."""
    settled = {(row.uid, row.offer_id) for it in day.played.values() for row in it.rows}
    early = {(it["uid"], it["offer_id"]) for it in day.while_away}
    offline = {
        (row.uid, row.offer_id)
        for (_, mode), it in day.played.items()
        for row in it.rows
        if mode == "offline"
    }
    assert len(settled) == len(day.at_hq) == 2 * len(STORIES)
    assert {(it["uid"], it["offer_id"]) for it in day.at_hq} == settled
    assert not early & offline
    numbers = sorted(seq for _, seq, _ in day.rows_at_hq)
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= day.last_row
    assert {(epoch, fits) for epoch, _, fits in day.rows_at_hq} == {(day.rows_at_hq[0][0], 1)}
