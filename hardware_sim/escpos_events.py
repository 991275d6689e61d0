"""What an ESC/POS stream means, one value an event; distances are dots of the print head.

The same bytes give the same events however they were cut into pieces.
"""

from __future__ import annotations

from dataclasses import dataclass

CELLS = {"A": (12, 24), "B": (9, 17), "K": (24, 24)}  # fonts of ESC M, and two-byte characters


@dataclass(frozen=True, slots=True)
class Style:
    """How characters look: GS !, ESC !, ESC E, ESC G, ESC -, GS B, ESC M, ESC V."""

    font: str = "A"
    wide: int = 1
    high: int = 1
    emphasis: bool = False
    underline_dots: int = 0
    reverse: bool = False
    turned: bool = False  # each character by 90 degrees clockwise

    @property
    def cell(self) -> tuple[int, int]:
        """Give a character's width and height in dots."""
        width, height = CELLS[self.font]
        if self.turned:
            width, height = height, width
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
    """A picture in the line, from ESC * or a user-defined character: one `bytes` a column, top bit first."""

    x_dots: int
    columns: tuple[bytes, ...]
    wide: int
    high: int
    word: str = ""  # what the transcript says; empty: that it is a picture
    pitch_dots: int = 0  # of a character: to the next one

    @property
    def cell(self) -> tuple[int, int]:
        """Give the width and height in dots."""
        deep = max((len(column) for column in self.columns), default=0)
        return len(self.columns) * self.wide, deep * 8 * self.high


@dataclass(frozen=True, slots=True)
class TextLine:
    """A printed line; `feed_dots` is the paper it takes, never less than its height."""

    pieces: tuple[Run | Columns, ...]
    feed_dots: int
    upside_down: bool = False


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
    def cell(self) -> tuple[int, int]:
        """Give the width and height in dots, the readable text included."""
        lines = (self.hri & 1) + (self.hri >> 1)
        letters = lines * CELLS[self.hri_font][1]
        return len(self.bars) * self.module_dots, self.height_dots + letters


@dataclass(frozen=True, slots=True)
class Symbol:
    """A two-dimensional code as rows of modules, "1" for ink."""

    x_dots: int
    system: str
    text: str
    rows: tuple[str, ...]
    module_dots: int
    row_dots: int  # a row's height

    @property
    def cell(self) -> tuple[int, int]:
        """Give the width and height in dots."""
        return len(self.rows[0]) * self.module_dots, len(self.rows) * self.row_dots


@dataclass(frozen=True, slots=True)
class Area:
    """A print area of page mode: its place on the page, and which way its text runs.

    Directions, ESC T: 0 from the upper left to the right, 1 from the lower left upwards, 2 from the
    lower right to the left, 3 from the upper right downwards.
    """

    x_dots: int
    y_dots: int
    width_dots: int
    height_dots: int
    direction: int = 0

    @property
    def as_read(self) -> tuple[int, int]:
        """Give width and height as one who reads its text sees them."""
        size = (self.width_dots, self.height_dots)
        return size[::-1] if self.direction & 1 else size

    @property
    def bottom_dots(self) -> int:
        """Give where it ends on the page."""
        return self.y_dots + self.height_dots


@dataclass(frozen=True, slots=True)
class Placed:
    """Something on a page: its upper left corner in its area, as read. None wipes the area."""

    area: Area
    y_dots: int
    piece: Run | Columns | RasterRow | Barcode | Symbol | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of page mode, printed at once."""

    height_dots: int
    placed: tuple[Placed, ...]


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
class Answer:
    """Bytes that go back to the host in their turn."""

    kind: str
    data: bytes


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


@dataclass(frozen=True, slots=True)
class NvWrite:
    """NV memory is written: the printer is deaf meanwhile; FS q restarts it afterwards."""

    count_bytes: int
    restarts: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """A macro waits, and then for the feed button if `for_button`."""

    seconds: float
    for_button: bool = False


Printed = TextLine | Feed | RasterBegin | RasterRow | Barcode | Symbol | Sheet | Cut
Event = (
    Printed | Pulse | Ask | Answer | ProcessId | AutoStatus | RealTime | NvWrite | Pause | Trouble
)
