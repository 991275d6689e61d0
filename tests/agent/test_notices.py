"""What the page says of the lane itself: a damaged journal, a twin, a broker that forgot."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.notices import ASIDE, aside_value, notices
from offers.model import Language
from staff_help.words import BOOKS
from tests.lane_shop import NOON, running_lane

AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
EN = Language("en")
FILE = "journal.db.damaged-20261102T120000"


def told(after: timedelta, noted=(), aside=None, up=True) -> list[str]:
    """Say what the page shows so long after it happened, on a link that came up at once."""
    since = AT if up else None
    return [
        text.split(" ")[0]
        for text in notices(aside, dict.fromkeys(noted, AT), since, AT + after, EN)
    ]


@pytest.mark.parametrize(("hours", "shown"), [(1, True), (23, True), (25, False)])
def test_a_damaged_journal_is_said_for_a_day(hours, shown):
    """Every shift reads the name of the file; then it is store IT's alone."""
    said = notices(aside_value(AT, FILE), {}, None, AT + timedelta(hours=hours), EN)
    assert [FILE in text for text in said] == [True] * shown


def test_a_twin_is_said_until_the_link_holds_for_a_minute():
    """While two fight over a name neither holds it; a link that is down is no proof of peace."""
    assert told(timedelta(seconds=59), ["name_taken"]) == ["Another"]
    assert told(timedelta(seconds=60), ["name_taken"]) == []
    assert told(timedelta(hours=2), ["name_taken"], up=False) == ["Another"]


def test_a_broker_that_forgot_is_said_for_a_quarter_of_an_hour():
    """It heals by itself: nobody has to do anything."""
    assert told(timedelta(minutes=14), ["broker_forgot"]) == ["The"]
    assert told(timedelta(minutes=16), ["broker_forgot"]) == []


def test_the_gravest_is_said_first_in_the_lanes_language():
    """All three at once, in each language that is shipped, and none in another's words."""
    noted = {"broker_forgot": AT, "name_taken": AT}
    texts = {
        tongue: notices(aside_value(AT, FILE), noted, None, AT, Language(tongue))
        for tongue in BOOKS
    }
    assert all(FILE in said[0] and len(said) == 3 for said in texts.values())
    assert len(set(texts.values())) == len(BOOKS) == 4


async def test_the_page_shows_it_again_after_a_restart(tmp_path):
    """The journal that follows the damaged one keeps the word."""
    async with running_lane(tmp_path) as shop:
        await shop.journal.set_meta(ASIDE, aside_value(NOON, FILE))
    async with running_lane(tmp_path) as shop:
        state = await shop.counter.page_state()
        assert [FILE in text for text in state.notices] == [True]
