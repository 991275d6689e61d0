"""Read a shop directory into one value, or into the list of everything wrong with its files."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from ground.complaints import Complaint
from ground.strict_toml import TomlComplaint, read_toml
from hq.authoring import (
    AssignmentsFile,
    OfferFile,
    PolicyFile,
    ProductsFile,
    PromotionEntry,
    PromotionsFile,
    RivalsFile,
    ShopperEntry,
    StockEntry,
    StockFile,
    StoreEntry,
    StoresFile,
)
from offers.context import Policy, Risk
from offers.model import Gtin, Offer, OfferId, Picture, Product

T = TypeVar("T")


class Shop(Struct, frozen=True):
    """A whole chain as its files say it. Offers carry version 1: `hq.plan` numbers them.

    `files` leads from an offer to its file's name, `pictures` from a SHA-256 to the PNG.
    """

    stores: tuple[StoreEntry, ...]
    policy: Policy
    risk: Risk
    products: tuple[Product, ...]
    stock: StockFile
    rivals: tuple[tuple[str, str], ...]
    shoppers: tuple[ShopperEntry, ...]
    promotions: tuple[PromotionEntry, ...]
    offers: tuple[Offer, ...]
    pictures: dict[str, bytes]
    files: dict[OfferId, str]


class ShopComplaint(Complaint):
    """Files that could not be read: every one of them, not only the first."""

    def __init__(self, complaints: list[Complaint]) -> None:
        self.complaints = complaints
        first = complaints[0]
        more = f" (and {len(complaints) - 1} more)" if len(complaints) > 1 else ""
        super().__init__(first.what + more, first.do)


def read_shop(directory: Path) -> Shop:
    """Read every file of a shop directory; files that are left out are empty.

    Raises:
        ShopComplaint: the directory has no `stores.toml`, or files are not what they must be.
        OSError: a file cannot be read.
    """
    if not (directory / "stores.toml").is_file():
        cure = "name a shop directory, as examples/shop is one"
        raise ShopComplaint([Complaint(f"{directory}: no stores.toml in it", cure)])
    reader = _Reader(directory)
    policy = reader.read("policy.toml", PolicyFile)
    shop = Shop(
        reader.read("stores.toml", StoresFile).store,
        policy.policy,
        policy.risk,
        _products(reader),
        _stock(reader.read("stock.toml", StockFile)),
        _pairs(reader.read("rivals.toml", RivalsFile)),
        reader.read("assignments.toml", AssignmentsFile).shopper,
        _promotions(reader.read("mass_promotions.toml", PromotionsFile)),
        *_offers(reader),
    )
    if reader.complaints:
        raise ShopComplaint(reader.complaints)
    return shop


def read_offers(directory: Path) -> tuple[tuple[Offer, ...], dict[str, bytes], dict[OfferId, str]]:
    """Read only the offers of a directory of offer files: (offers, pictures, file names).

    Raises:
        ShopComplaint: files are not what they must be.
    """
    reader = _Reader(directory)
    found = _offers(reader, directory)
    if reader.complaints:
        raise ShopComplaint(reader.complaints)
    return found


class _Reader:
    """Reads file after file and keeps what was wrong, so that one run tells all of it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.complaints: list[Complaint] = []

    def read(self, name: str, kind: type[T]) -> T:
        path = self.directory / name
        if path.is_file():
            try:
                return read_toml(path, kind)
            except TomlComplaint as complaint:
                self.complaints.append(complaint)
        return kind()

    def read_offer(self, path: Path) -> OfferFile | None:
        try:
            return read_toml(path, OfferFile)
        except TomlComplaint as complaint:
            self.complaints.append(complaint)
            return None


