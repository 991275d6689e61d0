"""The page's own words: one book per language, and the way each is written."""

from __future__ import annotations

from collections.abc import Mapping

from offers.bidi import runs_right_to_left
from offers.model import Language
from offers.plurals import plural
from staff_help import dispute_words, trouble_words, words_ar, words_de, words_en, words_es

ENGLISH = Language("en")
BOOKS = {
    ENGLISH: words_en,
    Language("es"): words_es,
    Language("de"): words_de,
    Language("ar"): words_ar,
}
WORDS: Mapping[Language, Mapping[str, str]] = {code: book.PAGE for code, book in BOOKS.items()}
REFUSALS: Mapping[Language, Mapping[str, tuple[str, str]]] = {
    code: {**book.REFUSALS, **dispute_words.REFUSALS[code], **trouble_words.REFUSALS[code]}
    for code, book in BOOKS.items()
}
SAID: Mapping[Language, Mapping[str, str | dict[str, str]]] = {
    code: {**book.SAID, **trouble_words.SAID[code]} for code, book in BOOKS.items()
}
EVIDENCE: Mapping[Language, Mapping[str, str]] = {
    code: book.EVIDENCE for code, book in BOOKS.items()
}


def spoken(language: Language) -> Language:
    """Give the language of a book: itself, without its region ("de-at"), else English."""
    base = Language(language.partition("-")[0].lower())
    return base if base in BOOKS else ENGLISH


def words(language: Language) -> Mapping[str, str]:
    """Give a language's table of words."""
    return WORDS[spoken(language)]


def direction(language: Language) -> str:
    """Tell which way a language runs: "ltr" or "rtl"."""
    return "rtl" if runs_right_to_left(language) else "ltr"


def said(language: Language, name: str, **facts: str) -> str:
    """Say a sentence in the language, English where it has no words."""
    text = SAID[spoken(language)][name]
    assert isinstance(text, str)
    return text.format_map(facts)


def said_counted(language: Language, name: str, n: int) -> str:
    """Say a sentence in the form that goes with a number (CLDR's plural categories)."""
    code = spoken(language)
    forms = SAID[code][name]
    assert isinstance(forms, dict)
    return forms[plural(code, n)].format(n=n)
