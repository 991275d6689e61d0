"""How amounts, numbers and dates are written, and which plural form a number takes.

Compiled from the CLDR data of Babel 2.18.0 by `tools/compile_locales.py`; do not edit it here.
"""

from __future__ import annotations

from typing import NamedTuple

Range = tuple[int, int]
Clause = tuple[int, tuple[Range, ...], bool]  # n % modulus (0: n) is in the ranges, or not
Rules = tuple[tuple[str, tuple[tuple[Clause, ...], ...]], ...]  # category: any of all of clauses


class Pattern(NamedTuple):
    """How one place writes. `signs` are the currencies that do not go by their code."""

    decimal: str
    group: str
    min_group: int  # so many digits must stand before the first separator
    minus: str
    amount: str
    amount_below_zero: str
    percent: str
    gram: str
    kilogram: str
    day: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]  # from Monday
    signs: dict[str, str]


# fmt: off

EN_SIGNS = {"AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪", "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱", "TWD": "NT$", "USD": "$", "VND": "₫", "XAF": "FCFA", "XCD": "EC$", "XCG": "Cg.", "XOF": "F\u202fCFA", "XPF": "CFPF"}
EN_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")

ES_SIGNS = {"ESP": "₧", "EUR": "€", "THB": "฿", "USD": "US$", "VND": "₫", "XCG": "Cg.", "XPF": "CFPF"}
ES_MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre")

