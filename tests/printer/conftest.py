"""What the tests of this room share: a photo, a slip, a clock."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from ground.clock import SteppedClock
from printer.slip import Code, Slip


def png(image: Image.Image) -> bytes:
    """Give an image as a PNG file."""
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="session")
def photo() -> bytes:
    """A picture with every grey, some of it soft: 400 x 300."""
    slope = Image.linear_gradient("L").resize((400, 300))
    hill = Image.radial_gradient("L").resize((400, 300))
    return png(Image.blend(slope, hill, 0.5))


@pytest.fixture
def slip(photo: bytes) -> Slip:
    """A single-use coupon with everything on it."""
    return Slip(
        job="0" * 32,
        brand_line="Your market",
        headline="Greek yogurt, any flavour",
        big="2.00 OFF",
        counts="Counts: Oikos 500 g, Änderung vorbehalten",
        not_counts="Does not count: Coconut",
        validity="Valid until 5 December 2026",
        terms="One coupon per purchase. " * 6,
        code=Code("qr", "8255950110153001123456789012", "1234 5678 9012"),
        picture_png=photo,
    )


@pytest.fixture
def clock() -> SteppedClock:
    """A clock that moves only when told."""
    return SteppedClock(datetime(2026, 11, 21, 12, 0, tzinfo=UTC))
