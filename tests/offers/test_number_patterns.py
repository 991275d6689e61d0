"""The compiled table: what Babel says, and what CLDR says of plurals."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, strategies as st

from offers.number_patterns import ORDINALS, PLURALS
from offers.plurals import forms, ordinal, ordinal_forms, plural
from tools.compile_locales import TARGET, compiled

babel = pytest.importorskip("babel")
NUMBERS = [*range(1200), 10**6, 10**6 + 1, 2 * 10**6, 10**9]


def test_the_table_is_what_babel_says():
    """`python tools/compile_locales.py` would write the file that is there."""
    assert TARGET.read_text(encoding="utf-8") == compiled()


@pytest.mark.parametrize("language", sorted(PLURALS))
def test_every_number_has_babels_plural_and_rank(language):
    """The compiled rules and Babel's own agree, number by number."""
    locale = babel.Locale(language)
    assert [plural(language, n) for n in NUMBERS] == [locale.plural_form(n) for n in NUMBERS]
    assert [ordinal(language, n) for n in NUMBERS] == [locale.ordinal_form(n) for n in NUMBERS]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", {"one", "other"}),
        ("de", {"one", "other"}),
        ("es", {"one", "many", "other"}),
        ("ar", {"zero", "one", "two", "few", "many", "other"}),
    ],
)
def test_the_categories_of_each_language(language, expected):
    """As CLDR's chart of plural rules lists them for whole numbers."""
    assert forms(language) == expected
    assert {plural(language, n) for n in NUMBERS} == expected


def test_plurals_by_hand():
    """Arabic's six at their borders; Spanish a whole million; English ranks at eleven."""
    arabic = {0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 99: "many"}
    arabic |= {100: "other", 102: "other", 103: "few", 111: "many", 1000: "other"}
    assert {n: plural("ar", n) for n in arabic} == arabic
    assert [plural("es", n) for n in (1, 2, 10**6, 10**6 + 1)] == ["one", "other", "many", "other"]
    ranks = {1: "one", 2: "two", 3: "few", 4: "other", 11: "other", 12: "other", 21: "one"}
    assert {n: ordinal("en", n) for n in ranks} == ranks
    assert ordinal_forms("de") == {"other"} == {ordinal("ar", n) for n in NUMBERS}


@given(n=st.integers(-(10**12), 10**12), language=st.sampled_from(sorted(ORDINALS)))
def test_every_number_has_a_form(n, language):
    """No number is without words, however large; a minus does not matter."""
    assert plural(language, n) in forms(language)
    assert ordinal(language, n) in ordinal_forms(language)
    assert plural(language, n) == plural(language, -n)


def test_the_thinking_needs_no_babel():
    """What a lane imports does not import Babel."""
    code = "import sys, offers.sentences; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
