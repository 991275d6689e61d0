"""What a lane's agent does while it arbitrates for its store: hears lanes, and headquarters.

Between headquarters and `agent.store_arbiter`: the copy is asked for, decisions are told, a ledger
that is lost is reported, so that headquarters begins a new term.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from msgspec import Struct, structs

from agent.store_arbiter import ArbiterHost, LedgerLost
from ground.clock import Clock
from ground.dice import Dice
from offers.model import LaneId, StoreId
from offers.records import Incarnation
from sync.messages import (
    Ask,
    Claim,
    ClaimAnswer,
    Copy,
    Heard,
    Oath,
    Relayed,
    Seat,
    Words,
)
from sync.payload import Packet, pack
from sync.teller import Teller
from sync.topics import Up, down, up

log = logging.getLogger("tillside.arbiter")

ASK_AGAIN_S = 5.0  # for headquarters' copy, or for a new term
POLL_S = 30.0  # what headquarters pushed and nobody got, is asked for


class ArbiterDesk:
    """One lane that may arbitrate. It does while the seat names it."""

    def __init__(
        self,
        store: StoreId,
        lane: LaneId,
        epoch: Incarnation,
        host: ArbiterHost,
        clock: Clock,
        dice: Dice,
    ) -> None:
        self._store = store
        self._lane = lane
        self._epoch = epoch
        self._host = host
        self._clock = clock
        self._dice = dice
        self._teller: Teller | None = None
        self._letter: Packet | None = None
        self._lost: int | None = None  # the term whose ledger is gone
        self._hq_up = False
        self._ask_at: float | None = None
        self._missing: tuple[str, ...] = ("hq",)
        self._hq: Callable[[Packet], bool] = lambda _: False
        self._to_lanes: Callable[[Packet], bool] = lambda _: False
        self._to_myself: Callable[[Heard], None] = lambda _: None

    def attach(
        self,
        hq: Callable[[Packet], bool],
        to_lanes: Callable[[Packet], bool],
        to_myself: Callable[[Heard], None],
    ) -> None:
        """Get the ways to headquarters, to the other lanes, and to this lane itself."""
        self._hq, self._to_lanes, self._to_myself = hq, to_lanes, to_myself

    @property
    def ready(self) -> bool:
        """Tell whether it has a ledger to decide by."""
        return self._host.seat is not None

    @property
    def missing(self) -> tuple[str, ...]:
        """Name what has to come before the first grant."""
        return self._missing

    async def begin(self, seat: Seat) -> None:
        """Take the seat, or report that its ledger is gone."""
        try:
            await self._host.begin(seat)
        except LedgerLost as lost:
            self._give_up(seat.term, lost)
            return
        self._lost, self._missing = None, ("hq",)
        self._teller = Teller(0, 0, self._dice)
        if self._hq_up:
            self._teller.connected()
        self._ask_at = self._clock.monotonic_s()
        log.info("= this lane arbitrates, term %d", seat.term)

    async def seated(self, seat: Seat, letter: Packet, news: bool) -> None:
        """Take or leave the seat; headquarters' letter is passed on to the store's own broker."""
        self._letter = structs.replace(letter, retain=True)
        if not news:
            return
        self._teller = None
        await self._host.leave()
        if seat.lane == self._lane:
            await self.begin(seat)
            self.pass_on()

    async def close(self) -> None:
        """Close the ledger."""
        await self._host.close()

    def hq_link(self, is_up: bool) -> None:
        """The link to headquarters came up or went down."""
        self._hq_up = is_up
        if is_up:
            self._ask_at = self._clock.monotonic_s()
        if self._teller is not None:
            (self._teller.connected if is_up else self._teller.disconnected)()

    def pass_on(self) -> None:
        """Let the store's lanes have the seat, by headquarters' own letter: those that wait swear."""
        if self._letter is not None and self._host.seat is not None:
            self._to_lanes(self._letter)

    async def claim(self, claim: Claim, where: str) -> ClaimAnswer | None:
        """Decide on a claim of a lane of this store."""
        answer = await self._host.claim(claim, where)
        await self._look()
        return answer

    async def from_lane(self, lane: LaneId, message: Claim | Oath | Words) -> None:
        """Take what a lane says, and answer it."""
        if isinstance(message, Claim):
            answer = await self.claim(message, f"{self._store}/{lane}")
            if answer is not None:
                self._to_lanes(pack(down(self._store, lane, "claim"), answer))
            return
        if isinstance(message, Oath):
            heard = await self._host.oath(lane, message)
        else:
            heard = await self._words(message)
        if heard is not None and lane == self._lane:
            self._to_myself(heard)
        elif heard is not None:
            self._to_lanes(pack(down(self._store, lane, "heard"), heard))
        await self._look()

    async def from_hq(self, message: Words | Heard | Copy | Relayed) -> None:
        """Take what headquarters says to the arbiter."""
        match message:
            case Relayed():
                answer = await self._host.relayed(message)
                if answer is not None:
                    self._say("relay", answer)
            case Copy():
                await self._host.copy(message)
                self._ask_at = self._clock.monotonic_s()
            case Words():
                heard = await self._words(message)
                if heard is not None:
                    self._say("heard", heard)
            case Heard():
                await self._told(message)
        await self._look()

    async def on_deadline(self, now: float) -> None:
        """Tell headquarters what was decided; ask for what is missing."""
        if not self._hq_up:
            return
        if self._teller is not None:
            self._teller.on_deadline(now)
            after = self._teller.wish
            words = await self._host.decisions(after) if after is not None else None
            if words is not None:
                self._teller.told(now)
                self._say("words", words)
        if self._ask_at is not None and now >= self._ask_at:
            await self._ask(now)

    def next_deadline(self) -> float | None:
        """Tell when to call `on_deadline`."""
        if not self._hq_up:
            return None
        teller = self._teller
        told = teller.next_deadline() if teller is not None else None
        wish = 0.0 if teller is not None and teller.wish is not None else None
        return min((at for at in (told, wish, self._ask_at) if at is not None), default=None)

    async def _ask(self, now: float) -> None:
        """Ask for a new term, for the next part of the copy, or for words that did not come."""
        if self._lost is not None:
            self._say("ask", Ask("term", self._epoch, "", self._lost))
            self._ask_at = now + ASK_AGAIN_S
            return
        ask = await self._host.copy_ask()
        heard = await self._host.feed_heard()
        self._ask_at = now + (ASK_AGAIN_S if ask is not None else POLL_S)
        if ask is not None:
            self._say("copy", ask)
        elif heard is not None:
            self._say("heard", heard)

    async def _words(self, words: Words) -> Heard | None:
        try:
            return await self._host.words(words)
        except LedgerLost as lost:
            seat = self._host.seat
            if seat is not None:
                await self._host.leave()
                self._give_up(seat.term, lost)
            return None

    async def _told(self, heard: Heard) -> None:
        """Headquarters has decisions up to here; more than were made means a ledger that is old."""
        standing = await self._host.standing()
        if standing is None or self._teller is None or heard.source != standing.source:
            return
        if heard.upto > standing.decided:
            await self._host.leave()
            self._give_up(standing.term, LedgerLost("headquarters knows decisions that it has not"))
        else:
            self._teller.acknowledged(heard.upto)

    def _give_up(self, term: int, why: LedgerLost) -> None:
        log.error("! the ledger of term %d is lost: %s", term, why)
        self._lost, self._teller = term, None
        self._ask_at = self._clock.monotonic_s()

    async def _look(self) -> None:
        """See what is missing and what there is to tell, after something came in."""
        standing = await self._host.standing()
        if standing is None or self._teller is None:
            return
        if self._missing and not standing.missing:
            log.info("= term %d is open: every lane has sworn", standing.term)
        if self._missing != standing.missing and "hq" not in standing.missing:
            self.pass_on()
        self._missing = standing.missing
        self._teller.written(standing.decided)

    def _say(self, what: Up, message: Struct) -> None:
        self._hq(pack(up(self._store, self._lane, what), message))
