"""What may not be published is refused with file, place and cure."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image

from hq.lint import lint, picture_fault
from hq.lint_facts import number_fault
from hq.shop_files import read_shop
from offers.coupon_code import check_digit


def test_the_example_shop_has_no_fault(shop_dir: Path) -> None:
    """What we ship may be published."""
    assert lint(read_shop(shop_dir)) == []


SPOILT = [
    ("offers/coffee-1.toml", 'by = "M. Okafor"', 'by = " "', "[approval]", "nobody has approved"),
    (
        "offers/coffee-1.toml",
        "9520000900021",
        "9520000900022",
        "coupon_number",
        "check digit, not 1",
    ),
    ("offers/coffee-1.toml", "9520000900021", "952", "coupon_number", "13 digits"),
    ("offers/coffee-1.toml", "9520000900021", "9520000900014", "coupon_number", "same number"),
    ("offers/tea-50.toml", "9900000900045", "9520000900045", "coupon_number", "no coupon's EAN-13"),
    ("offers/coffee-1.toml", "ends = 2035", "ends = 2025", "ends", "before it starts"),
    ("offers/coffee-1.toml", "stores = []", 'stores = ["s9"]', "stores", "no store 's9'"),
    ("offers/coffee-1.toml", "9520000003012", "9520000003999", "[products.include]", "no product"),
    ("offers/tea-50.toml", '["Lindenhof"]', '["Lindenhoff"]', "[products.include]", "no product"),
    (
        "offers/tea-50.toml",
        'brands = ["Lindenhof"]',
        "",
        "[products.include]",
        "includes no product",
    ),
    ("offers/crispbread-3for2.toml", "bakery/crispbread", "bak", "[products.include]", "category"),
    ("offers/solenne-20.toml", "9520000001049", "1", "[products.exclude]", "no product has GTIN"),
    (
        "offers/coffee-1.toml",
        "pack_version = 1",
        "pack_version = 2",
        "[picture]",
        "on the shelf is 1",
    ),
    (
        "offers/coffee-1.toml",
        "[title]  #",
        '[title]\nfr = "' + "x " * 60 + '"\n#',
        "[title] fr",
        "fit",
    ),
    (
        "offers/coffee-1.toml",
        "[terms]  #",
        '[terms]\nfr = "' + "x" * 33 + '"\n#',
        "[terms] fr",
        "line",
    ),
    ("offers/coffee-1.toml", 'en = "Not for cash."', 'en = ""', "[terms]", "no wording"),
    (
        "offers/coffee-1.toml",
        "percent = 100",
        'percent = 60\n[[funding]]\nfunder="b"\npercent=41',
        "[[funding]]",
        "101 %",
    ),
    ("offers/tea-50.toml", "single_use = false", "single_use = true", "single_use", "serial"),
    (
        "products.toml",
        "9520000001018",
        "9520000001011",
        "[[product]] 'Yogurt alternative Natural'",
        "check digit",
    ),
    ("products.toml", "9520000001018", "9520000001025", "gtin", "stands twice"),
    ("stock.toml", '"s001"', '"s002"', "store", "no store"),
    ("stock.toml", "9520000001018", "9520000001090", "gtin", "no product"),
    ("rivals.toml", "Havrelund", "Havre", "brands", "no product has brand"),
    ("mass_promotions.toml", "9520000004026", "4026", "gtins", "no product"),
    ("mass_promotions.toml", "ends = 2026-01-11", "ends = 2025-01-11", "ends", "before it starts"),
    ("assignments.toml", '"coffee-1"', '"coffee-2"', "[[shopper]] number 1", "no offer"),
    ("assignments.toml", '"coffee-1"', '"tea-50"', "[[shopper]] number 1", "for everyone"),
    ("assignments.toml", '"coffee-1"', '"solenne-20"', "[[shopper]] number 1", "assigned twice"),
    ("assignments.toml", "2900000002029", "2900000001015", "identities", "ending in 015"),
]


@pytest.mark.parametrize(("file", "old", "new", "place", "words"), SPOILT)
def test_a_fault_is_named_where_it_is(shop_dir, spoil, file, old, new, place, words) -> None:
    """File and place are right, and the cure is not empty."""
    spoil(file, old, new)
    found = [f for f in lint(read_shop(shop_dir)) if (f.file, f.place) == (file, place)]
    assert any(words in fault.what for fault in found), found
    assert all(fault.do for fault in found)


def test_a_missing_picture_file_is_named(shop_dir: Path) -> None:
    """The file that must be there is named."""
    (shop_dir / "offers/coffee-1.png").unlink()
    (fault,) = lint(read_shop(shop_dir))
    assert (fault.place, fault.what) == ("[picture]", "offers/coffee-1.png is missing")


def test_a_shop_without_stores_is_refused(shop_dir: Path) -> None:
    """An empty chain would publish nothing to nobody."""
    (shop_dir / "stores.toml").write_text("")
    assert any(f.what == "there is no store" for f in lint(read_shop(shop_dir)))


def png(width: int, height: int) -> bytes:
    """A PNG's head that claims a size, with next to no data behind it: a bomb if decoded."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 10)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_pictures_that_would_not_print_are_refused() -> None:
    """Wrong bytes, another format, a bomb's size, too many bytes."""
    jpeg = io.BytesIO()
    Image.new("L", (8, 8)).save(jpeg, "JPEG")
    assert picture_fault(b"no picture") == "is not a PNG picture"
    assert picture_fault(jpeg.getvalue()) == "is not a PNG picture"
    assert "100000 x 100000 pixels" in picture_fault(png(100_000, 100_000)) or (
        picture_fault(png(100_000, 100_000)) == "is not a PNG picture"
    )
    assert "5000 x 1000 pixels" in picture_fault(png(5000, 1000))
    assert "bytes" in picture_fault(b"\0" * 600_000)


@pytest.mark.parametrize("number", ["4006381333931", "96385074", "00012345678905"])
def test_published_numbers_have_the_digit_they_have(number: str) -> None:
    """Examples of GS1 and of the EAN literature."""
    assert check_digit(number[:-1]) == number[-1]
    assert number_fault(number, (len(number),)) == ""


@settings(max_examples=100, deadline=None)
@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(body: str, place: int, by: int) -> None:
    """The property that the check digit was made for."""
    right = body + check_digit(body)
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]
    assert number_fault(right, (13,)) == ""
    assert "check digit" in number_fault(wrong, (13,))
