"""The reference coupon against its peers: 576 x 700 dots, a 400 x 300 photo, words, an EAN-13.

As dots alone, every side puts the same page on paper. python-escpos is given the page laid out as
it wants it, an RGB image, and dithers, fits and encodes by itself; ours dithers the photo and
encodes it between words and bars that every print of the offer shares. All start from the decoded
photo or page: what receiptline's decoder takes is taken off. The warm figure starts from the
offer's PNG on both sides, and prints the next serial.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from statistics import median

from escpos.printer import Dummy
from msgspec.structs import replace
from PIL import Image
from skimage.data import coffee

from printer import escpos, layout, rasters
from printer.barcodes import ean13_modules
from printer.bitmap import Bitmap, compose, to_image
from printer.codes import bars_bitmap
from printer.dither import dither
from printer.escpos import Job, encode_job
from printer.fonts import OWN, Face
from printer.items import Cut, Dots, Feed, Item
from printer.plan import plan, plan_rung
from printer.profile import PROFILES
from printer.render import all_stored
from printer.shaping import balanced, draw_lines
from printer.slip import Code, Slip
from tests.bench.figure import Figure
from tests.bench.peer_receiptline import receiptline

ROUNDS = 60
AT_ONCE = 10
WIDE, HIGH = 576, 700
PROFILE = replace(PROFILES["TM-T20III"], shared=False)  # the peers, too, think the printer theirs
EAN = "4006381333931"
WORDS = (  # text, size, top
    ("Fresh coffee, any roast", 40, 10),
    ("2.00 OFF", 60, 390),
    ("Counts: whole beans 500 g and 1 kg", 20, 480),
    ("Does not count: capsules", 20, 506),
    ("Valid until 5 December 2026. One coupon each.", 18, 532),
)


def words_and_code() -> list[tuple[int, int, Bitmap]]:
    """Draw what every print of this offer shares."""
    layers = [(0, top, _drawn(text, size)) for text, size, top in WORDS]
    bars = bars_bitmap(ean13_modules(EAN), 3, 100)
    return [*layers, ((WIDE - bars.width) // 2, 584, bars)]


def _drawn(text: str, size: int) -> Bitmap:
    font = Face(str(OWN)).at(size)
    return draw_lines(balanced(text, WIDE, font), WIDE, font, "centre", rtl=False)


def ours(photo: Image.Image, layers: list[tuple[int, int, Bitmap]]) -> Job:
    """Decoded photo to bytes; nothing is remembered of an earlier print of the photo."""
    picture = (88, 80, dither(photo.convert("L")))
    items: list[Item] = []
    below = 0
    for x, top, dots in sorted([*layers, picture], key=lambda layer: layer[1]):
        items += [Feed(max(0, top - below)), Dots(dots, x)]
        below = max(below, top + dots.height)
    return encode_job([*items, Feed(HIGH - below), Cut()], PROFILE)


def forget() -> None:
    """Empty what an earlier print left behind."""
    rasters.encoded_dots.cache_clear()
    escpos._shared.cache_clear()
    layout.picture_dots.cache_clear()
    layout.field.cache_clear()


def theirs(page: Image.Image) -> bytes:
    """The same page through python-escpos's raster command."""
    printer = Dummy(profile="TM-T20II")
    printer.image(page, impl="bitImageRaster")
    return bytes(printer.output)


def theirs_in_words(photo: Image.Image) -> bytes:
    """The same coupon in python-escpos's own words, picture and barcode."""
    printer = Dummy(profile="TM-T20II")
    printer.set(align="center", bold=True, double_width=True, double_height=True)
    printer.textln(WORDS[0][0])
    printer.image(photo, impl="bitImageRaster", center=True)
    printer.set(align="center", bold=True, custom_size=True, width=4, height=4)
    printer.textln(WORDS[1][0])
    printer.set_with_default(align="center")
    for text, _, _ in WORDS[2:]:
        printer.textln(text)
    printer.barcode(EAN, "EAN13", height=96, width=3)
    printer.cut()
    return bytes(printer.output)


def slip(photo: Image.Image) -> Slip:
    """The reference coupon as the lane has it."""
    file = BytesIO()
    photo.save(file, "PNG")
    (headline, _, _), (big, _, _), *rest = WORDS
    counts, not_counts, validity = (text for text, _, _ in rest)
    return Slip(
        job="0" * 32, headline=headline, big=big, counts=counts, not_counts=not_counts,
        validity=validity, code=Code("ean13", EAN, EAN), picture_png=file.getvalue(),
    )  # fmt: skip


