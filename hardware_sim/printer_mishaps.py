"""The faults of one printer: which are in force, and which strike later."""

from __future__ import annotations

from hardware_sim.printer_faults import FaultCall

BY_BYTES = ("power-cycle", "buffer-loss")  # they strike once, and are over


class Mishaps:
    """Keeps count for the device; `name in mishaps` tells whether a fault is in force."""

    def __init__(self) -> None:
        self._active: dict[str, FaultCall] = {}
        self._due: dict[str, int] = {}  # fault -> the count of bytes or cuts at which it strikes

    def __contains__(self, name: str) -> bool:
        return name in self._active

    @property
    def names(self) -> list[str]:
        """Give the faults in force as they were written."""
        return [str(call) for call in self._active.values()]

    def begin(self, call: FaultCall, received_bytes: int, cuts: int) -> bool:
        """Take a fault; tell whether it strikes at once."""
        name, amount = call.fault.name, call.amount
        if name in BY_BYTES:
            if amount:
                self._due[name] = received_bytes + amount
            return not amount
        self._active[name] = call
        if name == "cutter-jam" and amount:
            self._due[name] = cuts + amount
            return False
        return True

    def end(self, name: str) -> None:
        """Lift one fault."""
        self._active.pop(name, None)
        self._due.pop(name, None)

    def end_all(self) -> None:
        """Lift them all."""
        self._active.clear()
        self._due.clear()

    def bytes_left(self, received_bytes: int) -> list[int]:
        """Count the bytes until each fault that waits for bytes."""
        return [self._due[name] - received_bytes for name in BY_BYTES if name in self._due]

    def strike_by_bytes(self, received_bytes: int) -> list[str]:
        """Give the faults whose bytes have come."""
        struck = [n for n in BY_BYTES if self._due.get(n, received_bytes + 1) <= received_bytes]
        for name in struck:
            del self._due[name]
        return struck

    def jams_at(self, cut: int) -> bool:
        """Tell whether this cut is the one at which the cutter jams."""
        if self._due.get("cutter-jam") != cut:
            return False
        del self._due["cutter-jam"]
        return True
