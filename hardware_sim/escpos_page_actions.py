"""Where things stand, and page mode: ESC 2, 3, SP, D, $, backslash, GS P, L, W, ESC L, S, T, W, FF, CAN, GS $, GS backslash.

Source: Epson ESC/POS Command Reference, [Description] and [Notes] of the command named beside each.
"""

from __future__ import annotations

from hardware_sim.escpos_desk import Desk
from hardware_sim.escpos_events import Event, Trouble
from hardware_sim.escpos_modes import LINE_SPACING_DOTS
from hardware_sim.escpos_page import area_of


def line_spacing(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC 2 and ESC 3 n."""
    spacing = LINE_SPACING_DOTS if command[1] == 0x32 else desk.modes.down(command[2])
    desk.modes.line_spacing_dots = spacing
    return []


def char_spacing(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC SP n."""
    desk.modes.char_spacing_dots = desk.modes.across(command[2])
    return []


def tabs(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC D n1...nk NUL."""
    desk.modes.tabs = tuple(byte for byte in command[2:] if byte)
    return []


def motion_units(desk: Desk, command: bytes) -> list[Event]:
    """Do GS P x y."""
    desk.modes.set_units(command[2], command[3])
    return []


def left_margin(desk: Desk, command: bytes) -> list[Event]:
    """Do GS L n, at the beginning of a line; in page mode it waits for standard mode."""
    if not desk.at_line_start:
        return [Trouble("GS L inside a line", command)]
    units = int.from_bytes(command[2:4], "little")
    margin = units * desk.model.dpi // desk.modes.unit_x
    desk.modes.margin_dots = min(margin, desk.model.width_dots)
    return []


def area_width(desk: Desk, command: bytes) -> list[Event]:
    """Do GS W n, at the beginning of a line; in page mode it waits for standard mode."""
    if not desk.at_line_start:
        return [Trouble("GS W inside a line", command)]
    units = int.from_bytes(command[2:4], "little")
    desk.modes.area_dots = units * desk.model.dpi // desk.modes.unit_x
    return []


def absolute(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC $ n."""
    desk.line.move_to(desk.modes.across(int.from_bytes(command[2:4], "little")))
    return []


def relative(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC backslash n; n is signed."""
    units = int.from_bytes(command[2:4], "little", signed=True)
    desk.line.move_by(desk.modes.across(units))
    return []


def tab(desk: Desk, _command: bytes) -> list[Event]:
    """Do HT."""
    desk.line.tab()
    return []


def open_page(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC L, at the beginning of a line."""
    if desk.page or not desk.line.is_empty:
        return [Trouble("ESC L in page mode, or inside a line", command)]
    desk.open_page()
    return []


def close_page(desk: Desk, _command: bytes) -> list[Event]:
    """Do ESC S: leave page mode, nothing is printed; in standard mode it is ignored."""
    if desk.page:
        desk.close_page()
    return []


def print_page(desk: Desk, command: bytes) -> list[Event]:
    """Do FF: print the page and leave page mode; and ESC FF: print it and keep it."""
    if not desk.page:
        return []
    sheet = desk.page.sheet()
    if command == b"\x0c":
        desk.close_page()
    return [sheet]


def wipe(desk: Desk, _command: bytes) -> list[Event]:
    """Do CAN: clear the print area in hand; in standard mode it is ignored."""
    if desk.page:
        desk.page.wipe()
        desk.line.clear()
    return []


def page_area(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC W; in standard mode it waits for page mode."""
    area = area_of(command, desk.modes)
    if area is None:
        return [Trouble("ESC W area out of range", command)]
    desk.modes.page_area = area
    if desk.page:
        desk.page.enter(area, desk.modes.page_direction)
        desk.line.clear()
    return []


def page_direction(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC T n; in standard mode it waits for page mode."""
    if command[2] % 48 > 3:
        return [Trouble("ESC T direction that does not exist", command)]
    desk.modes.page_direction = command[2] % 48
    if desk.page:
        desk.page.enter(desk.page.area, desk.modes.page_direction)
        desk.line.clear()
    return []


def page_absolute(desk: Desk, command: bytes) -> list[Event]:
    """Do GS $ n, in page mode only."""
    if desk.page:
        desk.page.move_to(desk.modes.down(int.from_bytes(command[2:4], "little")))
    return []


def page_relative(desk: Desk, command: bytes) -> list[Event]:
    """Do GS backslash n, in page mode only; n is signed."""
    if desk.page:
        units = int.from_bytes(command[2:4], "little", signed=True)
        desk.page.move_by(desk.modes.down(units))
    return []
