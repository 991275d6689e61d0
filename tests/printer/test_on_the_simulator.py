"""Whole slips on the simulated printer, which shares no line of code with `printer`."""

from __future__ import annotations

import random

import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image, ImageChops, ImageFilter, ImageOps

from hardware_sim.escpos_reader import EscposReader
from hardware_sim.paper import Roll
from hardware_sim.printer_models import MODELS
from offers.coupon_code import check_digit
from printer.bitmap import to_image
from printer.escpos import encode
from printer.nv import define
from printer.plan import plan, plan_rung
from printer.profile import PROFILES, Profile
from printer.render import all_stored, render
from printer.slip import Slip
from printer.worded import coupon_code
from tests.printer.conftest import png

PRINTERS = {"tm-t88v": "TM-T88V", "tm-t20iii": "TM-T20III", "58mm": "generic-58mm"}
WORDS = [
    "fresh",
    "milk",
    "oats",
    "bread",
    "20",
    "%",
    "off",
    "two",
    "for",
    "one",
    "Käse",
    "Żółty",
    "сыр",
    "1.99",
    "€",
    "espresso",
    "kilogram",
]
BLUR_DOTS = 1.0
COUPONS = 200


def drawn_here(name: str) -> Profile:
    """Give a printer that draws nothing by itself: every dot of the page is ours."""
    silent = {"native_qr": False, "native_ean13": False, "native_code128": False}
    return replace(PROFILES[PRINTERS[name]], code_pages={}, cutter=False, **silent)


def on_paper(data: bytes, name: str, before: bytes = b"") -> Image.Image:
    model = MODELS[name]
    reader, roll = EscposReader(model), Roll(model.width_dots, 0)
    for event in [*reader.feed(before), *reader.feed(data)]:
        roll.take(event)
    slip = roll.slips[0] if roll.slips else roll.tear()
    return slip.image().convert("L")


def random_slip(rng: random.Random) -> Slip:
    """Any words, any code, a noisy picture or none."""

    def words(most: int) -> str:
        return " ".join(rng.choices(WORDS, k=rng.randrange(most)))

    body = f"952{rng.randrange(10**9):09d}"
    number = body + check_digit(body)
    serial = f"{rng.randrange(10**12):012d}" if rng.random() < 0.8 else None
    noise = Image.frombytes("L", (60, 40), rng.randbytes(2400)).resize(
        (rng.randrange(80, 500), 160)
    )
    return Slip(
        job="j",
        headline=words(8),
        brand_line=words(3),
        big=words(5),
        counts=words(12),
        not_counts=words(4),
        validity=words(6),
        terms=words(40),
        code=coupon_code(number, serial, rng.choice(("qr", "databar", "code128"))),
        picture_png=png(noise) if rng.random() < 0.6 else None,
    )


def differing(first: Image.Image, second: Image.Image) -> int:
    return ImageChops.difference(first, second).histogram()[255]


@pytest.mark.parametrize("part", range(4))
def test_random_coupons_are_dot_exact_and_read_even_when_blurred(part: int) -> None:
    """Two hundred coupons, three printers: each dot where the preview has it, each code read, blurred too."""
    rng = random.Random(part)
    for _ in range(COUPONS // 4):
        slip, name = random_slip(rng), rng.choice(sorted(PRINTERS))
        profile = drawn_here(name)
        laid_out = plan([slip], profile, 1e9)
        paper = on_paper(encode(laid_out, profile), name)
        shown = to_image(render(laid_out, profile)).convert("L")
        page = paper.crop((0, 0, paper.width, shown.height))
        assert page.size == shown.size
        assert differing(page, shown) == 0
        table = ImageOps.expand(page, 40, 255)
        for sheet in (table, table.filter(ImageFilter.GaussianBlur(BLUR_DOTS))):
            read = [
                code.text.replace("(", "").replace(")", "")
                for code in zxingcpp.read_barcodes(sheet)
            ]
            assert slip.code.data in read


@pytest.mark.parametrize("name", PRINTERS)
def test_native_slips_are_read_on_every_printer(name: str) -> None:
    """The printer's own letters and codes: its words are ours, its code is the coupon's."""
    rng = random.Random(name)
    for _ in range(12):
        slip = random_slip(rng)
        profile = PROFILES[PRINTERS[name]]
        paper = on_paper(encode(plan([slip], profile, 1e9), profile), name)
        read = zxingcpp.read_barcodes(ImageOps.expand(paper, 40, 255))
        texts = [code.text.replace("(", "").replace(")", "") for code in read]
        assert slip.code.data in texts


def test_a_picture_from_nv_memory_is_the_picture(photo: bytes) -> None:
    """Stored and printed by key, the page has the very dots of the page that was sent in full."""
    profile = drawn_here("tm-t20iii")
    slip = Slip(
        job="j", headline="Coffee", picture_png=photo, code=coupon_code("9520000900014", None)
    )
    stored = all_stored([slip], profile)
    full, nv = (plan_rung([slip], profile, rung, stored) for rung in ("full", "nv"))
    (key,) = stored.values()
    shown = next(item.shown for item in nv.items if hasattr(item, "shown"))
    ours = on_paper(encode(nv, profile), "tm-t20iii", before=define(key, shown))
    assert differing(ours, on_paper(encode(full, profile), "tm-t20iii")) == 0
    assert nv.size_bytes < full.size_bytes
