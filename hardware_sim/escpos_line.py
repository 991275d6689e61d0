"""The print buffer's one line: characters and columns that wait for a line feed."""

from __future__ import annotations

from dataclasses import replace

from hardware_sim import escpos_characters
from hardware_sim.escpos_events import Columns, Event, Run, Style, TextLine
from hardware_sim.escpos_modes import Modes


class Line:
    """Takes characters from left to right; gives itself up as a `TextLine`."""

    def __init__(self, modes: Modes) -> None:
        self._modes = modes
        self._pieces: list[Run | Columns] = []
        self._x = 0
        self._moved = False

    @property
    def x_dots(self) -> int:
        """Give where the next character stands."""
        return self._x

    @property
    def is_empty(self) -> bool:
        """Tell whether the printer is at the beginning of a line.

        TM-T88III specification, 6.2 (4): no print data, and no position set by HT, ESC $ or ESC backslash.
        """
        return not self._pieces and self._x == 0 and not self._moved

    def type(self, data: bytes) -> list[Event]:
        """Add characters of one byte each; a full line prints itself and goes on below."""
        modes = self._modes
        printed: list[Event] = []
        text = escpos_characters.single(data, modes.code_table, modes.country)
        for code, character in zip(data, text, strict=True):
            own = modes.user_characters.get((modes.style.font, code)) if modes.user_set else None
            if own:
                printed += self._own(character, own)
            else:
                printed += self._character(character, modes.style)
        return printed

    def type_double(self, character: str) -> list[Event]:
        """Add a two-byte character of 24 x 24 dots."""
        return self._character(character, replace(self._modes.style, font="K"))

    def _character(self, character: str, style: Style) -> list[Event]:
        pitch = self._pitch(style)
        printed = self._make_room(pitch)
        self._add(character, pitch, style)
        return printed

    def _own(self, character: str, columns: tuple[bytes, ...]) -> list[Event]:
        style = self._modes.style
        pitch = self._pitch(style)
        printed = self._make_room(pitch)
        self._pieces.append(Columns(self._x, columns, style.wide, style.high, character, pitch))
        self._x += pitch
        return printed

    def _make_room(self, pitch: int) -> list[Event]:
        if self._x + pitch > self._modes.room_dots and not self.is_empty:
            return self.end()
        return []

    def _pitch(self, style: Style) -> int:
        return style.cell[0] + self._modes.char_spacing_dots * style.wide

    def _add(self, character: str, pitch: int, style: Style) -> None:
        last = self._pieces[-1] if self._pieces else None
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
            self._moved = True

    def move_by(self, dots: int) -> None:
        """Move the position sideways."""
        self.move_to(self._x + dots)

    def tab(self) -> None:
        """HT: go to the next stop; without one nothing happens."""
        stops = (stop * self._pitch(self._modes.style) for stop in self._modes.tabs)
        if stop := next((x for x in stops if x > self._x), None):
            self.move_to(stop)

    def take_pieces(self) -> tuple[Run | Columns, ...]:
        """Take what is in the line, and stay at the same place: page mode puts it on its page."""
        pieces, self._pieces = tuple(self._pieces), []
        return pieces

    def clear(self) -> None:
        """Throw the line away."""
        self._pieces, self._x, self._moved = [], 0, False

    def end(self, feed_dots: int | None = None) -> list[Event]:
        """Print the line and feed: the line spacing, or so many dots, never less than its height.

        Page mode moves on by the line spacing alone: there lines may overlap.
        """
        feed = self._modes.line_spacing_dots if feed_dots is None else feed_dots
        shift = self._modes.place(self._x)
        pieces = tuple(replace(piece, x_dots=piece.x_dots + shift) for piece in self._pieces)
        turned = self._modes.upside_down and self._modes.page is None
        self.clear()
        if self._modes.page is None:
            feed = max([feed, *map(height_of, pieces)])
        return [TextLine(pieces, feed, turned)]


def height_of(piece: Run | Columns) -> int:
    """Give a piece's height in dots."""
    return piece.style.cell[1] if isinstance(piece, Run) else piece.cell[1]
