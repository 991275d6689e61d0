"""The catalogue of what can go wrong with a printer.

One table for the command line, the scenarios, the control page, the pytest plugin and docs/simulator.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

BOTH = frozenset({"tcp", "pty"})
TCP, PTY = frozenset({"tcp"}), frozenset({"pty"})


class FaultError(ValueError):
    """There is no such fault, or not so, or not on this line."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the catalogue.

    Args:
        name: how it is called everywhere.
        meaning: what happens.
        counts: what its number says; "" where it takes none.
        default: the number where none is said; None where leaving it out means something else.
        lines: where it can happen.
        sensor: the sensor that it moves.
        by_port: whether the line does it, not the device.
    """

    name: str
    meaning: str
    counts: str = ""
    default: int | None = None
    lines: frozenset[str] = BOTH
    sensor: str = ""
    by_port: bool = False


CATALOGUE = (
    Fault("paper-near-end", "the near-end sensor reports", sensor="paper_near_end"),
    Fault(
        "paper-out",
        "the paper ends: now, or after so many rows more",
        counts="rows",
        sensor="paper_out",
    ),
    Fault("cover-open", "the cover is open", sensor="cover_open"),
    Fault("offline", "switched offline", sensor="switched_offline"),
    Fault(
        "cutter-jam",
        "the cutter jams: now, or at the cut of that number from now",
        counts="cuts",
        sensor="cutter_jam",
    ),
    Fault("drawer-open", "the drawer's switch reports", sensor="drawer_open"),
    Fault(
        "hot-head",
        "the head is too hot; it prints again by itself after so many seconds",
        counts="seconds",
        default=5,
        sensor="hot_head",
    ),
    Fault(
        "slow-head",
        "the head prints so many rows a second",
        counts="rows a second",
        default=40,
    ),
    Fault(
        "power-cycle",
        "off and on: now, or when so many bytes more have come; buffers, modes and automatic status "
        "are lost, a connection is reset",
        counts="bytes",
    ),
    Fault(
        "buffer-loss",
        "what waits in the receive and print buffers is lost without a word: now, or when so many "
        "bytes more have come",
        counts="bytes",
    ),
    Fault(
        "stuck-busy",
        "stays BUSY: prints and reads no more, while real-time status says that all is well",
    ),
    Fault("mute", "answers nothing"),
    Fault("nonsense", "answers, but other bytes than it should"),
    Fault(
        "stray-bytes",
        "so many bytes of noise come back now, and one before each answer",
        counts="bytes",
        default=16,
    ),
    Fault("deaf", "reads nothing off the line", by_port=True),
    Fault(
        "short-writes",
        "takes at most so many bytes at a time, through the smallest window, and answers byte by byte",
        counts="bytes",
        default=16,
        by_port=True,
    ),
    Fault(
        "drop",
        "the line breaks once: a TCP connection is closed, a serial cable is pulled and put back",
        by_port=True,
    ),
    Fault("reset", "the connection is reset (RST)", lines=TCP, by_port=True),
    Fault(
        "half-open",
        "the connection in hand is dead and nobody was told: what is sent is swallowed, no answer "
        "comes; a new connection works",
        lines=TCP,
        by_port=True,
    ),
    Fault("refuse", "the port is closed", lines=TCP, by_port=True),
    Fault(
        "one-client",
        "a second connection is reset while one is open, where else it would wait for its turn",
        lines=TCP,
        by_port=True,
    ),
    Fault(
        "usb-vanish",
        "the device name is gone, as a USB adapter's that was pulled; healing brings it back",
        lines=PTY,
        by_port=True,
    ),
)
FAULTS = {fault.name: fault for fault in CATALOGUE}
SENSOR_FAULTS = {fault.name: fault.sensor for fault in CATALOGUE if fault.sensor}
WRITTEN = re.compile(r"(?P<name>[a-z-]+)(?:[= ](?P<amount>\d{1,9}))?")


@dataclass(frozen=True, slots=True)
class FaultCall:
    """A fault and its number."""

    fault: Fault
    amount: int | None

    def __str__(self) -> str:
        return self.fault.name if self.amount is None else f"{self.fault.name}={self.amount}"


def read_fault(text: str, line: str = "") -> FaultCall:
    """Read "paper-out", "paper-out=40" or "paper-out 40".

    Args:
        text: as written.
        line: "tcp" or "pty", to refuse what cannot happen there; "" for either.

    Raises:
        FaultError: it is none; with what could be meant.
    """
    match = WRITTEN.fullmatch(text.strip())
    name = match["name"] if match else text.split("=")[0].strip()
    if name not in FAULTS:
        near = get_close_matches(name, FAULTS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there is {', '.join(FAULTS)}"
        raise FaultError(f"no such fault: {name!r}; {hint}")
    fault = FAULTS[name]
    amount = match["amount"] if match else ""
    if match is None or (amount and not fault.counts):
        takes = f"a whole number of {fault.counts}" if fault.counts else "no number"
        raise FaultError(f"the fault {name} takes {takes}")
    if line and line not in fault.lines:
        raise FaultError(f"the fault {name} is for {' and '.join(sorted(fault.lines))} only")
    return FaultCall(fault, int(amount) if amount else fault.default)
