"""What may not be published of an offer's picture: it is there, is a PNG, and shows today's pack."""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image, UnidentifiedImageError

from hq.lint_facts import Facts, Found
from offers.model import Gtin, Offer
from offers.offer_sets import sets_of

PICTURE_BYTES = 512 * 1024
PICTURE_PIXELS = (
    2_000 * 2_000
)  # above it Pillow's own decompression guard is near, and paper is 576


def bad_picture(offer: Offer, facts: Facts) -> Iterator[Found]:
    """The picture's file is there, is a PNG of bearable size, and shows the pack on the shelf."""
    if offer.picture is None:
        return
    png_name = facts.file_of(offer.offer_id).removesuffix(".toml") + ".png"
    png = facts.shop.pictures.get(offer.picture.sha256)
    if png is None:
        do = "put it beside the offer, or take [picture] out"
        yield Found(("picture",), f"{png_name} is missing", do)
    elif fault := picture_fault(png):
        yield Found(("picture",), f"{png_name} {fault}", "save it as a PNG 400 to 800 pixels wide")
    if offer.picture.gtin is not None:
        yield from _stale_pack(offer, offer.picture.gtin, offer.picture.pack_version, facts)


def _stale_pack(offer: Offer, gtin: Gtin, shown: int, facts: Facts) -> Iterator[Found]:
    product = facts.products.get(gtin)
    if product is None:
        do = "name the product that the picture shows"
        yield Found(("picture", "gtin"), f"no product has GTIN {gtin}", do)
        return
    if product.pack_version != shown:
        what = f"it shows pack version {shown}; on the shelf is {product.pack_version}"
        do = "take a new picture, then set pack_version"
        yield Found(("picture", "pack_version"), what, do)
    counted = [facts.counted(offer, products) for products in sets_of(offer)]
    if all(counted) and not any(gtin in each for each in counted):
        what = f"it shows {product.brand} {product.name}, which does not count for the offer"
        yield Found(("picture", "gtin"), what, "show a product that counts", "warning")


def picture_fault(png: bytes) -> str:
    """Say what is wrong with a picture's bytes, or nothing. Only the head is decoded."""
    if len(png) > PICTURE_BYTES:
        return f"has {len(png)} bytes; {PICTURE_BYTES} are allowed"
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            width, height = image.size
            if width * height > PICTURE_PIXELS:
                return f"has {width} x {height} pixels; {PICTURE_PIXELS} are allowed"
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return "is not a PNG picture"
    return ""
