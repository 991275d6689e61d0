"""Stored pictures: GS ( L and GS 8 L, the downloaded bit image (GS *), and the NV bit images of old (FS q).

Epson ESC/POS Command Reference, GS ( L <Function 48> to <Function 113>. A function code below 48 is
the same as the one 48 above it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hardware_sim.escpos_events import Answer, Event, NvWrite, Trouble
from hardware_sim.escpos_graphics import Graphic, draw, enlarges, from_columns, scale
from hardware_sim.escpos_modes import Modes
from hardware_sim.printer_models import Model

KEYS_A_BLOCK = 40  # <Function 64>: 1 to 40 key codes a block, then the host's ACK
ACK, NAK, CANCEL = 0x06, 0x15, 0x18
Place = Callable[[int], int]  # from a width to the column where it starts


@dataclass
class Shelf:
    """Pictures under two-letter keys, in a memory of a stated size."""

    capacity_bytes: int
    kept: dict[bytes, Graphic] = field(default_factory=dict)

    @property
    def left_bytes(self) -> int:
        """Count the bytes that are free."""
        return self.capacity_bytes - sum(len(graphic.rows) for graphic in self.kept.values())

    def put(self, key: bytes, graphic: Graphic) -> bool:
        """Keep a picture, in place of one with its key; refuse one that finds no room."""
        old = self.kept.get(key)
        if len(graphic.rows) > self.left_bytes + (len(old.rows) if old else 0):
            return False
        self.kept[key] = graphic
        return True

    def key_blocks(self, identifier: int) -> tuple[bytes, ...]:
        """List the keys: 37, identifier, 41 when another block follows and 40 when none does, keys, NUL."""
        keys = sorted(self.kept)
        pages = [keys[i : i + KEYS_A_BLOCK] for i in range(0, len(keys), KEYS_A_BLOCK)] or [[]]
        last = len(pages) - 1
        return tuple(
            bytes([0x37, identifier, 0x41 if number < last else 0x40]) + b"".join(page) + b"\0"
            for number, page in enumerate(pages)
        )


class KeyList:
    """A key list on its way: the host answers each block with ACK, NAK or CAN (<Function 64> [Notes])."""

    def __init__(self, blocks: tuple[bytes, ...]) -> None:
        self._blocks = blocks
        self._at = 0

    @property
    def block(self) -> Answer:
        """Give the block in hand."""
        return Answer("GS ( L", self._blocks[self._at])

    def heed(self, word: int) -> list[Event] | None:
        """Take the host's word: what is sent then; None when the list has ended."""
        if word == NAK:
            return [self.block]
        self._at += 1
        return [self.block] if word == ACK and self._at < len(self._blocks) else None


