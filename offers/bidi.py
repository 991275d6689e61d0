"""Words of two directions in one line (Unicode Standard Annex 9, explicit isolates).

A sentence in Arabic that names "Alpro Skyr 500 g" would be torn apart by a screen: each value that
is put into it stands in an isolate, which says "lay this out by itself". The marks are for a reader
that knows them, a browser or the layout of a slip; any other is given `bare` text.
"""

from __future__ import annotations

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
MARKS = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)


def runs_right_to_left(language: str) -> bool:
    """Tell which way a language is written; a region does not matter."""
    return language.partition("-")[0].lower() in RIGHT_TO_LEFT


def isolated(text: str) -> str:
    """Wrap a value so that its own first letter decides which way it runs."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if text else ""


def bare(text: str) -> str:
    """Drop every mark of direction: they have no width, and a plain display shows them as boxes."""
    return text.translate(MARKS)
