"""Words that no code page of the printer holds, as dots: any script, in both directions.

Lines are broken at blanks, between ideographs, and inside a word only where it is wider than the
paper. Ordering and joining are raqm's; here stands what it does not do: lines. Letters are hard
black and white.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from printer.bitmap import Bitmap, from_image
from printer.fonts import shaping

LEAST_LEADING = 6  # dots between the ink of two lines
Align = Literal["left", "centre", "right"]

OPEN_ISOLATES, CLOSE_ISOLATE = "\u2066\u2067\u2068", "\u2069"  # LRI, RLI, FSI; PDI: UAX 9, 2.4
# What may not begin and not end a line between ideographs: JIS X 4051, 6.1.
NO_BREAK_BEFORE = "、。，．！？：；）」』】〉》・ー々％%)]}!?:;,."  # noqa: RUF001
NO_BREAK_AFTER = "（「『【〈《([{¥￥$€"  # noqa: RUF001
THAI_AFTER, THAI_BEFORE = "\u0e30\u0e32\u0e33\u0e45\u0e46", "\u0e40\u0e41\u0e42\u0e43\u0e44"
VIRAMA = 9  # canonical combining class: joins the next consonant
JOINERS = "\u200d"
ZERO_WIDTH_SPACE = "\u200b"


def right_to_left(text: str) -> bool:
    """Tell a paragraph's direction: its first strong letter outside isolates (UAX 9, P2 and P3)."""
    depth = 0
    for letter in text:
        if letter in OPEN_ISOLATES:
            depth += 1
        elif letter == CLOSE_ISOLATE:
            depth = max(0, depth - 1)
        elif not depth and (kind := unicodedata.bidirectional(letter)) in ("L", "R", "AL"):
            return kind != "L"
    return False


