"""What a return gives back: the lines' prices less the discounts that they carried. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import Raw, Struct

from agent.kept_facts import NO_FACTS
from agent.refusals import Refused
from agent.sales import Answered, Finished
from agent.till_types import DecisionOut, ReturnIn, TenderOut
from offers.allocation import reverse
from offers.basket import Basket
from offers.context import Decision, Moment
from offers.records import Returned, Row, Sold, Tendered


class SaleEvidence(Struct, frozen=True):
    """What is kept of a sale for returns, disputes and repeated calls. No card number is in it."""

    handle: str
    digest: str
    basket: Basket | None
    decision: Decision | None
    moment: Moment
    generation: str
    tendered: Tendered
    told: DecisionOut | None
    out: TenderOut
    facts: Raw = NO_FACTS
    app: str = ""  # the version that decided

    @staticmethod
    def decode(body: bytes) -> SaleEvidence:
        """Read what `encode` wrote."""
        return msgspec.json.decode(body, type=SaleEvidence)

    def encode(self) -> bytes:
        """Give the form that the journal keeps; the same sale gives the same bytes."""
        return msgspec.json.encode(self, order="deterministic")

    def finished(self) -> Finished:
        """Give the sale as the book knows ended ones."""
        answered = None
        if self.basket is not None and self.decision is not None and self.told is not None:
            told = (self.digest, self.basket, self.decision, self.told, self.facts)
            answered = Answered(self.tendered.revision, *told)
        return Finished(self.tendered.uid, self.tendered.key, answered, self.out)


def returned_lines(rows: Iterable[Row]) -> frozenset[str]:
    """List the lines of a sale that came back before, from the sale's own rows.

    Raises:
        Refused: the whole sale was voided.
    """
    decode = msgspec.json.Decoder(Returned).decode
    before: set[str] = set()
    for row in rows:
        if row.kind == "voided":
            raise Refused(
                "voided",
                "This sale was voided: nothing of it is left to return.",
                "Nothing is to be refunded; look at the void's receipt.",
                409,
            )
        if row.kind == "returned":
            before.update(decode(row.body).lines)
    return frozenset(before)


def returned_already(rows: Iterable[Row], message: ReturnIn) -> Returned | None:
    """Give what a return was answered before that names the very same lines; None for a new one.

    Raises:
        Refused: the whole sale was voided.
    """
    gone, told = returned_lines(rows), None
    for row in rows:
        if row.kind == "returned":
            returned = msgspec.json.decode(row.body, type=Returned)
            if returned.asked == tuple(sorted(message.lines)):
                told = returned
    again = told is not None and (set(message.lines) <= gone if message.lines else True)
    return told if again else None


def work_out_return(sale: SaleEvidence, message: ReturnIn, before: frozenset[str]) -> Returned:
    """Say what comes back with these lines. A line that came back before is not paid twice.

    Raises:
        Refused: a line is not of this sale, or all of them came back before.
    """
    lines = sale.basket.lines if sale.basket is not None else ()
    known = {line.line_id: line for line in lines}
    wanted = frozenset(message.lines) or frozenset(known)
    strangers = sorted(wanted - known.keys())
    if strangers:
        raise Refused(
            "line_unknown",
            f"The sale has no line {strangers[0]!r}.",
            "Send the line_id values of the sale, or none to return all of it.",
            422,
        )
    returning = wanted - before
    if not returning:
        raise Refused(
            "returned_before",
            "These lines came back before.",
            "Nothing is to be refunded; look at the earlier return's receipt.",
            409,
        )
    redemptions = sale.tendered.redemptions
    reversals = reverse(redemptions, lines, before, returning)
    back = tuple(known[line_id] for line_id in sorted(returning))
    carried = sum(
        share.amount_minor for r in redemptions for share in r.shares if share.line_id in returning
    )
    return Returned(
        uid=sale.tendered.uid,
        of=sale.tendered.key,
        lines=tuple(line.line_id for line in back),
        refund_minor=sum(line.amount_minor for line in back) - carried,
        reversals=reversals,
        sold=tuple(Sold(line.gtin, -line.quantity) for line in back),
        shopper=sale.tendered.shopper,
        asked=tuple(sorted(message.lines)),
    )
