import struct
import zlib
from math import pi

import pytest
from PIL import Image, ImageFilter

from printer.bitmap import Bitmap, from_image
from printer.dither import (
    MAX_PNG_BYTES,
    decode,
    dither,
    dots,
    tone_table,
)
from printer.dot_gain import cover_of, curve_of_gain
from printer.errors import PictureError
from tests.printer.conftest import png

INK = 0.03  # what solid black still reflects
FINE = 10  # samples across one dot of the simulated paper


def light_of(bitmap: Bitmap, radius: float) -> float:
    """Print discs of that radius on paper sampled FINE times finer; give the light it reflects."""
    disc = [
        (x, y)
        for x in range(-FINE, 2 * FINE)
        for y in range(-FINE, 2 * FINE)
        if ((x + 0.5) / FINE - 0.5) ** 2 + ((y + 0.5) / FINE - 0.5) ** 2 <= radius**2
    ]
    inked = {
        (x * FINE + dx, y * FINE + dy)
        for y in range(bitmap.height)
        for x in range(bitmap.width)
        if bitmap.black(x, y)
        for dx, dy in disc
    }
    inner = range(8 * FINE, 24 * FINE)  # away from the edges, where diffusion starts
    covered = sum((x, y) in inked for x in inner for y in inner) / len(inner) ** 2
    return 1 - covered * (1 - INK)


def linear(grey: int) -> float:
    level = grey / 255
    return level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4


@pytest.mark.parametrize("gain", [0.62, 0.70, 0.78])
@pytest.mark.parametrize("grey", [60, 90, 130, 170, 210, 240])
def test_a_grey_patch_reflects_what_the_screen_shows(grey: int, gain: float) -> None:
    """On simulated paper whose dots have the stated gain, each grey is right within a twentieth.

    White is the paper's white and black its own black, which at a small gain shows gaps.
    """
    patch = dither(Image.new("L", (32, 32), grey), gain)
    black = light_of(from_image(Image.new("1", (32, 32), 0)), gain)
    assert light_of(patch, gain) == pytest.approx(black + (1 - black) * linear(grey), abs=0.05)


def test_a_measured_wedge_takes_the_model_s_place() -> None:
    """A printer that covers twice what is asked gets half the dots; doubled dots gain half of it."""
    wedge = ((0.25, 0.5), (0.5, 1.0))
    assert tone_table(wedge)[188] == pytest.approx(255 * (1 - (1 - linear(188)) / 2), abs=1)
    assert tone_table(wedge, 2)[188] < tone_table(wedge)[188]
    assert tone_table(())[188] == pytest.approx(255 * linear(188), abs=1)


def test_white_margins_are_cut_off() -> None:
    """They would cost paper and make the product small; an all-white picture stays as it is."""
    page = Image.new("L", (300, 200), 255)
    page.paste(0, (100, 50, 180, 90))
    assert (dots(png(page), 576, 480).width, dots(png(page), 576, 480).height) == (80, 40)
    assert dots(png(Image.new("L", (30, 20), 255)), 576, 480).width == 30


@pytest.mark.parametrize("grey", [90, 130, 170])
def test_the_table_is_closer_than_plain_error_diffusion(grey: int) -> None:
    """Without the table the same paper comes out much too dark or too light."""
    image = Image.new("L", (32, 32), grey)
    plain = tone_free(image)
    ours = abs(light_of(dither(image, 0.70), 0.70) - linear(grey))
    assert ours < abs(light_of(plain, 0.70) - linear(grey))


def tone_free(image: Image.Image) -> Bitmap:
    return from_image(image.convert("1"))


def test_white_stays_white_and_black_black() -> None:
    """The ends of the table are exact: no stray dots on paper, no holes in black."""
    for gain in (0.55, 0.62, 0.70, 0.80, 1.0):
        table = tone_table(gain)
        assert (table[255], table[0]) == (255, 0)
        assert list(table) == sorted(table)


def test_sparse_dots_cover_their_discs() -> None:
    """One dot in sixteen stands free: pi r squared over sixteen, of what solid black covers."""
    for gain in (0.55, 0.70, 0.90):
        solid = 1 - light_of(from_image(Image.new("1", (32, 32), 0)), gain)
        expected = pi * gain**2 / 16 / (solid / (1 - INK))
        assert cover_of(1 / 16, curve_of_gain(gain)) == pytest.approx(expected, rel=0.03)


def test_a_picture_shrinks_to_the_paper_and_never_grows() -> None:
    """Wider than the paper: shrunk in proportion. Smaller: as it is. Doubled dots: half as many."""
    wide = png(Image.new("L", (1000, 500), 128))
    assert (dots(wide, 576, 480).width, dots(wide, 576, 480).height) == (576, 288)
    small = png(Image.new("L", (100, 60), 128))
    assert (dots(small, 576, 480).width, dots(small, 576, 480).height) == (100, 60)
    assert (dots(small, 576, 480, block=2).width, dots(small, 576, 480, block=2).height) == (50, 30)


def test_what_is_transparent_is_paper() -> None:
    """A clear background prints white, whatever colour hides below it."""
    clear = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    assert dots(png(clear), 576, 480).count_black() == 0


def test_colours_and_palettes_become_grey() -> None:
    """Modes that PNG files come in are all read."""
    photo = Image.effect_noise((20, 20), 60).filter(ImageFilter.BLUR)
    for mode in ("1", "L", "P", "RGB", "RGBA", "LA", "I;16"):
        assert decode(png(photo.convert(mode))).mode == "L"


def bomb(width: int, height: int) -> bytes:
    """A small PNG file that claims to be huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a PNG"),
        (b"GIF89a" + b"\0" * 100, "not a PNG"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 100, "not a PNG"),
        (bomb(60_000, 60_000), "60000 x 60000"),
        (bomb(8_000, 8_000), "8000 x 8000"),
        (bomb(0, 10), "0 x 10"),
        (bomb(100, 100), "not a readable PNG"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * (MAX_PNG_BYTES + 1), "at most"),
    ],
)
def test_a_bad_picture_is_refused_with_a_reason(data: bytes, why: str) -> None:
    """Not a PNG, a bomb, a torso: one clear error, and nothing huge was decoded."""
    with pytest.raises(PictureError) as caught:
        dots(data, 576, 480)
    assert why in caught.value.why


def test_a_picture_cut_short_at_any_place_is_refused(photo: bytes) -> None:
    """Cut amid its pixels it is no picture, wherever the cut fell."""
    for end in range(0, len(photo) - 500, max(1, len(photo) // 25)):
        with pytest.raises(PictureError):
            dots(photo[:end], 576, 480)
