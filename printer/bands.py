"""A page of dots as the few rectangles that hold ink: white rows and margins cost no bytes."""

from __future__ import annotations

from msgspec import Struct

from printer.bitmap import Bitmap


class Band(Struct, frozen=True):
    """Consecutive rows with ink. `left` and `width` in bytes, `top` and `height` in rows."""

    top: int
    height: int
    left: int
    width: int
    payload: bytes


def bands(bitmap: Bitmap) -> list[Band]:
    """Cut a page into bands, top to bottom; between them is white paper."""
    found: list[Band] = []
    inked: list[bytes] = []
    stride = bitmap.stride
    left, right = stride, 0
    for top, row in enumerate(_rows(bitmap)):
        ink = row.lstrip(b"\0")
        if ink:
            left = min(left, stride - len(ink))
            right = max(right, len(row.rstrip(b"\0")))
            inked.append(row)
        elif inked:
            found.append(_band(top - len(inked), left, right, inked))
            inked, left, right = [], stride, 0
    return found


def _rows(bitmap: Bitmap) -> list[bytes]:
    """Give the rows, and a white one behind the last."""
    stride = bitmap.stride
    rows = [bitmap.rows[at : at + stride] for at in range(0, stride * bitmap.height, stride)]
    return [*rows, b""]


def _band(top: int, left: int, right: int, rows: list[bytes]) -> Band:
    payload = b"".join([row[left:right] for row in rows])
    return Band(top, len(rows), left, right - left, payload)
