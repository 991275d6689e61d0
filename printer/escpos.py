"""A plan's bytes. Nothing here opens a port; nothing here sends ESC @.

A job begins by setting every mode it relies on, since a till may have left any of them behind, and
ends by setting those it changed to what the printer wakes up with. Commands are named as in
Epson's ESC/POS reference.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from printer.bands import Band, bands
from printer.items import Cut, Dots, Feed, Item, NativeBars, NativeQr, Words
from printer.plan_types import Plan
from printer.profile import Profile
from printer.realtime_safe import holds_realtime, make_safe

LEAST_PICTURE_HEADER = 32  # bytes that a raster command and its margin take beside the dots
MAX_RASTER_ROWS = 1024  # TM-T81: 2303 for GS v 0, 1662 for function 112; above 1024 the height
# itself could spell DLE EOT
MAX_FEED = 255  # ESC J takes one byte
TEAR_FEED_DOTS = 160  # from the head to the tear bar, 20 mm
BAR_HEIGHT_AT_REST = 162  # power-on value of GS h

CUT = b"\x1dV\x42\x00"  # GS V 66 0: feed to the blade, then cut
LEVEL_M = 49

FENCE = b"\x1dr\x01"  # GS r 1, answered with one byte in the order of the stream


class Job(Struct, frozen=True):
    """A job's bytes in parts of whole commands; a fence may stand between any two of them."""

    parts: tuple[bytes, ...]
    moved_dots: int = 0

    @property
    def data(self) -> bytes:
        """Give all the bytes."""
        return b"".join(self.parts)


def encode(plan: Plan, profile: Profile) -> bytes:
    """Give the bytes of a plan as they go to the printer, fences left out."""
    return encode_job(plan.items, profile).data


def encode_job(items: Iterable[Item], profile: Profile) -> Job:
    """Give the bytes of a job in parts no longer than the profile's `part_bytes`."""
    pen = _Pen(profile)
    pen.begin()
    for item in items:
        pen.put(item)
    pen.rest()
    return pen.job()


def resting(profile: Profile) -> bytes:
    """Give the bytes that put a printer back to its power-on modes."""
    pen = _Pen(profile)
    pen.rest()
    return pen.job().data


def process_id(four: bytes) -> bytes:
    """Ask for four characters (32 to 126) back once all before them is printed: GS ( H, fn 48."""
    return b"\x1d(H\x06\x0000" + four


