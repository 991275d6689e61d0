"""The calibration slip, and what a store's eye or a scanner reads off it.

The numbered patches need no instrument (`printer.patches`). Who has a scanner or a camera measures
the step wedge instead: `table_from_wedge`.
"""

from __future__ import annotations

from collections.abc import Mapping

from PIL import Image, ImageDraw

from printer.barcodes import code128c_modules, ean13_modules
from printer.bitmap import Bitmap, compose, from_image
from printer.codes import bars_bitmap, qr_bitmap
from printer.dot_gain import Curve
from printer.items import Cut, Dots, Feed, Item, Words
from printer.patches import GAINS, TONES, even, patch
from printer.profile import Profile

STEPS = (
    0,
    0.06,
    0.12,
    0.19,
    0.25,
    0.31,
    0.38,
    0.44,
    0.48,
    0.52,
    0.56,
    0.62,
    0.69,
    0.75,
    0.81,
    0.88,
    0.94,
    1,
)
TILE_DOTS = 40
EAN, LINES, TEXT = "4006381333931", "123456789012", "2559520000900014000000000000"
MM_PER_INCH = 25.4


def calibration_job(profile: Profile) -> tuple[Item, ...]:
    """Give the slip: ruler, patches, wedge, codes in several widths, lines of single dots."""
    wide = profile.dots_wide
    return (
        *_label(f"{profile.name}  {wide} dots  {profile.dpi} dpi", profile),
        *_label("ruler: one mark a millimetre, longer at 5 and 10", profile),
        Dots(ruler(profile)),
        Feed(16),
        *_label("which patch of each row melts into its frame?", profile),
        *(item for name in TONES for item in _patches(name, profile)),
        *_label("step wedge: % of dots black", profile),
        *_row([_tile(share) for share in STEPS], [f"{share:.0%}"[:-1] for share in STEPS], profile),
        *_label("EAN-13 at 2, 3 and 4 dots", profile),
        *_codes([bars_bitmap(ean13_modules(EAN), module, 60) for module in (2, 3, 4)], profile),
        *_label("Code 128 at 2 and 3 dots", profile),
        *_codes([bars_bitmap(code128c_modules(LINES), module, 60) for module in (2, 3)], profile),
        *_label("QR at 3, 4, 5 and 6 dots", profile),
        *_codes([qr_bitmap(TEXT, module) for module in (3, 4, 5, 6)], profile),
        *_label("single dots and lines: no gaps, no streaks", profile),
        Dots(fine_lines(wide)),
        Cut(),
    )


def table_from_wedge(readings: Mapping[float, float]) -> Curve:
    """Turn a measured wedge into the profile's `wedge`.

    Args:
        readings: share of dots black (0 to 1, of `STEPS`) -> light that the patch reflects, in any
            linear unit; white and black paper (0 and 1) must be among them.

    Returns:
        Pairs of (share of dots black, share of paper that looks black), rising in both.

    Raises:
        ValueError: white or black is missing, or black is not darker than white.
    """
    if 0 not in readings or 1 not in readings or readings[0] <= readings[1]:
        raise ValueError("a wedge needs white (0) and black (1), and black must be darker")
    white, black = readings[0], readings[1]
    points = []
    highest = 0.0
    for share in sorted(share for share in readings if 0 < share < 1):
        cover = (white - readings[share]) / (white - black)
        highest = min(1.0, max(highest, cover))  # a wedge that goes back is noise
        points.append((round(share, 4), round(highest, 4)))
    return tuple(points)


def read_wedge(text: str) -> dict[float, float]:
    """Read a measured wedge: on each line the number below a tile (0 to 100) and its light.

    Raises:
        ValueError: with the line that is not so.
    """
    readings: dict[float, float] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#")[0].replace("%", " ").replace("=", " ").split()
        if not words:
            continue
        try:
            percent, light = (float(word) for word in words)
        except ValueError:
            raise ValueError(
                f"line {number}: {line.strip()!r} is no tile and its light: 25 178.5"
            ) from None
        if not (0 <= percent <= 100 and 0 <= light < float("inf")):
            raise ValueError(f"line {number}: tiles are 0 to 100, light is not below 0")
        readings[percent / 100] = light
    return readings


def ruler(profile: Profile) -> Bitmap:
    """Draw millimetre marks across the paper."""
    image = Image.new("1", (profile.dots_wide, 48), 1)
    pen = ImageDraw.Draw(image)
    for mm in range(int(profile.dots_wide / profile.dpi * MM_PER_INCH) + 1):
        x = round(mm * profile.dpi / MM_PER_INCH)
        pen.line((x, 0, x, 44 if mm % 10 == 0 else 30 if mm % 5 == 0 else 18), fill=0)
    return from_image(image)


def fine_lines(wide: int) -> Bitmap:
    """Draw checkerboards of one and two dots, and lines of one dot along and across."""
    quarter = wide // 4
    image = Image.new("1", (wide, 64), 1)
    for y in range(64):
        for x in range(quarter):
            kinds = ((x + y) % 2, (x // 2 + y // 2) % 2, x % 4 == 0, y % 4 == 0)
            for part, black in enumerate(kinds):
                image.putpixel((part * quarter + x, y), int(not black))
    return from_image(image)


def _patches(tone: str, profile: Profile) -> list[Item]:
    numbers = [str(n + 1) for n in range(len(GAINS))]
    tiles = [patch(gain, TONES[tone]) for gain in GAINS]
    return [*_label(f"{tone}:", profile), *_row(tiles, numbers, profile)]


def _tile(share: float) -> Bitmap:
    return from_image(even(share, TILE_DOTS))


def _row(tiles: list[Bitmap], names: list[str], profile: Profile) -> list[Item]:
    """Put tiles side by side, as many rows as they need, each with its number below."""
    columns = max(1, profile.columns_a // 5)
    items: list[Item] = []
    for at in range(0, len(tiles), columns):
        some, their = tiles[at : at + columns], names[at : at + columns]
        pitch = profile.dots_wide // profile.columns_a * 5
        height = max(tile.height for tile in some)
        page = [(n * pitch, 0, tile) for n, tile in enumerate(some)]
        drawn = compose(pitch * len(some), height, page)
        items += [Dots(drawn), *_label("".join(f"{name:<5}" for name in their), profile)]
    return items


def _codes(drawn: list[Bitmap], profile: Profile) -> list[Item]:
    """Give the codes that fit, below each other, room around each."""
    items: list[Item] = []
    for code in drawn:
        if code.width + 60 <= profile.dots_wide:
            items += [Feed(20), Dots(code, (profile.dots_wide - code.width) // 2), Feed(20)]
    return items


def _label(text: str, profile: Profile) -> list[Item]:
    page = next(iter(profile.code_pages.items()), (0, "cp437"))
    return [Words((text[: profile.columns_a],), *page), Feed(4)]
