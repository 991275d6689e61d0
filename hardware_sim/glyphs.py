"""Letters as dots: Pillow's own font fitted into a printer's character cell."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFont

from hardware_sim.escpos_events import Run, Style

INK_LEVEL = 110  # of 255: a dot is printed where the letter covers about half of it
CELLS = {"A": (12, 24), "B": (9, 17)}


@lru_cache(maxsize=2048)
def glyph(character: str, font: str) -> Image.Image:
    """Draw one character in its cell, 255 for ink; a wide letter is squeezed, not cut.

    Pillow's font has no accents: such a letter is drawn bare. The transcript has it in full.
    """
    character = unicodedata.normalize("NFKD", character)[:1]
    width, height = CELLS[font]
    face = ImageFont.load_default(size=height * 0.78)
    room = Image.new("L", (height * 2, height), 0)
    ImageDraw.Draw(room).text((height // 2, height * 0.78), character, 255, font=face, anchor="ls")
    box = room.getbbox()
    cell = Image.new("L", (width, height), 0)
    if box:
        ink = room.crop((box[0], 0, box[2], height))
        fitted = min(ink.width, width - 1)
        cell.paste(ink.resize((fitted, height)), ((width - 1 - fitted) // 2, 0))
    return cell.point(lambda level: 255 if level >= INK_LEVEL else 0)


def draw_run(run: Run) -> Image.Image:
    """Draw characters of one style side by side, 255 for ink."""
    width, height = run.style.cell
    strip = Image.new("L", (run.pitch_dots * len(run.text), height), 0)
    for index, character in enumerate(run.text):
        cell = glyph(character, run.style.font).resize((width, height), Image.Resampling.NEAREST)
        strip.paste(cell, (index * run.pitch_dots, 0))
    return _styled(strip, run.style)


def _styled(strip: Image.Image, style: Style) -> Image.Image:
    if style.emphasis:
        strip = ImageChops.lighter(strip, ImageChops.offset(strip, 1, 0))
    if style.underline_dots:
        top = strip.height - style.underline_dots
        strip.paste(255, (0, top, strip.width, strip.height))
    return ImageChops.invert(strip) if style.reverse else strip
