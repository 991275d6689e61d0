"""Write `offers/number_patterns.py` from Babel's CLDR data: `python tools/compile_locales.py`.

A lane carries the table and not Babel, whose locale data is 30 MB on disk. What is compiled: how
money, numbers, percentages, weights and dates are written, and the plural and ordinal rules of
whole numbers. What Babel leaves out of CLDR stands here in tables of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import babel
from babel import Locale

TARGET = Path(__file__).parent.parent / "offers" / "number_patterns.py"
TAGS = (
    *("en-150", "en-gb", "en-ie", "en-us"),
    *("es", "es-ar", "es-cl", "es-co", "es-mx", "es-pe", "es-us"),
    *("de", "de-at", "de-ch"),
    *(
        "ar",
        "ar-ae",
        "ar-dz",
        "ar-eg",
        "ar-jo",
        "ar-kw",
        "ar-lb",
        "ar-ma",
        "ar-qa",
        "ar-sa",
        "ar-tn",
    ),
)
DIGITS = "latn"  # codes, keypads and till displays have 0-9, in Arabic too; CLDR differs by country
DATE_STYLE = {"de": "medium"}  # 20.11.2026; the others write the month out
MINIMUM_GROUPING = {"es": 2}  # CLDR minimumGroupingDigits, which Babel does not carry; others: 1
DATE_FIELDS = {
    "d": "{day}",
    "dd": "{day:02d}",
    "MM": "{month:02d}",
    "MMMM": "{name}",
    "y": "{year}",
}
OF_WHOLE_NUMBERS = {
    "v": 0,
    "w": 0,
    "f": 0,
    "t": 0,
    "c": 0,
    "e": 0,
}  # plural operands that are fixed

HEAD = '''"""How amounts, numbers and dates are written, and which plural form a number takes.

