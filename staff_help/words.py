"""The page's own words: one book per language, and the way each is written."""

from __future__ import annotations

from collections.abc import Mapping

from offers.bidi import runs_right_to_left
from offers.model import Language
from staff_help import words_ar, words_de, words_en, words_es

ENGLISH = Language("en")
BOOKS = {
    ENGLISH: words_en,
    Language("es"): words_es,
    Language("de"): words_de,
    Language("ar"): words_ar,
}
WORDS: Mapping[Language, Mapping[str, str]] = {code: book.PAGE for code, book in BOOKS.items()}
REFUSALS: Mapping[Language, Mapping[str, tuple[str, str]]] = {
    code: book.REFUSALS for code, book in BOOKS.items()
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
