"""The receive buffer: bytes that wait for the interpreter, and when the printer says BUSY.

TM-T88III specification, 3.1.2: BUSY when 128 bytes are left of 4 KB, released at 256 (DIP switch
2-5: 138); in the mode of 45 bytes at 16 and 26. A byte that finds no room is lost without a word.
"""

from __future__ import annotations

from hardware_sim.printer_models import Model


class ReceiveBuffer:
    """First in, first out; `full` is what the BUSY signal follows."""

    def __init__(self, model: Model) -> None:
        self.full = False
        self.dropped_bytes = 0
        self._model = model
        self._data = bytearray()

    def __len__(self) -> int:
        return len(self._data)

    @property
    def room_bytes(self) -> int:
        """Count the bytes that it can still take."""
        return self._model.buffer_bytes - len(self._data)

    def put(self, data: bytes) -> bytes:
        """Take what fits; give what does not."""
        room = self.room_bytes
        self._data += data[:room]
        self._mark()
        return data[room:]

    def take(self, count: int) -> bytes:
        """Give the oldest bytes."""
        taken = bytes(self._data[:count])
        del self._data[:count]
        self._mark()
        return taken

    def clear(self) -> None:
        """Lose everything."""
        self._data.clear()
        self._mark()

    def _mark(self) -> None:
        if self.room_bytes <= self._model.full_mark_bytes:
            self.full = True
        elif self.room_bytes >= self._model.release_mark_bytes:
            self.full = False
