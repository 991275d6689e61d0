"""Read offer files, each with its picture beside it, into offers. Versions come later (`hq.plan`)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from msgspec import Struct

from hq.authoring import OfferFile
from hq.shop_reader import ShopReader
from offers.model import Gtin, Offer, OfferId, OtherReduced, Picture, ProductSet, Reward, Selector


class OfferFiles(Struct, frozen=True):
    """Offers, their pictures by SHA-256, and the name of each offer's file in its directory."""

    offers: tuple[Offer, ...]
    pictures: dict[str, bytes]
    files: dict[OfferId, str]


def read_offers(directory: Path) -> tuple[tuple[Offer, ...], dict[str, bytes], dict[OfferId, str]]:
    """Read only the offers of a directory of offer files: (offers, pictures, file names).

    Raises:
        ShopComplaint: files are not what they must be.
        OSError: a file cannot be read.
    """
    reader = ShopReader(directory)
    found = offers_in(reader, "")
    reader.done()
    return found.offers, found.pictures, found.files


def offers_in(reader: ShopReader, folder: str) -> OfferFiles:
    """Read the offers of a folder ("offers/") of a directory."""
    offers: list[Offer] = []
    pictures: dict[str, bytes] = {}
    files: dict[OfferId, str] = {}
    for path in sorted((reader.directory / folder).glob("*.toml")):
        entry = reader.read_one(f"{folder}{path.name}", OfferFile)
        if entry is None:
            continue
        offer_id = OfferId(entry.offer_id)
        if offer_id in files:
            what = f"{offer_id!r} is the id of {files[offer_id]} too"
            reader.complain(f"{folder}{path.name}", ("offer_id",), what, "give one of them another")
            continue
        png_path = path.with_suffix(".png")
        png = png_path.read_bytes() if entry.picture and png_path.is_file() else b""
        offers.append(as_offer(entry, png))
        files[offer_id] = path.name
        if png:
            pictures[hashlib.sha256(png).hexdigest()] = png
    return OfferFiles(tuple(offers), pictures, files)


def as_offer(entry: OfferFile, png: bytes) -> Offer:
    """Make the offer of an offer file and its picture; no picture file leaves the hash empty."""
    fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
    fields["products"] = _full_set(entry.products)
    fields["reward"] = _full_reward(entry.reward)
    if entry.picture:
        sha256 = hashlib.sha256(png).hexdigest() if png else ""
        gtin = entry.picture.gtin
        shown = full_gtin(gtin) if gtin else None
        fields["picture"] = Picture(sha256, entry.picture.pack_version, shown)
    return Offer(version=1, **fields)


def _full_reward(reward: Reward) -> Reward:
    if isinstance(reward, OtherReduced):
        return msgspec.structs.replace(reward, products=_full_set(reward.products))
    return reward


def _full_set(products: ProductSet) -> ProductSet:
    include, exclude = _full(products.include), _full(products.exclude)
    return msgspec.structs.replace(products, include=include, exclude=exclude)


def _full(selector: Selector) -> Selector:
    return msgspec.structs.replace(selector, gtins=full_gtins(selector.gtins))


def full_gtin(gtin: str) -> Gtin:
    """Write a GTIN in its 14-digit form; what is no GTIN stays as it is, for lint to name."""
    return Gtin(gtin.zfill(14) if gtin.isdigit() else gtin)


def full_gtins(gtins: tuple[Gtin, ...]) -> tuple[Gtin, ...]:
    """Write several GTINs in their 14-digit form."""
    return tuple(full_gtin(gtin) for gtin in gtins)
