"""A basket as it might have been: "L2 +1", "4006381333931 +2 @250", "remove L3". Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct, structs

from ground.complaints import Complaint
from offers.basket import Line
from offers.context import Context, Decision
from offers.model import Gtin, OfferId, Product, Serial
from offers.reasons import Verdict

GTIN_DIGITS = 14
REMOVE = re.compile(r"remove\s+(?P<what>\S+)")
CHANGE = re.compile(r"(?P<what>\S+)\s+(?P<by>[+-]\d{1,4})(?:\s*@\s*(?P<price>\d{1,9}))?")
HOW = 'write "LINE +1", "LINE -1", "GTIN +2 @199" (199 the price of one), or "remove LINE"'
FindProduct = Callable[[Gtin], Product | None]


class Changed(Struct, frozen=True):
    """One offer whose outcome would be another; `before` or `after` is None where it has none."""

    offer_id: OfferId
    serial: Serial | None
    before: Verdict | None
    after: Verdict | None


class WhatIf(Struct, frozen=True):
    """What would change, and the facts and the decision behind it."""

    wish: str
    total_before_minor: int
    total_after_minor: int
    changed: tuple[Changed, ...]
    lines_changed: tuple[tuple[str, int, int], ...]  # line, its discount before and after


def changed_basket(context: Context, wish: str, product: FindProduct) -> Context:
    """Give the facts with another basket; everything else stays as it was.

    Raises:
        Complaint: the wish cannot be read, or names nothing that could be changed.
    """
    removed, change = REMOVE.fullmatch(wish.strip()), CHANGE.fullmatch(wish.strip())
    found = removed or change
    if found is None:
        raise Complaint(f"what if {wish!r}: that is no change of a basket", HOW)
    lines = context.basket.lines
    line = _find(found["what"], lines)
    if line is not None:
        by = -line.quantity if removed else int(found["by"])
        kept = tuple(it for it in lines if it is not line) + _more(line, by, found)
        return _with_lines(context, tuple(sorted(kept, key=lambda it: it.line_id)))
    if removed or int(found["by"]) < 1 or not found["what"].isdigit():
        raise Complaint(f"what if {wish!r}: the basket has no line {found['what']!r}", HOW)
    if found["price"] is None:
        raise Complaint(f"what if {wish!r}: the basket has no such article, nor its price", HOW)
    gtin, by = Gtin(found["what"].zfill(GTIN_DIGITS)), int(found["by"])
    new = Line(_new_id(lines), gtin, by, by * int(found["price"]))
    known = context.products.get(gtin) or product(gtin)
    products = context.products | ({gtin: known} if known else {})
    with_product = structs.replace(context, products=dict(sorted(products.items())))
    return _with_lines(with_product, (*lines, new))


def compare(wish: str, before: Decision, after: Decision) -> WhatIf:
    """Say what differs between two decisions on the same facts but for the basket."""
    old, new = _by_offer(before), _by_offer(after)
    changed = tuple(
        Changed(key[0], key[1], old.get(key), new.get(key))
        for key in dict.fromkeys((*old, *new))
        if old.get(key) != new.get(key)
    )
    was, is_now = _by_line(before), _by_line(after)
    lines = tuple(
        (line, was.get(line, 0), is_now.get(line, 0))
        for line in sorted({*was, *is_now})
        if was.get(line, 0) != is_now.get(line, 0)
    )
    return WhatIf(wish, before.total_minor, after.total_minor, changed, lines)


def _find(what: str, lines: tuple[Line, ...]) -> Line | None:
    """Find a line by its id, else the first one of an article."""
    named = next((line for line in lines if line.line_id == what), None)
    gtin = what.zfill(GTIN_DIGITS)
    return named or next((line for line in lines if line.gtin == gtin), None)


def _more(line: Line, by: int, found: re.Match[str]) -> tuple[Line, ...]:
    """Give a line with more or fewer units at the same price; of a weighed one, one more like it."""
    price = found.groupdict().get("price")
    if line.weight_g is not None and by > 0:
        more = (structs.replace(line, line_id=f"{line.line_id}+{n}") for n in range(1, by + 1))
        return (line, *more)
    units = line.quantity + by
    if units < 1:
        return ()
    if price is None and line.quantity < 1:
        raise Complaint(f"the line {line.line_id!r} has no price of one unit", HOW)
    added = by * int(price) if price is not None else _share(line.amount_minor, by, line.quantity)
    return (structs.replace(line, quantity=units, amount_minor=line.amount_minor + added),)


def _share(amount_minor: int, units: int, of: int) -> int:
    return (2 * amount_minor * units + of) // (2 * of)  # half up


def _new_id(lines: tuple[Line, ...]) -> str:
    taken = {line.line_id for line in lines}
    return next(name for n in range(1, 1000) if (name := f"what-if-{n}") not in taken)


def _with_lines(context: Context, lines: tuple[Line, ...]) -> Context:
    return structs.replace(context, basket=structs.replace(context.basket, lines=lines))


def _by_offer(decision: Decision) -> dict[tuple[OfferId, Serial | None], Verdict]:
    return {(verdict.offer_id, verdict.serial): verdict for verdict in decision.verdicts}


def _by_line(decision: Decision) -> dict[str, int]:
    sums: dict[str, int] = {}
    for share in decision.shares:
        sums[share.line_id] = sums.get(share.line_id, 0) + share.amount_minor
    return sums
