"""Pictures: GS v 0 rows, ESC * columns, and the stored graphics of GS ( L and GS 8 L."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hardware_sim.escpos_events import Ask, Columns, Event, RasterBegin, RasterRow, Trouble
from hardware_sim.escpos_modes import Modes

NV_CAPACITY_BYTES = 256 * 1024  # TM-T88III specification: the NV graphics area


@dataclass(frozen=True, slots=True)
class Graphic:
    """A stored picture: packed rows, and how it is to be enlarged."""

    width_dots: int
    height_dots: int
    rows: bytes
    wide: int = 1
    high: int = 1


@dataclass
class GraphicStore:
    """The print buffer's picture (lost at ESC @), and the NV pictures by key (kept for ever)."""

    waiting: Graphic | None = None
    nv: dict[bytes, Graphic] = field(default_factory=dict)

    @property
    def nv_used_bytes(self) -> int:
        """Count the bytes of the NV pictures."""
        return sum(len(graphic.rows) for graphic in self.nv.values())


def scale(m: int) -> tuple[int, int]:
    """Read GS v 0's m: bit 0 doubles the width, bit 1 the height."""
    return 1 + (m & 1), 1 + (m >> 1 & 1)


def enlarges(factors: bytes) -> bool:
    """Tell whether a picture may be enlarged so: the reference has 1 and 2, models more."""
    return all(1 <= factor <= 8 for factor in factors)


def fitting(x_dots: int, width_dots: int, modes: Modes, wide: int) -> int:
    """Give how many of a row's dots fit between where it starts and the print area's end."""
    right = modes.margin_dots + modes.room_dots
    return max(0, min(width_dots, (right - x_dots) // wide))


def draw(graphic: Graphic, modes: Modes) -> Iterator[Event]:
    """Print a stored picture from the top."""
    across = (graphic.width_dots + 7) // 8
    x = modes.place(graphic.width_dots * graphic.wide)
    width = fitting(x, graphic.width_dots, modes, graphic.wide)
    yield RasterBegin(graphic.width_dots * graphic.wide, graphic.height_dots * graphic.high)
    for top in range(0, len(graphic.rows), across):
        row = graphic.rows[top : top + across]
        yield RasterRow(x, width, row, graphic.wide, graphic.high)


def graphics_command(command: bytes, store: GraphicStore, modes: Modes) -> list[Event]:
    """Do GS ( L or GS 8 L; the functions are named by fn as the reference does."""
    body = command[5:] if command[1] == 0x28 else command[7:]
    if len(body) < 2 or body[0] != 48:
        return [Trouble("graphics command without m = 48 and fn", command[:9])]
    function, data = body[1], body[2:]
    if function in (2, 50):
        waiting, store.waiting = store.waiting, None
        return list(draw(waiting, modes)) if waiting else []
    if function == 64:
        return [Ask("GS ( L 64", 0)]
    if function in (112, 67):
        return _store(function, data, store, command)
    return _nv(function, data, store, modes)


def _store(function: int, data: bytes, store: GraphicStore, command: bytes) -> list[Event]:
    """Functions 112 (a bx by c xL xH yL yH d...) and 67 (a kc1 kc2 b xL xH yL yH c d...)."""
    if len(data) < 9:
        return [Trouble("graphics data is cut short", command[:16])]
    at = 4
    width = int.from_bytes(data[at : at + 2], "little")
    height = int.from_bytes(data[at + 2 : at + 4], "little")
    rows = data[8:] if function == 112 else data[9:]
    if len(rows) != (width + 7) // 8 * height or not rows:
        return [Trouble("graphics data does not fill its size", command[:16])]
    if function == 112 and not enlarges(data[1:3]):
        return [Trouble("graphics enlarged out of range", command[:16])]
    if function == 112:
        store.waiting = Graphic(width, height, rows, data[1], data[2])
    elif store.nv_used_bytes + len(rows) > NV_CAPACITY_BYTES:
        return [Trouble("NV memory is full", command[:16])]
    else:
        store.nv[data[1:3]] = Graphic(width, height, rows)
    return []


def _nv(function: int, data: bytes, store: GraphicStore, modes: Modes) -> list[Event]:
    """Functions 65 (delete all), 66 (delete one), 69 (print one)."""
    if function == 65 and data == b"CLR":
        store.nv.clear()
    elif function == 66 and len(data) == 2:
        store.nv.pop(data, None)
    elif function == 69 and len(data) == 4 and data[:2] in store.nv and enlarges(data[2:]):
        kept = store.nv[data[:2]]
        graphic = Graphic(kept.width_dots, kept.height_dots, kept.rows, data[2], data[3])
        return list(draw(graphic, modes))
    else:
        return [Trouble(f"graphics function {function} cannot be done", data[:8])]
    return []


def columns(command: bytes, x_dots: int) -> Columns | Trouble:
    """Read ESC * m: 8-dot modes are a third of the vertical density, m 0 and 32 half the horizontal."""
    mode, data = command[2], command[5:]
    if mode not in (0, 1, 32, 33):
        return Trouble("ESC * mode that does not exist", command[:5])
    tall = 3 if mode >= 32 else 1
    cells = tuple(data[i : i + tall] for i in range(0, len(data), tall))
    return Columns(x_dots, cells, 2 if mode in (0, 32) else 1, 1 if mode >= 32 else 3)
