"""Letters as dots: DejaVu Sans Mono fitted into a printer's character cell."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFont

from hardware_sim.escpos_events import CELLS, Run, Style

INK_LEVEL = 110  # of 255: a dot is printed where the letter covers about half of it
EM, BASELINE = 0.82, 0.79  # of the cell's height: capitals with accents and descenders both fit


@lru_cache(maxsize=2048)
def glyph(character: str, font: str) -> Image.Image:
    """Draw one character in its cell, 255 for ink; one that the font lacks is drawn as its box.

    A character that has no shape (a control character in a code's text) leaves its cell white.
    """
    width, height = CELLS[font]
    cell = Image.new("L", (width, height), 0)
    face = _face(height)
    if not character.isprintable():
        return cell
    ImageDraw.Draw(cell).text((width // 2, height * BASELINE), character, 255, face, anchor="ms")
    return cell.point(lambda level: 255 if level >= INK_LEVEL else 0)


@lru_cache(maxsize=4)
def _face(height: int) -> ImageFont.FreeTypeFont:
    """Give the font at the size at which its letters fill a cell of this height."""
    with files("hardware_sim").joinpath("DejaVuSansMono.ttf").open("rb") as file:
        size = round(height * EM)
        return ImageFont.truetype(BytesIO(file.read()), size, layout_engine=ImageFont.Layout.BASIC)


def draw_run(run: Run) -> Image.Image:
    """Draw characters of one style side by side, 255 for ink."""
    width, height = run.style.cell
    strip = Image.new("L", (run.pitch_dots * len(run.text), height), 0)
    for index, character in enumerate(run.text):
        cell = glyph(character, run.style.font)
        if run.style.turned:
            cell = cell.transpose(Image.Transpose.ROTATE_270)  # Pillow turns the other way round
        cell = cell.resize((width, height), Image.Resampling.NEAREST)
        strip.paste(_bold(cell) if run.style.emphasis else cell, (index * run.pitch_dots, 0))
    return _styled(strip, run.style)


def _bold(cell: Image.Image) -> Image.Image:
    """Print each dot twice, side by side, within the cell."""
    moved = Image.new("L", cell.size, 0)
    moved.paste(cell, (1, 0))
    return ImageChops.lighter(cell, moved)


def _styled(strip: Image.Image, style: Style) -> Image.Image:
    if style.underline_dots:
        top = strip.height - style.underline_dots
        strip.paste(255, (0, top, strip.width, strip.height))
    return ImageChops.invert(strip) if style.reverse else strip
