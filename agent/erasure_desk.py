"""Who was erased is gone from all the lane's files, or the lane does not say so."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from agent.stock import Stock
from cache.erasure import clean_up

log = logging.getLogger("tillside.hq")


class ErasureDesk:
    """Cleans up after the journal, and remembers up to which list it is done."""

    def __init__(self, stock: Stock, directory: Path) -> None:
        self._stock = stock
        self._directory = directory

    async def settle(self) -> bool:
        """Delete what may go; tell whether nothing is left of anyone on the newest list.

        To be called while no generation is being pulled: half of one is deleted too.
        """
        journal, generation = self._stock.journal, self._stock.shelf.generation
        rev = journal.tombstone_rev
        if rev == int(journal.meta("erased_rev") or 0):
            return rev > 0
        tombstones = journal.mirror.refs.tombstones
        left = await asyncio.to_thread(clean_up, self._directory, generation.path.name, tombstones)
        if left:
            log.warning("! erased shoppers are still in %s", ", ".join(left))
            return False
        if not journal.wiped:
            await journal.set_meta(
                "wiping", str(rev)
            )  # its commit cuts the WAL, if nobody reads it
        if journal.wiped:
            await journal.set_meta("erased_rev", str(rev))
        return journal.wiped
