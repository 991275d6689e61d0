"""The quiet hours' work: the pictures that most shoppers will see go into the printer's memory.

Only in the hours that the configuration names, with no sale open, and never more than the printer's
memory may be written in a day: the printer is deaf while it writes.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import date

from agent.moment import moment
from agent.print_desk import PrintDesk
from agent.sales import SaleBook
from cache.demand import holders
from cache.shelf import Shelf
from ground.clock import Clock
from offers.model import Offer
from offers.outright import not_here
from printer.bitmap import Bitmap
from printer.errors import PictureError
from printer.layout import picture_bitmap

log = logging.getLogger("tillside.print")

LOOK_S = 600.0  # whether it is time
MOST_PICTURES = 64  # of 15 KB: more than any printer's memory holds
NEVER = ""


def in_hours(hours: str, minute: int) -> bool:
    """Tell whether a minute of the day lies in "02:00-05:00", also across midnight."""
    if hours == NEVER:
        return False
    begin, end = (int(text[:2]) * 60 + int(text[3:]) for text in hours.split("-"))
    return begin <= minute < end if begin <= end else minute >= begin or minute < end


class PictureDesk:
    """Keeps the printer's memory in step with the generation."""

    def __init__(
        self, printing: PrintDesk, shelf: Shelf, book: SaleBook, clock: Clock, hours: str
    ) -> None:
        self._printing = printing
        self._shelf = shelf
        self._book = book
        self._clock = clock
        self._hours = hours
        self._done: tuple[str, date] | None = None  # the generation and day that need nothing more

    @property
    def closed(self) -> bool:
        """Tell whether the lane rests: in the hours, and no sale is open, not even a parked one."""
        now = self._clock.utc_now()
        minute = moment(now, True, self._shelf.generation.store).minute
        return in_hours(self._hours, minute) and not any(True for _ in self._book)

    async def run(self) -> None:
        """Look every so often whether it is time, for ever."""
        while True:
            if self.closed:
                await self.tonight()
            await self._clock.sleep(LOOK_S)

    async def tonight(self) -> str:
        """Write what the day's budget leaves; say what was done."""
        generation = self._shelf.generation
        key = (generation.id, self._clock.utc_now().date())
        if self._done == key:
            return "done before"
        ranked = await asyncio.to_thread(self._ranked)
        said = await self._printing.queue.keep_pictures(ranked, lambda: self.closed)
        if ", 0 left," in said:
            self._done = key
        log.info("= pictures: %s", said)
        return said

    def _ranked(self) -> list[Bitmap]:
        """Give the offers' pictures as this printer prints them, of the most wallets first."""
        generation = self._shelf.generation
        held = holders(generation.path)
        shown = [offer for offer in generation.offers.values() if self._shown(offer)]
        shown.sort(key=lambda offer: (-held[offer.offer_id], offer.offer_id))
        found: list[Bitmap] = []
        for offer in shown[:MOST_PICTURES]:
            png = generation.picture(offer.picture.sha256) if offer.picture else None
            if png is not None:
                with suppress(PictureError):
                    found.append(picture_bitmap(png, self._printing.profile))
        return found

    def _shown(self, offer: Offer) -> bool:
        """Tell whether an offer has a picture, and may still be printed in this store."""
        store = self._shelf.generation.store
        today = moment(self._clock.utc_now(), True, store).business_date
        return offer.picture is not None and offer.ends >= today and not_here(offer, store) is None
