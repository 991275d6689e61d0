"""The same picture, printed by python-escpos and by us on the simulated printer, dot by dot."""

import pytest
from escpos.printer import Dummy
from hypothesis import given, settings, strategies as st
from PIL import Image, ImageChops

from hardware_sim.escpos_reader import EscposReader
from hardware_sim.paper import Roll
from hardware_sim.printer_models import MODELS
from printer.bitmap import from_image
from printer.escpos import encode_job
from printer.items import Dots
from printer.profile import PROFILES


def paper(data: bytes) -> Image.Image:
    """Print on a TM-T20III, and cut off the white above and below."""
    roll = Roll(576, 0)
    for event in EscposReader(MODELS["tm-t20iii"]).feed(data):
        roll.take(event)
    picture = roll.tear().image().convert("L")
    box = ImageChops.invert(picture).getbbox()
    assert box is not None
    return picture.crop((0, box[1], picture.width, box[3]))


def theirs(picture: Image.Image) -> bytes:
    printer = Dummy()
    printer.profile.profile_data["media"]["width"]["pixels"] = 576
    printer.image(picture, impl="bitImageRaster")
    return printer.output


def ours(picture: Image.Image) -> tuple[bytes, int]:
    job = encode_job([Dots(from_image(picture))], PROFILES["TM-T20III"])
    return job.data, job.moved_dots


def moved(first: Image.Image, second: Image.Image) -> int:
    """Count the dots that differ."""
    return sum(value > 0 for value in ImageChops.difference(first, second).tobytes())


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=72 * 20, max_size=72 * 20))
def test_any_picture_has_the_same_dots_but_for_those_moved_for_safety(noise):
    """A dot that was moved away from a real-time command differs twice: where it was and where it is."""
    picture = Image.frombytes("1", (576, 20), b"\xff" + noise[1:])
    data, count = ours(picture)
    left, right = paper(theirs(picture)), paper(data)
    assert left.size == right.size
    assert moved(left, right) <= 2 * count


@pytest.mark.parametrize("width", [8, 100, 384, 575, 576])
def test_a_plain_picture_has_the_very_same_dots(width):
    """Blank rows fed and bands trimmed leave no trace on the paper."""
    picture = Image.new("1", (width, 60), 1)
    for x in range(0, width, 3):
        for y in range(10, 50, 7):
            picture.putpixel((x, y), 0)
    data, count = ours(picture)
    assert count == 0
    assert moved(paper(theirs(picture)), paper(data)) == 0
    assert len(data) < len(theirs(picture)) or width < 16
