"""Pictures on thermal paper against plain dithering: how close to the grey original they look.

The paper is a model: each black dot a disc of a radius in dot pitches, ink that still reflects
three per cent, an eye that blurs by 1.5 dots and takes the paper's own white and black for white
and black; error in perceptual (sRGB) space, in dB. A printer is calibrated as a store does it, by a
wedge of eighteen tiles that a scanner read (`printer.calibration`). Then 2,000 photo streams are
searched for commands that a printer carries out amid a picture.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache

import numpy as np
from escpos.printer import Dummy
from PIL import Image
from scipy.ndimage import gaussian_filter
from skimage import data

from printer.bitmap import Bitmap, from_image, to_image
from printer.calibration import STEPS, table_from_wedge
from printer.dither import Tone, dither
from printer.dot_gain import DEFAULT_GAIN
from printer.escpos import encode_job
from printer.items import Cut, Dots
from printer.profile import PROFILES
from tests.bench.figure import Figure

FINE = 20  # samples across a dot
INK = 0.03  # what solid black still reflects
NEIGHBOURS = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
EYE_DOTS = 1.5
GAINS = (0.0, 0.62, 0.66, 0.70, 0.75, 0.80)  # 0: a dot fills its cell and no more
STREAMS = 2000
REALTIME = re.compile(rb"\x10[\x04\x05\x14]")
Grey = np.ndarray


@cache
def photos() -> list[Image.Image]:
    """Give the photographs that scikit-image ships, 400 x 300; the rest of it is textures."""
    some = (data.coffee(), data.astronaut(), data.camera(), data.chelsea(), data.rocket())
    return [Image.fromarray(photo).convert("L").resize((400, 300)) for photo in some]


def linear(grey: Image.Image) -> Grey:
    """Give the light that a screen shows (IEC 61966-2-1)."""
    level = np.asarray(grey, dtype=float) / 255
    return np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)


def seen(light: Grey) -> Grey:
    """Blur as an eye does, then say how bright it looks."""
    soft = np.clip(gaussian_filter(light, EYE_DOTS), 0, 1)
    return np.where(soft <= 0.0031308, 12.92 * soft, 1.055 * soft ** (1 / 2.4) - 0.055)


@cache
def cells(gain: float) -> Grey:
    """Give the light of a cell for each of the 512 ways in which it and its neighbours are black."""
    across = (np.arange(FINE) + 0.5) / FINE - 0.5
    xs, ys = np.meshgrid(across, across)
    near = [(xs - x) ** 2 + (ys - y) ** 2 <= gain**2 for x, y in NEIGHBOURS]
    inked = near if gain else [np.full(xs.shape, place == (0, 0)) for place in NEIGHBOURS]
    light = np.ones(1 << len(inked))
    for black in range(1, len(light)):
        discs = [disc for bit, disc in enumerate(inked) if black >> bit & 1]
        light[black] = 1 - np.logical_or.reduce(discs).mean() * (1 - INK)
    return light


def on_paper(bitmap: Bitmap, gain: float) -> Grey:
    """Print discs and give the light that each dot's cell reflects."""
    black = np.pad(~np.asarray(to_image(bitmap)), 1)
    ways = np.zeros((bitmap.height, bitmap.width), dtype=int)
    for bit, (x, y) in enumerate(NEIGHBOURS):
        part = black[1 + y : 1 + y + bitmap.height, 1 + x : 1 + x + bitmap.width]
        ways |= part.astype(int) << bit
    return cells(gain)[ways]


def quality(tone: Tone | None, gain: float) -> float:
    """Give the mean PSNR of the photos, dithered with a table (None: Pillow alone)."""
    total = 0.0
    darkest = cells(gain)[-1]
    for photo in photos():
        bitmap = from_image(photo.convert("1")) if tone is None else dither(photo, tone)
        best = seen(darkest + (1 - darkest) * linear(photo))
        error = np.mean((seen(on_paper(bitmap, gain)) - best) ** 2)
        total += 10 * np.log10(1 / error)
    return float(total / len(photos()))


def wedge(gain: float) -> Tone:
    """Print the calibration slip's steps, read each patch's light, and make the table of it."""
    readings = {}
    for share in STEPS:
        even = Image.new("L", (96, 96), round(255 * (1 - share))).convert("1")
        readings[share] = float(on_paper(from_image(even), gain)[8:-8, 8:-8].mean())
    return table_from_wedge(readings)


def figures() -> list[Figure]:
    """Compare the tables with Pillow alone, and our streams with python-escpos's."""
    return [*_qualities(), _realtime()]


def _qualities() -> Iterator[Figure]:
    for gain, goal in ((0.75, 2.5), (0.62, 15.0)):
        yield _decibels(
            f"picture, calibrated, gain {gain}",
            quality(wedge(gain), gain),
            quality(None, gain),
            goal,
        )
    worst = [min(quality(tone, gain) for gain in GAINS) for tone in (DEFAULT_GAIN, None)]
    yield _decibels("picture, default table, worst gain", worst[0], worst[1], 5.0)


def _decibels(name: str, ours: float, plain: float, goal: float) -> Figure:
    more = ours - plain
    return Figure(
        name,
        ours,
        "dB",
        f"Pillow alone: {plain:.1f} dB, {more:+.1f}",
        ours / plain,
        f">= +{goal} dB",
        more >= goal,
    )


def _realtime() -> Figure:
    """Crop, turn and lighten the photos at random; look into every byte of what is sent."""
    rng = random.Random(20)
    ours = peer = 0
    for number in range(STREAMS):
        photo = rng.choice(photos()).rotate(rng.uniform(-8, 8))
        left, top = rng.randrange(100), rng.randrange(80)
        light = rng.uniform(0.7, 1.4)
        cut = photo.crop((left, top, left + 300, top + 220)).point(
            lambda level, by=light: min(255, int(level * by))
        )
        sent = encode_job([Dots(dither(cut, rng.uniform(0.6, 0.8))), Cut()], PROFILES["TM-T20III"])
        ours += REALTIME.search(sent.data) is not None
        if number % 20 == 0:
            printer = Dummy(profile="TM-T20II")
            printer.image(cut, impl="bitImageRaster")
            peer += REALTIME.search(printer.output) is not None
    share = f"python-escpos: {peer} of {STREAMS // 20}"
    return Figure(
        f"streams of {STREAMS} with a command amid them",
        ours,
        "streams",
        share,
        ours / STREAMS,
        "0",
        ours == 0,
    )


if __name__ == "__main__":
    for figure in figures():
        print(figure)
