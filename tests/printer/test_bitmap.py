from io import BytesIO

from hypothesis import given, settings, strategies as st
from PIL import Image

from printer.bitmap import Bitmap, blank, compose, enlarge, from_image, to_image, to_png

pages = st.integers(1, 40).flatmap(
    lambda width: st.integers(1, 12).flatmap(
        lambda height: st.lists(
            st.lists(st.booleans(), min_size=width, max_size=width),
            min_size=height,
            max_size=height,
        )
    )
)


def drawn(dots: list[list[bool]]) -> Bitmap:
    image = Image.new("1", (len(dots[0]), len(dots)), 1)
    for y, row in enumerate(dots):
        for x, black in enumerate(row):
            image.putpixel((x, y), 0 if black else 255)
    return from_image(image)


@given(pages)
@settings(max_examples=60, deadline=None)
def test_every_dot_is_where_it_was_put(dots: list[list[bool]]) -> None:
    """A bitmap holds each dot of the image, most significant bit first, and gives it back."""
    bitmap = drawn(dots)
    assert [[bitmap.black(x, y) for x in range(bitmap.width)] for y in range(bitmap.height)] == dots
    assert from_image(to_image(bitmap)) == bitmap
    assert bitmap.count_black() == sum(map(sum, dots))


def test_the_first_dot_is_the_highest_bit() -> None:
    """Nine dots with the first and the last black take the bytes 80 80: what lies beyond is 0."""
    assert drawn([[True, *[False] * 7, True]]).rows == b"\x80\x80"


def test_black_wins_where_layers_lie_over_each_other() -> None:
    """White dots of an upper layer hide nothing, and what hangs over the edge is lost."""
    below, above = drawn([[True, False]]), drawn([[False, True]])
    assert compose(2, 1, [(0, 0, below), (0, 0, above)]).rows == b"\xc0"
    assert compose(2, 1, [(1, 0, below)]).rows == b"\x40"
    assert compose(2, 1, [(5, 5, below)]) == blank(2, 1)


def test_a_dot_is_repeated_as_the_printer_would() -> None:
    """Twice as wide and three times as high: one dot becomes six."""
    assert enlarge(drawn([[True, False]]), 2, 3).rows == b"\xc0\xc0\xc0"


def test_a_png_shows_black_as_black() -> None:
    """A viewer sees black paper black."""
    image = Image.open(BytesIO(to_png(drawn([[True, False]])))).convert("L")
    assert [image.getpixel((0, 0)), image.getpixel((1, 0))] == [0, 255]
