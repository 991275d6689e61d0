"""A decision's facts in the form that is kept with its sale, and back again. Pure.

Offers, articles and lists that many sales share are parts of their own (`cache.parts`); the rest is
the context itself, with them taken out. So a fact that is added to the context is kept by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Raw, Struct, structs

from cache.parts import PartName, Parts
from offers.basket import Presented
from offers.context import Candidate, Context, StoreFacts
from offers.model import Assignment, Gtin, Offer, OfferId, Product

T = TypeVar("T")
NO_FACTS = Raw(b"null")  # of sales before facts were kept
encode = msgspec.json.Encoder(order="deterministic").encode


# A candidate without its coupon: its offer's name, and its assignment.
Dealt = tuple[bytes, Assignment | None]


class KeptFacts(Struct, frozen=True):
    """A context in pieces: the names of its parts, and the rest of it."""

    store: bytes
    recalled: bytes
    killed: bytes
    hand: bytes  # all candidates, as `Dealt`: mostly the same from basket to basket of a sale
    presented: tuple[tuple[int, Presented], ...]  # at which place of the hand
    products: tuple[bytes, ...]  # in the context's order
    rest: Context


class FindPart(Protocol):
    """Where parts are found again."""

    def __call__(self, name: PartName, kind: type[T]) -> T:
        """Give the part of this name as a value of this kind."""


def keep(context: Context, parts: Parts) -> tuple[Raw, dict[PartName, object]]:
    """Give the facts as they are kept, and the parts that they name."""
    named: dict[PartName, object] = {}

    def name(value: object) -> PartName:
        found = parts.name(value)
        named[found] = value
        return found

    kept = KeptFacts(
        store=name(context.store),
        recalled=name(context.recalled),
        killed=name(context.killed),
        hand=_hand(context, parts, named),
        presented=tuple(
            (place, candidate.presented)
            for place, candidate in enumerate(context.candidates)
            if candidate.presented is not None
        ),
        products=tuple(name(product) for product in context.products.values()),
        rest=structs.replace(
            context,
            store=StoreFacts(context.store.store),
            recalled=frozenset(),
            killed=frozenset(),
            candidates=(),
            products={},
        ),
    )
    return Raw(encode(kept)), named


def _hand(context: Context, parts: Parts, named: dict[PartName, object]) -> PartName:
    """Name the candidates as one part: hundreds of offers are named once a sale, not once a basket."""
    candidates = context.candidates

    def deal() -> tuple[Dealt, ...]:
        return tuple((parts.name(it.offer), it.assignment) for it in candidates)

    members = tuple(
        it for candidate in candidates for it in (candidate.offer, candidate.assignment)
    )
    name, hand = parts.name_together(members, deal)
    if not parts.is_noted(name, context.moment.utc.toordinal()):  # its offers were noted with it
        named |= {parts.name(it.offer): it.offer for it in candidates}
        named[name] = hand
    return name


def facts_of(body: bytes | Raw, part: FindPart) -> Context | None:
    """Rebuild the facts as decided on; None where none were kept.

    Raises:
        msgspec.MsgspecError: the body is no kept facts.
    """
    kept = msgspec.json.decode(body, type=KeptFacts | None)
    if kept is None:
        return None
    find: Callable[[bytes, Any], Any] = part  # type: ignore[assignment]
    products: list[Product] = [find(name, Product) for name in kept.products]
    hand: tuple[Dealt, ...] = find(kept.hand, tuple[Dealt, ...])
    shown = dict(kept.presented)
    return structs.replace(
        kept.rest,
        store=find(kept.store, StoreFacts),
        recalled=find(kept.recalled, frozenset[Gtin]),
        killed=find(kept.killed, frozenset[OfferId]),
        candidates=tuple(
            Candidate(find(offer, Offer), assignment, shown.get(place))
            for place, (offer, assignment) in enumerate(hand)
        ),
        products={product.gtin: product for product in products},
    )
