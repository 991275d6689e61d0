"""The virtual paper: a roll of dots and words, cut into slips that can be saved and read.

Ink is 255 while the roll is drawn; a slip's picture is as one sees it, black on white.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from hardware_sim import glyphs
from hardware_sim.escpos_events import (
    Barcode,
    Columns,
    Cut,
    Feed,
    Printed,
    QrCode,
    RasterBegin,
    RasterRow,
    Run,
    Style,
    TextLine,
)


@dataclass(frozen=True, slots=True)
class Strip:
    """A piece of the roll: where it starts, its ink (None for blank paper), its words."""

    top: int
    height: int
    ink: Image.Image | None = None
    words: str | None = None


@dataclass(frozen=True)
class Slip:
    """What came off the roll in one cut."""

    width_dots: int
    height_dots: int
    strips: tuple[Strip, ...]
    cut: str | None = None  # "full", "partial", or None where it was torn off

    def image(self) -> Image.Image:
        """Give the slip as a picture of dots, mode "1", black where ink is."""
        sheet = Image.new("1", (self.width_dots, max(1, self.height_dots)), 1)
        for strip in self.strips:
            if strip.ink:
                black = Image.new("1", strip.ink.size, 0)
                sheet.paste(black, (0, strip.top), strip.ink.convert("1"))
        return sheet

    @property
    def lines(self) -> list[str]:
        """Give the words in the order of the paper; pictures and codes in brackets."""
        return [strip.words for strip in self.strips if strip.words is not None]

    def transcript(self) -> str:
        """Give the slip as text, one line a line."""
        end = [f"-- {self.cut} cut --"] if self.cut else []
        return "\n".join([*self.lines, *end]) + "\n"

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing is on it."""
        return not any(strip.ink for strip in self.strips)

    def save(self, folder: Path, name: str) -> Path:
        """Write `name`.png and `name`.txt; give the picture's path."""
        folder.mkdir(parents=True, exist_ok=True)
        self.image().save(folder / f"{name}.png")
        (folder / f"{name}.txt").write_text(self.transcript(), encoding="utf-8")
        return folder / f"{name}.png"


@dataclass
class Roll:
    """The roll in a printer. The blade stands `blade_dots` behind the head, in paper already fed."""

    width_dots: int
    blade_dots: int = 0
    slips: list[Slip] = field(default_factory=list)
    fed_dots: int = 0  # all the paper that ever went by
    _strips: list[Strip] = field(default_factory=list)
    _length: int = 0

    def take(self, event: Printed) -> None:
        """Print one event."""
        match event:
            case TextLine():
                self._add(event.feed_dots, _line_ink(event, self.width_dots), _line_words(event))
            case Feed():
                self._add(event.dots)
            case RasterBegin():
                self._add(0, words=f"[picture {event.width_dots} x {event.height_dots}]")
            case RasterRow():
                self._add(event.high, _row_ink(event, self.width_dots))
            case Barcode():
                ink = _barcode_ink(event, self.width_dots)
                self._add(ink.height, ink, f"[{event.system} {event.text}]")
            case QrCode():
                ink = _qr_ink(event, self.width_dots)
                words = event.data.decode("utf-8", errors="replace")
                self._add(ink.height, ink, f"[QR {words}]")
            case Cut():
                self._add(event.feed_dots)
                self._cut(event.mode)

    def _add(self, height: int, ink: Image.Image | None = None, words: str | None = None) -> None:
        if ink and ink.getbbox() is None:
            ink = None
        self._strips.append(Strip(self._length, height, ink, words))
        self._length += height
        self.fed_dots += height

    def _cut(self, mode: str) -> None:
        at = max(0, self._length - self.blade_dots)
        above = [_upper(strip, at) for strip in self._strips if strip.top < at or not at]
        below = [_lower(strip, at) for strip in self._strips if strip.top + strip.height > at]
        self.slips.append(Slip(self.width_dots, at, tuple(above), mode))
        self._strips, self._length = below, self._length - at

    @property
    def hanging(self) -> Slip:
        """Give what is printed and not yet cut off."""
        return Slip(self.width_dots, self._length, tuple(self._strips))

    def tear(self) -> Slip:
        """Tear off what hangs out."""
        slip = self.hanging
        self.slips.append(slip)
        self._strips, self._length = [], 0
        return slip


