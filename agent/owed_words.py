"""What a lane owes the arbiter of its store, read from its journal: the oath, and words of its rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec

from agent.claim_route import ClaimRoute
from cache.claims import OpenClaim
from cache.journal import Journal
from offers.records import Record, Row, Seq
from sync.allegiance import Allegiance
from sync.messages import Oath, Word, Words
from sync.topics import Up
from sync.words import TOLD, words_of

BATCH = 512  # rows looked through for one message of words
_record: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


class OwedWords:
    """Makes the messages; only serials of this store's arbiter are in them."""

    def __init__(self, journal: Journal, route: ClaimRoute, here: str) -> None:
        self._journal = journal
        self._route = route
        self._here = here

    async def pay(
        self,
        allegiance: Allegiance,
        now: float,
        send: Callable[[Up, Oath | Words], Awaitable[None]],
    ) -> None:
        """Say what is due now: the oath, or the next words."""
        if allegiance.oath_due:
            allegiance.oath_said(now)
            await send("oath", self.oath(allegiance.term))
        after = allegiance.words_due
        if after is not None:
            allegiance.words_said(now)
            words = await self.words(allegiance, after)
            if words is not None:
                await send("words", words)

    def oath(self, term: int) -> Oath:
        """Swear to a term: name everything that this lane holds or may hold."""
        journal = self._journal
        held = tuple(
            self._held(claim)
            for claim in journal.mirror.claims.values()
            if self._route.is_home(claim.serial)
        )
        return Oath(term, journal.epoch, journal.last_seq, held)

    async def words(self, allegiance: Allegiance, after: Seq) -> Words | None:
        """Say what the next rows say of serials; None where there are no more rows."""
        rows = await self._journal.rows_after(after, BATCH)
        if not rows:
            return None
        words = tuple(word for row in rows for word in self._words_of(row))
        source, acked = self._journal.epoch, allegiance.acked
        return Words(allegiance.term, source, after, rows[-1].seq, acked, words)

    def _held(self, claim: OpenClaim) -> Word:
        what: Literal["used", "held"] = "used" if claim.state == "provisional" else "held"
        return Word(what, claim.serial, claim.claim, self._here, claim.at)

    def _words_of(self, row: Row) -> list[Word]:
        if row.kind not in TOLD:
            return []
        words = words_of(_record.decode(row.body), self._here, row.at)
        return [word for word in words if self._route.is_home(word.serial)]
