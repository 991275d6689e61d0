"""Slips become a plan: the richest rung of the ladder that is printed before the deadline.

nv     the picture out of the printer's own memory, where it is stored there: eleven bytes
full   words in the printer's letters, the whole picture
half   the picture at half its resolution, each dot printed 2 x 2: a quarter of its bytes
words  no picture

Every rung carries the code: a coupon without one is no coupon. On a slow serial line the line
decides, on USB and LAN the print head.
"""

from __future__ import annotations

from collections.abc import Sequence

from printer.errors import PictureError
from printer.escpos import encode_job
from printer.items import Cut, Feed, Item, Words
from printer.layout import lay_out, picture_bitmap
from printer.nv import Stored, picture_name
from printer.plan_types import Plan, Rung
from printer.profile import Profile
from printer.slip import MAX_SLIPS, Slip

RUNGS: tuple[Rung, ...] = ("nv", "full", "half", "words")
CUT_S = 0.4  # feed to the blade and cut
TEAR_GAP = Feed(24)


def plan(
    slips: Sequence[Slip],
    profile: Profile,
    deadline_s: float,
    bytes_per_s: float | None = None,
    stored: Stored | None = None,
) -> Plan:
    """Choose the rung and lay everything out.

    Args:
        slips: the coupons of one sale, at most `MAX_SLIPS`.
        profile: the printer.
        deadline_s: when the last slip should be cut, in seconds from the first byte.
        bytes_per_s: the line's speed; the profile's if not told.
        stored: the keys of pictures that this very printer holds, by `printer.nv.picture_name`.

    Raises:
        CodeError: a code cannot be printed on this printer.
        ValueError: no slip, or more than `MAX_SLIPS`.
    """
    passed: list[str] = []
    for rung in _rungs(slips, profile, stored):
        laid_out = plan_rung(slips, profile, rung, stored, bytes_per_s)
        says = f"{laid_out.reason} of {deadline_s:.1f} s"
        fits = laid_out.seconds <= deadline_s
        if fits or rung == RUNGS[-1]:
            late = "" if fits else ", late on every rung"
            reason = "; ".join([*passed, says + late])
            notes = laid_out.notes
            return Plan(rung, laid_out.items, reason, laid_out.size_bytes, laid_out.seconds, notes)
        passed.append(says)
    raise AssertionError("the last rung always returns")


def plan_rung(
    slips: Sequence[Slip],
    profile: Profile,
    rung: Rung,
    stored: Stored | None = None,
    bytes_per_s: float | None = None,
) -> Plan:
    """Lay everything out on one rung, whatever time it takes.

    Raises:
        CodeError: as `plan`.
        ValueError: as `plan`.
    """
    if not 0 < len(slips) <= MAX_SLIPS:
        raise ValueError(f"{len(slips)} slips in a job, at most {MAX_SLIPS}")
    notes: list[str] = []
    laid_out = [lay_out(slip, profile, rung, notes, stored) for slip in slips]
    items = tuple(_joined(laid_out, profile))
    size = sum(map(len, encode_job(items, profile).parts))
    seconds = time_on_paper(items, size, profile, bytes_per_s or profile.bytes_per_s)
    reason = f"{rung}: {size} bytes take {seconds:.1f} s"
    return Plan(rung, items, reason, size, seconds, tuple(dict.fromkeys(notes)))


def time_on_paper(items: Sequence[Item], size: int, profile: Profile, speed: float) -> float:
    """Give the seconds from the first byte to the last cut: line and head work side by side."""
    rows = sum(item.height_dots for item in items)
    cuts = sum(isinstance(item, Cut) for item in items) * profile.cutter
    return max(size / speed, rows / profile.rows_per_s) + cuts * CUT_S


def _rungs(slips: Sequence[Slip], profile: Profile, stored: Stored | None) -> tuple[Rung, ...]:
    """Give the rungs to try: "nv" only where every picture is stored, only words where there is none."""
    pictures = [slip.picture_png for slip in slips if slip.picture_png is not None]
    if stored and pictures and all(_is_stored(png, profile, stored) for png in pictures):
        return RUNGS
    return RUNGS[1:]


def _is_stored(png: bytes, profile: Profile, stored: Stored) -> bool:
    try:
        return picture_name(picture_bitmap(png, profile)) in stored
    except PictureError:
        return False


def _joined(slips: Sequence[list[Item]], profile: Profile) -> list[Item]:
    """Put slips below each other: cut, or a dashed line to tear along where there is no cutter."""
    if profile.cutter:
        return [item for slip in slips for item in slip]
    page = next(iter(profile.code_pages.items()), (0, "cp437"))
    dashes = Words(("-" * (profile.columns_a // 2),), *page, "A", 2, 1, centred=True)
    joined: list[Item] = []
    for slip in slips[:-1]:
        joined += [*slip[:-1], TEAR_GAP, dashes, TEAR_GAP]
    return [*joined, *slips[-1]]
