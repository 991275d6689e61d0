"""Draw the pictures of the example offers: `python examples/draw_pictures.py [DIR]`.

Grey photographs are what a shop would use; these drawings have what makes a picture hard to print:
soft gradients, fine lines and small words. Each run draws the same dots.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 400, 300  # fits 58 mm paper (384 dots) nearly one to one
Draw = ImageDraw.ImageDraw


def backdrop() -> Image.Image:
    """Draw white ground with a soft shadow on the table: grey ground costs a printer time and heat."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    for y in range(235, HEIGHT):
        for x in range(WIDTH):
            far = ((x - WIDTH / 2) / (WIDTH / 2)) ** 2 + ((y - 262) / 26) ** 2
            image.putpixel((x, y), int(255 - 90 * max(0.0, 1 - far)))
    return image


def words(draw: Draw, at: tuple[int, int], text: str, size: int, fill: int = 255) -> None:
    """Write words centred on a point."""
    draw.text(at, text, fill=fill, font=ImageFont.load_default(size), anchor="mm")


def shade(draw: Draw, box: tuple[int, int, int, int], dark: int, light: int) -> None:
    """Fill a box as a round body would look: light in the middle, dark at its sides."""
    left, top, right, bottom = box
    for x in range(left, right):
        off = abs((x - left) / (right - left) - 0.4) / 0.6
        draw.line([(x, top), (x, bottom)], fill=int(light - (light - dark) * min(off, 1) ** 1.5))


def cups(draw: Draw) -> None:
    """Draw two cups of yogurt."""
    for left, flavour in ((70, "Vanilla"), (220, "Cherry")):
        shade(draw, (left, 90, left + 120, 250), 90, 235)
        draw.ellipse((left, 70, left + 120, 110), fill=200, outline=60, width=3)
        draw.rectangle((left, 150, left + 120, 205), fill=70)
        words(draw, (left + 60, 167), "SOLENNE", 20)
        words(draw, (left + 60, 191), flavour, 16)


def beans(draw: Draw) -> None:
    """Draw a bag of coffee and some beans."""
    shade(draw, (120, 40, 280, 250), 20, 130)
    draw.polygon([(120, 40), (280, 40), (262, 20), (138, 20)], fill=50)
    draw.rectangle((138, 110, 262, 180), fill=235)
    words(draw, (200, 133), "MONTEBRUNO", 17, 20)
    words(draw, (200, 160), "Espresso 1 kg", 15, 20)
    for x, y in ((60, 240), (90, 262), (310, 246), (340, 268), (330, 225)):
        draw.ellipse((x, y, x + 30, y + 20), fill=50)
        draw.line([(x + 4, y + 13), (x + 26, y + 7)], fill=150, width=2)


def crispbread(draw: Draw) -> None:
    """Draw three packs, the third one light: it is free."""
    for place, fill in enumerate((70, 110, 210)):
        left = 50 + place * 100
        draw.rounded_rectangle((left, 80, left + 90, 250), 8, fill=fill, outline=30, width=2)
        words(draw, (left + 45, 120), "FJORDKORN", 14, 255 if fill < 200 else 30)
        for y in range(150, 240, 12):
            for x in range(left + 12, left + 84, 12):
                draw.ellipse((x, y, x + 4, y + 4), fill=230 if fill < 200 else 90)
    words(draw, (295, 55), "FREE", 30, 20)


def tea(draw: Draw) -> None:
    """Draw a tea box with leaves."""
    shade(draw, (110, 70, 290, 250), 120, 240)
    for x in range(120, 280, 32):
        draw.pieslice((x, 190, x + 40, 250), 200, 300, fill=60)
    words(draw, (200, 110), "LINDENHOF", 24, 30)
    words(draw, (200, 145), "Evening tea", 18, 30)


def carton(draw: Draw) -> None:
    """Draw a carton of oat drink."""
    shade(draw, (140, 80, 260, 270), 110, 245)
    draw.polygon([(140, 80), (260, 80), (235, 35), (165, 35)], fill=160, outline=60)
    words(draw, (200, 130), "GRANELLA", 20, 20)
    words(draw, (200, 160), "Oat  Barista", 16, 20)
    for x in range(155, 250, 10):
        draw.arc((x, 200, x + 20, 250), 180, 300, fill=70, width=2)


