"""One-dimensional bar codes, GS k: from command bytes to modules, or to why nothing is printed."""

from __future__ import annotations

from hardware_sim import barcode_bars, barcode_gs1, barcode_industry
from hardware_sim.barcode_bars import NotEncodableError
from hardware_sim.escpos_desk import Desk
from hardware_sim.escpos_events import Barcode, Event, Feed, Trouble

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
BY_TEXT = {
    "UPC-A": barcode_bars.upca,
    "UPC-E": barcode_industry.upce,
    "EAN-13": barcode_bars.ean13,
    "EAN-8": barcode_bars.ean8,
    "CODE39": barcode_bars.code39,
    "ITF": barcode_bars.itf,
    "CODABAR": barcode_industry.codabar,
}
LENGTHS = {"UPC-A": 11, "EAN-13": 12, "EAN-8": 7}  # without the check digit, which is added


def barcode(command: bytes, desk: Desk) -> list[Event]:
    """Do GS k.

    GS k [Notes]: a code wider than the print area, or with data that its system lacks, is not
    printed; the paper is fed as far as the code is high. Page mode feeds nothing.
    """
    kind = command[2]
    data = command[3:].rstrip(b"\0") if kind <= 6 else command[4:]
    system = SYSTEMS[kind]
    if system.startswith("DataBar") and not desk.knows("DataBar"):
        return [Trouble(f"{system}: this printer does not know it", data)]
    try:
        text, bars = _bars(system, data)
    except NotEncodableError as error:
        return _unprinted(desk, f"{system}: {error}", data)
    modes = desk.modes
    width = len(bars) * modes.barcode_module_dots
    if width > desk.room_dots:
        return _unprinted(desk, f"{system}: {width} dots are wider than the print area", data)
    module, height = modes.barcode_module_dots, modes.barcode_height_dots
    return [
        Barcode(desk.place(width), system, text, bars, module, height, modes.hri, modes.hri_font)
    ]


def _unprinted(desk: Desk, why: str, data: bytes) -> list[Event]:
    trouble: list[Event] = [Trouble(why, data)]
    return trouble if desk.page else [*trouble, Feed(desk.modes.barcode_height_dots)]


def _bars(system: str, data: bytes) -> tuple[str, str]:
    """Give the readable text and the modules."""
    text = data.decode("latin-1")
    match system:
        case "CODE128":
            return barcode_bars.words128(data), barcode_bars.code128(data)
        case "CODE128 auto":
            return text, barcode_bars.code128(barcode_gs1.auto128(text))
        case "GS1-128":
            return barcode_gs1.gs1_128(data)
        case "CODE93":
            return text, barcode_industry.code93(data)
        case _ if system.startswith("DataBar"):
            shown, rows = barcode_gs1.databar(system, data)
            return shown, rows[len(rows) // 2]
        case _:
            return _by_text(system, text)


def _by_text(system: str, text: str) -> tuple[str, str]:
    bars = BY_TEXT[system](text)
    if system == "UPC-E":
        return "0{}{}".format(*barcode_industry.upce_digits(text)), bars
    if len(text) == LENGTHS.get(system):
        text += barcode_bars.check_digit(text)
    return text, bars
