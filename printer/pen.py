"""Writes a job's commands one by one, and skips those whose mode holds already.

A job begins by setting every mode it relies on, since a till may have left any of them behind, and
ends by setting those it changed to what the printer wakes up with. Commands are named as in
Epson's ESC/POS reference.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from printer.items import LINE_SPACING, Cut, Dots, Feed, Item, NativeBars, NativeQr, NvDots, Words
from printer.nv import print_stored
from printer.profile import Profile
from printer.rasters import encoded_dots

MAX_FEED = 255  # ESC J takes one byte
TEAR_FEED_DOTS = 160  # from the head to the tear bar, 20 mm
BAR_HEIGHT_AT_REST = 162  # power-on value of GS h
BAR_MODULE_AT_REST = b"\x03"  # power-on value of GS w
STYLES = (b"\x1bM", b"\x1bE", b"\x1d!")  # font, emphasis, size
TRIPLE_OR_MORE = 0xEE  # bits of GS ! that ESC ! has not
PLAIN = (0, 0, 0)

CUT = b"\x1dV\x42\x00"  # GS V 66 0: feed to the blade, then cut
LEVEL_M = 49

Style = tuple[int, int, int]  # font B, bold, size as GS ! has it
Modes = tuple[tuple[bytes, bytes], ...]


class Written(NamedTuple):
    """What a pen wrote: commands, the modes that hold behind them, dots that were moved."""

    commands: tuple[bytes, ...]
    modes: Modes
    style: Style | None
    moved: int


class Pen:
    """Writes items as commands.

    Args:
        profile: the printer.
        modes: what holds already, as another pen left it.
        style: the same, for font, emphasis and size; None where nobody knows.
    """

    def __init__(self, profile: Profile, modes: Modes = (), style: Style | None = None) -> None:
        self._profile = profile
        self._modes = dict(modes)
        self._style_now = style
        self._commands: list[bytes] = []
        self._moved = 0

    @property
    def written(self) -> Written:
        """Give all that was written."""
        modes = tuple(self._modes.items())
        return Written(tuple(self._commands), modes, self._style_now, self._moved)

    def go_on(self, written: Written) -> None:
        """Take over what another pen wrote from these very modes."""
        self._commands += written.commands
        self._modes = dict(written.modes)
        self._style_now = written.style
        self._moved += written.moved

    def begin(self) -> None:
        """Set every mode that a till may have left in another state."""
        self._write(opening(self._profile))
        self._style_now = PLAIN
        self._modes = {b"\x1dL": _two(0)}
        if not self._profile.shared:
            self._modes |= {b"\x1ba": b"\0", b"\x1dH": b"\0"}

    def rest(self) -> None:
        """Set what a job changed back to the power-on values; all of it where nobody knows."""
        if self._style_now is None:  # some clones keep a size of GS ! beyond ESC !
            self._write(b"\x1bM\x00\x1bE\x00\x1d!\x00")
            self._modes[b"\x1bt"] = b""
        self._style(PLAIN)
        self._align(0)
        if b"\x1bt" in self._modes:
            self._mode(b"\x1bt", bytes([self._profile.resting_code_page]))
        if b"\x1dh" in self._modes:
            self._mode(b"\x1dh", bytes([BAR_HEIGHT_AT_REST]))
            self._mode(b"\x1dw", BAR_MODULE_AT_REST)
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
            case NvDots():
                self._align(1)
                self._write(print_stored(item.key))
            case NativeQr():
                self._qr(item)
            case NativeBars():
                self._bars(item)
            case Feed():
                self._feed(item.height_dots)
            case Cut():
                self._cut()

    def _words(self, item: Words) -> None:
        self._align(1 if item.centred else 2 if item.right else 0)
        self._style((item.font == "B", item.bold, (item.wide - 1) << 4 | (item.tall - 1)))
        lines = [line.encode(item.codec) + b"\n" for line in item.lines]
        if not all(map(bytes.isascii, lines)):  # what every page holds needs none set
            self._mode(b"\x1bt", bytes([item.page]))
        self._mode(b"\x1b3", bytes([LINE_SPACING]))
        self._commands += lines

    def _style(self, style: Style) -> None:
        """Set font, emphasis and size: ESC ! does it at once up to double size."""
        if style == self._style_now:
            return
        small, bold, size = style
        was, self._style_now = self._style_now, style
        if size & TRIPLE_OR_MORE == 0:
            self._write(b"\x1b!" + bytes([small | bold << 3 | (size & 1) << 4 | size >> 4 << 5]))
        for command, old, new in zip(STYLES, was or (None, None, None), style, strict=True):
            if size & TRIPLE_OR_MORE and new != old:
                self._write(command + bytes([new]))

    def _dots(self, item: Dots) -> None:
        rasters, left_over, moved = encoded_dots(
            item, self._profile.raster, self._profile.part_bytes
        )
        for feed, margin, width, command in rasters:
            self._feed(feed)
            centred = 2 * margin + width == self._profile.dots_wide
            self._mode(b"\x1ba", b"\x01" if centred else b"\x00")
            self._mode(b"\x1dL", _two(0 if centred else margin))
            self._write(command)
        self._feed(left_over)
        self._moved += moved

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
        self._commands.append(command)


@lru_cache(maxsize=16)
def opening(profile: Profile) -> bytes:
    """Give the first bytes of every job: modes that a till may have left behind, set to plain."""
    units = b"\x1dP" + bytes(min(255, profile.dpi) for _ in "xy") if profile.motion_units else b""
    switched_off = (b"\x1b{", b"\x1bV", b"\x1dB", b"\x1b ", b"\x1bR", b"\x1bG", b"\x1b!")
    plain = b"".join(command + b"\x00" for command in switched_off)
    area = b"\x1dL" + _two(0) + b"\x1dW" + _two(profile.dots_wide)
    begin = (b"\x1c." if profile.multibyte else b"") + units
    return begin + plain + area if profile.shared else begin


def _two(number: int) -> bytes:
    return number.to_bytes(2, "little")
