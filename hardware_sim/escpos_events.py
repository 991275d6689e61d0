"""What an ESC/POS stream means, one value an event; distances are dots of the print head.

The same bytes give the same events however they were cut into pieces.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """How characters look: GS !, ESC !, ESC E, ESC G, ESC -, GS B, ESC M."""

    font: str = "A"
    wide: int = 1
    high: int = 1
    emphasis: bool = False
    underline_dots: int = 0
    reverse: bool = False

    @property
    def cell(self) -> tuple[int, int]:
        """Give a character's width and height: font A is 12 x 24 dots, font B 9 x 17."""
        width, height = (12, 24) if self.font == "A" else (9, 17)
        return width * self.wide, height * self.high


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style, starting at a column of dots."""

    x_dots: int
    text: str
    style: Style
    pitch_dots: int  # from one character to the next, ESC SP included


@dataclass(frozen=True, slots=True)
class Columns:
    """A picture in the line, from ESC *: one `bytes` a printed column, top bit first."""

    x_dots: int
    columns: tuple[bytes, ...]
    wide: int
    high: int


@dataclass(frozen=True, slots=True)
class TextLine:
    """A printed line; `feed_dots` is the paper it takes, never less than its height."""

    pieces: tuple[Run | Columns, ...]
    feed_dots: int


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank paper."""

    dots: int


@dataclass(frozen=True, slots=True)
class RasterBegin:
    """A picture starts; its rows follow as `RasterRow`."""

    width_dots: int
    height_dots: int


@dataclass(frozen=True, slots=True)
class RasterRow:
    """One row of a picture: packed bits, most significant first, `width_dots` of them valid."""

    x_dots: int
    width_dots: int
    data: bytes
    wide: int = 1
    high: int = 1


@dataclass(frozen=True, slots=True)
class Barcode:
    """A bar code as modules: `bars` holds "1" for ink, one character a module."""

    x_dots: int
    system: str
    text: str
    bars: str
    module_dots: int
    height_dots: int
    hri: int  # 0 none, 1 above, 2 below, 3 both
    hri_font: str

    @property
    def hri_lines(self) -> int:
        """Count the lines of readable text beside the bars."""
        return (self.hri & 1) + (self.hri >> 1)


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code as rows of modules, "1" for ink."""

    x_dots: int
    data: bytes
    module_dots: int
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """The cutter moved; `feed_dots` is the paper fed before it."""

    mode: str  # "full" or "partial"
    feed_dots: int = 0


@dataclass(frozen=True, slots=True)
class Pulse:
    """The drawer was kicked; pin 0 or 1, times in ms."""

    pin: int
    on_ms: int
    off_ms: int


@dataclass(frozen=True, slots=True)
class Ask:
    """The host asks, in order: `what` is "GS r", "GS I", "GS ( L 64"..., n its parameter."""

    what: str
    n: int


@dataclass(frozen=True, slots=True)
class ProcessId:
    """GS ( H <Function 48>: answer these four bytes once what came before is printed."""

    id: bytes


@dataclass(frozen=True, slots=True)
class AutoStatus:
    """GS a: which changes are reported from now on."""

    mask: int


@dataclass(frozen=True, slots=True)
class RealTime:
    """DLE EOT, DLE ENQ or DLE DC4, executed the moment its last byte was received."""

    name: str
    arguments: bytes


@dataclass(frozen=True, slots=True)
class Trouble:
    """Bytes that this printer cannot use; it goes on behind them."""

    what: str
    data: bytes


Printed = TextLine | Feed | RasterBegin | RasterRow | Barcode | QrCode | Cut
Event = Printed | Pulse | Ask | ProcessId | AutoStatus | RealTime | Trouble


def dots_of(event: Event) -> int:
    """Say how much paper an event takes, in dots."""
    match event:
        case TextLine() | Cut():
            return event.feed_dots
        case Feed():
            return event.dots
        case RasterRow():
            return event.high
        case Barcode():
            return event.height_dots + event.hri_lines * (24 if event.hri_font == "A" else 17)
        case QrCode():
            return len(event.rows) * event.module_dots
        case _:
            return 0
