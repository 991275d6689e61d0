"""Serial slots: which lease and counter the next coupon takes. A slot is given out once, ever."""

from __future__ import annotations

from collections.abc import Iterable

from offers.model import Serial
from offers.records import Incarnation
from offers.serials import Lease

LEASE_DIGITS = 5  # of a serial's twelve: 5 lease + 3 counter + 4 MAC
COUNTERS = 1000


def slot_of(serial: Serial) -> tuple[int, int]:
    """Read lease and counter from a serial."""
    return int(serial[:LEASE_DIGITS]), int(serial[LEASE_DIGITS : LEASE_DIGITS + 3])


class Slots:
    """The leases of this lane, and how far each is used.

    What counts is what is in the journal; a slot that was handed out and then not issued is
    skipped until the next start, so two coupons in the making never share one.
    """

    def __init__(self) -> None:
        self.used: dict[int, int] = {}  # lease -> next counter, as the journal has it
        self._handed: dict[int, int] = {}

    def issued(self, serial: Serial) -> None:
        """Note a serial that is in the journal."""
        lease, counter = slot_of(serial)
        self.used[lease] = max(self.used.get(lease, 0), counter + 1)

    def next(self, epoch: Incarnation, leases: Iterable[Lease]) -> tuple[Lease, int] | None:
        """Hand out the next slot of the incarnation's leases, lowest lease first."""
        for lease in sorted(leases, key=lambda lease: lease.lease):
            counter = self._next_counter(lease.lease)
            if lease.epoch == epoch and counter < COUNTERS:
                self._handed[lease.lease] = counter + 1
                return lease, counter
        return None

    def left(self, epoch: Incarnation, leases: Iterable[Lease]) -> int:
        """Count the incarnation's leases that still have a slot."""
        return sum(
            lease.epoch == epoch and self._next_counter(lease.lease) < COUNTERS for lease in leases
        )

    def _next_counter(self, lease: int) -> int:
        return max(self.used.get(lease, 0), self._handed.get(lease, 0))
