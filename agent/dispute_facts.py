"""What a dispute is about: the sale it names, the verdict, and what a script may look at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec import Struct

from agent.rooms import Rooms
from agent.sales import Answered, Sale
from agent.till_types import VerdictOut
from offers.catalogue import CATALOGUE, Script as Complaint, may_see
from offers.model import OfferId, ShopperKey
from offers.reasons import Reason, Verdict
from offers.records import Returned, Settled, Uid

REFUSED = ("not_applied", "near_miss")


class Matter(Struct, frozen=True):
    """A sale that is disputed, open or ended. `issued` are the verdicts of the slip that followed."""

    uid: Uid
    handle: str
    answered: Answered
    shopper: ShopperKey | None
    state: Literal["open", "paid", "voided"]
    sale: Sale | None = None
    late: tuple[Verdict, ...] = ()
    issued: tuple[VerdictOut, ...] = ()

    @property
    def training(self) -> bool:
        """Tell whether nothing of it counts."""
        return self.answered.basket.mode == "training"

    @property
    def currency(self) -> str:
        """Give the sale's currency."""
        return self.answered.basket.currency

    def left_minor(self, settled: Iterable[Settled]) -> int:
        """Give what the sale still costs after its discounts and the gifts before."""
        basket = sum(max(0, line.amount_minor) for line in self.answered.basket.lines)
        gifts = sum(one.amount_minor for one in settled if one.outcome == "goodwill")
        return max(0, basket - self.answered.decision.total_minor - gifts)


def matter_of(rooms: Rooms, handle: str) -> Matter | None:
    """Find a sale by the till's handle, the open one before the ended one; None where there is none."""
    sale = rooms.book.get(handle)
    if sale is not None and sale.latest is not None:
        return Matter(sale.uid, handle, sale.latest, sale.shopper, "open", sale)
    ended = rooms.book.finished(handle)
    if ended is None or ended.answered is None:
        return None
    state: Literal["paid", "voided"] = "voided" if ended.voided else "paid"
    issued = ended.out.verdicts
    return Matter(ended.uid, handle, ended.answered, ended.shopper, state, None, ended.late, issued)


async def verdict_of(
    rooms: Rooms, matter: Matter, offer_id: OfferId, complaint: Complaint | None
) -> Verdict | None:
    """Find the verdict that a dispute is about, as far as a cashier may know it.

    What the complaint's own script is for comes first, then a refused coupon, then what was
    refused at all. An offer that was not looked at is not this shopper's: what the cashier may not
    know of looks just the same. None where the bank has no such offer.
    """
    found = [v for v in await _verdicts(rooms, matter) if v.offer_id == offer_id]
    seen = [v for v in found if may_see(v.reason, "cashier")]
    if not seen:
        offer = rooms.shelf.generation.offers.get(offer_id)
        if offer is None:
            return None
        return Verdict(offer_id, offer.version, "not_applied", Reason.NOT_ASSIGNED)
    return min(seen, key=lambda verdict: _importance(verdict, complaint))


def was_looked_at(matter: Matter, verdict: Verdict) -> bool:
    """Tell whether the decision knew this verdict: only such a one can be settled by a gift."""
    return verdict in matter.late or verdict in matter.answered.decision.verdicts


def _importance(verdict: Verdict, complaint: Complaint | None) -> tuple[bool, bool, bool]:
    meant = complaint is not None and CATALOGUE[verdict.reason].script == complaint
    return (not meant, verdict.outcome not in REFUSED, verdict.serial is None)


async def _verdicts(rooms: Rooms, matter: Matter) -> list[Verdict]:
    """Gather what was said of the sale: after it, at its tender, at its decision, for the next slip."""
    back = await returned(rooms, matter.uid) if matter.state == "paid" else []
    gone = {verdict.offer_id for verdict in (*back, *matter.late)}
    decided = [v for v in matter.answered.decision.verdicts if v.offer_id not in gone]
    issued = [
        Verdict(v.offer_id, 0, v.outcome, v.reason, v.evidence, None, v.discount_minor)
        for v in matter.issued
        if v.outcome in ("printed", "withheld")
    ]
    return [*back, *matter.late, *decided, *issued]


async def returned(rooms: Rooms, uid: Uid) -> list[Verdict]:
    """Say of each offer whose goods came back what went back with them."""
    rows = await rooms.journal.rows_of(uid)
    came = [msgspec.json.decode(r.body, type=Returned) for r in rows if r.kind == "returned"]
    back: dict[OfferId, int] = {}
    for reversal in (one for each in came for one in each.reversals):
        back[reversal.offer_id] = back.get(reversal.offer_id, 0) + reversal.amount_minor
    return [
        Verdict(offer_id, 0, "not_applied", Reason.RETURNED_LINE, {"amount_minor": minor})
        for offer_id, minor in back.items()
    ]