def _upper(strip: Strip, at: int) -> Strip:
    if strip.top + strip.height <= at or not strip.ink:
        return strip
    return Strip(strip.top, at - strip.top, strip.ink.crop((0, 0, strip.ink.width, at - strip.top)))


def _lower(strip: Strip, at: int) -> Strip:
    if strip.top >= at:
        return Strip(strip.top - at, strip.height, strip.ink, strip.words)
    rest = strip.top + strip.height - at
    ink = strip.ink and strip.ink.crop((0, at - strip.top, strip.ink.width, strip.height))
    return Strip(0, rest, ink, strip.words if strip.ink else None)


def _line_ink(line: TextLine, width: int) -> Image.Image | None:
    drawn = [(p.x_dots, _piece_ink(p)) for p in line.pieces]
    if not drawn:
        return None
    height = max(ink.height for _, ink in drawn)
    sheet = Image.new("L", (width, height), 0)
    for x, ink in drawn:
        sheet.paste(ink, (x, height - ink.height))  # letters of all sizes stand on one line
    return sheet


def _piece_ink(piece: Run | Columns) -> Image.Image:
    if isinstance(piece, Run):
        return glyphs.draw_run(piece)
    deep = max((len(column) for column in piece.columns), default=1)
    turned = Image.frombytes("1", (deep * 8, len(piece.columns)), b"".join(piece.columns))
    upright = turned.transpose(Image.Transpose.TRANSPOSE).convert("L")
    return _enlarged(upright, piece.wide, piece.high)


def _enlarged(ink: Image.Image, wide: int, high: int) -> Image.Image:
    return ink.resize((ink.width * wide, ink.height * high), Image.Resampling.NEAREST)


def _line_words(line: TextLine) -> str:
    words, end = "", 0
    for piece in line.pieces:
        if isinstance(piece, Columns):
            words += f"[columns {len(piece.columns) * piece.wide}]"
            continue
        words += " " if end and piece.x_dots > end else ""
        words += piece.text
        end = piece.x_dots + len(piece.text) * piece.pitch_dots
    return words


def _row_ink(row: RasterRow, width: int) -> Image.Image | None:
    if not any(row.data) or not row.width_dots:
        return None
    dots = Image.frombytes("1", (len(row.data) * 8, 1), row.data).convert("L")
    sheet = Image.new("L", (width, row.high), 0)
    sheet.paste(
        _enlarged(dots.crop((0, 0, row.width_dots, 1)), row.wide, row.high), (row.x_dots, 0)
    )
    return sheet


def _modules(rows: tuple[str, ...], module_dots: int, height_dots: int) -> Image.Image:
    data = bytes(255 if module == "1" else 0 for row in rows for module in row)
    small = Image.frombytes("L", (len(rows[0]), len(rows)), data)
    size = (len(rows[0]) * module_dots, height_dots)
    return small.resize(size, Image.Resampling.NEAREST)


def _qr_ink(code: QrCode, width: int) -> Image.Image:
    dots = _modules(code.rows, code.module_dots, len(code.rows) * code.module_dots)
    sheet = Image.new("L", (width, dots.height), 0)
    sheet.paste(dots, (code.x_dots, 0))
    return sheet


def _barcode_ink(code: Barcode, width: int) -> Image.Image:
    dots = _modules((code.bars,), code.module_dots, code.height_dots)
    cell = glyphs.CELLS[code.hri_font]
    above, below = bool(code.hri & 1), bool(code.hri & 2)
    height = dots.height + (above + below) * cell[1]
    sheet = Image.new("L", (width, height), 0)
    sheet.paste(dots, (code.x_dots, above * cell[1]))
    text = Run(0, code.text, Style(font=code.hri_font), cell[0])
    letters = glyphs.draw_run(text)
    x = code.x_dots + (dots.width - letters.width) // 2
    for shown, y in ((above, 0), (below, height - cell[1])):
        if shown:
            sheet.paste(letters, (x, y))
    return sheet
