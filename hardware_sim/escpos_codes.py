"""Bar codes and QR codes: from command bytes to modules, or to why nothing is printed."""

from __future__ import annotations

import qrcode  # type: ignore[import-untyped]
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q  # type: ignore[import-untyped]
from qrcode.exceptions import DataOverflowError  # type: ignore[import-untyped]

from hardware_sim import barcode_bars
from hardware_sim.barcode_bars import NotEncodableError
from hardware_sim.escpos_events import Barcode, QrCode, Trouble
from hardware_sim.escpos_modes import Modes

SYSTEMS = {  # GS k: form A's m and form B's m
    **dict.fromkeys((0, 65), "UPC-A"),
    **dict.fromkeys((1, 66), "UPC-E"),
    **dict.fromkeys((2, 67), "EAN-13"),
    **dict.fromkeys((3, 68), "EAN-8"),
    **dict.fromkeys((4, 69), "CODE39"),
    **dict.fromkeys((5, 70), "ITF"),
    **dict.fromkeys((6, 71), "CODABAR"),
    72: "CODE93",
    73: "CODE128",
    74: "GS1-128",
    75: "DataBar Omnidirectional",
    76: "DataBar Truncated",
    77: "DataBar Limited",
    78: "DataBar Expanded",
    79: "CODE128 auto",
}
DRAWN = {
    "UPC-A": barcode_bars.upca,
    "EAN-13": barcode_bars.ean13,
    "EAN-8": barcode_bars.ean8,
    "CODE39": barcode_bars.code39,
    "ITF": barcode_bars.itf,
}
QR_LEVELS = {48: ERROR_CORRECT_L, 49: ERROR_CORRECT_M, 50: ERROR_CORRECT_Q, 51: ERROR_CORRECT_H}


def barcode(command: bytes, modes: Modes) -> Barcode | Trouble:
    """Read GS k. A code wider than the print area is not printed (GS k [Notes])."""
    kind = command[2]
    data = command[3:].rstrip(b"\0") if kind <= 6 else command[4:]
    system = SYSTEMS[kind]
    try:
        text, bars = _bars(system, data)
    except NotEncodableError as error:
        return Trouble(f"{system}: {error}", data)
    module = modes.barcode_module_dots
    width = len(bars) * module
    if width > modes.room_dots:
        return Trouble(f"{system}: {width} dots are wider than the print area", data)
    height, hri = modes.barcode_height_dots, modes.hri
    return Barcode(modes.place(width), system, text, bars, module, height, hri, modes.hri_font)


def _bars(system: str, data: bytes) -> tuple[str, str]:
    if system == "CODE128":
        return barcode_bars.words128(data), barcode_bars.code128(data)
    if system not in DRAWN:
        raise NotEncodableError("this printer does not draw it")
    text = data.decode("latin-1")
    bars = DRAWN[system](text)
    lengths = {"UPC-A": 11, "EAN-13": 12, "EAN-8": 7}
    if len(text) == lengths.get(system):
        text += barcode_bars.check_digit(text)
    return text, bars


def qr_command(command: bytes, modes: Modes) -> QrCode | Trouble | None:
    """Do GS ( k with cn = 49: functions 165, 167, 169, 180 set, function 181 prints."""
    if len(command) < 8 or command[5] != 49:
        return Trouble("two-dimensional code that this printer does not draw", command[:8])
    function, data = command[6], command[7:]
    if function == 65:
        return None if data[0] in (49, 50) else Trouble("QR model that is not drawn", command[:9])
    if function == 67 and 1 <= data[0] <= 16:
        modes.qr_module_dots = data[0]
    elif function == 69 and data[0] in QR_LEVELS:
        modes.qr_level = data[0]
    elif function == 80:
        modes.qr_data = data[1:]
    elif function == 81:
        return draw_qr(modes)
    else:
        return Trouble("QR function or parameter out of range", command[:9])
    return None


def draw_qr(modes: Modes) -> QrCode | Trouble:
    """Draw the stored data; the quiet zone is the host's to leave (GS ( k <Function 181>)."""
    if not modes.qr_data:
        return Trouble("QR: no data is stored", b"")
    maker = qrcode.QRCode(error_correction=QR_LEVELS[modes.qr_level], border=0)
    try:
        maker.add_data(modes.qr_data)
        maker.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        return Trouble(f"QR: {error}", modes.qr_data[:16])
    rows = tuple("".join("1" if cell else "0" for cell in row) for row in maker.modules)
    width = len(rows) * modes.qr_module_dots
    if width > modes.room_dots:
        return Trouble(f"QR: {width} dots are wider than the print area", modes.qr_data[:16])
    return QrCode(modes.place(width), modes.qr_data, modes.qr_module_dots, rows)
