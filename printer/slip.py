"""One printed coupon in words: what the rest of the house hands to the printer."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

MAX_SLIPS = 10  # a sale prints two or three offers; more is a fault upstream
MAX_TEXT = 2000  # characters of one field; 40 lines of small print

CodeKind = Literal["qr", "ean13", "code128", "databar", "none"]
Text = Annotated[str, Meta(max_length=MAX_TEXT)]


class Code(Struct, frozen=True):
    """What a scanner reads. `human` and `serial` stand below it for the cashier's fingers."""

    kind: CodeKind = "none"
    data: str = ""
    human: str = ""
    serial: str = ""


class Slip(Struct, frozen=True, kw_only=True):
    """One coupon, already worded in the shopper's language. Empty fields take no paper.

    `big` is what the shopper gets ("2.00 off"); `counts` and `not_counts` say which products do
    and do not. A slip in `training` carries no code and says TRAINING across.
    """

    job: str
    headline: Text
    brand_line: Text = ""
    big: Text = ""
    counts: Text = ""
    not_counts: Text = ""
    validity: Text = ""
    terms: Text = ""
    code: Code = Code()
    picture_png: bytes | None = None
    training: bool = False
    otherwise: Slip | None = None
