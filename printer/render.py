"""The slip as it will look, dot by dot: for previews, and for the demo's eyes.

Pictures, drawn words and codes are exact. Letters that the printer draws itself are shown in a
stand-in of the same cell (12 x 24 and 9 x 17 dots); a native QR code may differ in its mask.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from PIL import Image, ImageDraw

from printer.bitmap import Bitmap, compose, enlarge, from_image, to_png
from printer.codes import code_bitmap
from printer.errors import PictureError
from printer.escpos import encode
from printer.fonts import OWN, Face
from printer.items import CELL, Dots, Item, NativeBars, NativeQr, NvDots, Words
from printer.layout import picture_bitmap
from printer.nv import Stored, key_of, picture_name
from printer.plan import plan_rung
from printer.plan_types import Plan, Rung
from printer.profile import Profile
from printer.rasters import safe_bitmap
from printer.realtime_safe import make_safe
from printer.slip import Slip

STAND_IN = Face(str(OWN))


def render(laid_out: Plan, profile: Profile) -> Bitmap:
    """Draw the paper of a plan, all its slips below each other."""
    layers: list[tuple[int, int, Bitmap]] = []
    top = 0
    for item in laid_out.items:
        layers += [(x, top + y, dots) for x, y, dots in _drawn(item, profile)]
        top += item.height_dots
    return compose(profile.dots_wide, top, layers)


def preview(slip: Slip, profile: Profile, rung: Rung = "full") -> tuple[bytes, bytes]:
    """Give a slip's picture as PNG, and the very bytes that would print it on that rung.

    Rung "nv" supposes that the picture is stored in the printer.
    """
    laid_out = plan_rung([slip], profile, rung, all_stored([slip], profile))
    return to_png(render(laid_out, profile)), encode(laid_out, profile)


def all_stored(slips: Sequence[Slip], profile: Profile) -> Stored:
    """Give keys for all pictures of some slips, as if the printer had them."""
    keys: dict[str, bytes] = {}
    for png in (slip.picture_png for slip in slips):
        with suppress(PictureError):
            name = picture_name(picture_bitmap(png, profile)) if png else ""
            keys[name] = key_of(name or "0", keys.values())
    return keys


def _drawn(item: Item, profile: Profile) -> list[tuple[int, int, Bitmap]]:
    match item:
        case Words():
            return _lines(item, profile)
        case Dots(bitmap=bitmap):
            return [(item.x, 0, enlarge(safe_bitmap(bitmap), item.times_x, item.times_y))]
        case NvDots(shown=bitmap):
            shown = Bitmap(bitmap.width, bitmap.height, make_safe(bitmap.rows)[0])
            return [((profile.dots_wide - shown.width) // 2, 0, shown)]
        case NativeQr() | NativeBars():
            dots = code_bitmap(item)
            return [((profile.dots_wide - dots.width) // 2, 0, dots)]
        case _:
            return []


def _lines(item: Words, profile: Profile) -> list[tuple[int, int, Bitmap]]:
    layers = []
    for number, line in enumerate(item.lines):
        dots = enlarge(_line(line, item), item.wide, item.tall)
        spare = profile.dots_wide - dots.width
        x = spare // 2 if item.centred else spare if item.right else 0
        layers.append((x, number * item.line_height, dots))
    return layers


def _line(line: str, item: Words) -> Bitmap:
    width, height = CELL[item.font]
    image = Image.new("1", (width * len(line), height), 1)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"
    font = STAND_IN.at(height * 5 // 6 if item.font == "A" else 15)
    for at, letter in enumerate(line):
        pen.text((at * width, 0), letter, fill=0, font=font, stroke_width=int(item.bold) / 2)
    return from_image(image)
