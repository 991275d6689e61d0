"""What letters look like: ESC !, GS !, ESC M, E, G, -, V, {, GS B, ESC t, ESC R, ESC &, %, ?, FS & and FS .

Source: Epson ESC/POS Command Reference, [Description] and [Notes] of the command named beside each.
"""

from __future__ import annotations

from dataclasses import replace

from hardware_sim.escpos_characters import NATIONAL
from hardware_sim.escpos_desk import Desk
from hardware_sim.escpos_events import CELLS, Event, Style, Trouble

FIRST_USER, LAST_USER = 32, 126  # ESC &: the codes that can be defined


def print_mode(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC ! n: font, emphasis, double height and width, underline in one byte."""
    n = command[2]
    desk.modes.style = Style(
        font="B" if n & 1 else "A",
        wide=2 if n & 0x20 else 1,
        high=2 if n & 0x10 else 1,
        emphasis=bool(n & 0x08),
        underline_dots=1 if n & 0x80 else 0,
        reverse=desk.modes.style.reverse,
        turned=desk.modes.style.turned,
    )
    return []


def size(desk: Desk, command: bytes) -> list[Event]:
    """Do GS ! n: 1 to 8 times as wide and as high."""
    wide, high = (command[2] >> 4) + 1, (command[2] & 0x0F) + 1
    if max(wide, high) > 8:
        return [Trouble("GS ! size out of range", command)]
    desk.modes.style = replace(desk.modes.style, wide=wide, high=high)
    return []


def font(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC M n."""
    if command[2] not in (0, 1, 48, 49):
        return [Trouble("ESC M font that does not exist", command)]
    desk.modes.style = replace(desk.modes.style, font="AB"[command[2] & 1])
    return []


def emphasis(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC E n; ESC G n, double-strike, looks the same on a thermal head."""
    desk.modes.style = replace(desk.modes.style, emphasis=bool(command[2] & 1))
    return []


def underline(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC - n: 0, 1 or 2 dots."""
    desk.modes.style = replace(desk.modes.style, underline_dots=command[2] % 48 % 3)
    return []


def reverse(desk: Desk, command: bytes) -> list[Event]:
    """Do GS B n: white on black."""
    desk.modes.style = replace(desk.modes.style, reverse=bool(command[2] & 1))
    return []


def align(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC a n, at the beginning of a line."""
    if command[2] % 48 > 2 or not desk.at_line_start:
        return [Trouble("ESC a out of range or inside a line", command)]
    desk.modes.align = command[2] % 48
    return []


def code_table(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC t n."""
    if command[2] not in desk.model.code_tables:
        return [Trouble("ESC t code table that this printer lacks", command)]
    desk.modes.code_table = command[2]
    return []


def country(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC R n: the twelve characters that differ from country to country."""
    if command[2] >= len(NATIONAL):
        return [Trouble("ESC R country that this printer lacks", command)]
    desk.modes.country = command[2]
    return []


def turned(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC V n: characters turned by 90 degrees clockwise, in standard mode."""
    desk.modes.style = replace(desk.modes.style, turned=command[2] % 48 in (1, 2))
    return []


def upside_down(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC { n, at the beginning of a line: lines turned by 180 degrees, in standard mode."""
    if not desk.at_line_start:
        return [Trouble("ESC { inside a line", command)]
    desk.modes.upside_down = bool(command[2] & 1)
    return []


def define_characters(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC & y c1 c2 [x d...]: y bytes a column, x columns a character.

    The downloaded bit image shares their memory and is lost (ESC & [Details]).
    """
    tall, first, last = command[2:5]
    widest = CELLS[desk.modes.style.font][0]
    if tall != 3 or not FIRST_USER <= first <= last <= LAST_USER:
        return [Trouble("ESC & out of range", command[:5])]
    at, found = 5, {}
    for code in range(first, last + 1):
        wide = command[at]
        data = command[at + 1 : at + 1 + wide * tall]
        columns = tuple(data[i : i + tall] for i in range(0, len(data), tall))
        found[(desk.modes.style.font, code)] = columns[:widest]
        at += 1 + wide * tall
    desk.modes.user_characters |= {key: columns for key, columns in found.items() if columns}
    desk.graphics.bit_image = None
    return []


def user_set(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC % n: use the defined characters, or the printer's own."""
    desk.modes.user_set = bool(command[2] & 1)
    return []


def cancel_character(desk: Desk, command: bytes) -> list[Event]:
    """Do ESC ? n: one character is the printer's own again."""
    desk.modes.user_characters.pop((desk.modes.style.font, command[2]), None)
    return []


def multibyte(desk: Desk, command: bytes) -> list[Event]:
    """Do FS & and FS . : two-byte characters on and off, where the model has any."""
    desk.modes.multibyte = bool(desk.model.multibyte) and command[1:2] == b"&"
    return []
