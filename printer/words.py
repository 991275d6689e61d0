"""Words on paper: made plain, given a code page, broken into lines.

What no code page of the printer holds is drawn as dots by `printer.shaping`.
"""

from __future__ import annotations

import textwrap
import unicodedata

from printer.profile import Profile

NO_BREAK = "\u00a0"
GLUE = "\u00a0\u202f\u2007"  # blanks that keep "5 €" and "1 kg" on one line
BLANKS = ("Cc", "Zs", "Zl", "Zp")


def plain(text: str) -> str:
    """Give the text in composed form, control characters and runs of blanks as one blank.

    Blanks that may not end a line stay so; isolates and marks that say a direction stay too.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", text)
    shown = "".join(_shown(one) for one in composed)
    return " ".join(word for word in shown.split(" ") if word).strip(NO_BREAK)


def _shown(letter: str) -> str:
    if letter in GLUE:
        return NO_BREAK
    return " " if unicodedata.category(letter) in BLANKS else letter


def native(text: str) -> str:
    """Give what a printer's own letters show of a text: no marks that only say a direction."""
    seen = "".join(one for one in text if unicodedata.category(one) != "Cf")
    return seen.replace("\u2011", "-")  # a hyphen that may not end a line


def code_page(text: str, profile: Profile) -> tuple[int, str] | None:
    """Give number and codec of the first code page that holds every character, if any does."""
    shown = text.replace(NO_BREAK, " ")
    for number, codec in profile.code_pages.items():
        try:
            encoded = shown.encode(codec)
        except UnicodeEncodeError:
            continue
        if len(encoded) == len(text):
            return number, codec
    return None


def wrap(text: str, columns: int) -> tuple[str, ...]:
    """Break into lines of at most `columns` characters; a longer word is broken too."""
    if len(text) <= columns:
        return (text.replace(NO_BREAK, " "),) if text else ()
    lines = textwrap.wrap(text, max(1, columns), break_on_hyphens=False)
    return tuple(line.replace(NO_BREAK, " ") for line in lines)


def wrap_balanced(text: str, columns: int) -> tuple[str, ...]:
    """Break into as few lines, about equally long: for what stands in the middle."""
    lines = wrap(text, columns)
    shortest = max(longest_word(text), -(-len(text) // max(1, len(lines))))
    for narrower in range(min(shortest, columns), columns):
        tried = wrap(text, narrower)
        if len(tried) == len(lines):
            return tried
    return lines


def longest_word(text: str) -> int:
    """Count the characters of the longest word."""
    return max((len(word) for word in text.split(" ")), default=0)
