from io import BytesIO

import zxingcpp
from msgspec.structs import replace
from PIL import Image

from printer.bitmap import to_image
from printer.escpos import encode
from printer.items import Words
from printer.plan import RUNGS, plan
from printer.plan_types import Plan
from printer.profile import PROFILES
from printer.render import preview, render
from printer.slip import Code, Slip
from tests.printer.paper_reader import read

EPSON = PROFILES["TM-T20III"]


def test_a_preview_s_code_is_read_by_a_scanner(slip: Slip) -> None:
    """The PNG is as wide as the paper, and its code holds what the coupon's does, on every model."""
    for profile in PROFILES.values():
        png, data = preview(slip, profile)
        image = Image.open(BytesIO(png)).convert("L")
        assert image.width == profile.dots_wide
        assert [code.text for code in zxingcpp.read_barcodes(image)] == [slip.code.data]
        assert data == encode(plan([slip], profile, 1e9), profile)


def test_every_rung_can_be_looked_at(slip: Slip) -> None:
    """The picture is there, coarse, or not there; the code is on each; NV looks as the full one."""
    shown = {rung: preview(slip, EPSON, rung) for rung in RUNGS}
    assert shown["nv"][0] == shown["full"][0]
    sizes = [len(shown[rung][1]) for rung in ("nv", "words", "half", "full")]
    assert sizes[0] < 800
    assert sizes[1:] == sorted(sizes[1:])
    for png, _ in shown.values():
        image = Image.open(BytesIO(png)).convert("L")
        assert [code.text for code in zxingcpp.read_barcodes(image)] == [slip.code.data]


def test_the_picture_in_a_preview_is_exact(slip: Slip) -> None:
    """Where the printer draws no letters of its own, preview and paper have the same dots."""
    bare = Slip(
        job="j", headline="שלום", picture_png=slip.picture_png, code=Code("ean13", "4006381333931")
    )
    profile = replace(EPSON, native_ean13=False)
    laid_out = plan([bare], profile, 2.0)
    shown = render(laid_out, profile)
    black = {(x, y) for y in range(shown.height) for x in range(shown.width) if shown.black(x, y)}
    assert read(encode(laid_out, profile)).dots() == black


def test_the_paper_is_as_long_as_it_is_shown(slip: Slip) -> None:
    """Rows of the preview and rows of feed agree, but for what the printer's own code takes."""
    laid_out = plan([replace(slip, code=Code())], EPSON, 2.0)
    assert len(read(encode(laid_out, EPSON)).rows) == render(laid_out, EPSON).height


def test_letters_are_where_the_printer_sets_them(slip: Slip) -> None:
    """A line at the left begins at the left, one at the right ends there, a title is in the middle."""
    ink = []
    for how in ({}, {"centred": True}, {"right": True}):
        laid_out = Plan("words", (Words(("HHHH",), 16, "cp1252", **how),), "", 0, 0.0)
        drawn = to_image(render(laid_out, EPSON)).convert("L").point(lambda p: 255 - p)
        ink.append(drawn.getbbox())
    assert ink[0] is not None
    assert ink[0][0] < 12
    assert ink[0][2] <= 48
    assert ink[1] is not None
    assert abs(ink[1][0] + ink[1][2] - 576) <= 12
    assert ink[2] is not None
    assert ink[2][2] > 576 - 12
