"""The page's search: an index of the generation in force, built once in a thread, asked in memory."""

from __future__ import annotations

import asyncio
import logging
from datetime import date
from pathlib import Path

from agent.refusals import Refused
from cache.generation import Generation
from cache.range_file import products_in
from cache.shelf import Shelf
from offers.context import Candidate
from offers.model import Language, Offer
from offers.reasons import Verdict
from staff_help.ask import ask, documents
from staff_help.ask_words import Answers, Bank, Standing
from staff_help.word_index import WordIndex

log = logging.getLogger("tillside.page")

MOST_PRODUCTS = 50_000  # some 15 MB of index; a supermarket has 20,000 articles


def build(path: Path, offers: tuple[Offer, ...]) -> WordIndex:
    """Read a generation's range and index it with its offers. To be run in a thread."""
    return WordIndex(documents(offers, products_in(path, MOST_PRODUCTS)))


class SearchDesk:
    """Answers questions about the offers in force."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._index: tuple[Generation, WordIndex] | None = None
        self._building: tuple[Generation, asyncio.Task[WordIndex]] | None = None

    def prepare(self) -> None:
        """Begin to build the index of a generation that has none yet; nobody waits for it."""
        generation = self._shelf.generation
        if self._index is not None and self._index[0] is generation:
            return
        if self._building is None or self._building[0] is not generation:
            task = asyncio.ensure_future(
                asyncio.to_thread(build, generation.path, tuple(generation.offers.values()))
            )
            task.add_done_callback(lambda done: self._built(generation, done))
            self._building = (generation, task)

    def _built(self, generation: Generation, done: asyncio.Task[WordIndex]) -> None:
        if self._building is not None and self._building[1] is done:
            self._building = None
        if done.cancelled():
            return
        error = done.exception()
        if error is not None:
            log.warning("! no index of %s: %s", generation.id, error)
        elif generation is self._shelf.generation:
            self._index = (generation, done.result())

    async def ask(
        self,
        query: str,
        candidates: tuple[Candidate, ...],
        verdicts: tuple[Verdict, ...],
        today: date,
        language: Language,
    ) -> Answers:
        """Answer a question; the first one of a generation waits for its index.

        Args:
            query: what was typed.
            candidates: the shopper's offers; holdouts count as not given.
            verdicts: those of the sale in hand.
            today: the business date.
            language: of the answer.

        Raises:
            Refused: there is no index.
        """
        self.prepare()
        if self._building is not None:
            await asyncio.wait({self._building[1]})
            await asyncio.sleep(0)  # its end is noted first
        index = self._index
        if index is None:
            raise no_index()
        given = {
            it.offer.offer_id: it.assignment
            for it in candidates
            if it.assignment is not None and it.assignment.arm != "holdout"
        }
        standing = Standing(given, {it.offer_id: it for it in verdicts})
        return ask(query, index[1], self._bank(today), standing, language)

    def _bank(self, today: date) -> Bank:
        generation, shelf = self._shelf.generation, self._shelf
        return Bank(
            offers=generation.offers,
            product=generation.product,
            products_of=generation.products_of,
            killed=shelf.killed,
            recalled=shelf.recalled,
            today=today,
            currency=generation.store.currency,
        )


def no_index() -> Refused:
    """Say that the offers cannot be searched now."""
    return Refused(
        "no_index",
        "The offers cannot be searched now.",
        "Try again in a moment; offers of the sale are on its own page.",
        503,
    )
