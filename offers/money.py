"""Amounts, numbers and dates as people read them: small tables, no file opened."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

EXPONENTS = {  # ISO 4217; every other currency has two decimals
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}
SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥", "CHF": "CHF", "PLN": "zł"}
SIGN_FIRST = {"en": ("GBP", "USD", "JPY")}  # language -> currencies whose sign stands before


class Pattern(NamedTuple):
    """How a language writes numbers and dates."""

    decimal: str
    group: str
    day: str  # of {day}, {month} (a number), {name} (the month's) and {year}
    months: tuple[str, ...] = ()


PATTERNS = {
    "en": Pattern(
        ".",
        ",",
        "{day} {name} {year}",
        (
            *("January", "February", "March", "April", "May", "June", "July", "August"),
            *("September", "October", "November", "December"),
        ),
    ),
    "de": Pattern(",", ".", "{day:02d}.{month:02d}.{year}"),
}


def known_language(language: str) -> str:
    """Give the language whose patterns and sentences are used: itself, without region, English."""
    base = language.lower().partition("-")[0]
    return base if base in PATTERNS else "en"


def exponent(currency: str) -> int:
    """Give a currency's number of decimals."""
    return EXPONENTS.get(currency, 2)


def money(minor: int, language: str, currency: str) -> str:
    """Write an amount: "1,234.50 €" in English, "1.234,50 €" in German, "£1.00", "¥500"."""
    base, decimals = known_language(language), exponent(currency)
    pattern = PATTERNS[base]
    whole, rest = divmod(abs(minor), 10**decimals)
    text = f"{whole:,}".replace(",", pattern.group)
    if decimals:
        text += f"{pattern.decimal}{rest:0{decimals}d}"
    sign = SYMBOLS.get(currency, currency)
    minus = "-" if minor < 0 else ""
    if currency in SIGN_FIRST.get(base, ()):
        return f"{minus}{sign}{text}"
    return f"{minus}{text} {sign}"


def day(value: date, language: str) -> str:
    """Write a date: "20 November 2026" in English, "20.11.2026" in German."""
    pattern = PATTERNS[known_language(language)]
    name = pattern.months[value.month - 1] if pattern.months else ""
    return pattern.day.format(day=value.day, month=value.month, year=value.year, name=name)
