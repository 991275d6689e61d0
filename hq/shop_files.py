"""Read a shop directory into one value, or into the list of everything wrong with its files."""

from __future__ import annotations

import itertools
from pathlib import Path

import msgspec
from msgspec import Struct

from ground.strict_toml import TomlComplaint, read_text
from ground.toml_lines import KeyPath, Lines
from ground.toml_types import Misfit
from hq.authoring import (
    AssignmentsFile,
    DisputeRules,
    ExperimentsFile,
    PolicyFile,
    ProductsFile,
    PromotionEntry,
    PromotionsFile,
    RivalsEntry,
    RivalsFile,
    ShopperEntry,
    StockFile,
    StoreEntry,
    StoresFile,
)
from hq.law_files import read_law
from hq.offer_files import full_gtin, full_gtins, offers_in
from hq.shop_reader import ShopComplaint, ShopReader
from hq.staff_files import StaffPages, read_staff
from offers.context import Experiment, Policy, Risk
from offers.law import LawRule
from offers.model import Offer, OfferId, Product


class Shop(Struct, frozen=True):
    """A whole chain as its files say it. Offers carry version 1: `hq.plan` numbers them.

    `files` leads from an offer to its file's name in `offers/`, `pictures` from a SHA-256 to the
    PNG. `lines` tells where each key of each file stands, `product_places` each product's file and
    key there.
    """

    stores: tuple[StoreEntry, ...]
    policy: Policy
    risk: Risk
    products: tuple[Product, ...]
    stock: StockFile
    rival_groups: tuple[RivalsEntry, ...]
    shoppers: tuple[ShopperEntry, ...]
    promotions: tuple[PromotionEntry, ...]
    experiments: tuple[Experiment, ...]
    laws: tuple[LawRule, ...]
    offers: tuple[Offer, ...]
    pictures: dict[str, bytes]
    files: dict[OfferId, str]
    lines: dict[str, Lines]
    product_places: tuple[tuple[str, KeyPath], ...]
    pages: StaffPages = StaffPages()
    disputes: DisputeRules = DisputeRules()

    @property
    def rivals(self) -> tuple[tuple[str, str], ...]:
        """The groups of rival brands as pairs, each written once and in order."""
        pairs = {
            (min(a, b), max(a, b))
            for entry in self.rival_groups
            for a, b in itertools.combinations(entry.brands, 2)
        }
        return tuple(sorted(pairs))


def read_shop(directory: Path) -> Shop:
    """Read every file of a shop directory; files that are left out are empty.

    Raises:
        ShopComplaint: the directory has no `stores.toml`, or files are not what they must be.
        OSError: a file cannot be read.
    """
    if not (directory / "stores.toml").is_file():
        cure = "name a shop directory, as examples/shop is one"
        raise ShopComplaint(
            [TomlComplaint(str(directory), 0, Misfit((), "no stores.toml in it", cure))]
        )
    reader = ShopReader(directory)
    policy = reader.read("policy.toml", PolicyFile)
    products, places = _products(reader)
    bank = offers_in(reader, "offers/")
    shop = Shop(
        reader.read("stores.toml", StoresFile).store,
        policy.policy,
        policy.risk,
        products,
        _stock(reader.read("stock.toml", StockFile)),
        reader.read("rivals.toml", RivalsFile).rivals,
        reader.read("assignments.toml", AssignmentsFile).shopper,
        _promotions(reader.read("mass_promotions.toml", PromotionsFile)),
        reader.read("experiments.toml", ExperimentsFile).experiment,
        _laws(reader),
        bank.offers,
        bank.pictures,
        bank.files,
        reader.lines,
        places,
        read_staff(reader),
        policy.disputes,
    )
    reader.done()
    return shop


def _products(reader: ShopReader) -> tuple[tuple[Product, ...], tuple[tuple[str, KeyPath], ...]]:
    """Read both files of the range; every product with its place."""
    written = reader.read("products.toml", ProductsFile).product
    listed = reader.read_csv("products.csv", Product)
    places: list[tuple[str, KeyPath]] = [
        ("products.toml", ("product", n)) for n in range(len(written))
    ]
    places += [("products.csv", (n,)) for n in range(len(listed))]
    full = (msgspec.structs.replace(p, gtin=full_gtin(p.gtin)) for p in (*written, *listed))
    return tuple(full), tuple(places)


def _laws(reader: ShopReader) -> tuple[LawRule, ...]:
    """Read the chain's own law files; each must be what the shipped ones are."""
    found: list[LawRule] = []
    for path in sorted((reader.directory / "laws").glob("*.toml")):
        try:
            found += read_law(read_text(path), f"laws/{path.name}")
        except TomlComplaint as complaint:
            reader.complaints += [complaint, *complaint.others]
    return tuple(found)


def _stock(file: StockFile) -> StockFile:
    entries = (msgspec.structs.replace(e, gtin=full_gtin(e.gtin)) for e in file.stock)
    return StockFile(file.as_of, tuple(entries))


def _promotions(file: PromotionsFile) -> tuple[PromotionEntry, ...]:
    return tuple(PromotionEntry(full_gtins(e.gtins), e.starts, e.ends) for e in file.promotion)
