"""Whom a lane asks for serials of its own store, and what it owes to that arbiter. Pure.

A lane takes a seat from headquarters' signed word alone. It writes the seat down, gives up what still
waits for the arbiter before, and swears: from then on a grant of an earlier term is nothing to it.
The new arbiter hears with the oath what the lane holds, and then the words of its rows.
"""

from __future__ import annotations

from ground.dice import Dice
from offers.model import LaneId
from offers.records import Incarnation, Seq
from sync.claims import Link
from sync.messages import Heard, Seat
from sync.teller import Teller

SWEAR_AGAIN_S = (2.0, 4.0)  # a new arbiter may still wait for headquarters' copy
SWEAR_MAX_FACTOR = 8


class Allegiance:
    """One incarnation's standing with the arbiter of its store. Link up and down are told by name."""

    def __init__(self, epoch: Incarnation, seat: Seat | None, last: Seq, dice: Dice) -> None:
        self._epoch = epoch
        self._dice = dice
        self._last = last
        self._up: dict[Link, bool] = {"hq": False, "store": False}
        self._take(seat)

    def _take(self, seat: Seat | None) -> None:
        self.seat = seat
        self.sworn = False
        self._teller: Teller | None = None
        self._tries = 0
        self._due: float | None = None
        self._said = False

    @property
    def term(self) -> int:
        """The term in force; 0 where headquarters never named an arbiter."""
        return self.seat.term if self.seat is not None else 0

    @property
    def lane(self) -> LaneId:
        """The lane that arbitrates; none: headquarters."""
        return self.seat.lane if self.seat is not None else LaneId("")

    @property
    def link(self) -> Link:
        """The link that leads to the arbiter."""
        return "store" if self.lane else "hq"

    def is_news(self, seat: Seat) -> bool:
        """Tell whether a seat is newer than the one in force."""
        return seat.term > self.term

    def take(self, seat: Seat) -> None:
        """Obey a newer seat; call it once the seat is durable."""
        if self.is_news(seat):
            self._take(seat)

    def connected(self, link: Link) -> None:
        """A link is up: say again what was not answered."""
        self._up[link] = True
        if link == self.link:
            self._tries, self._due, self._said = 0, None, False
            if self._teller is not None:
                self._teller.connected()

    def disconnected(self, link: Link) -> None:
        """A link is down."""
        self._up[link] = False
        if link == self.link:
            self._due = None
            if self._teller is not None:
                self._teller.disconnected()

    def written(self, last: Seq) -> None:
        """The journal has more rows."""
        self._last = max(self._last, last)
        if self._teller is not None:
            self._teller.written(self._last)

    @property
    def oath_due(self) -> bool:
        """Tell whether to swear now."""
        waits = self.seat is not None and not self.sworn
        return waits and self._up[self.link] and self._due is None and not self._said

    def oath_said(self, now: float) -> None:
        """The oath has left."""
        factor = min(2**self._tries, SWEAR_MAX_FACTOR)
        self._due = now + factor * self._dice.uniform(*SWEAR_AGAIN_S)
        self._said = True

    @property
    def words_due(self) -> Seq | None:
        """Name the row after which to tell the store's arbiter now; None: nothing to tell."""
        return self._teller.wish if self._teller is not None else None

    @property
    def acked(self) -> Seq:
        """Up to where the arbiter has this lane's rows."""
        return self._teller.acked if self._teller is not None else 0

    def words_said(self, now: float) -> None:
        """A batch of words has left."""
        if self._teller is not None:
            self._teller.told(now)

    def heard(self, heard: Heard) -> None:
        """Take the arbiter's answer: the first one to an oath, the others to words."""
        if heard.term != self.term or heard.source != self._epoch:
            return
        if not self.sworn:
            self.sworn, self._due = True, None
            if self.lane:
                self._teller = Teller(heard.upto, self._last, self._dice)
                if self._up["store"]:
                    self._teller.connected()
        elif self._teller is not None:
            self._teller.acknowledged(heard.upto)

    def next_deadline(self) -> float | None:
        """Tell when to call `on_deadline`."""
        told = self._teller.next_deadline() if self._teller is not None else None
        return min((at for at in (self._due, told) if at is not None), default=None)

    def on_deadline(self, now: float) -> None:
        """Nobody answered: say it again."""
        if self._due is not None and now >= self._due:
            self._tries += 1
            self._due, self._said = None, False
        if self._teller is not None:
            self._teller.on_deadline(now)
