"""Each offer as it will be on paper: the print-exact picture, and the very bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, cast

from msgspec.structs import replace

from hq.offer_files import read_offers
from hq.shop_files import Shop, read_shop
from offers.model import Language, Offer, Serial
from offers.sentences import slip_words
from printer.plan import RUNGS
from printer.plan_types import Rung
from printer.profile import PROFILES, Profile, find_profile
from printer.render import preview
from printer.slip import Slip
from printer.worded import Carrier, coupon_code, worded

ALL = "all"
SAMPLE_SERIAL = Serial("000000000000")  # its check digits fit no key: a preview is no coupon
SAMPLE_JOB = "0" * 32


class Asked(NamedTuple):
    """What to preview: a printer, a language (None: the first store's) and a rung, each or "all"."""

    printer: str
    language: str | None = None
    rung: str = "full"
    carrier: Carrier = "qr"
    brand_line: str = ""


def write_previews(folder: Path, asked: Asked, out: Path) -> Iterator[tuple[Path, int]]:
    """Write NAME.png and NAME.escpos of every offer; give each picture's path and the bytes' count.

    Where "all" is asked for, `out` has a folder for each printer, language or rung.

    Raises:
        ShopComplaint: files are not what they must be.
        ProfileError: there is no such printer.
        CodeError: a code cannot be printed on it.
    """
    for profile in _printers(asked.printer):
        for language in _languages(asked.language, folder):
            for rung in RUNGS if asked.rung == ALL else (cast(Rung, asked.rung),):
                chosen = (
                    (asked.printer, profile.name),
                    (asked.language, language),
                    (asked.rung, rung),
                )
                place = out.joinpath(*(str(name) for word, name in chosen if word == ALL))
                place.mkdir(parents=True, exist_ok=True)
                drawn = previews(folder, profile, language, rung, asked.carrier, asked.brand_line)
                for name, png, escpos in drawn:
                    (place / f"{name}.png").write_bytes(png)
                    (place / f"{name}.escpos").write_bytes(escpos)
                    yield place / f"{name}.png", len(escpos)


def _printers(name: str) -> list[Profile]:
    return list(PROFILES.values()) if name == ALL else [find_profile(name)]


def _languages(tag: str | None, folder: Path) -> list[Language | None]:
    if tag == ALL:
        return list(languages_of(folder))
    return [Language(tag) if tag else None]


def previews(
    folder: Path,
    profile: Profile,
    language: Language | None = None,
    rung: Rung = "full",
    carrier: Carrier = "qr",
    brand_line: str = "",
) -> Iterator[tuple[str, bytes, bytes]]:
    """Give (name, PNG, ESC/POS bytes) of each offer in a directory of offer files.

    Args:
        folder: the `offers` directory of a shop, or any directory of offer files.
        profile: the printer.
        language: the slips' language; the first store's own if None.
        rung: what the line's speed leaves time for.
        carrier: the code that the tills read.
        brand_line: what the lanes have set above every slip.

    Raises:
        ShopComplaint: files are not what they must be.
        CodeError: a code cannot be printed on this printer.
    """
    shop = shop_of(folder)
    offers, pictures, files = read_offers(folder)
    for offer in offers:
        png = pictures.get(offer.picture.sha256) if offer.picture else None
        slip = sample_slip(offer, png, shop, language, carrier)
        drawn = preview(replace(slip, brand_line=brand_line), profile, rung)
        yield files[offer.offer_id].removesuffix(".toml"), *drawn


def shop_of(folder: Path) -> Shop | None:
    """Give the shop around a directory of offer files, if it is one's."""
    return read_shop(folder.parent) if (folder.parent / "stores.toml").is_file() else None


def languages_of(folder: Path) -> list[Language]:
    """Give every language of the stores, and those that the offers' titles are in."""
    shop = shop_of(folder)
    spoken = [language for store in shop.stores for language in store.languages] if shop else []
    titled = [language for offer in read_offers(folder)[0] for language in offer.title]
    return list(dict.fromkeys([*spoken, *map(Language, titled)])) or [Language("en")]


def sample_slip(
    offer: Offer,
    png: bytes | None,
    shop: Shop | None,
    language: Language | None,
    carrier: Carrier = "qr",
) -> Slip:
    """Word an offer as the lane will, valid on all its days, with a serial that nobody has."""
    facts = shop.stores[0] if shop and shop.stores else None
    words = slip_words(
        offer,
        {product.gtin: product for product in shop.products} if shop else {},
        language or (facts.languages[0] if facts else Language("en")),
        facts.currency if facts else "EUR",
        offer.ends,
        offer.starts,
    )
    serial = SAMPLE_SERIAL if offer.single_use else None
    code = coupon_code(offer.coupon_number, serial, carrier)
    return worded(words, SAMPLE_JOB, code, png)
