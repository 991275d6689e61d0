"""A picture becomes dots: one look-up table, then Pillow's own error diffusion.

The table turns sRGB grey into the share of black dots that looks the same on thermal paper, where
a dot is a disc wider than its cell. `dot_gain` is the disc's radius in dot pitches: 0.69 until a
printed step wedge says better for the model. A measured wedge takes the place of that model: pairs
of (share of dots black, share of paper that looks black), as `printer.calibration` makes them.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from io import BytesIO

from PIL import Image

from printer.bitmap import Bitmap, from_image
from printer.dot_gain import DEFAULT_GAIN, Curve, blocked, curve_of_gain, dots_for, whole
from printer.errors import PictureError

Tone = float | Curve

MAX_PNG_BYTES = 4_000_000  # headquarters' pictures are some 100 kB
MAX_PIXELS = 4_000_000  # a 2000 x 2000 photo; decodes to 16 MB
MAX_SIDE = 8_192
NEARLY_WHITE = 250
PNG_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"  # PNG specification, 5.2 and 11.2.1


def dots(
    image_png: bytes, max_width: int, max_height: int, tone: Tone = DEFAULT_GAIN, block: int = 1
) -> Bitmap:
    """Decode, cut off white margins, shrink to fit (never enlarge) and dither.

    Args:
        image_png: the file.
        max_width: dots on paper; the width of the paper, or less.
        max_height: dots on paper.
        tone: radius of a printed dot in dot pitches, or a measured wedge.
        block: 2 where each dot will be printed as 2 x 2; the bitmap is half as wide and high then.

    Raises:
        PictureError: not a PNG, broken, or beyond the limits above; nothing was decoded then.
    """
    grey = _trimmed(decode(image_png))
    scale = min(1.0, max_width / grey.width, max_height / grey.height)
    size = max(1, round(grey.width * scale) // block), max(1, round(grey.height * scale) // block)
    if size != grey.size:
        grey = grey.resize(size, Image.Resampling.LANCZOS)
    return dither(grey, tone, block)


def dither(grey: Image.Image, tone: Tone = DEFAULT_GAIN, block: int = 1) -> Bitmap:
    """Turn a mode "L" image into dots."""
    return from_image(grey.point(tone_table(tone, block)).convert("1"))


def _trimmed(grey: Image.Image) -> Image.Image:
    """Cut off margins as white as paper: they would cost paper and make the picture small."""
    box = grey.point(lambda level: 255 if level < NEARLY_WHITE else 0).getbbox()
    return grey.crop(box) if box else grey


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
def tone_table(tone: Tone, block: int = 1) -> tuple[int, ...]:
    """Give 256 entries: sRGB grey in, the grey that the error diffusion must be told out.

    White is the paper's white and black its black; what lies between is shared out evenly in light.
    """
    curve = blocked(whole(tone) if isinstance(tone, tuple) else curve_of_gain(tone), block)
    shades = (round(255 * (1 - dots_for(1 - light_of(grey), curve))) for grey in range(1, 256))
    return 0, *shades  # solid black is solid, also where fewer dots would cover as much


def light_of(grey: int) -> float:
    """Give the light that a screen shows for a grey (IEC 61966-2-1)."""
    level = grey / 255
    return level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
