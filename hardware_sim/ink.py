"""What an event leaves on paper: strips of ink, 255 for a dot, and the words that a person reads there.

A strip is what the head prints without stopping; a code or a page is many strips.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from PIL import Image, ImageChops

from hardware_sim import glyphs
from hardware_sim.escpos_events import (
    CELLS,
    Barcode,
    Columns,
    Event,
    Feed,
    Placed,
    RasterBegin,
    RasterRow,
    Run,
    Sheet,
    Style,
    Symbol,
    TextLine,
)

STRIP_DOTS = 24  # the height of a line of letters

Ink = tuple[int, Image.Image | None, str | None]  # height, dots, words


def strips(event: Event, width: int) -> Iterator[Ink]:
    """Give what an event prints, from the top; ink is at most as high as its strip."""
    match event:
        case TextLine():
            ink = _line_ink(event, width)
            yield event.feed_dots, ink, line_words(event.pieces)
        case Feed():
            yield from _cut_up(event.dots, None, None)
        case RasterBegin():
            yield 0, None, f"[picture {event.width_dots} x {event.height_dots}]"
        case RasterRow():
            yield event.high, row_ink(event, width), None
        case Barcode() | Symbol():
            ink = Image.new("L", (width, event.cell[1]), 0)
            drawn = code_ink(event)
            ink.paste(drawn, (event.x_dots - beside(event, drawn), 0))
            yield from _cut_up(event.cell[1], ink, _code_words(event))
        case Sheet():
            words = sheet_words(event) or None
            yield from _cut_up(event.height_dots, _sheet_ink(event, width), words)
        case _:
            pass


def _cut_up(height: int, ink: Image.Image | None, words: str | None) -> Iterator[Ink]:
    if not height:
        yield 0, None, words
    for top in range(0, height, STRIP_DOTS):
        tall = min(STRIP_DOTS, height - top)
        yield tall, ink.crop((0, top, ink.width, top + tall)) if ink else None, words
        words = None


def _line_ink(line: TextLine, width: int) -> Image.Image | None:
    drawn = [(piece.x_dots, piece_ink(piece)) for piece in line.pieces]
    if not drawn:
        return None
    height = max(ink.height for _, ink in drawn)
    sheet = Image.new("L", (width, height), 0)
    for x, ink in drawn:
        sheet.paste(ink, (x, height - ink.height))  # letters of all sizes stand on one line
    return sheet.transpose(Image.Transpose.ROTATE_180) if line.upside_down else sheet


def piece_ink(piece: Run | Columns) -> Image.Image:
    """Draw a run of letters, or columns of dots."""
    if isinstance(piece, Run):
        return glyphs.draw_run(piece)
    deep = max((len(column) for column in piece.columns), default=1)
    whole = b"".join(column.ljust(deep, b"\0") for column in piece.columns)
    turned = Image.frombytes("1", (deep * 8, len(piece.columns)), whole)
    upright = turned.transpose(Image.Transpose.TRANSPOSE).convert("L")
    return _enlarged(upright, piece.wide, piece.high)


def _enlarged(ink: Image.Image, wide: int, high: int) -> Image.Image:
    return ink.resize((ink.width * wide, ink.height * high), Image.Resampling.NEAREST)


def row_ink(row: RasterRow, width: int) -> Image.Image | None:
    """Draw one row of a picture; None for a white one."""
    if not any(row.data) or not row.width_dots:
        return None
    dots = Image.frombytes("1", (len(row.data) * 8, 1), row.data).convert("L")
    sheet = Image.new("L", (width, row.high), 0)
    shown = dots.crop((0, 0, row.width_dots, 1))
    sheet.paste(_enlarged(shown, row.wide, row.high), (row.x_dots, 0))
    return sheet


def _modules(rows: tuple[str, ...], module_dots: int, height_dots: int) -> Image.Image:
    data = bytes(255 if module == "1" else 0 for row in rows for module in row)
    small = Image.frombytes("L", (len(rows[0]), len(rows)), data)
    size = (len(rows[0]) * module_dots, height_dots)
    return small.resize(size, Image.Resampling.NEAREST)


def beside(code: Barcode | Symbol, drawn: Image.Image) -> int:
    """Say how far the readable text reaches beyond the bars, on either side."""
    return (drawn.width - code.cell[0]) // 2


def code_ink(code: Barcode | Symbol) -> Image.Image:
    """Draw a code; as wide as its bars or its readable text."""
    if isinstance(code, Symbol):
        return _modules(code.rows, code.module_dots, code.cell[1])
    dots = _modules((code.bars,), code.module_dots, code.height_dots)
    cell = CELLS[code.hri_font]
    letters = glyphs.draw_run(Run(0, code.text, Style(font=code.hri_font), cell[0]))
    above, below = bool(code.hri & 1), bool(code.hri & 2)
    spare = max(0, letters.width - dots.width + 1) // 2 if code.hri else 0
    sheet = Image.new("L", (dots.width + 2 * spare, code.cell[1]), 0)
    sheet.paste(dots, (spare, above * cell[1]))
    x = (sheet.width - letters.width) // 2
    for shown, y in ((above, 0), (below, sheet.height - cell[1])):
        if shown:
            sheet.paste(letters, (x, y))
    return sheet


def _sheet_ink(sheet: Sheet, width: int) -> Image.Image:
    """Draw a page: each area as it is read, turned, and laid over what is there."""
    page = Image.new("L", (width, max(1, sheet.height_dots)), 0)
    for area, placed in groupby(sheet.placed, key=lambda one: one.area):
        ink = Image.new("L", area.as_read, 0)
        turn = {
            1: Image.Transpose.ROTATE_90,
            2: Image.Transpose.ROTATE_180,
            3: Image.Transpose.ROTATE_270,
        }
        corner = (area.x_dots, area.y_dots)
        for one in placed:
            if one.piece is None:
                ink.paste(0, (0, 0, *ink.size))
                page.paste(0, (*corner, corner[0] + area.width_dots, corner[1] + area.height_dots))
            else:
                _lay(ink, one)
        if area.direction:
            ink = ink.transpose(turn[area.direction])
        box = (*corner, corner[0] + area.width_dots, corner[1] + area.height_dots)
        page.paste(ImageChops.lighter(page.crop(box), ink), box)
    return page


def _lay(ink: Image.Image, one: Placed) -> None:
    piece = one.piece
    if isinstance(piece, Run | Columns):
        drawn: Image.Image | None = piece_ink(piece)
    elif isinstance(piece, RasterRow):
        drawn = row_ink(piece, ink.width)
    else:
        drawn = code_ink(piece) if piece else None
    if drawn is None or piece is None:
        return
    x = 0 if isinstance(piece, RasterRow) else piece.x_dots
    if isinstance(piece, Barcode):
        x -= beside(piece, drawn)
    box = (x, one.y_dots, x + drawn.width, one.y_dots + drawn.height)
    ink.paste(ImageChops.lighter(ink.crop(box), drawn), box)


def line_words(pieces: tuple[Run | Columns, ...]) -> str:
    """Give a line as text; a gap is one blank."""
    words, end = "", 0
    for piece in pieces:
        if isinstance(piece, Columns) and not piece.word:
            words, end = f"{words}[columns {piece.cell[0]}]", 0
            continue
        text = piece.word if isinstance(piece, Columns) else piece.text
        words += " " if end and piece.x_dots > end else ""
        words += text
        end = piece.x_dots + len(text) * piece.pitch_dots
    return words


def _code_words(code: Barcode | Symbol) -> str:
    return f"[{code.system} {code.text}]"


def sheet_words(sheet: Sheet) -> str:
    """Give a page's words: area by area, line by line as it was put there."""
    lines: list[str] = []
    for (_, bottom), group in groupby(sheet.placed, key=lambda one: (one.area, _foot(one))):
        pieces = [one.piece for one in group]
        typed = tuple(piece for piece in pieces if isinstance(piece, Run | Columns))
        if typed:
            lines.append(line_words(typed))
        lines += [_code_words(p) for p in pieces if isinstance(p, Barcode | Symbol)]
        if bottom is None and isinstance(pieces[0], RasterRow):
            lines.append("[picture]")
    return "\n".join(lines)


def _foot(one: Placed) -> int | None:
    """Give where a piece stands; None for a picture's rows, which go together."""
    match one.piece:
        case Run() as run:
            return one.y_dots + run.style.cell[1]
        case Columns() | Barcode() | Symbol() as piece:
            return one.y_dots + piece.cell[1]
        case _:
            return None