class _Pen:
    """Writes commands, skips modes that already hold, and counts bytes into parts."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._parts: list[bytes] = []
        self._part = bytearray()
        self._modes: dict[bytes, bytes] = {}
        self._moved = 0

    def job(self) -> Job:
        """Give what was written."""
        parts = [*self._parts, bytes(self._part)] if self._part else self._parts
        return Job(tuple(parts), self._moved)

    def begin(self) -> None:
        """Set every mode that a till may have left in another state."""
        if self._profile.multibyte:
            self._write(b"\x1c.")
        if self._profile.motion_units:
            self._write(b"\x1dP" + bytes(min(255, self._profile.dpi) for _ in "xy"))
        for plain in (b"\x1b{", b"\x1bV", b"\x1dB", b"\x1b ", b"\x1bR", b"\x1b-", b"\x1bG"):
            self._write(plain + b"\x00")
        self._write(b"\x1b!\x00")
        self._mode(b"\x1dW", _two(self._profile.dots_wide))

    def rest(self) -> None:
        """Set what a job changed back to the power-on values."""
        for plain in (b"\x1bM", b"\x1bE", b"\x1d!", b"\x1ba"):
            self._mode(plain, b"\x00")
        self._mode(b"\x1dL", _two(0))
        self._mode(b"\x1bt", bytes([self._profile.resting_code_page]))
        if b"\x1dh" in self._modes:
            self._write(b"\x1dh" + bytes([BAR_HEIGHT_AT_REST]) + b"\x1dw\x03")
        self._write(b"\x1b2")
        if self._profile.motion_units:
            self._write(b"\x1dP\x00\x00")
        if self._profile.multibyte:
            self._write(b"\x1c&")

    def put(self, item: Item) -> None:
        """Write one item."""
        match item:
            case Words():
                self._words(item)
            case Dots():
                self._dots(item)
            case NativeQr():
                self._qr(item)
            case NativeBars():
                self._bars(item)
            case Feed():
                self._feed(item.height_dots)
            case Cut():
                self._cut()

    def _words(self, item: Words) -> None:
        self._align(1 if item.centred else 0)
        self._mode(b"\x1bM", bytes([item.font == "B"]))
        self._mode(b"\x1d!", bytes([(item.wide - 1) << 4 | (item.tall - 1)]))
        self._mode(b"\x1bE", bytes([item.bold]))
        self._mode(b"\x1bt", bytes([item.page]))
        self._mode(b"\x1b3", bytes([min(255, item.line_height)]))
        for line in item.lines:
            self._write(line.encode(item.codec) + b"\n")

    def _dots(self, item: Dots) -> None:
        self._mode(b"\x1ba", b"\x00")
        below = 0
        for band in bands(item.bitmap):
            self._feed((band.top - below) * item.times_y)
            self._band(band, item)
            below = band.top + band.height
        self._feed((item.bitmap.height - below) * item.times_y)

    def _band(self, band: Band, item: Dots) -> None:
        """Write a band as raster commands that each fit a part."""
        self._mode(b"\x1dL", _two(item.x + band.left * 8 * item.times_x))
        payload, moved = make_safe(band.payload)
        self._moved += moved
        most = max(1, (self._profile.part_bytes - LEAST_PICTURE_HEADER) // band.width)
        top = 0
        while top < band.height:
            rows = min(most, band.height - top, MAX_RASTER_ROWS)
            if holds_realtime(self._raster(item, band.width, rows, b"")):
                rows -= 1
            dots = payload[top * band.width : (top + rows) * band.width]
            self._write(self._raster(item, band.width, rows, dots))
            top += rows

    def _raster(self, item: Dots, width: int, rows: int, dots: bytes) -> bytes:
        if self._profile.raster == "GS v 0":
            doubled = (item.times_x - 1) | (item.times_y - 1) << 1
            return b"\x1dv0" + bytes([doubled]) + _two(width) + _two(rows) + dots
        scale = bytes([item.times_x, item.times_y])
        head = b"0p0" + scale + b"1" + _two(width * 8) + _two(rows)
        length = (len(head) + width * rows).to_bytes(4, "little")
        return b"\x1d8L" + length + head + dots + b"\x1d(L\x02\x0002"

    def _qr(self, item: NativeQr) -> None:
        """Model 2, module size, level M, the data, print: GS ( k, functions 165 to 181."""
        self._align(1)
        self._write(b"\x1d(k\x04\x001A2\x00")
        self._write(b"\x1d(k\x03\x001C" + bytes([item.module]))
        self._write(b"\x1d(k\x03\x001E" + bytes([LEVEL_M]))
        data = item.data.encode("ascii")
        self._write(b"\x1d(k" + _two(len(data) + 3) + b"1P0" + data)
        self._write(b"\x1d(k\x03\x001Q0")

    def _bars(self, item: NativeBars) -> None:
        """GS k, form B: the kind, the length, the data; digits below are ours to print."""
        self._align(1)
        self._mode(b"\x1dH", b"\x00")
        self._mode(b"\x1dh", bytes([item.height]))
        self._mode(b"\x1dw", bytes([item.module]))
        if item.kind == "ean13":
            kind, data = 67, item.data.encode("ascii")
        else:
            pairs = (item.data[at : at + 2] for at in range(0, len(item.data), 2))
            kind, data = 73, b"{C" + bytes(int(pair) for pair in pairs)
        self._write(b"\x1dk" + bytes([kind, len(data)]) + data)

    def _feed(self, dots: int) -> None:
        while dots > 0:
            self._write(b"\x1bJ" + bytes([min(dots, MAX_FEED)]))
            dots -= MAX_FEED

    def _cut(self) -> None:
        if self._profile.cutter:
            self._write(CUT)
        else:
            self._feed(TEAR_FEED_DOTS)

    def _align(self, how: int) -> None:
        self._mode(b"\x1dL", _two(0))
        self._mode(b"\x1ba", bytes([how]))

    def _mode(self, command: bytes, value: bytes) -> None:
        if self._modes.get(command) != value:
            self._modes[command] = value
            self._write(command + value)

    def _write(self, command: bytes) -> None:
        if self._part and len(self._part) + len(command) > self._profile.part_bytes:
            self._parts.append(bytes(self._part))
            self._part.clear()
        self._part += command


def _two(number: int) -> bytes:
    return number.to_bytes(2, "little")
