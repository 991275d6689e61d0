"""What the lint rules share: a fault, the shop indexed, and the check of GS1 numbers."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeVar

from ground.strict_toml import TomlComplaint, dotted, place_words
from ground.toml_lines import KeyPath, Lines
from hq.authoring import StoreEntry
from hq.shop_files import Shop
from offers.coupon_code import check_digit
from offers.model import Gtin, Offer, OfferId, ProductSet, Selector
from offers.shelf import is_basket_reward, names_nothing, prefixes

Level = Literal["error", "warning"]
T = TypeVar("T")
GTIN_DIGITS = 8  # of the shortest one


class Found(NamedTuple):
    """What a rule finds: the key it is about, what is wrong, and what to do."""

    path: KeyPath
    what: str
    do: str
    level: Level = "error"


class Fault(NamedTuple):
    """One thing that a person should look at. Only errors keep a shop from being published."""

    file: str
    line: int
    place: str
    what: str
    do: str
    level: Level = "error"

    def words(self) -> str:
        """Write it as `file:line place: what`, and below what to do."""
        level = "warning: " if self.level == "warning" else ""
        place = place_words(f"{self.file}:{self.line}", "", self.place)
        return f"{place}: {level}{self.what}\n  -> {self.do}"


def fault_at(shop: Shop, file: str, found: Found) -> Fault:
    """Put what a rule found on its line of a file."""
    line = shop.lines.get(file, Lines({})).line(found.path)
    place = place_words("", *dotted(found.path))
    return Fault(file, line, place, found.what, found.do, found.level)


def unreadable(complaint: TomlComplaint) -> Fault:
    """Make a fault of a file that could not be read."""
    place = place_words("", complaint.table, complaint.key)
    return Fault(complaint.file, max(complaint.line, 1), place, complaint.fault, complaint.do)


class Facts:
    """The shop, indexed for the rules."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.products = {product.gtin: product for product in shop.products}
        self.stores = {entry.store: entry for entry in shop.stores}
        self.offers = {offer.offer_id: offer for offer in shop.offers}
        self.campaigns = {offer.campaign_id for offer in shop.offers}
        self.languages = sorted({lang for entry in shop.stores for lang in entry.languages})
        self.numbers = Counter(offer.coupon_number for offer in shop.offers)
        self.groups = Counter(offer.group for offer in shop.offers)
        self.brands: defaultdict[str, set[Gtin]] = defaultdict(set)
        self.categories: defaultdict[str, set[Gtin]] = defaultdict(set)
        self.attributes: defaultdict[str, set[Gtin]] = defaultdict(set)
        for product in shop.products:
            self.brands[product.brand].add(product.gtin)
            for path in prefixes(product.category):
                self.categories[path].add(product.gtin)
            for attribute in product.attributes:
                self.attributes[attribute].add(product.gtin)

    def file_of(self, offer_id: OfferId) -> str:
        """Name an offer's file."""
        return f"offers/{self.shop.files[offer_id]}"

    def named(self, selector: Selector) -> set[Gtin]:
        """Give the products of the range that a selector names."""
        found = {gtin for gtin in selector.gtins if gtin in self.products}
        indexed = (
            (self.brands, selector.brands),
            (self.categories, selector.categories),
            (self.attributes, selector.attributes),
        )
        for index, words in indexed:
            for word in words:
                found |= index.get(word, set())
        return found

    def counted(self, offer: Offer, products: ProductSet) -> set[Gtin]:
        """Give the products of the range that count for a set of an offer."""
        all_of_it = names_nothing(products.include) and is_basket_reward(offer)
        included = set(self.products) if all_of_it else self.named(products.include)
        return included - self.named(products.exclude)

    def stores_of(self, offer: Offer) -> list[StoreEntry]:
        """List the stores in which an offer holds."""
        return [
            entry
            for entry in self.shop.stores
            if (not offer.stores or entry.store in offer.stores)
            and (not offer.store_groups or set(entry.groups) & set(offer.store_groups))
        ]


def perhaps(word: str, known: Iterable[str], otherwise: str) -> str:
    """Propose the nearest known word, or say what else to do."""
    if word.isdigit():
        near = [number for number in sorted(known) if _slip_of(word, number)]
    else:
        near = difflib.get_close_matches(word, sorted(known), 1)
    return f"did you mean {near[0]!r}? If not, {otherwise}" if near else otherwise


def _slip_of(typed: str, number: str) -> bool:
    """Tell whether one digit is wrong, or two neighbours changed places: numbers are alike anyway."""
    wrong = [at for at, (a, b) in enumerate(zip(typed, number, strict=False)) if a != b]
    if len(typed) != len(number) or len(number) < GTIN_DIGITS or not 0 < len(wrong) <= 2:
        return False
    first, last = wrong[0], wrong[-1]
    swapped = last - first == 1 and typed[first : last + 1] == number[first : last + 1][::-1]
    return len(wrong) == 1 or swapped


def again(items: Iterable[T]) -> Iterator[tuple[int, T]]:
    """Give each item that stood before, with its place."""
    seen: set[T] = set()
    for at, item in enumerate(items):
        if item in seen:
            yield at, item
        seen.add(item)


def number_fault(number: str, lengths: tuple[int, ...]) -> str:
    """Say what is wrong with a GS1 number, or nothing."""
    if not number.isascii() or not number.isdigit() or len(number) not in lengths:
        return f"{number!r} is not a number of {' or '.join(map(str, lengths))} digits"
    right = check_digit(number[:-1])
    return "" if right == number[-1] else f"{number} ends in a wrong check digit, not {right}"
