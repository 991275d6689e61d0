"""Dots become raster commands: white rows are feed, each band is trimmed left and right."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from printer.bands import bands
from printer.bitmap import Bitmap
from printer.items import Dots
from printer.realtime_safe import holds_realtime, make_safe

LEAST_PICTURE_HEADER = 32  # bytes that a raster command and its margin take beside the dots
MAX_RASTER_ROWS = 1024  # TM-T81: 2303 for GS v 0, 1662 for function 112; above 1024 the height
# itself could spell DLE EOT


class Rasters(NamedTuple):
    """A picture's commands, each behind so much feed, at its margin, so wide; feed at the end."""

    commands: tuple[tuple[int, int, int, bytes], ...]
    left_over: int
    moved: int


@lru_cache(maxsize=64)
def encoded_dots(item: Dots, raster: str, part_bytes: int) -> Rasters:
    """Encode a picture: most prints of an offer share all of theirs, so 64 are kept (some 1 MB)."""
    commands: list[tuple[int, int, int, bytes]] = []
    below = moved = 0
    for band in bands(item.bitmap):
        feed = (band.top - below) * item.times_y
        margin = item.x + band.left * 8 * item.times_x
        payload, here = make_safe(band.payload)
        moved += here
        for command in _band(item, raster, part_bytes, band.width, payload):
            commands.append((feed, margin, band.width * 8 * item.times_x, command))
            feed = 0
        below = band.top + band.height
    return Rasters(tuple(commands), (item.bitmap.height - below) * item.times_y, moved)


def safe_bitmap(bitmap: Bitmap) -> Bitmap:
    """Give a picture as it comes out: dots that would spell a command moved, band by band."""
    rows = bytearray(len(bitmap.rows))
    for band in bands(bitmap):
        payload = make_safe(band.payload)[0]
        for row in range(band.height):
            at = (band.top + row) * bitmap.stride + band.left
            rows[at : at + band.width] = payload[row * band.width : (row + 1) * band.width]
    return Bitmap(bitmap.stride * 8, bitmap.height, bytes(rows))  # a raster is whole bytes wide


def _band(item: Dots, raster: str, part_bytes: int, width: int, payload: bytes) -> Iterator[bytes]:
    """Give a band as raster commands that each fit a part."""
    most = min(MAX_RASTER_ROWS, max(1, (part_bytes - LEAST_PICTURE_HEADER) // width))
    while payload:
        rows = min(most, len(payload) // width)
        if holds_realtime(_raster(item, raster, width, rows, b"")):
            rows -= 1
        yield _raster(item, raster, width, rows, payload[: rows * width])
        payload = payload[rows * width :]


def _raster(item: Dots, raster: str, width: int, rows: int, dots: bytes) -> bytes:
    if raster == "GS v 0":
        doubled = (item.times_x - 1) | (item.times_y - 1) << 1
        return b"\x1dv0" + bytes([doubled]) + _two(width) + _two(rows) + dots
    scale = bytes([item.times_x, item.times_y])
    head = b"0p0" + scale + b"1" + _two(width * 8) + _two(rows)
    length = (len(head) + width * rows).to_bytes(4, "little")
    return b"\x1d8L" + length + head + dots + b"\x1d(L\x02\x0002"


def _two(number: int) -> bytes:
    return number.to_bytes(2, "little")
