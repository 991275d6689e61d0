from hypothesis import given, settings, strategies as st

from printer.bands import bands
from printer.bitmap import Bitmap, blank, compose, from_image, to_image

sparse = st.tuples(st.integers(1, 9), st.integers(1, 30)).flatmap(
    lambda size: st.lists(
        st.sampled_from([0, 0, 0, 1, 0x80, 0xFF]),
        min_size=size[0] * size[1],
        max_size=size[0] * size[1],
    ).map(lambda data: Bitmap(size[0] * 8, size[1], bytes(data)))
)


@given(sparse)
@settings(max_examples=150, deadline=None)
def test_the_bands_are_the_page(page: Bitmap) -> None:
    """Painted back where they stood the bands give every dot again; between them is white paper."""
    layers = [(b.left * 8, b.top, Bitmap(b.width * 8, b.height, b.payload)) for b in bands(page)]
    assert compose(page.width, page.height, layers) == page


@given(sparse)
@settings(max_examples=150, deadline=None)
def test_no_band_carries_a_white_row_or_margin(page: Bitmap) -> None:
    """Each band begins and ends with ink on all four sides, and no row of it is white."""
    for band in bands(page):
        rows = [
            band.payload[at : at + band.width] for at in range(0, len(band.payload), band.width)
        ]
        assert len(rows) == band.height
        assert all(any(row) for row in rows)
        assert any(row[0] for row in rows)
        assert any(row[-1] for row in rows)


def test_white_paper_has_no_bands() -> None:
    """Nothing to print costs nothing."""
    assert bands(blank(576, 700)) == []
    assert from_image(to_image(blank(9, 9))) == blank(9, 9)
