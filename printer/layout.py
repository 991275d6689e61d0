"""One slip from top to cut: what stands where, how big, and in whose letters.

The order is what a shopper looks for: whose it is, the picture, what it gives, which products
count and which do not, until when, the small print, the code with its digits. What a slip gives
is as big as it fits; nothing is smaller than the printer's Font A, or an x 14 dots tall where
words are drawn.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from printer.bitmap import Bitmap, blank
from printer.codes import code_items
from printer.dither import dots
from printer.errors import PictureError
from printer.fonts import face_for, missing, nearest_face
from printer.items import Cut, Dots, Feed, Item, NvDots, Words
from printer.nv import Stored, picture_name
from printer.plan_types import Rung
from printer.profile import Profile
from printer.shaping import Align, balanced, break_lines, breaks_a_word, draw_lines, right_to_left
from printer.slip import MAX_TEXT, Slip
from printer.words import code_page, longest_word, native, plain, wrap, wrap_balanced

MAX_PICTURE_ROWS = 480  # 60 mm: more paper than the words take
PICTURE_SHARE = 0.92  # of the paper's width: a margin makes it a picture
RULE_DOTS, RULE_CELL = 2, 96  # of a line across; of an underscore eight cells wide
X_HEIGHT = 14  # dots of a small x in drawn words: what Font A's is
GAP = Feed(14)
DRAWN_GAP = Feed(4)  # native lines bring their own leading
RULED = ("qr", "databar")  # codes that a line is drawn above; bars are lines enough
TRAINING = "TRAINING"
FIELDS = ("brand_line", "big", "headline", "counts", "not_counts", "validity", "terms")


class Look(NamedTuple):
    """How a field looks: the first (wide, tall, lines) in which it takes no more lines than that.

    More lines than `centred_lines` begin at the margin: a paragraph is read, a title is looked at.
    """

    scales: tuple[tuple[int, int, int], ...]
    bold: bool = False
    centred_lines: int = 4


LOOKS = {
    "brand_line": Look(((2, 2, 1), (1, 1, 2)), bold=True),
    "big": Look(((4, 4, 1), (3, 3, 1), (3, 3, 2), (2, 2, 4), (1, 2, 4)), bold=True),
    "headline": Look(((2, 2, 1), (1, 2, 2), (1, 1, 4)), bold=True),
    "counts": Look(((1, 1, 6),)),
    "not_counts": Look(((1, 1, 4),)),
    "validity": Look(((1, 1, 3),), bold=True),
    "terms": Look(((1, 1, 8),), centred_lines=2),
    "human": Look(((1, 1, 2),)),
    "serial": Look(((1, 2, 1), (1, 1, 2)), bold=True),
    "training": Look(((2, 2, 1),), bold=True),
}


class Field(NamedTuple):
    """What became of a field: its items, what had to be left out, and how it stands."""

    items: tuple[Item, ...] = ()
    notes: tuple[str, ...] = ()
    lines: int = 0
    scale: tuple[int, int] = (1, 1)


picture_dots = lru_cache(maxsize=32)(dots)  # one offer prints many times; 32 pictures are 1 MB


def lay_out(
    slip: Slip, profile: Profile, rung: Rung, notes: list[str], stored: Stored | None = None
) -> list[Item]:
    """Give one slip's items from top to cut; what had to be left out is added to `notes`."""
    slip = readable(slip, profile, notes)
    rtl = is_right_to_left(slip)
    across = _training(profile) if slip.training else []

    def put(name: str, text: str, gap: tuple[Item, ...] = ()) -> tuple[Item, ...]:
        made = field(name, text, profile, rtl or right_to_left(text))
        notes.extend(made.notes)
        return (*made.items, *gap) if made.items else ()

    code = [] if slip.training else code_items(slip.code, profile)
    items = [
        *across,
        *put("brand_line", slip.brand_line),
        *(rule(profile) if slip.brand_line else ()),
        *_picture(slip, profile, rung, notes, stored or {}),
        *across,
        *put("big", slip.big),
        *put("headline", slip.headline, (GAP,)),
        *put("counts", slip.counts),
        *put("not_counts", slip.not_counts),
        *put("validity", slip.validity, (GAP,) if slip.terms else ()),
        *put("terms", slip.terms),
        *(rule(profile) if slip.code.kind in RULED and code else ()),
        *code,
    ]
    if code:
        items += [*put("human", slip.code.human), *put("serial", slip.code.serial)]
    return [*items, *across, Cut()]


def readable(slip: Slip, profile: Profile, notes: list[str]) -> Slip:
    """Give the slip, or the same coupon in a language that this machine has letters for."""
    if not (lacking := unprintable(slip, profile)):
        return slip
    other = slip.otherwise
    while other is not None and unprintable(other, profile):
        other = other.otherwise
    if other is None:
        return slip
    notes.append(f"no letters for {lacking!r}: printed in the store's other language")
    return other


def unprintable(slip: Slip, profile: Profile) -> str:
    """Give the letters of a slip that neither the printer nor a font here has."""
    return "".join(_lacking(getattr(slip, name), profile) for name in FIELDS)


