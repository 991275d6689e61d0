"""An ESC/POS printer's ear: bytes in, events out, however the bytes were cut.

Written from the printer's side after Epson's ESC/POS Command Reference. Read `escpos_grammar` for
where commands end, `escpos_actions` for what they do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hardware_sim import escpos_grammar, escpos_graphics
from hardware_sim.escpos_actions import ACTIONS, UNDRAWN
from hardware_sim.escpos_desk import Desk
from hardware_sim.escpos_events import Event, RasterBegin, RasterRow, Trouble
from hardware_sim.escpos_modes import TM_T20III, Model
from hardware_sim.escpos_realtime import RealTimeSpotter

TEXT = re.compile(rb"[\x20-\xff]+")
SILENT = frozenset({0x00, 0x0D, 0x0C, 0x18})  # NUL pads; CR, FF, CAN mean nothing in standard mode
LINE_START_ONLY = {
    b"\x1dk": 3,
    b"\x1dv": 4,
}  # command -> bytes taken before its data is read as text


@dataclass
class _Raster:
    """GS v 0 under way: rows still to come, and how each is placed."""

    rows_left: int
    across_bytes: int
    x_dots: int
    width_dots: int
    wide: int
    high: int


class EscposReader:
    """Reads one printer's stream; `desk` is its state."""

    def __init__(self, model: Model = TM_T20III) -> None:
        self.desk = Desk(model)
        self._spotter = RealTimeSpotter()
        self._raster: _Raster | None = None
        self._buffer = bytearray()
        self._needed = 1
        self._skipping = 0

    def feed(self, data: bytes) -> list[Event]:
        """Take received bytes; real-time commands come out first, in their place in the stream."""
        events: list[Event] = []
        start = 0
        for end, command in self._spotter.feed(data):
            events += self.interpret(data[start : end - 1])
            events.append(command)
            start = end - 1
        return events + self.interpret(data[start:])

    def interpret(self, data: bytes) -> list[Event]:
        """Take bytes from the receive buffer in their turn, real-time commands already executed."""
        self._buffer += data
        events: list[Event] = []
        while self._buffer and (step := self._step()) is not None:
            events += step
        return events

    def power_cycle(self) -> None:
        """Forget everything but the NV pictures."""
        self.drop_data()
        self.desk.reset()
        self._spotter = RealTimeSpotter()

    def drop_data(self) -> None:
        """Forget the command and the line under way; settings stay."""
        self._buffer.clear()
        self._needed, self._skipping, self._raster = 1, 0, None
        self.desk.line.clear()

    @property
    def is_idle(self) -> bool:
        """Tell whether no command and no line is under way."""
        return not self._buffer and not self._raster and self.desk.line.is_empty

    @property
    def held_bytes(self) -> int:
        """Count the bytes of the command under way."""
        return len(self._buffer)

    def _step(self) -> list[Event] | None:
        """Read one thing off the buffer; None when more bytes are needed."""
        if self._skipping:
            return self._skip()
        if self._raster:
            return self._raster_row(self._raster)
        if found := TEXT.match(self._buffer):
            return self.desk.line.type(self._take(found.end()))
        return self._command()

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._needed = 1
        return taken

    def _skip(self) -> list[Event]:
        self._skipping -= len(self._take(min(self._skipping, len(self._buffer))))
        return []

    def _command(self) -> list[Event] | None:
        if len(self._buffer) < self._needed:
            return None
        if refused := self._refused_inside_line():
            return refused
        self._needed = escpos_grammar.measure(self._buffer)
        if self._needed > escpos_grammar.MAX_STORED_BYTES:
            self._skipping = self._needed
            return [Trouble("block too long for the memory", bytes(self._buffer[:7]))]
        if len(self._buffer) < self._needed:
            return None
        return self._run(self._take(self._needed))

    def _refused_inside_line(self) -> list[Event] | None:
        """GS k and GS v 0 work at the beginning of a line; else their data is printed as text."""
        header = LINE_START_ONLY.get(bytes(self._buffer[:2]))
        if header is None or self.desk.line.is_empty or len(self._buffer) < header:
            return None
        return [Trouble("only allowed at the beginning of a line", self._take(header))]

    def _run(self, command: bytes) -> list[Event]:
        if command[:2] == b"\x1dv":
            return self._raster_begin(command)
        key = command[:1] if command[0] in escpos_grammar.CONTROLS else command[:2]
        if key in ACTIONS:
            if key == b"\x1dk" and len(command) == 3:
                return [Trouble("GS k system that does not exist", command)]
            return ACTIONS[key](self.desk, command)
        if key in UNDRAWN:
            return [Trouble(f"{UNDRAWN[key]}: not drawn by this printer", command[:8])]
        if escpos_grammar.is_known(command) or command[0] in SILENT:
            return []
        return [Trouble("unknown command", command)]

    def _raster_begin(self, command: bytes) -> list[Event]:
        if len(command) < 8 or command[3] % 48 > 3:
            return [Trouble("GS v without 0, or with a mode that does not exist", command)]
        wide, high = escpos_graphics.scale(command[3] % 48)
        across = int.from_bytes(command[4:6], "little")
        rows = int.from_bytes(command[6:8], "little")
        if not across or not rows:
            return [Trouble("GS v 0 without a size", command)]
        modes = self.desk.modes
        x = modes.place(across * 8 * wide)
        width = escpos_graphics.fitting(x, across * 8, modes, wide)
        self._raster = _Raster(rows, across, x, width, wide, high)
        return [RasterBegin(across * 8 * wide, rows * high)]

    def _raster_row(self, raster: _Raster) -> list[Event] | None:
        if len(self._buffer) < raster.across_bytes:
            return None
        row = self._take(raster.across_bytes)
        raster.rows_left -= 1
        if not raster.rows_left:
            self._raster = None
        return [RasterRow(raster.x_dots, raster.width_dots, row, raster.wide, raster.high)]
