"""What a plan is made of: each thing that stands on the paper, from top to bottom."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from printer.bitmap import Bitmap

CELL = {"A": (12, 24), "B": (9, 17)}  # dots of a character: fonts A and B of every TM printer
LINE_SPACING = 30  # dots from line to line; a taller line feeds its own height


class Words(Struct, frozen=True, tag=True):
    """Lines in the printer's own letters; each fits the paper, each character its code page."""

    lines: tuple[str, ...]
    page: int
    codec: str
    font: Literal["A", "B"] = "A"
    wide: int = 1
    tall: int = 1
    bold: bool = False
    centred: bool = False
    right: bool = False

    @property
    def cell(self) -> tuple[int, int]:
        """Give width and height of one character."""
        width, height = CELL[self.font]
        return width * self.wide, height * self.tall

    @property
    def line_height(self) -> int:
        """Give the feed of one line."""
        return max(LINE_SPACING, self.cell[1])

    @property
    def height_dots(self) -> int:
        """Give the paper that it takes."""
        return self.line_height * len(self.lines)


class Dots(Struct, frozen=True, tag=True):
    """A picture, or words and codes that are drawn here. `times_*` is 2 where the printer doubles."""

    bitmap: Bitmap
    x: int = 0
    times_x: int = 1
    times_y: int = 1

    @property
    def height_dots(self) -> int:
        """Give the paper that it takes."""
        return self.bitmap.height * self.times_y


class NvDots(Struct, frozen=True, tag=True):
    """A picture out of the printer's NV memory, centred. `shown` is what was stored under `key`."""

    key: bytes
    shown: Bitmap

    @property
    def height_dots(self) -> int:
        """Give the paper that it takes."""
        return self.shown.height


class NativeQr(Struct, frozen=True, tag=True):
    """A QR code that the printer draws, level M. `side` is at most so many dots, no quiet zone."""

    data: str
    module: int
    side: int

    @property
    def height_dots(self) -> int:
        """Give the paper that it takes."""
        return self.side


class NativeBars(Struct, frozen=True, tag=True):
    """A barcode that the printer draws."""

    kind: Literal["ean13", "code128"]
    data: str
    module: int
    height: int
    width: int

    @property
    def height_dots(self) -> int:
        """Give the paper that it takes."""
        return self.height


class Feed(Struct, frozen=True, tag=True):
    """White paper."""

    height_dots: int


class Cut(Struct, frozen=True, tag=True):
    """The end of a slip: a cut, or enough feed to tear where there is no cutter."""

    height_dots: int = 0


Item = Words | Dots | NvDots | NativeQr | NativeBars | Feed | Cut
