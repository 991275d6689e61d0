"""A picture becomes dots: one look-up table, then Pillow's own error diffusion.

The table turns sRGB grey into the share of black dots that looks the same on thermal paper, where
a dot is a disc wider than its cell. `dot_gain` is the disc's radius in dot pitches: 0.70 until a
printed step wedge says better for the model.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from io import BytesIO
from math import acos, pi, sqrt

from PIL import Image

from printer.bitmap import Bitmap, from_image
from printer.errors import PictureError

MAX_PNG_BYTES = 4_000_000  # headquarters' pictures are some 100 kB
MAX_PIXELS = 4_000_000  # a 2000 x 2000 photo; decodes to 16 MB
MAX_SIDE = 8_192
INK = 0.03  # what a fully black patch still reflects
PNG_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"  # PNG specification, 5.2 and 11.2.1


def dots(
    image_png: bytes, max_width: int, max_height: int, dot_gain: float = 0.70, block: int = 1
) -> Bitmap:
    """Decode, shrink to fit (never enlarge) and dither.

    Args:
        image_png: the file.
        max_width: dots on paper; the width of the paper, or less.
        max_height: dots on paper.
        dot_gain: radius of a printed dot in dot pitches.
        block: 2 where each dot will be printed as 2 x 2; the bitmap is half as wide and high then.

    Raises:
        PictureError: not a PNG, broken, or beyond the limits above; nothing was decoded then.
    """
    grey = decode(image_png)
    scale = min(1.0, max_width / grey.width, max_height / grey.height)
    size = max(1, round(grey.width * scale) // block), max(1, round(grey.height * scale) // block)
    if size != grey.size:
        grey = grey.resize(size, Image.Resampling.LANCZOS)
    return dither(grey, dot_gain, block)


def dither(grey: Image.Image, dot_gain: float = 0.70, block: int = 1) -> Bitmap:
    """Turn a mode "L" image into dots."""
    return from_image(grey.point(tone_table(dot_gain, block)).convert("1"))


def decode(image_png: bytes) -> Image.Image:
    """Decode a PNG to grey on white, within the limits.

    Raises:
        PictureError: as `dots`.
    """
    guard(image_png)
    try:
        with Image.open(BytesIO(image_png), formats=("PNG",)) as image:
            return _on_white(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(f"not a readable PNG: {error}") from error


def guard(image_png: bytes) -> None:
    """Look at the first 24 bytes alone: refuse what is not a PNG of a sane size.

    Raises:
        PictureError: with the size that was refused.
    """
    if len(image_png) > MAX_PNG_BYTES:
        raise PictureError(f"{len(image_png)} bytes, at most {MAX_PNG_BYTES}")
    if not image_png.startswith(PNG_HEAD) or len(image_png) < 33:
        raise PictureError("not a PNG file")
    width, height = struct.unpack_from(">II", image_png, len(PNG_HEAD))
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS):
        raise PictureError(f"{width} x {height} pixels, at most {MAX_PIXELS} in all")


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("L")
    seen = image.convert("RGBA")
    page = Image.new("RGBA", seen.size, "white")
    page.alpha_composite(seen)
    return page.convert("L")


@lru_cache(maxsize=16)
def tone_table(dot_gain: float, block: int = 1) -> tuple[int, ...]:
    """Give 256 entries: sRGB grey in, the grey that the error diffusion must be told out."""
    half = checkerboard_cover(0.5 + (dot_gain - 0.5) / block)
    return tuple(round(255 * (1 - _density(_cover(grey), half))) for grey in range(256))


def checkerboard_cover(radius: float) -> float:
    """Give the share of paper that a checkerboard of discs covers: two half-cells and their overlap.

    Up to a radius of 1/sqrt(2) discs on a diagonal do not touch; beyond it each pair loses a lens.
    """
    area = pi * radius**2
    if radius > sqrt(0.5):
        lens = 2 * radius**2 * acos(sqrt(0.5) / radius) - sqrt(0.5) * sqrt(4 * radius**2 - 2)
        area -= 2 * lens  # each disc has four such neighbours and shares each lens with one
    return min(0.99, area / 2)


def _cover(grey: int) -> float:
    """Give the share of paper to blacken so that it reflects what the screen shows (IEC 61966-2-1)."""
    level = grey / 255
    light = level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
    return min(1.0, (1 - light) / (1 - INK))


def _density(cover: float, half: float) -> float:
    """Invert dots -> cover: straight up to the checkerboard, where discs stand free, then to full."""
    if cover <= half:
        return cover / half / 2
    return 0.5 + (cover - half) / (1 - half) / 2
