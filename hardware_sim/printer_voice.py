"""What a printer says: answers, automatic status, XON and XOFF, and the faults of its voice."""

from __future__ import annotations

from random import Random

from hardware_sim.printer_mishaps import Mishaps
from hardware_sim.printer_models import Model
from hardware_sim.printer_status import Sensors, automatic_status, watched

XON, XOFF = b"\x11", b"\x13"


class Voice:
    """Collects what goes back to the host.

    Args:
        model: which answers it can give.
        mishaps: the faults in force.
        random: for noise.
    """

    def __init__(self, model: Model, mishaps: Mishaps, random: Random) -> None:
        self.xon_xoff = False
        self.mask = 0  # GS a
        self.silent = False  # while NV memory is written
        self._model, self._mishaps, self._random = model, mishaps, random
        self._replies = bytearray()
        self._said_busy = False

    @property
    def stopped_host(self) -> bool:
        """Tell whether XOFF was said and no XON since."""
        return self.xon_xoff and self._said_busy

    def reset(self) -> None:
        """Power off: nothing is left to say."""
        self._replies.clear()
        self.mask, self._said_busy, self.silent = 0, False, False

    def take(self) -> bytes:
        """Give what is to be sent."""
        replies, self._replies = bytes(self._replies), bytearray()
        return replies

    def answer(self, kind: str, data: bytes) -> None:
        """Answer, if the model can and nothing forbids it."""
        mute = self.silent or "mute" in self._mishaps or kind not in self._model.answers
        if mute or not data:
            return
        if "stray-bytes" in self._mishaps:
            self.noise(1)
        if "nonsense" in self._mishaps:
            self.noise(len(data) + 3)
        else:
            self._replies += data

    def noise(self, count: int) -> None:
        """Send bytes that mean nothing."""
        self._replies += self._random.randbytes(count)

    def watch(self, mask: int, sensors: Sensors) -> None:
        """GS a: from now on tell changes; tell the state at once."""
        self.mask = mask
        if mask:
            self.answer("GS a", automatic_status(sensors))

    def tell_change(self, before: Sensors, now: Sensors) -> None:
        """Tell what GS a watches, if it changed."""
        if watched(self.mask, before) != watched(self.mask, now):
            self.answer("GS a", automatic_status(now))

    def tell_busy(self, busy: bool, offline: bool) -> None:
        """Send XOFF when BUSY begins, XON when it ends; no XON while offline (TM-T88 TRG, handshaking)."""
        if not self.xon_xoff or busy == self._said_busy or (offline and not busy):
            return
        self._said_busy = busy
        self._replies += XOFF if busy else XON
