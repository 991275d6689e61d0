"""Tell what a scan is: a shopper's identity, a coupon, or nothing for us. Pure.

The order matters: a payment card is recognised first, so that its number goes nowhere. `biip`
reads GS1 element strings, behind guards of our own: it takes wrong check digits in AI 255 and
8018, and reads a coupon's EAN as AI 98 or 99 where the scanner sends no symbology identifier.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from agent.scan_decoder import GS, Scan
from offers.coupon_code import read_coupon_code
from offers.model import CouponNumber, Serial

GS1_AIMS = ("]C1", "]e0", "]d2", "]Q3")  # the carriers of element strings (GS1 Gen. Spec. 5.1.3)
COUPON_EAN_PREFIXES = ("981", "982", "983", "984", "99")  # GS1 General Specifications, 1.4.2


class Identity(Struct, frozen=True):
    """A shopper's card, phone or app code as read; it becomes a key before anything else."""

    kind: Literal["card", "phone", "app"]
    value: str


class CouponScan(Struct, frozen=True):
    """A coupon's number, and its serial where the code carries one."""

    number: CouponNumber
    serial: Serial | None


class NotOurs(Struct, frozen=True):
    """A scan that the lane does nothing with, and why. Never holds the number itself."""

    why: Literal["payment_card", "check_digit", "paperless_coupon", "product", "unknown"]


class CardRules(Struct, frozen=True):
    """Which numbers are loyalty cards: EAN-13 by `ean_prefixes`, Luhn numbers by `luhn_prefixes`."""

    ean_prefixes: tuple[str, ...] = ("29", "28")
    luhn_prefixes: tuple[str, ...] = ()
    app_prefix: str = ""


ElementStrings = Callable[[str], dict[str, str]]
Reading = Identity | CouponScan | NotOurs


def read_scan(scan: Scan, rules: CardRules, elements: ElementStrings) -> Reading:
    """Give what the scan is. `elements` reads a GS1 element string into AI -> value."""
    text = scan.text
    if rules.app_prefix and text.startswith(rules.app_prefix):
        return Identity("app", text)
    if is_payment_card(text, rules):
        return NotOurs("payment_card")
    if scan.aim in GS1_AIMS or text.startswith(GS):
        return _read_elements(elements(text.lstrip(GS)))
    if text.startswith("255") and (coupon := read_coupon_code(text)) is not None:
        return CouponScan(*coupon)
    if not text.isdigit():
        return NotOurs("unknown")
    return _read_number(text, rules)


def _read_elements(found: dict[str, str]) -> Reading:
    if "8112" in found or "8110" in found:
        return NotOurs("paperless_coupon")
    if "255" in found:
        coupon = read_coupon_code("255" + found["255"])
        return CouponScan(*coupon) if coupon else NotOurs("check_digit")
    if "8018" in found:
        good = ean_check(found["8018"])
        return Identity("card", found["8018"]) if good else NotOurs("check_digit")
    return NotOurs("product" if "01" in found else "unknown")


def _read_number(text: str, rules: CardRules) -> Reading:
    if text.startswith(rules.luhn_prefixes) and 15 <= len(text) <= 19:
        return Identity("card", text) if luhn_check(text) else NotOurs("check_digit")
    if len(text) not in (8, 12, 13, 14):
        return NotOurs("unknown")
    if not ean_check(text):
        return NotOurs("check_digit")
    if len(text) == 13 and text.startswith(COUPON_EAN_PREFIXES):
        return CouponScan(CouponNumber(text), None)
    if len(text) == 13 and text.startswith(rules.ean_prefixes):
        return Identity("card", text)
    return NotOurs("product")


def is_payment_card(text: str, rules: CardRules) -> bool:
    """Tell a payment card's number: 13 to 19 digits, Luhn, in an issuer's range (ISO/IEC 7812).

    One in ten random numbers passes Luhn, so a good EAN-13 and the shop's own prefixes go first.
    """
    if not text.isdigit() or not 13 <= len(text) <= 19 or text.startswith(rules.luhn_prefixes):
        return False
    if len(text) == 13 and ean_check(text):
        return False
    ranges = text[0] in "3456" or 2221 <= int(text[:4]) <= 2720
    return ranges and luhn_check(text)


def ean_check(digits: str) -> bool:
    """Check a GS1 number's last digit (General Specifications 7.9.1: weights 3 and 1)."""
    if not digits.isdigit():
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits[::-1]))
    return weighted % 10 == 0


def luhn_check(digits: str) -> bool:
    """Check a card number's last digit (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(digits[::-1])]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
