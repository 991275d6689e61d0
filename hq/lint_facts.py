"""What the lint rules share: a fault, the shop indexed, and the check of GS1 numbers."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from hq.shop_files import Shop
from offers.coupon_code import check_digit


class Fault(NamedTuple):
    """One thing that must be put right before an apply."""

    file: str
    place: str
    what: str
    do: str


class Facts:
    """The shop, indexed for the rules."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.products = {product.gtin: product for product in shop.products}
        self.brands = {product.brand for product in shop.products}
        self.stores = {entry.store for entry in shop.stores}
        self.offers = {offer.offer_id: offer for offer in shop.offers}
        self.languages = sorted({lang for entry in shop.stores for lang in entry.languages})
        self.numbers = Counter(offer.coupon_number for offer in shop.offers)

    def has_category(self, path: str) -> bool:
        """Tell whether any product stands at or below a category path."""
        below = path.rstrip("/") + "/"
        return any(f"{product.category}/".startswith(below) for product in self.products.values())


def number_fault(number: str, lengths: tuple[int, ...]) -> str:
    """Say what is wrong with a GS1 number, or nothing."""
    if not number.isascii() or not number.isdigit() or len(number) not in lengths:
        return f"{number!r} is not a number of {' or '.join(map(str, lengths))} digits"
    right = check_digit(number[:-1])
    return "" if right == number[-1] else f"{number} ends in a wrong check digit, not {right}"
