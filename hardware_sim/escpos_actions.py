"""What each command does: a table from its first two bytes to a function.

Source: Epson ESC/POS Command Reference, [Description] and [Notes] of the command named beside each.
A command that changes nothing one can see on this paper is in the grammar but not here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hardware_sim import escpos_codes, escpos_graphics
from hardware_sim.escpos_desk import Desk
from hardware_sim.escpos_events import (
    Ask,
    AutoStatus,
    Columns,
    Cut,
    Event,
    Feed,
    ProcessId,
    Pulse,
    Style,
    Trouble,
)
from hardware_sim.escpos_line import CODE_TABLES
from hardware_sim.escpos_modes import LINE_SPACING_DOTS

Action = Callable[[Desk, bytes], list[Event]]


def _initialize(desk: Desk, _command: bytes) -> list[Event]:
    desk.reset()
    return [AutoStatus(0)]  # GS a [Notes]: in effect until ESC @


def _print_mode(desk: Desk, command: bytes) -> list[Event]:
    n = command[2]
    desk.modes.style = Style(
        font="B" if n & 1 else "A",
        wide=2 if n & 0x20 else 1,
        high=2 if n & 0x10 else 1,
        emphasis=bool(n & 0x08),
        underline_dots=1 if n & 0x80 else 0,
        reverse=desk.modes.style.reverse,
    )
    return []


def _size(desk: Desk, command: bytes) -> list[Event]:
    wide, high = (command[2] >> 4) + 1, (command[2] & 0x0F) + 1
    if max(wide, high) > 8:
        return [Trouble("GS ! size out of range", command)]
    desk.modes.style = replace(desk.modes.style, wide=wide, high=high)
    return []


def _font(desk: Desk, command: bytes) -> list[Event]:
    if command[2] not in (0, 1, 48, 49):
        return [Trouble("ESC M font that does not exist", command)]
    desk.modes.style = replace(desk.modes.style, font="AB"[command[2] & 1])
    return []


def _emphasis(desk: Desk, command: bytes) -> list[Event]:
    desk.modes.style = replace(desk.modes.style, emphasis=bool(command[2] & 1))
    return []


def _underline(desk: Desk, command: bytes) -> list[Event]:
    desk.modes.style = replace(desk.modes.style, underline_dots=command[2] % 48 % 3)
    return []


def _reverse(desk: Desk, command: bytes) -> list[Event]:
    desk.modes.style = replace(desk.modes.style, reverse=bool(command[2] & 1))
    return []


def _align(desk: Desk, command: bytes) -> list[Event]:
    if command[2] % 48 > 2 or not desk.line.is_empty:
        return [Trouble("ESC a out of range or inside a line", command)]
    desk.modes.align = command[2] % 48
    return []


def _code_table(desk: Desk, command: bytes) -> list[Event]:
    if command[2] not in CODE_TABLES:
        return [Trouble("ESC t code table that this printer lacks", command)]
    desk.modes.code_table = command[2]
    return []


def _line_spacing(desk: Desk, command: bytes) -> list[Event]:
    spacing = LINE_SPACING_DOTS if command[1] == 0x32 else desk.modes.down(command[2])
    desk.modes.line_spacing_dots = spacing
    return []


def _char_spacing(desk: Desk, command: bytes) -> list[Event]:
    desk.modes.char_spacing_dots = desk.modes.across(command[2])
    return []


def _tabs(desk: Desk, command: bytes) -> list[Event]:
    desk.modes.tabs = tuple(byte for byte in command[2:] if byte)
    return []


def _motion_units(desk: Desk, command: bytes) -> list[Event]:
    desk.modes.set_units(command[2], command[3])
    return []


def _left_margin(desk: Desk, command: bytes) -> list[Event]:
    if not desk.line.is_empty:
        return [Trouble("GS L inside a line", command)]
    margin = desk.modes.across(int.from_bytes(command[2:4], "little"))
    desk.modes.margin_dots = min(margin, desk.model.width_dots)
    return []


def _area_width(desk: Desk, command: bytes) -> list[Event]:
    if not desk.line.is_empty:
        return [Trouble("GS W inside a line", command)]
    desk.modes.area_dots = desk.modes.across(int.from_bytes(command[2:4], "little"))
    return []


def _absolute(desk: Desk, command: bytes) -> list[Event]:
    desk.line.move_to(desk.modes.across(int.from_bytes(command[2:4], "little")))
    return []


def _relative(desk: Desk, command: bytes) -> list[Event]:
    units = int.from_bytes(command[2:4], "little", signed=True)
    desk.line.move_by(desk.modes.across(units))
    return []


def _feed(desk: Desk, dots: int) -> list[Event]:
    return [Feed(dots)] if desk.line.is_empty else desk.line.end(dots)


def _feed_units(desk: Desk, command: bytes) -> list[Event]:
    return _feed(desk, desk.modes.down(command[2]))


def _feed_lines(desk: Desk, command: bytes) -> list[Event]:
    return _feed(desk, command[2] * desk.modes.line_spacing_dots)


def _line_feed(desk: Desk, _command: bytes) -> list[Event]:
    return desk.line.end()


def _tab(desk: Desk, _command: bytes) -> list[Event]:
    desk.line.tab()
    return []


def _bit_image(desk: Desk, command: bytes) -> list[Event]:
    picture = escpos_graphics.columns(command, 0)
    if not isinstance(picture, Columns):
        return [picture]
    desk.line.add_columns(picture)
    return []


def _barcode(desk: Desk, command: bytes) -> list[Event]:
    return [escpos_codes.barcode(command, desk.modes)]


def _barcode_setting(desk: Desk, command: bytes) -> list[Event]:
    letter, n = command[1:2], command[2]
    if letter == b"h" and n:
        desk.modes.barcode_height_dots = n
    elif letter == b"w" and 2 <= n <= 6:
        desk.modes.barcode_module_dots = n
    elif letter == b"H" and n % 48 <= 3:
        desk.modes.hri = n % 48
    elif letter == b"f" and n % 48 <= 1:
        desk.modes.hri_font = "AB"[n % 48]
    else:
        return [Trouble("bar code setting out of range", command)]
    return []


def _cut(desk: Desk, command: bytes) -> list[Event]:
    if not desk.line.is_empty:
        return [Trouble("cut inside a line", command)]
    if command[0] == 0x1B:
        return [Cut("partial")]
    m = command[2]
    if m not in (0, 1, 48, 49, 65, 66):
        return [Trouble("GS V function that this printer lacks", command)]
    feed = desk.blade_dots + desk.modes.down(command[3]) if m >= 65 else 0
    return [Cut("partial" if m in (1, 49, 66) else "full", feed)]


def _pulse(_desk: Desk, command: bytes) -> list[Event]:
    return [Pulse(command[2] & 1, command[3] * 2, command[4] * 2)]


def _auto_status(_desk: Desk, command: bytes) -> list[Event]:
    return [AutoStatus(command[2])]


def _ask(_desk: Desk, command: bytes) -> list[Event]:
    return [Ask(f"GS {chr(command[1])}", command[2])]


def _sized(desk: Desk, command: bytes) -> list[Event]:
    letter = command[2:3]
    if letter == b"L":
        if not desk.line.is_empty:
            return [Trouble("graphics inside a line", command[:7])]
        return escpos_graphics.graphics_command(command, desk.graphics, desk.modes)
    if letter == b"k" and command[1] == 0x28:
        made = escpos_codes.qr_command(command, desk.modes)
        return [made] if made else []
    if command[:7] == b"\x1d(H\x06\x00\x30\x30" and len(command) == 11:
        return [ProcessId(command[7:])]
    return []


ACTIONS: dict[bytes, Action] = {
    b"\x1b@": _initialize,
    b"\x1b!": _print_mode,
    b"\x1d!": _size,
    b"\x1bM": _font,
    b"\x1bE": _emphasis,
    b"\x1bG": _emphasis,  # double-strike looks the same on a thermal head
    b"\x1b-": _underline,
    b"\x1dB": _reverse,
    b"\x1ba": _align,
    b"\x1bt": _code_table,
    b"\x1b2": _line_spacing,
    b"\x1b3": _line_spacing,
    b"\x1b ": _char_spacing,
    b"\x1bD": _tabs,
    b"\x1dP": _motion_units,
    b"\x1dL": _left_margin,
    b"\x1dW": _area_width,
    b"\x1b$": _absolute,
    b"\x1b\\": _relative,
    b"\x1bJ": _feed_units,
    b"\x1bd": _feed_lines,
    b"\n": _line_feed,
    b"\t": _tab,
    b"\x1b*": _bit_image,
    b"\x1dk": _barcode,
    b"\x1dh": _barcode_setting,
    b"\x1dw": _barcode_setting,
    b"\x1dH": _barcode_setting,
    b"\x1df": _barcode_setting,
    b"\x1dV": _cut,
    b"\x1bi": _cut,
    b"\x1bm": _cut,
    b"\x1bp": _pulse,
    b"\x1da": _auto_status,
    b"\x1dr": _ask,
    b"\x1dI": _ask,
    b"\x1d(": _sized,
    b"\x1d8": _sized,
}
UNDRAWN = {  # understood, skipped, and said so: this paper cannot show what they would do
    b"\x1bL": "page mode",
    b"\x1d:": "macro",
    b"\x1b&": "user-defined characters",
    b"\x1d*": "downloaded bit image",
    b"\x1d/": "downloaded bit image",
    b"\x1cq": "NV bit image of the old form",
    b"\x1cp": "NV bit image of the old form",
    b"\x1bV": "rotated characters",
    b"\x1b{": "upside-down characters",
}