class GraphicStore:
    """All pictures of a printer. ESC @ loses the print buffer's and the downloaded; NV stays."""

    def __init__(self, model: Model) -> None:
        self.nv = Shelf(model.nv_bytes)
        self.download = Shelf(model.download_bytes)
        self.nv_images: tuple[Graphic, ...] = ()  # FS q
        self.reset()

    def reset(self) -> None:
        """ESC @ and power-on."""
        self.waiting: Graphic | None = None
        self.bit_image: Graphic | None = None
        self.listing: KeyList | None = None
        self.download.kept.clear()

    def command(self, command: bytes, modes: Modes, place: Place) -> list[Event]:
        """Do GS ( L or GS 8 L."""
        body = command[5:] if command[1] == 0x28 else command[7:]
        if len(body) < 2 or body[0] != 48:
            return [Trouble("graphics command without m = 48 and fn", command[:9])]
        function = body[1] + 48 if body[1] in (0, 2, 3, 4) else body[1]
        data = body[2:]
        if function == 50:
            waiting, self.waiting = self.waiting, None
            return self._draw(waiting, modes, place) if waiting else []
        if function in (112, 113):
            return self._buffer(function, data, command)
        if function in (48, 51, 52):
            return [self._size(function)]
        shelf = {4: self.nv, 5: self.download}.get(function >> 4)
        if shelf and function & 15 <= 5:
            return self._shelf(shelf, function & 15, data, modes, place)
        return [Trouble(f"graphics function {function} that does not exist", command[:9])]

    def _size(self, function: int) -> Answer:
        """Functions 48, 51, 52: the NV memory's size, what is free of it, and of the download memory."""
        sizes = {48: self.nv.capacity_bytes, 51: self.nv.left_bytes}
        count = sizes.get(function, self.download.left_bytes)
        return Answer("GS ( L", b"\x37%c%d\0" % (function, count))

    def _draw(self, graphic: Graphic, modes: Modes, place: Place) -> list[Event]:
        return list(draw(graphic, modes, place(graphic.width_dots * graphic.wide)))

    def _buffer(self, function: int, data: bytes, command: bytes) -> list[Event]:
        """Functions 112 (rows) and 113 (columns): a bx by c xL xH yL yH d... into the print buffer."""
        graphic = _picture(data[4:8], data[8:], columns=function == 113)
        if graphic is None:
            return [Trouble("graphics data does not fill its size", command[:16])]
        if not enlarges(data[1:3]):
            return [Trouble("graphics enlarged out of range", command[:16])]
        self.waiting = graphic.enlarged(data[1], data[2])
        return []

    def _shelf(
        self, shelf: Shelf, function: int, data: bytes, modes: Modes, place: Place
    ) -> list[Event]:
        """List, delete all, delete one, define by rows, define by columns, print."""
        written = 0
        if function == 0:
            self.listing = KeyList(shelf.key_blocks(0x72 if shelf is self.nv else 0x73))
            return [self.listing.block]
        if function == 1 and data == b"CLR":
            written = sum(len(graphic.rows) for graphic in shelf.kept.values())
            shelf.kept.clear()
        elif function == 2 and len(data) == 2:
            gone = shelf.kept.pop(data, None)
            written = len(gone.rows) if gone else 0
        elif function in (3, 4):
            graphic = _picture(data[4:8], data[9:], columns=function == 4)
            if graphic is None or not shelf.put(data[1:3], graphic):
                return [Trouble("graphics too big for the memory, or not of its size", data[:8])]
            written = len(graphic.rows)
        elif function == 5 and len(data) == 4 and data[:2] in shelf.kept and enlarges(data[2:]):
            return self._draw(shelf.kept[data[:2]].enlarged(data[2], data[3]), modes, place)
        else:
            return [Trouble("graphics that cannot be printed or deleted", data[:8])]
        return [NvWrite(written)] if shelf is self.nv and written else []

    def define_bit_image(self, command: bytes) -> list[Event]:
        """Do GS * x y d...: a picture of x * 8 by y * 8 dots."""
        x, y = command[2], command[3]
        if not x or not y or x * y > 1536:
            return [Trouble("GS * size out of range", command[:4])]
        self.bit_image = from_columns(command[4:], x * 8, y)
        return []

    def print_bit_image(self, command: bytes, modes: Modes, place: Place) -> list[Event]:
        """Do GS / m; without a picture nothing happens."""
        if command[2] % 48 > 3:
            return [Trouble("GS / mode that does not exist", command)]
        image = self.bit_image
        return self._draw(image.enlarged(*scale(command[2])), modes, place) if image else []

    def define_nv_images(self, command: bytes) -> list[Event]:
        """Do FS q n [xL xH yL yH d...]: all the old ones go, and the printer starts anew."""
        found, at = [], 3
        for _ in range(command[2]):
            across = int.from_bytes(command[at : at + 2], "little")
            tall = int.from_bytes(command[at + 2 : at + 4], "little")
            size = across * tall * 8
            found.append(from_columns(command[at + 4 : at + 4 + size], across * 8, tall))
            at += 4 + size
        if at > self.nv.capacity_bytes or any(not graphic.rows for graphic in found):
            return [Trouble("FS q size out of range", command[:7])]
        self.nv_images = tuple(found)
        return [NvWrite(at, restarts=True)]

    def print_nv_image(self, command: bytes, modes: Modes, place: Place) -> list[Event]:
        """Do FS p n m."""
        n, m = command[2], command[3]
        if not 1 <= n <= len(self.nv_images) or m % 48 > 3:
            return [Trouble("FS p picture that is not defined", command)]
        return self._draw(self.nv_images[n - 1].enlarged(*scale(m)), modes, place)


def _picture(size: bytes, data: bytes, *, columns: bool) -> Graphic | None:
    """Take a picture's size and dots; None where they do not agree."""
    if len(size) < 4:
        return None
    width, height = int.from_bytes(size[:2], "little"), int.from_bytes(size[2:], "little")
    expected = width * ((height + 7) // 8) if columns else (width + 7) // 8 * height
    if not expected or len(data) != expected:
        return None
    return from_columns(data, width, (height + 7) // 8) if columns else Graphic(width, height, data)
