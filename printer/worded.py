"""From an offer's words and its coupon's number to a slip: the same for a lane and for a preview."""

from __future__ import annotations

from typing import Literal

from offers.coupon_code import element_string
from offers.model import CouponNumber, Serial
from offers.sentences import SlipWords
from printer.slip import Code, Slip

Carrier = Literal["qr", "databar", "code128"]

NO_CODE = Code()


def coupon_code(number: CouponNumber, serial: Serial | None, carrier: Carrier = "qr") -> Code:
    """Choose the code: for one use what the till reads, EAN-13 for a number that all may use.

    Args:
        number: the coupon number.
        serial: of this one coupon; None for a mass offer.
        carrier: "qr" and "databar" hold AI (255) with number and serial, "code128" the serial
            alone, for tills that read only lines and know the offer by it.
    """
    human = f"(255) {number}"
    if serial is None:
        return Code("ean13", number, number)
    if carrier == "code128":
        return Code("code128", serial, human, grouped(serial))
    return Code(carrier, element_string(number, serial), human, grouped(serial))


def grouped(serial: Serial) -> str:
    """Write a serial in fours, as it is read aloud and typed."""
    return " ".join(serial[at : at + 4] for at in range(0, len(serial), 4))


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
