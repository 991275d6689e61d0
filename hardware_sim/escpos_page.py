"""Page mode: what ESC L opens, ESC W and ESC T shape, and FF or ESC FF prints.

Epson ESC/POS Command Reference, ESC L, ESC S, ESC T, ESC W, ESC FF, GS $, GS backslash, FF, CAN. The print
position is the lower left corner of the next character; at the start of an area it is such that a
letter of font A stands at the area's top.
"""

from __future__ import annotations

from dataclasses import replace

from hardware_sim.escpos_events import (
    Area,
    Barcode,
    Columns,
    Event,
    Feed,
    Placed,
    RasterBegin,
    RasterRow,
    Run,
    Sheet,
    Symbol,
    TextLine,
    Trouble,
)
from hardware_sim.escpos_line import Line, height_of
from hardware_sim.escpos_modes import Modes

FIRST_LINE_DOTS = 24  # font A
MAX_PLACED = 20_000  # pieces of one page: far more than its paper can show


class Page:
    """The page in hand; `modes.page` is its current area."""

    def __init__(self, modes: Modes) -> None:
        self._modes = modes
        self._placed: list[Placed] = []
        self._picture = (0, 0)  # where a picture's next row stands
        self.bottom_dots = 0
        self.enter(modes.page_area or whole(modes), modes.page_direction)

    @property
    def area(self) -> Area:
        """Give the area in hand."""
        return self._modes.page or whole(self._modes)

    def enter(self, area: Area, direction: int) -> None:
        """ESC W and ESC T: go to the start of an area."""
        self._modes.page = replace(area, direction=direction)
        self._y = FIRST_LINE_DOTS

    def move_to(self, y_dots: int) -> None:
        """GS $: set the position across the lines; one outside the area is ignored."""
        if 0 <= y_dots <= self.area.as_read[1]:
            self._y = y_dots

    def move_by(self, dots: int) -> None:
        """GS backslash: the same from where it is."""
        self.move_to(self._y + dots)

    def wipe(self) -> None:
        """CAN: nothing is left in the area in hand."""
        self._put(0, None)
        self._y = FIRST_LINE_DOTS

    def sheet(self) -> Sheet:
        """Give the page as it is printed: down to the end of the lowest area that was used."""
        return Sheet(self.bottom_dots, tuple(self._placed))

    def absorb(self, events: list[Event], line: Line) -> list[Event]:
        """Take what would be printed onto the page; give the rest."""
        rest: list[Event] = []
        for event in events:
            match event:
                case TextLine():
                    self._put_pieces(event.pieces)
                    self._y += event.feed_dots
                case Barcode() | Symbol():
                    self._put(self._y - event.cell[1], event)
                    line.move_by(event.cell[0])
                case RasterBegin():
                    self._picture = (line.x_dots, self._y - event.height_dots)
                    line.move_by(event.width_dots)
                case RasterRow():
                    x, y = self._picture
                    self._put(y, replace(event, x_dots=x))
                    self._picture = (x, y + event.high)
                case Feed():
                    self._y += event.dots
                case _:
                    rest.append(event)
        self._put_pieces(line.take_pieces())
        return [*rest, *self._too_full()]

    def _put_pieces(self, pieces: tuple[Run | Columns, ...]) -> None:
        for piece in pieces:
            self._put(self._y - height_of(piece), piece)

    def _put(self, y: int, piece: Run | Columns | RasterRow | Barcode | Symbol | None) -> None:
        self._placed.append(Placed(self.area, y, piece))
        self.bottom_dots = max(self.bottom_dots, self.area.bottom_dots)

    def _too_full(self) -> list[Event]:
        if len(self._placed) <= MAX_PLACED:
            return []
        del self._placed[MAX_PLACED:]
        return [Trouble("the page buffer is full", b"")]


def whole(modes: Modes) -> Area:
    """Give the whole page."""
    return Area(0, 0, modes.model.width_dots, modes.model.page_height_dots)


def area_of(command: bytes, modes: Modes) -> Area | None:
    """Read ESC W: None where it starts beyond the page or has no size; a longer one is cut off."""
    numbers = [int.from_bytes(command[at : at + 2], "little") for at in range(2, 10, 2)]
    model, full = modes.model, whole(modes)
    x, width = (n * model.dpi // modes.unit_x for n in (numbers[0], numbers[2]))
    y, height = (n * model.dpi // modes.unit_y for n in (numbers[1], numbers[3]))
    if x >= full.width_dots or y >= full.height_dots or not width or not height:
        return None
    return Area(x, y, min(width, full.width_dots - x), min(height, full.height_dots - y))
