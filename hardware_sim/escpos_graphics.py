"""Pictures: GS v 0 rows, ESC * columns, and how a stored picture is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hardware_sim.escpos_events import Columns, Event, RasterBegin, RasterRow, Trouble
from hardware_sim.escpos_modes import Modes


@dataclass(frozen=True, slots=True)
class Graphic:
    """A stored picture: packed rows, and how it is to be enlarged."""

    width_dots: int
    height_dots: int
    rows: bytes
    wide: int = 1
    high: int = 1

    def enlarged(self, wide: int, high: int) -> Graphic:
        """Give it at another size."""
        return replace(self, wide=wide, high=high)


def from_columns(data: bytes, width_dots: int, height_bytes: int) -> Graphic:
    """Turn columns, top bit first, into rows: GS *, FS q, and the column forms of GS ( L."""
    across = (width_dots + 7) // 8
    rows = bytearray(across * height_bytes * 8)
    for index, byte in enumerate(data[: width_dots * height_bytes]):
        x, top = index // height_bytes, index % height_bytes * 8
        for bit in range(8):
            if byte & 0x80 >> bit:
                rows[(top + bit) * across + x // 8] |= 0x80 >> x % 8
    return Graphic(width_dots, height_bytes * 8, bytes(rows))


def scale(m: int) -> tuple[int, int]:
    """Read the m of GS v 0, GS / and FS p: bit 0 doubles the width, bit 1 the height."""
    return 1 + (m & 1), 1 + (m >> 1 & 1)


def enlarges(factors: bytes) -> bool:
    """Tell whether a picture may be enlarged so: the reference has 1 and 2, models more."""
    return all(1 <= factor <= 8 for factor in factors)


def fitting(x_dots: int, width_dots: int, right_dots: int, wide: int) -> int:
    """Give how many of a row's dots fit between where it starts and the print area's end."""
    return max(0, min(width_dots, (right_dots - x_dots) // wide))


def right_of(modes: Modes) -> int:
    """Give where the print area ends."""
    return modes.room_dots if modes.page is not None else modes.margin_dots + modes.room_dots


def draw(graphic: Graphic, modes: Modes, x_dots: int) -> Iterator[Event]:
    """Print a stored picture from the top."""
    across = (graphic.width_dots + 7) // 8
    width = fitting(x_dots, graphic.width_dots, right_of(modes), graphic.wide)
    yield RasterBegin(graphic.width_dots * graphic.wide, graphic.height_dots * graphic.high)
    for top in range(0, len(graphic.rows), across):
        row = graphic.rows[top : top + across]
        yield RasterRow(x_dots, width, row, graphic.wide, graphic.high)


def columns(command: bytes, x_dots: int) -> Columns | Trouble:
    """Read ESC * m: 8-dot modes are a third of the vertical density, m 0 and 32 half the horizontal."""
    mode, data = command[2], command[5:]
    if mode not in (0, 1, 32, 33):
        return Trouble("ESC * mode that does not exist", command[:5])
    tall = 3 if mode >= 32 else 1
    cells = tuple(data[i : i + tall] for i in range(0, len(data), tall))
    return Columns(x_dots, cells, 2 if mode in (0, 32) else 1, 1 if mode >= 32 else 3)
