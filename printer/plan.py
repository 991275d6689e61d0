"""Slips become a plan: the richest rung of the ladder that is printed before the deadline.

full   words in the printer's letters, the whole picture
half   the picture at half its resolution, each dot printed 2 x 2: a quarter of its bytes
words  no picture

Every rung carries the code: a coupon without one is no coupon. On a slow serial line the line
decides, on USB and LAN the print head.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from printer.codes import code_items
from printer.dither import dots
from printer.errors import PictureError
from printer.escpos import encode_job
from printer.items import Cut, Dots, Feed, Item, Words
from printer.plan_types import Plan, Rung
from printer.profile import Profile
from printer.slip import MAX_SLIPS, MAX_TEXT, Slip
from printer.words import code_page, draw_words, plain, unknown_letters, wrap

RUNGS: tuple[Rung, ...] = ("full", "half", "words")
MAX_PICTURE_ROWS = 480  # 60 mm: more paper than the words take
CUT_S = 0.4  # feed to the blade and cut
GAP = Feed(12)
TRAINING = "TRAINING"

# Field of the slip, and how it looks: font, times wide, times tall, bold, centred. The picture
# stands before `big`, the code before `terms`.
LOOKS: dict[str, Words] = {
    "brand_line": Words((), 0, "", "A", 1, 1, bold=False, centred=True),
    "headline": Words((), 0, "", "A", 2, 2, bold=True, centred=True),
    "big": Words((), 0, "", "A", 3, 3, bold=True, centred=True),
    "counts": Words((), 0, "", "A", 1, 1),
    "not_counts": Words((), 0, "", "A", 1, 1),
    "validity": Words((), 0, "", "A", 1, 1, bold=True),
    "human": Words((), 0, "", "A", 1, 1, bold=False, centred=True),
    "terms": Words((), 0, "", "B", 1, 1),
    "training": Words((), 0, "", "A", 2, 2, bold=True, centred=True),
}

picture_dots = lru_cache(maxsize=32)(dots)  # one offer prints many times; 32 pictures are 1 MB


def plan(
    slips: Sequence[Slip], profile: Profile, deadline_s: float, bytes_per_s: float | None = None
) -> Plan:
    """Choose the rung and lay everything out.

    Args:
        slips: the coupons of one sale, at most `MAX_SLIPS`.
        profile: the printer.
        deadline_s: when the last slip should be cut, in seconds from the first byte.
        bytes_per_s: the line's speed; the profile's if not told.

    Raises:
        CodeError: a code cannot be printed on this printer.
        ValueError: no slip, or more than `MAX_SLIPS`.
    """
    if not 0 < len(slips) <= MAX_SLIPS:
        raise ValueError(f"{len(slips)} slips in a job, at most {MAX_SLIPS}")
    speed = bytes_per_s or profile.bytes_per_s
    passed: list[str] = []
    for rung in RUNGS:
        notes: list[str] = []
        items = tuple(item for slip in slips for item in lay_out(slip, profile, rung, notes))
        size = sum(map(len, encode_job(items, profile).parts))
        seconds = time_on_paper(items, size, profile, speed)
        says = f"{rung}: {size} bytes take {seconds:.1f} s of {deadline_s:.1f} s"
        fits = seconds <= deadline_s
        if fits or rung == RUNGS[-1]:
            late = "" if fits else ", late on every rung"
            reason = "; ".join([*passed, says + late])
            return Plan(rung, items, reason, size, seconds, tuple(dict.fromkeys(notes)))
        passed.append(says)
    raise AssertionError("the last rung always returns")


def time_on_paper(items: Sequence[Item], size: int, profile: Profile, speed: float) -> float:
    """Give the seconds from the first byte to the last cut: line and head work side by side."""
    rows = sum(item.height_dots for item in items)
    cuts = sum(isinstance(item, Cut) for item in items) * profile.cutter
    return max(size / speed, rows / profile.rows_per_s) + cuts * CUT_S


def lay_out(slip: Slip, profile: Profile, rung: Rung, notes: list[str]) -> list[Item]:
    """Give one slip's items from top to cut; what had to be left out is added to `notes`."""
    across = _training(profile) if slip.training else []
    code = [] if slip.training else code_items(slip.code, profile)
    human = "" if slip.training else slip.code.human
    items = [
        *across,
        *_field("brand_line", slip.brand_line, profile, notes),
        *_field("headline", slip.headline, profile, notes),
        *_picture(slip, profile, rung, notes),
        *across,
        *_field("big", slip.big, profile, notes),
        *_field("counts", slip.counts, profile, notes),
        *_field("not_counts", slip.not_counts, profile, notes),
        *_field("validity", slip.validity, profile, notes),
        *code,
        *_field("human", human, profile, notes),
        *_field("terms", slip.terms, profile, notes),
        *across,
    ]
    return [*items, Cut()]


def _field(name: str, text: str, profile: Profile, notes: list[str]) -> list[Item]:
    """Lay out one field: native letters where a code page holds them, else dots."""
    words = plain(text)
    if len(words) > MAX_TEXT:
        notes.append(f"{name} cut at {MAX_TEXT} characters")
        words = words[:MAX_TEXT]
    if not words:
        return []
    look = LOOKS[name]
    page = code_page(words, profile)
    if page is None:
        return [_drawn(words, look, profile, notes), GAP]
    columns = profile.columns_a if look.font == "A" else profile.columns_b
    lines = wrap(words, columns // look.wide)
    return [
        Words(
            lines, page[0], page[1], look.font, look.wide, look.tall,
            bold=look.bold, centred=look.centred,
        ),
        GAP,
    ]  # fmt: skip


def _drawn(words: str, look: Words, profile: Profile, notes: list[str]) -> Item:
    unknown = unknown_letters(words)
    if unknown:
        notes.append(f"no letter for {unknown!r}")
    size = look.cell[1] * 5 // 6  # a 24-dot cell holds letters of size 20
    return Dots(draw_words(words, profile.dots_wide, size, centred=look.centred))


def _picture(slip: Slip, profile: Profile, rung: Rung, notes: list[str]) -> list[Item]:
    if slip.picture_png is None or rung == "words":
        return []
    block = 2 if rung == "half" else 1
    try:
        bitmap = picture_dots(
            slip.picture_png, profile.dots_wide, MAX_PICTURE_ROWS, profile.dot_gain, block
        )
    except PictureError as error:
        notes.append(f"picture left out: {error.why}")
        return []
    return [Dots(bitmap, (profile.dots_wide - bitmap.width * block) // 2, block, block), GAP]


def _training(profile: Profile) -> list[Item]:
    """Fill a line from edge to edge; it stands above, amid and below, and in place of the code."""
    columns = profile.columns_a // LOOKS["training"].wide
    line = " ".join([TRAINING] * ((columns + 1) // (len(TRAINING) + 1))).center(columns, "*")
    return _field("training", line, profile, [])
