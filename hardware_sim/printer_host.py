"""The event loop around a `PrinterDevice`: hands it bytes, sends its replies, wakes it when it is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_faults import FaultCall


class PrinterHost:
    """Runs one device.

    Args:
        device: the printer.
        send: takes what it says.
        power_went: called after each power cycle.
    """

    def __init__(
        self,
        device: PrinterDevice,
        send: Callable[[bytes], None],
        power_went: Callable[[], None] = lambda: None,
    ) -> None:
        self.device = device
        self.progressed = asyncio.Event()
        self.watchers: list[Callable[[], None]] = []
        self._send = send
        self._power_went = power_went
        self._seen_cycles = device.power_cycles
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()

    def arrived(self, data: bytes) -> None:
        """Take bytes off the wire."""
        self.device.receive(data, self._loop.time())
        self.tick()

    def tick(self) -> None:
        """Let the device do what is due, send what it says, and set the next alarm."""
        self.device.advance(self._loop.time())
        self._send(self.device.take_replies())
        if self.device.power_cycles != self._seen_cycles:
            self._seen_cycles = self.device.power_cycles
            self._power_went()
        self.progressed.set()
        if self._timer:
            self._timer.cancel()
        deadline = self.device.next_deadline()
        self._timer = self._loop.call_at(deadline, self.tick) if deadline is not None else None
        for watcher in self.watchers:
            watcher()

    def fault(self, call: FaultCall) -> None:
        """Let the device misbehave."""
        self.device.fault(call, self._loop.time())
        self.tick()

    def heal(self) -> None:
        """Put the device right."""
        self.device.heal(self._loop.time())
        self.tick()

    def press_feed(self) -> None:
        """Press the feed button."""
        self.device.press_feed(self._loop.time())
        self.tick()

    def stop(self) -> None:
        """Set no more alarms."""
        if self._timer:
            self._timer.cancel()
        self.watchers.clear()
