"""A decision of the past, decided again from the facts kept with it, and checked against the journal."""

from __future__ import annotations

import hashlib

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from agent.kept_facts import facts_of
from agent.refunds import SaleEvidence
from agent.sales import Answered, Sale
from agent.till_types import TenderOut
from cache.past_sales import FoundSale, PartDamagedError, PastSales
from offers.context import Context, Decision
from offers.decide import decide
from offers.records import Tendered

encode = msgspec.json.Encoder(order="deterministic").encode
NEVER_KEPT = "the facts of this decision were never kept: it was made by an older version"


class PastDecision(Struct, frozen=True):
    """What was recorded, what the same facts give now, and what does not hold.

    `same` is None where it cannot be known; `faults` says in words why, and what else is wrong.
    """

    sale: FoundSale
    answered: Answered | None
    tendered: Tendered | None
    out: TenderOut | None
    app: str
    generation: str
    context: Context | None
    same: bool | None
    faults: tuple[str, ...]


class _Sealed(Struct, frozen=True):
    """An answer as its hash covers it, each value in the very bytes that were written."""

    revision: int
    digest: Raw
    basket: Raw
    decision: Raw
    out: Raw
    facts: Raw | UnsetType = UNSET


def look_back(sale: FoundSale, journal: PastSales) -> PastDecision:
    """Read a sale, check it, and decide it again.

    Raises:
        msgspec.MsgspecError: what is kept of it cannot be read at all.
    """
    if sale.is_open:
        saved = Sale.restored(sale.body)
        latest = saved.latest
        told = latest.out.generation if latest is not None else ""
        return _decided_again(
            PastDecision(sale, latest, None, None, "", told, None, None, ()), journal
        )
    kept = SaleEvidence.decode(sale.body)
    finished = kept.finished()
    past = PastDecision(
        sale,
        finished.answered,
        kept.tendered,
        kept.out,
        kept.app,
        kept.generation,
        None,
        None,
        tuple(_faults(sale, kept.tendered)),
    )
    return _decided_again(past, journal)


def seal(body: bytes) -> str:
    """Compute the hash that a sale's row has of its evidence, from the bytes as they are kept."""
    raw = msgspec.json.decode(body, type=dict[str, Raw])
    answered = None
    if bytes(raw["decision"]) != b"null":
        revision = msgspec.json.decode(raw["tendered"], type=Tendered).revision
        told = (raw["digest"], raw["basket"], raw["decision"], raw["told"])
        answered = _Sealed(revision, *told, raw.get("facts", UNSET))
    return hashlib.sha256(encode((answered, raw["generation"]))).hexdigest()


def _faults(sale: FoundSale, tendered: Tendered) -> list[str]:
    """List what was changed since it was written, as far as the journal's chain tells."""
    if sale.row is None:
        return ["the sale's row is pruned: nothing in the chain vouches for its evidence any more"]
    faults = []
    if not sale.row_hash_fits:
        faults.append("the sale's row was changed: its hash is another")
    if sale.row != encode(tendered):
        faults.append("the evidence tells of another sale than the row")
    if seal(sale.body) != msgspec.json.decode(sale.row, type=Tendered).decision_sha256:
        faults.append("the evidence was changed: the row names another hash of it")
    return faults


def _decided_again(past: PastDecision, journal: PastSales) -> PastDecision:
    answered = past.answered
    if answered is None:
        fault = "no decision was made: the till tendered a revision that was never answered"
        return msgspec.structs.replace(past, faults=(*past.faults, fault))
    try:
        context = facts_of(answered.facts, journal.part)
    except (PartDamagedError, msgspec.MsgspecError) as error:
        return msgspec.structs.replace(past, faults=(*past.faults, str(error)))
    if context is None:
        return msgspec.structs.replace(past, faults=(*past.faults, NEVER_KEPT))
    same = is_same(decide(context), answered.decision)
    faults = past.faults if same else (*past.faults, _differs(past.app))
    return msgspec.structs.replace(past, context=context, same=same, faults=faults)


def is_same(again: Decision, recorded: Decision) -> bool:
    """Tell whether two decisions are the same to the byte."""
    return encode(again) == encode(recorded)


def _differs(app: str) -> str:
    by = f", which {app} recorded" if app else ""
    return f"the same facts give another decision now than the one{by}"
