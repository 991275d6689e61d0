"""A receipt printer as its specification describes it: buffer, head, sensors, and what goes wrong.

Pure: bytes and the time come in by calls, replies are taken out, `next_deadline` says when to come
back. Read `receive_buffer`, `print_head`, `printer_status`, `printer_faults`, `printer_mishaps` and
`printer_voice` first.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from random import Random

from hardware_sim.escpos_events import (
    Answer,
    Ask,
    AutoStatus,
    Cut,
    Event,
    NvWrite,
    Pause,
    ProcessId,
    Pulse,
    RealTime,
    Trouble,
)
from hardware_sim.escpos_reader import EscposReader
from hardware_sim.escpos_realtime import RealTimeSpotter
from hardware_sim.paper import Roll
from hardware_sim.print_head import AT_ONCE, Job, Pace, PrintHead
from hardware_sim.printer_faults import SENSOR_FAULTS, FaultCall, read_fault
from hardware_sim.printer_mishaps import Mishaps
from hardware_sim.printer_models import TM_T20III, Model
from hardware_sim.printer_status import CLEARED, Sensors, answer, real_time_status
from hardware_sim.printer_voice import Voice
from hardware_sim.receive_buffer import ReceiveBuffer

AHEAD_DOTS = 96  # the interpreter works this far ahead of the head: about three lines
SLICE_BYTES = 64  # the interpreter's bite; less than one 576-dot row
KEPT_TROUBLES = 1000


class PrinterDevice:
    """One printer. `now` is seconds on any clock that only goes forward.

    Args:
        model: what the hardware is.
        pace: how fast it works; as given, everything prints at once.
        random: for the faults "nonsense" and "stray-bytes".
    """

    def __init__(
        self, model: Model = TM_T20III, pace: Pace = AT_ONCE, random: Random | None = None
    ) -> None:
        self.model = model
        self.reader = EscposReader(model)
        self.roll = Roll(model.width_dots, model.blade_dots)
        self.buffer = ReceiveBuffer(model)
        self.head = PrintHead(self.roll, pace)
        self.mishaps = Mishaps()
        self.voice = Voice(model, self.mishaps, random or Random(1))  # fixed: tests repeat
        self.sensors = Sensors()
        self.loses_line_with_power = False
        self.received_bytes = self.lost_bytes = self.drawer_kicks = 0
        self.power_cycles = self.nv_writes = self.cuts = 0
        self.troubles: deque[Trouble] = deque(maxlen=KEPT_TROUBLES)
        self._spotter = RealTimeSpotter()
        self._pace = pace
        self._cool_at = self._boots_until = self._time = 0.0

    @property
    def room_bytes(self) -> int:
        """Count the bytes that the receive buffer can still take; none while it is stuck."""
        return 0 if "stuck-busy" in self.mishaps else self.buffer.room_bytes

    @property
    def dropped_bytes(self) -> int:
        """Count the bytes that found no room."""
        return self.buffer.dropped_bytes

    @property
    def busy(self) -> bool:
        """Tell what the BUSY line says: the buffer is full, NV memory is written, or it is stuck."""
        return self.buffer.full or "stuck-busy" in self.mishaps or self._writes_nv

    @property
    def is_idle(self) -> bool:
        """Tell whether everything that was received is on paper."""
        return not self.buffer and not self.head and self.reader.is_idle

    @property
    def _writes_nv(self) -> bool:
        return isinstance(self.head.job, NvWrite)

    @property
    def _rests(self) -> bool:
        return self.sensors.offline or "stuck-busy" in self.mishaps

    def receive(self, data: bytes, now: float) -> None:
        """Take bytes off the wire; real-time commands are executed here, before the buffer."""
        while data:
            count = min([len(data), *self.mishaps.bytes_left(self.received_bytes)])
            self._receive(data[:count], now)
            data = data[count:]
            for name in self.mishaps.strike_by_bytes(self.received_bytes):
                self._strike(name, now)
                if name == "power-cycle" and self.loses_line_with_power:
                    self.lost_bytes += len(data)
                    data = b""

    def _receive(self, data: bytes, now: float) -> None:
        self.received_bytes += len(data)
        if now < self._boots_until:
            self.lost_bytes += len(data)
            return
        self.advance(now)
        start = 0
        for end, command in self._spotter.feed(data):
            self._store(data[start : end - 1], now)
            if not self._writes_nv:  # deaf while NV memory is written
                self._execute(command, now)
            start = end - 1
        self._store(data[start:], now)

    def _store(self, data: bytes, now: float) -> None:
        while data:
            data = self.buffer.put(data)
            self.advance(now)
            if data and not self.buffer.room_bytes:
                self.buffer.dropped_bytes += len(data)
                return

    def advance(self, now: float) -> None:
        """Do everything that is due: cool down, move the head, read on in the buffer."""
        if self.sensors.hot_head and now >= self._cool_at:
            self._feel(self._cool_at, hot_head=False)
            self.mishaps.end("hot-head")
        while self._move_head(now) or self._read_on():
            pass
        self._time = max(self._time, now)
        self.voice.silent = self._writes_nv
        self.voice.tell_busy(self.busy, self.sensors.offline)

    def next_deadline(self) -> float | None:
        """Say when something is due next; None while it rests."""
        if self.sensors.hot_head:
            return self._cool_at
        return None if self._rests and not self._writes_nv else self.head.done_at()

    def take_replies(self) -> bytes:
        """Take what the printer has to say."""
        return self.voice.take()

    def _move_head(self, now: float) -> bool:
        done_at = self.head.done_at()
        if done_at is None or done_at > now or (self._rests and not self._writes_nv):
            return False
        self._time = max(self._time, done_at)
        if self.head.lacks_paper:
            self._feel(self._time, paper_out=True)
            return False
        if isinstance(self.head.job, Cut):
            if self.mishaps.jams_at(self.cuts + 1):
                self._feel(self._time, cutter_jam=True)
                return False
            self.cuts += 1
        self._done(self.head.finish(done_at))
        return True

    def _done(self, job: Job) -> None:
        match job:
            case ProcessId():
                self.voice.answer("GS ( H", b"\x37\x22" + job.id + b"\x00")
            case NvWrite():
                self.voice.silent = False
                self.nv_writes += 1
                if job.restarts and self._pace.nv_bytes_per_s:
                    self.buffer.clear()  # what came while it wrote; FS q ends with a reset
            case Pause(for_button=True):
                self._feel(self._time, awaits_button=True)
            case _:
                pass

    def _read_on(self) -> bool:
        """Interpret the next bite, at the moment at which the head left room for it."""
        if not self.buffer or "stuck-busy" in self.mishaps or self.head.holds(NvWrite):
            return False
        waits = self.sensors.offline or self.head.queued_dots >= AHEAD_DOTS
        if waits and not self.model.reads_ahead:
            return False
        for event in self.reader.interpret(self.buffer.take(SLICE_BYTES)):
            self._obey(event)
        return True

    def _obey(self, event: Event) -> None:
        match event:
            case Ask():
                said = answer(event.what, event.n, self.sensors, self.model)
                self.voice.answer(event.what, said)
            case Answer():
                self.voice.answer(event.kind, event.data)
            case AutoStatus():
                self.voice.watch(event.mask, self.sensors)
            case Pulse():
                self._kick_drawer(self._time)
            case Trouble():
                self.troubles.append(event)
            case ProcessId() if self.model.reads_ahead:
                self._done(event)
            case RealTime():
                pass
            case _:
                self.head.load(event, self._time)

    def _execute(self, command: RealTime, now: float) -> None:
        """Do a real-time command (DLE EOT, DLE ENQ, DLE DC4)."""
        function = command.arguments[0]
        match command.name, function:
            case "DLE EOT", _:
                self.voice.answer("DLE EOT", real_time_status(function, self.sensors))
            case "DLE ENQ", 0:
                self.press_feed(now)
            case "DLE ENQ", 1 | 2 if self.sensors.cutter_jam:
                if function == 2:
                    self._clear()
                self._feel(now, cutter_jam=False)
                self.mishaps.end("cutter-jam")
            case "DLE DC4", 1:
                self._kick_drawer(now)
            case "DLE DC4", 8:
                self._clear()
                self.voice.answer("DLE DC4", CLEARED)
            case _:
                pass

    def press_feed(self, now: float) -> None:
        """Press the feed button: a macro that waits for it goes on."""
        self._feel(now, awaits_button=False)

    def _kick_drawer(self, now: float) -> None:
        self.drawer_kicks += 1
        self._feel(now, drawer_open=True)

    def _clear(self) -> None:
        """Empty the receive and print buffers; settings stay."""
        self.buffer.clear()
        self.head.clear()
        self.reader.drop_data()

    def _feel(self, now: float, **changed: bool) -> None:
        before = self.sensors
        self.sensors = replace(before, **changed)
        if before.offline and not self.sensors.offline and not self._writes_nv:
            self.head.free_at = max(self.head.free_at, now)
        self.voice.tell_change(before, self.sensors)

    def fault(self, call: FaultCall | str, now: float) -> None:
        """Let one thing go wrong.

        Raises:
            FaultError: there is no such fault.
        """
        call = read_fault(call) if isinstance(call, str) else call
        name, amount = call.fault.name, call.amount
        if self.mishaps.begin(call, self.received_bytes, self.cuts):
            self._strike(name, now, amount)

    def _strike(self, name: str, now: float, amount: int | None = None) -> None:
        if name == "paper-out" and amount:
            self.head.paper_left_dots = amount
            return
        if name == "hot-head":
            self._cool_at = now + (amount or 0)
        if name in SENSOR_FAULTS:
            self._feel(now, **{SENSOR_FAULTS[name]: True})
        elif name == "power-cycle":
            self.power_cycle(now)
        elif name == "buffer-loss":
            self._clear()
        elif name == "slow-head":
            self.head.slow_dots_per_s = max(1, amount or 1)
        elif name == "stray-bytes":
            self.voice.noise(amount or 0)

    def heal(self, now: float) -> None:
        """Put everything right: paper in, cover closed, online, a clear voice; printing goes on."""
        self.mishaps.end_all()
        self.head.paper_left_dots = self.head.slow_dots_per_s = None
        self._feel(now, **dict.fromkeys(SENSOR_FAULTS.values(), False))
        self.advance(now)

    def power_cycle(self, now: float = 0.0) -> None:
        """Off and on: buffers, modes and automatic status are gone; paper and NV memory stay."""
        self.power_cycles += 1
        self._clear()
        self._spotter = RealTimeSpotter()
        self.voice.reset()
        self.reader.power_cycle()
        self._boots_until = now + self._pace.boot_s
        self.sensors = replace(self.sensors, awaits_button=False)
