"""Evidence as a cashier reads it: named and written in the language, codes left out."""

import pytest

from offers.model import Language
from staff_help.evidence import told

FACTS = {
    "amount_minor": 150,
    "missing_g": 250,
    "times": 2,
    "until": "2026-12-31",
    "what": "basket",
    "when": "2026-11-02T09:30:00+00:00",
    "where": "s001/2",
}


@pytest.mark.parametrize(
    ("tongue", "words"),
    [
        (
            "en",
            [
                "1.50\u00a0€",
                "250 g",
                "2",
                "31 December 2026",
                "2 November 2026",
                "store s001, till 2",
            ],
        ),
        (
            "de",
            ["1,50\u00a0€", "250 g", "2", "31.12.2026", "02.11.2026", "Markt s001, Kasse 2"],
        ),
    ],
)
def test_each_fact_is_written_as_the_language_has_it(tongue, words):
    """Amounts, weights, days and places; what is a code of the program is not told."""
    pairs = told(FACTS, None, Language(tongue), "EUR")
    assert [value for _, value in pairs] == words
    assert all(name for name, _ in pairs)


def test_what_is_no_day_stays_as_it_is():
    """A fact of another version is shown, not hidden, and breaks nothing."""
    assert told({"until": "soon", "set": ""}, None, Language("en"), "EUR") == (
        ("again from", "soon"),
        ("what counts", ""),
    )
