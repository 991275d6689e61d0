"""Which journal rows are on their way. The rows stay in the journal: this counts, and asks for them."""

from __future__ import annotations

from msgspec import Struct

from ground.dice import Dice
from offers.records import Row, Seq
from sync.messages import Ack

WINDOW_ROWS = 1024  # sent and not acknowledged: a commit at HQ, and as much again under way
BATCH_ROWS = 64  # one message stays under 100 KB, and HQ commits it in one transaction
RESEND_S = (1.0, 3.0)  # headquarters acknowledges within a round trip and one commit
RESEND_MAX_FACTOR = 32  # a lane that HQ does not answer then asks every minute or so


class NeedRows(Struct, frozen=True):
    """Read rows after this sequence number, at most so many, and call `offer_rows`."""

    after: Seq
    limit: int


class OutboxWindow:
    """Sequence numbers only: acknowledged <= sent <= last."""

    def __init__(self, acked: Seq, last: Seq, dice: Dice) -> None:
        self.acked, self.sent, self.last = acked, acked, last
        self._dice = dice
        self._online = False
        self._fetching = False
        self._tries = 0
        self._deadline: float | None = None

    @property
    def depth(self) -> int:
        """Rows that headquarters has not acknowledged."""
        return self.last - self.acked

    def connected(self, now: float) -> NeedRows | None:
        """Start again after the last acknowledged row."""
        self._online, self._tries, self._fetching = True, 0, False
        return self._rewind(now)

    def disconnected(self) -> None:
        """Wait for the next connection."""
        self._online, self._deadline = False, None

    def written(self, seq: Seq, now: float) -> NeedRows | None:
        """A row is durable in the journal."""
        self.last = max(self.last, seq)
        self._arm(now)
        return self._fetch()

    def fed(self, after: Seq, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """Take the rows that a `NeedRows` asked for; give those to send now.

        Rows for an older position (the window was rewound meanwhile) and rows after a hole are not
        sent: the deadline asks again.
        """
        self._fetching = False
        if not self._online or after != self.sent:
            return ()
        fit = rows[: WINDOW_ROWS - (self.sent - self.acked)]
        send = tuple(row for place, row in enumerate(fit, after + 1) if row.seq == place)
        self.sent += len(send)
        return send

    def more(self) -> NeedRows | None:
        """Ask for the next rows, if there are any and the window has room."""
        return self._fetch()

    def acknowledged(self, ack: Ack, now: float) -> bool:
        """Take HQ's high-water mark; False where it says nothing new."""
        if ack.upto <= self.acked:
            return False
        self.acked = ack.upto
        self.sent = max(self.sent, ack.upto)
        self._tries, self._deadline = 0, None
        self._arm(now)
        return True

    def next_deadline(self) -> float | None:
        """Tell when to call `on_deadline`; None when everything is acknowledged."""
        return self._deadline

    def on_deadline(self, now: float) -> NeedRows | None:
        """No progress: send everything after the acknowledged row again, with back-off."""
        if self._deadline is None or now < self._deadline:
            return None
        self._tries += 1
        self._fetching = False
        return self._rewind(now)

    def _rewind(self, now: float) -> NeedRows | None:
        self.sent, self._deadline = self.acked, None
        self._arm(now)
        return self._fetch()

    def _arm(self, now: float) -> None:
        if self._online and self._deadline is None and self.depth > 0:
            factor = min(2**self._tries, RESEND_MAX_FACTOR)
            self._deadline = now + factor * self._dice.uniform(*RESEND_S)

    def _fetch(self) -> NeedRows | None:
        room = min(BATCH_ROWS, WINDOW_ROWS - (self.sent - self.acked))
        if not self._online or self._fetching or room <= 0 or self.sent >= self.last:
            return None
        self._fetching = True
        return NeedRows(self.sent, room)
