"""Amounts, numbers, weights and dates, by language, region and currency."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, strategies as st

from offers.bidi import bare
from offers.money import (
    SPOKEN,
    chosen_language,
    day,
    exponent,
    known_language,
    money,
    number,
    percent,
    weight,
)
from offers.number_patterns import PATTERNS

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("minor", "language", "currency", "text"),
    [
        (100, "en", "EUR", "1.00 €"),
        (123_456_789, "de", "EUR", "1.234.567,89 €"),
        (123_456_789, "en", "EUR", "1,234,567.89 €"),
        (100, "en-ie", "EUR", "€1.00"),
        (5, "en", "GBP", "£0.05"),
        (5, "de", "GBP", "0,05 £"),
        (-150, "en", "USD", "-$1.50"),
        (-150, "de", "EUR", "-1,50 €"),
        (500, "en-us", "JPY", "¥500"),
        (1500, "en", "KWD", "1.500 KWD"),
        (1500, "en-gb", "KWD", "KWD 1.500"),
        (0, "fr", "SEK", "0.00 SEK"),
        (123_450, "es", "EUR", "1234,50 €"),
        (1_234_550, "es", "EUR", "12.345,50 €"),
        (123_450, "es", "MXN", "$1,234.50"),
        (123_450, "es-ar", "ARS", "$1.234,50"),
        (1_234_550, "de-ch", "CHF", "CHF 12\u2019345.50"),
        (1_234_550, "de", "CHF", "CHF 12\u2019345.50"),
        (123_450, "de-at", "EUR", "€ 1.234,50"),
        (123_450, "ar", "EUR", "1,234.50 €"),
        (123_450, "ar", "MAD", "1.234,50 د.م."),
        (-150, "ar", "EUR", "-1.50 €"),
    ],
)
def test_money_by_currency_and_language(minor, language, currency, text):
    """Decimals by ISO 4217, signs and separators by CLDR."""
    assert bare(money(minor, language, currency)).replace(NBSP, " ") == text


def test_a_figure_and_its_sign_are_not_torn_apart():
    """The blank between them is one that no line may end at; in Arabic a mark leads the figure."""
    assert money(100, "de", "EUR") == "1,00\u00a0€"
    assert money(100, "ar", "EUR") == "\u200f1.00\u00a0€"


@given(
    minor=st.integers(-(10**9), 10**9),
    language=st.sampled_from(sorted(PATTERNS)),
    currency=st.sampled_from(["EUR", "JPY", "KWD", "USD", "XTS"]),
)
def test_no_cent_is_lost_in_writing(minor, language, currency):
    """The digits of a written amount are the amount, 0 to 9 in every language, and its sign stands."""
    text = money(minor, language, currency)
    digits = "".join(character for character in text if character in "0123456789")
    assert int(digits) == abs(minor)
    assert ("-" in text) is (minor < 0)
    assert len(digits) > exponent(currency)
    assert sum(character.isdecimal() for character in text) == len(digits)


@pytest.mark.parametrize(
    ("language", "currency", "text"),
    [
        ("en", "", "1 March 2026"),
        ("en", "USD", "March 1, 2026"),
        ("en-gb", "", "1 March 2026"),
        ("de", "", "01.03.2026"),
        ("es", "", "1 de marzo de 2026"),
        ("ar", "", "1 مارس 2026"),
        ("ar-jo", "", "1 آذار 2026"),
    ],
)
def test_days(language, currency, text):
    """The month is written out, but in German."""
    assert day(date(2026, 3, 1), language, currency) == text


def test_numbers_percentages_and_weights():
    """Separators, the blank before a percent sign, grams below a kilogram."""
    assert [number(1000, it) for it in ("en", "de", "es", "es-mx", "ar")] == [
        *("1,000", "1.000", "1000", "1,000", "1,000")
    ]
    assert number(-12_345, "de") == "-12.345"
    assert [percent(20, it) for it in ("en", "de", "es")] == ["20%", "20\u00a0%", "20\u00a0%"]
    assert bare(percent(20, "ar")) == "20%"
    assert [weight(it, "en") for it in (5, 999, 1000, 1250, 1005)] == [
        *("5 g", "999 g", "1 kg", "1.25 kg", "1.005 kg")
    ]
    assert (weight(1500, "de"), weight(250, "ar")) == ("1,5 kg", "250 غرام")


@pytest.mark.parametrize(
    ("wanted", "chosen", "known"),
    [
        (("es-MX",), "es-mx", "es"),
        (("es_MX",), "es-mx", "es"),
        (("de",), "de", "de"),
        (("fr",), "en", "en"),
        (("fr", "nl", "ar-eg", "de"), "ar-eg", "ar"),
        ((None, "de-at"), "de-at", "de"),
        ((None,), "en", "en"),
        ((), "en", "en"),
        (("", "english"), "en", "en"),
    ],
)
def test_a_language_is_found(wanted, chosen, known):
    """The first that has words here, with its region; the store's come after the shopper's."""
    assert chosen_language(*wanted) == chosen
    if wanted and wanted[0] is not None:
        assert known_language(*wanted) == known
    assert chosen.partition("-")[0] in SPOKEN
