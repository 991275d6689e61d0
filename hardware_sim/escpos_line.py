"""The print buffer's one line: characters and columns that wait for a line feed."""

from __future__ import annotations

from dataclasses import replace

from hardware_sim.escpos_events import Columns, Event, Run, TextLine
from hardware_sim.escpos_modes import Modes

CODE_TABLES = {  # ESC t n, Epson's character code tables that Python knows
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    14: "cp737",
    15: "iso8859-7",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
    33: "cp775",
    34: "cp855",
    36: "cp862",
    37: "cp864",
    39: "iso8859-2",
    40: "iso8859-15",
    45: "cp1250",
    46: "cp1251",
    47: "cp1253",
    48: "cp1254",
    49: "cp1255",
    50: "cp1256",
    51: "cp1257",
    52: "cp1258",
}


class Line:
    """Takes characters from left to right; gives itself up as a `TextLine`."""

    def __init__(self, modes: Modes) -> None:
        self._modes = modes
        self._pieces: list[Run | Columns] = []
        self._x = 0

    @property
    def is_empty(self) -> bool:
        """Tell whether the printer is at the beginning of a line."""
        return not self._pieces and self._x == 0

    def type(self, data: bytes) -> list[Event]:
        """Add characters; a full line prints itself and goes on below."""
        printed: list[Event] = []
        for character in data.decode(CODE_TABLES[self._modes.code_table], errors="replace"):
            pitch = self._pitch
            if self._x + pitch > self._modes.room_dots and not self.is_empty:
                printed += self.end()
            self._add(character, pitch)
        return printed

    @property
    def _pitch(self) -> int:
        style = self._modes.style
        return style.cell[0] + self._modes.char_spacing_dots * style.wide

    def _add(self, character: str, pitch: int) -> None:
        last = self._pieces[-1] if self._pieces else None
        style = self._modes.style
        if (
            isinstance(last, Run)
            and (last.style, last.pitch_dots) == (style, pitch)
            and last.x_dots + len(last.text) * pitch == self._x
        ):
            self._pieces[-1] = replace(last, text=last.text + character)
        else:
            self._pieces.append(Run(self._x, character, style, pitch))
        self._x += pitch

    def add_columns(self, columns: Columns) -> None:
        """Add an ESC * picture where the line has got to; what does not fit is not printed."""
        room = max(0, (self._modes.room_dots - self._x) // columns.wide)
        fitting = replace(columns, x_dots=self._x, columns=columns.columns[:room])
        if fitting.columns:
            self._pieces.append(fitting)
        self._x += len(fitting.columns) * columns.wide

    def move_to(self, x_dots: int) -> None:
        """Set the position, for ESC $; one beyond the print area is ignored."""
        if 0 <= x_dots <= self._modes.room_dots:
            self._x = x_dots

    def move_by(self, dots: int) -> None:
        """Move the position sideways."""
        self.move_to(self._x + dots)

    def tab(self) -> None:
        """HT: go to the next stop; without one nothing happens."""
        stops = (stop * self._pitch for stop in self._modes.tabs)
        self.move_to(next((x for x in stops if x > self._x), self._x))

    def clear(self) -> None:
        """Throw the line away."""
        self._pieces, self._x = [], 0

    def end(self, feed_dots: int | None = None) -> list[Event]:
        """Print the line and feed: the line spacing, or so many dots, never less than its height."""
        feed = self._modes.line_spacing_dots if feed_dots is None else feed_dots
        shift = self._modes.place(self._x)
        pieces = tuple(replace(piece, x_dots=piece.x_dots + shift) for piece in self._pieces)
        self.clear()
        return [TextLine(pieces, max([feed, *map(height_of, pieces)]))]


def height_of(piece: Run | Columns) -> int:
    """Give a piece's height in dots."""
    if isinstance(piece, Run):
        return piece.style.cell[1]
    return max((len(column) for column in piece.columns), default=0) * 8 * piece.high
