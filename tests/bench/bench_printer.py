"""The reference coupon against python-escpos: 576 x 700 dots, a 400 x 300 photo, words, an EAN-13.

Both sides start from the decoded photo and put the same page on paper as dots alone. Ours dithers
the photo and encodes it between words and bars that every print of the offer shares; python-escpos
is given the page laid out as it wants it, an RGB image, and dithers, fits and encodes by itself.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from statistics import median

from escpos.printer import Dummy
from PIL import Image
from skimage.data import coffee

from printer.barcodes import ean13_modules
from printer.bitmap import Bitmap, compose, to_image
from printer.codes import bars_bitmap
from printer.dither import dither
from printer.escpos import Job, encode_job
from printer.items import Cut, Dots, Feed, Item
from printer.profile import PROFILES
from printer.words import draw_words
from tests.bench.figure import Figure

ROUNDS = 60
WIDE, HIGH = 576, 700
PROFILE = PROFILES["TM-T20III"]
WORDS = (  # text, size, top
    ("Fresh coffee, any roast", 40, 10),
    ("2.00 OFF", 60, 390),
    ("Counts: whole beans 500 g and 1 kg", 20, 480),
    ("Does not count: capsules", 20, 506),
    ("Valid until 5 December 2026. One coupon each.", 18, 532),
)


def words_and_code() -> list[tuple[int, int, Bitmap]]:
    """Draw what every print of this offer shares."""
    layers = [(0, top, draw_words(text, WIDE, size, centred=True)) for text, size, top in WORDS]
    bars = bars_bitmap(ean13_modules("4006381333931"), 3, 100)
    return [*layers, ((WIDE - bars.width) // 2, 584, bars)]


def ours(photo: Image.Image, layers: list[tuple[int, int, Bitmap]]) -> Job:
    """Decoded photo to bytes."""
    picture = (88, 80, dither(photo.convert("L")))
    items: list[Item] = []
    below = 0
    for x, top, dots in sorted([*layers, picture], key=lambda layer: layer[1]):
        items += [Feed(top - below), Dots(dots, x)]
        below = top + dots.height
    return encode_job([*items, Feed(HIGH - below), Cut()], PROFILE)


def theirs(page: Image.Image) -> bytes:
    """The same page through python-escpos's raster command."""
    printer = Dummy(profile="TM-T20II")
    printer.image(page, impl="bitImageRaster")
    return bytes(printer.output)


def cpu_s(work: Callable[[], object]) -> float:
    """Measure one call in process CPU time."""
    began = time.process_time()
    work()
    return time.process_time() - began


def figures() -> list[Figure]:
    """Measure bytes and CPU of both, interleaved."""
    photo = Image.fromarray(coffee()).resize((400, 300))
    layers = words_and_code()
    page = to_image(compose(WIDE, HIGH, layers)).convert("RGB")
    page.paste(photo, (88, 80))
    job, stream = ours(photo, layers), theirs(page)
    gc.collect()
    pairs = [
        (cpu_s(lambda: ours(photo, layers)), cpu_s(lambda: theirs(page))) for _ in range(ROUNDS)
    ]
    mine, other = (median(side) for side in zip(*pairs, strict=True))
    return [
        _figure("coupon bytes", len(job.data), "bytes", len(stream), 0.55),
        _figure("coupon CPU", mine * 1000, "ms", other * 1000, 0.35),
    ]


def _figure(name: str, value: float, unit: str, against: float, goal: float) -> Figure:
    ratio = value / against
    peer = f"python-escpos raster: {against:.4g} {unit}"
    return Figure(name, value, unit, peer, ratio, f"<= {goal}x", ratio <= goal)


if __name__ == "__main__":
    for figure in figures():
        print(figure)
