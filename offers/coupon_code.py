"""The numbers on packs and coupons: GTINs, GS1 coupon numbers (GCN), and what a coupon's code holds.

GS1 General Specifications, section 7.9 (check digit) and 3.8.7 (AI 255: a Global Coupon Number of
13 digits and an optional serial of up to 12).
"""

from __future__ import annotations

from offers.model import CouponNumber, Gtin, Serial

COUPON_AI = "255"
COUPON_PREFIXES = ("981", "982", "983", "984", "99")  # EAN-13 numbers that GS1 keeps for coupons
FNC1 = "\x1d"


def is_digits(text: str) -> bool:
    """Tell whether a text is plain ASCII digits, at least one."""
    return text.isascii() and text.isdigit()


def check_digit(digits: str) -> str:
    """Compute the GS1 check digit of a number without it: weights 3 and 1 from the right."""
    total = sum(int(d) * (3 if n % 2 == 0 else 1) for n, d in enumerate(reversed(digits)))
    return str(-total % 10)


def has_check_digit(number: str) -> bool:
    """Tell whether the last digit is the right check digit of the others."""
    return is_digits(number) and len(number) > 1 and number[-1] == check_digit(number[:-1])


def normal_gtin(text: str, *, in_store: bool = False) -> Gtin | None:
    """Bring a GTIN of 8 to 14 digits into its 14-digit form; None where it is none.

    Args:
        text: what was scanned or sent.
        in_store: take numbers too whose last digit is no check digit (a store's own numbers).
    """
    if not is_digits(text) or not 8 <= len(text) <= 14:
        return None
    if not in_store and not has_check_digit(text):
        return None
    return Gtin(text.zfill(14))


def gcn(prefix12: str) -> CouponNumber:
    """Complete 12 digits (company prefix + coupon reference) to a coupon number.

    Raises:
        ValueError: these are not 12 digits.
    """
    if not is_digits(prefix12) or len(prefix12) != 12:
        raise ValueError(f"a coupon number is made of 12 digits, not {prefix12!r}")
    return CouponNumber(prefix12 + check_digit(prefix12))


def ean13(coupon_number: CouponNumber) -> str:
    """Give the EAN-13 of a mass coupon: the coupon number as it is, it never holds a serial.

    Raises:
        ValueError: the number is not 13 digits, or its check digit is wrong.
    """
    if len(coupon_number) != 13 or not has_check_digit(coupon_number):
        raise ValueError(f"{coupon_number!r} is no coupon number")
    return coupon_number


def element_string(coupon_number: CouponNumber, serial: Serial | None) -> str:
    """Write what a coupon's QR code holds: AI 255, the coupon number, and its serial if any."""
    return f"{COUPON_AI}{coupon_number}{serial or ''}"


def read_coupon_code(text: str) -> tuple[CouponNumber, Serial | None] | None:
    """Read a scanned coupon: an element string with AI 255, or an EAN-13 that GS1 keeps for coupons.

    The AI may stand in brackets; a leading FNC1 is dropped. A foreign serial of 1 to 12 digits is
    read too: whether it is known is the lane's question. None where it is no coupon, or where the
    coupon number's check digit is wrong.
    """
    bare = text.removeprefix(FNC1)
    if len(bare) == 13 and bare.startswith(COUPON_PREFIXES) and has_check_digit(bare):
        return CouponNumber(bare), None
    for start in (f"({COUPON_AI})", COUPON_AI):
        if bare.startswith(start):
            return _number_and_serial(bare.removeprefix(start))
    return None


def _number_and_serial(digits: str) -> tuple[CouponNumber, Serial | None] | None:
    number, serial = digits[:13], digits[13:]
    if not is_digits(digits) or len(number) < 13 or len(serial) > 12:
        return None
    if not has_check_digit(number):
        return None
    return CouponNumber(number), Serial(serial) if serial else None
