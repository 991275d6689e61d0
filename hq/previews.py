"""Each offer as it will be on paper: the print-exact picture, and the very bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hq.offer_files import read_offers
from hq.shop_files import Shop, read_shop
from offers.model import Language, Offer, Serial
from offers.sentences import slip_words
from printer.profile import Profile
from printer.render import preview
from printer.slip import Slip
from printer.worded import coupon_code, worded

SAMPLE_SERIAL = Serial("000000000000")  # its check digits fit no key: a preview is no coupon
SAMPLE_JOB = "0" * 32


def previews(
    folder: Path, profile: Profile, language: Language | None
) -> Iterator[tuple[str, bytes, bytes]]:
    """Give (name, PNG, ESC/POS bytes) of each offer in a directory of offer files.

    Args:
        folder: the `offers` directory of a shop, or any directory of offer files.
        profile: the printer.
        language: the slips' language; the first store's own if None.

    Raises:
        ShopComplaint: files are not what they must be.
    """
    shop = read_shop(folder.parent) if (folder.parent / "stores.toml").is_file() else None
    offers, pictures, files = read_offers(folder)
    for offer in offers:
        png = pictures.get(offer.picture.sha256) if offer.picture else None
        slip = sample_slip(offer, png, shop, language)
        yield files[offer.offer_id].removesuffix(".toml"), *preview(slip, profile)


def sample_slip(
    offer: Offer, png: bytes | None, shop: Shop | None, language: Language | None
) -> Slip:
    """Word an offer as the lane will, valid to its last day, with a serial that nobody has."""
    facts = shop.stores[0] if shop and shop.stores else None
    words = slip_words(
        offer,
        {product.gtin: product for product in shop.products} if shop else {},
        language or (facts.languages[0] if facts else Language("en")),
        facts.currency if facts else "EUR",
        offer.ends,
    )
    code = coupon_code(offer.coupon_number, SAMPLE_SERIAL if offer.single_use else None)
    return worded(words, SAMPLE_JOB, code, png)
