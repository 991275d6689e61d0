"""The words of each language, and how a phrase is found among them.

A reason has wordings, each with the facts it needs; the first one whose facts are all there is
said, and the last one needs none that could be missing. `{title}`, `{reward}` and `{then}` are
always there; `{if_lane}` and its like say nothing: they ask for a fact. A phrase that goes by a
count has one form for each plural category of the language (CLDR).
"""

from __future__ import annotations

from functools import cache
from string import Formatter

from offers import words_ar, words_de, words_en, words_es
from offers.plurals import ordinal, plural
from offers.reasons import Reason

Phrases = dict[str, str | dict[str, str]]
BOOKS = {"en": words_en, "es": words_es, "de": words_de, "ar": words_ar}
SENTENCES: dict[str, dict[Reason, tuple[str, ...]]] = {
    language: book.SENTENCES for language, book in BOOKS.items()
}
PHRASES: dict[str, Phrases] = {language: book.PHRASES for language, book in BOOKS.items()}


def phrase(language: str, name: str, facts: dict[str, str]) -> str:
    """Say a phrase; `language` is without region. One that goes by a count is not said here."""
    words = PHRASES[language][name]
    assert isinstance(words, str)
    return words.format_map(facts)


def counted(language: str, name: str, n: int, facts: dict[str, str]) -> str:
    """Say a phrase in the form that goes with a number; `facts` has the number in words as "n"."""
    return _form(language, name, plural(language, n)).format_map(facts)


def ranked(language: str, name: str, n: int, facts: dict[str, str]) -> str:
    """Say a phrase in the form that goes with a rank: "2nd"."""
    return _form(language, name, ordinal(language, n)).format_map(facts)


def _form(language: str, name: str, category: str) -> str:
    forms = PHRASES[language][name]
    assert isinstance(forms, dict)
    return forms[category]


@cache
def fields(words: str) -> tuple[str, ...]:
    """Name the facts that a wording needs."""
    return tuple(dict.fromkeys(name for _, name, _, _ in Formatter().parse(words) if name))
