"""Undoing a paid sale, in part or whole, here or anywhere in the chain: the records, and the refund."""

from __future__ import annotations

import msgspec
from msgspec import structs

from agent.past_sales import PastSales
from agent.refunds import PastSale, SaleEvidence, returned_already, work_out_return
from agent.refusals import Refused
from agent.sales import Finished
from agent.till_types import ReturnIn, ReturnOut, ReversalOut
from cache.journal import Journal
from offers.basket import Line, TransactionKey
from offers.model import StoreId
from offers.records import ClaimReleased, Record, Returned, Row, Tendered, Voided
from sync.messages import SaleFacts

BY_RECEIPT = "Refund by the receipt: it shows each line's discount."
_returned = msgspec.json.Decoder(Returned).decode


async def give_back(
    journal: Journal, store: StoreId, message: ReturnIn, chain: PastSales
) -> tuple[list[Record], ReturnOut]:
    """Work out a return: the records to write, and what the till refunds.

    Raises:
        Refused: nobody knows the sale, or the lines cannot come back.
    """
    sold_in = StoreId(message.store) if message.store else store
    key = TransactionKey(sold_in, message.till, message.business_date, message.number)
    facts = await chain.ask(key)
    try:
        _refuse_busy(facts)
        past, own = await _find(journal, key, facts)
        told = returned_already(past, own, message)
        records: list[Record] = []
        if told is None:
            told = work_out_return(past, message)
            records = [told, *_freed(told)]
    except Refused:
        await chain.write(*chain.over(facts, "not_given"))
        raise
    return [*records, *chain.over(facts, "returned")], return_out(told)


async def undo(journal: Journal, finished: Finished, chain: PastSales) -> list[Record]:
    """Undo a tendered sale whole. A second void of the same sale changes nothing.

    Raises:
        Refused: lines of it came back before; the rest is a return.
    """
    rows = await journal.rows_of(finished.uid)
    if any(row.kind == "voided" for row in rows):
        return []
    facts = await chain.ask(finished.key)
    elsewhere = facts.before if facts is not None else ()
    try:
        _refuse_busy(facts)
        if elsewhere or any(row.kind == "returned" for row in rows):
            raise Refused(
                "returned_in_part",
                "Lines of this sale came back before: it cannot be voided whole.",
                "Return the rest of its lines.",
                409,
            )
    except Refused:
        await chain.write(*chain.over(facts, "not_given"))
        raise
    body = await journal.evidence(finished.uid)
    redemptions = SaleEvidence.decode(body).tendered.redemptions if body is not None else ()
    freed = [
        ClaimReleased(r.claim, r.serial, "void")
        for r in redemptions
        if r.claim is not None and r.serial is not None
    ]
    return [Voided(finished.uid, finished.key), *freed, *chain.over(facts, "void")]


def return_out(returned: Returned) -> ReturnOut:
    """Make the till's answer to a return."""
    reversals = (
        ReversalOut(r.offer_id, r.amount_minor, r.whole, r.points) for r in returned.reversals
    )
    return ReturnOut(returned.refund_minor, tuple(reversals))


async def _find(
    journal: Journal, key: TransactionKey, facts: SaleFacts | None
) -> tuple[PastSale, tuple[Returned, ...]]:
    """Give the sale by this lane's journal and headquarters' facts, and what this lane took back."""
    body = await journal.sale(key)
    evidence = SaleEvidence.decode(body) if body is not None else None
    if evidence is not None:
        tendered = evidence.tendered
        lines = evidence.basket.lines if evidence.basket is not None else ()
    else:
        tendered, lines = _from_headquarters(journal, key, facts)
    rows = await journal.rows_of(tendered.uid)
    own = tuple(_returned(row.body) for row in rows if row.kind == "returned")
    same = facts is not None and facts.sale is not None and facts.sale.uid == tendered.uid
    elsewhere = facts.before if facts is not None and same else ()
    voided = _voided(rows) or (same and facts is not None and facts.voided)
    return PastSale(tendered, lines, (*own, *elsewhere), voided), own


def _from_headquarters(
    journal: Journal, key: TransactionKey, facts: SaleFacts | None
) -> tuple[Tendered, tuple[Line, ...]]:
    named = f"sale {key.number!r} of {key.business_date} at {key.till!r}"
    if facts is None:
        raise Refused(
            "sale_not_asked",
            f"This lane has no {named}, and headquarters cannot be asked now.",
            BY_RECEIPT,
            503,
        )
    sale = facts.sale
    if sale is None or not sale.lines:
        raise Refused(
            "sale_unknown",
            f"Neither this lane nor headquarters has the {named}.",
            BY_RECEIPT,
            404,
        )
    lines = tuple(
        Line(line.line_id, line.gtin, line.quantity, line.amount_minor) for line in sale.lines
    )
    shopper = journal.ref(facts.shopper) if facts.shopper is not None else None
    return structs.replace(sale, shopper=shopper), lines


def _refuse_busy(facts: SaleFacts | None) -> None:
    if facts is not None and facts.busy:
        raise Refused(
            "return_elsewhere",
            f"Goods of this sale are being taken back at {facts.busy} right now.",
            "Let that lane finish, then ask again.",
            409,
        )


def _voided(rows: tuple[Row, ...]) -> bool:
    return any(row.kind == "voided" for row in rows)


def _freed(returned: Returned) -> list[Record]:
    """List the claims that end because their redemption was undone whole."""
    return [
        ClaimReleased(r.claim, r.serial, "returned")
        for r in returned.reversals
        if r.whole and r.claim is not None and r.serial is not None
    ]