@lru_cache(maxsize=512)
def _lacking(text: str, profile: Profile) -> str:
    words = plain(text)
    return "" if code_page(native(words), profile) else missing(words, profile.fonts)


def is_right_to_left(slip: Slip) -> bool:
    """Tell whether a slip's own words run from the right; a brand in Latin does not decide."""
    return right_to_left(slip.terms or slip.validity or slip.big)


@lru_cache(maxsize=512)
def field(name: str, text: str, profile: Profile, rtl: bool = False) -> Field:
    """Lay out one field: native letters where a code page holds them, else dots."""
    words, notes = plain(text), []
    if len(words) > MAX_TEXT:
        notes.append(f"{name} cut at {MAX_TEXT} characters")
        words = words[:MAX_TEXT]
    if not words:
        return Field()
    shown = native(words)
    page = code_page(shown, profile)
    if page is not None:
        return _native(LOOKS[name], shown, page, profile, rtl)._replace(notes=tuple(notes))
    if lacking := missing(words, profile.fonts):
        notes.append(f"no letter for {lacking!r}")
        words = plain("".join(one for one in words if one not in lacking))
    if not words:
        return Field((), tuple(notes))
    return _drawn(LOOKS[name], words, profile, rtl)._replace(notes=tuple(notes))


def _native(look: Look, words: str, page: tuple[int, str], profile: Profile, rtl: bool) -> Field:
    wide, tall = next(
        (
            (wide, tall)
            for wide, tall, most in look.scales
            if _stands(words, profile.columns_a // wide, most)
        ),
        look.scales[-1][:2],
    )
    lines = wrap(words, profile.columns_a // wide)
    centred = len(lines) <= look.centred_lines
    if centred:
        lines = wrap_balanced(words, profile.columns_a // wide)
    right = rtl and not centred
    item = Words(lines, *page, "A", wide, tall, bold=look.bold, centred=centred, right=right)
    return Field((item,), (), len(lines), (wide, tall))


def _stands(words: str, columns: int, most: int) -> bool:
    return longest_word(words) <= columns and len(wrap(words, columns)) <= most


def _drawn(look: Look, words: str, profile: Profile, rtl: bool) -> Field:
    face = face_for(words, profile.fonts) or nearest_face(words, profile.fonts)
    width, tall, lines = profile.dots_wide, 1, [words]
    font = face.at(face.size_for(X_HEIGHT), bold=look.bold)
    for _, tall, most in look.scales:
        font = face.at(face.size_for(X_HEIGHT * tall), bold=look.bold)
        lines = break_lines(words, width, font, rtl=rtl)
        if len(lines) <= most and not breaks_a_word(words, width, font, rtl=rtl):
            break
    align: Align = "right" if rtl else "left"
    if len(lines) <= look.centred_lines:
        lines, align = balanced(words, width, font, rtl=rtl), "centre"
    bitmap = draw_lines(lines, width, font, align, rtl=rtl)
    return Field((DRAWN_GAP, Dots(bitmap), DRAWN_GAP), (), len(lines), (tall, tall))


def _picture(
    slip: Slip, profile: Profile, rung: Rung, notes: list[str], stored: Stored
) -> list[Item]:
    if slip.picture_png is None or rung == "words":
        return []
    block = 2 if rung == "half" else 1
    try:
        bitmap = picture_bitmap(slip.picture_png, profile, block)
    except PictureError as error:
        notes.append(f"picture left out: {error.why}")
        return []
    key = stored.get(picture_name(bitmap)) if rung == "nv" else None
    if key is not None:
        return [NvDots(key, bitmap)]
    return [Dots(bitmap, (profile.dots_wide - bitmap.width * block) // 2, block, block)]


def picture_bitmap(png: bytes, profile: Profile, block: int = 1) -> Bitmap:
    """Give a picture's dots as this printer prints it.

    Raises:
        PictureError: as `printer.dither.dots`.
    """
    width = int(profile.dots_wide * PICTURE_SHARE)
    return picture_dots(png, width, MAX_PICTURE_ROWS, profile.wedge or profile.dot_gain, block)


def rule(profile: Profile) -> list[Item]:
    """Give a line across the paper: underscores eight cells wide, some fifteen bytes."""
    page = next(iter(profile.code_pages.items()), None)
    if page is None:  # a printer that draws no letters
        black = blank(profile.dots_wide, RULE_DOTS)
        return [DRAWN_GAP, Dots(Bitmap(black.width, RULE_DOTS, b"\xff" * len(black.rows))), GAP]
    count = max(1, profile.dots_wide // RULE_CELL)
    return [Words(("_" * count,), *page, "A", 8, 1, bold=True, centred=True), GAP]


def _training(profile: Profile) -> list[Item]:
    """Fill a line from edge to edge; it stands above, amid and below, and in place of the code."""
    columns = profile.columns_a // LOOKS["training"].scales[0][0]
    line = " ".join([TRAINING] * ((columns + 1) // (len(TRAINING) + 1))).center(columns, "*")
    return [*field("training", line, profile).items, GAP]
