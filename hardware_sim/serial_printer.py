"""A printer on a pty, as on a serial line or behind a USB adapter."""

from __future__ import annotations

from pathlib import Path

from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_faults import FaultCall, read_fault
from hardware_sim.printer_host import PrinterHost
from hardware_sim.pty_port import HELD_SLICE_S, SLICE_S, PtyPort

FLOWS = ("none", "xonxoff", "dtr")


class SerialPrinter:
    """A printer behind `path`.

    Args:
        device: the printer.
        path: the name that the lane opens.
        baud: pace of the arriving bytes; 0 does not pace.
        flow: "none": what finds no room is lost; "xonxoff": the printer sends XOFF and XON, and
            what a host that heeds them has still in its pty has not crossed the line; "dtr": nothing
            crosses it while BUSY, as with a host that heeds a wired DTR line (a pty has no such wire).
    """

    kind = "pty"

    def __init__(
        self, device: PrinterDevice, path: Path, baud: int = 0, flow: str = "none"
    ) -> None:
        if flow not in FLOWS:
            raise ValueError(f"no such flow control: {flow!r}; there is {', '.join(FLOWS)}")
        self.device = device
        self.device.voice.xon_xoff = flow == "xonxoff"
        self._dtr = flow == "dtr"
        self._deaf = False
        slice_s = SLICE_S if flow == "none" else HELD_SLICE_S
        self._port = PtyPort(path, self._arrived, baud, slice_s)

    async def start(self) -> None:
        """Put the line up."""
        self.host = PrinterHost(self.device, self._send)
        self._port.open()

    async def stop(self) -> None:
        """Take the line down."""
        self.host.stop()
        self._port.close()

    @property
    def address(self) -> str:
        """Give the path that the lane opens."""
        return str(self._port.path)

    @property
    def url(self) -> str:
        """Give the address as a lane's config takes it."""
        return self.address

    def fault(self, text: str | FaultCall) -> None:
        """Let something go wrong.

        Raises:
            FaultError: there is no such fault on a serial line.
        """
        call = read_fault(str(text), self.kind)
        if not call.fault.by_port:
            self.host.fault(call)
            return
        match call.fault.name:
            case "drop":
                self._port.unplug()
            case "usb-vanish":
                self._port.close()
            case "short-writes":
                self._port.piece_bytes = call.amount or 1
            case _:
                self._deaf = True
        if call.fault.name != "drop":
            self.device.mishaps.begin(call, 0, 0)
        self._listen_or_not()

    async def heal(self) -> None:
        """Put everything right."""
        self._deaf, self._port.piece_bytes = False, 0
        if not self._port.is_open:
            self._port.open()
        self.host.heal()
        self._listen_or_not()

    def _arrived(self, data: bytes) -> None:
        self.host.arrived(data)

    def _send(self, data: bytes) -> None:
        self._port.send(data)
        self._listen_or_not()

    def _listen_or_not(self) -> None:
        stopped = self.device.voice.stopped_host and self._port.heeds_xoff
        self._port.hear(not (self._deaf or stopped or (self._dtr and self.device.busy)))
