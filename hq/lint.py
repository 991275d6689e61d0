"""What a shop may not publish: named rules over its offers, each fault with file, place and cure."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from PIL import Image, UnidentifiedImageError

from hq.lint_facts import Facts, Fault, number_fault
from hq.lint_shop import SHOP_CHECKS
from hq.shop_files import Shop
from offers.coupon_code import COUPON_PREFIXES
from offers.model import Offer, Selector

LINE_COLUMNS = (
    32  # Font A on 58 mm paper (384 dots at 12 a column): the narrowest paper we print on
)
TITLE_COLUMNS = 3 * LINE_COLUMNS
TERMS_COLUMNS = 8 * LINE_COLUMNS
PICTURE_BYTES = 512 * 1024
PICTURE_PIXELS = (
    2_000 * 2_000
)  # above it Pillow's own decompression guard is near, and paper is 576


Found = Iterator[tuple[str, str, str]]  # place, what, do
Rule = Callable[[Offer, Facts], Found]


def lint(shop: Shop) -> list[Fault]:
    """List every fault, files in order; an empty list may be published."""
    facts = Facts(shop)
    faults = [
        Fault(f"offers/{shop.files[offer.offer_id]}", *found)
        for offer in shop.offers
        for rule in OFFER_RULES
        for found in rule(offer, facts)
    ]
    return faults + [fault for check in SHOP_CHECKS for fault in check(facts)]


def not_approved(offer: Offer, _: Facts) -> Found:
    """Only an approved offer is ever printed."""
    if offer.approval is None or not offer.approval.by.strip():
        yield "[approval]", "nobody has approved this offer", "add [approval] with by and on"


def wrong_number(offer: Offer, facts: Facts) -> Found:
    """The coupon number is a valid GCN of its own; a mass one is also a coupon's EAN-13."""
    if fault := number_fault(offer.coupon_number, (13,)):
        yield "coupon_number", fault, "correct the number as GS1 gave it to you"
    elif offer.use == "mass" and not offer.coupon_number.startswith(COUPON_PREFIXES):
        yield (
            "coupon_number",
            f"{offer.coupon_number} is no coupon's EAN-13: tills would take it for a product",
            "use a number that begins with 99 (GS1 General Specifications, 1.4.2)",
        )
    if facts.numbers[offer.coupon_number] > 1:
        others = [o.offer_id for o in facts.shop.offers if o.coupon_number == offer.coupon_number]
        names = ", ".join(other for other in others if other != offer.offer_id)
        yield "coupon_number", f"{names} has the same number", "give each offer a number of its own"


def serial_without_coupon(offer: Offer, _: Facts) -> Found:
    """Only a coupon has a serial that can be used up."""
    if offer.single_use and offer.use != "coupon":
        what = f"a {offer.use} offer has no serial to use up"
        yield "single_use", what, "write single_use = false"


def reversed_dates(offer: Offer, _: Facts) -> Found:
    """An offer ends on or after the day it starts."""
    if offer.ends < offer.starts:
        yield (
            "ends",
            f"it ends on {offer.ends}, before it starts on {offer.starts}",
            "swap the dates",
        )


def unknown_store(offer: Offer, facts: Facts) -> Found:
    """An offer names stores of the chain."""
    for store in offer.stores:
        if store not in facts.stores:
            yield (
                "stores",
                f"there is no store {store!r}",
                "name a store of stores.toml, or none for all",
            )


def unknown_products(offer: Offer, facts: Facts) -> Found:
    """What the offer includes and excludes is in the range; something must be included."""
    include = offer.products.include
    if not (include.gtins or include.brands or include.categories):
        yield "[products.include]", "it includes no product", "name gtins, brands or categories"
    for place, selector in (("include", include), ("exclude", offer.products.exclude)):
        for what in _unknown(selector, facts):
            yield f"[products.{place}]", what, "correct it, or add the product to products.toml"


def _unknown(selector: Selector, facts: Facts) -> Iterator[str]:
    yield from (f"no product has GTIN {g}" for g in selector.gtins if g not in facts.products)
    yield from (f"no product has brand {b!r}" for b in selector.brands if b not in facts.brands)
    for category in selector.categories:
        if not facts.has_category(category):
            yield f"no product stands in category {category!r}"


def bad_picture(offer: Offer, facts: Facts) -> Found:
    """The picture's file is there, is a PNG of bearable size, and shows the pack on the shelf."""
    if offer.picture is None:
        return
    png_name = facts.shop.files[offer.offer_id].removesuffix(".toml") + ".png"
    png = facts.shop.pictures.get(offer.picture.sha256)
    if png is None:
        yield "[picture]", f"offers/{png_name} is missing", f"put {png_name} beside the offer"
    elif fault := picture_fault(png):
        yield "[picture]", f"offers/{png_name} {fault}", "save it as a PNG 400 to 800 pixels wide"
    if offer.picture.gtin is not None:
        yield from _stale_pack(offer.picture.gtin, offer.picture.pack_version, facts)


def _stale_pack(gtin: str, shown: int, facts: Facts) -> Found:
    product = {str(key): value for key, value in facts.products.items()}.get(gtin)
    if product is None:
        yield "[picture]", f"no product has GTIN {gtin}", "name the product that the picture shows"
    elif product.pack_version != shown:
        what = f"it shows pack version {shown}; on the shelf is {product.pack_version}"
        yield "[picture]", what, "take a new picture, then set pack_version"


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


def text_too_long(offer: Offer, _: Facts) -> Found:
    """Words fit the narrowest paper."""
    limits = (("title", offer.title, TITLE_COLUMNS), ("terms", offer.terms, TERMS_COLUMNS))
    for place, texts, limit in limits:
        for language, text in sorted(texts.items()):
            if len(text) > limit:
                what = f"{len(text)} characters; {limit} fit the paper"
                yield f"[{place}] {language}", what, "shorten it"
            for word in text.split():
                if len(word) > LINE_COLUMNS:
                    what = f"{word!r} is longer than a line of {LINE_COLUMNS}"
                    yield f"[{place}] {language}", what, "break the word"


def missing_words(offer: Offer, facts: Facts) -> Found:
    """Title, terms and the products' name exist in every language of the stores."""
    groups = (
        ("[title]", offer.title),
        ("[terms]", offer.terms),
        ("[products.title]", offer.products.title),
    )
    for place, texts in groups:
        for language in facts.languages:
            if not texts.get(language, "").strip():
                yield place, f"no wording in {language!r}", f"add {language} = ..."


def funded_too_much(offer: Offer, _: Facts) -> Found:
    """Shares of a redemption sum to at most the whole."""
    total = sum(share.percent for share in offer.funding)
    if total > 100:
        yield "[[funding]]", f"the shares sum to {total} %", "bring them to 100 or less"


OFFER_RULES: tuple[Rule, ...] = (
    not_approved,
    wrong_number,
    serial_without_coupon,
    reversed_dates,
    unknown_store,
    unknown_products,
    bad_picture,
    text_too_long,
    missing_words,
    funded_too_much,
)