def _offers(
    reader: _Reader, folder: Path | None = None
) -> tuple[tuple[Offer, ...], dict[str, bytes], dict[OfferId, str]]:
    offers: list[Offer] = []
    pictures: dict[str, bytes] = {}
    files: dict[OfferId, str] = {}
    for path in sorted((folder or reader.directory / "offers").glob("*.toml")):
        entry = reader.read_offer(path)
        if entry is None:
            continue
        if entry.offer_id in files:
            other = files[OfferId(entry.offer_id)]
            what = f"{entry.offer_id!r} is the id of {other} too"
            reader.complaints.append(TomlComplaint(str(path), "", "offer_id", what))
        png_path = path.with_suffix(".png")
        png = png_path.read_bytes() if entry.picture and png_path.is_file() else b""
        offers.append(as_offer(entry, png))
        files[OfferId(entry.offer_id)] = path.name
        if png:
            pictures[hashlib.sha256(png).hexdigest()] = png
    return tuple(offers), pictures, files


def as_offer(entry: OfferFile, png: bytes) -> Offer:
    """Make the offer of an offer file and its picture; no picture file leaves the hash empty."""
    fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
    include, exclude = entry.products.include, entry.products.exclude
    fields["products"] = msgspec.structs.replace(
        entry.products,
        include=msgspec.structs.replace(include, gtins=_gtins(include.gtins)),
        exclude=msgspec.structs.replace(exclude, gtins=_gtins(exclude.gtins)),
    )
    if entry.picture:
        sha256 = hashlib.sha256(png).hexdigest() if png else ""
        gtin = entry.picture.gtin
        fields["picture"] = Picture(
            sha256, entry.picture.pack_version, full_gtin(gtin) if gtin else None
        )
    return Offer(version=1, **fields)


def full_gtin(gtin: str) -> Gtin:
    """Write a GTIN in its 14-digit form; what is no GTIN stays as it is, for lint to name."""
    return Gtin(gtin.zfill(14) if gtin.isdigit() else gtin)


def _gtins(gtins: tuple[Gtin, ...]) -> tuple[Gtin, ...]:
    return tuple(full_gtin(gtin) for gtin in gtins)


def _products(reader: _Reader) -> tuple[Product, ...]:
    found = list(reader.read("products.toml", ProductsFile).product)
    path = reader.directory / "products.csv"
    if path.is_file():
        try:
            found += products_csv(path.read_text(encoding="utf-8-sig"), str(path))
        except TomlComplaint as complaint:
            reader.complaints.append(complaint)
    return tuple(msgspec.structs.replace(p, gtin=full_gtin(p.gtin)) for p in found)


def products_csv(text: str, file: str) -> list[Product]:
    """Read products from CSV with the fields of a product as its heading; flags are joined by ";".

    Raises:
        TomlComplaint: an unknown column, or a value of the wrong kind, with its line.
    """
    rows = csv.DictReader(io.StringIO(text, newline=""))
    columns = [str(name) for name in rows.fieldnames or ()]
    unknown = [name for name in columns if name not in Product.__struct_fields__]
    if unknown:
        known = ", ".join(Product.__struct_fields__)
        raise TomlComplaint(file, "", unknown[0], f"unknown column; known are {known}")
    return [_product(row, file, rows.line_num) for row in rows]


def _product(row: dict[str, Any], file: str, line: int) -> Product:
    cells: dict[str, Any] = {key: cell for key, cell in row.items() if cell}
    if "flags" in cells:
        cells["flags"] = cells["flags"].split(";")
    try:
        return msgspec.convert(cells, Product, strict=False, str_keys=True)
    except (msgspec.ValidationError, TypeError) as error:
        raise TomlComplaint(file, f"line {line}", "", str(error)) from None


def _stock(file: StockFile) -> StockFile:
    entries = tuple(StockEntry(e.store, full_gtin(e.gtin), e.on_hand) for e in file.stock)
    return StockFile(file.as_of, entries)


def _promotions(file: PromotionsFile) -> tuple[PromotionEntry, ...]:
    return tuple(PromotionEntry(_gtins(e.gtins), e.starts, e.ends) for e in file.promotion)


def _pairs(file: RivalsFile) -> tuple[tuple[str, str], ...]:
    """Turn groups of rival brands into pairs, each written once and in order."""
    pairs = {
        (min(a, b), max(a, b))
        for entry in file.rivals
        for a, b in itertools.combinations(entry.brands, 2)
    }
    return tuple(sorted(pairs))
