"""From an offer's words and its coupon's number to a slip: the same for a lane and for a preview."""

from __future__ import annotations

from offers.coupon_code import element_string
from offers.model import CouponNumber, Serial
from offers.sentences import SlipWords
from printer.slip import Code, Slip

NO_CODE = Code("none", "", "")


def coupon_code(number: CouponNumber, serial: Serial | None) -> Code:
    """Choose the carrier: QR with number and serial for one use, EAN-13 for a number that all may use."""
    if serial is None:
        return Code("ean13", number, number)
    return Code("qr", element_string(number, serial), f"(255) {number} {serial}")


def worded(words: SlipWords, job: str, code: Code, picture_png: bytes | None) -> Slip:
    """Lay an offer's words on a slip; brand line and training are the lane's to add."""
    return Slip(
        job=job,
        headline=words.headline,
        big=words.big,
        counts=words.counts,
        not_counts=words.not_counts,
        validity=words.validity,
        terms=words.terms,
        code=code,
        picture_png=picture_png,
    )
