"""What each command does: a table from its first two bytes to a function.

Source: Epson ESC/POS Command Reference, [Description] and [Notes] of the command named beside each.
A command that changes nothing one can see on this paper is in the grammar but not here.
"""

from __future__ import annotations

from collections.abc import Callable

from hardware_sim import (
    escpos_codes,
    escpos_graphics,
    escpos_page_actions as places,
    escpos_style_actions as styles,
    escpos_symbols,
)
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
    Trouble,
)

Action = Callable[[Desk, bytes], list[Event]]


def _initialize(desk: Desk, _command: bytes) -> list[Event]:
    desk.reset()
    return [AutoStatus(0)]  # GS a [Notes]: in effect until ESC @


def _feed(desk: Desk, dots: int) -> list[Event]:
    return [Feed(dots)] if desk.line.is_empty else desk.line.end(dots)


def _feed_units(desk: Desk, command: bytes) -> list[Event]:
    return _feed(desk, desk.modes.down(command[2]))


def _feed_lines(desk: Desk, command: bytes) -> list[Event]:
    return _feed(desk, command[2] * desk.modes.line_spacing_dots)


def _line_feed(desk: Desk, _command: bytes) -> list[Event]:
    return desk.line.end()


def _bit_image(desk: Desk, command: bytes) -> list[Event]:
    picture = escpos_graphics.columns(command, 0)
    if not isinstance(picture, Columns):
        return [picture]
    desk.line.add_columns(picture)
    return []


def _barcode(desk: Desk, command: bytes) -> list[Event]:
    if len(command) == 3:
        return [Trouble("GS k system that does not exist", command)]
    return escpos_codes.barcode(command, desk)


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
    if desk.page or not desk.line.is_empty:
        return [Trouble("cut inside a line, or in page mode", command)]
    if command[0] == 0x1B:
        return _with_a_blade(desk, Cut("partial"), command)
    m = command[2]
    if m not in (0, 1, 48, 49, 65, 66):
        return [Trouble("GS V function that this printer lacks", command)]
    feed = desk.blade_dots + desk.modes.down(command[3]) if m >= 65 else 0
    return _with_a_blade(desk, Cut("partial" if m in (1, 49, 66) else "full", feed), command)


def _with_a_blade(desk: Desk, cut: Cut, command: bytes) -> list[Event]:
    """Let a printer without a cutter feed, and no more."""
    if desk.model.has_cutter:
        return [cut]
    fed: list[Event] = [Feed(cut.feed_dots)] if cut.feed_dots else []
    return [*fed, Trouble("cut by a printer without a cutter", command)]


def _pulse(_desk: Desk, command: bytes) -> list[Event]:
    return [Pulse(command[2] & 1, command[3] * 2, command[4] * 2)]


def _auto_status(_desk: Desk, command: bytes) -> list[Event]:
    return [AutoStatus(command[2])]


def _ask(_desk: Desk, command: bytes) -> list[Event]:
    return [Ask(f"GS {chr(command[1])}", command[2])]


def _ask_paper(_desk: Desk, _command: bytes) -> list[Event]:
    return [Ask("ESC v", 1)]


def _sized(desk: Desk, command: bytes) -> list[Event]:
    """Do GS ( and GS 8: what the letter behind says."""
    family = f"GS ( {chr(command[2])}"
    if not desk.knows(family):
        return [Trouble(f"{family}: this printer does not know it", command[:9])]
    if family == "GS ( L":
        if not desk.at_line_start:
            return [Trouble("graphics inside a line", command[:7])]
        return desk.graphics.command(command, desk.modes, desk.place)
    if family == "GS ( k" and command[1] == 0x28:
        return escpos_symbols.symbol_command(command, desk)
    if family == "GS ( H":
        return _process_id(command)
    return []


def _process_id(command: bytes) -> list[Event]:
    """Do GS ( H <Function 48>: the four bytes are 32 to 126."""
    id_bytes = command[7:]
    wrong = command[3:7] != b"\x06\x0000" or any(not 32 <= byte <= 126 for byte in id_bytes)
    return [Trouble("GS ( H out of range", command)] if wrong else [ProcessId(id_bytes)]


def _define_bit_image(desk: Desk, command: bytes) -> list[Event]:
    desk.modes.user_characters.clear()  # they share one memory (GS * [Details])
    return desk.graphics.define_bit_image(command)


def _print_bit_image(desk: Desk, command: bytes) -> list[Event]:
    if not desk.at_line_start:
        return [Trouble("GS / inside a line", command)]
    return desk.graphics.print_bit_image(command, desk.modes, desk.place)


def _define_nv_images(desk: Desk, command: bytes) -> list[Event]:
    if desk.page or not desk.line.is_empty:
        return [Trouble("FS q inside a line, or in page mode", command[:7])]
    events = desk.graphics.define_nv_images(command)
    if isinstance(events[0], Trouble):
        return events
    desk.power_cycle()  # FS q [Notes]: afterwards the printer resets itself
    return [*events, AutoStatus(0)]


def _print_nv_image(desk: Desk, command: bytes) -> list[Event]:
    if desk.page or not desk.line.is_empty:
        return [Trouble("FS p inside a line, or in page mode", command)]
    return desk.graphics.print_nv_image(command, desk.modes, desk.place)


ACTIONS: dict[bytes, Action] = {
    b"\x1b@": _initialize,
    b"\x1b!": styles.print_mode,
    b"\x1d!": styles.size,
    b"\x1bM": styles.font,
    b"\x1bE": styles.emphasis,
    b"\x1bG": styles.emphasis,
    b"\x1b-": styles.underline,
    b"\x1dB": styles.reverse,
    b"\x1bV": styles.turned,
    b"\x1b{": styles.upside_down,
    b"\x1ba": styles.align,
    b"\x1bt": styles.code_table,
    b"\x1bR": styles.country,
    b"\x1b&": styles.define_characters,
    b"\x1b%": styles.user_set,
    b"\x1b?": styles.cancel_character,
    b"\x1c&": styles.multibyte,
    b"\x1c.": styles.multibyte,
    b"\x1b2": places.line_spacing,
    b"\x1b3": places.line_spacing,
    b"\x1b ": places.char_spacing,
    b"\x1bD": places.tabs,
    b"\x1dP": places.motion_units,
    b"\x1dL": places.left_margin,
    b"\x1dW": places.area_width,
    b"\x1b$": places.absolute,
    b"\x1b\\": places.relative,
    b"\t": places.tab,
    b"\x1bL": places.open_page,
    b"\x1bS": places.close_page,
    b"\x0c": places.print_page,
    b"\x1b\x0c": places.print_page,
    b"\x18": places.wipe,
    b"\x1bW": places.page_area,
    b"\x1bT": places.page_direction,
    b"\x1d$": places.page_absolute,
    b"\x1d\\": places.page_relative,
    b"\x1bJ": _feed_units,
    b"\x1bd": _feed_lines,
    b"\n": _line_feed,
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
    b"\x1bv": _ask_paper,
    b"\x1d(": _sized,
    b"\x1d8": _sized,
    b"\x1d*": _define_bit_image,
    b"\x1d/": _print_bit_image,
    b"\x1cq": _define_nv_images,
    b"\x1cp": _print_nv_image,
}
UNDRAWN = {  # understood, skipped, and said so: this paper cannot show what they would do
    b"\x1c!": "styles of two-byte characters",
    b"\x1c-": "styles of two-byte characters",
    b"\x1cW": "styles of two-byte characters",
    b"\x1cS": "spacing of two-byte characters",
    b"\x1c2": "user-defined two-byte characters",
    b"\x1c?": "user-defined two-byte characters",
}
