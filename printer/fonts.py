"""Which font draws which words: the store's folder, the extra `fonts`, Debian's Noto, DejaVu Mono.

One font draws a whole field where one holds all of it: then the shaping library (raqm, in Pillow's
wheels) orders both directions by itself. Nothing is drawn that would come out as a box: what no
font holds is named by `missing`, and told in the job's notes.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import NamedTuple

from PIL import ImageFont, features

OWN = Path(__file__).with_name("DejaVuSansMono.ttf")
# The extras `fonts` and `fonts-cjk`, then Debian's fonts-noto-core and fonts-noto-cjk.
PACKAGES = (
    "fontpkg_noto_sans_arabic",
    "fontpkg_heebo",
    "fontpkg_noto_sans_thai",
    "fontpkg_noto_sans_devanagari",
    "justmytype_intl_cjk",
)
FOLDERS = (Path("/usr/share/fonts/truetype/noto"), Path("/usr/share/fonts/opentype/noto"))
DEBIAN = ("Arabic", "Hebrew", "Thai", "Devanagari", "CJK", "")
MISSING = "\U0010ffff"  # no font has it: its picture is the font's box for "unknown"
MOST_FILES = 200  # of a store's folder
BOLD, REGULAR = 700, 400  # the weight axis: OpenType specification, "wght"
SHAPED = (0x0590, 0x1CFF)  # Hebrew to Vedic: order, joining and marks need the shaping library
UNSEEN = ("Cf", "Cc", "Zs")  # controls and blanks need no glyph


class Face(NamedTuple):
    """A font file, and which of a collection's."""

    path: str
    number: int = 0

    def at(self, size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
        """Give it in a size, in dots of the em."""
        return _loaded(self, size, bold)

    def size_for(self, x_height: int) -> int:
        """Give the least size at which a small x is so many dots tall."""
        return ceil(x_height * 100 / _x_height_of_100(self))


def shaping() -> bool:
    """Tell whether Pillow was built with raqm; its wheels are."""
    return bool(features.check("raqm"))


@lru_cache(maxsize=8)
def faces(folder: str = "") -> tuple[Face, ...]:
    """Give the fonts of this machine, in the order of preference."""
    found = [*_own_folder(folder), *_packaged(), *_debian(), OWN]
    return tuple(Face(str(path)) for path in found)


def face_for(text: str, folder: str = "") -> Face | None:
    """Give the first font that holds every letter of a text, if any does."""
    return next((face for face in faces(folder) if not lacks(face, text)), None)


def nearest_face(text: str, folder: str = "") -> Face:
    """Give the font that lacks the fewest letters of a text."""
    return min(faces(folder), key=lambda face: len(lacks(face, text)))


def missing(text: str, folder: str = "") -> str:
    """Give the letters that no font of this machine draws, each once, sorted."""
    letters = {one for one in text if _visible(one)}
    return "".join(sorted(one for one in letters if face_for(one, folder) is None))


def lacks(face: Face, text: str) -> str:
    """Give the letters that this font would draw as a box, each once, sorted."""
    return "".join(one for one in sorted(set(text)) if _visible(one) and not _draws(face, one))


def _visible(letter: str) -> bool:
    return unicodedata.category(letter) not in UNSEEN


@lru_cache(maxsize=8192)
def _draws(face: Face, letter: str) -> bool:
    if SHAPED[0] <= ord(letter) <= SHAPED[1] and not shaping():
        return False
    plain = _plain(face)
    return bytes(plain.getmask(letter)) != bytes(plain.getmask(MISSING))


@lru_cache(maxsize=32)
def _plain(face: Face) -> ImageFont.FreeTypeFont:
    engine = ImageFont.Layout.BASIC
    return ImageFont.truetype(face.path, 24, face.number, layout_engine=engine)


@lru_cache(maxsize=64)
def _loaded(face: Face, size: int, bold: bool) -> ImageFont.FreeTypeFont:
    path = Path(face.path)
    heavy = path.with_name(path.name.replace("-Regular", "-Bold"))
    font = ImageFont.truetype(str(heavy if bold and heavy.is_file() else path), size, face.number)
    try:
        axes = font.get_variation_axes()
    except (OSError, NotImplementedError):
        return font  # one weight, or FreeType without variations
    weight = BOLD if bold else REGULAR
    font.set_variation_by_axes(
        [weight if axis["name"] == b"Weight" else axis["default"] or 0 for axis in axes]
    )
    return font


@lru_cache(maxsize=32)
def _x_height_of_100(face: Face) -> int:
    _, top, _, bottom = face.at(100).getbbox("x", anchor="ls")
    return max(1, round(bottom - top))


def _own_folder(folder: str) -> list[Path]:
    if not folder:
        return []
    found = (path for path in Path(folder).rglob("*") if path.suffix in (".ttf", ".otf", ".ttc"))
    return sorted(path for path, _ in zip(found, range(MOST_FILES), strict=False))


def _packaged() -> list[Path]:
    """Find the font files of installed packages, without importing them."""
    found: list[Path] = []
    for name in PACKAGES:
        spec = find_spec(name)
        if spec and spec.origin:
            inside = sorted(Path(spec.origin).parent.rglob("*.ttf"))
            found += sorted(inside, key=lambda path: "NotoSansSC" not in path.name)
    return found


def _debian() -> list[Path]:
    names = [f"NotoSans{script}-Regular{end}" for script in DEBIAN for end in (".ttf", ".ttc")]
    places = (folder / name for name in names for folder in FOLDERS)
    return [path for path in places if path.is_file()]
