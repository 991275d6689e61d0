"""A receipt printer as its specification describes it: buffer, head, sensors, and what goes wrong.

Pure: bytes and the time come in by calls, replies are taken out, `next_deadline` says when to come
back. TM-T88III specification: receive buffer (a byte that finds no room is lost), offline, errors.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from random import Random

from hardware_sim.escpos_events import (
    Ask,
    AutoStatus,
    Event,
    ProcessId,
    Pulse,
    RealTime,
    Trouble,
    dots_of,
)
from hardware_sim.escpos_modes import TM_T20III, Model
from hardware_sim.escpos_reader import EscposReader
from hardware_sim.escpos_realtime import RealTimeSpotter
from hardware_sim.paper import Roll
from hardware_sim.printer_status import (
    CLEARED,
    Sensors,
    answer,
    automatic_status,
    real_time_status,
    watched,
)

AHEAD_DOTS = 96  # the interpreter works this far ahead of the head: about three lines
SLICE_BYTES = 64  # the interpreter's bite; less than one 576-dot row
SLOW_DOTS_PER_S = 40.0  # the fault "slow": a fifth of an inch a second
KEPT_TROUBLES = 1000
SENSOR_FAULTS = {
    "paper-out": "paper_out",
    "paper-near-end": "paper_near_end",
    "cover-open": "cover_open",
    "offline": "switched_offline",
    "cutter-jam": "cutter_jam",
    "drawer-open": "drawer_open",
}
FAULTS = (*SENSOR_FAULTS, "mute", "nonsense", "slow", "power-cycle")


class PrinterDevice:
    """One printer. `now` is seconds on any clock that only goes forward.

    Args:
        model: what the hardware is.
        dots_per_s: the head's speed; 0 prints at once.
        random: for the fault "nonsense".
    """

    def __init__(
        self, model: Model = TM_T20III, dots_per_s: float = 0.0, random: Random | None = None
    ) -> None:
        self.model = model
        self.reader = EscposReader(model)
        self.roll = Roll(model.width_dots, self.reader.desk.blade_dots)
        self.sensors = Sensors()
        self.mute = self.nonsense = False
        self.paper_left_dots: int | None = None
        self.dropped_bytes = self.received_bytes = self.drawer_kicks = self.power_cycles = 0
        self.troubles: deque[Trouble] = deque(maxlen=KEPT_TROUBLES)
        self._speed, self._slow = dots_per_s, False
        self._random = random or Random(1)  # a fixed seed: tests repeat
        self._replies = bytearray()
        self._forget()

    def _forget(self) -> None:
        self._buffer = bytearray()
        self._spotter = RealTimeSpotter()
        self._queue: deque[tuple[float, Event]] = deque()
        self._queued_dots = 0
        self._free_at = 0.0
        self._mask = 0

    @property
    def room_bytes(self) -> int:
        """Count the bytes that the receive buffer can still take."""
        return self.model.buffer_bytes - len(self._buffer)

    @property
    def is_idle(self) -> bool:
        """Tell whether everything that was received is on paper."""
        return not self._buffer and not self._queue and self.reader.is_idle

    def receive(self, data: bytes, now: float) -> None:
        """Take bytes off the wire; real-time commands are executed here, before the buffer."""
        self.received_bytes += len(data)
        start = 0
        for end, command in self._spotter.feed(data):
            self._store(data[start : end - 1], now)
            self._execute(command, now)
            start = end - 1
        self._store(data[start:], now)

    def _store(self, data: bytes, now: float) -> None:
        while data:
            fits, data = data[: self.room_bytes], data[self.room_bytes :]
            self._buffer += fits
            self.advance(now)
            if data and not self.room_bytes:
                self.dropped_bytes += len(data)
                return

    def advance(self, now: float) -> None:
        """Do everything that is due: move the head, read on in the buffer."""
        while not self.sensors.offline and (self._move_head(now) or self._read_on(now)):
            pass

    def next_deadline(self) -> float | None:
        """Say when the head is next done with something; None while it rests."""
        if self.sensors.offline or not self._queue:
            return None
        return self._done_at()

    def take_replies(self) -> bytes:
        """Take what the printer has to say."""
        replies, self._replies = bytes(self._replies), bytearray()
        return replies

    def _done_at(self) -> float:
        queued_at, event = self._queue[0]
        speed = SLOW_DOTS_PER_S if self._slow else self._speed
        start = max(queued_at, self._free_at)
        return start + (dots_of(event) / speed if speed else 0.0)

    def _move_head(self, now: float) -> bool:
        if not self._queue or (done_at := self._done_at()) > now:
            return False
        event = self._queue[0][1]
        dots = dots_of(event)
        if self.paper_left_dots is not None and dots > self.paper_left_dots:
            self._feel(now, paper_out=True)
            return False
        self._queue.popleft()
        self._queued_dots -= dots
        self._free_at = done_at
        if self.paper_left_dots is not None:
            self.paper_left_dots -= dots
        if isinstance(event, ProcessId):
            self._reply("GS ( H", b"\x37\x22" + event.id + b"\x00")
        else:
            self.roll.take(event)  # type: ignore[arg-type]
        return True

    def _read_on(self, now: float) -> bool:
        if not self._buffer or self._queued_dots >= AHEAD_DOTS:
            return False
        bite = bytes(self._buffer[:SLICE_BYTES])
        del self._buffer[:SLICE_BYTES]
        for event in self.reader.interpret(bite):
            self._obey(event, now)
        return True

    def _obey(self, event: Event, now: float) -> None:
        match event:
            case Ask():
                self._answer(event)
            case AutoStatus():
                self._mask = event.mask
                if event.mask:
                    self._reply("GS a", automatic_status(self.sensors))
            case Pulse():
                self._kick_drawer(now)
            case Trouble():
                self.troubles.append(event)
            case RealTime():
                pass
            case _:
                self._queue.append((now, event))
                self._queued_dots += dots_of(event)

    def _answer(self, ask: Ask) -> None:
        if ask.what == "GS ( L 64":
            keys = b"".join(sorted(self.reader.desk.graphics.nv))
            self._reply("GS ( L", b"\x37\x72\x40" + keys + b"\x00")
        elif ask.what in self.model.answers:
            self._reply(ask.what, answer(ask.what, ask.n, self.sensors, self.model))

    def _execute(self, command: RealTime, now: float) -> None:
        """Do a real-time command (DLE EOT, DLE ENQ, DLE DC4)."""
        function = command.arguments[0]
        if command.name == "DLE EOT":
            self._reply("DLE EOT", real_time_status(function, self.sensors))
        elif command.name == "DLE ENQ" and self.sensors.cutter_jam and function in (1, 2):
            if function == 2:
                self._clear()
            self._feel(now, cutter_jam=False)
        elif command.name == "DLE DC4" and function == 1:
            self._kick_drawer(now)
        elif command.name == "DLE DC4" and function == 8:
            self._clear()
            self._reply("DLE EOT", CLEARED)

    def _kick_drawer(self, now: float) -> None:
        self.drawer_kicks += 1
        self._feel(now, drawer_open=True)

    def _clear(self) -> None:
        """Empty the receive and print buffers; settings stay."""
        self._buffer.clear()
        self._queue.clear()
        self._queued_dots = 0
        self.reader.drop_data()

    def _reply(self, kind: str, data: bytes) -> None:
        if self.mute or kind not in self.model.answers:
            return
        self._replies += self._random.randbytes(len(data) + 3) if self.nonsense else data

    def _feel(self, now: float, **changed: bool) -> None:
        before, was_offline = watched(self._mask, self.sensors), self.sensors.offline
        self.sensors = replace(self.sensors, **changed)
        if was_offline and not self.sensors.offline:
            self._free_at = max(self._free_at, now)
        if watched(self._mask, self.sensors) != before:
            self._reply("GS a", automatic_status(self.sensors))

    def fault(self, name: str, now: float) -> None:
        """Let one thing go wrong, one of `FAULTS`."""
        if name in SENSOR_FAULTS:
            self._feel(now, **{SENSOR_FAULTS[name]: True})
        elif name == "power-cycle":
            self.power_cycle()
        elif name == "slow":
            self._slow = True
        elif name in ("mute", "nonsense"):
            setattr(self, name, True)
        else:
            raise ValueError(f"no such fault: {name}")

    def heal(self, now: float) -> None:
        """Put everything right: paper in, cover closed, online, a clear voice; printing goes on."""
        self.mute = self.nonsense = self._slow = False
        self.paper_left_dots = None
        self._feel(now, **dict.fromkeys(SENSOR_FAULTS.values(), False))
        self.advance(now)

    def power_cycle(self) -> None:
        """Off and on: buffers, modes and automatic status are gone; paper and NV memory stay."""
        self.power_cycles += 1
        self._forget()
        self._replies.clear()
        self.reader.power_cycle()