Compiled from the CLDR data of Babel {version} by `tools/compile_locales.py`; do not edit it here.
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
'''


def main() -> int:
    """Write the table; with `--check` only tell whether it is current."""
    text = compiled()
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.read_text(encoding="utf-8") == text else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


def compiled() -> str:
    """Give the module's text."""
    lines = [HEAD.format(version=babel.__version__)]
    languages = list(dict.fromkeys(tag.partition("-")[0] for tag in TAGS))
    for language in languages:
        lines += _shared(language)
    lines.append("PATTERNS: dict[str, Pattern] = {")
    for tag in TAGS:
        lines += _pattern(tag) if _differs(tag) else []
    lines += ["}", ""]
    for name, rule in (("PLURALS", "plural_form"), ("ORDINALS", "ordinal_form")):
        lines.append(f"{name}: dict[str, Rules] = {{")
        for language in languages:
            lines += _rules(language, getattr(Locale(language), rule))
        lines += ["}", ""]
    lines.pop()
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """Write a string so that what does not show, such as U+00A0 or U+200F, can be read."""
    shown = "".join(
        one if one.isprintable() and one != "\u2019" else f"\\u{ord(one):04x}" for one in value
    )
    return '"' + shown.replace('"', '\\"') + '"'


def _locale(tag: str) -> Locale:
    return Locale.parse(tag, sep="-")


def _signs(locale: Locale) -> dict[str, str]:
    return {
        code: sign
        for code, sign in sorted(locale.currency_symbols.items())
        if sign != code and code != "XXX"
    }


def _months(locale: Locale) -> tuple[str, ...]:
    names = locale.months["format"]["wide"]
    return tuple(names[n] for n in range(1, 13))


def _shared(language: str) -> list[str]:
    """Give a language's signs and months, which its regions share or change."""
    locale = Locale(language)
    signs = ", ".join(f'"{code}": {_text(sign)}' for code, sign in _signs(locale).items())
    months = ", ".join(_text(name) for name in _months(locale))
    name = language.upper()
    return [f"{name}_SIGNS = {{{signs}}}", f"{name}_MONTHS = ({months})", ""]


def _differs(tag: str) -> bool:
    """Tell whether a region writes in another way than its language, or is the first of it."""
    language = tag.partition("-")[0]
    return language not in TAGS or tag == language or [*_fields(tag)] != [*_fields(language)]


def _pattern(tag: str) -> Iterator[str]:
    yield f'    "{tag}": Pattern('
    yield from _fields(tag)
    yield "    ),"


def _fields(tag: str) -> Iterator[str]:
    locale, language = _locale(tag), tag.partition("-")[0]
    symbols = locale.number_symbols[DIGITS]
    minus = symbols["minusSign"]
    amount = locale.currency_formats["standard"].pattern
    above, _, below = amount.partition(";")
    percent = _affixes(locale.percent_formats[None].pattern, minus)
    percent = percent.replace("%", symbols["percentSign"])
    weights = locale._data["unit_patterns"]
    style = DATE_STYLE.get(language, "long")
    grams, kilograms = (
        weights[unit]["short"]["other"].replace("{0}", "{n}")
        for unit in ("mass-gram", "mass-kilogram")
    )
    minimum = MINIMUM_GROUPING.get(tag, 1)
    yield f"        {_text(symbols['decimal'])}, {_text(symbols['group'])}, {minimum}, {_text(minus)},"
    yield f"        {_text(_affixes(above, minus))}, {_text(_affixes(below or f'-{above}', minus))},"
    yield f"        {_text(percent)}, {_text(grams)}, {_text(kilograms)},"
    yield f"        {_text(_day(locale.date_formats[style].pattern))},"
    yield f"        {_changed(f'{language.upper()}_MONTHS', _months(locale), Locale(language))},"
    days = locale.days["stand-alone"]["abbreviated"]
    yield f"        ({', '.join(_text(days[n]) for n in range(7))}),"
    yield f"        {_changed_signs(locale, Locale(language))},"


def _affixes(pattern: str, minus: str) -> str:
    """Turn "#,##0.00 ¤" into "{n} {sign}"."""
    number = "".join(one for one in pattern if one in "#,0.")
    return pattern.replace("-", minus).replace(number, "{n}").replace("¤", "{sign}")


def _changed(shared: str, months: tuple[str, ...], language: Locale) -> str:
    if months == _months(language):
        return shared
    return f"({', '.join(_text(name) for name in months)})"


def _changed_signs(locale: Locale, language: Locale) -> str:
    shared, own = _signs(language), _signs(locale)
    changes = {code: own.get(code, code) for code in sorted({*shared, *own})}
    changes = {code: sign for code, sign in changes.items() if sign != shared.get(code, code)}
    name = f"{language.language.upper()}_SIGNS"
    if not changes:
        return name
    written = ", ".join(f'"{code}": {_text(sign)}' for code, sign in changes.items())
    return f"{{**{name}, {written}}}"


def _day(pattern: str) -> str:
    """Turn "d 'de' MMMM" into "{day} de {name}" (CLDR date field symbols)."""
    out, at = "", 0
    while at < len(pattern):
        if pattern[at] == "'":
            end = pattern.index("'", at + 1)
            out, at = out + pattern[at + 1 : end], end + 1
            continue
        run = at
        while run < len(pattern) and pattern[run] == pattern[at] and pattern[at].isalpha():
            run += 1
        out += DATE_FIELDS[pattern[at:run]] if run > at else pattern[at]
        at = max(run, at + 1)
    return out


def _rules(language: str, rule: babel.plural.PluralRule) -> Iterator[str]:
    if not rule.abstract:
        yield f'    "{language}": (),'
        return
    yield f'    "{language}": ('
    for category, condition in rule.abstract:
        alternatives = [clauses for clauses in _alternatives(condition) if clauses is not None]
        if alternatives:
            yield f'        ("{category}", {_tuple(_tuple(map(str, it)) for it in alternatives)}),'
    yield "    ),"


def _tuple(parts: Iterator[str] | list[str]) -> str:
    inner = list(parts)
    return f"({', '.join(inner)}{',' if len(inner) == 1 else ''})"


def _alternatives(node: tuple) -> list[list[tuple] | None]:
    """Give a condition as a list of lists of clauses: any of all of; None is never true."""
    kind, parts = node
    if kind == "or":
        return [it for part in parts for it in _alternatives(part)]
    if kind == "and":
        left, right = (_alternatives(part) for part in parts)
        return [None if a is None or b is None else [*a, *b] for a in left for b in right]
    if kind == "not":
        (inner,) = parts
        return [_clause(inner, wanted=False)]
    return [_clause(node, wanted=True)]


def _clause(node: tuple, *, wanted: bool) -> list[tuple] | None:
    """Compile one relation; one about decimals is decided now, for whole numbers have none."""
    _, (how, (operand, given), (_, ranges)) = node
    assert how == "in"
    bounds = tuple((low[1][0], high[1][0]) for low, high in ranges)
    modulus = 0
    if operand == "mod":
        (operand, _), (_, (modulus,)) = given
    if operand in OF_WHOLE_NUMBERS:
        value = OF_WHOLE_NUMBERS[operand] % (modulus or 1_000_000)
        held = any(low <= value <= high for low, high in bounds)
        return [] if held is wanted else None
    return [(modulus, bounds, wanted)]


if __name__ == "__main__":
    sys.exit(main())