def cpu_s(work: Callable[[], object]) -> float:
    """Measure one call in process CPU time."""
    began = time.process_time()
    work()
    return time.process_time() - began


def figures() -> list[Figure]:
    """Measure bytes and CPU of all sides, interleaved."""
    photo = Image.fromarray(coffee()).resize((400, 300))
    layers = words_and_code()
    page = to_image(compose(WIDE, HIGH, layers)).convert("RGB")
    page.paste(photo, (88, 80))
    return [*_bytes(photo, layers, page), *_cpu(photo, layers, page), *_seconds(slip(photo))]


def _bytes(
    photo: Image.Image, layers: list[tuple[int, int, Bitmap]], page: Image.Image
) -> Iterator[Figure]:
    raster, coupon = len(theirs(page)), slip(photo)
    stored = all_stored([coupon], PROFILE)
    size = {
        rung: plan_rung([coupon], PROFILE, rung, stored).size_bytes
        for rung in ("full", "half", "nv")
    }
    job = len(ours(photo, layers).data)
    yield _figure("coupon as dots", job, "bytes", "python-escpos raster", raster, 0.55)
    hybrid = len(theirs_in_words(photo))
    yield _figure(
        "coupon, words native", size["full"], "bytes", "python-escpos hybrid", hybrid, 0.70
    )
    yield _figure(
        "coupon, picture 2 x 2", size["half"], "bytes", "python-escpos raster", raster, 0.08
    )
    yield _figure(
        "coupon, picture in NV memory", size["nv"], "bytes", "python-escpos raster", raster, 0.006
    )
    peer = receiptline(_png(page), _png(photo), [text for text, _, _ in WORDS], EAN)
    if peer is not None:
        yield _figure("coupon as dots", job, "bytes", "receiptline raster", peer.raster, 0.55)
        yield _figure(
            "coupon, words native", size["full"], "bytes", "receiptline hybrid", peer.hybrid, 0.98
        )
        cold = median(_cold(photo, layers) for _ in range(ROUNDS // 3))
        yield _figure(
            "coupon CPU cold", cold * 1000, "ms", "receiptline raster", peer.decoded_ms, 0.08
        )


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _cold(photo: Image.Image, layers: list[tuple[int, int, Bitmap]]) -> float:
    forget()
    return cpu_s(lambda: ours(photo, layers))


def _cpu(
    photo: Image.Image, layers: list[tuple[int, int, Bitmap]], page: Image.Image
) -> Iterator[Figure]:
    gc.collect()
    pairs = [(_cold(photo, layers), cpu_s(lambda: theirs(page))) for _ in range(ROUNDS)]
    mine, other = (median(side) * 1000 for side in zip(*pairs, strict=True))
    yield _figure("coupon CPU cold", mine, "ms", "python-escpos raster", other, 0.35)
    coupon, file = slip(photo), _png(page)
    plan_rung([coupon], PROFILE, "full")
    pairs = [
        (cpu_s(partial(_some, coupon, at)), cpu_s(lambda: theirs(Image.open(BytesIO(file)))))
        for at in range(ROUNDS)
    ]
    mine, other = (median(side) * 1000 for side in zip(*pairs, strict=True))
    mine /= AT_ONCE
    yield _figure(
        "coupon CPU warm, the next serial", mine, "ms", "python-escpos raster", other, 0.01
    )


def _some(coupon: Slip, at: int) -> None:
    """Print the offer for some shoppers: one print is shorter than the clock is sure."""
    for number in range(AT_ONCE):
        plan_rung([_next(coupon, at * AT_ONCE + number)], PROFILE, "full")


def _next(coupon: Slip, at: int) -> Slip:
    code = Code("qr", f"2559520000900021{at:012}", "(255) 9520000900021", f"0000 0000 {at:04}")
    return replace(coupon, code=code)


def _seconds(coupon: Slip) -> Iterator[Figure]:
    """The lane's own limit: cut within two seconds on the slowest line."""
    slow = replace(PROFILE, baud=9600)
    laid_out = plan([_next(coupon, 1)], slow, 2.0)
    yield _figure(
        "time to cut at 9600 baud", laid_out.seconds, "s", f"the limit, {laid_out.rung}", 2.0, 1.0
    )


def _figure(name: str, value: float, unit: str, peer: str, against: float, goal: float) -> Figure:
    ratio = value / against
    beside = f"{peer}: {against:.4g} {unit}"
    return Figure(name, value, unit, beside, ratio, f"<= {goal}x", ratio <= goal)


if __name__ == "__main__":
    for figure in figures():
        print(figure)
