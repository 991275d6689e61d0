"""From a basket that was read to an answer for the till, with its facts in the form that is kept."""

from __future__ import annotations

from typing import NamedTuple

from agent.answers import decision_out, verdicts_out
from agent.kept_facts import keep
from agent.rooms import Rooms
from agent.sales import Answered, Sale
from agent.till_reading import ReadBasket
from agent.till_types import BasketIn
from cache.parts import PartName


class Fresh(NamedTuple):
    """A new answer, and the parts that its facts name: they are written with it."""

    answered: Answered
    parts: dict[PartName, object]


async def answer(rooms: Rooms, sale: Sale, message: BasketIn, read: ReadBasket, mark: str) -> Fresh:
    """Decide on a new revision.

    Args:
        rooms: the lane's.
        sale: bound to what the message named.
        message: as it came.
        read: the message without anything that names a person.
        mark: its digest.
    """
    context, decision = await rooms.evaluation.evaluate(
        sale, message.revision, message.currency, read.lines
    )
    generation, language = rooms.shelf.generation, rooms.language
    verdicts = verdicts_out(
        decision.verdicts, generation.offers, language, message.currency, sale.provisional
    )
    out = decision_out(sale.handle, context, decision, verdicts, generation.id, language)
    facts, parts = keep(context, rooms.journal.parts)
    answered = Answered(message.revision, mark, context.basket, decision, out, facts)
    return Fresh(answered, parts)
