import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace
from PIL import Image, ImageChops, ImageOps

from printer.bitmap import to_image
from printer.items import CELL, Cut, Dots, NativeBars, NativeQr, Words
from printer.layout import LOOKS, field, lay_out, picture_bitmap
from printer.profile import PROFILES, Profile
from printer.slip import Slip
from printer.worded import coupon_code, grouped
from tests.printer.conftest import png

EPSON, NARROW = PROFILES["TM-T20III"], PROFILES["generic-58mm"]


def words_of(slip: Slip, profile: Profile) -> dict[str, Words]:
    items = lay_out(slip, profile, "words", [])
    return {line: item for item in items if isinstance(item, Words) for line in item.lines}


@pytest.mark.parametrize(
    ("text", "wide", "narrow"),
    [
        ("20 % off", 4, 4),
        ("1.00 € off", 4, 3),
        ("2nd one half price", 3, 3),
        ("cheapest of three is free, up to 10.00 €", 2, 2),
    ],
)
def test_what_you_get_is_as_big_as_it_fits(text: str, wide: int, narrow: int) -> None:
    """Four times Font A in one line if it fits, else smaller; never the size of the small print."""
    assert field("big", text, EPSON).scale[0] == wide
    assert field("big", text, NARROW).scale[0] == narrow


def test_nothing_is_smaller_than_font_a(slip: Slip) -> None:
    """Terms too: 24 dots, on every paper; Font B is not used."""
    for profile in PROFILES.values():
        items = lay_out(slip, profile, "full", [])
        fonts = {item.font for item in items if isinstance(item, Words)}
        assert fonts == {"A"}
    assert CELL["A"][1] == 24


def test_short_terms_are_centred_and_long_ones_are_a_paragraph(slip: Slip) -> None:
    """A line or two is looked at; more is read from the margin."""
    short = field("terms", "One use per coupon.", EPSON).items[0]
    long = field("terms", "One use per coupon. " * 20, EPSON).items[0]
    assert isinstance(short, Words)
    assert isinstance(long, Words)
    assert (short.centred, long.centred) == (True, False)


def test_a_long_word_is_broken_and_nothing_is_lost() -> None:
    """Forty letters on 32 columns: two lines, every letter."""
    word = "Donaudampfschifffahrtsgesellschaftskapitaen"
    for name in LOOKS:
        made = field(name, word, NARROW)
        (item,) = made.items
        assert isinstance(item, Words)
        assert "".join(item.lines) == word


def test_the_serial_can_be_read_and_typed() -> None:
    """In fours, by itself, bold; the coupon number with its AI stands above."""
    code = coupon_code("9520000900014", "123456789012")
    slip = Slip(job="j", headline="Tea", code=code)
    shown = words_of(slip, EPSON)
    assert shown["1234 5678 9012"].bold
    assert list(shown)[-2:] == ["(255) 9520000900014", "1234 5678 9012"]
    assert grouped("000000000017") == "0000 0000 0017"


@pytest.mark.parametrize(
    ("carrier", "kind", "data"),
    [
        ("qr", "qr", "2559520000900014123456789012"),
        ("databar", "databar", "2559520000900014123456789012"),
        ("code128", "code128", "123456789012"),
    ],
)
def test_a_coupon_s_code_is_what_the_till_reads(carrier, kind: str, data: str) -> None:
    """AI (255) with number and serial, or the serial alone in lines; each fits every paper."""
    code = coupon_code("9520000900014", "123456789012", carrier)
    assert (code.kind, code.data) == (kind, data)
    for profile in PROFILES.values():
        items = lay_out(Slip(job="j", headline="x", code=code), profile, "words", [])
        assert any(isinstance(item, Dots | NativeQr | NativeBars) for item in items)
    assert coupon_code("9900000900045", None, carrier).kind == "ean13"


def test_a_picture_is_framed_by_paper(photo: bytes) -> None:
    """At most 92 % of the paper's width, centred; a small one is not enlarged."""
    for profile in PROFILES.values():
        assert picture_bitmap(photo, profile).width <= profile.dots_wide * 0.92
    tiny = picture_bitmap(png_of(80, 60), EPSON)
    assert (tiny.width, tiny.height) == (80, 60)


def png_of(width: int, height: int) -> bytes:
    from PIL import Image

    return png(Image.new("L", (width, height), 90))


def test_a_slip_without_a_picture_is_a_good_slip(slip: Slip) -> None:
    """Everything else stands as it did."""
    bare = replace(slip, picture_png=None)
    full = [item for item in lay_out(slip, EPSON, "full", []) if not isinstance(item, Dots)]
    assert lay_out(bare, EPSON, "full", []) == full


@given(
    st.sampled_from(sorted(PROFILES)),
    st.text("abcdefgh äöü€%,.0123456789", max_size=300),
    st.sampled_from(sorted(LOOKS)),
)
@settings(max_examples=150, deadline=None)
def test_every_field_fits_every_paper(name: str, text: str, look: str) -> None:
    """Whatever the words: no line is wider than the paper, no letter is lost."""
    profile = PROFILES[name]
    made = field(look, text, profile)
    for item in made.items:
        assert isinstance(item, Words)
        assert all(len(line) * item.cell[0] <= profile.dots_wide for line in item.lines)
        assert "".join(item.lines).replace(" ", "") == text.replace(" ", "")


def test_a_slip_ends_in_a_cut(slip: Slip) -> None:
    """And in nothing else."""
    items = lay_out(slip, EPSON, "full", [])
    assert [isinstance(item, Cut) for item in items].index(True) == len(items) - 1


def test_a_title_runs_its_own_way_where_the_rest_of_the_slip_does_not() -> None:
    """Hebrew above English terms: the figure that is read first stands at the right."""

    def drawn(headline: str) -> Image.Image:
        slip = Slip(job="0" * 32, headline=headline, terms="One use per coupon.")
        (item,) = (item for item in lay_out(slip, EPSON, "words", []) if isinstance(item, Dots))
        return to_image(item.bitmap).convert("L")

    one, other = drawn("14 הנחה"), drawn("41 הנחה")
    left, _, right, _ = ImageOps.invert(one).getbbox() or (0, 0, 0, 0)
    differs = ImageChops.difference(one, other).getbbox()
    assert differs is not None
    assert differs[0] > (left + right) / 2
