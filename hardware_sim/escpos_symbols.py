"""Two-dimensional codes, GS ( k: PDF417 (cn 48), QR (49), stacked GS1 DataBar (51).

Epson ESC/POS Command Reference, GS ( k <Function 065> to <Function 382>. A symbol that is wider than the
print area, or has no data, is not printed, and nothing is said of it to the host. The quiet zone is
the host's to leave.
"""

from __future__ import annotations

import qrcode  # type: ignore[import-untyped]
from qrcode.constants import (  # type: ignore[import-untyped]
    ERROR_CORRECT_H,
    ERROR_CORRECT_L,
    ERROR_CORRECT_M,
    ERROR_CORRECT_Q,
)
from qrcode.exceptions import DataOverflowError  # type: ignore[import-untyped]

from hardware_sim.barcode_bars import NotEncodableError
from hardware_sim.barcode_gs1 import databar, drawn_by_zxing
from hardware_sim.escpos_desk import Desk
from hardware_sim.escpos_events import Event, Symbol, Trouble
from hardware_sim.escpos_modes import SymbolModes

PDF417, QR, DATABAR = 48, 49, 51
QR_LEVELS = {48: ERROR_CORRECT_L, 49: ERROR_CORRECT_M, 50: ERROR_CORRECT_Q, 51: ERROR_CORRECT_H}
STACKED = {
    72: "DataBar Stacked",
    73: "DataBar Stacked Omnidirectional",
    76: "DataBar Expanded Stacked",
}
PDF417_MODULES_BESIDE = 69  # start, two indicators, stop: 17 + 17 + 17 + 18 modules


def symbol_command(command: bytes, desk: Desk) -> list[Event]:
    """Do GS ( k: set, store or print."""
    if len(command) < 8 or command[5] not in (PDF417, QR, DATABAR):
        return [Trouble("two-dimensional code that this printer does not draw", command[:8])]
    kind, function, data = command[5], command[6], command[7:]
    modes = desk.modes.symbols[kind]
    if function == 80 and (data[0] == 48 or (kind == DATABAR and data[0] in STACKED)):
        modes.data = data if kind == DATABAR else data[1:]
        return []
    if function == 81:
        return [_drawn(kind, modes, desk)]
    if not _set(kind, function, data, modes):
        return [Trouble("two-dimensional code: function or parameter out of range", command[:9])]
    return []


def _set(kind: int, function: int, data: bytes, modes: SymbolModes) -> bool:
    """Keep a parameter; tell whether it is in range."""
    n = data[0]
    ranges = {
        (QR, 67): ("module_dots", range(1, 17)),
        (QR, 69): ("level", range(48, 52)),
        (PDF417, 65): ("columns", range(31)),
        (PDF417, 66): ("rows", (0, *range(3, 91))),
        (PDF417, 67): ("module_dots", range(2, 9)),
        (PDF417, 68): ("row_modules", range(2, 9)),
        (DATABAR, 67): ("module_dots", range(2, 9)),
    }
    if (kind, function) == (QR, 65):
        return n in (49, 50)
    if (kind, function) == (PDF417, 69) and len(data) == 2:
        modes.level = data[1] - 48 if n == 48 else -1
        return n in (48, 49)
    if (kind, function) in ((PDF417, 70), (DATABAR, 71)):
        return True  # truncated PDF417 and a stacked code's greatest width are not drawn
    name, allowed = ranges.get((kind, function), ("", ()))
    if n in allowed:
        setattr(modes, name, n)
    return n in allowed


def _drawn(kind: int, modes: SymbolModes, desk: Desk) -> Event:
    name = {PDF417: "PDF417", QR: "QR", DATABAR: "DataBar"}[kind]
    if not modes.data:
        return Trouble(f"{name}: no data is stored", b"")
    try:
        if kind == QR:
            rows, text, row_dots = _qr(modes), _readable(modes.data), modes.module_dots
        elif kind == PDF417:
            rows, text = _pdf417(modes, desk.room_dots), _readable(modes.data)
            row_dots = modes.module_dots * modes.row_modules
        else:
            name = STACKED[modes.data[0]]
            text, rows = databar(name, modes.data[1:])
            row_dots = modes.module_dots
    except NotEncodableError as error:
        return Trouble(f"{name}: {error}", modes.data[:16])
    width = len(rows[0]) * modes.module_dots
    if width > desk.room_dots:
        return Trouble(f"{name}: {width} dots are wider than the print area", modes.data[:16])
    return Symbol(desk.place(width), name, text, rows, modes.module_dots, row_dots)


def _readable(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def _qr(modes: SymbolModes) -> tuple[str, ...]:
    maker = qrcode.QRCode(error_correction=QR_LEVELS[modes.level], border=0)
    try:
        maker.add_data(modes.data)
        maker.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        raise NotEncodableError(str(error)) from error
    return tuple("".join("1" if cell else "0" for cell in row) for row in maker.modules)


def _pdf417(modes: SymbolModes, room_dots: int) -> tuple[str, ...]:
    """Draw one row of modules a row; <Function 065> 0 takes as many columns as the print area holds."""
    columns = modes.columns
    if not columns:
        columns = max(1, min(30, (room_dots // modes.module_dots - PDF417_MODULES_BESIDE) // 17))
    level = {"eclevel": modes.level} if 0 <= modes.level <= 8 else {}
    rows = drawn_by_zxing(modes.data, "PDF417", columns=columns, **level)
    once = tuple(row for above, row in zip(("", *rows), rows, strict=False) if row != above)
    if modes.columns and len(rows[0]) != PDF417_MODULES_BESIDE + 17 * modes.columns:
        raise NotEncodableError("the data does not fit so few columns")
    if modes.rows and len(once) > modes.rows:
        raise NotEncodableError("the data does not fit so few rows")
    return once