DE_SIGNS = {"ATS": "öS", "AUD": "AU$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪", "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "THB": "฿", "TWD": "NT$", "USD": "$", "VND": "₫", "XAF": "FCFA", "XCD": "EC$", "XCG": "Cg.", "XOF": "F\u202fCFA", "XPF": "CFPF"}
DE_MONTHS = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember")

AR_SIGNS = {"AED": "د.إ.\u200f", "AUD": "AU$", "BHD": "د.ب.\u200f", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "DZD": "د.ج.\u200f", "EGP": "ج.م.\u200f", "EUR": "€", "GBP": "UK£", "HKD": "HK$", "ILS": "₪", "INR": "₹", "IQD": "د.ع.\u200f", "IRR": "ر.إ.", "JOD": "د.أ.\u200f", "JPY": "JP¥", "KRW": "₩", "KWD": "د.ك.\u200f", "LBP": "ل.ل.\u200f", "LYD": "د.ل.\u200f", "MAD": "د.م.\u200f", "MRU": "أ.م.", "MXN": "MX$", "NZD": "NZ$", "OMR": "ر.ع.\u200f", "QAR": "ر.ق.\u200f", "SAR": "ر.س.\u200f", "SDD": "د.س.\u200f", "SDG": "ج.س.", "SYP": "ل.س.\u200f", "THB": "฿", "TND": "د.ت.\u200f", "TWD": "NT$", "USD": "US$", "VND": "₫", "XAF": "FCFA", "XCD": "EC$", "XCG": "Cg.", "XOF": "F\u202fCFA", "XPF": "CFPF", "YER": "ر.ي.\u200f"}
AR_MONTHS = ("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر")

PATTERNS: dict[str, Pattern] = {
    "en-150": Pattern(
        ".", ",", 1, "-",
        "{n}\u00a0{sign}", "-{n}\u00a0{sign}",
        "{n}%", "{n} g", "{n} kg",
        "{day} {name} {year}",
        EN_MONTHS,
        ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        {**EN_SIGNS, "JPY": "JP¥", "USD": "US$"},
    ),
    "en-gb": Pattern(
        ".", ",", 1, "-",
        "{sign}{n}", "-{sign}{n}",
        "{n}%", "{n} g", "{n} kg",
        "{day} {name} {year}",
        EN_MONTHS,
        ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        {**EN_SIGNS, "JPY": "JP¥", "USD": "US$"},
    ),
    "en-ie": Pattern(
        ".", ",", 1, "-",
        "{sign}{n}", "-{sign}{n}",
        "{n}%", "{n} g", "{n} kg",
        "{day} {name} {year}",
        EN_MONTHS,
        ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        {**EN_SIGNS, "JPY": "JP¥", "USD": "US$"},
    ),
    "en-us": Pattern(
        ".", ",", 1, "-",
        "{sign}{n}", "-{sign}{n}",
        "{n}%", "{n} g", "{n} kg",
        "{name} {day}, {year}",
        EN_MONTHS,
        ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        EN_SIGNS,
    ),
    "es": Pattern(
        ",", ".", 2, "-",
        "{n}\u00a0{sign}", "-{n}\u00a0{sign}",
        "{n}\u00a0%", "{n} g", "{n} kg",
        "{day} de {name} de {year}",
        ES_MONTHS,
        ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
        ES_SIGNS,
    ),
    "es-ar": Pattern(
        ",", ".", 1, "-",
        "{sign}{n}", "-{sign}{n}",
        "{n}%", "{n} g", "{n} kg",
        "{day} de {name} de {year}",
        ES_MONTHS,
        ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
        {**ES_SIGNS, "ARS": "$", "EUR": "EUR", "THB": "THB", "VND": "VND"},
    ),
    "es-cl": Pattern(
        ",", ".", 1, "-",
        "{sign}{n}", "{sign}-{n}",
        "{n}%", "{n} g", "{n} kg",
        "{day} de {name} de {year}",
        ES_MONTHS,
        ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
        {**ES_SIGNS, "CLP": "$", "EUR": "EUR", "THB": "THB", "VND": "VND"},
    ),
    "es-co": Pattern(
        ",", ".", 1, "-",
        "{sign}{n}", "-{sign}{n}",
        "{n}%", "{n} g", "{n} kg",
        "{day} de {name} de {year}",
        ES_MONTHS,
        ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
        {**ES_SIGNS, "COP": "$", "EUR": "EUR", "THB": "THB", "VND": "VND"},
    ),
    "es-mx": Pattern(
        ".", ",", 1, "-",
        "{sign}{n}", "-{sign}{n}",
        "{n}%", "{n} g", "{n} kg",
        "{day} de {name} de {year}",
        ES_MONTHS,
        ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
        {**ES_SIGNS, "EUR": "EUR", "MRU": "UM", "MXN": "$", "THB": "THB", "USD": "USD", "VND": "VND"},
    ),
    "es-pe": Pattern(
        ".", ",", 1, "-",
        "{sign}\u00a0{n}", "-{sign}\u00a0{n}",
        "{n}%", "{n} g", "{n} kg",
        "{day} de {name} de {year}",
        ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre"),
        ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
        {**ES_SIGNS, "EUR": "EUR", "PEN": "S/", "THB": "THB", "USD": "USD", "VND": "VND"},
    ),
    "es-us": Pattern(
        ".", ",", 1, "-",
        "{sign}{n}", "-{sign}{n}",
        "{n}%", "{n} g", "{n} kg",
        "{day} de {name} de {year}",
        ES_MONTHS,
        ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
        {**ES_SIGNS, "EUR": "EUR", "JPY": "¥", "THB": "THB", "USD": "$", "VND": "VND"},
    ),
    "de": Pattern(
        ",", ".", 1, "-",
        "{n}\u00a0{sign}", "-{n}\u00a0{sign}",
        "{n}\u00a0%", "{n} g", "{n} kg",
        "{day:02d}.{month:02d}.{year}",
        DE_MONTHS,
        ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
        DE_SIGNS,
    ),
    "de-at": Pattern(
        ",", ".", 1, "-",
        "{sign}\u00a0{n}", "-{sign}\u00a0{n}",
        "{n}\u00a0%", "{n} g", "{n} kg",
        "{day:02d}.{month:02d}.{year}",
        ("Jänner", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"),
        ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
        DE_SIGNS,
    ),
    "de-ch": Pattern(
        ".", "\u2019", 1, "-",
        "{sign}\u00a0{n}", "{sign}-{n}",
        "{n}%", "{n} g", "{n} kg",
        "{day:02d}.{month:02d}.{year}",
        DE_MONTHS,
        ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
        {**DE_SIGNS, "EUR": "EUR"},
    ),
    "ar": Pattern(
        ".", ",", 1, "\u200e-",
        "\u200f{n}\u00a0{sign}", "\u200f\u200e-{n}\u00a0{sign}",
        "{n}\u200e%\u200e", "{n} غرام", "{n} كغم",
        "{day} {name} {year}",
        AR_MONTHS,
        ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
        AR_SIGNS,
    ),
    "ar-dz": Pattern(
        ",", ".", 1, "\u200e-",
        "\u200f{n}\u00a0{sign}", "\u200f\u200e-{n}\u00a0{sign}",
        "{n}\u200e%\u200e", "{n} غرام", "{n} كغم",
        "{day} {name} {year}",
        ("جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"),
        ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
        AR_SIGNS,
    ),
    "ar-jo": Pattern(
        ".", ",", 1, "\u200e-",
        "\u200f{n}\u00a0{sign}", "\u200f\u200e-{n}\u00a0{sign}",
        "{n}\u200e%\u200e", "{n} غرام", "{n} كغم",
        "{day} {name} {year}",
        ("كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول"),
        ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
        AR_SIGNS,
    ),
    "ar-lb": Pattern(
        ",", ".", 1, "\u200e-",
        "\u200f{n}\u00a0{sign}", "\u200f\u200e-{n}\u00a0{sign}",
        "{n}\u200e%\u200e", "{n} غرام", "{n} كغم",
        "{day} {name} {year}",
        ("كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول"),
        ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
        AR_SIGNS,
    ),
    "ar-ma": Pattern(
        ",", ".", 1, "\u200e-",
        "\u200f{n}\u00a0{sign}", "\u200f\u200e-{n}\u00a0{sign}",
        "{n}\u200e%\u200e", "{n} غرام", "{n} كغم",
        "{day} {name} {year}",
        ("يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"),
        ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
        AR_SIGNS,
    ),
    "ar-sa": Pattern(
        ".", ",", 1, "\u200e-",
        "\u200f{n}\u00a0{sign}", "\u200f\u200e-{n}\u00a0{sign}",
        "{n}٪", "{n} غرام", "{n} كغم",
        "{day} {name} {year}",
        AR_MONTHS,
        ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
        AR_SIGNS,
    ),
    "ar-tn": Pattern(
        ",", ".", 1, "\u200e-",
        "\u200f{n}\u00a0{sign}", "\u200f\u200e-{n}\u00a0{sign}",
        "{n}\u200e%\u200e", "{n} غرام", "{n} كغم",
        "{day} {name} {year}",
        ("جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"),
        ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
        AR_SIGNS,
    ),
}

PLURALS: dict[str, Rules] = {
    "en": (
        ("one", (((0, ((1, 1),), True),),)),
    ),
    "es": (
        ("many", (((0, ((0, 0),), False), (1000000, ((0, 0),), True)),)),
        ("one", (((0, ((1, 1),), True),),)),
    ),
    "de": (
        ("one", (((0, ((1, 1),), True),),)),
    ),
    "ar": (
        ("few", (((100, ((3, 10),), True),),)),
        ("many", (((100, ((11, 99),), True),),)),
        ("one", (((0, ((1, 1),), True),),)),
        ("two", (((0, ((2, 2),), True),),)),
        ("zero", (((0, ((0, 0),), True),),)),
    ),
}

ORDINALS: dict[str, Rules] = {
    "en": (
        ("few", (((10, ((3, 3),), True), (100, ((13, 13),), False)),)),
        ("one", (((10, ((1, 1),), True), (100, ((11, 11),), False)),)),
        ("two", (((10, ((2, 2),), True), (100, ((12, 12),), False)),)),
    ),
    "es": (),
    "de": (),
    "ar": (),
}
