"""From the till's message to the basket that is decided on. Card numbers end here. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec
from msgspec import Struct

from agent.refusals import Refused
from agent.scan_decoder import Scan
from agent.scan_reading import CouponScan, Reading
from agent.till_types import BasketIn, IdentityIn, LineIn
from offers.basket import Line, TransactionKey
from offers.model import Gtin, ShopperKey, StoreId

GTIN_DIGITS = 14
encode = msgspec.json.Encoder(order="deterministic").encode


class Shopper(Struct, frozen=True):
    """Who is in hand: the pseudonym, and whether the identity is strong enough to redeem by."""

    key: ShopperKey
    strong: bool


class ReadBasket(Struct, frozen=True):
    """A basket message without anything that names a person."""

    key: TransactionKey
    lines: tuple[Line, ...]
    shopper: Shopper | None
    coupons: tuple[CouponScan, ...]
    unread: int  # codes in the message that are no coupons


Identify = Callable[[str, str], ShopperKey]
ReadScan = Callable[[Scan], Reading]


def read_basket(
    message: BasketIn, store: StoreId, identify: Identify, read_scan: ReadScan
) -> ReadBasket:
    """Give the basket as the decision wants it.

    Raises:
        Refused: two lines share an id, so that a discount could not name its line.
    """
    ids = [line.line_id for line in message.lines]
    if len(set(ids)) != len(ids):
        raise Refused(
            "line_id_twice",
            "Two lines of the basket have the same line_id.",
            "Give every line of the transaction an id of its own.",
            422,
        )
    readings = [read_scan(Scan(code)) for code in message.coupons]
    coupons = tuple(dict.fromkeys(r for r in readings if isinstance(r, CouponScan)))
    return ReadBasket(
        key=TransactionKey(store, message.till, message.business_date, message.number),
        lines=tuple(_line(line) for line in message.lines),
        shopper=_strongest(message.identities, identify),
        coupons=coupons,
        unread=sum(not isinstance(r, CouponScan) for r in readings),
    )


def _line(line: LineIn) -> Line:
    return Line(
        line_id=line.line_id,
        gtin=_gtin(line.gtin),
        quantity=line.quantity,
        amount_minor=line.amount_minor,
        weight_g=line.weight_g,
        offered=line.offered,
        mass_promotion=line.mass_promotion,
    )


def _gtin(text: str) -> Gtin:
    """Give the 14-digit form; what is no number stays as it is, and names an article nobody knows."""
    return Gtin(text.zfill(GTIN_DIGITS) if text.isascii() and text.isdigit() else text)


def _strongest(identities: tuple[IdentityIn, ...], identify: Identify) -> Shopper | None:
    """Take the first card or app code, else the first phone number."""
    ranked = sorted(identities, key=lambda identity: identity.kind == "phone")
    if not ranked:
        return None
    best = ranked[0]
    return Shopper(identify(best.kind, best.value), strong=best.kind != "phone")


def digest(read: ReadBasket, message: BasketIn) -> str:
    """Name a basket by its content, so that a repeated call is known; no card number goes in."""
    content = encode((read, message.mode, message.currency, message.suspended))
    return hashlib.sha256(content).hexdigest()
