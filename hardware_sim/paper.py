"""The virtual paper: a roll of dots and words, cut into slips that can be saved and read.

Ink is 255 while the roll is drawn; a slip's picture is as one sees it, black on white.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from hardware_sim import ink
from hardware_sim.escpos_events import Cut, Event


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
        said = (strip.words for strip in self.strips if strip.words is not None)
        return [line for words in said for line in words.split("\n")]

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

    def take(self, event: Event) -> None:
        """Print one event; one that is not for paper leaves none."""
        if isinstance(event, Cut):
            self.add(event.feed_dots)
            self.cut(event.mode)
        for height, dots, words in ink.strips(event, self.width_dots):
            self.add(height, dots, words)

    def add(self, height: int, dots: Image.Image | None = None, words: str | None = None) -> None:
        """Move the paper on by a strip."""
        if dots and dots.getbbox() is None:
            dots = None
        self._strips.append(Strip(self._length, height, dots, words))
        self._length += height
        self.fed_dots += height

    def cut(self, mode: str) -> None:
        """Cut where the blade stands."""
        at = max(0, self._length - self.blade_dots)
        above = [_upper(strip, at) for strip in self._strips if strip.top < at]
        below = [_lower(s, at) for s in self._strips if s.top >= at or s.top + s.height > at]
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
