"""An ESC/POS printer's ear: bytes in, events out, however the bytes were cut.

Written from the printer's side after Epson's ESC/POS Command Reference. Read `escpos_grammar` for
where commands end, `escpos_actions` for what they do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hardware_sim import escpos_characters, escpos_grammar, escpos_graphics
from hardware_sim.escpos_actions import ACTIONS, UNDRAWN
from hardware_sim.escpos_desk import Desk
from hardware_sim.escpos_events import Event, Pause, RasterBegin, RasterRow, Trouble
from hardware_sim.escpos_realtime import RealTimeSpotter
from hardware_sim.escpos_stores import ACK, CANCEL, NAK
from hardware_sim.printer_models import TM_T20III, Model

TEXT = re.compile(rb"[\x20-\xff]+")
SILENT = frozenset({0x00, 0x0D})  # NUL pads; CR means nothing where LF feeds
LINE_START_ONLY = {
    b"\x1dk": 3,
    b"\x1dv": 4,
}  # command -> bytes taken before its data is read as text
DEFINE_MACRO, RUN_MACRO = b"\x1d:", b"\x1d^"
MACRO_TICK_S = 0.1  # GS ^ [Description]: t counts 100 ms


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
        self._replaying = False

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
        self.desk.power_cycle()
        self._spotter = RealTimeSpotter()

    def drop_data(self) -> None:
        """Forget the command, the line and the page under way; settings stay."""
        self._buffer.clear()
        self._needed, self._skipping, self._raster = 1, 0, None
        self.desk.graphics.listing = None
        self.desk.close_page()

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
        if self.desk.graphics.listing and (heard := self._host_word()) is not None:
            return heard
        if self._raster:
            return self._raster_row(self._raster)
        if found := TEXT.match(self._buffer):
            return self._text(found.end())
        return self._command()

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._needed = 1
        if self.desk.defining is not None and taken != DEFINE_MACRO:
            room = self.desk.model.macro_bytes - len(self.desk.defining)
            self.desk.defining += taken[: max(0, room)]
        return taken

    def _skip(self) -> list[Event]:
        self._skipping -= len(self._take(min(self._skipping, len(self._buffer))))
        return []

    def _host_word(self) -> list[Event] | None:
        """Take ACK, NAK or CAN after a block of a key list; anything else ends the list."""
        store = self.desk.graphics
        listing, store.listing = store.listing, None
        if listing is None or self._buffer[0] not in (ACK, NAK, CANCEL):
            return None
        sent = listing.heed(self._take(1)[0])
        store.listing = listing if sent else None
        return sent or []

    def _text(self, count: int) -> list[Event] | None:
        modes, line = self.desk.modes, self.desk.line
        if not modes.multibyte:
            return self.desk.settle(line.type(self._take(count)))
        data = bytes(self._buffer[:count])
        found, waiting = escpos_characters.split_double(data, self.desk.model.multibyte)
        if waiting and count < len(self._buffer):
            found.append((waiting, ""))  # a control character follows: no second byte will come
        if not found:
            return None
        self._take(sum(len(piece) for piece, _ in found))
        return [
            event
            for piece, character in found
            for event in self.desk.settle(
                line.type_double(character) if character else line.type(piece)
            )
        ]

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
        if header is None or self.desk.at_line_start or len(self._buffer) < header:
            return None
        return [Trouble("only allowed at the beginning of a line", self._take(header))]

    def _run(self, command: bytes) -> list[Event]:
        key = command[:1] if command[0] in escpos_grammar.CONTROLS else command[:2]
        own = {
            b"\x1dv": self._raster_begin,
            DEFINE_MACRO: self._define_macro,
            RUN_MACRO: self._run_macro,
        }
        if key in own:
            return own[key](command)
        if key in ACTIONS:
            return self.desk.settle(ACTIONS[key](self.desk, command))
        if key in UNDRAWN:
            return [Trouble(f"{UNDRAWN[key]}: not drawn by this printer", command[:8])]
        if escpos_grammar.is_known(command) or command[0] in SILENT:
            return []
        return [Trouble("unknown command", command)]

    def _define_macro(self, _command: bytes) -> list[Event]:
        """Do GS :, begin to keep what is executed, or end it."""
        desk = self.desk
        if desk.defining is None:
            desk.defining = bytearray()
        else:
            desk.macro, desk.defining = bytes(desk.defining), None
        return []

    def _run_macro(self, command: bytes) -> list[Event]:
        """Do GS ^ r t m: while one is being defined it ends that and clears it."""
        desk = self.desk
        if desk.defining is not None:
            desk.defining, desk.macro = None, b""
            return []
        if self._replaying or not desk.macro:
            return [Trouble("GS ^ without a macro, or inside one", command)]
        times, ticks, mode = command[2:5]
        rest, self._buffer = self._buffer, bytearray()
        events: list[Event] = []
        self._replaying = True
        for _ in range(times):
            if ticks or mode & 1:
                events.append(Pause(ticks * MACRO_TICK_S, bool(mode & 1)))
            events += self.interpret(desk.macro)
        self._replaying = False
        self._buffer += rest
        return events

    def _raster_begin(self, command: bytes) -> list[Event]:
        if len(command) < 8 or command[3] % 48 > 3:
            return [Trouble("GS v without 0, or with a mode that does not exist", command)]
        wide, high = escpos_graphics.scale(command[3] % 48)
        across = int.from_bytes(command[4:6], "little")
        rows = int.from_bytes(command[6:8], "little")
        if not across or not rows:
            return [Trouble("GS v 0 without a size", command)]
        x = self.desk.place(across * 8 * wide)
        right = escpos_graphics.right_of(self.desk.modes)
        width = escpos_graphics.fitting(x, across * 8, right, wide)
        self._raster = _Raster(rows, across, x, width, wide, high)
        return self.desk.settle([RasterBegin(across * 8 * wide, rows * high)])

    def _raster_row(self, raster: _Raster) -> list[Event] | None:
        if len(self._buffer) < raster.across_bytes:
            return None
        row = self._take(raster.across_bytes)
        raster.rows_left -= 1
        if not raster.rows_left:
            self._raster = None
        placed = RasterRow(raster.x_dots, raster.width_dots, row, raster.wide, raster.high)
        return self.desk.settle([placed])
