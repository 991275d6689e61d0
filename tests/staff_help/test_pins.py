"""PINs: the hash, the pepper, and how many guesses a thief has."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from staff_help import pins
from staff_help.pins import LOCKED, LOCKED_MOST, NOBODY, Tries

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PEPPER = bytes(range(32))
HASH = pins.hash_pin("802604", PEPPER)


def test_a_pin_fits_its_hash_under_its_pepper_alone():
    """Another PIN does not, and the same one under another pepper does not."""
    assert pins.pin_fits(HASH, "802604", PEPPER)
    assert not pins.pin_fits(HASH, "802605", PEPPER)
    assert not pins.pin_fits(HASH, "802604", bytes(32))


def test_a_hash_is_argon2id_salted_and_of_a_stated_size():
    """RFC 9106's form, 19 MiB and two passes; the same PIN twice is two hashes."""
    assert HASH.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert pins.is_usable_hash(HASH)
    assert pins.hash_pin("802604", PEPPER) != HASH


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "802604",
        NOBODY,
        HASH.replace("argon2id", "argon2i"),
        HASH.replace("m=19456", "m=999999"),
        HASH.replace("t=2", "t=99"),
        HASH.replace("p=1", "p=9"),
        HASH[:-30],
        "$argon2id$v=19$m=19456,t=2,p=1$!!!$???",
    ],
    ids=("empty", "pin", "nobody", "argon2i", "memory", "passes", "lanes", "short", "no base64"),
)
def test_what_is_no_hash_of_ours_fits_nothing(encoded):
    """A damaged or oversized one costs no more than any other, and nobody gets in by it."""
    assert not pins.pin_fits(encoded, "802604", PEPPER)


@pytest.mark.parametrize("text", ["12345", "1234567890123", "12345a", "", "١٢٣٤٥٦", "123456\n"])
def test_a_pin_is_six_to_twelve_plain_digits(text):
    """Five are too few, other scripts' digits are not what the keys send."""
    assert not pins.is_pin(text)
    assert pins.is_pin("802604")


@pytest.mark.parametrize(
    "pin", ["111111", "121212", "123456", "654321", "890123", "802802", "112211"]
)
def test_an_easy_pin_is_told(pin):
    """Repeats, runs up and down (over 9 as well), halves twice."""
    assert pins.is_easy(pin)


@pytest.mark.parametrize("pin", ["802604", "135791", "19840513"])
def test_another_pin_is_not_easy(pin):
    """An odd run or a date is no worse than others for who knows nobody's birthday."""
    assert not pins.is_easy(pin)


def test_five_misses_lock_for_a_quarter_of_an_hour_then_longer():
    """Four are free; the fifth locks 15 minutes, the sixth 30, and so on up to a day."""
    tries, waits = Tries(), []
    for _ in range(14):
        tries = pins.missed(tries, NOON)
        waits.append(pins.locked_s(tries, NOON))
    assert waits[:7] == [0, 0, 0, 0, 900, 1800, 3600]
    assert max(waits) == 24 * 3600 == LOCKED_MOST.total_seconds()


def test_a_lock_ends_by_itself_and_a_clock_set_back_makes_it_no_longer_than_a_day():
    """Up to the very moment; a clock that jumped to 1970 still lets somebody in within a day."""
    tries = Tries()
    for _ in range(5):
        tries = pins.missed(tries, NOON)
    assert pins.locked_s(tries, NOON + LOCKED - timedelta(seconds=1)) == 1
    assert pins.locked_s(tries, NOON + LOCKED) == 0
    assert pins.locked_s(tries, datetime(1970, 1, 1, tzinfo=UTC)) == 24 * 3600


def test_a_day_without_a_try_begins_anew():
    """A typing error a week is no attack."""
    tries = Tries()
    for day in range(30):
        tries = pins.missed(tries, NOON + timedelta(days=1, hours=1) * day)
        assert pins.locked_s(tries, NOON + timedelta(days=1, hours=1) * day) == 0


@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=120))
@settings(max_examples=100, deadline=None)
def test_whoever_guesses_has_few_tries_a_day(pauses):
    """However the guesses are spread: at most 4 + 1 before the first lock, and one a lock after it."""
    now, tries, looked = NOON, Tries(), []
    for pause in pauses:
        now += timedelta(seconds=pause)
        if pins.locked_s(tries, now) == 0:
            tries = pins.missed(tries, now)
            looked.append(now)
    for start in looked:
        within = [t for t in looked if start <= t < start + timedelta(hours=24)]
        assert len(within) <= 4 + 7 + 1  # free ones, locks of 15 min doubling fill a day in seven


def test_argon2_is_not_loaded_before_the_first_pin():
    """Importing the module costs a lane nothing of it."""
    code = "import sys, staff_help.pins; sys.exit('argon2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