def jar(draw: Draw) -> None:
    """Draw a jar of hazelnut spread."""
    shade(draw, (120, 90, 280, 260), 25, 110)
    draw.rounded_rectangle((112, 55, 288, 95), 6, fill=225, outline=60, width=2)
    draw.rectangle((120, 150, 280, 210), fill=240)
    words(draw, (200, 168), "NUSSBERG", 22, 20)
    words(draw, (200, 194), "Hazelnut 400 g", 15, 20)


def skyr(draw: Draw) -> None:
    """Draw a tub of skyr."""
    shade(draw, (110, 110, 290, 240), 150, 250)
    draw.ellipse((104, 85, 296, 135), fill=235, outline=70, width=3)
    words(draw, (200, 170), "HAVRELUND", 24, 30)
    words(draw, (200, 202), "Skyr  1.99", 20, 30)


def apples(draw: Draw) -> None:
    """Draw five apples."""
    for x, y, fill in (
        (70, 170, 90),
        (150, 160, 130),
        (235, 170, 80),
        (110, 110, 150),
        (195, 105, 110),
    ):
        draw.ellipse((x, y, x + 90, y + 85), fill=fill, outline=30, width=2)
        draw.ellipse((x + 20, y + 15, x + 38, y + 33), fill=min(fill + 90, 250))
        draw.line([(x + 45, y + 8), (x + 52, y - 14)], fill=20, width=4)


def bottles(draw: Draw) -> None:
    """Draw six bottles in a pack."""
    for place in range(6):
        left = 62 + place * 46
        shade(draw, (left, 110, left + 42, 255), 110, 250)
        draw.polygon([(left, 110), (left + 42, 110), (left + 28, 62), (left + 14, 62)], fill=210)
        draw.rectangle((left + 12, 48, left + 30, 62), fill=40)
    draw.rectangle((62, 160, 334, 205), fill=235, outline=40)
    words(draw, (198, 183), "QUELLHEIM  6 x 1.5 l", 20, 20)


def bowl(draw: Draw) -> None:
    """Draw a bowl of granola."""
    draw.pieslice((90, 60, 310, 280), 0, 180, fill=120, outline=30, width=3)
    draw.ellipse((90, 140, 310, 200), fill=225, outline=30, width=3)
    for step in range(24):
        x, y = 118 + (step * 47) % 160, 152 + (step * 13) % 34
        draw.ellipse((x, y, x + 16, y + 9), fill=60 + (step * 31) % 120)
    words(draw, (200, 235), "GRANELLA", 22)


def badge(text: str) -> Callable[[Draw], None]:
    """Draw a seal with a few words in it."""

    def paint(draw: Draw) -> None:
        draw.regular_polygon((200, 150, 120), 24, fill=60)
        draw.ellipse((100, 50, 300, 250), fill=235, outline=30, width=3)
        words(draw, (200, 150), text, 44, 20)

    return paint


PICTURES: dict[str, Callable[[Draw], None]] = {
    "solenne-20": cups,
    "coffee-1": beans,
    "crispbread-3for2": crispbread,
    "tea-50": tea,
    "oat-30": carton,
    "hazelnut-75": jar,
    "skyr-199": skyr,
    "yogurt-4for3": cups,
    "skyr-second-half": skyr,
    "apples-kg": apples,
    "crispbread-spread": jar,
    "organic-points": badge("+50"),
    "happy-evening": badge("- 5.00"),
    "self-checkout-10": badge("- 10 %"),
    "water-12": bottles,
    "granola-draft": bowl,
}


def main(arguments: list[str]) -> int:
    """Draw every picture beside its offer's file."""
    here = Path(__file__).parent / "shop" / "offers"
    folder = Path(arguments[0]) if arguments else here
    ground = backdrop()
    for name, paint in PICTURES.items():
        image = ground.copy()
        paint(ImageDraw.Draw(image))
        image.save(folder / f"{name}.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
