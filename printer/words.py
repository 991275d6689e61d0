"""Words on paper: which code page holds them, where lines break, and letters as dots.

What no code page of the printer holds is drawn here with the DejaVu Sans Mono beside this file,
letters hard black and white. What that font lacks is told, since a box is not a word.
"""

from __future__ import annotations

import textwrap
import unicodedata
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from printer.bitmap import Bitmap, from_image
from printer.profile import Profile

FONT = str(Path(__file__).with_name("DejaVuSansMono.ttf"))
MISSING = "\U0010ffff"  # no font has it: its picture is the font's box for "unknown"


def plain(text: str) -> str:
    """Give the text in composed form, control characters and runs of blanks as one blank."""
    composed = unicodedata.normalize("NFC", text)
    shown = "".join(" " if unicodedata.category(one) == "Cc" else one for one in composed)
    return " ".join(shown.split())


def code_page(text: str, profile: Profile) -> tuple[int, str] | None:
    """Give number and codec of the first code page that holds every character, if any does."""
    for number, codec in profile.code_pages.items():
        try:
            encoded = text.encode(codec)
        except UnicodeEncodeError:
            continue
        if len(encoded) == len(text):
            return number, codec
    return None


def wrap(text: str, columns: int) -> tuple[str, ...]:
    """Break into lines of at most `columns` characters; a longer word is broken too."""
    return tuple(textwrap.wrap(text, max(1, columns)))


def draw_words(text: str, width: int, size: int, *, centred: bool) -> Bitmap:
    """Draw text as dots, wrapped to `width`, in letters of about `size` dots."""
    font = letters(size)
    lines = wrap_drawn(text, width, font)
    line_height = size + size // 4
    image = Image.new("1", (width, line_height * len(lines) or 1), 1)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"
    for number, line in enumerate(lines):
        left = (width - font.getlength(line)) // 2 if centred else 0
        pen.text((max(0, left), number * line_height), line, fill=0, font=font)
    return from_image(image)


def wrap_drawn(text: str, width: int, font: ImageFont.FreeTypeFont) -> list[str]:
    """Break into lines of at most `width` dots; a longer word is broken too."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if font.getlength(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _broken(word, width, font)
        lines += whole
    return [*lines, line] if line else lines


def _broken(word: str, width: int, font: ImageFont.FreeTypeFont) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and font.getlength(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def unknown_letters(text: str) -> str:
    """Give the characters that the font would draw as a box, each once, sorted."""
    return "".join(letter for letter in sorted(set(text)) if not letter.isspace() and _box(letter))


@lru_cache(maxsize=4096)
def _box(letter: str) -> bool:
    font = letters(24)
    return bytes(font.getmask(letter)) == bytes(font.getmask(MISSING))


@lru_cache(maxsize=16)
def letters(size: int) -> ImageFont.FreeTypeFont:
    """Give the font; a character of size 20 is 12 dots wide."""
    return ImageFont.truetype(FONT, size)
