"""Dots: rows of bits, most significant first, 1 = black. The same order as a raster command's."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from msgspec import Struct
from PIL import Image


class Bitmap(Struct, frozen=True):
    """A rectangle of dots. Each row takes `stride` bytes; bits beyond `width` are 0."""

    width: int
    height: int
    rows: bytes

    @property
    def stride(self) -> int:
        """Give the bytes of one row."""
        return (self.width + 7) // 8

    def black(self, x: int, y: int) -> bool:
        """Tell whether a dot is black."""
        return bool(self.rows[y * self.stride + x // 8] & 0x80 >> x % 8)

    def count_black(self) -> int:
        """Count the black dots."""
        return int.from_bytes(self.rows, "big").bit_count()


def blank(width: int, height: int) -> Bitmap:
    """Give white paper."""
    return Bitmap(width, height, bytes((width + 7) // 8 * height))


def from_image(image: Image.Image) -> Bitmap:
    """Take a mode "1" image, in which 0 is black."""
    return Bitmap(image.width, image.height, image.tobytes("raw", "1;I"))


def to_image(bitmap: Bitmap) -> Image.Image:
    """Give a mode "1" image, in which 0 is black."""
    return Image.frombytes("1", (bitmap.width, bitmap.height), bitmap.rows, "raw", "1;I")


def compose(width: int, height: int, layers: Iterable[tuple[int, int, Bitmap]]) -> Bitmap:
    """Put layers on white paper at (x, y), black over white; what hangs over the edge is lost."""
    page = Image.new("1", (width, height), 1)
    for x, y, layer in layers:
        ink = Image.frombytes("1", (layer.width, layer.height), layer.rows)
        page.paste(0, (x, y), ink)
    return from_image(page)


def enlarge(bitmap: Bitmap, times_x: int, times_y: int) -> Bitmap:
    """Repeat every dot, as a raster command's double width and height do."""
    if times_x == times_y == 1:
        return bitmap
    size = (bitmap.width * times_x, bitmap.height * times_y)
    return from_image(to_image(bitmap).resize(size, Image.Resampling.NEAREST))


def to_png(bitmap: Bitmap) -> bytes:
    """Give the dots as a PNG file."""
    file = BytesIO()
    to_image(bitmap).save(file, "PNG", optimize=True)
    return file.getvalue()
