"""Amounts, numbers, weights and dates as people read them, by a table: no file is opened.

A language tag may name a region ("es-mx"). One that names none writes an amount as the place does
where its currency is at home: "1.00 €" but "£1.00" in English. Digits are 0 to 9 in every language:
codes, keypads and till displays have no others.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import lru_cache

from offers.model import Language
from offers.number_patterns import PATTERNS, PLURALS, Pattern

ENGLISH = Language("en")
SPOKEN = tuple(Language(language) for language in PLURALS)
NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
EXPONENTS = {  # ISO 4217; every other currency has two decimals
    **dict.fromkeys(NO_DECIMALS.split(), 0),
    **dict.fromkeys(THREE_DECIMALS.split(), 3),
}
PLAIN = {"en": "en-150"}  # English without a region: as written in Europe, day before month
AT_HOME = {
    "en": {"GBP": "en-gb", "USD": "en-us"},
    "es": {
        "ARS": "es-ar",
        "CLP": "es-cl",
        "COP": "es-co",
        "MXN": "es-mx",
        "PEN": "es-pe",
        "USD": "es-us",
    },
    "de": {"CHF": "de-ch"},
    "ar": {
        "DZD": "ar-dz",
        "JOD": "ar-jo",
        "LBP": "ar-lb",
        "MAD": "ar-ma",
        "SAR": "ar-sa",
        "TND": "ar-tn",
    },
}
GRAMS_IN_KG = 1000


def known_language(language: str, *others: str | None) -> Language:
    """Give the language whose sentences are used: without region; the first known of the others."""
    return Language(chosen_language(language, *others).partition("-")[0])


def chosen_language(*wanted: str | None) -> Language:
    """Give the first of the wanted languages that has words here, region and all, else English.

    What a shopper chose comes first, then the store's languages in their order.
    """
    for tag in wanted:
        language = (tag or "").lower().replace("_", "-")
        if language.partition("-")[0] in PLURALS:
            return Language(language)
    return ENGLISH


@lru_cache(256)
def pattern_of(language: str, currency: str = "") -> Pattern:
    """Give how a language writes: its region's way, else that of the currency's home."""
    tag = chosen_language(language)
    base = tag.partition("-")[0]
    if tag not in PATTERNS or tag == base:
        tag = Language(AT_HOME[base].get(currency) or PLAIN.get(base, base))
    return PATTERNS[tag]


def exponent(currency: str) -> int:
    """Give a currency's number of decimals."""
    return EXPONENTS.get(currency, 2)


def money(minor: int, language: str, currency: str) -> str:
    """Write an amount: "1,234.50 €" in English, "1.234,50 €" in German, "£1.00".

    Number and sign are held together by U+00A0, as CLDR has it; a printer takes it as a blank.
    """
    pattern = pattern_of(language, currency)
    whole, rest = divmod(abs(minor), 10 ** exponent(currency))
    text = _grouped(whole, pattern)
    if exponent(currency):
        text += f"{pattern.decimal}{rest:0{exponent(currency)}d}"
    sign = pattern.signs.get(currency, currency)
    amount = pattern.amount_below_zero if minor < 0 else pattern.amount
    if "{sign}{n}" in amount and not _is_symbol(sign[-1:]):  # CLDR currencySpacing: "KWD 1.500"
        text = f"\u00a0{text}"
    return amount.format(n=text, sign=sign)


def number(n: int, language: str, currency: str = "") -> str:
    """Write a whole number: 1,000 in English, 1.000 in German and 1000 in Spain."""
    pattern = pattern_of(language, currency)
    return (pattern.minus if n < 0 else "") + _grouped(abs(n), pattern)


def percent(n: int, language: str, currency: str = "") -> str:
    """Write a percentage: "20%" in English, "20 %" in German."""
    return pattern_of(language, currency).percent.format(n=n)


def weight(grams: int, language: str, currency: str = "") -> str:
    """Write a weight: "250 g", and from a kilogram on "1.25 kg"."""
    pattern = pattern_of(language, currency)
    if grams < GRAMS_IN_KG:
        return pattern.gram.format(n=grams)
    whole, rest = divmod(grams, GRAMS_IN_KG)
    decimals = f"{rest:03d}".rstrip("0")
    text = _grouped(whole, pattern) + (f"{pattern.decimal}{decimals}" if decimals else "")
    return pattern.kilogram.format(n=text)


def day(value: date, language: str, currency: str = "") -> str:
    """Write a date: "20 November 2026" in English, "20.11.2026" in German."""
    pattern = pattern_of(language, currency)
    name = pattern.months[value.month - 1]
    return pattern.day.format(day=value.day, month=value.month, year=value.year, name=name)


def _grouped(whole: int, pattern: Pattern) -> str:
    """Put a separator every three digits, where enough digits stand before the first one."""
    if whole < 10 ** (2 + pattern.min_group):
        return str(whole)
    return f"{whole:,}".replace(",", pattern.group)


def _is_symbol(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "SZ"
