"""Three lights with words, in each language."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from offers.model import Language
from printer.link import What
from staff_help.lights import age, cache_light, hq_light, no_hq, no_printer, printer_light
from staff_help.words import WORDS

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
EN, DE, AR = Language("en"), Language("de"), Language("ar")


@pytest.mark.parametrize(
    ("seconds", "english", "german", "arabic"),
    [
        (-5, "0 seconds", "0 Sekunden", "0 ثانية"),
        (59, "59 seconds", "59 Sekunden", "59 ثانية"),
        (60, "1 minute", "1 Minute", "دقيقة واحدة"),
        (2 * 3600 + 59, "2 hours", "2 Stunden", "ساعتان"),
        (5 * 86_400, "5 days", "5 Tage", "5 أيام"),
    ],
)
def test_an_age_is_its_largest_whole_unit(seconds, english, german, arabic):
    """In the plural form that the number takes; a clock that was set back is no age."""
    span = timedelta(seconds=seconds)
    assert [age(span, tongue) for tongue in (EN, DE, AR)] == [english, german, arabic]


@pytest.mark.parametrize("tongue", sorted(WORDS))
@pytest.mark.parametrize("what", get_args(What))
def test_every_state_of_the_printer_has_words(what, tongue):
    """Whatever the printer's line may say, the light says it, and no key of a table shows."""
    light = printer_light(what, NOON - timedelta(minutes=5), NOON, tongue)
    assert light.level == ("good" if what in ("ok", "unknown") else "bad")
    assert light.words
    assert "_" not in light.words
    assert "{" not in light.words


def test_the_printer_s_light():
    """Ready, paper that ends soon, and what is wrong since when."""
    since = NOON - timedelta(minutes=5)
    assert printer_light("paper out", since, NOON, EN).words == "paper out for 5 minutes"
    assert printer_light("ok", since, NOON, EN, paper_low=True).level == "watch"
    assert no_printer(EN).level == "off"


def test_headquarters_light():
    """Reached or not, since when, and how much waits."""
    since = NOON - timedelta(hours=3)
    assert hq_light(True, since, 0, NOON, EN).words == "connected"
    assert hq_light(True, since, 1200, NOON, DE).words == "verbunden; 1.200 zu melden"
    down = hq_light(False, since, 12, NOON, EN)
    assert (down.level, down.words) == ("watch", "not reached for 3 hours; 12 to report later")
    assert no_hq(EN).level == "off"


@pytest.mark.parametrize(
    ("days", "trusted", "generation", "level"),
    [
        (0, True, "g1", "good"),
        (3, True, "g1", "watch"),
        (0, False, "g1", "bad"),
        (0, True, "", "bad"),
    ],
)
def test_the_offers_light(days, trusted, generation, level):
    """Fresh, old, none yet, or a clock that nobody believes."""
    light = cache_light(generation, NOON - timedelta(days=days), NOON, trusted, EN)
    assert light.level == level
