"""Reads the codes off a slip's picture, as the scanner at the next visit will."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

if TYPE_CHECKING:
    from hardware_sim.paper import Slip

QUIET_DOTS = 40  # white around the picture: the table that the slip lies on


@dataclass(frozen=True, slots=True)
class ReadCode:
    """A code as read: its symbology, its text, its AIM identifier ("]Q1")."""

    symbology: str
    text: str
    aim_id: str


def read_codes(picture: Image.Image) -> list[ReadCode]:
    """Read all codes of a picture, from top to bottom. Needs zxing-cpp (`tillside[demo]`)."""
    import zxingcpp

    found = zxingcpp.read_barcodes(ImageOps.expand(picture.convert("L"), QUIET_DOTS, 255))
    ordered = sorted(found, key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return [ReadCode(str(c.format), c.text, c.symbology_identifier) for c in ordered]


def coupons_on(slip: Slip) -> list[ReadCode]:
    """Read all codes of a slip."""
    return read_codes(slip.image())
