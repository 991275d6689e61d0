"""What would not come out right on paper is refused with its place and a cure."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from hq.lint import lint
from hq.lint_facts import Facts
from hq.lint_paper import code_that_does_not_scan
from hq.shop_files import read_shop
from printer import profile as profiles
from printer.profile import PROFILES, Profile

COFFEE = "offers/coffee-1.toml"


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ('en = "Not for cash."', f'en = "{"Small print. " * 30}"', "[terms] en", "lines in 'en'"),
        (
            'en = "1.00 off Montebruno Espresso 1 kg"',
            f'en = "{"Montebruno " * 8}"',
            "[title] en",
            "as small as the terms",
        ),
    ],
)
def test_words_that_do_not_fit_the_narrowest_paper_are_refused(
    spoil, shop_dir: Path, old: str, new: str, place: str, words: str
) -> None:
    """The language is named, and how much room there is."""
    spoil(COFFEE, old, new)
    found = [fault for fault in lint(read_shop(shop_dir)) if words in fault.what]
    assert [(fault.file, fault.place, fault.level) for fault in found] == [(COFFEE, place, "error")]
    assert "shorten" in found[0].do


def test_a_picture_smaller_than_its_dots_is_refused(shop_dir: Path) -> None:
    """It is never enlarged: 80 pixels would be 10 mm."""
    file = BytesIO()
    Image.new("L", (80, 60), 90).save(file, "PNG")
    (shop_dir / "offers/coffee-1.png").write_bytes(file.getvalue())
    (fault,) = lint(read_shop(shop_dir))
    assert (fault.file, fault.place) == (COFFEE, "picture")
    assert fault.what == "it has 80 x 60 pixels and would be 10 mm on paper"


def test_a_reward_too_long_to_be_big_is_refused(spoil, shop_dir: Path) -> None:
    """What you get must not look like the small print."""
    long = "Nussberg hazelnut spread, creamy or crunchy or with cocoa"
    spoil("offers/crispbread-spread.toml", '"Nussberg hazelnut spread"', f'"{long}"')
    found = [fault for fault in lint(read_shop(shop_dir)) if "to be big" in fault.what]
    assert [(fault.place, long in fault.what) for fault in found] == [("reward", True)]


def test_letters_without_a_font_are_told(spoil, shop_dir: Path) -> None:
    """A warning: this machine's lanes would print the other language."""
    spoil(COFFEE, 'en = "Not for cash."', 'en = "ᚠᚢᚦ"')
    found = [fault for fault in lint(read_shop(shop_dir)) if "no font" in fault.what]
    assert [(fault.level, "ᚠᚢᚦ" in fault.what) for fault in found] == [("warning", True)]


def test_a_code_wider_than_a_printer_s_paper_is_refused(shop_dir: Path) -> None:
    """On 200 dots neither lines nor a QR code with its quiet zone fit: each is named once."""
    tiny = Profile(name="tiny", dots_wide=200)
    PROFILES["tiny"] = tiny
    try:
        shop = read_shop(shop_dir)
        offer = next(offer for offer in shop.offers if offer.offer_id == "coffee-1")
        found = list(code_that_does_not_scan(offer, Facts(shop)))
    finally:
        del profiles.PROFILES["tiny"]
    assert [fault.what.split()[0] for fault in found] == ["code128"]
    assert "needs 363 dots, the paper has 200" in found[0].what
    assert found[0].path == ("coupon_number",)
