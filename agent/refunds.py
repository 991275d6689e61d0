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
from offers.basket import Basket, Line
from offers.context import Decision, Moment
from offers.records import Returned, Sold, Tendered


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


class PastSale(Struct, frozen=True):
    """A paid sale as far as it is known: here, and at headquarters. Earlier returns may stand twice."""

    tendered: Tendered
    lines: tuple[Line, ...]
    before: tuple[Returned, ...] = ()
    voided: bool = False

    @property
    def gone(self) -> frozenset[str]:
        """Name the lines that came back before.

        Raises:
            Refused: the whole sale was voided.
        """
        if self.voided:
            raise Refused(
                "voided",
                "This sale was voided: nothing of it is left to return.",
                "Nothing is to be refunded; look at the void's receipt.",
                409,
            )
        return frozenset(line for returned in self.before for line in returned.lines)


def returned_already(past: PastSale, own: Iterable[Returned], message: ReturnIn) -> Returned | None:
    """Give what this lane answered before to the very same return; None for a new one.

    Raises:
        Refused: the whole sale was voided.
    """
    gone, told = past.gone, None
    for returned in own:
        if returned.asked == tuple(sorted(message.lines)):
            told = returned
    again = told is not None and (set(message.lines) <= gone if message.lines else True)
    return told if again else None


def work_out_return(past: PastSale, message: ReturnIn) -> Returned:
    """Say what comes back with these lines. A line that came back before is not paid twice.

    Raises:
        Refused: a line is not of this sale, or all of them came back before.
    """
    lines, before = past.lines, past.gone
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
    redemptions = past.tendered.redemptions
    reversals = reverse(redemptions, lines, before, returning)
    back = tuple(known[line_id] for line_id in sorted(returning))
    carried = sum(
        share.amount_minor for r in redemptions for share in r.shares if share.line_id in returning
    )
    return Returned(
        uid=past.tendered.uid,
        of=past.tendered.key,
        lines=tuple(line.line_id for line in back),
        refund_minor=sum(line.amount_minor for line in back) - carried,
        reversals=reversals,
        sold=tuple(Sold(line.gtin, -line.quantity) for line in back),
        shopper=past.tendered.shopper,
        asked=tuple(sorted(message.lines)),
    )