def draw_lines(
    lines: list[str], width: int, font: ImageFont.FreeTypeFont, align: Align, *, rtl: bool
) -> Bitmap:
    """Draw lines below each other on paper `width` dots wide, as close as their ink allows."""
    boxes = [font.getbbox(line, anchor="ls", direction=_direction(rtl)) for line in lines]
    above = -round(min((box[1] for box in boxes), default=0))
    below = round(max((box[3] for box in boxes), default=1))
    pitch = above + below + max(LEAST_LEADING, round(font.size / 5))
    image = Image.new("1", (width, max(1, pitch * (len(lines) - 1) + above + below)), 1)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"
    for number, line in enumerate(lines):
        spare = max(0, width - round(length(line, font, rtl=rtl)))
        x = {"left": 0, "centre": spare // 2, "right": spare}[align]
        at = (x, number * pitch + above)
        pen.text(at, line, fill=0, font=font, anchor="ls", direction=_direction(rtl))
    return from_image(image)


def length(text: str, font: ImageFont.FreeTypeFont, *, rtl: bool = False) -> float:
    """Give how many dots a line is long."""
    return font.getlength(text, direction=_direction(rtl))


def _direction(rtl: bool) -> str | None:
    """Name the direction for raqm; Pillow without it takes none, and draws nothing that needs it."""
    return ("rtl" if rtl else "ltr") if shaping() else None


def break_lines(
    text: str, width: int, font: ImageFont.FreeTypeFont, *, rtl: bool = False
) -> list[str]:
    """Break into lines of at most `width` dots; an isolate that is cut goes on in the next line."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if not line or length((line + piece).rstrip(), font, rtl=rtl) <= width:
            line += piece
        else:
            lines.append(line.rstrip())
            line = _still_open(line) + piece
        *whole, line = _broken(line, width, font, rtl=rtl)
        lines += whole
    return [shown for one in [*lines, line.rstrip()] if (shown := _tidy(one))]


def balanced(
    text: str, width: int, font: ImageFont.FreeTypeFont, *, rtl: bool = False
) -> list[str]:
    """Break into as few lines, about equally long: for what stands in the middle."""
    lines = break_lines(text, width, font, rtl=rtl)
    least, most = width // max(1, len(lines)), width
    while least < most:
        middle = (least + most) // 2
        tried = break_lines(text, middle, font, rtl=rtl)
        if len(tried) > len(lines) or _longest_piece(text, font, rtl=rtl) > middle:
            least = middle + 1
        else:
            lines, most = tried, middle
    return lines


def breaks_a_word(text: str, width: int, font: ImageFont.FreeTypeFont, *, rtl: bool) -> bool:
    """Tell whether a word is wider than the paper."""
    return _longest_piece(text, font, rtl=rtl) > width


def _longest_piece(text: str, font: ImageFont.FreeTypeFont, *, rtl: bool) -> float:
    return max((length(piece.rstrip(), font, rtl=rtl) for piece in _pieces(text)), default=0)


def _pieces(text: str) -> Iterator[str]:
    """Cut a text where a line may end; blanks stay with what is before them."""
    piece = ""
    for at, letter in enumerate(text):
        after = text[at + 1 : at + 2]
        piece += "" if letter == ZERO_WIDTH_SPACE else letter
        if _may_end(letter, after):
            yield piece
            piece = ""
    if piece:
        yield piece


def _may_end(letter: str, after: str) -> bool:
    if letter in (" ", ZERO_WIDTH_SPACE):
        return after != " "
    if not after or after == " " or after in NO_BREAK_BEFORE or letter in NO_BREAK_AFTER:
        return False
    if unicodedata.category(after)[0] == "M" or unicodedata.category(after) == "Cf":
        return False
    return _wide(letter) or (_wide(after) and letter != "\u00a0")


def _wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in ("W", "F")


def _broken(line: str, width: int, font: ImageFont.FreeTypeFont, *, rtl: bool) -> list[str]:
    """Cut a line that is too wide although it is one word; most lines come back as they are."""
    pieces = [line]
    while length(pieces[-1].rstrip(), font, rtl=rtl) > width:
        clusters = list(_clusters(pieces[-1]))
        count = _most_that_fit(clusters, width, font, rtl=rtl)
        if count >= len(clusters):
            break
        head = "".join(clusters[:count])
        pieces[-1:] = [head, _still_open(head) + "".join(clusters[count:])]
    return pieces


def _most_that_fit(
    clusters: list[str], width: int, font: ImageFont.FreeTypeFont, *, rtl: bool
) -> int:
    least, most = 1, len(clusters)
    while least < most:
        middle = (least + most + 1) // 2
        if length("".join(clusters[:middle]), font, rtl=rtl) <= width:
            least = middle
        else:
            most = middle - 1
    return least


def _clusters(text: str) -> Iterator[str]:
    """Give what may not be taken apart: a letter with its marks, vowels and joined consonants."""
    cluster = ""
    for letter in text:
        if cluster and not _belongs(cluster[-1], letter):
            yield cluster
            cluster = ""
        cluster += letter
    if cluster:
        yield cluster


def _belongs(last: str, letter: str) -> bool:
    kind = unicodedata.category(letter)
    joined = unicodedata.combining(last) == VIRAMA or last in JOINERS or last in THAI_BEFORE
    opened = last in OPEN_ISOLATES
    return kind[0] == "M" or kind == "Cf" or letter in THAI_AFTER or joined or opened


def _still_open(line: str) -> str:
    """Give the isolates that a line has opened and not closed."""
    opened = ""
    for letter in line:
        if letter in OPEN_ISOLATES:
            opened += letter
        elif letter == CLOSE_ISOLATE:
            opened = opened[:-1]
    return opened


def _tidy(line: str) -> str:
    """Close what is open; a line of nothing but controls is none."""
    seen = any(unicodedata.category(letter) not in ("Cf", "Zs") for letter in line)
    return line + CLOSE_ISOLATE * len(_still_open(line)) if seen else ""
