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


class KeptCandidate(Struct, frozen=True, array_like=True, gc=False):
    """A candidate with its offer named."""

    offer: bytes
    assignment: Assignment | None = None
    presented: Presented | None = None


class KeptFacts(Struct, frozen=True):
    """A context in pieces: the names of its parts, and the rest of it."""

    store: bytes
    recalled: bytes
    killed: bytes
    candidates: tuple[KeptCandidate, ...]
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
        candidates=tuple(
            KeptCandidate(name(it.offer), it.assignment, it.presented) for it in context.candidates
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
    return structs.replace(
        kept.rest,
        store=find(kept.store, StoreFacts),
        recalled=find(kept.recalled, frozenset[Gtin]),
        killed=find(kept.killed, frozenset[OfferId]),
        candidates=tuple(
            Candidate(find(it.offer, Offer), it.assignment, it.presented) for it in kept.candidates
        ),
        products={product.gtin: product for product in products},
    )
